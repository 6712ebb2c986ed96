"""From a recording to the tracks of its oscillators, and back."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from psi_ecs import AssetError
from psi_ecs.backend import BackendError
from psi_ecs.components.score import RATE
from psi_ecs.systems.formats.track import SPAN, Squeezed, Track, read_any
from psi_ecs.systems.kernels import framecode
from psi_ecs.systems.kernels.closure import lock
from psi_ecs.systems.kernels.harmonics import synthesise, tracks
from psi_ecs.systems.kernels.pitch import pitch as find_pitch
from psi_ecs.systems.kernels.squeeze import squeeze, unsqueeze

COMPACT = 24_000.0
"""Bits a second of a compact track, its file counted whole."""
HEAD = 60
"""Bytes that a file has besides."""
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


def code(track: Track) -> F64:
    """The frame code f64[T, framecode.COLUMNS] of a track."""
    return framecode.encode(track.pitch, track.voiced, track.tones * track.sign, RATE)


def copy(track: Track) -> F32:
    """What the bank makes of the frame code of a track, f32[N]."""
    return framecode.play(code(track), RATE, SPAN, track.start)[: track.samples] * np.float32(track.sign)


def compact(track: Track, bits: float = COMPACT) -> Squeezed:
    """A track in about this many bits a second of its sound."""
    sound = synthesise(track.tones, track.pitch, SPAN, RATE, track.start).astype(np.float64)[: track.samples]
    room = max(bits - 8.0 * HEAD * RATE / track.samples, 0.25 * bits)
    return Squeezed(track.samples, squeeze(sound, track.pitch, track.voiced, SPAN, RATE, room))


def expand(squeezed: Squeezed, name: str) -> Track:
    """The track of a compact one. AssetError in one line that begins with `name` if its bytes cannot be right."""
    try:
        sound, hertz, voiced = unsqueeze(squeezed.body, -(-squeezed.samples // SPAN) + 1, SPAN, RATE)
    except BackendError as why:
        raise AssetError(f"{name}: {why}; make it again with psi voice analyse --compact") from why
    count = -(-squeezed.samples // SPAN) + 1
    tones = tracks(sound, hertz, SPAN, RATE)[:count]
    return Track(samples=squeezed.samples, start=0.0, sign=1, pitch=hertz[:count], voiced=voiced[:count], tones=tones)


def load(path: Path) -> Track:
    """A track of either kind from a file. AssetError in one line if there is none, or it is damaged."""
    found = read_any(path)
    return expand(found, str(path)) if isinstance(found, Squeezed) else found


def summary(track: Track, audio: F64, size: int) -> str:
    """One line: length, voice, pitch, how well the bank gives the recording back, and what the file takes (`size` bytes)."""
    seconds = track.samples / RATE
    left = audio - replay(track)
    ratio = 10.0 * np.log10(float((audio**2).sum()) / max(float((left**2).sum()), 1e-20))
    voice = f"voice {100.0 * track.voiced.mean():.0f} %"
    if track.voiced.any():
        voice += f" at {np.median(track.pitch[track.voiced]):.0f} Hz"
    return f"{seconds:.2f} s, {voice}, replay {ratio:.1f} dB above what is left, {0.008 * size / seconds:.0f} kbit/s"
