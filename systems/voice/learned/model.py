"""The asset of a learned voice, assets/voices/NAME.voice: a network that expects, and a memory of how things were said.

Frames are kept at every second border as whole numbers of a step of their column, differences in time, packed by LZMA.
"""

import lzma
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from psi_ecs.codec import seal, unseal
from psi_ecs.error import SnapshotError
from psi_ecs.systems.kernels import framecode
from psi_ecs.systems.voice.asset import VoiceError

from .net import ScoreNet
from .recall import Memory

F32 = NDArray[np.float32]

MAGIC = b"psi-voice\x01"
EVERY = 2
"""Borders between frames that are kept."""
RATE = 240.0 / EVERY
"""Frames a second."""
LARGEST = 64 << 20
"""Bytes that packed frames may unpack to."""
_FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 6, "lc": 0, "lp": 0, "pb": 0}]


class Document(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A voice as it lies in a file."""

    name: str
    licence: str
    weights: dict[str, np.ndarray]
    """f16 each."""
    mean: np.ndarray
    """f32[D] of frames; likewise spread."""
    spread: np.ndarray
    duration: tuple[float, float]
    """Mean and standard deviation of the log of a phone's seconds."""
    pitch: float
    """Median of the speaker's voice, semitones re 1 Hz."""
    step: np.ndarray
    """f32[D]."""
    count: int
    """Frames T."""
    packed: bytes
    """int8[D, T], differences in time modulo 256."""
    phone: np.ndarray
    """u1[P]."""
    begin: np.ndarray
    """u4[P], first frame times 16."""
    length: np.ndarray
    """u2[P], frames times 16."""
    take: np.ndarray
    """u2[P]."""


class Model:
    """A voice that is ready to speak."""

    def __init__(self, document: Document) -> None:
        """Unpack; VoiceError in one line if something does not fit."""
        self.name, self.pitch, self.duration = document.name, document.pitch, document.duration
        self.mean, self.spread = document.mean, document.spread
        self.net = ScoreNet(document.weights)
        first = document.begin.astype(np.float64) / 16.0
        self.memory = Memory(
            unpack(document.packed, document.count, document.mean, document.step), document.phone.astype(np.int64), first,
            first + document.length / 16.0, document.take.astype(np.int64), document.mean, document.spread,
        )  # fmt: skip


def pack(frames: F32, mean: F32, step: F32) -> bytes:
    """Frames f32[T, D] as bytes, each column in whole steps f32[D] from its mean f32[D], at most 127 to either side."""
    whole = np.clip(np.rint((frames - mean) / step), -127, 127).astype(np.int8).T
    return lzma.compress(np.diff(whole, axis=1, prepend=np.int8(0)).tobytes(), lzma.FORMAT_RAW, filters=_FILTERS)


def unpack(packed: bytes, count: int, mean: F32, step: F32) -> F32:
    """The inverse of `pack`. VoiceError if the bytes are not that."""
    size = count * len(step)
    if not 0 < size <= LARGEST:
        raise VoiceError(f"{count} frames of {len(step)} columns cannot be")
    try:
        raw = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=_FILTERS).decompress(packed, size)
    except lzma.LZMAError as why:
        raise VoiceError(f"the frames are damaged: {why}") from why
    if len(raw) != size:
        raise VoiceError(f"the frames are cut short: {len(raw)} of {size} bytes")
    whole = np.cumsum(np.frombuffer(raw, np.int8).reshape(len(step), count), axis=1, dtype=np.int8)
    return np.ascontiguousarray(whole.T * step + mean, np.float32)


def encode(document: Document) -> bytes:
    """A voice as bytes."""
    return seal(MAGIC, document)


def decode(blob: bytes, name: str) -> Model:
    """A voice from bytes. VoiceError in one line that begins with `name` if they are damaged or something else."""
    try:
        document: Document = unseal(MAGIC, "a voice", blob, Document)
        if wrong := _wrong(document):
            raise VoiceError(wrong)
        return Model(document)
    except (SnapshotError, VoiceError) as why:
        raise VoiceError(f"{name}: {why}; train it again with psi voice train") from why


def _wrong(d: Document) -> str | None:
    """What cannot be, in words."""
    columns, phones = framecode.COLUMNS, len(d.phone)
    arrays: dict[str, tuple[Any, tuple[int, ...]]] = {
        "mean": (d.mean, (columns,)), "spread": (d.spread, (columns,)), "step": (d.step, (columns,)),
        "phone": (d.phone, (phones,)), "begin": (d.begin, (phones,)), "length": (d.length, (phones,)),
        "take": (d.take, (phones,)),
    }  # fmt: skip
    for field, (array, shape) in arrays.items():
        if array.shape != shape or not np.isfinite(array).all():
            return f"its {field} is {array.dtype}{list(array.shape)}, which does not fit"
    if not phones or int(d.phone.max()) >= 40 or float(d.spread.min()) <= 0.0:
        return "its memory is empty or its scale is not positive"
    if any(not np.isfinite(w).all() for w in d.weights.values()):
        return "its network holds what is no number"
    return None


def load(name: str) -> Model:
    """assets/voices/NAME.voice, or the file of a path that ends in .voice. VoiceError if there is none or it cannot be used."""
    source = Path(name) if name.endswith(".voice") else files("psi_ecs.assets") / "voices" / f"{name}.voice"
    try:
        return decode(source.read_bytes(), str(name))
    except OSError as why:
        reason = (why.strerror or str(why)).lower()
        raise VoiceError(f"{name}: {reason}; give a voice made by psi voice train, or use voice.asset = \"formant\"") from why
