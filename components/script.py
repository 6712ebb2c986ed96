"""A scene on its way: what is to be said and shown, and how far it has come."""

from msgspec import Struct
from msgspec import field as default

from .event import Cue
from .text import Emotion


class ScriptLine(Struct, kw_only=True, frozen=True):
    """One line of a scene, its speaker resolved."""

    avatar: int
    """Entity id."""
    text: str
    quote: str = ""
    """What is quoted instead."""
    tags: tuple[str, ...] = ()
    emotion: Emotion | None = None
    pause: float = 0.35
    """Seconds after the previous line's end, negative overlaps."""
    at: float | None = None
    """Scene seconds instead."""


class ScriptCue(Struct, kw_only=True, frozen=True):
    """One direction of a scene: at scene second `at`, or that long after line `line` (from 0) began."""

    cue: Cue
    at: float = 0.0
    line: int | None = None


class Script(Struct, kw_only=True):
    """Resource: the scene being played. A line's index is its turn; samples are absolute."""

    lines: list[ScriptLine] = default(default_factory=list)
    cues: list[ScriptCue] = default(default_factory=list)
    tail: float = 1.0
    """Seconds that the scene goes on after its last line."""
    started: list[int] = default(default_factory=list)
    """Sample at which each line so far was given to its speaker."""
    ended: dict[int, int] = default(default_factory=dict)
    """Line -> sample at which it ends, known once its last sentence is planned."""
    shown: list[int] = default(default_factory=list)
    """Cues given so far, by index."""
    spots: dict[int, tuple[float, float, float]] = default(default_factory=dict)
    """Avatar -> the point, in metres, that others look at to face it; empty where each looks at the same thing throughout."""
    spoke: int = -1
    """Avatar that began to speak last."""
    done: bool = False
