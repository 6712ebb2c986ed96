"""Eyes: where to look, how the eyes stand in a moving head, and how lids close.

Angles in radians: yaw positive to the face's own left (+x), pitch positive down, roll positive to its left shoulder; a face
looks along +z, y up. A head turns by yaw, then pitch, then roll, so each turn is one complex product.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs.systems.kernels.face_mouth import clamp

F64 = NDArray[np.float64]
C128 = NDArray[np.complex128]

CLOSING, CLOSED, OPENING = 0.080, 0.034, 0.180
"""Seconds of a blink: it closes faster than it opens, and is shut for at least two ticks."""
BLINK = CLOSING + CLOSED + OPENING
GAIN_ORDER = np.array([1, 2, 3, 0])
SHAPE_SIGN = np.array([[[0.0, -1.0, 1.0, 0.0], [1.0, 0.0, 0.0, -1.0]], [[0.0, 1.0, -1.0, 0.0], [1.0, 0.0, 0.0, -1.0]]])
HALF_SPACING = 0.031
"""Half the distance between the pupils, m."""


def blink_lid(seconds: F64) -> F64:
    """Lid closure, 0 open to 1 shut, so many seconds after a blink began."""
    if seconds.min(initial=BLINK) >= BLINK:
        return np.zeros_like(seconds)  # as nearly always
    down = np.minimum(seconds / CLOSING, 1.0)
    up = clamp((seconds - (CLOSING + CLOSED)) / OPENING, 0.0, 1.0)
    return down * down * (3.0 - 2.0 * down) * (1.0 - up) ** 2 * (1.0 + 2.0 * up)


def saccade_rate(turn: F64) -> F64:
    """Relaxation rate (1/s) of an eye turning by `turn` radians: main sequence, 21 ms + 2.2 ms a degree (Carpenter 1988)."""
    return 4.0 / (0.021 + 0.0022 * np.degrees(np.abs(turn)))


def bearing(target: NDArray[Any], position: NDArray[Any], facing: NDArray[Any], eye: F64) -> tuple[F64, F64]:
    """Yaw and pitch f64[A, 2], and distance f64[A], of world points f64[A, 3] from bodies at `position` f64[A, 3] turned by
    `facing` f64[A]. `eye` f64[3] is the middle between the eyes, in the body's space."""
    away = target - position
    flat = (away[:, 2] + 1j * away[:, 0]) * np.exp(-1j * facing) - (eye[2] + 1j * eye[0])
    rise, far = away[:, 1] - eye[1], np.abs(flat)
    aim = np.empty((len(away), 2))
    np.arctan2(flat.imag, flat.real, out=aim[:, 0])
    np.arctan2(-rise, far, out=aim[:, 1])
    return aim, np.maximum(np.hypot(far, rise), 0.1)


def in_head(aim: F64, head: F64) -> tuple[F64, F64]:
    """Yaw and pitch within a head turned by `head` f64[A, 3] (yaw, pitch, roll) of directions in the body's space.

    `aim` f64[A, 2] is their yaw and pitch there. Taking the head's turn out is the vestibulo-ocular reflex: the gaze
    stays where it was while the head moves.
    """
    turn: C128 = np.exp(-1j * head)
    ray: C128 = np.exp(1j * aim)
    level = ray[:, 1].real * ray[:, 0] * turn[:, 0]  # z + i x
    tip = (level.real + 1j * ray[:, 1].imag) * turn[:, 1]  # z - i y
    lean = (level.imag * 1j - tip.imag) * turn[:, 2]  # y + i x
    return np.arctan2(lean.imag, tip.real), -np.arctan2(lean.real, np.hypot(lean.imag, tip.real))


def eye_shapes(turn: F64, gain: NDArray[Any]) -> F64:
    """eyeLook Down, In, Out, Up of the left and the right eye, f64[A, 2, 4], in [0, 1].

    Args: turn f64[A, 2, 2] yaw and pitch of each eye; gain f64[A, 4] turn that Up, Down, In, Out = 1 stand for.
    """
    out = np.matmul(turn[:, :, None], SHAPE_SIGN)[:, :, 0] / gain[:, None, GAIN_ORDER]
    return clamp(out, 0.0, 1.0)
