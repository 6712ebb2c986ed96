"""Loudness of a programme and its true peak: ITU-R BS.1770-4, as EBU R 128 uses them.

The K-weighting's two filters are given in the standard for 48 kHz only; their analogue prototypes (frequency, gain and quality
as in libebur128, which reproduce the standard's table) give them at any rate by the bilinear transform. They are applied as
spectra: what rings of them is over within a second.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]

OFFSET = -0.691
"""dB: a full-scale sine of 997 Hz in one channel reads -3.01 LUFS (BS.1770-4, annex 1)."""
BLOCK, HOP = 0.4, 0.1
"""Seconds of a gating block, and from one to the next (75 % overlap)."""
ABSOLUTE, RELATIVE = -70.0, -10.0
"""Gates: LUFS, and LU below the loudness of what passed the first."""
CEILING = -1.0
"""dBTP that nothing is raised above (EBU R 128)."""
STEP = 100.0
"""Gains are whole hundredths of a decibel, so that rounding errors of spectra do not reach them."""
FINE = 192_000
"""Samples a second at least between which peaks are looked for (BS.1770-4, annex 2: four times 48 kHz)."""
TAPS = 12
"""Samples to either side from which a value between two is made."""
_PIECE = 1 << 19


@lru_cache(maxsize=8)
def coefficients(rate: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """(b0, b1, b2, a1, a2) of the high shelf of the head, and of the high pass after it, at `rate` Hz."""
    k, q = np.tan(np.pi * 1681.974450955533 / rate), 0.7071752369554196
    high = 10.0 ** (3.999843853973347 / 20.0)
    band = high**0.4996667741545416
    a0 = 1.0 + k / q + k * k
    shelf = (high + band * k / q + k * k, 2.0 * (k * k - high), high - band * k / q + k * k, 2.0 * (k * k - 1.0))
    first = tuple(float(c / a0) for c in (*shelf, 1.0 - k / q + k * k))
    k, q = np.tan(np.pi * 38.13547087602444 / rate), 0.5003270373238773
    a0 = 1.0 + k / q + k * k
    return first, (1.0, -2.0, 1.0, float(2.0 * (k * k - 1.0) / a0), float((1.0 - k / q + k * k) / a0))


def weighted(x: F64, rate: int) -> F64:
    """K-weighted sound, f64[N] of f64[N]."""
    out = np.empty(len(x))
    for begin in range(0, len(x), _PIECE):
        piece = x[max(0, begin - rate) : begin + _PIECE]
        size = len(piece) + rate
        z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
        spectrum = np.fft.rfft(piece, size)
        for b0, b1, b2, a1, a2 in coefficients(rate):
            spectrum *= (b0 + z * (b1 + z * b2)) / (1.0 + z * (a1 + z * a2))
        new = min(_PIECE, len(x) - begin)
        out[begin : begin + new] = np.fft.irfft(spectrum, size)[len(piece) - new : len(piece)]
    return out


def powers(x: F64, rate: int) -> F64:
    """Mean square of the weighted sound in each gating block, f64[B]; a sound shorter than one is filled up with silence."""
    hop, size = round(HOP * rate), round(BLOCK * rate)
    y = np.pad(weighted(x, rate), (0, max(0, size - len(x))))
    total = np.concatenate(([0.0], np.cumsum(y * y)))[::hop]
    steps = size // hop
    return np.asarray(np.maximum(total[steps:] - total[:-steps], 0.0) / size, np.float64)


def lufs(power: F64 | float) -> F64:
    """Loudness of a mean square of the weighted sound of one channel."""
    return np.asarray(OFFSET + 10.0 * np.log10(np.maximum(power, 1e-30)), np.float64)


def loudness(x: NDArray[Any], rate: int) -> float:
    """Integrated loudness in LUFS of one channel [N], full scale 1; minus infinity if nothing passes the absolute gate."""
    block = powers(np.asarray(x, np.float64), rate)
    loud = block[lufs(block) > ABSOLUTE]
    if not len(loud):
        return float("-inf")
    return float(lufs(loud[lufs(loud) > lufs(loud.mean()) + RELATIVE].mean()))


def true_peak(x: NDArray[Any], rate: int) -> float:
    """Largest size of the sound between its samples too, full scale 1."""
    if not len(x):
        return 0.0
    x = np.asarray(x, np.float64)
    top, fine = float(np.abs(x).max()), -(-FINE // rate)
    at = np.arange(-TAPS, TAPS) + 1.0
    for k in range(1, fine):
        away = at - k / fine
        kernel = np.sinc(away) * np.i0(8.0 * np.sqrt(1.0 - (away / TAPS) ** 2)) / np.i0(8.0)
        top = max(top, float(np.abs(np.convolve(x, kernel[::-1] / kernel.sum(), "same")).max()))
    return top


def gain(x: NDArray[Any], rate: int, goal: float) -> float:
    """dB that bring a sound to `goal` LUFS, or as near as the ceiling for true peaks allows; 0 for silence."""
    level = loudness(x, rate)
    if level == float("-inf"):
        return 0.0
    room = CEILING - 20.0 * np.log10(true_peak(x, rate))
    return float(np.floor(STEP * min(goal - level, room)) / STEP)
