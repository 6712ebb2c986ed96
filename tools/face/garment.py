"""What a head made by code stands on: a neck, rounded shoulders and a scarf. Units: millimetres."""

import numpy as np

from .parts import F, Piece
from .surface import Ints
from .tongue import tube

TURNS, RING = 36, 8


def _lathe(rows: list[tuple[float, float, float, float]], middle: F) -> F:
    """Rings by (height, half width, half depth, forward), f64[len(rows) * TURNS, 3], turning from +x toward +z."""
    turn = 2 * np.pi * np.arange(TURNS) / TURNS
    made = [
        np.stack([w * np.cos(turn), np.full(TURNS, h), forward + d * np.sin(turn)], 1) + middle * (1, 0, 1)
        for h, w, d, forward in rows
    ]
    return np.concatenate(made)


def neck(centre: F) -> Piece:
    """A tube from inside the head down into the scarf."""
    rows = [(-82.0, 54.0, 50.0, 0.0), (-104.0, 54.0, 48.0, 0.0), (-150.0, 56.0, 48.0, -4.0)]
    p = _lathe(rows, centre)
    return p, tube(len(rows), TURNS), {}, p[:, :2] / 100.0


def garment(centre: F) -> list[tuple[str, F, Ints]]:
    """Shoulders and scarf."""
    down = np.linspace(0.0, 1.0, 9) ** 1.6
    round_off = (1.0 - (1.0 - np.minimum(down * 2.6, 1.0)) ** 2.4) ** (1.0 / 2.4)  # shoulders, a quarter of a superellipse
    body = [
        (-118.0 - 300.0 * h, 52.0 + 116.0 * r, 44.0 + 60.0 * r, -3.0 - 5.0 * r) for h, r in zip(down, round_off, strict=True)
    ]
    out = [("Sweater", _lathe(body, centre), tube(len(body), TURNS))]
    turn, around = 2 * np.pi * np.arange(TURNS) / TURNS, 2 * np.pi * np.arange(RING) / RING
    for name, height, wide, deep, lean in (("Scarf", -116.0, 64.0, 56.0, 4.0), ("ScarfLow", -133.0, 76.0, 64.0, -4.0)):
        thick = 13.0 * (1.0 + 0.10 * np.sin(5 * turn + height) + 0.06 * np.sin(9 * turn))[:, None]
        r = thick * np.cos(around)
        x, z = (wide + r) * np.cos(turn)[:, None], (deep + r) * np.sin(turn)[:, None] - 3.0
        sag = lean * np.sin(turn + 0.4) + 6.0 * np.sin(turn)
        p = np.stack([x, height + 1.15 * thick * np.sin(around) - sag[:, None], z], 2) + centre * (1, 0, 1)
        out.append((name, p.reshape(-1, 3), tube(TURNS + 1, RING) % (TURNS * RING)))  # the last ring is the first
    return out
