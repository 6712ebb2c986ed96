"""What makes a steady pitch live: slow flutter and small jitter."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .noise import run

F64 = NDArray[np.float64]

JITTER = 0.05
"""Semitones, border to border, of a smooth voice."""
FLUTTER = 0.045
"""Semitones of each of three slow tremors at amplitude 1 (Klatt & Klatt 1990)."""


def jitter(border: int, count: int, roughness: float, seed: int) -> F64:
    """Random deviation of pitch in semitones at borders border .. border + count - 1; a function of its arguments alone."""
    return np.asarray((JITTER + 0.6 * roughness) * (2.0 * run(seed, border, count) - 1.0))


def flutter(theta: F64, freq: F64, amp: NDArray[Any], seconds: F64) -> F64:
    """Deviation of pitch in semitones, f64[T], that tremors of phases theta (cycles), freq (Hz) and amp make `seconds` f64[T]
    from now."""
    turn = theta[:, None] + freq[:, None] * seconds
    return np.asarray(FLUTTER * (amp[:, None] * np.sin(2.0 * np.pi * turn)).sum(axis=0))
