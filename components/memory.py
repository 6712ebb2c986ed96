"""ψ-memory: what is kept of a moment, how it is asked for, and what a memory does to what is said next.

An entry is one utterance, or another event worth keeping, with voice and face together: the state from which both follow again
exactly (`Moment`, sealed), what it was like as measured (`STYLE`), what it was said with (`Tone`), and what it was about.
"""

from typing import Annotated, Any

import numpy as np
from msgspec import Meta, Struct
from msgspec import field as default
from numpy.typing import NDArray

from .avatar import Habit
from .text import FEELINGS

VOICE_STYLE = (
    "pitch", "pitch_sd", "pitch_range", "rate", "pause", "loudness", "loudness_sd", "level", "tilt", "breath", "rd", "voicing",
    "roughness",
)  # fmt: skip
"""Measures of a voice: semitones re the persona's pitch (mean, standard deviation, 10th to 90th percentile), syllables a second
of speech, share of pauses, dB of effort (mean, standard deviation), dB of the sound, dB of tilt, and means of score
channels."""
FACE_STYLE = (
    "browInnerUp", "browDown", "browOuterUp", "cheekSquint", "cheekPuff", "eyeSquint", "eyeWide", "eyeBlink", "eyeLookDown",
    "jawOpen", "mouthSmile", "mouthFrown", "mouthDimple", "mouthStretch", "mouthPress", "mouthPucker", "mouthFunnel",
    "mouthRollLower", "mouthShrugUpper", "mouthShrugLower", "mouthUpperUp", "mouthLowerDown", "noseSneer", "headYaw",
    "headPitch", "headRoll", "headMotion",
)  # fmt: skip
"""Measures of a face: mean weights (left and right together), mean turns in radians, and rad/s of the head."""
STYLE = (*VOICE_STYLE, *FACE_STYLE)
"""The style embedding, name by name."""
MEANING = 50
"""Dimensions of the embedding of a text."""
KEY = 128
"""Dimensions of the key that entries are searched by: style, at unit length, in the first half; meaning, likewise, in the
second; the rest 0. So the inner product with a key of one half alone is the cosine of that half."""


class Tone(Struct, frozen=True, array_like=True):
    """What words are said with, relative to the persona: what a memory can ask of other words."""

    feeling: tuple[float, ...] = (0.0,) * len(FEELINGS)
    """As FEELINGS."""
    rate: float = 1.0
    pitch: float = 0.0
    span: float = 1.0
    volume: float = 0.0
    """As in `components.text.Prosody`."""
    regime: str = ""
    """Manner of most of the words (whisper, shout), or none."""
    strength: float = 1.0
    """Of the regime."""
    shown: tuple[tuple[str, float], ...] = ()
    """Expressions that were asked for meanwhile, and how strongly."""


class Entry(Struct, kw_only=True):
    """A memory at rest."""

    id: int = 0
    """Given by the store, rising with time; 0 before."""
    kind: str = "utterance"
    """utterance; event (what somebody else said, or whatever is noted); expression or intonation (a trademark, by its name)."""
    name: str = ""
    """Of a trademark, or given by whoever kept it."""
    time: float = 0.0
    """Seconds since 1970 (UTC)."""
    scene: str = ""
    turn: int = -1
    speaker: str = ""
    """Who said it."""
    people: tuple[str, ...] = ()
    """Who else was there, or is spoken of."""
    text: str = ""
    tags: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()
    """The most active ones, strongest first."""
    feeling: tuple[float, ...] = (0.0,) * len(FEELINGS)
    """What was felt, as FEELINGS."""
    valence: float = 0.0
    """The running mood of the conversation, -1 to 1."""
    tone: Tone = default(default_factory=Tone)
    style: NDArray[Any] = default(default_factory=lambda: np.zeros(len(STYLE), np.float32))
    """f32[STYLE]; stored as f16."""
    bands: NDArray[Any] = default(default_factory=lambda: np.zeros(10, np.float32))
    """f32[10]: centroid of psi in each of `components.oscillator.BANDS`, real and imaginary part; stored as f16."""
    key: NDArray[Any] = default(default_factory=lambda: np.zeros(KEY, np.float32))
    """f32[KEY]; stored as f16."""
    moment: bytes = b""
    """A sealed `Moment`; empty if it cannot be replayed."""
    digest: bytes = b""
    """16 bytes (BLAKE2b) of its sound and face, by which a replay is proven."""


Seconds = Annotated[float, Meta(ge=0.0)]


class Wish(Struct, frozen=True, kw_only=True):
    """What to recall: everything given must hold, except that `key` and `feeling` only order what is found."""

    ids: tuple[int, ...] = ()
    kind: str = ""
    name: str = ""
    tags: tuple[str, ...] = ()
    """All of them."""
    concepts: tuple[str, ...] = ()
    """Any of them."""
    person: str = ""
    """Speaker, or among `people`."""
    scene: str = ""
    text: str = ""
    """Contained in the text, whatever its case."""
    since: float | None = None
    until: float | None = None
    """Seconds since 1970."""
    feeling: tuple[float, ...] | None = None
    """Nearest in feeling first (cosine)."""
    key: NDArray[Any] | None = None
    """f32[KEY]: nearest first (inner product)."""
    limit: int = 10
    """Without key or feeling the latest come first."""


class Found(Struct, frozen=True):
    """An entry that was recalled, and why."""

    entry: Entry
    nearness: float
    """1 for the same, 0 for nothing in common; 1 where nothing was ordered."""
    reason: str
    """In plain words: "tag greeting; latest of 3"."""


class Mood(Struct, frozen=True, kw_only=True):
    """Sparse component of an avatar that has spoken: how the conversation feels so far."""

    feeling: tuple[float, ...] = (0.0,) * len(FEELINGS)
    """Running mean, as FEELINGS."""
    trend: float = 0.0
    """By how much its valence moved with the last turn."""


class Step(Struct, frozen=True, kw_only=True):
    """One word of praise or blame."""

    sign: int
    """1 or -1."""
    entry: int
    """Id of what it was about."""
    tone: Tone
    locks: tuple[float, ...]
    """How firmly each of `Core.lock` held then, 0 to 1."""


class Self(Struct, kw_only=True):
    """Sparse component of an avatar with a memory: who it has become, beside its persona. Kept in its file."""

    mood: Mood = default(default_factory=Mood)
    tone: Tone = default(default_factory=Tone)
    """Running mean over all it ever said."""
    steps: list[Step] = default(default_factory=list)
    """Feedback so far; what it does follows from the list alone, so that the last can be taken back."""
    habits: list[Habit] = default(default_factory=list)
    """Gestures of its own beside the persona's."""
    time: float = 0.0
    """Seconds since 1970 when it was kept last."""


class Travel(Struct, frozen=True, kw_only=True):
    """Sparse component of an avatar on its way from one mood to another."""

    begin: tuple[float, ...]
    """As FEELINGS."""
    end: tuple[float, ...]
    start: int
    """Absolute sample; likewise `until`."""
    until: int


class Remembered(Struct):
    """Sparse component of an avatar in a saved world: what it remembers that lies in no file."""

    entries: list[Entry]


class Bias(Struct, frozen=True, kw_only=True):
    """A tone that words to come are drawn to."""

    tone: Tone
    weight: float
    """0 leaves them as they are, 1 says them with this tone."""
    reason: str = ""


class Biases(Struct, kw_only=True):
    """Sparse component of an avatar: what draws what it says next, read when a sentence is planned."""

    standing: dict[str, Bias] = default(default_factory=dict)
    """By who set it: mood, topic, recall, feedback. They act in the order of their names."""
    called: dict[str, Bias] = default(default_factory=dict)
    """By the words of the text that ask for it ("earlier", "greeting"): acts on words within `[like ...]` alone."""
