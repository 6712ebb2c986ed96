"""Perturbation measures of a voice, from sound alone: the same code has read recordings and reads our own output.

Periods are found by waveform matching, as in Praat's cross-correlation method (Boersma & Weenink).
"""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

F64 = NDArray[np.float64]

RATE = 24_000
LOW, HIGH = 75.0, 500.0
"""Hz of pitches looked for."""
FRAME, HOP = 960, 240
"""Samples of a frame, and from one to the next."""
VOICED = 0.7
"""Normalised autocorrelation from which a frame has a pitch."""
OCTAVE = 0.02
"""What an octave less costs: a multiple of the period fits as well."""
LIKE = 0.8
"""Correlation of neighbouring periods from which they count as such."""
PERIOD_FACTOR, PEAK_FACTOR = 1.3, 1.6
"""Neighbours that differ by more are no pair (Praat's defaults)."""
TRACK = 240
"""Points a second of a pitch track."""
TREMOR = (4.0, 13.0)
"""Hz."""


NONE = 10.0
"""Standard deviations that stand for a voice so broken that there is nothing to measure, and at most."""


class Perturbation(Struct, frozen=True):
    """Of some utterances, means over the pairs of neighbouring periods of each."""

    jitter: float
    """Local jitter, %: mean |T(i) - T(i+1)| over mean T."""
    shimmer: float
    """Local shimmer, dB: mean |20 log10 A(i+1)/A(i)|, A the root mean square of a period."""
    hnr: float
    """Harmonics-to-noise ratio, dB, from the correlation of neighbouring periods."""
    tremor: float
    """Root mean square of what moves the pitch at 4 to 13 Hz, cents."""


HUMAN = (Perturbation(1.465, 0.640, 17.45, 51.7), Perturbation(0.237, 0.095, 1.26, 45.4))
"""Mean and standard deviation over 60 read sentences of one US woman: CC0 recordings of rhasspy "dataset-voice-kathleen", at
24 kHz, none of which was used to make the voice."""


def voiced(x: F64) -> tuple[F64, NDArray[np.bool_]]:
    """Period in samples of frames HOP apart, and whether they have one, by the autocorrelation that the window's own corrects
    (Boersma 1993)."""
    window = np.hanning(FRAME)
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(x, FRAME // 2), FRAME)[::HOP] * window
    frames = frames - frames.mean(axis=1, keepdims=True) * window / window.mean()
    r = np.fft.irfft(np.abs(np.fft.rfft(frames, 2 * FRAME, axis=1)) ** 2, axis=1)
    own = np.fft.irfft(np.abs(np.fft.rfft(window, 2 * FRAME)) ** 2)
    lags = np.arange(int(RATE / HIGH), int(RATE / LOW))
    power = r[:, :1]
    value = r[:, lags] / np.maximum(power, 1e-12) / (own[lags] / own[0]) - OCTAVE * np.log2(lags / lags[0])
    best = value.argmax(axis=1)
    loud = power[:, 0] > 1e-3 * power.max()
    return lags[best].astype(np.float64), loud & (value[np.arange(len(best)), best] > VOICED)


def periods(x: F64, first: int, last: int, guess: F64) -> F64:
    """Length in samples, root mean square, and correlation with the next, of each period of a voiced stretch [first, last),
    f64[P, 3].

    The next mark is where the waveform about the last one comes again, between samples by a parabola through three.
    """
    at, out = float(first), list[tuple[float, float, float]]()
    while True:
        period = guess[min(round(at / HOP), len(guess) - 1)]
        half, low, high = int(0.5 * period), int(0.8 * period), int(1.25 * period) + 1
        begin, size = round(at) - half, 2 * half + 1
        if begin < 1 or begin + high + size + 1 > min(last + half, len(x)):
            return np.array(out).reshape(-1, 3)
        mine = x[begin : begin + size]
        there = np.lib.stride_tricks.sliding_window_view(x[begin + low - 1 : begin + high + size + 1], size)
        like = there @ mine / np.sqrt(np.maximum((there * there).sum(axis=1) * float(mine @ mine), 1e-20))
        k = int(like[1:-1].argmax()) + 1
        a, b, c = like[k - 1 : k + 2].tolist()
        bend = a - 2.0 * b + c
        step = low - 1 + k + (min(max(0.5 * (a - c) / bend, -0.5), 0.5) if bend < 0.0 else 0.0)
        out.append((step, float(np.sqrt(np.mean(mine * mine))), b))
        at += step


def perturbation(x: F64) -> Perturbation:
    """Measures of a sound f64[N] at 24 kHz; NaN where it has too few periods."""
    guess, on = voiced(x)
    edge = np.flatnonzero(np.diff(np.concatenate(([False], on, [False])).astype(int)))
    parts: list[list[F64]] = [[np.zeros(0)] for _ in range(5)]
    change, length, swell, like, track = parts
    for begin, end in zip(edge[::2].tolist(), edge[1::2].tolist(), strict=True):
        found = periods(x, begin * HOP, end * HOP, guess) if end - begin >= 5 else np.zeros((0, 3))
        if len(found) < 5:
            continue
        t, size, same = found.T
        good = (same[:-1] > LIKE) & (same[1:] > LIKE)
        pair = good & (np.abs(np.log(t[1:] / t[:-1])) < np.log(PERIOD_FACTOR))
        change.append(np.abs(np.diff(t))[pair])
        length.append(t[:-1][pair])
        louder = 20.0 * np.abs(np.diff(np.log10(np.maximum(size, 1e-9))))
        swell.append(louder[good & (louder < 20.0 * np.log10(PEAK_FACTOR))])
        like.append(np.clip(same[same > LIKE], 0.0, 1.0 - 1e-5))
        smooth = np.convolve(np.pad(12.0 * np.log2(RATE / t), 2, "edge"), np.full(5, 0.2), "valid")
        seconds = np.cumsum(t) / RATE
        track += [np.interp(np.arange(seconds[0], seconds[-1], 1.0 / TRACK), seconds, smooth), np.array([np.nan])]
    by, over, db, r, pitch = (np.concatenate(rows) for rows in parts)
    if not (len(over) and len(db) and len(r)):
        return Perturbation(*[float("nan")] * 4)
    hnr = 10.0 * np.log10(r / (1.0 - r)).mean()
    return Perturbation(100.0 * float(by.mean() / over.mean()), float(db.mean()), float(hnr), waver(pitch, TRACK))


def waver(pitch: F64, rate: int) -> float:
    """Root mean square of what moves a voiced pitch at 4 to 13 Hz, in cents; pitch in semitones, NaN where unvoiced; NaN if no
    stretch lasts 0.3 s."""
    total, count = 0.0, 0
    edge = np.flatnonzero(np.diff(np.concatenate(([True], np.isnan(pitch), [True])).astype(int)))
    for first, last in zip(edge[::2], edge[1::2], strict=True):
        piece = pitch[first:last]
        if len(piece) < 0.3 * rate:
            continue
        t = np.linspace(-1.0, 1.0, len(piece))
        flat = piece - np.polynomial.Polynomial.fit(t, piece, 3)(t)  # the tune goes, the waver stays
        wave = np.fft.rfft(flat)
        at = np.fft.rfftfreq(len(piece), 1.0 / rate)
        wave[(at < TREMOR[0]) | (at > TREMOR[1])] = 0.0
        total += float((np.fft.irfft(wave, len(piece)) ** 2).sum())
        count += len(piece)
    return 100.0 * float(np.sqrt(total / count)) if count else float("nan")


def strangeness(found: list[Perturbation]) -> dict[str, float]:
    """How far the mean of some utterances lies from the human one, in human standard deviations, of each measure; NONE where
    not one of them has it."""
    mean, spread = HUMAN
    out = {}
    for name in Perturbation.__struct_fields__:
        values = np.array([getattr(p, name) for p in found])
        own = float(np.nanmean(values)) if np.isfinite(values).any() else float("inf")
        out[name] = min(abs(own - getattr(mean, name)) / float(getattr(spread, name)), NONE)
    return out
