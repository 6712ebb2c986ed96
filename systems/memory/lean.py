"""What is remembered draws what is said next: by what the text asks for, by the mood so far, by what has become habit, and by
whatever else stands in `Biases` (the subject, praise, a host)."""

import logging

from psi_ecs import Clock, Entities, PsiError, Query, Res, Sparse, Write, Writer, system
from psi_ecs.components.avatar import Avatar, Cast
from psi_ecs.components.event import Cue
from psi_ecs.components.memory import Bias, Biases, Mood, Self, Tone
from psi_ecs.components.moment import Quoting
from psi_ecs.components.regime import Manners
from psi_ecs.components.score import RATE
from psi_ecs.components.switch import Switches
from psi_ecs.components.text import Sentence
from psi_ecs.components.voice import Speech

from . import tone
from .library import Library

SWAY = 0.15
"""Weight of the running mood on what is said next, and of the running mean of all tones."""
_log = logging.getLogger("psi_ecs.memory")


@system("plan", after=("language", "topic"))
def lean(
    avatars: Query[Entities, Avatar],
    speech: Sparse[Write[Speech]],
    quoting: Sparse[Quoting],
    biases: Sparse[Write[Biases]],
    moods: Sparse[Mood],
    selves: Sparse[Self],
    cast: Res[Cast],
    library: Res[Library],
    manners: Res[Manners],
    switches: Res[Switches],
    clock: Res[Clock],
) -> None:
    """Give the sentence that begins in this tick the tones that draw it."""
    if "memory" in switches.value.off:
        return
    for ents, avatar in avatars:
        for row, entity in enumerate(ents.id.tolist()):
            said = speech.get(entity)
            if said is None or not said.queue or entity in quoting or not said.due(clock.value.sample):
                continue
            drawn = biases.get(entity) or Biases()
            persona = cast.value.personas[int(avatar.index[row])].name
            drawn.called = _called(said.queue[0], library.value, entity, persona)
            if (mood := moods.get(entity)) is not None:
                drawn.standing["mood"] = Bias(tone=Tone(feeling=mood.feeling), weight=SWAY, reason="the mood so far")
            if (being := selves.get(entity)) is not None:
                drawn.standing["habit"] = Bias(tone=being.tone, weight=SWAY, reason="how it has come to speak")
            biases[entity] = drawn
            if drawn.called or drawn.standing:
                said.queue[0] = tone.biased(said.queue[0], drawn, manners.value)


def _called(sentence: Sentence, library: Library, entity: int, persona: str) -> dict[str, Bias]:
    """What a sentence asks to be said like."""
    found, text = dict[str, Bias](), " ".join(w.text for w in sentence.words)
    for what in sorted({w.like for w in sentence.words if w.like}):
        try:
            found[what] = library.bias(entity, persona, what, text)
        except PsiError as why:  # a text may ask for anything; it is still to be said
            _log.warning("%s", why)
    return found


@system("plan", after=("schedule", "restrain", "open_moment", "recall"))
def wear(speech: Sparse[Speech], biases: Sparse[Biases], cues: Writer[Cue], clock: Res[Clock]) -> None:
    """Wear the expressions that the tones of a sentence that began were said with."""
    for entity, drawn in biases.items():
        said = speech.get(entity)
        if said is None or said.score is None or said.sentence is None or said.start != clock.value.sample:
            continue
        called = {word.like for word in said.sentence.words if word.like}
        worn: dict[str, float] = {}
        for bias in [*drawn.standing.values(), *(b for name, b in drawn.called.items() if name in called)]:
            for name, strength in bias.tone.shown:
                worn[name] = max(worn.get(name, 0.0), bias.weight * strength)
        seconds = said.score.length / RATE
        for name, strength in sorted(worn.items()):
            cues.send(Cue(avatar=entity, kind="expression", name=name, strength=strength, seconds=seconds))
