"""From the state of source and tract to the amplitudes of partials and noise oscillators."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.avatar import VoiceStyle
from psi_ecs.components.score import RATE, SOURCE
from psi_ecs.systems.kernels.glottis import source
from psi_ecs.systems.kernels.tract import inverse_modes, shelf

from .asset import BANDS, NASAL_POLE, TRACT, FormantTable

F64 = NDArray[np.float64]
C128 = NDArray[np.complex128]

BINS = 101
"""Noise oscillators, 120 Hz apart from 0 Hz (silent) to Nyquist (silent)."""
BIN = RATE / 200
GRID = 50.0
"""Hz between the points at which what never changes is tabulated."""
_AT = {c.name: i for i, c in enumerate(SOURCE + TRACT)}
F1, B1, N1 = _AT["f1"], _AT["b1"], _AT["n1"]
LN = np.log(10.0) / 20.0


class Fixed:
    """What does not change while a persona speaks: higher modes, timbre, noise interpolation."""

    def __init__(self, table: FormantTable, tract: float, brightness: float) -> None:
        """Tract scales frequencies; brightness is in dB an octave above 1 kHz."""
        frequency = np.arange(0.0, 0.5 * RATE + 2 * GRID, GRID)
        higher = np.array(table.higher)[None] * np.array([tract, 1.0])
        level = np.interp(frequency / tract, *np.array(table.timbre).T)
        level += brightness * np.maximum(np.log2(np.maximum(frequency, 1.0) / 1000.0), 0.0)
        fade = np.clip((0.5 * RATE - frequency) / 700.0, 0.0, 1.0)
        self.transfer: C128 = (
            np.exp(LN * level) * fade / inverse_modes(frequency[None], higher[..., 0], higher[..., 1])[0].prod(axis=0)
        )
        self.bins = np.arange(BINS, dtype=np.float64) * BIN
        self.at_bins = self.read(self.bins[None])[0]
        centre = np.array(table.bands) * (1.0 + 0.5 * (tract - 1.0))
        eye = np.eye(BANDS)
        self.spread = np.stack([np.interp(self.bins, centre, eye[i]) for i in range(BANDS)])
        self.wide = np.array(table.open_bandwidths[3:])
        self.hoarse = np.exp(LN * table.aspiration) * np.minimum(self.bins / 2500.0, 1.0)  # friction noise rises with frequency
        self.air = np.exp(LN * (np.array(table.air) @ self.spread))

    def read(self, frequency: F64) -> C128:
        """The fixed transfer at any frequencies up to Nyquist; 0 above."""
        place = np.minimum(frequency * (1.0 / GRID), len(self.transfer) - 2.0)
        i = place.astype(np.int64)
        u = place - i
        return np.asarray(self.transfer[i] * (1.0 - u) + self.transfer[i + 1] * u)


@lru_cache(maxsize=64)
def _fixed(voice: str, tract: float, brightness: float) -> Fixed:
    from .asset import load

    return Fixed(load(voice), tract, brightness)


def response(frequency: F64, states: F64, wide: F64) -> C128:
    """The moving part of the tract at f64[T, F] Hz: five formants, nasal and side pole and zero, loss."""
    centre, width = np.empty((2, len(states), 9))  # five formants, nasal and side pole, nasal and side zero
    centre[:, :5], centre[:, 5], centre[:, 6], centre[:, 7:] = (
        states[:, F1 : F1 + 5], NASAL_POLE, states[:, F1 + 9], states[:, F1 + 8 : F1 + 11 : 2],
    )  # fmt: skip
    width[:, :3], width[:, 3:5], width[:, 5::2] = states[:, B1 : B1 + 3], wide, 100.0
    width[:, 6::2] = 0.25 * centre[:, 6::2]
    modes = inverse_modes(frequency, centre, width)
    out = modes[:, 7] * modes[:, 8]
    out *= shelf(frequency, states[:, F1 + 11])
    out /= modes[:, :7].prod(axis=1)
    return out


def spectrum(states: F64, style: VoiceStyle, table: FormantTable, partials: int) -> tuple[C128, F64]:
    """See `components.voice.Voice.spectrum`; noise bands are BINS oscillators 120 Hz apart, amplitudes are peak values."""
    fixed = _fixed(table.name, style.tract, style.brightness)
    pitch = np.exp2(states[:, 0] / 12.0)
    frequency = np.empty((len(states), partials + BINS))
    tones = np.minimum(pitch[:, None] * np.arange(1.0, partials + 1.0), 0.5 * RATE, out=frequency[:, :partials])
    frequency[:, partials:] = fixed.bins
    moving = response(frequency, states, fixed.wide)
    loud = np.exp(LN * states[:, 3])
    strength = 2.0 * np.exp(LN * table.gain) * loud * states[:, 1]
    voiced = source(states[:, 4], partials) * moving[:, :partials] * fixed.read(tones) * strength[:, None]
    breath = states[:, 2] + (0.03 + 0.2 * max(style.breathiness, 0.0)) * states[:, 1]
    aspired = np.abs(moving[:, partials:] * fixed.at_bins) * fixed.hoarse * breath[:, None]
    hissed = (
        np.exp(LN * (states[:, N1 : N1 + BANDS] @ fixed.spread)) * (states[:, N1 : N1 + BANDS].max(axis=1) > -100.0)[:, None]
    )
    open_air = np.minimum(states[:, 1] + states[:, 2], 1.0) * np.exp(-2.0 * LN * states[:, F1 + 11])
    hissed += fixed.air * open_air[:, None]
    hissed[:, 0] = hissed[:, -1] = 0.0
    noise = np.sqrt(2.0) * np.hypot(aspired, hissed) * loud[:, None]
    return voiced, noise
