"""WAV files (RIFF, 16-bit PCM), written as the sound comes."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.score import RATE

from .safe import Part, write_file


def header(samples: int, rate: int = RATE) -> bytes:
    """The 44 bytes before `samples` mono 16-bit samples."""
    size = 2 * samples
    fmt = struct.pack("<IHHIIHH", 16, 1, 1, rate, 2 * rate, 2, 16)
    return b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt " + fmt + b"data" + struct.pack("<I", size)


def pcm(audio: NDArray[Any]) -> bytes:
    """f32 full-scale samples as 16-bit PCM, rounded, clipped."""
    return np.clip(np.rint(np.asarray(audio, np.float64) * 32767.0), -32768, 32767).astype("<i2").tobytes()


class WavWriter:
    """A WAV file that grows; it has its name only once it is whole."""

    def __init__(self, path: Path) -> None:
        """Begin a file at `path`. OutputError if it cannot be written."""
        self._part = Part(path)
        self._samples = 0
        self._part.write(header(0))

    def write(self, audio: NDArray[Any]) -> None:
        """Add samples f32[n]."""
        self._samples += len(audio)
        self._part.write(pcm(audio))

    def close(self) -> None:
        """Finish the file."""
        self._part.write(header(self._samples), at=0)
        self._part.done()

    def abandon(self) -> None:
        """Remove what was written."""
        self._part.remove()


def write_wav(path: Path, audio: NDArray[Any]) -> None:
    """A whole sound at once."""
    write_file(path, header(len(audio)) + pcm(audio))
