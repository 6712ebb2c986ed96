"""A line of text with its markup taken out: what inline tags and SSML become before anything is said."""

from bisect import bisect_right

from msgspec import Struct, field

from psi_ecs.components.regime import Regime
from psi_ecs.components.text import Emotion, Prosody


class Style(Struct, frozen=True):
    """How a stretch of text is to be spoken."""

    prosody: Prosody = Prosody()
    emotion: Emotion | None = None
    """None lets the text itself decide."""
    accent: float | None = None
    """Pitch accent asked for by emphasis; None lets the rules decide."""
    regime: Regime | None = None
    like: str = ""
    """As in `components.text.Word`."""


class Override(Struct, frozen=True):
    """A stretch [start, end) of the text whose words markup has settled."""

    start: int
    end: int
    kind: str
    """`sub` (said instead), `phones` (symbols), `role` (sense of a heteronym), or `say-as` (an interpretation), or `sound`
    (a regime alone)."""
    value: str
    detail: str = ""
    """Format of `say-as`."""
    regime: Regime | None = None


class Point(Struct, frozen=True):
    """A place between characters: a pause in seconds, a named mark, a tag to remember the line by, or a forced end of
    sentence."""

    at: int
    pause: float | None = None
    mark: str | None = None
    boundary: bool = False
    tag: str | None = None


class Document(Struct, kw_only=True):
    """Plain text with everything that markup said about it, in order of place."""

    text: str
    folded: str = ""
    """The text in the form the rules know, of equal length."""
    starts: list[int] = field(default_factory=lambda: [0])
    """Where each style begins."""
    styles: list[Style] = field(default_factory=lambda: [Style()])
    overrides: list[Override] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What was dropped, one clear line each."""
    language: str = "en"

    def style(self, at: int) -> Style:
        """The style at a character."""
        return self.styles[max(bisect_right(self.starts, at) - 1, 0)]
