"""Grammar files: constraints with weights as people write them, and what a persona changes in them."""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files

import msgspec
import numpy as np
from msgspec import Struct
from msgspec import field as default
from numpy.typing import NDArray

from psi_ecs import App, AssetError
from psi_ecs.components.avatar import Limit, Persona
from psi_ecs.components.face import FACE_ID
from psi_ecs.components.grammar import COLUMNS, CONTEXTS, OBSERVED, Grammar, Part
from psi_ecs.components.text import FEELINGS

from .toml import index

F64 = NDArray[np.float64]

HELD = {"face": (0,), "eyes": (0,), "score": (0, 1, 5), "state": (0, 1), "mouth": range(len(CONTEXTS))}
"""The contexts in which each group is held; elsewhere it is measured."""


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
def packaged(name: str = "speech") -> Grammar:
    """A grammar of the package by its name. AssetError in one line if it cannot be used."""
    return parse((files("psi_ecs.assets") / "grammar" / f"{name}.toml").read_bytes(), f"grammar/{name}.toml")


def parse(text: bytes, where: str) -> Grammar:
    """Grammar from the text of an asset. AssetError that names the file, the constraint and the remedy."""
    try:
        spec = msgspec.toml.decode(text, type=GrammarSpec)
    except (msgspec.DecodeError, UnicodeDecodeError) as why:
        raise AssetError(f"{where}: {why}") from why
    rows = list[tuple[Constraint, float, float, F64]]()
    for i, c in enumerate(spec.constraint):
        at = f"{where}: constraint {c.name!r}"
        if c.name in [other.name for other in spec.constraint[:i]]:
            raise AssetError(f"{at} is there twice; give each its own name")
        rows += [(c, sign, bound, sign * a) for a in _sides(c, at) for sign, bound in _bounds(c, at)]
    number = {name: i for i, name in enumerate(FEELINGS)}
    shift = np.zeros((len(rows), len(FEELINGS)))
    for i, (c, sign, _, _) in enumerate(rows):
        for name, amount in c.by.items():
            shift[i, number[name]] = sign * amount
    a = np.array([a for _, _, _, a in rows]).reshape(len(rows), len(COLUMNS))
    found = Grammar(
        name=tuple(c.name for c, _, _, _ in rows), unit=tuple(c.unit for c, _, _, _ in rows), shift=shift,
        why=tuple(c.why for c, _, _, _ in rows), hard=np.array([c.hard for c, _, _, _ in rows], bool), a=a,
        b=np.array([s * x for _, s, x, _ in rows]), sign=np.array([s for _, s, _, _ in rows]),
        weight=np.array([c.weight for c, _, _, _ in rows]), parts={},
        when=np.array([CONTEXTS.index(c.when) for c, _, _, _ in rows], np.int64),
    )  # fmt: skip
    found.parts.update({name: _part(found, name) for name in ("face", "eyes", "score", "state")})
    return found


def _sides(c: Constraint, at: str) -> list[F64]:
    """Coefficients f64[len(COLUMNS)] of a constraint, or of its left and its right. AssetError if a name or number is wrong."""
    index(c.when, CONTEXTS, at, "context")
    for name in c.of:
        index(name, list(OBSERVED), at, "observation")
    for name in c.by:
        index(name, FEELINGS, at, "feeling")
    numbers = (c.weight, *c.of.values(), *c.by.values())
    if not (np.isfinite(numbers).all() and c.weight >= 0.0):
        raise AssetError(f"{at}: numbers must be finite and the weight not negative; correct {list(numbers)}")
    groups = sorted({OBSERVED[name].group for name in c.of})
    place = "state" if groups == ["score"] else "".join(groups) if len(groups) == 1 else ""
    if c.hard and c.of and CONTEXTS.index(c.when) not in HELD.get(place, ()):
        raise AssetError(f"{at} is hard, but nothing holds {' with '.join(c.of)} when {c.when}; leave out hard to measure it")
    if c.by and "mouth" in groups:
        raise AssetError(f"{at}: lips are held alike in every mood; leave out by")
    sides = max((len(OBSERVED[name].channels) for name in c.of), default=1)
    out = []
    for side in range(sides):
        a = np.zeros(len(COLUMNS))
        for name, factor in c.of.items():
            channels = OBSERVED[name].channels
            a[COLUMNS.index((name, channels[min(side, len(channels) - 1)]))] = factor
        out.append(a)
    return out


def _bounds(c: Constraint, at: str) -> list[tuple[float, float]]:
    """(sign, bound) of each side that is given."""
    found = [(s, x) for s, x in ((1.0, c.most), (-1.0, c.least)) if x is not None]
    if not found or not np.isfinite([x for _, x in found]).all() or not any(c.of.values()):
        raise AssetError(f"{at} bounds nothing; give `of`, and `least` or `most` as finite numbers")
    if c.least is not None and c.most is not None and c.least > c.most:
        raise AssetError(f"{at}: least is above most; swap them")
    return found


def _part(g: Grammar, name: str) -> Part:
    """The rows that one place holds."""
    group = "score" if name == "state" else name
    inside = np.array([OBSERVED[o].group == group for o, _ in COLUMNS])
    rows = ~(g.a[:, ~inside] != 0.0).any(axis=1) & np.isin(g.when, HELD[name]) & ((g.weight > 0.0) | g.hard)
    if name == "state":
        rows &= g.hard
    used = inside & (g.a[rows] != 0.0).any(axis=0)
    channels = tuple(c for (_, c), use in zip(COLUMNS, used, strict=True) if use)
    return Part(
        rows=np.flatnonzero(rows), channels=channels, columns=np.array([FACE_ID.get(c, -1) for c in channels], np.int64),
        a=g.a[rows][:, used], shift=g.shift[rows], felt=bool(g.shift[rows].any()), weight=g.weight[rows], hard=g.hard[rows],
        step=np.array([OBSERVED[o].step for (o, _), use in zip(COLUMNS, used, strict=True) if use]),
    )  # fmt: skip


def personal(g: Grammar, moves: Mapping[str, Limit], where: str) -> F64:
    """The bounds f64[C] of somebody who has some of their own, by name of constraint. AssetError if one cannot be so."""
    b = g.b.copy()
    for name, limit in moves.items():
        index(name, list(dict.fromkeys(g.name)), where, "constraint")
        rows = np.array(g.name) == name
        used = (g.a[rows] != 0.0).any(axis=0)
        if any(OBSERVED[o].group == "mouth" for (o, _), use in zip(COLUMNS, used, strict=True) if use):
            raise AssetError(f"{where}: {name!r} is the same for everybody; take it out")
        for key, sign, bound in (("most", 1.0, limit.most), ("least", -1.0, limit.least)):
            mine = rows & (g.sign == sign)
            if bound is not None and not np.isfinite(bound):
                raise AssetError(f"{where}: {key} of {name!r} is {bound}; give a finite number")
            if bound is not None and not mine.any():
                raise AssetError(f"{where}: {name!r} has no {key} to move; take {key} out")
            b[mine] = b[mine] if bound is None else sign * bound
        ends = [b[rows & (g.sign == sign)][0] * sign for sign in (-1.0, 1.0) if (rows & (g.sign == sign)).any()]
        if len(ends) == 2 and ends[0] > ends[1]:
            raise AssetError(f"{where}: {name!r}: least ({ends[0]:g}) is above most ({ends[1]:g}); move the other one too")
    return b


def own_bounds(g: Grammar, personas: Sequence[Persona]) -> dict[str, F64]:
    """The bounds of every persona f64[P, R], by the name of the part that holds them; "" has all rows."""
    return _own_bounds(g, tuple((p.name, tuple(p.grammar.items())) for p in personas))


@lru_cache(maxsize=16)
def _own_bounds(g: Grammar, personas: tuple[tuple[str, tuple[tuple[str, Limit], ...]], ...]) -> dict[str, F64]:
    b = np.array([personal(g, dict(moves), f"persona {name!r}: grammar") for name, moves in personas]).reshape(-1, len(g.b))
    return {"": b, **{name: b[:, part.rows] for name, part in g.parts.items()}}


def ruled(app: App) -> None:
    """Plugin: the grammar of the package, unless the app has one."""
    if Grammar not in app.world.resources:
        app.add(packaged())
