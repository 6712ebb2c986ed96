"""Keeping: from the tick in which a turn begins until it is over, all that sound and face follow from is noted."""

from copy import deepcopy
from hashlib import blake2b
from typing import Any

import numpy as np

from psi_ecs import Clock, Entities, Query, Reader, Res, Rng, Sparse, Write, Writer, system
from psi_ecs.components.avatar import Attention, Avatar, Cast, Feeling, Place
from psi_ecs.components.event import Cue, Drive, Go, Learn, Pose, Recall, Spoken, Stop, Unpose
from psi_ecs.components.expression import Repertoire
from psi_ecs.components.face import Articulation, Face
from psi_ecs.components.life import Claims, Life
from psi_ecs.components.memory import Travel
from psi_ecs.components.moment import Inputs, Kept, Moment, Recording, Stirred, Turned
from psi_ecs.components.oscillator import Oscillator, Part, Plastic, Tuning
from psi_ecs.components.pattern import Patterns, Recalled
from psi_ecs.components.switch import Switches
from psi_ecs.components.voice import Larynx, Sound, Speech

from . import style
from .body import LAYOUT, columns, field_rows, state

HEARD = "sentence"
"""What bodies answer of what others reach in speech."""
TAPED = 3600
"""Ticks by which a turn is measured: a minute tells how it is spoken."""


@system("plan", after=("schedule", "restrain"))
def open_moment(
    bodies: Query[Entities, Avatar, Articulation, Attention, Feeling, Life, Place],
    oscillators: Query[Oscillator, Part],
    speech: Sparse[Speech],
    recordings: Sparse[Write[Recording]],
    larynx: Sparse[Larynx],
    claims: Sparse[Claims],
    recalled: Sparse[Recalled],
    travels: Sparse[Travel],
    plastic: Sparse[Plastic],
    tuning: Res[Tuning],
    repertoire: Res[Repertoire],
    cast: Res[Cast],
    switches: Res[Switches],
    clock: Res[Clock],
    rng: Res[Rng],
    done: Writer[Kept],
) -> None:
    """Hand on turns that ended, begin to keep those that begin in this tick, and note the sentences that do."""
    for ents, avatar, mouth, look, feeling, life, place in bodies:
        views = mouth, look, feeling, life, place
        for row, entity in enumerate(ents.id.tolist()):
            said, kept = speech.get(entity), recordings.get(entity)
            if kept is not None and avatar.turn[row] != kept.moment.turn:
                kept.moment.ticks = clock.value.tick - kept.moment.tick
                done.send(Kept(avatar=entity, recording=kept))
                del recordings[entity]
                kept = None
            if avatar.turn[row] < 0 or said is None or said.sentence is None:
                continue
            if kept is None and said.start == clock.value.sample:
                where = next(filter(None, (columns(row, views, *o, entity) for o in oscillators)), None)
                if where is None:
                    continue
                now = Moment(
                    layout=LAYOUT, persona=cast.value.personas[int(avatar.index[row])], seed=rng.value.seed,
                    index=int(avatar.index[row]), tick=clock.value.tick, turn=int(avatar.turn[row]),
                    off=list(switches.value.off), body=state(where), begin=(said.x[0].copy(), said.v[0].copy()),
                    larynx=deepcopy(larynx.get(entity)), claims=deepcopy(claims.get(entity)),
                    recalled=deepcopy(recalled.get(entity)), travel=travels.get(entity), plastic=deepcopy(plastic.get(entity)),
                    changed=_own(tuning.value.changed, entity), added=_own(tuning.value.added, entity),
                    own=dict(repertoire.value.own),
                )  # fmt: skip
                kept = recordings[entity] = Recording(
                    moment=now, turned=_turned(look, mouth, row), raised=life.raised[row].tobytes(),
                    pump=next((o.pump[r].tobytes() for o, p in oscillators if len(r := field_rows(p, entity))), b""),
                )  # fmt: skip
            if kept is not None and kept.score_start != said.start:
                kept.score_start = said.start
                kept.moment.sentences.append(said.sentence)


def _own(couplings: dict[str, Any], entity: int) -> dict[str, Any]:
    """An avatar's couplings of `Tuning`, as those of avatar 0."""
    mark = f"{entity}/"
    return {"0/" + key.removeprefix(mark): value for key, value in couplings.items() if key.startswith(mark)}


def _turned(look: Attention, mouth: Articulation, row: int) -> Turned:
    x, y, z = look.target[row].tolist()
    jaw, lips = mouth.effort[row].tolist()
    return Turned(target=(x, y, z), strength=float(look.strength[row]), effort=(jaw, lips))


@system("remember")
def keep(
    bodies: Query[Entities, Attention, Articulation, Sound, Face, Life],
    oscillators: Query[Oscillator, Part],
    speech: Sparse[Speech],
    recordings: Sparse[Write[Recording]],
    cues: Reader[Cue],
    heard: Reader[Spoken],
    stops: Reader[Stop],
    drives: Reader[Drive],
    recalls: Reader[Recall],
    learns: Reader[Learn],
    poses: Reader[Pose],
    unposes: Reader[Unpose],
    goes: Reader[Go],
    patterns: Res[Patterns],
    clock: Res[Clock],
) -> None:
    """Note what came in and what came of it in this tick."""
    came: dict[str, list[Any]] = {
        "cues": list(cues), "heard": [e for e in heard if e.kind == HEARD], "stops": list(stops), "drives": list(drives),
        "recalls": list(recalls), "learns": list(learns), "poses": list(poses), "unposes": list(unposes),
        "goes": list(goes),
    }  # fmt: skip
    tick = clock.value.tick
    for ents, look, mouth, sound, face, life in bodies if recordings.items() else ():
        for row, entity in enumerate(ents.id.tolist()):
            kept = recordings.get(entity)
            if kept is None:
                continue
            _note(kept.moment.inputs, entity, tick, came, patterns.value)
            turned = _turned(look, mouth, row)
            if turned != kept.turned:
                kept.turned = turned
                kept.moment.inputs.turned.append((tick, turned))
            _stirred(kept, tick, life.raised[row], oscillators, entity)
            said = speech.get(entity)
            states, folds = (None, None) if said is None else (said.states, said.folds)
            if len(kept.tape) < TAPED:
                kept.tape.append(style.row(sound.block[row], states, folds, face.weights[row]))
            kept.chain = chained(kept.chain, sound.block[row], face.weights[row], face.tongue[row], face.breath[row])


def _note(inputs: Inputs, entity: int, tick: int, came: dict[str, list[Any]], patterns: Patterns) -> None:
    """Keep what concerns an avatar: what others said, and all else that was meant for it."""
    for name, events in came.items():
        for event in events:
            if (event.avatar == entity) == (name == "heard") or (name == "cues" and event.scored):
                continue
            kept: list[Any] = getattr(inputs, name)
            if name == "cues" and event.kind == "recall":
                if event.name not in patterns.known:
                    continue
                kept, what = inputs.recalls, patterns.known[event.name]
                event = Recall(avatar=entity, pattern=what, strength=event.strength, seconds=event.seconds)
            kept.append((tick, event))


def _stirred(kept: Recording, tick: int, raised: Any, oscillators: Query[Oscillator, Part], entity: int) -> None:
    """Keep what concepts have changed; amplitudes answer in the next tick."""
    if (now := raised.tobytes()) != kept.raised:
        kept.raised = now
        kept.moment.inputs.stirred.append((tick, Stirred(raised=_some(raised))))
    for osc, part in oscillators:
        if not (np.count_nonzero(osc.pump) or any(kept.pump)):
            continue
        rows = field_rows(part, entity)
        if len(rows) and (now := osc.pump[rows].tobytes()) != kept.pump:
            kept.pump = now
            kept.moment.inputs.stirred.append((tick + 1, Stirred(pump=_some(osc.pump[rows]))))


def _some(column: Any) -> tuple[tuple[int, float], ...]:
    """What is not 0 in a column, and where."""
    return tuple((k, float(column[k])) for k in np.flatnonzero(column).tolist())


def chained(before: bytes, sound: Any, weights: Any, tongue: Any, breath: Any) -> bytes:
    """The digest of a performance, moved on by a tick: 16 bytes of BLAKE2b."""
    data = b"".join(np.asarray(part, np.float32).tobytes() for part in (sound, weights, tongue, breath))
    return blake2b(before + data, digest_size=16).digest()
