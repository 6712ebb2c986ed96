"""Lids that are pieces of a sphere about the eye and turn about its axis from side to side. Units: millimetres."""

import numpy as np
from msgspec import Struct

from .muscles import SIDES, turned
from .parts import F, Piece, grid

MERIDIANS = 17
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
    "cheekSquint": (0.0, 0.55),
    "browDown": (0.12, 0.0),
}
"""Shares of the way of a blink that upper and lower lid make in other shapes."""


def lids(eye: F, radius: float, style: LidStyle) -> list[Piece]:
    """All four lids. `eye`: middle of the left eye, f64[3]."""
    return [_lid(eye * (sign, 1, 1), radius, style, side, sign, upper) for side, sign in SIDES for upper in (True, False)]


def _lid(centre: F, radius: float, style: LidStyle, side: str, sign: float, upper: bool) -> Piece:
    """A lune from its edge over the ball to behind it; the first row is the inner rim."""
    edge = style.upper if upper else style.lower
    behind = np.array((0.0, 0.0, 4.0, 14.0, 32.0, 56.0, 85.0, 125.0))
    rise = np.radians(edge + (behind if upper else -behind))[:, None]
    out = radius + style.thick * np.array((-0.4, 0.75, 1.0, 1.1, 1.2, 1.3, 1.4, 1.4))
    across = np.radians(np.linspace(6.0, 174.0, MERIDIANS))
    unit = [np.cos(across) * np.ones_like(rise), np.sin(across) * np.sin(rise), np.sin(across) * np.cos(rise)]
    p = centre + (out[:, None, None] * np.stack(unit, 2)).reshape(-1, 3)
    way = np.radians(edge - style.meet)
    shut = turned(p, centre, way)
    # a chord would cut through the ball half way: the lid's edge swells as it closes
    swell = 0.07 * np.repeat(np.exp(-((behind / (50.0 if upper else 30.0)) ** 2)), MERIDIANS)[:, None]
    moves = {f"{n}{side}": turned(p, centre, turn[0 if upper else 1] * way) for n, turn in TURNS.items()}
    moves[f"eyeBlink{side}"] = shut + swell * (p + shut - centre)
    for name, aside in (("eyeLookIn", -sign), ("eyeLookOut", sign)):
        moves[f"{name}{side}"] = np.ones_like(p) * (aside, 0.0, 0.0)
    triangle = grid(len(rise), MERIDIANS)
    return p, triangle if upper else triangle[:, ::-1], moves, p[:, :2] / 100.0
