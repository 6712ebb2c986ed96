"""What happens: events between systems and to and from the host. `avatar` is an entity id."""

from msgspec import Struct

from .pattern import Pattern
from .text import Emotion


class Say(Struct, frozen=True, kw_only=True):
    """Say this text (plain, with inline tags, or SSML), after what the avatar is saying already."""

    avatar: int
    turn: int
    text: str
    emotion: Emotion | None = None
    tags: tuple[str, ...] = ()
    """Under which it is remembered."""


class Quote(Struct, frozen=True, kw_only=True):
    """Show a moment of the past again, sound and face, once the avatar has finished what it says; a `Stop` ends it."""

    avatar: int
    turn: int
    what: str
    """As in `[like ...]`."""


class Go(Struct, frozen=True, kw_only=True):
    """Let an avatar's mood travel to another, as FEELINGS, in so many seconds."""

    avatar: int
    feeling: tuple[float, ...]
    seconds: float


class Stop(Struct, frozen=True, kw_only=True):
    """Fall silent within a few milliseconds and drop what waits."""

    avatar: int


class Cue(Struct, frozen=True, kw_only=True):
    """A direction for the face: kind `expression` (name, strength, seconds), `micro` (likewise, a burst of 0.04 to 0.2 s),
    `gaze` (target), `nod`, `shake`, `tilt`, `wink`, `blink`, `listen`, `read`, `think` (seconds); or for the field: `recall`,
    as `Recall` with the pattern `name` of `Patterns`."""

    avatar: int
    kind: str
    name: str = ""
    strength: float = 1.0
    seconds: float = 1.0
    target: tuple[float, float, float] | None = None
    scored: bool = False
    """It follows from the score that is spoken, and comes again when that does."""


class Spoken(Struct, frozen=True, kw_only=True):
    """A thing reached in speech: kind `turn-start`, `turn-end`, `sentence`, `word`, `phone` or `mark`; text is its name."""

    avatar: int
    turn: int
    kind: str
    text: str
    start: int
    """Absolute sample."""
    end: int
    """Absolute sample, one past."""
    char_start: int = 0
    char_end: int = 0


class Drive(Struct, frozen=True, kw_only=True):
    """Turn a knob of an avatar's field while it runs. What is None stays; a role is named as in `Role`, small letters."""

    avatar: int
    role: str
    freq: float | None = None
    """Intrinsic frequency, Hz."""
    amp: float | None = None
    """Amplitude to settle to."""
    theta: float | None = None
    """Phase to jump to, cycles."""
    kick: float = 0.0
    """Transient: multiplies the amplitude now, which then settles back; 0 leaves it."""
    push: float = 0.0
    """Transient: turns the phase on by that many cycles now; couplings then bring it back."""
    by: str | None = None
    """With `gain` or `lag`: the coupling by which this role is pulled by that one."""
    gain: float | None = None
    """rad/s."""
    lag: float | None = None
    """Cycles."""
    ratio: tuple[int, int] = (1, 1)
    """Of a coupling that the asset has not: n cycles of `by` go with m of this role."""


class Recall(Struct, frozen=True, kw_only=True):
    """Draw an avatar's field to a pattern for some seconds; put it there at once if they are 0."""

    avatar: int
    pattern: Pattern
    strength: float = 1.0
    """0 to 1."""
    seconds: float = 0.0


class Learn(Struct, frozen=True, kw_only=True):
    """Let couplings of an avatar's field form from now on; what formed before stays."""

    avatar: int
    most: float
    """rad/s of the strongest that can form; 0 ends it."""


class Pose(Struct, frozen=True, kw_only=True):
    """Drive channels of a face from outside, from now on."""

    avatar: int
    channels: dict[str, float]
    """Names of `components.face.FACE`: weights in [0, 1], turns in radians."""
    owner: str = "host"
    priority: int = 0
    seconds: float = 0.2
    """In which they are taken over."""


class Unpose(Struct, frozen=True, kw_only=True):
    """Hand channels back."""

    avatar: int
    channels: tuple[str, ...] = ()
    """All of the owner's when empty."""
    owner: str = "host"
    seconds: float = 0.4
    """In which they go back to the face's own life."""
