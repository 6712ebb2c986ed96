"""Eyes: where to look, how the eyes stand in a moving head, and how lids close.

Angles in radians: yaw positive to the face's own left (+x), pitch positive down, roll positive to its left shoulder; a face
looks along +z, y up. A head turns by yaw, then pitch, then roll. All is of one face, in plain numbers: for the few there are
that takes a tenth of the time of as many operations on short arrays.
"""

from collections.abc import Sequence
from math import atan2, cos, degrees, hypot, sin

CLOSING, CLOSED, OPENING = 0.080, 0.034, 0.180
"""Seconds of a blink: it closes faster than it opens, and is shut for at least two ticks."""
BLINK = CLOSING + CLOSED + OPENING
HALF_SPACING = 0.031
"""Half the distance between the pupils, m."""
TORSION = -0.1
"""Turn of the eyes about their axis for one of the head toward a shoulder (static counter-roll: Collewijn et al. 1985)."""


def blink_lid(seconds: float) -> float:
    """Lid closure, 0 open to 1 shut, so many seconds after a blink began."""
    if seconds >= BLINK:
        return 0.0
    down, up = min(seconds / CLOSING, 1.0), max((seconds - (CLOSING + CLOSED)) / OPENING, 0.0)
    return down * down * (3.0 - 2.0 * down) * (1.0 - up) ** 2 * (1.0 + 2.0 * up)


def saccade_rate(turn: float) -> float:
    """Relaxation rate (1/s) of an eye turning by `turn` radians on the main sequence: it covers 94 % in 21 ms + 2.2 ms a degree
    (Carpenter 1988), and its peak velocity is 4.5 / e = 1.65 times the mean (Harwood, Mezey & Harris 1999)."""
    return 4.5 / (0.021 + 0.0022 * degrees(abs(turn)))


def bearing(
    target: Sequence[float], position: Sequence[float], facing: float, eye: tuple[float, float, float]
) -> tuple[float, float, float]:
    """Yaw, pitch and distance of a world point from a body at `position` turned by `facing`. `eye` is the middle between the
    eyes, in the body's space."""
    (x, y, z), (px, py, pz), (ex, ey, ez) = target, position, eye
    c, s, dx, dz = cos(facing), sin(facing), x - px, z - pz
    ahead, aside, rise = c * dz + s * dx - ez, c * dx - s * dz - ex, y - py - ey
    flat = hypot(ahead, aside)
    return atan2(aside, ahead), atan2(-rise, flat), max(hypot(flat, rise), 0.1)


def in_head(yaw: float, pitch: float, head: Sequence[float]) -> tuple[float, float]:
    """Yaw and pitch within a head turned by `head` (yaw, pitch, roll) of a direction in the body's space. Taking the head's
    turn out is the vestibulo-ocular reflex: the gaze stays where it was while the head moves."""
    level, x, y = cos(yaw - head[0]) * cos(pitch), sin(yaw - head[0]) * cos(pitch), -sin(pitch)
    c, s = cos(head[1]), sin(head[1])
    z, y = c * level - s * y, s * level + c * y
    c, s = cos(head[2]), sin(head[2])
    x, y = c * x - s * y, c * y + s * x
    return atan2(x, z), -atan2(y, hypot(x, z))


def turns(yaw: float, pitch: float, head: Sequence[float], far: float, dip: float, twist: float) -> tuple[float, ...]:
    """Yaw, pitch and roll of the left and the right eye within a head turned by `head` (yaw, pitch, roll).

    Args: yaw and pitch of the gaze in the body's space; far, metres to what is looked at, on which both eyes meet; dip, radians
    by which they are lowered; twist, by which they drift about their axis.
    """
    yaw, pitch = in_head(yaw, pitch, head)
    cross, roll = HALF_SPACING / far, TORSION * head[2] + twist
    return yaw - cross, pitch + dip, roll, yaw + cross, pitch + dip, roll


def shut(eye: list[float], lid: float) -> tuple[float, float]:
    """Lids shut at least as far as `lid`, in place, and how far the left and the right one then are. `eye` are the 14 shapes of
    both eyes: Blink, LookDown, LookIn, LookOut, LookUp, Squint and Wide of the left, then of the right one."""
    eye[0], eye[7] = max(eye[0], lid), max(eye[7], lid)
    eye[6], eye[13] = max(eye[6], 0.0), max(eye[13], 0.0)
    return eye[0], eye[7]


def follow(eye: list[float], turn: Sequence[float], gain: Sequence[float], lid: float, left: float, right: float) -> None:
    """Lids that follow the eyes, in place.

    Args: eye as in `shut`; turn, 6 angles as `turns` gives them; gain, turn that LookUp, Down, In, Out = 1 stand for; lid, how
    far a blink shuts them; left and right, how far each is shut.
    """
    (a, b, _, c, d, _), (up, down, inward, outward) = turn, gain
    for first, aside, pitch, closed in ((0, a, b, left), (7, -c, d, right)):
        if pitch > 0.0:
            eye[first + 1] += min(pitch / down, 1.0)
        else:
            eye[first + 4] += min(-pitch / up, 1.0)
        if aside > 0.0:
            eye[first + 3] += min(aside / outward, 1.0)
        else:
            eye[first + 2] += min(-aside / inward, 1.0)
        eye[first + 4] *= 1.0 - closed
        eye[first + 5] *= 1.0 - 0.6 * lid
