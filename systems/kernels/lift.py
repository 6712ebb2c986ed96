"""Observables of a state in which its dynamics are closer to linear: delays and dictionaries, for `dmd` and `resdmd`.

Time delays suffice where one sees only part of a recurrent motion (Takens 1981; Arbabi & Mezic 2017); dictionaries of
functions are for nonlinear dynamics (extended DMD: Williams, Kevrekidis & Rowley 2015). Rows are samples. Every dictionary
begins with 1 and the state, so that the state can be read back from columns 1 to D and may rest away from zero.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import combinations_with_replacement
from math import comb

import numpy as np
from numpy.typing import NDArray

from psi_ecs.backend import BackendError

from .koopman import matrix, positive

F64 = NDArray[np.float64]
Lift = Callable[[F64], F64]
"""States f64[T, D] to observables f64[T, n]."""

MOST = 5000
"""More observables than this are a mistake: the estimators need n^2 numbers."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Standard units of each channel: zero mean, unit spread."""

    mean: F64
    """[D]"""
    spread: F64
    """[D] standard deviation; 1 for a channel that does not move."""

    def to(self, x: F64) -> F64:
        """States in standard units."""
        return np.asarray((x - self.mean) / self.spread)

    def back(self, z: F64) -> F64:
        """States in their own units."""
        return np.asarray(z * self.spread + self.mean)


def scale(x: F64) -> Scale:
    """Standard units of samples f64[T, D]."""
    data = matrix("x", x)
    mean, spread = data.mean(0), data.std(0)
    still = spread <= 1e-12 * np.maximum(np.abs(data).max(0), 1e-300)
    return Scale(mean, np.where(still, 1.0, spread))


def delays(x: F64, count: int, stride: int = 1) -> F64:
    """Each sample with those before it: f64[T, D] to f64[T - (count - 1) stride, count D], newest first."""
    data = matrix("x", x)
    if count < 1 or stride < 1 or (rows := len(data) - (count - 1) * stride) < 1:
        raise BackendError(f"delays: {count} of {stride} samples do not fit in {len(data)} samples")
    return np.concatenate([data[(count - 1 - k) * stride :][:rows] for k in range(count)], axis=1)


def affine(x: F64) -> F64:
    """1 and the state, so that a linear model may have a centre elsewhere: f64[T, 1 + D]."""
    return np.column_stack([np.ones(len(x)), x])


def monomials(x: F64, degree: int) -> F64:
    """Products of up to `degree` coordinates: 1, the state, then by degree; f64[T, (D + degree)! / D! / degree!]."""
    plan = _products(x.shape[1], degree)
    out = np.ones((len(x), len(plan) + 1))
    for k, (before, last) in enumerate(plan, 1):
        np.multiply(out[:, before], x[:, last], out=out[:, k])
    return out


@cache
def _products(width: int, degree: int) -> list[tuple[int, int]]:
    """Each monomial but 1 as an earlier one times a coordinate."""
    _few(comb(width + degree, degree))
    terms = [term for d in range(degree + 1) for term in combinations_with_replacement(range(width), d)]
    place = {term: k for k, term in enumerate(terms)}
    return [(place[term[:-1]], term[-1]) for term in terms[1:]]


def radial(x: F64, centres: F64, width: float) -> F64:
    """1, the state and a Gaussian bump around each centre: f64[T, 1 + D + C]. Args: centres f64[C, D]; width as x."""
    _few(1 + x.shape[1] + len(centres))
    square = (x**2).sum(1)[:, None] + (centres**2).sum(1) - 2.0 * x @ centres.T
    return np.column_stack([affine(x), np.exp(np.maximum(square, 0.0) / (-2.0 * positive("width", width) ** 2))])


def thin_plate(x: F64, centres: F64) -> F64:
    """1, the state and r^2 log r around each centre, which needs no width: f64[T, 1 + D + C]. Args: centres f64[C, D]."""
    _few(1 + x.shape[1] + len(centres))
    square = np.maximum((x**2).sum(1)[:, None] + (centres**2).sum(1) - 2.0 * x @ centres.T, 0.0)
    return np.column_stack([affine(x), 0.5 * square * np.log(np.maximum(square, 1e-300))])


def fourier(x: F64, waves: F64) -> F64:
    """1, the state and cosine and sine of each wave: f64[T, 1 + D + 2 W]. Args: waves f64[W, D] in radians per unit."""
    _few(1 + x.shape[1] + 2 * len(waves))
    phase = x @ waves.T
    return np.column_stack([affine(x), np.cos(phase), np.sin(phase)])


def _few(count: int) -> None:
    if count > MOST:
        raise BackendError(f"lift: {count} observables are too many (at most {MOST}); take fewer channels or a lower degree")
