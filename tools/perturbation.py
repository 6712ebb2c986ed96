"""Perturbation measures of a voice, from sound alone: the same code reads a recording and our own output.

Periods are found by waveform matching (as Praat's cross-correlation pitch and point process; Boersma 1993, Boersma & Weenink).
"""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

F64 = NDArray[np.float64]

RATE = 24_000
LOW, HIGH = 75.0, 500.0
"""Hz of pitches looked for."""
FRAME, HOP = 960, 240
VOICED = 0.7
"""Normalised autocorrelation from which a frame has a pitch."""
LIKE = 0.8
"""Correlation of neighbouring periods from which they count as such."""
PERIOD_FACTOR, PEAK_FACTOR = 1.3, 1.6
"""Neighbours that differ by more are no pair (Praat's defaults)."""


class Perturbation(Struct):
    """Of one utterance, means over its pairs of neighbouring periods."""

    jitter: float
    """Local jitter, %: mean |T(i) - T(i+1)| over mean T."""
    shimmer: float
    """Local shimmer, dB: mean |20 log10 A(i+1)/A(i)|, A the root mean square of a period."""
    hnr: float
    """Harmonics-to-noise ratio, dB, from the correlation of neighbouring periods."""
    tremor: float
    """Root mean square of what moves the pitch at 4 to 13 Hz, cents; NaN without a voiced stretch of 0.3 s."""


def voiced(x: F64) -> tuple[F64, NDArray[np.bool_]]:
    """Period in samples and whether there is one, of frames FRAME long, HOP apart; the normalised autocorrelation decides."""
    window = np.hanning(FRAME)
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(x, FRAME // 2), FRAME)[::HOP] * window
    frames = frames - frames.mean(axis=1, keepdims=True) * window / window.mean()
    r = np.fft.irfft(np.abs(np.fft.rfft(frames, 2 * FRAME, axis=1)) ** 2, axis=1)
    own = np.fft.irfft(np.abs(np.fft.rfft(window, 2 * FRAME)) ** 2)
    lags = np.arange(int(RATE / HIGH), int(RATE / LOW))
    power = r[:, :1]
    value = r[:, lags] / np.maximum(power, 1e-12) / (own[lags] / own[0]) - 0.02 * np.log2(lags / lags[0])  # no octave below
    best = value.argmax(axis=1)
    loud = power[:, 0] > 1e-3 * power.max()
    return lags[best].astype(np.float64), loud & (value[np.arange(len(best)), best] > VOICED)


def periods(x: F64, first: int, last: int, guess: F64) -> tuple[F64, F64, F64]:
    """Lengths in samples, root mean squares and correlations with the next, of the periods of a voiced stretch [first, last).

    Each next mark is where the waveform around the last one comes again, between samples by a parabola through three.
    """
    at, out = float(first), list[tuple[float, float, float]]()
    while True:
        t0 = guess[min(round(at / HOP), len(guess) - 1)]
        half, low, high = int(0.5 * t0), int(0.8 * t0), int(1.25 * t0) + 1
        begin = round(at) - half
        if begin < 1 or begin + high + 2 * half + 2 > min(last + half, len(x)):
            return tuple(np.array(column) for column in zip(*out, strict=True)) if out else (np.zeros(0),) * 3  # type: ignore[return-value]
        mine = x[begin : begin + 2 * half + 1]
        there = np.lib.stride_tricks.sliding_window_view(x[begin + low - 1 : begin + high + 2 * half + 2], 2 * half + 1)
        score = there @ mine / np.sqrt(np.maximum((there * there).sum(axis=1) * float(mine @ mine), 1e-20))
        k = int(score[1:-1].argmax()) + 1
        a, b, c = score[k - 1 : k + 2].tolist()
        shift = 0.5 * (a - c) / (a - 2.0 * b + c) if a - 2.0 * b + c < 0.0 else 0.0
        step = low - 1 + k + min(max(shift, -0.5), 0.5) + (begin + half - at) * 0.0
        out.append((step, float(np.sqrt(np.mean(mine * mine))), b))
        at += step


def perturbation(x: F64, rate: int = RATE) -> Perturbation:
    """Measures of a sound f64[N] at 24 kHz."""
    assert rate == RATE
    guess, on = voiced(x)
    edge = np.flatnonzero(np.diff(np.concatenate(([False], on, [False])).astype(int)))
    jitter, lengths, shimmer, like, tracks = [], [], [], [], []
    for begin, end in zip(edge[::2], edge[1::2], strict=True):
        if end - begin < 5:
            continue
        length, size, r = periods(x, begin * HOP, end * HOP, guess)
        if len(length) < 5:
            continue
        good = (r[:-1] > LIKE) & (r[1:] > LIKE)
        ratio = length[1:] / length[:-1]
        pair = good & (ratio < PERIOD_FACTOR) & (ratio > 1.0 / PERIOD_FACTOR)
        jitter.append(np.abs(np.diff(length))[pair])
        lengths.append(length[:-1][pair])
        swell = 20.0 * np.abs(np.log10(np.maximum(size[1:], 1e-9) / np.maximum(size[:-1], 1e-9)))
        shimmer.append(swell[good & (swell < 20.0 * np.log10(PEAK_FACTOR))])
        like.append(r[r > LIKE])
        tracks.append((np.cumsum(length) / RATE, 12.0 * np.log2(RATE / length)))
    r = np.clip(np.concatenate([*like, np.zeros(0)]), 1e-3, 0.99999)
    cat = lambda rows: np.concatenate([*rows, np.zeros(0)])  # noqa: E731
    return Perturbation(
        jitter=100.0 * float(cat(jitter).mean() / cat(lengths).mean()),
        shimmer=float(cat(shimmer).mean()),
        hnr=float(np.mean(10.0 * np.log10(r / (1.0 - r)))),
        tremor=_tremor(tracks),
    )


def _tremor(tracks: list[tuple[F64, F64]]) -> float:
    """Waver of pitch tracks (seconds, semitones) at periods."""
    from .ablation import waver

    out = []
    for t, pitch in tracks:
        if t[-1] - t[0] > 0.3:
            smooth = np.convolve(np.pad(pitch, 2, "edge"), np.full(5, 0.2), "valid")
            out += [np.interp(np.arange(t[0], t[-1], 1.0 / 240.0), t, smooth), np.array([np.nan])]
    return waver(np.concatenate(out)) if out else float("nan")
