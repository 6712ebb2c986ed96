"""Eyes: where to look, how the eyes stand in a moving head, and how lids close.

Angles in radians: yaw positive to the face's own left (+x), pitch positive down, roll positive to its left shoulder; a face
looks along +z, y up. A head turns by yaw, then pitch, then roll, so each turn is one complex product.
"""

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]

CLOSING, CLOSED, OPENING = 0.080, 0.034, 0.180
"""Seconds of a blink: it closes faster than it opens, and is shut for at least two ticks."""
BLINK = CLOSING + CLOSED + OPENING
YAW_REACH, UP_REACH, DOWN_REACH = 0.61, 0.40, 0.52
"""How far eyes turn in the head."""
HALF_SPACING = 0.031
"""Half the distance between the pupils, m."""


def blink_lid(seconds: F64) -> F64:
    """Lid closure, 0 open to 1 shut, so many seconds after a blink began."""
    down = np.clip(seconds / CLOSING, 0.0, 1.0)
    up = np.clip((seconds - CLOSING - CLOSED) / OPENING, 0.0, 1.0)
    return down * down * (3.0 - 2.0 * down) * (1.0 - up) ** 2 * (1.0 + 2.0 * up)


def saccade_rate(turn: F64) -> F64:
    """Relaxation rate (1/s) of an eye turning by `turn` radians: main sequence, 21 ms + 2.2 ms a degree (Carpenter 1988)."""
    return 4.0 / (0.021 + 0.0022 * np.degrees(np.abs(turn)))


def bearing(target: F64, position: F64, facing: F64, eye: F64) -> tuple[F64, F64, F64]:
    """Yaw, pitch and distance of world points f64[A, 3] from bodies at `position` f64[A, 3] turned by `facing` f64[A].

    `eye` f64[3] is the middle between the eyes, in the body's space.
    """
    away = target - position
    flat = (away[:, 2] + 1j * away[:, 0]) * np.exp(-1j * facing) - (eye[2] + 1j * eye[0])
    rise = away[:, 1] - eye[1]
    far = np.abs(flat)
    return np.angle(flat), -np.arctan2(rise, far), np.maximum(np.hypot(far, rise), 0.1)


def in_head(yaw: F64, pitch: F64, head: F64) -> tuple[F64, F64]:
    """Yaw and pitch within a head turned by `head` f64[A, 3] (yaw, pitch, roll) of a direction in the body's space.

    Taking the head's turn out is the vestibulo-ocular reflex: the gaze stays where it was while the head moves.
    """
    turn = np.exp(-1j * head)
    level = np.cos(pitch) * np.exp(1j * yaw) * turn[:, 0]  # z + i x
    tip = (level.real + 1j * np.sin(pitch)) * turn[:, 1]  # z - i y
    lean = (-tip.imag + 1j * level.imag) * turn[:, 2]  # y + i x
    return np.arctan2(lean.imag, tip.real), -np.arctan2(lean.real, np.hypot(lean.imag, tip.real))


def eye_shapes(yaw: F64, pitch: F64, gain: F64) -> F64:
    """eyeLook Down, In, Out, Up of the left and then the right eye, f64[A, 8].

    Args: yaw f64[A, 2], pitch f64[A] eye turns; gain f64[A, 4] turn that Up, Down, In, Out = 1 stand for.
    """
    left, right = yaw[:, 0], yaw[:, 1]
    out = np.stack([pitch, -left, left, -pitch, pitch, right, -right, -pitch], axis=1)
    return np.clip(out / gain[:, [1, 2, 3, 0, 1, 2, 3, 0]], 0.0, 1.0)
