"""The asset of a learned voice, assets/voices/NAME.voice: a network that expects, and how widely the speaker really moves."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from psi_ecs.codec import seal, unseal
from psi_ecs.components.phone import PHONES
from psi_ecs.error import SnapshotError
from psi_ecs.systems.kernels import envelope, framecode
from psi_ecs.systems.voice.asset import VoiceError

from .context import Context
from .net import ScoreNet

F32 = NDArray[np.float32]

MAGIC = b"psi-voice\x02"
COARSE = 4
"""Of the places of an envelope, every so many are enough to tell how loud it is."""


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
    centre: np.ndarray
    """f32[2, D], normalised: mean of what the network expects where there is no voice, and where there is one."""
    gain: np.ndarray
    """f32[2, D]: how much wider than that the speaker moves."""
    level: np.ndarray
    """f32[phones], ln amplitude: how much louder than that the speaker says each."""
    ceiling: np.ndarray
    """f32[phones], ln amplitude (`log_amplitude`) above which the speaker never says it."""


class Model:
    """A voice that is ready to speak."""

    def __init__(self, document: Document) -> None:
        """From a document that fits."""
        self.name, self.pitch, self._duration = document.name, document.pitch, document.duration
        self._mean, self._spread = document.mean, document.spread
        self._centre, self._gain, self._level = document.centre, document.gain, document.level
        self._ceiling = document.ceiling
        self.net = ScoreNet(document.weights)

    def seconds(self, hidden: F32) -> NDArray[np.float64]:
        """How long each phone is expected to last, f64[P]."""
        return np.exp(self.net.durations(hidden).astype(np.float64) * self._duration[1] + self._duration[0])

    def frames(self, phone: NDArray[np.int64], hidden: F32, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Frame code f64[P, KNOTS, D] of phones i64[P] that last so long f64[P]; the first and the last are pauses."""
        duration = ((np.log(np.maximum(seconds, 0.01)) - self._duration[0]) / self._duration[1]).astype(np.float32)
        duration[[0, -1]] = 0.0
        out = widened(self.net.frames(hidden, duration), self._centre, self._gain, self._mean, self._spread)
        level = framecode.ENVELOPE.start
        out[..., level] += self._level[phone][:, None]
        out[..., level] -= np.maximum(log_amplitude(out) - self._ceiling[phone][:, None], 0.0)
        return out

    def hidden(self, context: Context) -> F32:
        """f32[P, H]: what the network makes of phones in context."""
        return self.net.encode(context)


def widened(x: F32, centre: F32, gain: F32, mean: F32, spread: F32) -> NDArray[np.float64]:
    """Frame code f64[..., D] of normalised frames f32[..., D], spread about their centre f32[2, D] by a gain f32[2, D]: what is
    expected is a mean over all the ways to say it, and moves too little (see `tools.voice.match`)."""
    column = framecode.VOICE
    voice = np.clip(x[..., column] * spread[column] + mean[column], 0.0, 1.0)[..., None]
    mute, voiced = (centre[i] + (x - centre[i]) * gain[i] for i in (0, 1))
    return np.asarray((voice * voiced + (1.0 - voice) * mute) * spread + mean, np.float64)


def log_amplitude(code: NDArray[np.floating]) -> NDArray[np.float64]:
    """How loud frames [..., D] are, as ln amplitude: half the log of the envelope's power over all frequencies, which the bent
    axis stretches."""
    width = np.gradient(envelope.places()[::COARSE])
    cosines = envelope.cosines(framecode.ORDER)[:, ::COARSE]
    level = code[..., framecode.ENVELOPE].astype(np.float64) @ cosines
    return np.asarray(0.5 * np.log(np.exp(2.0 * level) @ width), np.float64)


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
    columns = framecode.COLUMNS
    arrays: dict[str, tuple[Any, tuple[int, ...]]] = {
        "mean": (d.mean, (columns,)), "spread": (d.spread, (columns,)),
        "centre": (d.centre, (2, columns)), "gain": (d.gain, (2, columns)), "level": (d.level, (len(PHONES),)),
        "ceiling": (d.ceiling, (len(PHONES),)),
    }  # fmt: skip
    for field, (array, shape) in arrays.items():
        if array.shape != shape or not np.isfinite(array).all():
            return f"its {field} is {array.dtype}{list(array.shape)}, which does not fit"
    if float(d.spread.min()) <= 0.0 or float(d.gain.min()) < 0.0:
        return "its scale is not positive"
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
