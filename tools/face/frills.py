"""Gills like feathers, which move with the feelings, and brows. Units: millimetres."""

import numpy as np
from msgspec import Struct

from .muscles import SIDES
from .parts import Deltas, F
from .shell import Shell
from .surface import Ints
from .tongue import tube


class FrillStyle(Struct, kw_only=True, forbid_unknown_fields=True):
    """The gills."""

    count: int = 3
    """On each side."""
    length: float = 66.0
    width: float = 27.0
    spread: float = 34.0
    """Degrees between one and the next."""


STATIONS, RING = 22, 6
MOODS = {
    "browInnerUp": (0.0, -8.0), "browDown": (-14.0, 4.0), "eyeWide": (16.0, 8.0),
    "mouthSmile": (4.0, 9.0), "mouthFrown": (-4.0, -15.0),
}  # fmt: skip
"""Degrees that the gills turn forward and up with other shapes, so that the whole creature shows what it feels."""


def frills(shell: Shell, style: FrillStyle) -> tuple[F, Ints, Deltas, F]:
    """All gills: positions, triangles, shapes, and texture coordinates from root to tip."""
    points, triangles, uvs = [], [], []
    moves: dict[str, list[F]] = {}
    start = 0
    for side, sign in SIDES:
        for k in range(style.count):
            p, root, uv = _frond(shell, style, sign, k)
            points.append(p)
            uvs.append(uv)
            triangle = tube(STATIONS, RING)
            triangles.append((triangle if sign > 0 else triangle[:, ::-1]) + start)
            start += len(p)
            for name, (forward, up) in MOODS.items():
                both = name == "browInnerUp"
                for one, own in ((name, True),) if both else ((f"{name}Left", side == "Left"), (f"{name}Right", side == "Right")):
                    turn = _swung(p, root, np.radians(forward) * sign, np.radians(up) * sign, style.length)
                    moves.setdefault(one, []).append(turn if own else 0.0 * turn)
    return np.concatenate(points), np.concatenate(triangles), {n: np.concatenate(m) for n, m in moves.items()}, np.concatenate(uvs)


def _frond(shell: Shell, style: FrillStyle, sign: float, k: int) -> tuple[F, F, F]:
    """One gill: a flat tube along a curve, scalloped like a feather."""
    lift = np.radians(style.spread * (0.5 * (style.count - 1) - k) + 14.0)
    way = np.array((sign * np.cos(lift), np.sin(lift), -0.15))
    way /= np.linalg.norm(way)
    root = shell.centre + (shell.radius(way[None])[0] - 8.0) * way + np.array((0.0, 0.0, -14.0))
    s = np.linspace(0.0, 1.0, STATIONS)
    curl = np.array((0.0, 14.0 + 6.0 * np.sin(lift), -20.0))
    line = root + np.outer(s, way) * style.length + np.outer(s**2, curl)
    along = np.gradient(line, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    flat = np.cross(along, (0.0, 0.0, 1.0))
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)
    thick = np.cross(flat, along)
    leaf = np.sin(np.pi * np.clip(s, 0, 1) ** 0.75) ** 0.6 * (1.0 - 0.25 * s)
    scallop = 1.0 + 0.24 * np.cos(2 * np.pi * 5.0 * s)
    wide = style.width * 0.5 * np.maximum(leaf * scallop, 0.22 * (1 - s) + 0.02)
    deep = 3.2 * (1.0 - 0.7 * s)
    around = np.linspace(0, 2 * np.pi, RING, endpoint=False)
    p = line[:, None] + (wide[:, None] * np.cos(around))[..., None] * flat[:, None] * sign
    p = p + (deep[:, None] * np.sin(around))[..., None] * thick[:, None] * sign
    uv = np.stack([np.broadcast_to(np.arange(RING) / RING * 2.0, (STATIONS, RING)), np.broadcast_to(s[:, None], (STATIONS, RING))], 2)
    return p.reshape(-1, 3), root, uv.reshape(-1, 2)


def _swung(p: F, root: F, forward: float, up: float, length: float) -> F:
    """Offsets by a turn about the root that grows toward the tip."""
    d = p - root
    share = np.clip(np.linalg.norm(d, axis=1) / length, 0.0, 1.0)[:, None]
    about_y = np.stack([0.0 * d[:, 0], 0.0 * d[:, 0], d[:, 0]], 1) * forward  # small turns: the chord is the tangent
    about_z = np.stack([-d[:, 1], d[:, 0], 0.0 * d[:, 0]], 1) * up
    return np.asarray((about_y + about_z) * share)


def brow(shell: Shell) -> tuple[F, Ints, Deltas, F]:
    """Two soft bars above the eyes."""
    points, triangles, uvs, start = [], [], [], 0
    moves: dict[str, list[F]] = {}
    s = np.linspace(0.0, 1.0, 13)
    around = np.linspace(0, 2 * np.pi, RING, endpoint=False)
    for side, sign in SIDES:
        x = sign * (shell.eye[0] - 22.0 + 46.0 * s)
        y = shell.eye[1] + 31.0 + 5.0 * np.sin(np.pi * (0.18 + 0.72 * s)) - 2.0
        line = np.stack([x, y, shell.front(x, y) + 2.6], 1)
        size = 4.6 * np.sqrt(np.clip(1.0 - (2.0 * s - 1.0) ** 4, 0.004, 1.0)) * (1.1 - 0.45 * s)
        up = np.stack([0 * x, np.cos(0.5) + 0 * x, np.sin(0.5) + 0 * x], 1)
        out = np.stack([0 * x, -np.sin(0.5) + 0 * x, np.cos(0.5) + 0 * x], 1)
        p = line[:, None] + (size[:, None] * np.cos(around))[..., None] * out[:, None]
        p = p + (size[:, None] * np.sin(around))[..., None] * up[:, None]
        triangle = tube(len(s), RING)
        triangles.append((triangle if sign < 0 else triangle[:, ::-1]) + start)
        start += p.shape[0] * p.shape[1]
        points.append(p.reshape(-1, 3))
        t = np.repeat(s, RING)
        uvs.append(np.stack([np.tile(around / np.pi, len(s)), t], 1))
        zero, front = 0.0 * t, np.repeat(line[:, 2], RING) * 0.0
        own = {
            f"browDown{side}": np.stack([zero - 3.5 * sign, -13.0 + 10.0 * t, front + 2.5 * (1 - t)], 1),
            f"browOuterUp{side}": np.stack([zero, 9.0 * t**0.8 + 1.0, zero - 1.0 * t], 1),
            "browInnerUp": np.stack([zero, 11.0 * (1 - t) ** 1.2, zero - 1.0], 1),
            f"noseSneer{side}": np.stack([zero - 1.5 * sign, -4.0 * (1 - t), zero + 1.0], 1),
            f"eyeWide{side}": np.stack([zero, zero + 2.5, zero], 1),
            f"cheekSquint{side}": np.stack([zero, zero - 1.2, zero], 1),
        }
        for name in {n for kind in MOVED for n in (kind, f"{kind}Left", f"{kind}Right")}:
            moves.setdefault(name, []).append(own.get(name, np.zeros((len(t), 3))))
    whole = {n: np.concatenate(m) for n, m in moves.items()}
    return np.concatenate(points), np.concatenate(triangles), {n: d for n, d in whole.items() if d.any()}, np.concatenate(uvs)


MOVED = ("browDown", "browOuterUp", "browInnerUp", "noseSneer", "eyeWide", "cheekSquint")
