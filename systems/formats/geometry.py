"""Shapes that geometry alone gives a head: what lips, jaw and tongue do when they move so many millimetres."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.face import Mesh

from .inside import pieces
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


LID = np.radians(35.0)
"""How far above its edge the upper lid is drawn along, radians about the middle of the ball."""


COLUMNS, ROWS = np.linspace(-1.15, 1.15, 24), np.radians(np.arange(-62.5, 63.0, 2.5))
"""Where lids are looked for: steps to the side in radii of the ball, and of the angle over straight ahead."""


def _lids(meshes: list[Mesh], shape: str) -> str | None:
    """The upper lid turns about the middle of the ball, down to the lower lid's edge; above, it follows ever less.

    The edges are where a gap opens in the skin in front of the ball, column by column.
    """
    sign = 1.0 if shape.endswith("Left") else -1.0
    balls = [m.position for m in meshes if m.material == "eye" and m.position[:, 0].mean() * sign > 0]
    if not balls:
        return None
    ball = np.concatenate(balls)
    centre = 0.5 * (ball.min(0) + ball.max(0))
    radius = 0.5 * float(np.ptp(ball[:, 1]))
    if radius < NOTHING:
        return None
    skin = [_samples(m, centre, 2.0 * radius) for m in meshes if m.material == "skin"]
    points = np.concatenate([*skin, np.zeros((0, 3), np.float32)])
    x, turn, far = _polar(points, centre)
    front = (points[:, 2] > centre[2]) & (far < 1.6 * radius)
    seen = np.histogram2d(x[front] / radius, turn[front], (COLUMNS, ROWS))[0] > 0
    columns = 0.5 * (COLUMNS[1:] + COLUMNS[:-1])
    upper, lower = np.array([_opening(row) for row in seen]).T
    good = np.isfinite(upper)
    if good.sum() < 3:
        return None

    def made(m: Mesh) -> F32 | None:
        if m.material not in ("skin", "lash"):
            return None
        x, turn, far = _polar(m.position, centre)
        high, low = (np.interp(x / radius, columns[good], edge[good]) for edge in (upper, lower))
        beyond = np.maximum(columns[good].min() - x / radius, x / radius - columns[good].max())
        share = np.clip(1.0 - (turn - high) / LID, 0.0, 1.0) * (turn > 0.5 * (high + low))
        share *= np.clip((1.9 * radius - far) / (0.5 * radius), 0.0, 1.0) * (m.position[:, 2] > centre[2])
        share *= np.clip(1.0 - beyond / 0.25, 0.0, 1.0)
        new = turn - share * share * (3.0 - 2.0 * share) * 1.1 * (high - low)  # a little over the edge
        arm = np.hypot(*(m.position[:, 1:] - centre[1:]).T)
        out = np.zeros_like(m.position)
        out[:, 1], out[:, 2] = arm * (np.sin(new) - np.sin(turn)), arm * (np.cos(new) - np.cos(turn))
        return np.asarray(out, np.float32)

    return "measured: the upper lid turned about the ball" if fill(meshes, shape, made) else None


def _opening(seen: NDArray[np.bool_]) -> tuple[float, float]:
    """Between which angles a column bool[R] through an eye shows no skin: (upper, lower); not a number where it is shut."""
    border = np.flatnonzero(seen)
    if len(border) < 2:
        return np.nan, np.nan
    k = int(np.argmax(np.diff(border)))
    low, high = ROWS[border[k] + 1], ROWS[border[k + 1]]
    return (float(high), float(low)) if high - low > np.radians(6.0) else (np.nan, np.nan)


def _samples(mesh: Mesh, centre: F32, reach: float) -> F32:
    """Points f32[n, 3] strewn over the triangles about an eye, of the mesh's largest piece: a loose socket has no lids."""
    piece = pieces(mesh)
    face = piece[mesh.triangle[:, 0]] == np.bincount(piece).argmax()
    near = np.linalg.norm(mesh.position[mesh.triangle].mean(1) - centre, axis=1) < reach
    corner = mesh.position[mesh.triangle[face & near]][:20_000]
    u, v = np.meshgrid(np.linspace(0.0, 1.0, 11), np.linspace(0.0, 1.0, 11))
    share = np.stack([1.0 - u - v, u, v], -1)[u + v < 1.001].astype(np.float32)
    return np.asarray(np.einsum("sk,tkx->tsx", share, corner).reshape(-1, 3), np.float32)


def _polar(p: F32, centre: F32) -> tuple[F32, F32, F32]:
    """Of points f32[V, 3] about an eye: x from its middle, angle over straight ahead in radians, distance; f32[V] each."""
    d = p - centre
    return d[:, 0], np.arctan2(d[:, 1], d[:, 2]), np.linalg.norm(d, axis=1)


GEOMETRY: dict[str, Callable[[list[Mesh], str], str | None]] = {
    "eyeBlinkLeft": _lids,
    "eyeBlinkRight": _lids,
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
