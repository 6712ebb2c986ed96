"""Measures of a spoken sound, from the sound alone and from where its phones begin: no other voice, no model."""

from itertools import pairwise
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from psi_ecs.components.score import RATE
from psi_ecs.systems.kernels.pitch import pitch
from psi_ecs.tools.perturbation import perturbation

F64 = NDArray[np.float64]
Sound = NDArray[Any]
Phones = list[tuple[str, int, int]]
"""Name, first sample and one past the last of each phone; pauses are called SIL."""

SPAN = 240
"""Samples between borders of a pitch track: 10 ms."""
FRAME, HOP = 480, 60
"""Samples of a spectral frame (20 ms) and from one to the next."""
BANDS = 24
"""Bands of equal width in octaves, 100 Hz to 10 kHz."""
APART = 4
"""Hops to either side of a moment at which spectra are compared: 10 ms."""
STEADY = 8
"""Hops from any join from which on a moment lies within a phone: 20 ms."""
QUIET = 1e-5
"""Power, relative to the loudest moment, below which nothing is heard."""
AROUND = 120
"""Samples to either side of a sample from which it is told how rough the sound is there: 5 ms."""
CLICK = 20.0
"""Second difference, in units of its root mean square nearby, from which a sample is a click (noise reaches 6)."""
LOW, MIDDLE, HIGH = 50.0, 1000.0, 5000.0
"""Hz; the alpha ratio compares what lies between (Sundberg & Nordenberg 2006, as in eGeMAPS, from 1 to 5 kHz)."""


class Prosody(Struct, frozen=True):
    """How something was said; NaN where there is no voice."""

    pitch: float
    """Mean over voiced borders, semitones re 1 Hz."""
    spread: float
    """Standard deviation there, semitones."""
    span: float
    """95th less 5th percentile, semitones."""
    rate: float
    """Phones a second, from the first to the last, pauses between them included."""
    level: float
    """Mean power of what is heard, dB re full scale."""
    alpha: float
    """Energy from 1 to 5 kHz over that from 50 Hz to 1 kHz in voiced frames, dB: higher is brighter."""
    hnr: float
    """Harmonics-to-noise ratio, dB."""


def prosody(x: Sound, phones: Phones) -> Prosody:
    """Measures of an utterance f64[N] at 24 kHz."""
    x = np.asarray(x, np.float64)
    hertz, voiced = pitch(x, RATE, SPAN)
    spectra = _spectra(x, SPAN)
    power = spectra.sum(axis=1)
    heard = power > 1e-4 * max(float(power.max()), 1e-20)
    on = voiced[: len(power)] & heard
    tones = 12.0 * np.log2(hertz[: len(power)][on]) if on.any() else np.full(1, np.nan)
    low, high = np.percentile(tones, (5.0, 95.0))
    at = np.fft.rfftfreq(FRAME, 1.0 / RATE)
    mean = spectra[on].mean(axis=0) if on.any() else np.full(len(at), np.nan)
    alpha = 10.0 * np.log10(mean[(at >= MIDDLE) & (at < HIGH)].sum() / mean[(at >= LOW) & (at < MIDDLE)].sum())
    said = [p for p in phones if p[0] != "SIL"]
    seconds = (said[-1][2] - said[0][1]) / RATE if said else float("nan")
    level = 10.0 * np.log10(power[heard].mean() * 2.0 / FRAME**2 / _WINDOW_POWER) if heard.any() else float("nan")
    return Prosody(
        float(tones.mean()), float(tones.std()), float(high - low), len(said) / seconds, float(level), float(alpha),
        perturbation(x).hnr,
    )  # fmt: skip


_WINDOW = np.hanning(FRAME)
_WINDOW_POWER = float((_WINDOW**2).mean())


def _spectra(x: F64, hop: int) -> F64:
    """Power spectra of frames whose middles are `hop` samples apart, the first at sample 0."""
    framed = np.lib.stride_tricks.sliding_window_view(np.pad(x, FRAME // 2), FRAME)[::hop]
    return np.asarray(np.abs(np.fft.rfft(framed * _WINDOW, axis=1)) ** 2, np.float64)


def jumps(x: Sound, phones: Phones) -> tuple[float, float]:
    """How far the spectrum moves within 20 ms, dB (root mean square over BANDS): mean over the joins of sounding phones, and
    mean over moments away from joins. Speech moves more at joins; where the two come apart, joins are heard."""
    edges = 100.0 * 100.0 ** (np.arange(BANDS + 1) / BANDS)
    at = np.fft.rfftfreq(FRAME, 1.0 / RATE)
    place = np.searchsorted(edges, at, side="right") - 1
    into = np.stack([(place == band) | (np.abs(at - edges[band]) < 25.0) for band in range(BANDS)], axis=1)
    bands = _spectra(np.asarray(x, np.float64), HOP) @ into.astype(np.float64)
    top = bands.sum(axis=1).max()
    decibels = 10.0 * np.log10(bands + QUIET * top / BANDS + 1e-20)
    moved = np.sqrt(((decibels[2 * APART :] - decibels[: -2 * APART]) ** 2).mean(axis=1))
    moved = np.pad(moved, APART, constant_values=np.nan)
    sounding = ((a, b) for a, b in pairwise(phones) if "SIL" not in (a[0], b[0]) and a[2] == b[1])
    joins = [round(b[1] / HOP) for _, b in sounding]
    inside = bands.sum(axis=1) > 1e-3 * top
    for begin, end in {(p[1], p[2]) for p in phones}:
        for border in (round(begin / HOP), round(end / HOP)):
            inside[max(0, border - STEADY) : border + STEADY + 1] = False
    joined = moved[[j for j in joins if j < len(moved)]]
    return _mean(joined), _mean(moved[inside])


def _mean(values: F64) -> float:
    """Of what is a number; NaN if nothing is."""
    good = values[np.isfinite(values)]
    return float(good.mean()) if len(good) else float("nan")


def clicks(x: Sound) -> tuple[int, float]:
    """How many samples stand out of their surroundings as no speech does, and by how much the worst one does: second
    difference over its root mean square within 5 ms to either side, itself and its neighbours left out."""
    d = np.diff(np.asarray(x, np.float64), 2)
    total = np.concatenate(([0.0], np.cumsum(d * d)))
    here = np.arange(len(d))

    def box(reach: int) -> tuple[F64, NDArray[np.int64]]:
        low, high = np.maximum(here - reach, 0), np.minimum(here + reach + 1, len(d))
        return total[high] - total[low], high - low

    (wide, count), (near, few) = box(AROUND), box(3)
    size = np.abs(d) / (np.sqrt(np.maximum(wide - near, 0.0) / np.maximum(count - few, 1)) + 1e-4)
    out = np.flatnonzero(size > CLICK)
    return int((np.diff(out, prepend=-10) > 5).sum()), float(size.max(initial=0.0))
