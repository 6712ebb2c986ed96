"""What a head made by code stands on: a neck, rounded shoulders and a scarf. Units: millimetres."""

import numpy as np

from .parts import F
from .surface import Ints
from .tongue import tube

TURNS = 36


def _lathe(rows: list[tuple[float, float, float, float]], middle: F) -> F:
    """Rings by (height, half width, half depth, forward), f64[len(rows) * TURNS, 3], turning from +x toward +z."""
    turn = 2 * np.pi * np.arange(TURNS) / TURNS
    made = [
        np.stack([w * np.cos(turn), np.full(TURNS, h), forward + d * np.sin(turn)], 1) + middle * (1, 0, 1)
        for h, w, d, forward in rows
    ]
    return np.concatenate(made)


def neck(centre: F) -> tuple[F, Ints]:
    """A tube from inside the head down into the scarf."""
    rows = [(-82.0, 54.0, 50.0, 0.0), (-104.0, 54.0, 48.0, 0.0), (-150.0, 56.0, 48.0, -4.0)]
    return _lathe(rows, centre), tube(len(rows), TURNS)


def garment(centre: F) -> list[tuple[str, F, Ints]]:
    """Shoulders and scarf."""
    body = [
        (-118.0, 52.0, 44.0, -3.0), (-134.0, 74.0, 58.0, -4.0), (-150.0, 108.0, 72.0, -6.0), (-172.0, 138.0, 84.0, -8.0),
        (-205.0, 156.0, 94.0, -8.0), (-260.0, 164.0, 100.0, -8.0), (-330.0, 168.0, 104.0, -8.0), (-420.0, 170.0, 106.0, -8.0),
    ]  # fmt: skip
    out = [("Sweater", _lathe(body, centre), tube(len(body), TURNS))]
    for name, height, wide, deep, thick, lean in (("Scarf", -116.0, 64.0, 56.0, 13.0, 4.0), ("ScarfLow", -133.0, 76.0, 64.0, 13.0, -4.0)):
        turn = 2 * np.pi * np.arange(TURNS) / TURNS
        around = 2 * np.pi * np.arange(8) / 8
        fold = 1.0 + 0.10 * np.sin(5 * turn + height) + 0.06 * np.sin(9 * turn)
        r = (thick * fold)[:, None] * np.cos(around)
        x, z = (wide + r) * np.cos(turn)[:, None], (deep + r) * np.sin(turn)[:, None]
        y = height + 1.15 * (thick * fold)[:, None] * np.sin(around) - lean * np.sin(turn + 0.4)[:, None] - 6.0 * np.sin(turn)[:, None]
        p = np.stack([x, y, z - 3.0], 2) + centre * (1, 0, 1)
        out.append((name, p.reshape(-1, 3), _closed(tube(TURNS + 1, 8), TURNS * 8)))
    return out


def _closed(triangle: Ints, count: int) -> Ints:
    """A tube whose last ring is its first."""
    return np.asarray(triangle % count)
