"""Gills like feathers, which move with the feelings, and brows. Units: millimetres."""

import numpy as np
from msgspec import Struct

from .muscles import SIDES
from .parts import F, Piece
from .shell import Shell
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


def frills(shell: Shell, style: FrillStyle) -> list[Piece]:
    """All gills."""
    return [_frond(shell, style, side, sign, k) for side, sign in SIDES for k in range(style.count)]


def _frond(shell: Shell, style: FrillStyle, side: str, sign: float, k: int) -> Piece:
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
    p, uv = p.reshape(-1, 3), np.stack([np.tile(2.0 * np.arange(RING) / RING, STATIONS), np.repeat(s, RING)], 1)
    moves = {
        name if name == "browInnerUp" else f"{name}{side}": _swung(p, root, np.radians(turn) * sign, style.length)
        for name, turn in MOODS.items()
    }
    triangle = tube(STATIONS, RING)
    return p, triangle if sign > 0 else triangle[:, ::-1], moves, uv


def _swung(p: F, root: F, turn: F, length: float) -> F:
    """Offsets by turns forward and up about the root that grow toward the tip."""
    d, (forward, up) = p - root, turn
    share = np.clip(np.linalg.norm(d, axis=1) / length, 0.0, 1.0)[:, None]
    about_y = np.stack([0.0 * d[:, 0], 0.0 * d[:, 0], d[:, 0]], 1) * forward  # small turns: the chord is the tangent
    about_z = np.stack([-d[:, 1], d[:, 0], 0.0 * d[:, 0]], 1) * up
    return np.asarray((about_y + about_z) * share)


def brows(shell: Shell) -> list[Piece]:
    """Two soft bars above the eyes."""
    return [_brow(shell, side, sign) for side, sign in SIDES]


def _brow(shell: Shell, side: str, sign: float) -> Piece:
    s, around = np.linspace(0.0, 1.0, 13), np.linspace(0, 2 * np.pi, RING, endpoint=False)
    x = sign * (shell.eye[0] - 22.0 + 46.0 * s)
    y = shell.eye[1] + 29.0 + 5.0 * np.sin(np.pi * (0.18 + 0.72 * s))
    line = np.stack([x, y, shell.front(x, y) + 2.6], 1)[:, None]
    size = (4.6 * np.sqrt(np.clip(1.0 - (2.0 * s - 1.0) ** 4, 0.004, 1.0)) * (1.1 - 0.45 * s))[:, None, None]
    up, out = np.array((0.0, np.cos(0.5), np.sin(0.5))), np.array((0.0, -np.sin(0.5), np.cos(0.5)))
    p = (line + size * (np.cos(around)[:, None] * out + np.sin(around)[:, None] * up)).reshape(-1, 3)
    t, zero = np.repeat(s, RING), np.zeros(len(s) * RING)
    moves = {
        f"browDown{side}": np.stack([zero - 3.5 * sign, -13.0 + 10.0 * t, 7.0 * (1 - t) + 3.0], 1),
        f"browOuterUp{side}": np.stack([zero, 9.0 * t**0.8 + 1.0, -1.0 * t], 1),
        "browInnerUp": np.stack([zero, 11.0 * (1 - t) ** 1.2, zero - 1.0], 1),
        f"noseSneer{side}": np.stack([zero - 1.5 * sign, -4.0 * (1 - t), zero + 2.5], 1),
        f"eyeWide{side}": np.stack([zero, zero + 2.5, zero], 1),
        f"cheekSquint{side}": np.stack([zero, zero - 1.2, zero], 1),
    }
    triangle = tube(len(s), RING)
    uv = np.stack([np.tile(around / np.pi, len(s)), t], 1)
    return p, triangle if sign < 0 else triangle[:, ::-1], moves, uv
