"""Takes waiting sentences one by one and turns each into a score, in time for its first sample.

Planning goes by the avatar's own voice asset. State and velocity pass over from score to score, so nothing jumps.
"""

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from psi_ecs import App, Clock, Entities, Query, Reader, Res, Sparse, Write, Writer, system
from psi_ecs.components.avatar import Avatar, Cast, Feeling, Persona
from psi_ecs.components.event import Spoken, Stop
from psi_ecs.components.face import Articulation
from psi_ecs.components.moment import Quoting
from psi_ecs.components.score import ARTICULATOR_REST, AT_REST, RATE, Score, articulator_slice
from psi_ecs.components.switch import Switches, switches
from psi_ecs.components.text import EMOTIONS, Emotion, Sentence
from psi_ecs.components.voice import Speech, Voices

from .kernels import relax

F64 = NDArray[np.float64]

KINDS = {"wh-question": "question", "yes-no-question": "question", "exclamation": "exclamation"}
"""What kinds of sentences are called where habits are tied to them; all else is a statement."""


@system("plan", after=("language", "topic", "lean"))
def schedule(
    avatars: Query[Entities, Write[Avatar], Write[Feeling]],
    mouths: Query[Entities, Articulation],
    quoting: Sparse[Quoting],
    speech: Sparse[Write[Speech]],
    stops: Reader[Stop],
    voices: Res[Voices],
    cast: Res[Cast],
    switches: Res[Switches],
    clock: Res[Clock],
    out: Writer[Spoken],
) -> None:
    """Begin the next sentence of every avatar whose score is over, and end turns."""
    now, halted = clock.value.sample, {stop.avatar for stop in stops}
    for ents, avatar, feeling in avatars:
        for row, entity in enumerate(ents.id.tolist()):
            said = speech.get(entity)
            if said is None:
                continue
            persona, felt = cast.value.personas[int(avatar.index[row])], "emotion" not in switches.value.off
            if not felt:
                persona = replace(persona, mood={})
            if entity in halted:
                said.queue.clear()
            elif not said.due(now) or entity in quoting:
                continue
            turn = _next_turn(said)
            if avatar.turn[row] >= 0 and turn != avatar.turn[row]:
                out.send(_event(entity, int(avatar.turn[row]), "turn-end", now))
                avatar.turn[row] = -1
            if turn is None:
                feeling.goal[row] = mood(persona)
                del speech[entity]
                continue
            if not felt:
                said.queue[0] = unmoved(said.queue[0])
            sentence = begin(said, persona, voices.value, now, _mouth(entity, mouths) if said.score is None else None)
            feeling.goal[row] = vector([w.emotion for w in sentence.words]) + mood(persona)
            if avatar.turn[row] < 0:
                out.send(_event(entity, said.turn, "turn-start", now))
                avatar.turn[row] = said.turn


def _next_turn(said: Speech) -> int | None:
    """Turn of the sentence that waits first."""
    if not said.queue:
        return None
    return said.turns[0] if len(said.turns) == len(said.queue) else said.turn


def unmoved(sentence: Sentence) -> Sentence:
    """A sentence that is said without feeling."""
    return replace(sentence, words=[replace(word, emotion=Emotion()) for word in sentence.words])


def _event(entity: int, turn: int, kind: str, now: int) -> Spoken:
    return Spoken(avatar=entity, turn=turn, kind=kind, text="", start=now, end=now)


def _mouth(entity: int, mouths: Query[Entities, Articulation]) -> F64 | None:
    """Articulators of an avatar that is silent, perhaps on their way to rest; None if it has none."""
    for ents, mouth in mouths:
        for row in np.flatnonzero(ents.id == entity):
            return np.asarray(mouth.now[row], np.float64)
    return None


def begin(said: Speech, persona: Persona, voices: Voices, now: int, mouth: F64 | None = None) -> Sentence:
    """Plan the next sentence and start it at absolute sample `now`, its state going on from the score before, or from where
    the articulators are, f64[8]."""
    turn = _next_turn(said)
    said.turn = said.turn if turn is None else turn
    sentence = said.queue.pop(0)
    del said.turns[:1]
    last = not said.queue or (bool(said.turns) and said.turns[0] != said.turn)
    score = voices[persona.voice.asset].plan(sentence, persona, last)
    x, v = _ended(said, score, now)
    if said.score is None and mouth is not None and not said.x.size:
        x[articulator_slice(score)], v[articulator_slice(score)] = mouth, (ARTICULATOR_REST - mouth) * AT_REST
    said.score, said.start, said.states, said.sentence = score, now, None, sentence
    said.kind = KINDS.get(sentence.kind, "statement")
    said.x, said.v = relax.knot_states(score.knot / RATE, score.target, score.rate, x, v)
    return sentence


def _ended(said: Speech, score: Score, now: int) -> tuple[F64, F64]:
    """State and velocity to start from: those of the score that ends, or rest at the first target pitch."""
    old = said.score
    if old is None and said.x.shape == (1, len(score.channels)):
        return said.x[0].copy(), said.v[0].copy()
    if old is not None and old.channels == score.channels:
        dt = (now - said.start - int(old.knot[-1])) / RATE
        return relax.step(said.x[-1], said.v[-1], old.target[-1], old.rate[-1], dt)
    rest = np.array([c.rest for c in score.channels])
    rest[0] = score.target[0, 0]
    return rest, np.zeros_like(rest)


def vector(emotions: list[Emotion]) -> F64:
    """Mean of some emotions as `Feeling` orders them: valence, arousal, dominance, then EMOTIONS."""
    rows = [[e.valence, e.arousal, e.dominance, *(e.names.get(name, 0.0) for name in EMOTIONS)] for e in emotions]
    return np.asarray(np.mean(rows, axis=0), np.float64) if rows else np.zeros(3 + len(EMOTIONS))


def mood(persona: Persona) -> F64:
    """A persona's standing emotion, in the same order."""
    axes = ("valence", "arousal", "dominance", *EMOTIONS)
    return np.array([persona.mood.get(name, 0.0) for name in axes])


def planner(app: App) -> None:
    """Plugin: sentences become scores."""
    app.add(switches, schedule)
