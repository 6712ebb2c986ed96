"""A lapped transform on the phase of a voice: the modified discrete cosine transform (Princen & Bradley 1987) of the sound read
at equal steps of its phase, as in time-warped coding (Edler et al. 2009). A voice is periodic there, so each partial stays on
its lines however the pitch moves; without quantisation the sound comes back.
"""

import numpy as np
from numpy.typing import NDArray

from .harmonics import POINTS, read, turns

F64 = NDArray[np.float64]

CYCLES = 2
"""Cycles from frame to frame; windows are twice as long."""
LINES = CYCLES * POINTS
"""Of a frame; line q stands for (q + 1/2) / (2 CYCLES) times the pitch."""


def frames(theta: F64) -> int:
    """How many frames cover a phase that runs from 0 through theta f64[N + 1] cycles."""
    return int(np.ceil(theta[-1] / CYCLES)) + 1


def _places(theta: F64, pitch: F64, rate: float, count: int) -> F64:
    """Samples at which points of `count` frames lie: the inverse of the phase, straight on beyond its ends."""
    grid = np.arange((count + 1) * LINES) / POINTS - CYCLES
    inside = np.interp(grid, theta, np.arange(len(theta)))
    early, late = np.minimum(grid, 0.0), np.maximum(grid - theta[-1], 0.0)
    return np.asarray(inside + early * (rate / pitch[0]) + late * (rate / pitch[-1]), np.float64)


def _window() -> F64:
    return np.asarray(np.sin(np.pi * (np.arange(2 * LINES) + 0.5) / (2 * LINES)), np.float64)


def forward(x: F64, pitch: F64, span: int, rate: float) -> F64:
    """Lines f64[F, LINES] of x f64[(T - 1) span]; pitch f64[T] Hz at borders, straight between them. Orthonormal."""
    theta = turns(pitch, span, rate)
    count = frames(theta)
    warped = read(x, _places(theta, pitch, rate, count))
    frame = np.lib.stride_tricks.sliding_window_view(warped, 2 * LINES)[::LINES] * _window()
    n = np.arange(2 * LINES)
    turned = np.fft.fft(frame * np.exp(-0.5j * np.pi * n / LINES), axis=1)[:, :LINES]
    return np.asarray(np.sqrt(2.0 / LINES) * (turned * _shift()).real, np.float64)


def backward(lines: F64, pitch: F64, span: int, rate: float) -> F64:
    """The sound f64[(T - 1) span] of lines f64[F, LINES]."""
    theta = turns(pitch, span, rate)
    spectrum = np.zeros((len(lines), 2 * LINES), np.complex128)
    spectrum[:, :LINES] = lines * np.conj(_shift())
    n = np.arange(2 * LINES)
    frame = (np.fft.ifft(spectrum, axis=1) * (2 * LINES) * np.exp(0.5j * np.pi * n / LINES)).real
    frame *= np.sqrt(2.0 / LINES) * _window()
    warped = np.zeros((len(lines) + 1) * LINES)
    warped[:-LINES] += frame[:, :LINES].reshape(-1)
    warped[LINES:] += frame[:, LINES:].reshape(-1)
    return read(warped, (theta[:-1] + CYCLES) * POINTS)


def _shift() -> NDArray[np.complex128]:
    return np.asarray(np.exp(-0.5j * np.pi * (LINES + 1) * (np.arange(LINES) + 0.5) / LINES), np.complex128)


def hertz(pitch: F64, span: int, rate: float) -> F64:
    """Frequency of each line of each frame, f64[F, LINES], by the pitch at the frame's middle."""
    theta = turns(pitch, span, rate)
    middle = np.interp(np.arange(frames(theta)) * float(CYCLES), theta, np.arange(len(theta))) / span
    at = np.interp(middle, np.arange(len(pitch)), pitch)
    return np.asarray(np.outer(at, (np.arange(LINES) + 0.5) / (2 * CYCLES)), np.float64)
