"""Harmonic grammar at work: reads the constraints, holds planned formants to them, and tells what an avatar breaks now.

What is hard is held by the mouth itself, after mixing (`kernels.face_mouth`); here it is measured.
"""

from functools import cache
from importlib.resources import files

import msgspec
import numpy as np
from msgspec import Struct
from msgspec import field as default
from msgspec.structs import replace
from numpy.typing import NDArray

from psi_ecs import App, AssetError, Clock, Res, Sparse, World, Write, system
from psi_ecs.components.avatar import Feeling
from psi_ecs.components.face import BLENDSHAPES, FACE_ID, Articulation, Face, Rig
from psi_ecs.components.grammar import CONTEXTS, OBSERVED, Grammar
from psi_ecs.components.phone import PHONES
from psi_ecs.components.score import ARTICULATORS, RATE, Score
from psi_ecs.components.switch import Switches, switches
from psi_ecs.components.text import FEELINGS
from psi_ecs.components.voice import Speech
from psi_ecs.systems.formats.toml import index
from psi_ecs.systems.kernels import face_mouth, relax
from psi_ecs.systems.kernels.grammar import nearest, violation

F64 = NDArray[np.float64]

RELATIVE = ("pitch", "loudness")
"""Observations that are not in the units of the score's channel of that name."""
PAIRS = {"smile": "mouthSmile", "blink": "eyeBlink", "wide": "eyeWide"}


class Constraint(Struct, forbid_unknown_fields=True, kw_only=True):
    """One entry of the file."""

    name: str
    of: dict[str, float]
    unit: str
    weight: float
    least: float | None = None
    most: float | None = None
    when: str = "always"
    hard: bool = False
    by: dict[str, float] = default(default_factory=dict)
    why: str = ""


class GrammarSpec(Struct, forbid_unknown_fields=True):
    """The file."""

    constraint: list[Constraint]


@cache
def load(name: str = "speech") -> Grammar:
    """A grammar of the package by its name. AssetError in one line if it cannot be used."""
    return build((files("psi_ecs.assets") / "grammar" / f"{name}.toml").read_bytes(), f"grammar/{name}.toml")


def build(text: bytes, where: str) -> Grammar:
    """Grammar from the text of an asset. AssetError that names the file, the constraint and the remedy."""
    try:
        spec = msgspec.toml.decode(text, type=GrammarSpec)
    except (msgspec.DecodeError, UnicodeDecodeError) as why:
        raise AssetError(f"{where}: {why}") from why
    rows = [(c, sign, bound) for c in spec.constraint for sign, bound in _bounds(c, where)]
    a, shift = np.zeros((len(rows), len(OBSERVED))), np.zeros((len(rows), len(FEELINGS)))
    for i, (c, sign, _) in enumerate(rows):
        at = f"{where}: constraint {c.name!r}"
        for name, factor in c.of.items():
            a[i, index(name, OBSERVED, at, "observation")] = sign * factor
        for name, amount in c.by.items():
            shift[i, index(name, FEELINGS, at, "feeling")] = sign * amount
        numbers = (c.weight, *c.of.values(), *c.by.values())
        if not (np.isfinite(numbers).all() and c.weight >= 0.0):
            raise AssetError(f"{at}: numbers must be finite and the weight not negative; correct {list(numbers)}")
    return Grammar(
        name=tuple(c.name for c, _, _ in rows), unit=tuple(c.unit for c, _, _ in rows), why=tuple(c.why for c, _, _ in rows),
        hard=tuple(c.hard for c, _, _ in rows), a=a, b=np.array([s * x for _, s, x in rows]), shift=shift,
        weight=np.array([c.weight for c, _, _ in rows]),
        when=np.array([index(c.when, CONTEXTS, f"{where}: constraint {c.name!r}", "context") for c, _, _ in rows], np.int64),
    )  # fmt: skip


def _bounds(c: Constraint, where: str) -> list[tuple[float, float]]:
    """(sign, bound) of each side that is given."""
    found = [(s, x) for s, x in ((1.0, c.most), (-1.0, c.least)) if x is not None]
    if not found or not np.isfinite([x for _, x in found]).all() or not c.of:
        raise AssetError(f"{where}: constraint {c.name!r} bounds nothing; give `of`, and `least` or `most` as finite numbers")
    if c.least is not None and c.most is not None and c.least > c.most:
        raise AssetError(f"{where}: constraint {c.name!r}: least is above most; swap them")
    return found


def observe(world: World, avatar: int) -> tuple[F64, NDArray[np.bool_]]:
    """What an avatar does at this tick: OBSERVED f64[K], and which CONTEXTS it is in, bool[5]."""
    w = np.asarray(world.get(avatar, Face).weights, np.float64).reshape(-1)
    art, rig = world.get(avatar, Articulation), world.get(avatar, Rig)
    now, shapes = np.asarray(art.now, np.float64).reshape(-1), w[None, : len(BLENDSHAPES)]
    lips, teeth = (np.asarray(x, np.float64).reshape(1, 3, -1) for x in (rig.lip_gap, rig.tooth_gap))
    speech = world.sparse[Speech].get(avatar)
    state = speech.states[0] if speech is not None and speech.states is not None else None
    seen = {
        "lip_gap": face_mouth.gaps(shapes, lips)[0, 0], "lip_teeth": face_mouth.tooth_distance(shapes, teeth)[0],
        "pucker": w[FACE_ID["mouthPucker"]], "head_yaw": w[FACE_ID["headYaw"]], "head_pitch": w[FACE_ID["headPitch"]],
        "eye_yaw": w[FACE_ID["leftEyeYaw"]], "eye_pitch": w[FACE_ID["leftEyePitch"]], "pitch": float(np.ravel(art.pitch)[0]),
        **{name: max(w[FACE_ID[f"{shape}Left"]], w[FACE_ID[f"{shape}Right"]]) for name, shape in PAIRS.items()},
    }  # fmt: skip
    if speech is not None and speech.score is not None and state is not None:
        seen["loudness"] = state[3]
        names = [c.name for c in speech.score.channels]
        seen |= {name: state[names.index(name)] for name in ("f1", "f2", "f3", "f4") if name in names}
    phone = PHONES[int(np.ravel(art.phone)[0])]
    context = (True, state is not None, now[1] <= 0.0 and phone.place == "bilabial" and state is not None,
               now[4] >= face_mouth.TUCKED, phone.vowel and now[1] >= 3.0)  # fmt: skip
    unknown = np.isin(OBSERVED, list(seen), invert=True)
    x = np.where(unknown, np.nan, [seen.get(name, 0.0) for name in OBSERVED])
    return x, np.array(context, bool)


def broken(world: World, avatar: int) -> dict[str, float]:
    """How far the avatar breaks each constraint now, in its unit: 0 where it holds, does not count, or cannot be seen."""
    grammar = world.resource(Grammar)
    x, context = observe(world, avatar)
    feel = np.asarray(world.get(avatar, Feeling).now, np.float64).reshape(-1)
    blind = ((grammar.a != 0.0) & np.isnan(x)).any(axis=1)
    found = violation(np.nan_to_num(x), grammar.a, grammar.b + grammar.shift @ feel)
    found[blind | ~context[grammar.when]] = 0.0
    out: dict[str, float] = {}
    for name, amount in zip(grammar.name, found.tolist(), strict=True):
        out[name] = max(out.get(name, 0.0), amount)
    return out


@system("plan", after=("schedule",))
def restrain(speech: Sparse[Write[Speech]], rules: Res[Grammar], off: Res[Switches], clock: Res[Clock]) -> None:
    """Move the targets of a score that begins in this tick to the nearest ones that keep what is asked of its channels."""
    if "grammar" in off.value.off:
        return
    for _, said in list(speech.items()):
        if said.score is None or said.start != clock.value.sample:
            continue
        target = held(said.score, rules.value)
        if target is not None:
            said.score = replace(said.score, target=target)
            knots = said.score.knot / RATE
            said.x, said.v = relax.knot_states(knots, target, said.score.rate, said.x[0], said.v[0])


def held(score: Score, rules: Grammar) -> F64 | None:
    """Targets f64[K, C] of a score that keep the constraints which speak of its channels alone; None if they do already."""
    names = [c.name for c in score.channels]
    seen = [i for i, name in enumerate(OBSERVED) if name in names[: len(names) - len(ARTICULATORS)] and name not in RELATIVE]
    rows = (rules.a != 0.0).any(axis=1) & ~np.delete(rules.a != 0.0, seen, axis=1).any(axis=1) & (rules.when == 0)
    columns = [names.index(OBSERVED[i]) for i in seen]
    a, x = rules.a[rows][:, seen], score.target[:, columns]
    if not violation(x, a, rules.b[rows]).any():
        return None
    target = score.target.copy()
    target[:, columns] = nearest(x, a, rules.b[rows])
    return target


def grammar(app: App) -> None:
    """Plugin: the constraints of speech."""
    app.add(load(), switches, restrain)
