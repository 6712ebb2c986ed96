"""Decaying oscillations that gestures are made of: Koopman modes psi(t + dt) = e^{lambda dt} psi(t).

lambda = -decay + 2 pi i f.
A gesture adds to psi; what is shown is its imaginary part, which starts from zero and dies away by itself. Gestures
that overlap add up.
"""

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
C128 = NDArray[np.complex128]


def eigenvalue(hertz: F64, decay: F64) -> C128:
    """lambda of modes with frequency Hz and decay 1/s."""
    return -decay + 2j * np.pi * hertz


def unit(lam: C128) -> F64:
    """The impulse whose response peaks at 1."""
    peak = np.arctan2(lam.imag, -lam.real) / lam.imag
    return 1.0 / (np.exp(lam.real * peak) * np.sin(lam.imag * peak))


def advance(psi: C128, lam: C128, dt: float) -> C128:
    """Modes `dt` seconds later."""
    return psi * np.exp(lam * dt)
