"""A head that is made by code alone: a friendly water creature with large eyes, spherical lids, feathery gills and a scarf.

Nothing of it is downloaded. A recipe says `kind = "stylised"` and may change the measures below; all are in millimetres.
"""

from typing import Annotated

import numpy as np
from msgspec import Meta, Struct, field

from psi_ecs.components.face import Head, Mesh
from psi_ecs.systems.formats.calibrate import landmarks_of, measure

from . import parts
from .frills import FrillStyle, brows, frills
from .garment import garment, neck
from .lids import LidStyle, lids
from .muscles import SIDES, SWING, Anatomy, Flesh, shapes, turned
from .parts import Deltas, F, mesh
from .shell import MouthStyle, Shell, ShellStyle
from .surface import Ints
from .tongue import tongue

METRES = 1e-3
SMALL = 0.10
"""Offsets below this, mm, are dropped: nobody sees them, and the file stays small."""


class EyeStyle(Struct, kw_only=True, forbid_unknown_fields=True):
    """The eyes, mm."""

    spacing: float = 86.0
    """From pupil to pupil."""
    radius: float = 23.0


class Stylised(Struct, kw_only=True, forbid_unknown_fields=True):
    """What makes one head by code, as in `assets/heads/NAME.toml`."""

    kind: Annotated[str, Meta(pattern="^stylised$")]
    shell: ShellStyle = field(default_factory=ShellStyle)
    mouth: MouthStyle = field(default_factory=MouthStyle)
    eyes: EyeStyle = field(default_factory=EyeStyle)
    lids: LidStyle = field(default_factory=LidStyle)
    frills: FrillStyle = field(default_factory=FrillStyle)


def make(name: str, recipe: Stylised) -> Head:
    """A head from a recipe."""
    eye = np.array((0.5 * recipe.eyes.spacing, 0.0, 0.0))
    shell = Shell(recipe.shell, recipe.mouth, eye)
    flesh, triangle, _ = shell.skin()
    anatomy = shell.anatomy(flesh)
    lining, inner, deep = shell.lining(flesh)
    skin: parts.Piece = (flesh.p, triangle, shapes(flesh, anatomy), flesh.p[:, :2] / 100.0)
    outside = parts.joined([skin, neck(shell.centre), *lids(eye, recipe.eyes.radius, recipe.lids)])
    radius = METRES * recipe.eyes.radius
    meshes = [
        _mesh("Skin", "skin", *outside),
        _mesh("Mouth", "gum", lining.p, inner, _inside(lining, anatomy, deep)),
        *[parts.eyeball(side, METRES * eye * (sign, 1, 1), radius, 0.0) for side, sign in SIDES],
        *_teeth(anatomy),
        _tongue(anatomy),
        _mesh("Brows", "cap", *parts.joined(brows(shell))),
        _mesh("Gills", "cap", *parts.joined(frills(shell, recipe.frills))),
        *[_mesh(n, "cloth", p, t, {}, node="body") for n, p, t in garment(shell.centre)],
    ]
    return _head(name, meshes, shell, anatomy, eye)


def _head(name: str, meshes: list[Mesh], shell: Shell, a: Anatomy, eye: F) -> Head:
    """With pivots, landmarks and the measured rig."""

    def at(x: float, y: float, z: float) -> tuple[float, float, float]:
        return (METRES * float(x), METRES * float(y), METRES * float(z))

    chin_y = shell.centre[1] - 0.86 * shell.style.height
    chin = (0.0, chin_y, float(shell.front(np.zeros(1), np.array([chin_y]))[0]))
    base = at(0.0, shell.centre[1] - shell.style.height, shell.centre[2] - 4.0)
    marks = landmarks_of(meshes) | {"nose": at(*a.nose), "chin": at(*chin), "neck": base}
    marks |= {"hairline": at(0.0, shell.centre[1] + shell.style.height, shell.centre[2] + 10.0)}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        marks[f"eye_{side}"] = at(*(eye * (sign, 1, 1)))
        marks[f"mouth_{side}"] = at(*((a.corner + np.array((2.0, 0.3, -1.0))) * (sign, 1, 1)))
        marks[f"brow_{side}"] = at(*(eye * (sign, 1, 1) + np.array((0.0, 32.0, 10.0))))
    pivot = {"body": (0.0, 0.0, 0.0), "head": base, "leftEye": marks["eye_left"], "rightEye": marks["eye_right"]}
    return Head(name=name, meshes=meshes, pivot=pivot, rig=measure(meshes, name), landmarks=marks)


def _mesh(name: str, material: str, p: F, triangle: Ints, moves: Deltas, uv: F | None = None, node: str = "head") -> Mesh:
    """A part from millimetres, tiny offsets dropped."""
    flat = np.asarray(p[:, :2] / 100.0 if uv is None else uv)
    kept = {n: METRES * np.where(np.abs(d).max(1, keepdims=True) > SMALL, d, 0.0) for n, d in moves.items()}
    return mesh(name, material, METRES * p, flat, triangle, kept, node)


def _inside(lining: Flesh, anatomy: Anatomy, deep: F) -> Deltas:
    """The lining follows the lips at the seam; deep inside, only the jaw."""
    near = np.clip(1.0 - deep / 0.4, 0.0, 1.0)[:, None]
    moves = shapes(lining, anatomy)
    return {n: d if n.startswith("jaw") else near * d for n, d in moves.items() if n.startswith(("jaw", "mouth", "nose"))}


def _jaw_moves(p: F, a: Anatomy) -> Deltas:
    """What is fixed to the jaw moves with all of it."""
    ones = np.ones((len(p), 1))
    return {
        "jawOpen": turned(p, a.hinge, SWING),
        "jawForward": ones * (0.0, 0.0, 7.0),
        "jawLeft": ones * (7.0, 0.0, 0.0),
        "jawRight": ones * (-7.0, 0.0, 0.0),
    }


def _teeth(a: Anatomy) -> list[Mesh]:
    """Two smooth rounded rows."""
    out: list[Mesh] = []
    turn = np.linspace(-0.5 * np.pi, 0.5 * np.pi, 33)
    wide = 0.80 * a.half
    for name, up, edge, back in (("TeethUpper", 1.0, -1.2, 5.5), ("TeethLower", -1.0, -0.2, 8.0)):
        rows = []
        for rise, thick in ((8.0, 0.3), (4.0, 1.0), (1.0, 0.8), (0.0, 0.0), (0.6, -1.4), (7.0, -2.4)):
            scallop = 0.5 * np.abs(np.sin(5.5 * turn)) if rise < 2.0 else 0.0 * turn
            x, z = (wide + thick) * np.sin(turn), (0.9 * wide + thick) * np.cos(turn)
            y = a.mouth[1] + edge + up * (rise + 0.4 - scallop)
            rows.append(np.stack([x, y, a.mouth[2] - back - 0.9 * wide + z], 1))
        p = np.concatenate(rows)
        uv = np.stack([np.full(len(p), 0.5), np.repeat((0.75, 0.4, 0.15, 0.0, 0.1, 0.7), len(turn))], 1)
        triangle = parts.grid(len(rows), len(turn))
        out.append(_mesh(name, "teeth", p, triangle if up > 0 else triangle[:, ::-1], {} if up > 0 else _jaw_moves(p, a), uv))
    return out


def _tongue(a: Anatomy) -> Mesh:
    points = np.concatenate([np.zeros((1, 3)), 50.0 * np.eye(3)])  # a jaw's move is affine: four points tell it
    follow = {name: parts.affine(METRES * points, METRES * offset) for name, offset in _jaw_moves(points, a).items()}
    return tongue(METRES * (a.mouth + np.array((0.0, 0.0, -6.5))), follow, 0.95)
