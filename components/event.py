"""What happens: events between systems and to and from the host. `avatar` is an entity id."""

from msgspec import Struct

from .text import Emotion


class Say(Struct, frozen=True, kw_only=True):
    """Say this text (plain, with inline tags, or SSML), after what the avatar is saying already."""

    avatar: int
    turn: int
    text: str
    emotion: Emotion | None = None


class Stop(Struct, frozen=True, kw_only=True):
    """Fall silent within a few milliseconds and drop what waits."""

    avatar: int


class Cue(Struct, frozen=True, kw_only=True):
    """A direction for the face: kind `expression` (name, strength, seconds), `gaze` (target), `nod`, `shake`, `tilt`,
    `wink`, `blink`."""

    avatar: int
    kind: str
    name: str = ""
    strength: float = 1.0
    seconds: float = 1.0
    target: tuple[float, float, float] | None = None


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
