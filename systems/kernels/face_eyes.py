"""Eyes: where to look, how the eyes stand in a moving head, and how lids close.

Angles in radians: yaw positive to the face's own left (+x), pitch positive down, roll positive to its left shoulder; a face
looks along +z, y up. A head turns by yaw, then pitch, then roll. Faces are few: plain numbers, one face after the other, take a
tenth of the time of as many operations on short arrays.
"""

from collections.abc import Sequence
from math import atan2, cos, hypot, sin
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs.systems.kernels.face_mouth import clamp

F64 = NDArray[np.float64]

CLOSING, CLOSED, OPENING = 0.080, 0.034, 0.180
"""Seconds of a blink: it closes faster than it opens, and is shut for at least two ticks."""
BLINK = CLOSING + CLOSED + OPENING
HALF_SPACING = 0.031
"""Half the distance between the pupils, m."""
TORSION = -0.1
"""Turn of the eyes about their axis for one of the head toward a shoulder (static counter-roll: Collewijn et al. 1985)."""


def blink_lid(seconds: F64) -> F64:
    """Lid closure, 0 open to 1 shut, so many seconds after a blink began."""
    if seconds.min(initial=BLINK) >= BLINK:
        return np.zeros_like(seconds)  # as nearly always
    down = np.minimum(seconds / CLOSING, 1.0)
    up = clamp((seconds - (CLOSING + CLOSED)) / OPENING, 0.0, 1.0)
    return down * down * (3.0 - 2.0 * down) * (1.0 - up) ** 2 * (1.0 + 2.0 * up)


def saccade_rate(turn: F64) -> F64:
    """Relaxation rate (1/s) of an eye turning by `turn` radians on the main sequence: it covers 94 % in 21 ms + 2.2 ms a degree
    (Carpenter 1988), and its peak velocity is 4.5 / e = 1.65 times the mean (Harwood, Mezey & Harris 1999)."""
    return 4.5 / (0.021 + 0.0022 * np.degrees(np.abs(turn)))


def bearing(target: NDArray[Any], position: NDArray[Any], facing: NDArray[Any], eye: F64) -> tuple[F64, F64]:
    """Yaw and pitch f64[A, 2], and distance f64[A], of world points f64[A, 3] from bodies at `position` f64[A, 3] turned by
    `facing` f64[A]. `eye` f64[3] is the middle between the eyes, in the body's space."""
    aim, far = [], []
    ex, ey, ez = eye.tolist()
    for (x, y, z), (px, py, pz), turn in zip(target.tolist(), position.tolist(), facing.tolist(), strict=True):
        c, s, dx, dz = cos(turn), sin(turn), x - px, z - pz
        ahead, aside, rise = c * dz + s * dx - ez, c * dx - s * dz - ex, y - py - ey
        flat = hypot(ahead, aside)
        aim.append((atan2(aside, ahead), atan2(-rise, flat)))
        far.append(max(hypot(flat, rise), 0.1))
    return np.array(aim).reshape(-1, 2), np.array(far)


def in_head(yaw: float, pitch: float, head: Sequence[float]) -> tuple[float, float]:
    """Yaw and pitch within a head turned by `head` (yaw, pitch, roll) of a direction in the body's space. Taking the head's
    turn out is the vestibulo-ocular reflex: the gaze stays where it was while the head moves."""
    level, x, y = cos(yaw - head[0]) * cos(pitch), sin(yaw - head[0]) * cos(pitch), -sin(pitch)
    c, s = cos(head[1]), sin(head[1])
    z, y = c * level - s * y, s * level + c * y
    c, s = cos(head[2]), sin(head[2])
    x, y = c * x - s * y, c * y + s * x
    return atan2(x, z), -atan2(y, hypot(x, z))


def turns(aim: NDArray[Any], head: NDArray[Any], far: NDArray[Any], dip: NDArray[Any], twist: NDArray[Any]) -> F64:
    """Yaw, pitch and roll of the left and the right eye within the head, f64[A, 6].

    Args: aim f64[A, 2] yaw and pitch of the gaze in the body's space; head f64[A, 3]; far f64[A] distance of what is looked at,
    metres, on which both eyes meet; dip f64[A] radians by which they are lowered; twist f64[A] by which they drift about their
    axis.
    """
    out = []
    rows = zip(aim.tolist(), head.tolist(), far.tolist(), dip.tolist(), twist.tolist(), strict=True)
    for (yaw, pitch), turn, distance, low, sway in rows:
        yaw, pitch = in_head(yaw, pitch, turn)
        cross, roll = HALF_SPACING / distance, TORSION * turn[2] + sway
        out.append((yaw - cross, pitch + low, roll, yaw + cross, pitch + low, roll))
    return np.array(out).reshape(-1, 6)


def eye_shapes(turn: NDArray[Any], gain: NDArray[Any]) -> F64:
    """eyeLook Down, In, Out, Up of the left and the right eye, f64[A, 8], in [0, 1].

    Args: turn f64[A, 6] as `turns` gives it; gain f64[A, 4] turn that Up, Down, In, Out = 1 stand for.
    """
    out = []
    for (a, b, _, c, d, _), (up, down, inward, outward) in zip(turn.tolist(), gain.tolist(), strict=True):
        out.append((b / down, -a / inward, a / outward, -b / up, d / down, c / inward, -c / outward, -d / up))
    return clamp(np.array(out).reshape(-1, 8), 0.0, 1.0)
