"""From the state of source and tract to the amplitudes of partials and noise oscillators, by the frame code."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.avatar import VoiceStyle
from psi_ecs.components.score import ARTICULATORS, RATE, SOURCE, Channel
from psi_ecs.systems.kernels import framecode

F64 = NDArray[np.float64]
C128 = NDArray[np.complex128]

TRACT: tuple[Channel, ...] = (
    Channel("c0", "tract", "ln amplitude per root Hz, warped cepstrum", -30.0, 8.0, -14.0),
    *(Channel(f"c{i}", "tract", "1, warped cepstrum", -8.0, 8.0, 0.0) for i in range(1, framecode.ORDER)),
    *(Channel(f"noise{i}", "tract", "1, share of noise in the voice", 0.0, 1.0, 1.0) for i in range(len(framecode.HERTZ))),
    *(Channel(f"turn{i}", "tract", "1, phase beside the minimum phase", -4.0, 4.0, float(i == 0))
      for i in range(2 * framecode.TURNS)),
    Channel("tonal", "tract", "1, voicing of the phone as it was learned, whatever is left of it", 0.0, 1.0, 0.0),
    Channel("tail", "tract", "1, partials below 1 kHz that a phone without voice keeps", 0.0, 1.0, 1.0),
)  # fmt: skip
CHANNELS: tuple[Channel, ...] = SOURCE + TRACT + ARTICULATORS
CODE = slice(len(SOURCE), len(SOURCE) + framecode.COLUMNS - 2)
TONAL, TAIL = CODE.stop, CODE.stop + 1

LN = np.log(10.0) / 20.0
GAIN = -7.0
"""dB: recordings are about as loud as can be, a voice needs room to shout; so it is as loud as the formant voice."""
TILT = 4.8
"""dB an octave above KNEE by which a voice is brighter whose rd is less by a factor e: the return of the folds, whose time
grows with rd (Fant 1995), sets the corner of the tilt. Of our choice, after the actors in `tools.voice.emotions`."""
KNEE = 500.0
LAX = 4.5
"""dB that one unit of rd takes off all partials but the first, of our choice: lax folds close more slowly, so that H1 - H2
rises (Fant 1997: by 11 dB a unit) and the voice is softer (Gobl & Ni Chasaide 1992)."""
ASPIRATION = 8.0
"""dB of a full breath beside a voice of the same envelope, from HISS on; below, it falls by RISE dB an octave: breath lacks the
tilt of the glottal pulse. Of our choice, by how well whispers are understood."""
HISS, RISE = 2500.0, 9.0
HUSKY = 0.25
"""Breath of a persona of breathiness 1."""
TAIL_AMPLITUDE = 0.05
"""Voicing that is taken for none: keeps what is left of a phone's voice finite."""


@cache
def _rises() -> tuple[F64, F64]:
    """Octaves above KNEE, and power of a full breath as a share of the envelope's, at the noise oscillators."""
    hertz = np.maximum(framecode.bins(), 1.0)
    share = np.exp(2.0 * LN * (ASPIRATION + RISE * np.minimum(np.log2(hertz / HISS), 0.0)))
    return np.maximum(np.log2(hertz / KNEE), 0.0), np.asarray(share, np.float64)


def spectrum(states: F64, style: VoiceStyle, partials: int) -> tuple[C128, F64]:
    """See `components.voice.Voice.spectrum`. A phone keeps its own noise whatever becomes of its voice: voicing over `tonal` is
    the share of its partials that is left, and breath is noise of the same envelope besides."""
    octaves, power = _rises()
    voicing, tonal = np.maximum(states[:, 1], 0.0), np.maximum(states[:, TONAL], 0.0)
    breath = np.maximum(states[:, 2], 0.0) + HUSKY * max(style.breathiness, 0.0) * voicing
    code = np.concatenate((states[:, :1], states[:, TONAL : TONAL + 1], states[:, CODE]), axis=1)
    tones, noise = framecode.decode(code, RATE, partials, style.tract, (breath * breath)[:, None] * power)
    loud = np.exp(LN * (states[:, 3:4] + GAIN))
    left = (voicing + TAIL_AMPLITUDE * states[:, TAIL]) / (tonal + TAIL_AMPLITUDE)
    tones *= loud * left[:, None]
    noise *= loud
    rd = states[:, 4:5]
    slope = style.brightness - TILT * np.log(np.maximum(rd, 0.3))
    if slope.any():
        pitch = np.exp2(states[:, :1] / 12.0)
        tones *= np.exp(LN * slope * np.maximum(np.log2(pitch * np.arange(1, partials + 1) / KNEE), 0.0))
        tones[:, 1:] *= np.exp(-LN * LAX * (rd - 1.0))
        noise *= np.exp(LN * slope * octaves)
    return tones, noise
