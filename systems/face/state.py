"""Where each drive and swing of `components.life.Life` lies, and how fast it moves."""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.life import DRIVES, NAMED, Expressions
from psi_ecs.systems.kernels import face_swing

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
RATE[DENTAL], RATE[LIFT], RATE[HEAD] = 70.0, 14.0, 8.0
ATTACK, RELEASE = 45.0, 9.0
"""Rates at which speech takes the mouth and gives it back."""

NOD, BROW, BOW, SHAKE = range(4)
"""Swings: the nod and the brow raise of an accent, and the nod and the shake of a cue."""
MODES = face_swing.eigenvalue(np.array([1.25, 1.0, 1.55, 1.75]), np.array([4.5, 6.0, 2.0, 1.9]))
IMPULSE = face_swing.unit(MODES)


def rates(expressions: Expressions) -> F64:
    """Relaxation rate of every drive, f64[DRIVES]."""
    rate = RATE.copy()
    rate[SHOWN] = expressions.rate
    return rate
