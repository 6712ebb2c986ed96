"""What makes a steady pitch live: slow flutter, and vocal folds that keep together but roughly."""

from math import atan2, cos, pi, sin, sqrt, tanh
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .noise import run

F64 = NDArray[np.float64]

FLUTTER = 0.045
"""Semitones of each of three slow tremors at amplitude 1 (Klatt & Klatt 1990)."""


def folds(gap: float, detune: float, gain: float, kicks: F64, seconds: float) -> F64:
    """Cycles by which one fold is ahead of the other at borders so many seconds apart, f64[len(kicks) + 1], from `gap` on.

    Between borders they follow Adler's equation, d gap/dt = detune - (gain/2 pi) sin 2 pi gap, in closed form
    (`kuramoto.adler`); at each border noise kicks the gap by so many cycles. Args: detune in Hz, gain in rad/s.
    """
    half, turn, path = 0.5 * gain, pi * detune, [gap]
    square = (half - turn) * (half + turn)
    q = sqrt(abs(square)) or 1e-9
    grown, kept = (tanh(q * seconds) / q, 1.0) if square > 0.0 else (sin(q * seconds) / q, cos(q * seconds))
    for kick in kicks.tolist():
        u, v = sin(pi * gap), cos(pi * gap)
        moved = atan2(kept * u + grown * (turn * v - half * u), kept * v + grown * (half * v - turn * u)) / pi - gap
        gap += moved - round(moved) + kick
        path.append(gap)
    return np.array(path)


def kicks(border: int, count: int, noise: float, seconds: float, seed: int) -> F64:
    """What phase noise (cycles a root second) adds at borders border .. border + count - 1; a function of its arguments."""
    return np.asarray(noise * sqrt(12.0 * seconds) * (run(seed ^ 0xF01D, border, count) - 0.5))


def flutter(wave: F64, amp: NDArray[Any]) -> F64:
    """Deviation of pitch in semitones, f64[T], that tremors of such waves f64[N, T] (-1 to 1) and amplitudes f64[N] make."""
    return np.asarray(FLUTTER * (amp @ wave))
