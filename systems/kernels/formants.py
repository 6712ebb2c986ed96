"""What is behind the partials: formants as modes of the tract, and the shape of the glottal pulse.

Linear prediction (Atal & Hanauer 1971) of the envelope gives an all-pole tract; a pole z is a mode psi(t + dt) = z psi(t), so
its Koopman eigenvalue is lambda = log z / dt = -decay + 2 pi i f (see `koopman`), with a bandwidth of decay / pi. Which poles
are F1 to F4 is decided by the cheapest path through all choices (after Talkin 1987, "Speech formant trajectory estimation
using dynamic programming"). With the tract's gain taken off, the first two partials give the shape of the pulse (Fant 1995).
"""

from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from . import dmd
from .glottis import RD_HIGH, RD_LOW, harmonics
from .tract import inverse_modes

F64 = NDArray[np.float64]
C128 = NDArray[np.complex128]

BAND = 5500.0
"""Hz that are looked at: five formants of an adult."""
ORDER = 12
PLACES = 257
NOMINAL = (550.0, 1650.0, 2750.0, 3850.0)
"""Formants of a uniform tube of 16 cm, Hz: where nothing speaks against it."""
CANDIDATES = 6
NARROW = 700.0
"""Hz; wider poles are no formants but tilt."""
STAY, NEAR, WIDE = 6.0, 0.3, 1.0
"""Costs: of a move by an octave between borders, of an octave from nominal, of a bandwidth as wide as the frequency."""


def predictor(power: F64, order: int) -> F64:
    """Coefficients f64[T, order + 1], the first 1, of the all-pole models of power spectra f64[T, places] from 0 to Nyquist
    (Levinson 1947; Durbin 1960)."""
    r = np.fft.irfft(power, axis=1)[:, : order + 1]
    r[:, 0] *= 1.0 + 1e-9
    a = np.zeros((len(power), order + 1))
    a[:, 0] = 1.0
    left = r[:, 0] + 1e-30
    for m in range(1, order + 1):
        turn = -(a[:, :m] * r[:, m:0:-1]).sum(axis=1) / left
        a[:, : m + 1] += turn[:, None] * a[:, m::-1]
        left *= 1.0 - turn**2
    return a


def poles(a: F64) -> C128:
    """Roots complex128[T, order] of predictors f64[T, order + 1]."""
    order = a.shape[1] - 1
    companion = np.zeros((len(a), order, order))
    companion[:, 0] = -a[:, 1:]
    companion[:, np.arange(1, order), np.arange(order - 1)] = 1.0
    return np.asarray(np.linalg.eigvals(companion), np.complex128)


def modes(tones: C128, pitch: F64) -> C128:
    """Eigenvalues lambda of F1 to F4 at each border, complex128[T, 4] in 1/s: frequency imag / 2 pi, bandwidth -real / pi, Hz.

    Args: tones complex128[T, K]; pitch f64[T] Hz.
    """
    hertz = np.linspace(0.0, BAND, PLACES)
    at = np.clip(hertz / pitch[:, None] - 1.0, 0.0, tones.shape[1] - 1.0)
    i = np.minimum(at.astype(np.int64), max(tones.shape[1] - 2, 0))
    level = np.log(np.abs(tones) + 1e-7)
    rows = np.arange(len(level))[:, None]
    u = at - i
    read = level[rows, i] * (1.0 - u) + level[rows, np.minimum(i + 1, tones.shape[1] - 1)] * u
    power = np.exp(2.0 * read) * (1.0 + (hertz / 300.0) ** 2)
    roots = poles(predictor(power, ORDER))
    rate = dmd.rate(roots, 0.5 / BAND)
    return _choose(rate)


def _choose(rate: C128) -> C128:
    """The cheapest path of four eigenvalues in order of frequency."""
    hertz, width = rate.imag / (2.0 * np.pi), -rate.real / np.pi
    unlike = (hertz < 120.0) | (hertz > BAND - 150.0) | (width > NARROW)
    last = np.where(hertz > 0.0, 2.0 * BAND, 4.0 * BAND)
    order = np.argsort(hertz + unlike * last, axis=1, kind="stable")[:, :CANDIDATES]
    rows = np.arange(len(rate))[:, None]
    ways = np.array(list(combinations(range(CANDIDATES), 4)))
    found, wrong = rate[rows, order][:, ways], unlike[rows, order][:, ways]
    octaves = np.log2(np.maximum(found.imag / (2.0 * np.pi), 50.0))
    away = NEAR * np.abs(octaves - np.log2(NOMINAL)) + WIDE * (-found.real / np.pi) * np.exp2(-octaves)
    local = (away + 50.0 * wrong).sum(axis=2)
    cost, back = local[0], np.zeros(local.shape, np.int64)
    for t in range(1, len(local)):
        move = cost + STAY * np.abs(octaves[t][:, None] - octaves[t - 1]).sum(axis=2)
        back[t] = move.argmin(axis=1)
        cost = move[np.arange(len(ways)), back[t]] + local[t]
    path = np.empty(len(local), np.int64)
    path[-1] = int(cost.argmin())
    for t in range(len(local) - 1, 0, -1):
        path[t - 1] = back[t, path[t]]
    return np.asarray(found[rows[:, 0], path], np.complex128)


@cache
def _slopes() -> tuple[F64, F64]:
    """Level of the first partial over the second, dB, and the Rd that has it, rising."""
    rd = np.linspace(RD_LOW, RD_HIGH, 97)
    c = np.abs(harmonics(rd, 2))
    slope = np.maximum.accumulate(20.0 * np.log10(c[:, 0] / c[:, 1]))
    return np.asarray(slope + 1e-9 * np.arange(len(rd)), np.float64), np.asarray(rd, np.float64)


def shape(tones: C128, pitch: F64, formants: C128) -> F64:
    """Rd f64[T] of the glottal pulse, from H1* - H2*: the first two partials without the gain of the tract (Hanson 1997).

    Held between RD_LOW (tense) and RD_HIGH (breathy). Args: as for `modes`, and what it returned.
    """
    centre, width = formants.imag / (2.0 * np.pi), -formants.real / np.pi
    frequency = pitch[:, None] * np.array([1.0, 2.0])
    source = np.abs(tones[:, :2]) * np.abs(inverse_modes(frequency, centre, width)).prod(axis=1)
    slope, rd = _slopes()
    return np.asarray(np.interp(20.0 * np.log10((source[:, 0] + 1e-9) / (source[:, 1] + 1e-9)), slope, rd), np.float64)
