"""WAV files (RIFF, 16-bit PCM), mono."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.score import RATE

from .safe import write_file


def header(samples: int, rate: int = RATE) -> bytes:
    """The 44 bytes before `samples` mono 16-bit samples."""
    size = 2 * samples
    fmt = struct.pack("<IHHIIHH", 16, 1, 1, rate, 2 * rate, 2, 16)
    return b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt " + fmt + b"data" + struct.pack("<I", size)


def pcm(audio: NDArray[Any]) -> bytes:
    """f32 full-scale samples as 16-bit PCM, rounded, clipped."""
    return np.clip(np.rint(np.asarray(audio, np.float64) * 32767.0), -32768, 32767).astype("<i2").tobytes()


def wav(audio: NDArray[Any], rate: int = RATE) -> bytes:
    """The file of a sound f32[N]."""
    return header(len(audio), rate) + pcm(audio)


def write_wav(path: Path, audio: NDArray[Any], rate: int = RATE) -> None:
    """A sound f32[N] as a file. OutputError in one line if it cannot be written."""
    write_file(path, wav(audio, rate))
