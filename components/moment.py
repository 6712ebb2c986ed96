"""A moment of an avatar: the state that its body was in when it began to speak, and all that came in until it had spoken. Sound
and face follow from them again, bit for bit."""

from typing import Any

from msgspec import Struct
from msgspec import field as default
from numpy.typing import NDArray

from .avatar import Persona
from .event import Cue, Drive, Go, Learn, Pose, Quote, Recall, Spoken, Stop, Unpose
from .expression import Expression
from .life import Claims
from .memory import Travel
from .oscillator import Plastic
from .pattern import Recalled
from .text import Sentence
from .voice import Larynx


class Turned(Struct, frozen=True, omit_defaults=True):
    """What was set directly: where it looked from now on, and how far jaw and lips go."""

    target: tuple[float, float, float]
    strength: float
    effort: tuple[float, float]


class Stirred(Struct, frozen=True, array_like=True):
    """What concepts do from now on: expressions raised, by place, and gains of oscillators, by role."""

    raised: tuple[tuple[int, float], ...] | None = None
    """None for no change."""
    pump: tuple[tuple[int, float], ...] | None = None


class Inputs(Struct, kw_only=True, omit_defaults=True):
    """What came from outside, each with its tick."""

    cues: list[tuple[int, Cue]] = default(default_factory=list)
    heard: list[tuple[int, Spoken]] = default(default_factory=list)
    """What others reached in speech."""
    stops: list[tuple[int, Stop]] = default(default_factory=list)
    drives: list[tuple[int, Drive]] = default(default_factory=list)
    recalls: list[tuple[int, Recall]] = default(default_factory=list)
    learns: list[tuple[int, Learn]] = default(default_factory=list)
    poses: list[tuple[int, Pose]] = default(default_factory=list)
    unposes: list[tuple[int, Unpose]] = default(default_factory=list)
    goes: list[tuple[int, Go]] = default(default_factory=list)
    stirred: list[tuple[int, Stirred]] = default(default_factory=list)
    turned: list[tuple[int, Turned]] = default(default_factory=list)


class Moment(Struct, kw_only=True, omit_defaults=True):
    """Everything that sound and face of one turn follow from. What it takes from assets (head, voice, field, grammar) is not in
    it; `Entry.digest` tells whether they still give the same."""

    layout: str
    """Of `body`: the digest of what columns it holds."""
    persona: Persona
    seed: int
    index: int
    """The avatar's number, which its noise hangs on."""
    tick: int
    """At whose start the body was so."""
    ticks: int = 0
    turn: int = 0
    off: list[str] = default(default_factory=list)
    """As in `components.switch.Switches`."""
    body: bytes
    """The avatar's columns and oscillators, one after the other."""
    begin: tuple[NDArray[Any], NDArray[Any]]
    """State and velocity f64[C] that the score begins with."""
    larynx: Larynx | None = None
    claims: Claims | None = None
    recalled: Recalled | None = None
    travel: Travel | None = None
    plastic: Plastic | None = None
    changed: dict[str, tuple[float | None, float | None]] = default(default_factory=dict)
    """Couplings as in `components.oscillator.Tuning`, for avatar 0; likewise `added`."""
    added: dict[str, tuple[float, float, int, int]] = default(default_factory=dict)
    own: dict[str, Expression] = default(default_factory=dict)
    """Expressions beside the package's."""
    sentences: list[Sentence] = default(default_factory=list)
    inputs: Inputs = default(default_factory=Inputs)


class Recording(Struct, kw_only=True):
    """Sparse component of an avatar whose turn is being kept: the moment so far, and what came of it."""

    moment: Moment
    score_start: int = -1
    """Absolute sample of the score noted last."""
    turned: Turned
    raised: bytes = b""
    """What concepts did last: `Life.raised`, and `Oscillator.pump` by role."""
    pump: bytes = b""
    chain: bytes = b""
    """BLAKE2b over sound and face so far."""
    tape: list[NDArray[Any]] = default(default_factory=list)
    """f32[TAPE] a tick: see `systems.memory.style`."""


class Kept(Struct, kw_only=True):
    """Event: a turn is over and was kept."""

    avatar: int
    recording: Recording


class Quotes(Struct, kw_only=True):
    """Sparse component of an avatar that is to quote: what was asked for and waits."""

    asked: list[Quote] = default(default_factory=list)


class Quoting(Struct, kw_only=True):
    """Sparse component of an avatar that shows a moment of its past instead of what it does now."""

    moment: Moment
    turn: int
    """Of the quote."""
    start: int
    """Tick of its first exact frame; before it the face goes there, and after it back."""
    entry: int = 0
    """Id of what is quoted."""
    digest: bytes = b""
    """As in `Entry`; and of what was shown so far."""
    chain: bytes = b""
