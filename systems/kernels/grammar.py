"""Constraints a . x <= b: violations, their energy, its gradient, and the way to the nearest state that keeps them all.

The energy of a state is H(x) = sum_c w_c max(0, a_c . x - b_c)^2, a harmonic grammar (Smolensky & Legendre 2006) of linear
constraints; it is convex and zero just where all of them hold.
"""

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


def violation(x: F64, a: F64, b: F64) -> F64:
    """How far each constraint is broken, f64[..., C], 0 where it holds. Args: x f64[..., K]; a f64[C, K]; b f64[C]."""
    return np.maximum(x @ a.T - b, 0.0)


def energy(x: F64, a: F64, b: F64, weight: F64) -> F64:
    """H, f64[...]; weight f64[C]."""
    return np.asarray((weight * violation(x, a, b) ** 2).sum(axis=-1))


def gradient(x: F64, a: F64, b: F64, weight: F64) -> F64:
    """dH/dx, f64[..., K]."""
    return np.asarray((2.0 * weight * violation(x, a, b)) @ a)


def nearest(x: F64, a: F64, b: F64, sweeps: int = 60) -> F64:
    """The states nearest to x f64[..., K] that keep all constraints: Hildreth's method (1957), sweep by sweep.

    Where the constraints contradict each other there is no such state, and the result only lies between them.
    """
    y, power = np.array(x, np.float64), (a * a).sum(axis=1)
    dual = np.zeros((*y.shape[:-1], len(b)))
    for _ in range(sweeps):
        moved = 0.0
        for c in np.flatnonzero(power > 0.0):
            step = np.maximum((y @ a[c] - b[c]) / power[c], -dual[..., c])
            if step.any():
                dual[..., c] += step
                y -= step[..., None] * a[c]
                moved = max(moved, float(np.abs(step).max()) * float(np.sqrt(power[c])))
        if moved < 1e-12 * (1.0 + float(np.abs(y).max(initial=0.0))):
            break
    return y
