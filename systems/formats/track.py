"""Track files: a voice as oscillators, border by border, whole or squeezed into few bytes."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from psi_ecs import AssetError
from psi_ecs.codec import seal, unseal
from psi_ecs.components.score import RATE
from psi_ecs.error import SnapshotError

F64 = NDArray[np.float64]
C128 = NDArray[np.complex128]

MAGIC = b"psi-track\x01"
"""What a file begins with: a name, and the number of the format."""
SQUEEZED = b"psi-squeezed\x01"
"""What a compact file begins with."""
SPAN = 100
"""Samples between borders: those of the engine's control rate."""
SCALE = 1024.0
"""Amplitudes are kept as half-precision numbers times this: right to 2^-11 of each down to -144 dB."""
LONGEST, MOST = 30_000, 191
"""Borders, partials."""


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """The tracks of an utterance at T borders SPAN samples apart, the first at sample 0, RATE samples a second."""

    samples: int
    """Length of the sound."""
    start: float
    """Phase at sample 0, cycles."""
    sign: int
    """+1, or -1 if the recording was upside down."""
    pitch: F64
    """f64[T], Hz; straight between borders. Its integral is the glottal phase, whole at each closure."""
    voiced: NDArray[np.bool_]
    """bool[T]."""
    tones: C128
    """complex128[T, K]: amplitude and phase of partial k = 1..K relative to k times the glottal phase."""


class Squeezed(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A compact track: what `kernels.squeeze` makes of a recording."""

    samples: int
    body: bytes


class Document(msgspec.Struct, forbid_unknown_fields=True):
    """A track as it lies in a file."""

    rate: int
    span: int
    samples: int
    start: float
    sign: int
    pitch: np.ndarray
    voiced: np.ndarray
    tones: np.ndarray
    """f16[T, K, 2] real and imaginary parts times SCALE."""


def encode(track: Track) -> bytes:
    """A track as bytes. Pitch is rounded to float32, amplitudes to half precision."""
    parts = np.stack((track.tones.real, track.tones.imag), axis=2) * SCALE
    return seal(
        MAGIC,
        Document(
            rate=RATE, span=SPAN, samples=track.samples, start=track.start, sign=track.sign,
            pitch=track.pitch.astype("<f4"), voiced=np.packbits(track.voiced), tones=parts.clip(-6e4, 6e4).astype("<f2"),
        ),
    )  # fmt: skip


def decode(blob: bytes, name: str) -> Track:
    """The inverse of `encode`. AssetError in one line that begins with `name` if the bytes are damaged or something else."""
    try:
        found: Document = unseal(MAGIC, "a track", blob, Document)
    except SnapshotError as why:
        raise AssetError(f"{name}: {why}; make it again with psi voice analyse") from why
    if wrong := _wrong(found):
        raise AssetError(f"{name}: {wrong}; make it again with psi voice analyse")
    parts = found.tones.astype(np.float64) / SCALE
    return Track(
        samples=found.samples, start=found.start, sign=found.sign, pitch=found.pitch.astype(np.float64),
        voiced=np.unpackbits(found.voiced, count=len(found.pitch)).astype(bool), tones=parts[..., 0] + 1j * parts[..., 1],
    )  # fmt: skip


def _wrong(found: Document) -> str | None:
    """What cannot be, in words."""
    if (found.rate, found.span) != (RATE, SPAN):
        return f"holds borders {found.span} samples apart at {found.rate} Hz; {SPAN} at {RATE} are needed"
    frames = len(found.pitch) if found.pitch.ndim == 1 else 0
    shapes: dict[str, tuple[Any, str, tuple[int, ...]]] = {
        "pitch": (found.pitch, "<f4", (frames,)),
        "voiced": (found.voiced, "|u1", (-(-frames // 8),)),
        "tones": (found.tones, "<f2", (frames, found.tones.shape[1] if found.tones.ndim == 3 else 0, 2)),
    }
    for field, (array, kind, shape) in shapes.items():
        if array.dtype.str != kind or array.shape != shape:
            return f"its {field} are {array.dtype}{list(array.shape)}, which cannot be"
        if not np.isfinite(array).all():
            return f"its {field} hold what is no number"
    if not 2 <= frames <= LONGEST or not 1 <= found.tones.shape[1] <= MOST:
        return f"it has {frames} borders and {found.tones.shape[1]} partials, which cannot be"
    if not (frames - 2) * SPAN < found.samples <= (frames - 1) * SPAN:
        return f"{found.samples} samples do not fit {frames} borders"
    if not (found.pitch.min() >= 30.0 and found.pitch.max() <= 1000.0):
        return "its pitch leaves 30 to 1000 Hz"
    if not (np.isfinite(found.start) and found.sign in (-1, 1)):
        return "its phase at the start or its sign cannot be"
    return None


def encode_squeezed(squeezed: Squeezed) -> bytes:
    """A compact track as bytes."""
    return seal(SQUEEZED, squeezed)


def decode_any(blob: bytes, name: str) -> Track | Squeezed:
    """A track of either kind. AssetError in one line that begins with `name` if the bytes are damaged or something else."""
    if blob[: len(SQUEEZED) - 1] != SQUEEZED[:-1]:
        return decode(blob, name)
    try:
        found: Squeezed = unseal(SQUEEZED, "a compact track", blob, Squeezed)
    except SnapshotError as why:
        raise AssetError(f"{name}: {why}; make it again with psi voice analyse --compact") from why
    if not 0 < found.samples <= LONGEST * SPAN:
        raise AssetError(f"{name}: {found.samples} samples cannot be; make it again with psi voice analyse --compact")
    return found


def read_any(path: Path) -> Track | Squeezed:
    """A track of either kind from a file. AssetError in one line if there is none, or it is damaged."""
    try:
        blob = path.read_bytes()
    except OSError as why:
        raise AssetError(f"{path}: {(why.strerror or str(why)).lower()}; give a track made by psi voice analyse") from why
    return decode_any(blob, str(path))
