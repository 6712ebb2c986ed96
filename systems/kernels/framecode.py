"""The frame code: a border of a voice in few numbers that can be predicted, averaged and interpolated.

PITCH: semitones, 12 log2 Hz; runs on without a voice
VOICE: 0 without a voice to 1
ENVELOPE: warped cepstrum (`envelope`) of the natural log of the amplitude of a partial, per root of the pitch in Hz
NOISE: share of the power that is noise while there is a voice, 0 to 1, at HERTZ
TURN: cosine coefficients, real then imaginary, over the warped axis, of the unit vectors by which the phases of the partials
    differ from the minimum phase of the envelope

Phases are kept as smoothed unit vectors, so nothing wraps: any mean of two codes is a code, and where phases are uncertain the
vector is short. Per root of the pitch, the envelope is a power density: the level does not change when the pitch is moved, and
the same envelope holds for partials and for noise.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from . import envelope
from .harmonics import CYCLES, partials_below, synthesise
from .noise import noise, turns

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
C128 = NDArray[np.complex128]
B = NDArray[np.bool_]

ORDER, TURNS = 60, 24
HERTZ = (4000.0, 5000.0, 6500.0, 8500.0, 11_000.0)
FIRM = 3000.0
"""Hz up to which a voice counts as partials alone: what wanders there is carried by the phases."""
LOW = (800.0, 1200.0)
"""Hz up to which there are partials without a voice too: what little sounds there is not hiss but the tail of a voice."""
TRUST = (0.5, 1.0, 1.0, 1.0, 1.0)
"""Of the share of noise that is found in each band."""
PITCH, VOICE = 0, 1
ENVELOPE = slice(2, 2 + ORDER)
NOISE = slice(ENVELOPE.stop, ENVELOPE.stop + len(HERTZ))
TURN = slice(NOISE.stop, NOISE.stop + 2 * TURNS)
COLUMNS = TURN.stop
BINS, BIN = 101, 120.0
"""Noise oscillators and Hz between them: those of `noise` at 100 samples of 24 kHz."""
QUIET = 1e-6
"""Amplitude below which nothing is told apart."""
STEP = 1.0 / 240.0
"""Seconds between borders."""
EULER = 0.5772156649
"""The log of the mean square of a complex Gaussian lies this much above the mean of the log of its square."""


def encode(pitch: F64, voiced: B, tones: C128, rate: float) -> F64:
    """The code f64[T, COLUMNS] of tracks.

    Args: pitch f64[T] Hz; voiced bool[T]; tones complex128[T, K] relative to the glottal phase (see `closure`), upright.
    """
    count = tones.shape[1]
    size = np.abs(tones) + QUIET
    level = np.log(size) - 0.5 * np.log(pitch)[:, None]
    code = np.empty((len(pitch), COLUMNS))
    code[:, PITCH] = 12.0 * np.log2(pitch)
    code[:, VOICE] = np.convolve(np.pad(voiced.astype(np.float64), 1, mode="edge"), (0.25, 0.5, 0.25), "valid")
    code[:, ENVELOPE] = envelope.cepstrum(envelope.from_partials(level, pitch, rate), ORDER).real
    least = envelope.at_partials(envelope.spectrum(code[:, ENVELOPE])[1], pitch, rate, count).real
    left = tones / size * np.exp(-1j * least)
    turn = envelope.cepstrum(envelope.from_partials(left, pitch, rate), TURNS)
    code[:, TURN] = np.concatenate((turn.real, turn.imag), axis=1)
    code[:, NOISE] = _noise(tones, pitch)
    return code


def _noise(tones: C128, pitch: F64) -> F64:
    """Share of noise in each band f64[T, bands]: how far partials leave the straight line between the borders around them."""
    ahead, behind = np.concatenate((tones[1:], tones[-1:])), np.concatenate((tones[:1], tones[:-1]))
    off, power = np.abs(tones - 0.5 * (ahead + behind)) ** 2, np.abs(tones) ** 2
    hertz = np.asarray(pitch[:, None] * np.arange(1.0, tones.shape[1] + 1.0), np.float64)
    weight = _bands(hertz)
    smooth = np.array((1.0, 2.0, 3.0, 4.0, 3.0, 2.0, 1.0)) / 16.0
    lost, whole = (np.einsum("tk,tkb->tb", p, weight) for p in (off, power))
    for band in range(len(HERTZ)):
        lost[:, band] = np.convolve(np.pad(lost[:, band], 3, mode="edge"), smooth, "valid")
        whole[:, band] = np.convolve(np.pad(whole[:, band], 3, mode="edge"), smooth, "valid")
    return np.asarray(np.clip(lost / (_white(pitch)[:, None] * whole + QUIET**2), 0.0, 1.0) * TRUST, np.float64)


def _white(pitch: F64) -> F64:
    """What `_noise` finds in white noise, f64[T]: windows of `harmonics.analyse` a border or two apart overlap."""
    n = 2048
    window = np.cos(np.pi * (np.arange(n + 1) / n - 0.5)) ** 4
    overlap = np.correlate(window, window, "full")[n:] / (window @ window)
    one, two = (np.interp(pitch * (STEP * lag / CYCLES), np.arange(n + 1) / n, overlap) for lag in (1, 2))
    return np.asarray(1.5 - 2.0 * one + 0.5 * two, np.float64)


def _bands(hertz: F64) -> F64:
    """How much of each band a frequency belongs to, [..., bands]: straight from one of HERTZ to the next, none up to FIRM."""
    return np.stack([np.interp(hertz, (FIRM, *HERTZ), row) for row in np.eye(len(HERTZ) + 1)[1:]], axis=-1)


def _voiced(voice: F64, hertz: F64) -> F64:
    """How much of a voice there is at some frequencies: all of it below LOW."""
    low = np.clip((LOW[1] - hertz) / (LOW[1] - LOW[0]), 0.0, 1.0)
    return np.asarray(np.maximum(voice[:, None], low), np.float64)


@cache
def bins() -> F64:
    """Frequency of each noise oscillator, Hz."""
    return np.asarray(np.arange(BINS) * BIN, np.float64)


@cache
def _at_bins(tract: float) -> tuple[F64, F64]:
    """Matrices that read places [POINTS, BINS] and bands [bands, BINS] at the noise oscillators."""
    hertz = bins()
    at = envelope.bend(np.pi * np.minimum(hertz / hertz[-1] / tract, 1.0)) * ((envelope.POINTS - 1) / np.pi)
    i = np.minimum(at.astype(np.int64), envelope.POINTS - 2)
    read = np.zeros((envelope.POINTS, BINS))
    read[i, np.arange(BINS)] = 1.0 - (at - i)
    read[i + 1, np.arange(BINS)] += at - i
    return read, np.ascontiguousarray(_bands(hertz).T)


def decode(code: F64, rate: float, count: int, tract: float = 1.0, air: F64 | float = 0.0) -> tuple[C128, F64]:
    """Amplitudes for the bank: of partials 1..count complex128[T, count], relative to the glottal phase, and of the BINS noise
    oscillators f64[T, BINS]. Code f64[T, COLUMNS] of any real numbers; `tract` scales the frequencies of the envelope; `air`
    f64[T, BINS] is power of noise to be added, as a share of what the envelope says."""
    pitch = np.exp2(code[:, PITCH] / 12.0)
    voice = np.clip(code[:, VOICE], 0.0, 1.0)
    share = np.clip(code[:, NOISE], 0.0, 1.0)
    level, least = envelope.spectrum(code[:, ENVELOPE])
    turn = (code[:, TURN][:, :TURNS] + 1j * code[:, TURN][:, TURNS:]) @ envelope.cosines(TURNS)
    hertz = np.asarray(pitch[:, None] * np.arange(1.0, count + 1.0), np.float64)
    packed = envelope.at_partials(level + 1j * least, pitch / tract, rate, count)
    vector = envelope.at_partials(turn, pitch / tract, rate, count)
    vector /= np.abs(vector) + 1e-9
    tonal = _voiced(voice, hertz) * (1.0 - (_bands(hertz) * share[:, None]).sum(axis=2))
    tones = np.exp(packed) * np.sqrt(pitch[:, None] * tonal) * vector
    tones[hertz >= 0.5 * rate * min(tract, 1.0)] = 0.0
    read, bands = _at_bins(tract)
    aperiodic = 1.0 - _voiced(voice, bins()) * (1.0 - share @ bands)
    hiss = np.exp(level @ read + 0.5 * EULER * aperiodic) * np.sqrt(BIN * (aperiodic + air))
    hiss[:, 0] = hiss[:, -1] = 0.0
    return tones, hiss


def play(code: F64, rate: float, span: int, start: float = 0.0, seed: int = 0) -> F32:
    """What the bank makes of a code, f32[(T - 1) span]; start: glottal phase at sample 0, cycles."""
    pitch = np.exp2(code[:, PITCH] / 12.0)
    tones, bands = decode(code, rate, partials_below(pitch, rate))
    cosine, sine = turns(seed, 0, len(code), BINS)
    out = np.empty((len(code) - 1) * span, np.float32)
    noise(bands * cosine, bands * sine, out)
    out += synthesise(tones, pitch, span, rate, start)
    return out
