"""From the state of source and tract to the amplitudes of partials and noise oscillators, by the frame code."""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.avatar import VoiceStyle
from psi_ecs.components.score import RATE, SOURCE
from psi_ecs.systems.kernels import framecode

F64 = NDArray[np.float64]
C128 = NDArray[np.complex128]

LN = np.log(10.0) / 20.0
TILT = 4.0
"""dB an octave above KNEE that one unit of rd below 1 adds: of our choice, after the tilts of Fant (1995)."""
KNEE = 500.0
TRACT = slice(len(SOURCE), len(SOURCE) + framecode.COLUMNS - 2)


def spectrum(states: F64, style: VoiceStyle, partials: int) -> tuple[C128, F64]:
    """See `components.voice.Voice.spectrum`."""
    code = np.concatenate((states[:, :2], states[:, TRACT]), axis=1)
    tones, noise = framecode.decode(code, RATE, partials, style.tract)
    loud = np.exp(LN * states[:, 3])[:, None]
    pitch = np.exp2(states[:, :1] / 12.0)
    slope = TILT * (1.0 - states[:, 4:5]) + style.brightness
    bins = np.arange(framecode.BINS) * framecode.BIN
    tones *= loud * np.exp(LN * slope * np.maximum(np.log2(pitch * np.arange(1, partials + 1) / KNEE), 0.0))
    noise *= loud * np.exp(LN * slope * np.maximum(np.log2(np.maximum(bins, 1.0) / KNEE), 0.0))
    return tones, noise
