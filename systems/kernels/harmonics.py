"""Least-squares harmonic analysis on the phase of a voice, and the bank that plays the result.

The sound is read at equal steps of the glottal phase instead of time, where a voice is periodic whatever its pitch does
(time warping: Kawahara 1999). There the least-squares fit of partials k = 1..K under a window of some cycles (Stylianou 2001)
has the same normal matrix for every frame, so all frames are one product of matrices.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from .partials import partials, phase

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
C128 = NDArray[np.complex128]

POINTS = 384
"""Points a cycle; partials up to half of it, all below 12 kHz from 63 Hz on."""
CYCLES = 2.4
"""Length of the window."""
TAPS = 32
PLACES = 256


def turns(pitch: F64, span: int, rate: float, start: float = 0.0) -> F64:
    """Phase in cycles, not wrapped, of each sample f64[(T - 1) span + 1]; pitch f64[T] Hz at borders, straight between."""
    return np.asarray(np.unwrap(phase(start, pitch, span, rate), period=1.0), np.float64)


@cache
def _sinc() -> F64:
    """Kaiser-windowed sinc, f64[PLACES + 1, TAPS]."""
    away = np.arange(TAPS) - (TAPS // 2 - 1) - np.arange(PLACES + 1)[:, None] / PLACES
    return np.asarray(np.sinc(away) * np.i0(8.0 * np.sqrt(np.maximum(0.0, 1.0 - (away / (TAPS / 2)) ** 2))) / np.i0(8.0))


def read(x: F64, at: F64) -> F64:
    """x between its samples, by windowed-sinc interpolation; nothing beyond its ends."""
    padded = np.pad(x, TAPS)
    at = np.clip(at, -TAPS / 2, len(x) - 1 + TAPS / 2)
    out = np.empty(len(at))
    windows = np.lib.stride_tricks.sliding_window_view(padded, TAPS)
    for a in range(0, len(at), 16384):
        place = at[a : a + 16384]
        i = np.floor(place).astype(np.int64)
        fine = (place - i) * PLACES
        j = fine.astype(np.int64)
        u = (fine - j)[:, None]
        taps = _sinc()[j] * (1.0 - u) + _sinc()[np.minimum(j + 1, PLACES)] * u
        out[a : a + 16384] = np.einsum("nt,nt->n", windows[i + TAPS // 2 + 1], taps)
    return out


@cache
def _fit(count: int, cycles: float) -> C128:
    """The least-squares operator complex128[n, count]: frame of n points -> amplitudes of partials 1..count."""
    half = int(0.5 * cycles * POINTS)
    at = np.arange(-half, half + 1) / POINTS
    window = np.cos(np.pi * at / cycles) ** 2
    angle = 2.0 * np.pi * at[:, None] * np.arange(1, count + 1)
    basis = np.concatenate((np.ones((len(at), 1)), np.cos(angle), -np.sin(angle)), axis=1)
    weighted = basis * (window**2)[:, None]
    normal = basis.T @ weighted
    normal[np.diag_indices(len(normal))] += 1e-6 * normal[0, 0]
    found = np.linalg.solve(normal, weighted.T)
    return np.asarray((found[1 : count + 1] + 1j * found[count + 1 :]).T, np.complex128)


def partials_below(pitch: F64, rate: float) -> int:
    """How many partials of the lowest pitch lie below Nyquist, at most POINTS / 2 - 1."""
    return max(1, min(POINTS // 2 - 1, int(0.5 * rate / float(pitch.min()))))


def analyse(x: F64, pitch: F64, span: int, rate: float, start: float = 0.0, cycles: float = CYCLES) -> C128:
    """Amplitudes of the partials at each border, complex128[T, K], so that x = Re sum_k c_k e^{2 pi i k theta}, theta the
    integral of pitch from `start` at sample 0; zero at and above Nyquist.

    Args: x f64[N], N <= (T - 1) span; pitch f64[T] Hz, straight between borders.
    """
    count = partials_below(pitch, rate)
    edge = int(np.ceil(0.5 * cycles * rate / min(pitch[0], pitch[-1]) / span)) + 1
    theta = turns(np.pad(pitch, edge, mode="edge"), span, rate)
    origin = theta[edge * span] - start
    grid = np.arange(int(theta[-1] * POINTS) + 1) / POINTS
    warped = read(x, np.interp(grid, theta, np.arange(len(theta))) - edge * span)
    half = int(0.5 * cycles * POINTS)
    border = theta[edge * span : (edge + len(pitch)) * span : span]
    centre = np.rint(border * POINTS).astype(np.int64)
    frames = np.lib.stride_tricks.sliding_window_view(warped, 2 * half + 1)
    out = np.empty((len(pitch), count), np.complex128)
    k = np.arange(1, count + 1)
    fit = _fit(count, cycles)
    for a in range(0, len(pitch), 512):
        some = centre[a : a + 512]
        turn = np.exp(-2j * np.pi * np.outer((some / POINTS - origin) % 1.0, k))
        frame = frames[some - half]
        out[a : a + 512] = (frame @ fit.real + 1j * (frame @ fit.imag)) * turn
    out[pitch[:, None] * k >= 0.5 * rate] = 0.0
    return out


def synthesise(tones: C128, pitch: F64, span: int, rate: float, start: float = 0.0, borders: int = 4) -> F32:
    """What the bank plays, f32[(T - 1) span]: the engine's own partials, `borders` spans at a time.

    Args: tones complex128[T, K]; pitch f64[T] Hz; start: phase at sample 0 in cycles.
    """
    re, im = np.ascontiguousarray(tones.real), np.ascontiguousarray(tones.imag)
    out = np.zeros((len(pitch) - 1) * span, np.float32)
    theta = start % 1.0
    for j in range(0, len(pitch) - 1, borders):
        last = min(j + borders, len(pitch) - 1)
        way = phase(theta, pitch[j : last + 1], span, rate)
        partials(way[:-1], re[j : last + 1], im[j : last + 1], out[j * span : last * span])
        theta = float(way[-1])
    return out


def tracks(x: F64, pitch: F64, span: int, rate: float, start: float = 0.0, rounds: int = 2) -> C128:
    """As `analyse`, then what the bank leaves of the sound is analysed and added, `rounds` - 1 times.

    Frames overlap, so that one analysis by itself does not add up to the sound: amplitudes between borders are straight lines.
    """
    tones = analyse(x, pitch, span, rate, start)
    for _ in range(rounds - 1):
        tones += analyse(x - synthesise(tones, pitch, span, rate, start), pitch, span, rate, start)
    return tones
