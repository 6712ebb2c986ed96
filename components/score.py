"""The attractor score: the one plain structure that passes from language to dynamics, and that voice and face both read.

For every phone a few knots; at a knot each channel gets a target and a relaxation rate, and from there on its state
relaxes to the target along a critically damped mode, x'' + 2 r x' + r^2 (x - target) = 0 (Saltzman and Munhall 1989), so
any instant is a closed form. Samples count from the score's own sample 0, at 24 000 Hz.
"""

from typing import Any

import numpy as np
from msgspec import Struct
from msgspec import field as default
from numpy.typing import NDArray

from .regime import Regime, Stretch

RATE = 24_000
"""Audio samples a second."""


class Channel(Struct, frozen=True):
    """One dimension of the score. A hard channel is imposed after mixing and cannot be overridden by expression."""

    name: str
    group: str
    """source, tract or articulator."""
    unit: str
    low: float
    high: float
    rest: float
    """The value at rest (silence)."""
    hard: bool = False


SOURCE: tuple[Channel, ...] = (
    Channel("pitch", "source", "semitone re 1 Hz", 48.0, 120.0, 85.0),
    Channel("voicing", "source", "1", 0.0, 1.0, 0.0),
    Channel("breath", "source", "1", 0.0, 1.0, 0.0),
    Channel("loudness", "source", "dB re nominal", -60.0, 20.0, 0.0),
    Channel("rd", "source", "LF shape Rd (Fant 1995)", 0.3, 2.7, 1.0),
)
ARTICULATORS: tuple[Channel, ...] = (
    Channel("jaw", "articulator", "mm between the incisors, beyond rest", 0.0, 30.0, 0.0),
    Channel("lips", "articulator", "mm inner-lip gap, negative when pressed", -3.0, 30.0, 0.0, hard=True),
    Channel("rounding", "articulator", "1", 0.0, 1.0, 0.0),
    Channel("spread", "articulator", "1", 0.0, 1.0, 0.0),
    Channel("tuck", "articulator", "1, lower lip against the upper teeth", 0.0, 1.0, 0.0, hard=True),
    Channel("tongue_tip", "articulator", "1, 0 low to 1 at the ridge or between the teeth", 0.0, 1.0, 0.0),
    Channel("tongue_body", "articulator", "1, -1 back to 1 front", -1.0, 1.0, 0.0),
    Channel("velum", "articulator", "1, 0 closed to 1 open", 0.0, 1.0, 0.3),
)


class Span(Struct, frozen=True):
    """A word in time."""

    text: str
    """As spoken, with the punctuation that follows."""
    start: int
    """First sample."""
    end: int
    """One past the last sample."""
    char_start: int
    char_end: int


class Score(Struct, kw_only=True):
    """A planned sentence. Channel order is SOURCE, then the voice's tract channels, then ARTICULATORS."""

    channels: tuple[Channel, ...]
    phone: NDArray[Any]
    """i16[P], index into `components.phone.PHONES`."""
    start: NDArray[Any]
    """i64[P], first sample; phones are contiguous."""
    end: NDArray[Any]
    """i64[P], one past the last sample."""
    stress: NDArray[Any]
    """i8[P], 0, 1 or 2."""
    syllable: NDArray[Any]
    """i32[P], counted through the score; -1 for silence."""
    word: NDArray[Any]
    """i32[P], index into `words`; -1 for silence."""
    knot: NDArray[Any]
    """i64[K], sample of each knot, not falling; knot[0] == 0."""
    knot_phone: NDArray[Any]
    """i32[K], the phone that a knot belongs to."""
    target: NDArray[Any]
    """f64[K, C], attractor of each channel from this knot on, in the channel's unit."""
    rate: NDArray[Any]
    """f64[K, C], relaxation rate in 1/s, > 0; a channel covers 91 % of its way in 4/rate seconds."""
    words: list[Span]
    marks: list[tuple[str, int]]
    """Named places: (name, sample)."""
    length: int
    """Samples in the whole score, trailing pause included."""
    voice: str
    """Name of the voice asset that made it."""
    regimes: list[Stretch] = default(default_factory=list)
    """What is whispered, shouted, laughed and so on, in order of time."""

    def regime(self, sample: int) -> Regime | None:
        """The regime in force at a sample."""
        for s in self.regimes:
            if s.start <= sample < s.end:
                return s.regime
        return None

    def index(self, name: str) -> int:
        """Column of the channel `name`; KeyError if there is none."""
        for i, c in enumerate(self.channels):
            if c.name == name:
                return i
        raise KeyError(name)


def articulator_slice(score: Score) -> slice:
    """The columns of `score` that hold ARTICULATORS, in their order."""
    return slice(len(score.channels) - len(ARTICULATORS), len(score.channels))


SOURCE_SLICE = slice(0, len(SOURCE))
ARTICULATOR_REST: NDArray[np.float64] = np.array([c.rest for c in ARTICULATORS])
AT_REST = 14.0
"""Rate at which the articulators of a silent mouth go to rest, 1/s."""
