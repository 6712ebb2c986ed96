"""From a recording to the tracks of its oscillators, and back."""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.score import RATE
from psi_ecs.systems.formats.track import SPAN, Track
from psi_ecs.systems.kernels.closure import lock
from psi_ecs.systems.kernels.harmonics import synthesise, tracks
from psi_ecs.systems.kernels.pitch import pitch as find_pitch

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]


def analyse(audio: F64) -> Track:
    """The tracks of a recording f64[N] at RATE."""
    hertz, voiced = find_pitch(audio, RATE, SPAN)
    padded = np.pad(audio, (0, (len(hertz) - 1) * SPAN - len(audio)))
    hertz, start, sign = lock(padded, hertz, voiced, SPAN, RATE)
    tones = tracks(padded, hertz, SPAN, RATE, start)
    return Track(samples=len(audio), start=start, sign=sign, pitch=hertz, voiced=voiced, tones=tones)


def replay(track: Track) -> F32:
    """What the bank makes of tracks, f32[N]."""
    return synthesise(track.tones, track.pitch, SPAN, RATE, track.start)[: track.samples]


def summary(track: Track, audio: F64, size: int) -> str:
    """One line: length, voice, pitch, how well the bank gives the recording back, and what the file takes (`size` bytes)."""
    seconds = track.samples / RATE
    left = audio - replay(track)
    ratio = 10.0 * np.log10(float((audio**2).sum()) / max(float((left**2).sum()), 1e-20))
    voice = f"voice {100.0 * track.voiced.mean():.0f} %"
    if track.voiced.any():
        voice += f" at {np.median(track.pitch[track.voiced]):.0f} Hz"
    return f"{seconds:.2f} s, {voice}, replay {ratio:.1f} dB above what is left, {0.008 * size / seconds:.0f} kbit/s"
