"""Lids that are pieces of a sphere about the eye and turn about its axis from side to side. Units: millimetres."""

import numpy as np
from msgspec import Struct

from .muscles import turned
from .parts import Deltas, F, grid
from .surface import Ints

MERIDIANS = 15
"""Vertices from corner to corner of the eye."""


class LidStyle(Struct, kw_only=True, forbid_unknown_fields=True):
    """The opening of the eyes, degrees above and below straight ahead, and where the lids meet."""

    upper: float = 35.0
    lower: float = -31.0
    meet: float = -6.0
    thick: float = 1.7
    """Of the lid before the eye, mm."""


TURNS = {
    "eyeSquint": (0.20, 0.65),
    "eyeWide": (-0.32, -0.22),
    "eyeLookUp": (-0.24, -0.10),
    "eyeLookDown": (0.42, -0.28),
    "eyeLookIn": (0.0, 0.0),
    "eyeLookOut": (0.0, 0.0),
    "cheekSquint": (0.0, 0.55),
    "browDown": (0.12, 0.0),
}
"""Shares of the way of a blink that upper and lower lid make in other shapes."""


def lids(eye: F, radius: float, style: LidStyle) -> tuple[F, Ints, Deltas]:
    """All four lids: positions f64[n, 3], triangles, and their shapes. `eye`: middle of the left eye, f64[3]."""
    points: list[F] = []
    triangles: list[Ints] = []
    moves: dict[str, list[tuple[int, F]]] = {}
    start = 0
    for side, sign in (("Left", 1.0), ("Right", -1.0)):
        for which, edge in enumerate((style.upper, style.lower)):
            centre = eye * (sign, 1, 1)
            p, triangle = _lid(centre, radius, style.thick, np.radians(edge), upper=which == 0)
            way = np.radians(edge - style.meet)
            # a chord would cut through the ball half way: the lid swells as it closes, and the ball hides what is behind
            shut = turned(p, centre, way) + 0.06 * (p + turned(p, centre, way) - centre)
            for name, share in ({"eyeBlink": 1.0} | {n: s[which] for n, s in TURNS.items()}).items():
                move = shut if name == "eyeBlink" else turned(p, centre, share * way)
                if name in ("eyeLookIn", "eyeLookOut"):
                    move = np.stack([np.full(len(p), (1.0 if name == "eyeLookOut" else -1.0) * sign), 0 * p[:, 1], 0 * p[:, 2]], 1)
                moves.setdefault(f"{name}{side}", []).append((start, move))
            points.append(p)
            triangles.append(triangle + start)
            start += len(p)
    whole = {name: np.zeros((start, 3)) for name in moves}
    for name, pieces in moves.items():
        for at, move in pieces:
            whole[name][at : at + len(move)] = move
    return np.concatenate(points), np.concatenate(triangles), whole


def _lid(centre: F, radius: float, thick: float, edge: float, upper: bool) -> tuple[F, Ints]:
    """A lune from its edge over the ball to behind it; the first row is the inner rim."""
    way = 1.0 if upper else -1.0
    rise = edge + way * np.radians((0.0, 0.0, 4.0, 14.0, 32.0, 56.0, 85.0, 125.0))
    out = radius + thick * np.array((-0.4, 0.75, 1.0, 1.1, 1.2, 1.3, 1.4, 1.4))
    across = np.radians(np.linspace(6.0, 174.0, MERIDIANS))
    unit = np.stack(
        [
            np.cos(across) * np.ones((len(rise), 1)),
            np.sin(across) * np.sin(rise)[:, None],
            np.sin(across) * np.cos(rise)[:, None],
        ],
        2,
    )
    p = centre + (out[:, None, None] * unit).reshape(-1, 3)
    triangle = grid(len(rise), MERIDIANS)
    return p, triangle if upper else triangle[:, ::-1]
