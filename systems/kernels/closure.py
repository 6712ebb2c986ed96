"""The glottal phase of a recording: a phase that is a whole number at each glottal closure.

Partials whose phases are freed from the minimum phase of their envelope add up to one sharp pulse a period; where in the period
it lies is the instant of closure (the idea of group-delay and phase-slope methods: Smits & Yegnanarayana 1995; Naylor et al.
2007). The place is followed from border to border by the cheapest path (Viterbi 1967) on the circle, and taken off the phase.
"""

import numpy as np
from numpy.typing import NDArray

from . import envelope
from .harmonics import analyse

F64 = NDArray[np.float64]
C128 = NDArray[np.complex128]
B = NDArray[np.bool_]

ORDER = 60
TOP = 5000.0
"""Hz up to which partials vote."""
STEPS = 512
"""Places in a period; the path is found over every eighth."""
STRIDE = 8
STIFF = 30.0
"""Cost of a move by a whole period, squared in the move."""
ROUNDS = 3
ROWS = 1024
"""Borders that are looked at together, to save memory."""
PITCHES = (40.0, 700.0)
"""Hz within which the pitch stays when it is made to follow the closures."""


def pulse(tones: C128, pitch: F64, rate: float) -> F64:
    """The voice without its tract: f64[T, STEPS], at most 1, over one period from phase 0.

    Args: tones complex128[T, K] relative to the phase; pitch f64[T] Hz.
    """
    count = tones.shape[1]
    size = np.abs(tones)
    log_envelope, least = envelope.spectrum(
        envelope.cepstrum(envelope.from_partials(np.log(size + 1e-7), pitch, rate), ORDER).real
    )
    weight = np.exp(0.5 * envelope.at_partials(log_envelope, pitch, rate, count).real)
    weight *= pitch[:, None] * np.arange(1, count + 1) < TOP
    weight /= weight.sum(axis=1, keepdims=True) + 1e-12
    white = tones / (size + 1e-9) * np.exp(-1j * envelope.at_partials(least, pitch, rate, count).real)
    spectrum = np.zeros((len(tones), STEPS), np.complex128)
    spectrum[:, 1 : count + 1] = weight * white
    return np.asarray((np.fft.ifft(spectrum, axis=1) * STEPS).real, np.float64)


def follow(score: NDArray[np.floating], voiced: B) -> NDArray[np.int64]:
    """The cheapest path i64[T] around the circle through score f64[T, S]; without a voice it moves almost freely."""
    frames, states = score.shape
    every = np.arange(states)
    away = np.minimum(every, states - every) / states
    move = STIFF * away[(every[:, None] - every) % states] ** 2
    back = np.empty((frames, states), np.int64)
    cost = -score[0] * voiced[0]
    for t in range(1, frames):
        ways = cost + (move if voiced[t] else 0.05 * move)
        back[t] = ways.argmin(axis=1)
        cost = ways[every, back[t]] - score[t] * voiced[t]
    path = np.empty(frames, np.int64)
    path[-1] = int(cost.argmin())
    for t in range(frames - 1, 0, -1):
        path[t - 1] = back[t, path[t]]
    return path


def lock(x: F64, pitch: F64, voiced: B, span: int, rate: float) -> tuple[F64, float, int]:
    """Make the phase of a voice a whole number at its closures.

    Args: x f64[(T - 1) span]; pitch f64[T] Hz, voiced bool[T] at borders. Returns: pitch f64[T] whose integral, from the
    returned phase in cycles on, is that phase; and +1, or -1 if the sound is upside down (closures are then troughs).
    """
    start, sign = 0.0, 1
    if not voiced.any():
        return pitch, start, sign
    at, rows = np.flatnonzero(voiced), np.arange(len(pitch))[:, None]
    for round_ in range(ROUNDS):
        tones = analyse(x, pitch, span, rate, start)
        parts = range(0, len(pitch), ROWS)
        seen = np.concatenate([pulse(tones[a : a + ROWS], pitch[a : a + ROWS], rate).astype(np.float32) for a in parts])
        if round_ == 0 and seen[voiced].max(axis=1).sum() < -seen[voiced].min(axis=1).sum():
            sign = -1
        seen *= sign
        path = np.unwrap(follow(np.ascontiguousarray(seen[:, ::STRIDE]), voiced) * (STRIDE / STEPS), period=1.0)
        near = np.rint(path * STEPS).astype(np.int64)[:, None] + np.arange(-12, 13)
        best = near[rows[:, 0], seen[rows, near % STEPS].argmax(axis=1)] / STEPS
        away = np.interp(rows[:, 0], at, best[at])
        turned = start + np.concatenate(([0.0], np.cumsum(0.5 * (pitch[1:] + pitch[:-1])))) * (span / rate) - away
        turned[1:-1] = 0.25 * (turned[:-2] + 2.0 * turned[1:-1] + turned[2:])
        start, between = float(turned[0]), np.diff(turned) * (rate / span)
        pitch = np.concatenate((between[:1], 0.5 * (between[1:] + between[:-1]), between[-1:])).clip(*PITCHES)
    return pitch, start % 1.0, sign
