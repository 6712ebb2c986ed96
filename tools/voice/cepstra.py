"""Mel-frequency cepstra: what a recogniser hears of a sound, 200 times a second."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

RATE = 16_000
"""Samples a second that are heard."""
HOP = 80
"""Samples from frame to frame: 5 ms. Frame t is centred on the middle of samples t HOP to (t + 1) HOP."""
WINDOW = 320
SIZE = 512
"""Samples of a window, and of its transform."""
LOW, HIGH = 80.0, 7600.0
"""Band in Hz."""
BANDS, CEPSTRA = 26, 14
"""Triangular bands, evenly apart on the mel scale, and cosines over them (Davis & Mermelstein 1980)."""
REACH = 4
"""Frames to either side over which a slope is fitted (Furui 1986)."""
EMPHASIS = 0.97
FLOOR = 1e-6
"""Power that is added to every band, of the recording's mean: digital silence stays finite."""
ACTIVE = 30.0
"""dB below the loud frames down to which a frame counts as speech for the mean and spread."""


@cache
def bank() -> F64:
    """Weights f64[SIZE / 2 + 1, BANDS] of the bands; mel(f) = 2595 log10(1 + f / 700)."""
    low, high = (2595.0 * np.log10(1.0 + f / 700.0) for f in (LOW, HIGH))
    edge = 700.0 * (10.0 ** (np.linspace(low, high, BANDS + 2) / 2595.0) - 1.0)
    hertz = np.arange(SIZE // 2 + 1)[:, None] * (RATE / SIZE)
    up, down = (hertz - edge[:-2]) / np.diff(edge)[:-1], (edge[2:] - hertz) / np.diff(edge)[1:]
    return np.asarray(np.maximum(0.0, np.minimum(up, down)), np.float64)


def slope(y: F64) -> F64:
    """Slope of the straight line through 2 REACH + 1 frames, of every column of f64[T, D]."""
    padded, step = np.pad(y, ((REACH, REACH), (0, 0)), mode="edge"), np.arange(1, REACH + 1)
    rise = sum(k * (padded[REACH + k :][: len(y)] - padded[REACH - k :][: len(y)]) for k in step)
    return np.asarray(rise / (2.0 * (step**2).sum()), np.float64)


def cepstra(x: F64) -> F32:
    """Cepstra, their slopes and their curvatures f32[T, 3 CEPSTRA] of a sound f64[N] at RATE, T = ceil(N / HOP).

    Mean and spread of the frames with speech are 0 and 1 in each column, so neither level nor microphone counts.
    """
    count, before = -(-len(x) // HOP), (WINDOW - HOP) // 2
    padded = np.pad(x, (before + 1, before + HOP + WINDOW))
    frames = np.lib.stride_tricks.sliding_window_view(padded[1:] - EMPHASIS * padded[:-1], WINDOW)[::HOP][:count]
    power = np.abs(np.fft.rfft(frames * np.hamming(WINDOW), SIZE, axis=1)) ** 2 @ bank()
    level = np.log(power + FLOOR * power.mean() + 1e-30)
    cosine = np.cos(np.pi / BANDS * np.outer(np.arange(BANDS) + 0.5, np.arange(CEPSTRA)))
    still = level @ cosine / BANDS
    rising = slope(still)
    out = np.concatenate((still, rising, slope(rising)), axis=1)
    loud = 10.0 * np.log10(power.sum(axis=1) + 1e-30)
    speech = out[loud >= np.percentile(loud, 95.0) - ACTIVE]
    return np.asarray((out - speech.mean(axis=0)) / (speech.std(axis=0) + 1e-9), np.float32)
