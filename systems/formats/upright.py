"""Bringing a head of any make into our space: metres, y up, facing +z, its own left at +x, the middle of the eyes at 0.

Everything is told from the shapes themselves: where eyes and mouth are, and which way the skin faces that they move.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs import AssetError
from psi_ecs.components.face import Mesh

from .nodes import EYES
from .spelling import SIDES
from .surface import Surfaces, taken

F64 = NDArray[np.float64]
APART = (0.045, 0.090)
"""Metres between the pupils: adults 51 to 74, median 62 mm (Dodgson 2004, "Variation and extrema of human interpupillary
distance"), and room for stylised heads."""
UNITS = {1.0: "metres", 0.1: "decimetres", 0.01: "centimetres", 0.001: "millimetres"}
BUST, WIDE = -0.48, 0.36
"""What lies lower than this, or further to a side, is no part of a bust, metres."""


@dataclass
class Upright:
    """What was done to bring the head into our space."""

    units: str
    apart: float
    """Between the pupils, metres."""
    turned: str
    swapped: bool
    """Whether left and right were the viewer's."""
    cut: int
    """Triangles below the shoulders that were left out."""


def moved(meshes: list[Mesh], *words: str) -> Iterator[tuple[Mesh, F64]]:
    """Meshes, with how far the channels whose names begin with one of the words move each vertex, f64[V]."""
    for mesh in meshes:
        found = [np.linalg.norm(d, axis=1) for c, d in mesh.delta.items() if c.startswith(words)]
        if found:
            yield mesh, np.sum(np.stack(found), axis=0, dtype=np.float64).reshape(-1)


def centre(meshes: list[Mesh], *words: str, side: float = 0.0, middle: float = 0.0) -> F64 | None:
    """Mean place of what these channels move, f64[3], of x beyond `middle` if `side` is 1, below if -1."""
    total, weight = np.zeros(3), 0.0
    for mesh, w in moved(meshes, *words):
        w = np.where((mesh.position[:, 0] - middle) * side >= 0, w, 0.0) if side else w
        total, weight = total + w @ mesh.position, weight + float(w.sum())
    return total / weight if weight > 0 else None


BLINK = ("eyeBlink", "eyeSquint", "eyeWide", "eyeLook")
MOUTH = ("jawOpen", "aa", "oh", "ou", "mouth", "ih", "ee")


def upright(found: Surfaces, scale: float | None) -> Upright:
    """Turn, scale and shift the surfaces in place. AssetError if they show no face, or one of no known unit."""
    if not any(True for _ in moved(found.meshes, *MOUTH)):
        raise AssetError("has no mouth: no morph target opens it (jawOpen, mouthOpen, aa, viseme_aa, ...)")
    turn = _turn(found)
    _apply(found, turn, 1.0, np.zeros(3))
    left, right = _eye_places(found)
    apart = float(np.linalg.norm(left - right))
    factor = scale if scale is not None else _unit(apart)
    _apply(found, np.eye(3), factor, np.zeros(3))
    swapped = _swap(found)
    middle = 0.5 * (left + right) * factor
    _apply(found, np.eye(3), 1.0, -middle)
    cut = _bust(found)
    units = UNITS.get(factor, f"units of {factor:g} m")
    return Upright(units, apart * factor, _told(turn), swapped, cut)


def _apply(found: Surfaces, turn: F64, factor: float, shift: F64) -> None:
    still = np.array_equal(turn, np.eye(3))
    if still and factor == 1.0 and not shift.any():
        return
    linear = factor * turn
    for mesh in found.meshes:
        mesh.position = (mesh.position @ linear.T + shift).astype(np.float32)
        mesh.delta = {c: (d @ linear.T).astype(np.float32) for c, d in mesh.delta.items()}
        if not still:
            mesh.normal = (mesh.normal @ turn.T).astype(np.float32)
    found.eyes = {side: linear @ p + shift for side, p in found.eyes.items()}


def _turn(found: Surfaces) -> F64:
    """Which of the 24 turns by right angles brings the face upright and to the front, f64[3, 3]."""
    mouth, eyes = centre(found.meshes, *MOUTH), _eye_middle(found)
    if mouth is None or eyes is None:
        raise AssetError("has no eyes: neither a morph target (eyeBlinkLeft, blink, ...) nor a mesh named after them")
    up = eyes - mouth
    front = np.zeros(3)
    for mesh, w in moved(found.meshes, *BLINK, *MOUTH, "cheek", "nose", "brow"):
        front += w @ mesh.normal
    if not np.linalg.norm(up) > 0 or not np.linalg.norm(front) > 0:
        raise AssetError("its eyes and mouth lie at one place; is it a head?")
    up, front = up / np.linalg.norm(up), front / np.linalg.norm(front)
    goal = np.stack([np.cross(up, front), up, front])
    turns = []
    for order in permutations(range(3)):
        for signs in product((1.0, -1.0), repeat=3):
            one = np.zeros((3, 3))
            one[range(3), order] = signs
            if np.linalg.det(one) > 0:
                turns.append(one)
    return max(turns, key=lambda one: float((one * goal).sum()))


def _told(turn: F64) -> str:
    """In words, what a turn did."""
    if np.array_equal(turn, np.eye(3)):
        return "y up, facing +z"
    axis = [f"{'-' if row.min() < 0 else '+'}{'xyz'[int(np.abs(row).argmax())]}" for row in turn]
    return f"turned: {axis[1].removeprefix('+')} was up, it faced {axis[2]}"


def _eye_middle(found: Surfaces) -> F64 | None:
    if len(found.eyes) == 2:
        return np.asarray(0.5 * (found.eyes["leftEye"] + found.eyes["rightEye"]))
    balls = [m for m in found.meshes if m.material == "eye"]
    if balls:
        return np.asarray(np.concatenate([m.position for m in balls]).astype(np.float64).mean(0))
    at = centre(found.meshes, "eyeBlink")
    return at if at is not None else centre(found.meshes, *BLINK)


def _eye_places(found: Surfaces) -> tuple[F64, F64]:
    """Centre of the left and of the right eye as the head stands upright, each f64[3]: bones, balls, or behind the lids."""
    if len(found.eyes) == 2:
        return tuple(sorted(found.eyes.values(), key=lambda p: -p[0]))  # type: ignore[return-value]
    middle = _eye_middle(found)
    assert middle is not None
    out = []
    for side in (1.0, -1.0):
        balls = [m.position[(m.position[:, 0] - middle[0]) * side > 0] for m in found.meshes if m.material == "eye"]
        points = np.concatenate(balls) if balls else np.zeros((0, 3))
        if len(points) >= 4:
            out.append(ball(points)[0])
            continue
        lids = centre(found.meshes, "eyeBlink", side=side, middle=float(middle[0]))
        lids = centre(found.meshes, *BLINK, side=side, middle=float(middle[0])) if lids is None else lids
        if lids is None:
            raise AssetError("shows one eye only; it needs a left and a right one")
        out.append(lids)
    return out[0], out[1]


def ball(points: NDArray[Any]) -> tuple[F64, float]:
    """(centre f64[3], radius) of the sphere nearest to points f[V, 3]; of their box where they show no sphere."""
    p = points.astype(np.float64)
    low, high = p.min(0), p.max(0)
    box, half = 0.5 * (low + high), 0.5 * float((high - low).max())
    system = np.concatenate([2.0 * (p - box), np.ones((len(p), 1))], 1)
    solved = np.linalg.lstsq(system, ((p - box) ** 2).sum(1), rcond=None)[0]
    at, square = solved[:3], float(solved[3] + solved[:3] @ solved[:3])
    if np.abs(at).max() < half and 0.25 * half * half < square < 4.0 * half * half:
        return box + at, float(np.sqrt(square))
    return box, half


def _unit(apart: float) -> float:
    """Metres to a unit, from the distance between the pupils in units."""
    for factor in UNITS:
        if APART[0] <= apart * factor <= APART[1]:
            return factor
    if not apart > 0.0:
        raise AssetError("shows one eye only; it needs a left and a right one")
    raise AssetError(
        f"its eyes are {apart:.3g} units apart, which is a head in neither metres, decimetres, centimetres nor "
        "millimetres; say how many metres a unit is with psi face import --scale"
    )


def _swap(found: Surfaces) -> bool:
    """Left and right changed about where the file means the viewer's; whether it was so."""
    for word in ("eyeBlink", "mouthSmile"):
        left, right = (centre(found.meshes, word + side) for side in SIDES)
        if left is not None and right is not None:
            break
    if left is None or right is None or left[0] >= right[0]:
        return False
    for mesh in found.meshes:
        mesh.delta = {_other(c): d for c, d in mesh.delta.items()}
    found.spelled = {_other(c): name for c, name in found.spelled.items()}
    if len(found.eyes) == 2 and found.eyes["leftEye"][0] < found.eyes["rightEye"][0]:
        found.eyes = {EYES[0]: found.eyes[EYES[1]], EYES[1]: found.eyes[EYES[0]]}
        for mesh in found.meshes:
            mesh.node = {EYES[0]: EYES[1], EYES[1]: EYES[0]}.get(mesh.node, mesh.node)
    return True


def _other(channel: str) -> str:
    """The channel of the other side."""
    for side, other in (SIDES, SIDES[::-1]):
        if channel.endswith(side):
            return channel.removesuffix(side) + other
    return channel


def _bust(found: Surfaces) -> int:
    """Leave out what lies below the shoulders and beyond them; how many triangles that were."""
    cut, kept = 0, []
    for mesh in found.meshes:
        p = mesh.position[mesh.triangle]
        inside = (p[..., 1].min(1) > BUST) & (np.abs(p[..., 0]).max(1) < WIDE)
        cut += int((~inside).sum())
        if inside.all():
            kept.append(mesh)
        elif inside.any():
            kept.append(taken(mesh, inside))
    found.meshes = kept
    return cut
