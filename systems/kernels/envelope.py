"""Spectral envelopes as warped cepstra, and the minimum phase that belongs to them.

With the frequency axis bent by the all-pass (z^-1 - a) / (1 - a z^-1), which at a = 0.466 follows the mel scale at 24 kHz
(Tokuda, Kobayashi, Masuko & Imai 1994), log |E| = c_0 + sum_m c_m cos m w' and the phase of the minimum-phase system with this
envelope is -sum_m c_m sin m w' (Oppenheim & Schafer: the cepstrum of a minimum-phase signal is causal).
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
C128 = NDArray[np.complex128]

WARP = 0.466
POINTS = 513
"""Places at equal steps of the bent axis from 0 to Nyquist, at which envelopes are read and written."""


def bend(w: F64, warp: float = WARP) -> F64:
    """Bent angular frequency of w, both in radians a sample; `bend(_, -warp)` is the way back."""
    return np.asarray(w + 2.0 * np.arctan2(warp * np.sin(w), 1.0 - warp * np.cos(w)), np.float64)


@cache
def places() -> F64:
    """Frequency of each place in units of Nyquist, f64[POINTS]."""
    return bend(np.linspace(0.0, np.pi, POINTS), -WARP) / np.pi


@cache
def cosines(order: int) -> F64:
    """cos m w' at the places, f64[order, POINTS]."""
    return np.asarray(np.cos(np.outer(np.arange(order), np.linspace(0.0, np.pi, POINTS))), np.float64)


@cache
def sines(order: int) -> F64:
    """sin m w' at the places, f64[order, POINTS]."""
    return np.asarray(np.sin(np.outer(np.arange(order), np.linspace(0.0, np.pi, POINTS))), np.float64)


@cache
def _analysis(order: int) -> F64:
    """Values at the places -> cosine coefficients, f64[POINTS, order] (trapezoid rule, exact for a sum of cosines)."""
    weight = np.full(POINTS, 2.0 / (POINTS - 1))
    weight[[0, -1]] *= 0.5
    found = cosines(order) * weight
    found[0] *= 0.5
    return np.asarray(found.T, np.float64)


def from_partials(values: NDArray[np.inexact], pitch: F64, rate: float) -> NDArray[np.inexact]:
    """What stands at partials 1..K, [T, K], read at the places, [T, POINTS]: straight between partials, held beyond them.

    Args: pitch f64[T] Hz. Partials at and above Nyquist are not looked at.
    """
    top = np.maximum(np.ceil(0.5 * rate / pitch).astype(np.int64) - 2, 0)
    at = np.clip(places() * (0.5 * rate) / pitch[:, None] - 1.0, 0.0, np.minimum(top, values.shape[1] - 1)[:, None])
    i = np.minimum(at.astype(np.int64), max(values.shape[1] - 2, 0))
    u = at - i
    rows = np.arange(len(values))[:, None]
    return np.asarray(values[rows, i] * (1.0 - u) + values[rows, np.minimum(i + 1, values.shape[1] - 1)] * u)


def at_partials(values: NDArray[np.inexact], pitch: F64, rate: float, count: int) -> NDArray[np.inexact]:
    """What stands at the places, [T, POINTS], read at partials 1..count, [T, count]; zero at and above Nyquist."""
    hertz = pitch[:, None] * np.arange(1, count + 1)
    inside = hertz < 0.5 * rate
    at = bend(np.where(inside, hertz, 0.0) * (2.0 * np.pi / rate)) * ((POINTS - 1) / np.pi)
    i = np.minimum(at.astype(np.int64), POINTS - 2)
    u = at - i
    rows = np.arange(len(values))[:, None]
    return np.asarray(np.where(inside, values[rows, i] * (1.0 - u) + values[rows, i + 1] * u, 0.0))


def cepstrum(values: NDArray[np.inexact], order: int) -> NDArray[np.inexact]:
    """The first `order` cosine coefficients [T, order] of values at the places [T, POINTS]."""
    return np.asarray(values @ _analysis(order))


def warped(coefficients: F64, source: F64) -> F64:
    """Coefficients f64[T, order] of log envelopes whose frequencies are moved: at each place stands what stood at `source`,
    f64[POINTS] or f64[T, POINTS] in units of Nyquist."""
    level = coefficients @ cosines(coefficients.shape[1])
    at = np.broadcast_to(bend(np.pi * np.clip(source, 0.0, 1.0)) * ((POINTS - 1) / np.pi), level.shape)
    i = np.minimum(at.astype(np.int64), POINTS - 2)
    u, rows = at - i, np.arange(len(level))[:, None]
    return np.asarray(cepstrum(level[rows, i] * (1.0 - u) + level[rows, i + 1] * u, coefficients.shape[1]), np.float64)


def spectrum(coefficients: F64) -> tuple[F64, F64]:
    """Log envelope (natural) and minimum phase (radians) at the places, f64[T, POINTS] each."""
    order = coefficients.shape[1]
    return coefficients @ cosines(order), -(coefficients @ sines(order))
