"""Partials locked k:1 to one phase, whose amplitudes move linearly from border to border of a block.

y(n) = Re sum_k [(1 - u) A_j,k + u A_{j+1},k] e^{2 pi i k theta(n)}, with u the place of sample n between borders j and j + 1.
All partials share theta, so one inverse FFT gives a whole period at each border, and a sample reads two periods by phase:
the cost does not grow with the number of partials. Reading is by cubic (Lagrange) interpolation, whose error on partial k is
3/128 (2 pi k / size)^4 of it: -57 dB for the highest, itself 40 dB and more below the loudest, and -105 dB at a quarter.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from psi_ecs.backend import kernel

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

OVERSAMPLE = 12
"""Table points per period of the highest partial, at least; of the 40th where there are fewer."""


def _sample(n: int) -> tuple[F64, F64, F64, F32]:
    rng = np.random.default_rng(n)
    count = max(1, min(n, 200))
    fall = 1.0 / (1.0 + np.arange(count)) / 4.0
    re, im = rng.normal(0.0, 1.0, (2, 5, count)) * fall
    return np.cumsum(np.full(400, 118.3 / 24_000)) % 1.0, re, im, np.empty(400, np.float32)


@kernel(size=lambda theta, re, im, out: len(theta) * re.shape[1], above=None, writes=("out",), sample=_sample)
def partials(theta: F64, re: F64, im: F64, out: F32) -> None:
    """Sum of the partials.

    Args: theta f64[N] phase of each sample, cycles in [0, 1); re, im f64[J + 1, K]: amplitude of partial k = 1..K at each
    border, borders N / J samples apart, the first at sample 0; out f32[N], overwritten.
    """
    borders, count = re.shape
    size = 1 << int(np.ceil(np.log2(OVERSAMPLE * max(count, 40))))
    spectrum = np.zeros((borders, size // 2 + 1), np.complex128)
    spectrum.real[:, 1 : count + 1], spectrum.imag[:, 1 : count + 1] = re, im
    spectrum[:, 1 : count + 1] *= 0.5
    tables = np.fft.irfft(spectrum, size, axis=1, norm="forward").reshape(-1)
    first, u = _between(len(out), borders)
    place = theta * size
    i = place.astype(np.int64)
    f = place - i
    powers = np.empty((4, len(f)))
    powers[0], powers[1] = 1.0, f
    np.multiply(f, f, out=powers[2])
    np.multiply(powers[2], f, out=powers[3])
    weights = _CUBIC @ powers
    at = ((i + _NEAR) & (size - 1)) + first * size
    early = tables.take(at)
    out[:] = (weights * (early + u * (tables.take(at + size) - early))).sum(axis=0)


_CUBIC = np.array([[0, -2, 3, -1], [6, -3, -6, 3], [0, 6, 3, -3], [0, -1, 0, 1]]) / 6.0
"""Lagrange's cubic through points -1, 0, 1, 2: weight of each point by powers of the place f between 0 and 1."""
_NEAR = np.array([[-1], [0], [1], [2]])


@cache
def _between(length: int, borders: int) -> tuple[NDArray[np.int64], F64]:
    """Border before each sample of a block, and how far toward the next one it is."""
    span = length // (borders - 1)
    first = np.arange(length) // span
    return first, (np.arange(length) - first * span) / span


def phase(theta: float, pitch: F64, span: int, rate: float) -> F64:
    """Phase in cycles of each sample of a block and of the sample after it, f64[N + 1], wrapped.

    Args: theta at the first sample; pitch f64[J + 1] Hz at borders `span` samples apart, straight between them.
    """
    way = np.empty((len(pitch) - 1, 3))
    way[:, 1], way[:, 2] = pitch[:-1], (pitch[1:] - pitch[:-1]) * (0.5 / span)
    end = np.cumsum(way[:, 1] * span + way[:, 2] * span**2)
    way[0, 0], way[1:, 0] = 0.0, end[:-1]
    out = np.empty(len(way) * span + 1)
    np.matmul(way, _powers(span), out=out[:-1].reshape(-1, span))
    out[-1] = end[-1]
    out *= 1.0 / rate
    out += theta
    out -= np.floor(out)
    return out


@cache
def _powers(span: int) -> F64:
    """1, n and n^2 for n below `span`."""
    return np.asarray(np.arange(float(span)) ** np.array([[0.0], [1.0], [2.0]]), np.float64)
