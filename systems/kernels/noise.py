"""Noise oscillators: narrow bands whose phases are drawn anew at every border, faded over by a sine window.

A frame is a sum of oscillators, one a bin, on which a half-period sine window of two spans lies; frames overlap by one
span, and since
sin^2 + cos^2 = 1 and their phases are independent, the power is constant. Phases come from a counter, not from a running
generator: the same seed and border always give the same noise, from wherever one starts.
"""

from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from psi_ecs.backend import kernel

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
U64 = NDArray[np.uint64]

RUN = 512
"""Random numbers of one mouth that are made at a time."""
SCORE = 20
"""Borders of noise that are made at a time: five ticks."""


def uniform(seed: int, counter: U64) -> F64:
    """Numbers in [0, 1) from (seed, counter) by the SplitMix64 finaliser (Steele, Lea & Flood 2014); shape of `counter`."""
    golden, first, second, s30, s27, s31, s11 = _MIX
    z = counter * golden + np.uint64(seed & 0xFFFFFFFFFFFFFFFF)
    z ^= z >> s30
    z *= first
    z ^= z >> s27
    z *= second
    z ^= z >> s31
    z >>= s11
    return np.asarray(z * 2.0**-53, np.float64)


_MIX = tuple(np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 30, 27, 31, 11))


def run(seed: int, start: int, count: int) -> F64:
    """`uniform` at counters start .. start + count - 1, f64[count], made some hundreds at a time and kept."""
    first, last = start // RUN, (start + count - 1) // RUN
    chunks = [_run(seed, i) for i in range(first, last + 1)]
    whole = chunks[0] if len(chunks) == 1 else np.concatenate(chunks)
    return whole[start - first * RUN : start - first * RUN + count]


@lru_cache(maxsize=128)
def _run(seed: int, chunk: int) -> F64:
    found = uniform(seed, np.arange(chunk * RUN, (chunk + 1) * RUN, dtype=np.uint64))
    found.flags.writeable = False
    return found


def phases(seed: int, border: int, borders: int, bins: int) -> F64:
    """Phase in cycles of each bin at borders border .. border + borders - 1, f64[borders, bins]."""
    rows = np.arange(border, border + borders, dtype=np.uint64)[:, None]
    return uniform(seed, np.asarray(rows * np.uint64(4096) + np.arange(bins, dtype=np.uint64), np.uint64))


def turns(seed: int, border: int, borders: int, bins: int) -> tuple[F64, F64]:
    """Cosine and sine of `phases`, f64[borders, bins] each, made SCORE borders at a time and kept; read-only."""
    first, last = border // SCORE, (border + borders - 1) // SCORE
    chunks = [_turns(seed, i, bins) for i in range(first, last + 1)]
    c, s = chunks[0] if len(chunks) == 1 else (np.concatenate(part) for part in zip(*chunks, strict=True))
    rows = slice(border - first * SCORE, border - first * SCORE + borders)
    return c[rows], s[rows]


@lru_cache(maxsize=64)
def _turns(seed: int, chunk: int, bins: int) -> tuple[F64, F64]:
    angle = 2.0 * np.pi * phases(seed, chunk * SCORE, SCORE, bins)
    c, s = np.cos(angle), np.sin(angle)
    c.flags.writeable = s.flags.writeable = False
    return c, s


def _sample(n: int) -> tuple[F64, F64, F32]:
    rng = np.random.default_rng(n)
    re, im = rng.normal(0.0, 0.02, (2, 5, max(2, min(n, 101))))
    return re, im, np.empty(400, np.float32)


@cache
def _window(length: int) -> F64:
    """Half a period of a sine."""
    return np.sin(np.pi * np.arange(length) / length)


@kernel(size=lambda re, im, out: len(out) * re.shape[1], above=None, writes=("out",), sample=_sample)
def noise(re: F64, im: F64, out: F32) -> None:
    """Overlapped noise of one block.

    Args: re, im f64[J + 1, B]: amplitude of bin b of the frame centred on each border, bin b at b / (2 spans) cycles a sample;
    B at most span + 1; out f32[N], N = J spans, overwritten.
    """
    borders, bins = re.shape
    span = len(out) // (borders - 1)
    spectrum = np.zeros((borders, span + 1), np.complex128)
    spectrum.real[:, 1:bins], spectrum.imag[:, 1:bins] = re[:, 1:], im[:, 1:]
    spectrum[:, span] = 0.0
    frames = np.fft.irfft(spectrum, 2 * span, axis=1) * span
    frames *= _window(2 * span)
    out[:] = (frames[:-1, span:] + frames[1:, :span]).reshape(-1)
