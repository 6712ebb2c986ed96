"""Sound files of any kind, read by PyAV; the one place that knows the library."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from psi_ecs import AssetError
from psi_ecs.components.score import RATE

from .safe import OutputError

LONGEST = 120.0
"""Seconds of a recording that is analysed at most."""
SHORTEST = 0.05
SILENT = 1e-4
"""A sound whose largest sample is below this (-80 dB) is silence."""


def missing() -> str | None:
    """None if the library is there, else one line that says what to do."""
    return None if find_spec("av") else "the package av is missing; install it with pip install av"


def library(what: str) -> Any:
    """The module. OutputError in one line, beginning with `what`, if it cannot be loaded."""
    if why := missing():
        raise OutputError(f"{what}: {why}")
    try:
        import av
        import av.error
    except ImportError as broken:
        raise OutputError(f"{what}: the package av does not load ({broken}); install it again with pip install av") from broken
    return av


class Sound(NamedTuple):
    """What was read."""

    audio: NDArray[np.float64]
    """f64[N], full scale 1, at the rate that was asked for."""
    notes: tuple[str, ...]
    """What had to be changed, or is doubtful."""


def read_sound(path: Path, rate: int = RATE) -> Sound:
    """A WAV, FLAC, MP3, Ogg, … as one channel at `rate`.

    More channels are averaged and another rate is resampled, and `notes` say so. AssetError in one line if the file is
    missing, empty, damaged, silent, or longer than LONGEST.
    """
    audio, source, channels = decoded(path, rate, LONGEST)
    return Sound(audio, _look(path, audio, source, channels, rate))


def decoded(path: Path, rate: int | None = None, longest: float = np.inf) -> tuple[NDArray[np.float64], int, int]:
    """The first sound of a file: f64[n] mean of its channels, full scale 1, at `rate` (its own if None); its own rate in Hz;
    how many channels it has. AssetError in one line if there is none or it is longer than `longest` seconds."""
    if not path.is_file():
        raise AssetError(f"{path}: {'is no file' if path.exists() else 'no such file'}; give a sound file such as WAV or FLAC")
    if path.stat().st_size == 0:
        raise AssetError(f"{path}: is empty; give a sound file such as WAV or FLAC")
    av = library(f"{path}: cannot be read")
    try:
        with av.open(str(path)) as file:
            if not file.streams.audio:
                raise AssetError(f"{path}: holds no sound; give a sound file such as WAV or FLAC")
            stream = file.streams.audio[0]
            source, channels = int(stream.rate), int(stream.channels)
            return _all(av, file, rate or source, longest, path), source, channels
    except (av.error.FFmpegError, ValueError) as why:
        reason = " ".join(str(getattr(why, "strerror", None) or why).split()).lower()
        raise AssetError(f"{path}: holds no sound that can be read ({reason}); give a WAV or FLAC file") from why


def _all(av: Any, file: Any, rate: int, longest: float, path: Path) -> NDArray[np.float64]:
    """The first sound stream, one channel, resampled."""
    convert = av.AudioResampler(format="fltp", layout="mono", rate=rate)
    parts: list[NDArray[np.float32]] = []
    length = 0
    for frame in file.decode(audio=0):
        for out in convert.resample(frame):
            parts.append(out.to_ndarray()[0])
            length += len(parts[-1])
        if length > longest * rate:
            raise AssetError(f"{path}: is longer than {longest:.0f} s; cut it into pieces")
    parts += [out.to_ndarray()[0] for out in convert.resample(None)]
    return np.concatenate(parts or [np.zeros(0, np.float32)]).astype(np.float64)


def resampled(audio: NDArray[Any], rate: int, source: int = RATE) -> NDArray[np.float32]:
    """A sound f32[N] at `source` Hz as f32[N rate / source], rounded up, at `rate`, by FFmpeg's polyphase filter; the same
    array where the rates are equal. OutputError in one line if the library is not there."""
    audio = np.ascontiguousarray(audio, np.float32)
    if rate == source or not len(audio):
        return audio
    av = library(f"no sound at {rate} Hz")
    frame = av.AudioFrame.from_ndarray(audio[None], format="fltp", layout="mono")
    frame.sample_rate, frame.pts = source, 0
    convert = av.AudioResampler(format="fltp", layout="mono", rate=rate)
    out = np.concatenate([part.to_ndarray()[0] for given in (frame, None) for part in convert.resample(given)])
    size = -(-len(audio) * rate // source)
    return np.asarray(np.pad(out, (0, max(0, size - len(out))))[:size], np.float32)


def _look(path: Path, audio: NDArray[np.float64], source: int, channels: int, rate: int) -> tuple[str, ...]:
    """What is to be said of a sound. AssetError if it is of no use."""
    if len(audio) < SHORTEST * rate:
        raise AssetError(f"{path}: holds {len(audio) / rate:.3f} s of sound; at least {SHORTEST:g} s are needed")
    if not np.isfinite(audio).all():
        raise AssetError(f"{path}: holds samples that are no numbers; export it again")
    top = float(np.abs(audio).max())
    if top < SILENT:
        raise AssetError(f"{path}: is silent; give a recording in which somebody speaks")
    notes = []
    if channels > 1:
        notes.append(f"{channels} channels were averaged")
    if source != rate:
        notes.append(f"resampled from {source} to {rate} Hz")
    clipped = int((np.abs(audio) >= 0.999 * max(top, 1.0)).sum())
    if clipped > 8:
        notes.append(f"{clipped} samples are clipped; record it again at a lower level")
    return tuple(notes)
