"""Remembering: what was kept of a turn becomes an entry."""

from functools import partial

import numpy as np
from msgspec.structs import replace

from psi_ecs import Clock, Entities, Query, Reader, Res, Sparse, Write, system
from psi_ecs.components.avatar import Avatar, Cast, Persona
from psi_ecs.components.concept import Concept, Meaning
from psi_ecs.components.memory import Entry, Mood, Self, Tone
from psi_ecs.components.moment import Kept, Moment, Recording
from psi_ecs.components.oscillator import BANDS, Core, Oscillator, Part

from . import style, tone
from .feedback import settled
from .library import Library, meaning
from .moment import sealed

SHARE = 0.3
"""How much of the running mood each turn is."""
AWAKE, TOPICS = 0.2, 6
"""How awake a concept must be for an entry to link to it, and how many it links to at most."""
SLOW = 0.02
"""How much of the running mean of all tones each turn is."""


@system("remember", after=("keep", "spread", "centre", "grow"))
def remember(
    kept: Reader[Kept],
    avatars: Query[Entities, Avatar],
    oscillators: Query[Oscillator, Part],
    concepts: Query[Entities, Concept],
    meanings: Sparse[Meaning],
    moods: Sparse[Write[Mood]],
    selves: Sparse[Write[Self]],
    core: Res[Core],
    cast: Res[Cast],
    library: Res[Write[Library]],
    clock: Res[Clock],
) -> None:
    """Make entries of the turns that were kept."""
    turns, now = list(kept), clock.value
    index = {e: k for ents, a in avatars for e, k in zip(ents.id.tolist(), a.index.tolist(), strict=True)} if turns else {}
    for turn in (t for t in turns if t.avatar in index):
        persona = cast.value.personas[index[turn.avatar]]
        made = entry(turn.recording, persona, now.dt)
        moods[turn.avatar] = mood = felt(moods.get(turn.avatar) or Mood(), made.tone)
        being = selves.get(turn.avatar) or Self()
        others = tuple(n for k, n in enumerate(cast.value.names) if k != index[turn.avatar])
        made = replace(
            made, time=library.value.began + turn.recording.moment.tick * now.dt, scene=library.value.scene,
            speaker=persona.name, people=others, feeling=made.tone.feeling, valence=mood.feeling[0],
            bands=centroids(turn.avatar, oscillators, core.value), concepts=active(turn.avatar, concepts, meanings),
        )  # fmt: skip
        selves[turn.avatar] = replace(being, mood=mood, time=made.time, tone=settled(being.tone, made.tone, SLOW))
        library.value.keep(turn.avatar, persona.name, made, partial(_finished, turn.recording.moment))
        for entity in sorted(index.keys() - {turn.avatar}):
            about = active(entity, concepts, meanings)
            heard = replace(made, kind="event", name="heard", people=(), concepts=about, tone=Tone(), digest=b"")
            library.value.keep(entity, cast.value.personas[index[entity]].name, heard)


def _finished(moment: Moment, made: Entry) -> Entry:
    """An entry with its moment; sealing takes longer than a tick can wait, so the store's thread does it."""
    return replace(made, moment=sealed(moment))


def felt(mood: Mood, said: Tone) -> Mood:
    """The running mood after a turn that was said like this."""
    now = tuple((1.0 - SHARE) * m + SHARE * f for m, f in zip(mood.feeling, said.feeling, strict=True))
    return Mood(feeling=now, trend=now[0] - mood.feeling[0])


def entry(recording: Recording, persona: Persona, dt: float) -> Entry:
    """What a recording alone tells."""
    moment = recording.moment
    words = [w for s in moment.sentences for w in s.words]
    said = [w for w in words if w.regime is None or not w.regime.alone]
    measured = style.style(
        np.stack(recording.tape), 12.0 * float(np.log2(persona.voice.pitch)), sum(max(w.syllable) + 1 for w in said), dt
    )
    text = " ".join(w.text + w.mark for w in words)
    return Entry(
        turn=moment.turn, text=text, tags=tuple(dict.fromkeys(t for s in moment.sentences for t in s.tags)),
        tone=tone.tone_of(said, shown(moment)), style=measured, key=key(measured, text), digest=recording.chain,
    )  # fmt: skip


def shown(moment: Moment) -> tuple[tuple[str, float], ...]:
    """Expressions that were asked for, the strongest first."""
    worn: dict[str, float] = {}
    for _, cue in moment.inputs.cues:
        if cue.kind == "expression":
            worn[cue.name] = max(worn.get(cue.name, 0.0), cue.strength)
    return tuple(sorted(worn.items(), key=lambda pair: (-pair[1], pair[0])))


def active(avatar: int, concepts: Query[Entities, Concept], meanings: Sparse[Meaning]) -> tuple[str, ...]:
    """Names of what an avatar's talk was about, the most awake first."""
    found: list[tuple[float, str]] = []
    for ents, concept in concepts:
        for row in np.flatnonzero((concept.avatar == avatar) & (concept.source > AWAKE)).tolist():
            found.append((-float(concept.source[row]), meanings[int(ents.id[row])].name))
    return tuple(name for _, name in sorted(found)[:TOPICS])


def key(measured: np.ndarray, text: str) -> np.ndarray:
    """What an entry is searched by, f32[KEY]: see `components.memory.KEY`."""
    out, unusual = meaning(text), style.unlike(measured)
    out[: len(unusual)] = unusual / max(float(np.linalg.norm(unusual)), 1e-6)
    return out


def centroids(avatar: int, oscillators: Query[Oscillator, Part], core: Core) -> np.ndarray:
    """Mean of psi = amp e^(2 pi i theta) in each band, f32[10] as real and imaginary parts."""
    out = np.zeros((len(BANDS), 2), np.float32)
    for osc, part in oscillators:
        mine = part.avatar == avatar
        band, psi = core.band[part.role[mine]], osc.amp[mine] * np.exp(2j * np.pi * osc.theta[mine])
        for k in range(len(BANDS)):
            if (band == k).any():
                mean = psi[band == k].mean()
                out[k] = mean.real, mean.imag
    return out.ravel()
