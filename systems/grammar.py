"""Harmonic grammar at work: holds what is planned and sounded to the constraints, and tells what an avatar breaks now.

Faces are held to their share as they are mixed (`systems.face`), the lips by the mouth itself (`kernels.face_mouth`).
"""

from functools import cache

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from psi_ecs import App, AssetError, Clock, Entities, Query, Res, Sparse, World, Write, system
from psi_ecs.components.avatar import Avatar, Cast, Feeling, Persona
from psi_ecs.components.face import BLENDSHAPES, FACE_ID, Articulation, Face, Rig
from psi_ecs.components.grammar import COLUMNS, CONTEXTS, Grammar, Part
from psi_ecs.components.phone import PHONES
from psi_ecs.components.score import RATE, Score
from psi_ecs.components.switch import Switches, switches
from psi_ecs.components.voice import BLOCK, Sound, Speech
from psi_ecs.systems.formats.grammar import own_bounds, packaged, parse, personal, ruled
from psi_ecs.systems.kernels import face_mouth, relax
from psi_ecs.systems.kernels.grammar import bounds, contradiction, project, rows_of, violation

F64 = NDArray[np.float64]

SILENT = 1e-12
"""Mean power that stands for silence, -120 dB."""
BILABIAL = np.array([phone.place == "bilabial" for phone in PHONES])


@cache
def load(name: str = "speech") -> Grammar:
    """A grammar of the package by its name. AssetError in one line if it cannot be used."""
    return checked(packaged(name), f"grammar/{name}.toml")


def build(text: bytes, where: str) -> Grammar:
    """Grammar from the text of an asset. AssetError that names the file, the constraint and the remedy."""
    return checked(parse(text, where), where)


def checked(grammar: Grammar, where: str, b: F64 | None = None) -> Grammar:
    """A grammar whose hard rows can be kept together in every context; else AssetError with those that cannot."""
    b = grammar.b if b is None else b
    for k, context in enumerate(CONTEXTS):
        rows = np.flatnonzero(grammar.hard & np.isin(grammar.when, (0, k)))
        clash = contradiction(grammar.a[rows], b[rows])
        if clash:
            names = " and ".join(dict.fromkeys(repr(grammar.name[i]) for i in rows[clash]))
            raise AssetError(f"{where}: {names} cannot hold together, {context}; widen one of them or make it soft")
    return grammar


def accept(grammar: Grammar, persona: Persona) -> None:
    """Refuse a persona whose own bounds cannot be: AssetError."""
    where = f"persona {persona.name!r}: grammar"
    b = personal(grammar, persona.grammar, where)
    if persona.grammar:
        checked(grammar, where, b)


def observe(world: World, avatar: int) -> tuple[F64, NDArray[np.bool_]]:
    """What an avatar does at this tick: one value for each of COLUMNS, NaN where there is none, and which CONTEXTS it is in."""
    w = np.asarray(world.peek(avatar, Face).weights, np.float64).reshape(-1)
    art, rig = world.peek(avatar, Articulation), world.peek(avatar, Rig)
    now, shapes = np.asarray(art.now, np.float64).reshape(-1), w[None, : len(BLENDSHAPES)]
    lips, teeth = (np.asarray(x, np.float64).reshape(1, 3, -1) for x in (rig.lip_gap, rig.tooth_gap))
    said = world.get_sparse(avatar, Speech)
    score, state = (said.score, said.states[0]) if said is not None and said.states is not None else (None, None)
    phone, sealed = PHONES[int(np.ravel(art.phone)[0])], False
    seen = {"lip_gap": face_mouth.gaps(shapes, lips)[0, 0], "lip_teeth": face_mouth.tooth_distance(shapes, teeth)[0]}
    if said is not None and score is not None and state is not None:
        persona = world.resource(Cast).personas[int(world.peek(avatar, Avatar).index[0])]
        seen |= dict(zip((c.name for c in score.channels), state, strict=True))
        seen["pitch"] -= base(persona)
        seen["level"] = 10.0 * np.log10(np.mean(np.square(world.peek(avatar, Sound).block, dtype=np.float64)) + SILENT)
        sample = world.resource(Clock).sample - BLOCK - said.start
        sounding = int(score.phone[max(int(score.start.searchsorted(sample, side="right")) - 1, 0)])
        sealed = bool(BILABIAL[sounding]) and seen["lips"] <= 0.0
    context = (True, score is not None, now[1] <= 0.0 and phone.place == "bilabial" and score is not None,
               now[4] >= face_mouth.TUCKED, phone.vowel and now[1] >= 3.0, sealed)  # fmt: skip
    x = [w[FACE_ID[channel]] if channel in FACE_ID else seen.get(channel or name, np.nan) for name, channel in COLUMNS]
    return np.array(x), np.array(context, bool)


def base(persona: Persona) -> float:
    """The pitch from which a persona's is told, semitones re 1 Hz."""
    return 12.0 * float(np.log2(persona.voice.pitch))


def broken(world: World, avatar: int) -> dict[str, float]:
    """How far the avatar breaks each constraint now, in its unit: 0 where it holds, does not count, or cannot be seen."""
    grammar = world.resource(Grammar)
    x, context = observe(world, avatar)
    feel = np.asarray(world.peek(avatar, Feeling).now, np.float64).reshape(-1)
    own = own_bounds(grammar, world.resource(Cast).personas)[""][int(world.peek(avatar, Avatar).index[0])]
    found = violation(np.nan_to_num(x), grammar.a, bounds(own, grammar.shift, feel))
    found[((grammar.a != 0.0) & np.isnan(x)).any(axis=1) | ~context[grammar.when]] = 0.0
    out: dict[str, float] = {}
    for name, amount in zip(grammar.name, found.tolist(), strict=True):
        out[name] = max(out.get(name, 0.0), amount)
    return out


@system("plan", after=("schedule",))
def restrain(
    avatars: Query[Entities, Avatar, Feeling], speech: Sparse[Write[Speech]], rules: Res[Grammar], cast: Res[Cast],
    off: Res[Switches], clock: Res[Clock],
) -> None:  # fmt: skip
    """Move the targets of a score that begins in this tick to the nearest ones that keep what is asked of its channels."""
    if "grammar" in off.value.off:
        return
    part, own = rules.value.parts["score"], own_bounds(rules.value, cast.value.personas)["score"]
    for ents, avatar, feeling in avatars:
        for row, entity in enumerate(ents.id.tolist()):
            said, who = speech.get(entity), int(avatar.index[row])
            if said is None or said.score is None or said.start != clock.value.sample:
                continue
            b = bounds(own[who], part.shift, feeling.goal[row].astype(np.float64))
            target = held(said.score, rules.value, b, base(cast.value.personas[who]))
            if target is not None:
                said.score = replace(said.score, target=target)
                knots = said.score.knot / RATE
                said.x, said.v = relax.knot_states(knots, target, said.score.rate, said.x[0], said.v[0])


def held(score: Score, rules: Grammar, b: F64, pitch: float) -> F64 | None:
    """Targets f64[K, C] of a score that keep the constraints which speak of its channels alone; None if they do already.

    Args: b f64[R] the bounds of the part `score`; pitch: the persona's own, semitones re 1 Hz.
    """
    part = rules.parts["score"]
    begun = score.knot >= score.start[score.knot_phone]  # lips close before their phone sounds
    shut = begun & (score.target[:, score.index("lips")] <= 0.0) & BILABIAL[score.phone[score.knot_phone]]
    sealed = rules.when[part.rows] == CONTEXTS.index("sealed")
    return _moved(score.target, score, part, np.where(sealed & ~shut[:, None], np.inf, b), pitch)


def _moved(x: F64, score: Score, part: Part, b: F64, pitch: float) -> F64 | None:
    """States f64[T, C] of a score's channels that keep the rows of a part; None if they do, or the voice has other channels."""
    try:
        columns = [score.index(name) for name in part.channels]
    except KeyError:
        return None
    seen = x.take(columns, axis=1)
    if "pitch" in part.channels:
        seen[:, part.channels.index("pitch")] -= pitch
    near = project(seen, rows_of(part), b)
    if near is seen:
        return None
    out = x.copy()
    out[:, columns] += near - seen
    return out


@system("simulate", after=("evaluate", "advance"))
def steady(
    avatars: Query[Entities, Avatar, Feeling], speech: Sparse[Write[Speech]], rules: Res[Grammar], cast: Res[Cast],
    off: Res[Switches],
) -> None:  # fmt: skip
    """Hold the state on its way from target to target to what is hard, before it is sounded."""
    part = rules.value.parts["state"]
    if "grammar" in off.value.off or not len(part.rows):
        return
    own = own_bounds(rules.value, cast.value.personas)["state"]
    for ents, avatar, feeling in avatars:
        for row, entity in enumerate(ents.id.tolist()):
            said, who = speech.get(entity), int(avatar.index[row])
            if said is None or said.score is None or said.states is None:
                continue
            b = bounds(own[who], part.shift, feeling.now[row].astype(np.float64)) if part.felt else own[who]
            moved = _moved(said.states, said.score, part, b, base(cast.value.personas[who]))
            said.states = said.states if moved is None else moved


def grammar(app: App) -> None:
    """Plugin: the constraints of speech."""
    app.add(ruled, switches, restrain, steady)


