"""Shapes that geometry alone gives a head: what lips, jaw and tongue do when they move so many millimetres."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.face import Mesh

from .spelling import SIDES

F32 = NDArray[np.float32]
SEAM = 0.012
"""Half the width over which a shape of both sides fades from one into the other, metres."""
NOTHING = 1e-5
"""Metres below which nothing moves."""


def there(meshes: list[Mesh], channel: str) -> bool:
    """Whether a channel moves anything."""
    return any(channel in m.delta for m in meshes)


def sided(shape: str) -> tuple[str, str] | None:
    """(stem, side) of a shape that has a side."""
    for side in SIDES:
        if shape.endswith(side) and shape.removesuffix(side) not in ("jaw", "mouth"):
            return shape.removesuffix(side), side
    return None


def fill(meshes: list[Mesh], shape: str, made: Callable[[Mesh], F32 | None]) -> bool:
    """Give each mesh what `made` makes for it; whether anything moves."""
    for mesh in meshes:
        offset = made(mesh)
        if offset is not None and np.abs(offset).max(initial=0.0) > NOTHING:
            mesh.delta[shape] = np.asarray(offset, np.float32)
    return there(meshes, shape)


def half(mesh: Mesh, side: str) -> F32:
    """1 on a side, 0 on the other, f32[V, 1]; the two sides add up to 1."""
    x = np.clip(mesh.position[:, :1] / SEAM * (1.0 if side == "Left" else -1.0), -1.0, 1.0)
    t = 0.5 + 0.5 * x
    return np.asarray(t * t * (3.0 - 2.0 * t), np.float32)


def _lip_line(meshes: list[Mesh]) -> F32 | None:
    """The middle of the lower lip's edge f32[3]: the highest point on the mid-line that jawOpen takes along."""
    rows = [(m.position, -m.delta["jawOpen"][:, 1]) for m in meshes if m.material == "skin" and "jawOpen" in m.delta]
    if not rows:
        return None
    p, drop = (np.concatenate(a) for a in zip(*rows, strict=True))
    lowered = (drop > 0.5 * drop.max()) & (np.abs(p[:, 0]) < 0.006)
    # the highest of what lies in front: the bag of the mouth is behind the lips
    front = lowered & (p[:, 2] > p[lowered][:, 2].max() - 0.02) if lowered.any() else lowered
    return np.asarray(p[front][p[front][:, 1].argmax()], np.float32) if front.any() else None


def _lip(mesh: Mesh, edge: F32, size: tuple[float, float, float]) -> F32:
    """How much a vertex belongs to the lips about their edge, f32[V, 1]."""
    d = (mesh.position - edge) / np.array(size, np.float32)
    return np.asarray(np.clip(1.6 * np.exp(-(d * d).sum(1, keepdims=True)), 0.0, 1.0), np.float32)


def _lowered(mesh: Mesh) -> F32:
    """How much of a full jawOpen a vertex takes part in, f32[V, 1]: 1 on the lower lip, 0 on the upper."""
    jaw = mesh.delta["jawOpen"]
    return np.asarray(np.clip(-2.0 * jaw[:, 1:2] / max(float(-jaw[:, 1].min()), 1e-6), 0.0, 1.0), np.float32)


def _lips(meshes: list[Mesh], shape: str) -> str | None:
    """mouthClose brings the lower lip back to where jawOpen took it from, and leaves the chin where it is."""
    edge = _lip_line(meshes)
    if edge is None:
        return None

    def made(m: Mesh) -> F32 | None:
        if "jawOpen" not in m.delta or m.material not in ("skin", "gum"):
            return None
        return np.asarray(-m.delta["jawOpen"] * _lip(m, edge, (0.034, 0.012, 0.030)), np.float32)

    return "measured: the lower lip back to where jawOpen took it from" if fill(meshes, shape, made) else None


def _lip_moves(lower: bool, way: tuple[float, float, float]) -> Callable[[list[Mesh], str], str | None]:
    """A rule: one lip moves so many metres, both sides of it or one."""

    def rule(meshes: list[Mesh], shape: str) -> str | None:
        edge, parts = _lip_line(meshes), sided(shape)
        if edge is None:
            return None

        def made(m: Mesh) -> F32 | None:
            if "jawOpen" not in m.delta or m.material not in ("skin", "gum"):
                return None
            share = _lowered(m) if lower else 1.0 - _lowered(m)
            side = half(m, parts[1]) if parts else 1.0
            return np.asarray(share * side * _lip(m, edge, (0.024, 0.009, 0.020)) * np.array(way), np.float32)

        said = f"measured: the {'lower' if lower else 'upper'} lip moves {1000 * max(way, key=abs):+g} mm"
        return said if fill(meshes, shape, made) else None

    return rule


def _slide(way: tuple[float, float, float], share: str) -> Callable[[list[Mesh], str], str | None]:
    """A rule: what `share` moves slides as a whole, by so many metres."""

    def rule(meshes: list[Mesh], shape: str) -> str | None:
        most = max((float(np.linalg.norm(m.delta[share], axis=1).max()) for m in meshes if share in m.delta), default=0.0)
        if most < NOTHING:
            return None

        def made(m: Mesh) -> F32 | None:
            if share not in m.delta:
                return None
            w = np.linalg.norm(m.delta[share], axis=1, keepdims=True) / most
            return np.asarray(w * np.array(way), np.float32)

        far = 1000.0 * max(way, key=abs)
        return f"measured: what {share} moves, {abs(far):g} mm along" if fill(meshes, shape, made) else None

    return rule


def _tongue(meshes: list[Mesh], shape: str) -> str | None:
    """The tip of the tongue comes 26 mm out over the lower teeth; the root stays."""
    parts = [m.position for m in meshes if m.material == "tongue"]
    if not parts:
        return None
    p = np.concatenate(parts)
    back, front = float(p[:, 2].min()), float(p[:, 2].max())

    def made(m: Mesh) -> F32 | None:
        if m.material != "tongue":
            return None
        t = np.clip((m.position[:, 2:] - back) / max(front - back, 1e-6), 0.0, 1.0)
        return np.asarray(t * t * np.array((0.0, -0.004, 0.026)), np.float32)

    return "measured: the tongue pushed out by 26 mm" if fill(meshes, shape, made) else None


GEOMETRY: dict[str, Callable[[list[Mesh], str], str | None]] = {
    "mouthClose": _lips,
    "tongueOut": _tongue,
    "mouthRollLower": _lip_moves(True, (0.0, 0.002, -0.005)),
    "mouthRollUpper": _lip_moves(False, (0.0, -0.002, -0.004)),
    "mouthShrugLower": _lip_moves(True, (0.0, 0.003, 0.001)),
    "mouthShrugUpper": _lip_moves(False, (0.0, 0.003, 0.001)),
    "mouthLowerDownLeft": _lip_moves(True, (0.0, -0.006, 0.0)),
    "mouthLowerDownRight": _lip_moves(True, (0.0, -0.006, 0.0)),
    "mouthUpperUpLeft": _lip_moves(False, (0.0, 0.005, 0.0)),
    "mouthUpperUpRight": _lip_moves(False, (0.0, 0.005, 0.0)),
    "jawForward": _slide((0.0, 0.0, 0.006), "jawOpen"),
    "jawLeft": _slide((0.007, 0.0, 0.0), "jawOpen"),
    "jawRight": _slide((-0.007, 0.0, 0.0), "jawOpen"),
    "mouthLeft": _slide((0.008, 0.0, 0.0), "mouthPucker"),
    "mouthRight": _slide((-0.008, 0.0, 0.0), "mouthPucker"),
}
"""Shapes that geometry gives, and the rule for each."""
