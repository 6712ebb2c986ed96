"""Pitch of a recording: normalised cross-correlation of the sound with itself, and the best path through it.

The correlation and the costs of the path are those of RAPT (Talkin 1995, "A robust algorithm for pitch tracking"): a voiced
frame costs 1 - score, an unvoiced one the best score plus a bias, changes of pitch cost by the octave. The path is found over
a grid of pitches rather than over peaks (Viterbi 1967), and then moved to the peak nearby.
"""

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
B = NDArray[np.bool_]

LOW, HIGH = 60.0, 500.0
"""Hz between which a voice is looked for."""
STEPS = 48
"""Grid points an octave: a quarter of a semitone."""
WINDOW = 0.010
"""Seconds that are correlated."""
TOP = 1800.0
"""Hz up to which the sound is looked at: above, voices are noisy."""
LAG_COST = 0.12
"""What the longest lag loses of its score, so that a period wins over its multiples (RAPT: 0.3 of a lag of 20 ms)."""
VOICE_BIAS = 0.05
"""Added to the cost of an unvoiced frame."""
SWITCH_COST = 0.25
"""Of a change between voiced and unvoiced."""
OCTAVE_COST = 2.0
"""Of a change by an octave from one frame to the next."""
SHORTEST = 5
"""Borders; a voice that ends before (20 ms at 100 samples of 24 kHz) is none."""
REST, EASE = 200.0, 8
"""Hz to which a higher pitch comes down without a voice, within so many borders: partials must be dense to carry hiss."""
FLOOR = 3e-3
"""Sound this far below the loudest part counts as silence."""


def lowered(x: F64, rate: float, top: float, step: int) -> F64:
    """The sound below `top` Hz, every `step`-th sample of it."""
    spectrum = np.fft.rfft(x)
    hertz = np.fft.rfftfreq(len(x), 1.0 / rate)
    spectrum *= 0.5 + 0.5 * np.cos(np.pi * np.clip(hertz / top - 0.75, 0.0, 0.5) * 2.0)
    spectrum *= np.clip(hertz / 40.0 - 0.5, 0.0, 1.0)
    return np.asarray(np.fft.irfft(spectrum, len(x))[::step], np.float64)


def correlation(y: F64, lags: NDArray[np.int64], centre: NDArray[np.int64], half: int, floor: float) -> F64:
    """Normalised cross-correlation f64[T, L] of two windows of 2 half + 1 samples, a lag apart and around each centre.

    `floor` is a mean square that is added to the power of both, so that what is quieter does not correlate.
    """
    pad = half + int(lags[-1]) + 1
    y = np.pad(y, pad)
    energy = np.concatenate(([0.0], np.cumsum(y * y)))
    out = np.empty((len(centre), len(lags)))
    extra = floor * (2 * half + 1)
    for i, lag in enumerate(lags.tolist()):
        first = centre + (pad - half - lag // 2)
        last = first + 2 * half + 1
        product = np.concatenate(([0.0], np.cumsum(y[: len(y) - lag] * y[lag:])))
        left, right = energy[last] - energy[first], energy[last + lag] - energy[first + lag]
        out[:, i] = (product[last] - product[first]) / np.sqrt((left + extra) * (right + extra))
    return out


def pitch(x: F64, rate: float, span: int, low: float = LOW, high: float = HIGH) -> tuple[F64, B]:
    """Pitch in Hz and whether there is a voice, at borders `span` samples apart, the first at sample 0.

    Found twice, the second time within the speaker's own range (De Looze & Hirst 2008: from the quantiles of the first).
    Args: x f64[N]. Returns f64[T], bool[T] with T = ceil(N / span) + 1. Without a voice the pitch runs straight, in octaves,
    from the voice before to the voice after, but not far above REST (150 Hz if there is none at all).
    """
    hertz, voiced = _search(x, rate, span, low, high)
    if voiced.any():
        q35, q65 = np.quantile(hertz[voiced], (0.35, 0.65))
        hertz, voiced = _search(x, rate, span, max(low, 0.72 * float(q35) - 10.0), min(high, 1.9 * float(q65) + 10.0))
    return hertz, voiced


def _search(x: F64, rate: float, span: int, low: float, high: float) -> tuple[F64, B]:
    count = -(-len(x) // span) + 1
    step = max(1, int(rate / 8000.0))
    y = lowered(np.pad(x, (0, max(0, 8 * step - len(x)))), rate, TOP, step)
    low_rate = rate / step
    lags = np.arange(int(low_rate / high) - 1, int(low_rate / low) + 3)
    centre = np.minimum((np.arange(count) * (span / step)).astype(np.int64), len(y) - 1)
    half = int(0.5 * WINDOW * low_rate)
    power = np.convolve(y * y, np.full(2 * half + 1, 1.0 / (2 * half + 1)), "same")
    scores = correlation(y, lags, centre, half, FLOOR**2 * float(power.max()) + 1e-12)
    grid = high * 2.0 ** (-np.arange(int(STEPS * np.log2(high / low)) + 1) / STEPS)
    place = low_rate / grid - lags[0]
    i = place.astype(np.int64)
    u = place - i
    seen = scores[:, i] * (1.0 - u) + scores[:, i + 1] * u
    path = best_path(seen * (1.0 - LAG_COST * LOW / grid))
    voiced = lasting(path < len(grid))
    lag = nearest_peak(scores, np.rint(place[np.minimum(path, len(grid) - 1)]).astype(np.int64)) + lags[0]
    return through(np.clip(low_rate / lag, low, high), voiced), voiced


def best_path(score: F64) -> NDArray[np.int64]:
    """The cheapest path i64[T] through score f64[T, S]; state S is unvoiced."""
    frames, states = score.shape
    steps = np.arange(states) / STEPS
    move = OCTAVE_COST * np.abs(steps[:, None] - steps)
    cost = np.append(1.0 - score[0], score[0].max() + VOICE_BIAS)
    back = np.empty((frames, states + 1), np.int64)
    every = np.arange(states)
    for t in range(1, frames):
        ways = move + cost[:states]
        best = ways.argmin(axis=1)
        stay = ways[every, best]
        begin = cost[states] + SWITCH_COST
        back[t, :states] = np.where(begin < stay, states, best)
        end = int(cost[:states].argmin())
        leave = cost[end] + SWITCH_COST
        back[t, states] = end if leave < cost[states] else states
        cost = np.append(np.minimum(stay, begin) + 1.0 - score[t], min(leave, cost[states]) + score[t].max() + VOICE_BIAS)
    path = np.empty(frames, np.int64)
    path[-1] = int(cost.argmin())
    for t in range(frames - 1, 0, -1):
        path[t - 1] = back[t, path[t]]
    return path


def nearest_peak(scores: F64, index: NDArray[np.int64]) -> F64:
    """Place of the peak within one step of each index, by a parabola through three points."""
    rows = np.arange(len(scores))
    near = np.clip(index[:, None] + np.arange(-1, 2), 1, scores.shape[1] - 2)
    best = near[rows, scores[rows[:, None], near].argmax(axis=1)]
    a, b, c = scores[rows, best - 1], scores[rows, best], scores[rows, best + 1]
    bend = a - 2.0 * b + c
    shift = np.where(bend < -1e-9, 0.5 * (a - c) / np.where(bend < -1e-9, bend, 1.0), 0.0)
    return np.asarray(best + np.clip(shift, -1.0, 1.0), np.float64)


def lasting(voiced: B) -> B:
    """Without what is shorter than SHORTEST."""
    edge = np.flatnonzero(np.diff(np.pad(voiced.astype(np.int8), 1)))
    out = voiced.copy()
    for begin, end in edge.reshape(-1, 2).tolist():
        out[begin:end] = end - begin >= SHORTEST
    return out


def through(hertz: F64, voiced: B) -> F64:
    """The pitch with its gaps filled: straight in octaves, and down to REST where the voice is far."""
    at, every = np.flatnonzero(voiced), np.arange(len(hertz))
    if not len(at):
        return np.full(len(hertz), 150.0)
    octaves = np.interp(every, at, np.log2(hertz[at]))
    after = np.searchsorted(at, every)
    away = np.minimum(np.abs(every - at[np.minimum(after, len(at) - 1)]), np.abs(every - at[np.maximum(after - 1, 0)]))
    down = np.clip(away / EASE, 0.0, 1.0) * np.minimum(np.log2(REST) - octaves, 0.0)
    return np.asarray(np.exp2(octaves + down), np.float64)
