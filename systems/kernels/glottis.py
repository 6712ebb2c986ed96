"""The glottal source: the LF model of the flow derivative (Fant, Liljencrants & Lin 1985), by its one shape number Rd
(Fant 1995).

In units of the period, with closure (the main excitation) at phase 0 and its strength Ee = 1:
open phase  E0 e^{alpha t} sin(w t) up to te, return phase -(e^{-eps (t - te)} - e^{-eps (1 - te)}) / (eps ta), no net flow.
Both have closed Fourier integrals, so a harmonic's amplitude is a number that depends on Rd and its rank alone.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
C128 = NDArray[np.complex128]

RD_LOW, RD_HIGH, RD_STEPS = 0.3, 2.7, 97
"""Fant's range of Rd, and the number of shapes that are tabulated."""
MOST = 512
"""Harmonics tabulated."""


def timing(rd: F64) -> tuple[F64, F64, F64]:
    """te, tp, ta in periods for shape Rd, by the regressions of Fant (1995), valid for 0.3 to 2.7."""
    ra = (-1.0 + 4.8 * rd) / 100.0
    rk = (22.4 + 11.8 * rd) / 100.0
    rg = rk * (0.5 + 1.2 * rk) / (0.44 * rd - 4.0 * ra * (0.5 + 1.2 * rk))
    tp = 0.5 / rg
    return tp * (1.0 + rk), tp, ra


def _decay(te: F64, ta: F64) -> F64:
    """eps of the return phase: eps ta = 1 - e^{-eps (1 - te)}, by fixed-point iteration (a contraction for ta < 1 - te)."""
    eps = 1.0 / ta
    for _ in range(200):
        eps = (1.0 - np.exp(-eps * (1.0 - te))) / ta
    return np.asarray(eps)


def _open_area(alpha: F64, w: F64, te: F64) -> F64:
    """Integral of the open phase, with E(te) = -1."""
    e0 = -1.0 / (np.exp(alpha * te) * np.sin(w * te))
    grown = np.exp(alpha * te) * (alpha * np.sin(w * te) - w * np.cos(w * te))
    return np.asarray(e0 * (grown + w) / (alpha**2 + w**2))


def _growth(te: F64, w: F64, returned: F64) -> F64:
    """alpha that makes open and return phase cancel, by bisection (the open area falls with alpha)."""
    low, high = np.full_like(te, -60.0), np.full_like(te, 400.0)
    for _ in range(80):
        mid = 0.5 * (low + high)
        above = _open_area(mid, w, te) > returned
        low, high = np.where(above, mid, low), np.where(above, high, mid)
    return np.asarray(0.5 * (low + high))


def harmonics(rd: F64, most: int) -> C128:
    """Fourier coefficients c_k of the flow derivative, complex128[R, most] for k = 1..most; E = 2 Re sum c_k e^{2 pi i
    k theta}."""
    te, tp, ta = (x[:, None] for x in timing(np.asarray(rd, np.float64)))
    w, rest = np.pi / tp, 1.0 - te
    eps = _decay(te, ta)
    tail = np.exp(-eps * rest)
    returned = ((1.0 - tail) / eps - rest * tail) / (eps * ta)
    alpha = _growth(te, w, returned)
    s = 2j * np.pi * np.arange(1, most + 1)
    a = alpha - s
    e0 = -1.0 / (np.exp(alpha * te) * np.sin(w * te))
    opening = e0 * (np.exp(a * te) * (a * np.sin(w * te) - w * np.cos(w * te)) + w) / (a**2 + w**2)
    closing = (
        -np.exp(-s * te) / (eps * ta) * ((1.0 - np.exp(-(eps + s) * rest)) / (eps + s) - tail * (1.0 - np.exp(-s * rest)) / s)
    )
    return np.asarray((opening + closing) * np.exp(s * te))


@cache
def _table() -> C128:
    return harmonics(np.linspace(RD_LOW, RD_HIGH, RD_STEPS), MOST)


def source(rd: F64, most: int) -> C128:
    """As `harmonics`, for most <= MOST, read from a table; Rd is held in its range."""
    at = (np.clip(rd, RD_LOW, RD_HIGH) - RD_LOW) * ((RD_STEPS - 1) / (RD_HIGH - RD_LOW))
    i = np.minimum(at.astype(np.int64), RD_STEPS - 2)
    u = (at - i)[:, None]
    table = _table()
    return np.asarray(table[i, :most] * (1.0 - u) + table[i + 1, :most] * u)
