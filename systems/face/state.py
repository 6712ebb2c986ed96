"""Where each drive and swing of `components.life.Life` lies, and how fast it moves."""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.face import FACE, FACE_ID
from psi_ecs.components.life import DRIVES, NAMED, Expressions
from psi_ecs.components.oscillator import Role
from psi_ecs.systems.kernels import koopman

F64 = NDArray[np.float64]

FEELING = slice(0, 13)
SHOWN = slice(13, 13 + NAMED)
FEATURES = slice(0, 13 + NAMED)
TALK, DENTAL, LIFT = range(13 + NAMED, 16 + NAMED)
"""Speaking, 0 to 1; tongue between the teeth; pitch in semitones."""
HEAD, EYE = slice(16 + NAMED, 18 + NAMED), slice(18 + NAMED, 20 + NAMED)
"""Yaw and pitch that the head follows, and where the eyes look in the body's space."""

RATE = np.full(DRIVES, 10.0)
"""Relaxation rates, 1/s: 91 % of the way in 4/rate seconds. Feelings 0.4 s, head 0.5 s."""
ATTACK, RELEASE = 45.0, 9.0
"""Rates at which speech takes the mouth and gives it back."""
RATE[DENTAL], RATE[LIFT], RATE[HEAD], RATE[TALK] = 70.0, 24.0, 8.0, RELEASE

NOD, BROW, BOW, SHAKE = range(4)
"""Swings: the nod and the brow raise of an accent, and the nod and the shake of a cue."""
MODES = koopman.eigenvalue(np.array([1.25, 1.0, 1.55, 1.75]), np.array([4.5, 6.0, 2.0, 1.9]))
IMPULSE = koopman.unit(MODES)
"""A gesture adds to its mode; what is shown is the imaginary part, which starts from zero and dies away by itself."""


def rates(expressions: Expressions) -> F64:
    """Relaxation rate of every drive, f64[DRIVES]."""
    rate = RATE.copy()
    rate[SHOWN] = expressions.rate
    return rate


WAVE_ROLE = np.array([Role.SWAY_YAW, Role.SWAY_PITCH, Role.SWAY_ROLL] * 2 + [Role.PHRASE, Role.BROW, Role.MOUTH, Role.GAZE_YAW,
                     Role.GAZE_PITCH])  # fmt: skip
WAVE_TURN = 2.0 * np.pi * np.array([[1, 1, 1, 3, 3, 3, 1, 1, 1, 1, 1]]).T
WAVE_SHIFT = np.array([[0.0, 0.0, 0.0, 1.3, 1.3, 1.3, 0.0, 0.0, 0.0, 0.0, 0.0]]).T
"""Waves read off the oscillators: sin(turn * theta + shift)."""
SWAYING, PHRASE_WAVE, UNREST, DRIFT = slice(0, 6), 6, slice(7, 9), slice(9, 11)

SWAY, PITCH, RAISE, GESTURE, BREW = slice(0, 6), 6, 7, slice(8, 11), slice(11, 14)
"""Movements: sway, voice pitch, brow raise, gestures (nods, shake, phrase), and unrest (brow wave, mouth wave, 1)."""


def movement() -> F64:
    """What each movement does to the 61 channels, f64[14, 61]."""
    m = np.zeros((14, len(FACE)))
    yaw, pitch, roll = FACE_ID["headYaw"], FACE_ID["headPitch"], FACE_ID["headRoll"]
    m[[0, 1, 2], [yaw, pitch, roll]] = 0.013, 0.009, 0.008
    m[[3, 4, 5], [yaw, pitch, roll]] = 0.004, 0.003, 0.0025
    m[PITCH, pitch] = -0.008  # head and voice rise together (Yehia, Kuratate and Vatikiotis-Bateson 2002)
    m[8, pitch], m[9, yaw], m[10, yaw] = 1.0, 1.0, 0.02
    inner, outer = FACE_ID["browInnerUp"], [FACE_ID["browOuterUpLeft"], FACE_ID["browOuterUpRight"]]
    smile = [FACE_ID["mouthSmileLeft"], FACE_ID["mouthSmileRight"]]
    press = [FACE_ID["mouthPressLeft"], FACE_ID["mouthPressRight"]]
    m[RAISE, inner], m[RAISE, outer] = 0.7, (1.0, 0.92)
    m[11, inner], m[11, outer] = 0.015, (0.01, 0.009)
    m[12, smile], m[12, press] = (0.01, 0.008), (-0.008, -0.01)
    m[13] = np.abs(m[11]) + np.abs(m[12])  # keeps the unrest from going below 0
    return m


MOVEMENT = movement()
