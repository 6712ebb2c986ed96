"""Expression assets: read, checked, written, and gathered into the arrays that a face works with."""

import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct, to_builtins
from msgspec import field as default
from numpy.typing import NDArray

from psi_ecs import AssetError
from psi_ecs.asset import package_folder
from psi_ecs.components.expression import BLOCK, FELT, ROOM, Expression, Expressions, Side, Wave
from psi_ecs.components.face import BLENDSHAPES, FACE, FACE_ID

from .pattern import ROLES
from .toml import asset_file, index, line_of, parse_tables, parse_toml, read_text, toml_text

TURNS = ("headYaw", "headPitch", "headRoll")
CHANNELS = (*BLENDSHAPES, *TURNS)
"""What expressions move; eyes look by themselves."""
OVERRIDE = {"none": 0.0, "blend": 1.0, "block": BLOCK}


class Unit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A FACS action unit as blendshapes."""

    name: str
    left: dict[str, float] = default(default_factory=dict)
    right: dict[str, float] = default(default_factory=dict)
    both: dict[str, float] = default(default_factory=dict)


@cache
def units() -> dict[str, Unit]:
    """The action units of `assets/facs.toml`, by name."""
    path = package_folder("assets") / "facs.toml"
    return parse_tables(read_text(path), Unit, str(path))


def expressions() -> list[str]:
    """Names of the expressions that come along."""
    return sorted(p.stem for p in (package_folder("assets") / "expressions").glob("*.toml"))


def load_expression(name: str, base: Path | None = None) -> Expression:
    """An expression that comes along by its name, or by the path of a TOML file (relative to `base`). AssetError in one line if
    it cannot be used."""
    path = asset_file("expressions", "expression", name, base)
    return parse_expression(read_text(path), str(path))


def parse_expression(text: str, where: str) -> Expression:
    """An expression from the text of its file. AssetError in one line that names the file, line and remedy."""
    found = parse_toml(text, Expression, where)
    for path, names, known, what in _named(found):
        for name in names:
            index(name, known, f"{where}:{line_of(text, f'{path}.{name}') or 1}", what)
    for i, wave in enumerate(found.wave):
        index(wave.of, ROLES, f"{where}:{line_of(text, f'wave[{i}].of') or 1}", "oscillator")
    _bounded(text, where, "units", found.units, 0.0)
    _bounded(text, where, "channels", {k: v for k, v in found.channels.items() if k in BLENDSHAPES}, 0.0)
    for i, wave in enumerate(found.wave):
        _bounded(text, where, f"wave[{i}].units", wave.units, -1.0)
    return found


def _bounded(text: str, where: str, path: str, table: Mapping[str, Side], low: float) -> None:
    """AssetError at the first strength that is no number or pair of numbers from `low` to 1."""
    for name, value in table.items():
        parts = value if isinstance(value, tuple) else (value, value)
        if len(parts) != 2 or not all(low <= part <= 1.0 for part in parts):
            at = f"{where}:{line_of(text, f'{path}.{name}') or 1}"
            shown = list(value) if isinstance(value, tuple) else value
            raise AssetError(f"{at}: {name} is {shown}; give {low:g} to 1, or [left, right]")


def _named(e: Expression) -> list[tuple[str, list[str], list[str], str]]:
    """Where action units and channels stand in an expression: (path, names, known names, what they are)."""
    parts = [("", e.units, e.channels)] + [(f"wave[{i}].", w.units, w.channels) for i, w in enumerate(e.wave)]
    return [
        item
        for at, facs, more in parts
        for item in (
            (f"{at}units", list(facs), list(units()), "action unit"),
            (f"{at}channels", list(more), list(CHANNELS), "channel"),
        )
    ]


def fitting_expression(e: Expression, name: str) -> Expression:
    """The expression, as it would be read from its file. AssetError in one line if that could not be used."""
    return parse_expression(expression_text(e), f"expression {name[:60]!r}")


def expression_text(e: Expression) -> str:
    """The file of an expression; what is as usual is left out."""
    data: dict[str, Any] = to_builtins(e)
    usual = to_builtins(Expression()), to_builtins(Wave(of=""))
    data["wave"] = [{k: v for k, v in wave.items() if v != usual[1][k]} for wave in data["wave"]]
    return toml_text({k: v for k, v in data.items() if v != usual[0][k]})


def pose(facs: dict[str, Any], channels: dict[str, float]) -> NDArray[np.float64]:
    """The 61 channels of action units and channels at full strength, f64[61]."""
    out = np.zeros(len(FACE))
    for name, strength in facs.items():
        left, right = strength if isinstance(strength, list | tuple) else (strength, strength)
        unit = units()[name]
        for shapes, amount in ((unit.left, left), (unit.right, right), (unit.both, 0.5 * (left + right))):
            for shape, share in shapes.items():
                out[FACE_ID[shape]] += share * amount
    for name, value in channels.items():
        out[FACE_ID[name]] += value
    return out


@cache
def packaged() -> dict[str, Expression]:
    """The expressions that come along, in the order of `Expressions`."""
    return {name: load_expression(name) for name in (*FELT, *(n for n in expressions() if n not in FELT))}


def gather(own: dict[str, Expression] | None = None) -> Expressions:
    """All expressions, those of one's own besides, as arrays. AssetError if there are too many."""
    known = packaged() | (own or {})
    if len(known) > ROOM:
        raise AssetError(f"{len(known)} expressions, but a face has room for {ROOM}; use fewer of your own")
    matrix, override = np.zeros((ROOM, len(FACE))), np.zeros((ROOM, 3))
    onset, offset, wear, lost = np.full(ROOM, 12.0), np.full(ROOM, 8.0), np.zeros(ROOM), np.zeros(ROOM)
    for i, e in enumerate(known.values()):
        matrix[i] = pose(e.units, e.channels)
        swing = sum((np.abs(pose(w.units, w.channels)) for w in e.wave), np.zeros(len(FACE)))
        matrix[i, :52] = np.maximum(matrix[i, :52], swing[:52])  # a shape that swings keeps clear of its absence
        onset[i], offset[i] = 4.0 / e.onset, 4.0 / e.offset  # a critically damped mode is 91 % of its way after 4 / rate
        wear[i], lost[i] = (1.0 / e.apex, 1.0 - e.hold) if e.apex else (0.0, 0.0)
        override[i] = [OVERRIDE[o] for o in (e.blink, e.look, e.mouth)]
    waves = [(i, w) for i, e in enumerate(known.values()) for w in e.wave]
    return Expressions(
        names=tuple(known),
        matrix=matrix,
        onset=onset,
        offset=offset,
        wear=wear,
        lost=lost,
        override=override,
        wave_row=np.array([i for i, _ in waves], np.int64),
        wave_role=np.array([ROLES.index(w.of) for _, w in waves], np.int64),
        wave_turn=np.array([[2.0 * math.pi * w.times] for _, w in waves]).reshape(-1, 1),
        wave_shift=np.array([[2.0 * math.pi * w.phase] for _, w in waves]).reshape(-1, 1),
        wave_matrix=np.array([pose(w.units, w.channels) for _, w in waves]).reshape(-1, len(FACE)),
        own=own or {},
    )
