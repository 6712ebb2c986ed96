"""The 52 shapes of a head that is made by code: what each muscle does, as a field over the soft parts. Units: millimetres.

A field that depends on the place alone moves both lips alike, so that it cannot part them; what parts or closes them says
so. Rotations (jaw, lids) are chords, since blendshapes are linear.
"""

from dataclasses import dataclass

import numpy as np

from .parts import Deltas, F

SIDES = (("Left", 1.0), ("Right", -1.0))
SWING = np.radians(17.5)
"""How far the jaw turns at jawOpen 1."""


@dataclass
class Flesh:
    """Soft vertices: what the fields need to know of them."""

    p: F
    """f64[n, 3], rest positions, mm."""
    jaw: F
    """f64[n], share of the jaw's movement: 1 lower lip and chin, 0 upper lip and skull."""
    lip: F
    """f64[n], 1 where the lips meet, falling to 0 within some millimetres."""
    side: F
    """f64[n], 1 upper lip, -1 lower lip, 0 at the corners."""


@dataclass
class Anatomy:
    """Where things are, mm."""

    mouth: F
    """f64[3], the middle of the seam."""
    half: float
    """Half the width of the mouth."""
    corner: F
    """f64[3], the left corner."""
    hinge: F
    """f64[3], on the axis of the jaw."""
    nose: F
    eye: F
    """f64[3], middle of the left eye."""


def turned(p: F, pivot: F, angle: float) -> F:
    """Offsets of points by a turn about an axis along x through the pivot; positive lowers what lies before it."""
    d, c, s = p - pivot, np.cos(angle), np.sin(angle)
    out = np.zeros_like(p)
    out[:, 1] = c * d[:, 1] - s * d[:, 2] - d[:, 1]
    out[:, 2] = s * d[:, 1] + c * d[:, 2] - d[:, 2]
    return out


def _bell(p: F, at: F, size: tuple[float, float, float]) -> F:
    d = (p - at) / np.array(size)
    return np.asarray(np.exp(-(d * d).sum(1)))


def _mirrored(at: F, sign: float) -> F:
    return at * (sign, 1.0, 1.0)


def shapes(flesh: Flesh, anatomy: Anatomy) -> Deltas:
    """Every shape of jaw, mouth, cheeks, nose and forehead: f64[n, 3] mm at weight 1. Lids and tongue have their own."""
    out = _jaw(flesh, anatomy) | _lips(flesh, anatomy) | _corners(flesh, anatomy) | _lip_halves(flesh, anatomy)
    return out | _cheeks(flesh, anatomy)


def _jaw(flesh: Flesh, a: Anatomy) -> Deltas:
    p, jaw = flesh.p, flesh.jaw[:, None]
    swing = turned(p, a.hinge, SWING)
    opened = jaw * swing
    # mouthClose gives back exactly what jawOpen parted: the lower lip most of it, the upper lip comes down the rest
    middle = CORNER + (0.30 - CORNER) * np.abs(flesh.side)[:, None]  # share of the swing at which the lips meet again
    closed = flesh.lip[:, None] * (middle - jaw) * swing
    forward = np.array((0.0, 0.0, 7.0)) * np.ones_like(p)
    aside = np.array((7.0, 0.0, 0.0)) * np.ones_like(p)
    return {
        "jawOpen": opened,
        "mouthClose": closed,
        "jawForward": jaw * forward,
        "jawLeft": jaw * aside,
        "jawRight": -jaw * aside,
    }


CORNER = 0.42
"""Share of the jaw's movement that the corners of the mouth make."""


def _lips(flesh: Flesh, a: Anatomy) -> Deltas:
    """Ring and roll: what the whole mouth does."""
    p, lip, side = flesh.p, flesh.lip, flesh.side
    x = (p[:, 0] - a.mouth[0]) / a.half
    around = _bell(p, a.mouth, (1.25 * a.half, 20.0, 40.0))
    rim = _bell(p, a.mouth, (1.1 * a.half, 12.0, 40.0))
    inward = -a.half * x * np.exp(-((x / 1.25) ** 4))
    ring = np.exp(-((x / 0.85) ** 2))
    flat = np.exp(-((x / 0.95) ** 4))
    zero = np.zeros(len(p))

    def move(dx: F, dy: F, dz: F) -> F:
        return np.stack([dx, dy, dz], 1)

    upper, lower = np.clip(side, 0, 1), np.clip(-side, 0, 1)
    front = np.clip((p[:, 2] - a.mouth[2] + 26.0) / 14.0, 0.0, 1.0)  # the lining keeps back
    roll = lip * front
    return {
        "mouthFunnel": move(0.30 * inward * around, around * side * 6.5 * ring, rim * 8.0 * flat),
        "mouthPucker": move(0.46 * inward * around, zero, rim * 10.0 * flat),
        "mouthLeft": move(9.0 * around, zero, -1.0 * around),
        "mouthRight": move(-9.0 * around, zero, -1.0 * around),
        "mouthRollLower": move(zero, lower * roll * 1.6, -lower * roll * 6.5),
        "mouthRollUpper": move(zero, -upper * roll * 1.2, -upper * roll * 5.0),
        "mouthShrugLower": move(zero, around * 4.0 * (0.4 + 0.6 * ring), around * lower * 2.5),
        "mouthShrugUpper": move(zero, upper * around * 3.0 * ring, upper * around * 2.5),
    }


def _corners(flesh: Flesh, a: Anatomy) -> Deltas:
    """Along the zygomatic and risorius lines, one side at a time."""
    out: Deltas = {}
    p = flesh.p
    for name, sign in SIDES:
        at = _mirrored(a.corner, sign)
        pull = _bell(p, at, (21.0, 19.0, 45.0))
        pull *= np.clip(0.5 + sign * (p[:, 0] - 0.25 * sign * a.half) / (0.9 * a.half), 0.0, 1.0)
        cheek = _bell(p, at + np.array((sign * 9.0, 19.0, -5.0)), (17.0, 14.0, 40.0))
        for shape, way, lift in (
            ("mouthSmile", (8.0, 11.5, -5.0), (2.0, 3.5, 3.5)),
            ("mouthFrown", (-1.0, -10.5, -1.0), (0.0, -1.5, 0.0)),
            ("mouthDimple", (4.0, 1.5, -5.0), (1.0, 0.0, 1.5)),
            ("mouthStretch", (9.5, -2.5, -5.0), (1.0, 0.0, 0.0)),
            ("mouthPress", (2.5, 2.0, -2.0), (0.5, 0.5, 1.0)),
        ):
            mirror = np.array((sign, 1.0, 1.0))
            out[f"{shape}{name}"] = pull[:, None] * (np.array(way) * mirror) + cheek[:, None] * (np.array(lift) * mirror)
    return out


def _lip_halves(flesh: Flesh, a: Anatomy) -> Deltas:
    """The lip raisers and lowerers, one side at a time."""
    out: Deltas = {}
    p, around = flesh.p, _bell(flesh.p, a.mouth, (1.2 * a.half, 17.0, 40.0))
    for name, sign in SIDES:
        half = np.clip(0.5 + sign * p[:, 0] / (0.8 * a.half), 0.0, 1.0) * np.exp(-((p[:, 0] / (1.15 * a.half)) ** 4)) * around
        up, down = half * np.clip(flesh.side, 0, 1), half * np.clip(-flesh.side, 0, 1)
        out[f"mouthUpperUp{name}"] = up[:, None] * np.array((0.0, 8.0, 1.0))
        out[f"mouthLowerDown{name}"] = down[:, None] * np.array((0.0, -9.0, 1.0))
    return out


def _cheeks(flesh: Flesh, a: Anatomy) -> Deltas:
    p, out = flesh.p, dict[str, F]()
    puff = np.zeros_like(p)
    inner = np.zeros_like(p)
    for name, sign in SIDES:
        side = np.array((sign, 1.0, 1.0))
        cheek = _mirrored(a.corner, sign) + np.array((sign * 14.0, 6.0, -10.0))
        puff += _bell(p, cheek, (24.0, 22.0, 40.0))[:, None] * (np.array((9.0, -1.0, 7.0)) * side)
        high = _bell(p, _mirrored(a.eye, sign) + np.array((0.0, -30.0, 8.0)), (26.0, 15.0, 45.0))
        out[f"cheekSquint{name}"] = high[:, None] * np.array((0.0, 6.0, 2.5))
        wing = _bell(p, a.nose + np.array((sign * 12.0, 0.0, -4.0)), (13.0, 12.0, 30.0))
        lifted = _bell(p, a.mouth + np.array((sign * 14.0, 6.0, 0.0)), (14.0, 9.0, 30.0)) * np.clip(flesh.side, 0, 1)
        out[f"noseSneer{name}"] = wing[:, None] * np.array((0.0, 4.5, 1.5)) + lifted[:, None] * np.array((0.0, 4.0, 0.0))
        brow = _bell(p, _mirrored(a.eye, sign) + np.array((-sign * 4.0, 30.0, 8.0)), (30.0, 12.0, 60.0))[:, None]
        out[f"browDown{name}"] = brow * (np.array((-2.0, -5.0, 1.5)) * side)
        out[f"browOuterUp{name}"] = brow * np.array((0.0, 4.0, -0.5))
        inner += _bell(p, _mirrored(a.eye, sign) + np.array((-sign * 22.0, 30.0, 10.0)), (18.0, 12.0, 60.0))[:, None] * (
            0,
            4.5,
            0,
        )
    return out | {"cheekPuff": puff, "browInnerUp": inner}
