"""What makes a steady pitch live: slow flutter and small jitter."""

import numpy as np
from numpy.typing import NDArray

from .noise import uniform

F64 = NDArray[np.float64]

JITTER = 0.05
"""Semitones, border to border, of a smooth voice."""
FLUTTER = 0.045
"""Semitones of each of three slow sines (Klatt & Klatt 1990: 12.7, 7.1 and 4.7 Hz)."""


def waver(border: int, count: int, spacing: float, roughness: float, seed: int) -> F64:
    """Deviation of pitch in semitones at borders border .. border + count - 1, `spacing` seconds apart; a function of
    its arguments alone."""
    at = np.arange(border, border + count)
    t = 2.0 * np.pi * spacing * at
    slow = np.sin(12.7 * t) + np.sin(7.1 * t + 1.0) + np.sin(4.7 * t + 2.0)
    return np.asarray(FLUTTER * slow + (JITTER + 0.6 * roughness) * (2.0 * uniform(seed, at.astype(np.uint64)) - 1.0))
