"""A recording in few bytes: lines of the lapped transform, quantised so that the error lies under the sound (as AAC does: Bosi
et al. 1997), and coded by a range coder whose tables follow the level of each band.

Of each frame: levels of BANDS (4 dB steps, predicted from their neighbours), from which follow the step of each line,
gain * level^GAMMA * QUIET^(1 - GAMMA), and the width of the Laplace distribution by which it is coded. Lines that come out as
zero are filled with noise at decoding. Of every fourth border: the pitch, and whether there is a voice.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from psi_ecs.backend import BackendError

from . import lapped
from .noise import uniform
from .rangecoder import BITS, Coder, Learner, Reader, Writer, bit, far, near, near_learner, table

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
B = NDArray[np.bool_]

EDGES = (
    0.0, 100.0, 200.0, 300.0, 400.0, 510.0, 630.0, 770.0, 920.0, 1080.0, 1270.0, 1480.0, 1720.0, 2000.0, 2320.0, 2700.0,
    3150.0, 3700.0, 4400.0, 5300.0, 6400.0, 7700.0, 9500.0, 12_000.0,
)  # fmt: skip
"""Hz: the critical bands (Zwicker 1961)."""
BANDS = len(EDGES) - 1
TOP = 7000.0
"""Hz above which there is noise of the right level only."""
LEVELS = 1.5
"""Steps of a level an octave of amplitude."""
LOUDEST, FAINT = 12, -20
"""Bounds of a level."""
GAMMA, QUIET = 0.5, 0.05
DEAD = 0.36
"""Added before a size is cut to a whole number: less than a half, so that what is small becomes 0, which costs least."""
FILL, HISS = 0.15, 0.9
"""Noise in place of zeros: of the step at most, and of the level where nothing is coded."""
GAINS, GAIN, UNIT = 16.0, 180, 80
"""Steps of the gain an octave; the last of them; the one that is 1."""
MOST = 14
"""Sizes above have an escape."""
WIDTHS = (-6, 26)
"""Widths of the distribution, fourths of an octave of level over step, that have tables; below, lines are not coded."""
KNOT = 4
"""Borders from pitch to pitch."""
TONES = 96
"""Steps of the pitch an octave."""
LOWEST = 5 * TONES


@cache
def _tables() -> tuple[list[int], ...]:
    """For each width: -MOST..MOST, and the escape."""
    found = []
    for width in range(WIDTHS[0], WIDTHS[1] + 1):
        scale = 2.0 ** (width / 4.0) / np.sqrt(2.0)
        left = np.exp(-(np.arange(1, MOST + 2) - DEAD) / scale)
        each = 0.5 * (left[:-1] - left[1:])
        found.append(table([*each[::-1], 1.0 - left[0], *each, max(left[-1], 1e-4)]))
    return tuple(found)


def follow(pitch: I64) -> F64:
    """Pitch in Hz at borders of pitches in steps at knots."""
    at = np.arange((len(pitch) - 1) * KNOT + 1) / KNOT
    return np.asarray(np.exp2(np.interp(at, np.arange(len(pitch)), pitch) / TONES), np.float64)


def levels_of(lines: F64, hertz: F64) -> I64:
    """Root mean square of the lines of each band in steps, i64[F, BANDS]."""
    band = np.searchsorted(EDGES, hertz, "right") - 1
    out = np.full((len(lines), BANDS), FAINT, np.int64)
    for b in range(BANDS):
        mine = band == b
        count = mine.sum(axis=1)
        power = (lines**2 * mine).sum(axis=1) / np.maximum(count, 1)
        out[:, b] = np.where(count > 0, np.rint(0.5 * LEVELS * np.log2(power + 1e-12)), FAINT)
    return np.clip(out, FAINT, LOUDEST)


def _smooth(levels: I64, hertz: F64) -> F64:
    """Level at each line: straight in octaves from the middle of one band to that of the next."""
    middle = np.sqrt(np.maximum(EDGES[:-1], 40.0) * np.asarray(EDGES[1:]))
    out = np.empty_like(hertz)
    for t in range(len(hertz)):
        out[t] = np.interp(np.log2(hertz[t] + 1.0), np.log2(middle + 1.0), levels[t])
    return np.exp2(out / LEVELS)


def _plan(levels: I64, hertz: F64, gain: int) -> tuple[F64, F64, I64]:
    """Level and step of each line, and the number of its table, -1 where it is not coded."""
    level = _smooth(levels, hertz)
    step = 2.0 ** ((gain - UNIT) / GAINS) * level**GAMMA * QUIET ** (1.0 - GAMMA)
    width = np.rint(4.0 * np.log2(level / step)).astype(np.int64) - WIDTHS[0]
    number = np.where((hertz < TOP) & (width >= 0), np.minimum(width, WIDTHS[1] - WIDTHS[0]), -1)
    return level, step, number


def _quantise(lines: F64, step: F64, number: I64) -> I64:
    size = np.floor(np.abs(lines) / step + DEAD).astype(np.int64)
    return np.asarray(np.where(number >= 0, np.sign(lines).astype(np.int64) * size, 0), np.int64)


def _bits(whole: I64, number: I64) -> float:
    """About what the lines take."""
    cost = np.array([-np.log2(np.diff(t) / (1 << BITS)) for t in _tables()])
    coded = number >= 0
    size = np.abs(whole[coded])
    symbol = np.where(size > MOST, 2 * MOST + 1, np.minimum(whole[coded], MOST) + MOST)
    return float(cost[number[coded], symbol].sum() + (2.0 * np.log2(np.maximum(size - MOST, 1)) + 2.0)[size > MOST].sum())


def squeeze(x: F64, pitch: F64, voiced: B, span: int, rate: float, bits: float) -> bytes:
    """Bytes of a recording, about `bits` a second of them.

    Args: x f64[N], N <= (T - 1) span; pitch f64[T] Hz, voiced bool[T] at borders.
    """
    at = np.minimum(np.arange(-(-(len(pitch) - 1) // KNOT) + 1) * KNOT, len(pitch) - 1)
    tones = np.clip(np.rint(TONES * np.log2(pitch[at])).astype(np.int64), LOWEST, 10 * TONES)
    moving = follow(tones)
    lines = lapped.forward(np.pad(x, (0, (len(moving) - 1) * span - len(x))), moving, span, rate)
    hertz = lapped.hertz(moving, span, rate)
    levels = levels_of(lines, hertz)
    out = Writer()
    _pitches(out, tones, voiced[at].astype(np.int64))
    _levels(out, levels)
    room = bits * len(x) / rate - 8.0 * out.size
    low, high = 0, GAIN
    while low < high:
        gain = (low + high) // 2
        _, step, number = _plan(levels, hertz, gain)
        low, high = (low, gain) if _bits(_quantise(lines, step, number), number) <= room else (gain + 1, high)
    far(out, low)
    _, step, number = _plan(levels, hertz, low)
    _lines(out, _quantise(lines, step, number), number)
    return out.bytes()


def unsqueeze(data: bytes, borders: int, span: int, rate: float, seed: int = 0) -> tuple[F64, F64, B]:
    """The sound, its pitch f64[T] and voicing bool[T] of bytes from `squeeze`; T is `borders` rounded up to one more than a
    multiple of KNOT, the sound f64[(T - 1) span]. BackendError if the bytes cannot be right; seed: of the noise."""
    source = Reader(data)
    tones, voiced = np.zeros((2, -(-(borders - 1) // KNOT) + 1), np.int64)
    _pitches(source, tones, voiced)
    pitch = follow(tones)
    hertz = lapped.hertz(pitch, span, rate)
    levels = np.zeros((len(hertz), BANDS), np.int64)
    _levels(source, levels)
    gain = far(source)
    if gain > GAIN:
        raise BackendError("compact track: its gain cannot be")
    level, step, number = _plan(levels, hertz, gain)
    whole = np.zeros(hertz.shape, np.int64)
    _lines(source, whole, number)
    counter = np.arange(whole.size, dtype=np.uint64).reshape(whole.shape)
    noise = np.where(uniform(seed ^ 0xC0DE, counter) < 0.5, -1.0, 1.0) * (hertz < 0.5 * rate)
    noise *= np.where(number >= 0, np.minimum(FILL * step, HISS * level), HISS * level)
    sound = lapped.backward(np.where(whole != 0, whole * step, noise), pitch, span, rate)
    return sound, pitch, np.repeat(voiced, KNOT)[: len(pitch)].astype(bool)


def _pitches(coder: Coder, tones: I64, voiced: I64) -> None:
    """Write these, or read them into the arrays."""
    steps, voices = near_learner(), (Learner([9, 1]), Learner([1, 9]))
    tone, voice = LOWEST, 0
    for i in range(len(tones)):
        tone += near(coder, steps, int(tones[i]) - tone) if i else far(coder, int(tones[i]) - tone)
        learner = voices[voice]
        voice = coder.code(learner.table, int(voiced[i]))
        learner.saw(voice)
        if not LOWEST <= tone <= 10 * TONES:
            raise BackendError("compact track: its pitch leaves 32 to 1024 Hz")
        tones[i], voiced[i] = tone, voice


def _levels(coder: Coder, levels: I64) -> None:
    """As `_pitches`. A level is expected to move as the band below it does (the weights are a fit to recordings)."""
    learners = [near_learner() for _ in range(3)]
    before = [FAINT] * BANDS
    for t in range(len(levels)):
        row, left = levels[t].tolist(), 0
        for b in range(BANDS):
            expected = before[b] if b == 0 else round(0.65 * (before[b] + row[b - 1]) - 0.42 * before[b - 1])
            left = near(coder, learners[min(abs(left), 2)], row[b] - expected)
            row[b] = expected + left
            if not FAINT <= row[b] <= LOUDEST:
                raise BackendError("compact track: a level cannot be")
        levels[t] = before = row


def _lines(coder: Coder, whole: I64, number: I64) -> None:
    """As `_pitches`, where there is a table."""
    tables = _tables()
    for t in range(len(whole)):
        at = np.flatnonzero(number[t] >= 0)
        row = whole[t, at].tolist()
        for i, (which, value) in enumerate(zip(number[t, at].tolist(), row, strict=True)):
            symbol = coder.code(tables[which], value + MOST if abs(value) <= MOST else 2 * MOST + 1)
            if symbol <= 2 * MOST:
                row[i] = symbol - MOST
            else:
                sign = -1 if bit(coder, int(value < 0)) else 1
                row[i] = sign * (far(coder, abs(value) - MOST - 1) + MOST + 1)
        whole[t, at] = row
