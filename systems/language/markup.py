"""Inline tags in plain text: [excited] ... [/], [sad:0.6], [pause 0.5], [laugh], [slow], [loud], [emphasis], [mark name]."""

import re
from difflib import get_close_matches

from msgspec.structs import replace

from psi_ecs.components.text import Prosody

from .document import Document, Override, Point, Style
from .emotion import blended, feelings, named
from .wordlist import listed

SOUNDS = frozenset(listed("laugh chuckle giggle sigh breath gasp cough sniff cry groan yawn"))
"""Sounds that are not words: a short pause and a mark of that name, for whoever can act on it."""
SOUND_PAUSE = 0.4
MANNERS: dict[str, Prosody] = {
    "slow": Prosody(rate=0.8),
    "slower": Prosody(rate=0.65),
    "fast": Prosody(rate=1.25),
    "faster": Prosody(rate=1.5),
    "high": Prosody(pitch=3.0),
    "low": Prosody(pitch=-3.0),
    "loud": Prosody(volume=6.0),
    "shout": Prosody(volume=9.0, pitch=3.0, span=1.3),
    "soft": Prosody(volume=-6.0),
    "quiet": Prosody(volume=-6.0),
    "whisper": Prosody(volume=-12.0, rate=0.9, span=0.5),
    "monotone": Prosody(span=0.3),
    "lively": Prosody(span=1.5),
}
_TAG = re.compile(
    r"\\\[|\[(?P<close>/)?\s*(?P<name>[A-Za-z][\w-]*)?\s*(?::\s*(?P<share>\d*\.?\d+)|\s(?P<rest>[^\[\]\n]{1,40}))?\s*\]"
)
_TIME = re.compile(r"(\d*\.?\d+)\s*(ms|s)?$")


def merged(outer: Prosody, inner: Prosody) -> Prosody:
    """Prosody inside prosody: factors multiply, shifts add, all within their bounds."""
    return Prosody(
        rate=max(0.25, min(4.0, outer.rate * inner.rate)),
        pitch=max(-24.0, min(24.0, outer.pitch + inner.pitch)),
        span=max(0.0, min(3.0, outer.span * inner.span)),
        volume=max(-96.0, min(24.0, outer.volume + inner.volume)),
    )


class Builder:
    """Collects text, styles, overrides and points into a Document."""

    def __init__(self) -> None:
        """Nothing yet, in no particular style."""
        self._parts: list[str] = []
        self._length = 0
        self._stack: list[tuple[str, Style]] = [("", Style())]
        self.document = Document(text="")

    @property
    def at(self) -> int:
        """Characters so far."""
        return self._length

    @property
    def style(self) -> Style:
        """The style in force."""
        return self._stack[-1][1]

    def add(self, text: str) -> None:
        """Append spoken text."""
        self._parts.append(text)
        self._length += len(text)

    def push(self, name: str, style: Style) -> None:
        """Begin a style."""
        self._stack.append((name, style))
        self._mark_style()

    def pop(self, name: str | None = None) -> bool:
        """End the innermost style (of this name, with all inside it); False when none is open."""
        depth = next((i for i in range(len(self._stack) - 1, 0, -1) if name in (None, self._stack[i][0])), 0)
        if depth:
            del self._stack[depth:]
            self._mark_style()
        return depth > 0

    def _mark_style(self) -> None:
        starts, styles = self.document.starts, self.document.styles
        if starts[-1] == self.at:
            styles[-1] = self.style
        else:
            starts.append(self.at)
            styles.append(self.style)

    def point(self, pause: float | None = None, mark: str | None = None, boundary: bool = False) -> None:
        """Note something at this place."""
        self.document.points.append(Point(self.at, pause, mark, boundary))

    def override(self, start: int, kind: str, value: str, detail: str = "") -> None:
        """Settle what is said for the text since `start`; an empty stretch is left out."""
        if self.at > start:
            self.document.overrides.append(Override(start, self.at, kind, value, detail))

    def note(self, text: str) -> None:
        """Warn of something that was dropped."""
        self.document.notes.append(text)

    def done(self) -> Document:
        """The finished document."""
        self.document.text = "".join(self._parts)
        return self.document


def seconds(text: str) -> float | None:
    """ "0.5", "0.5s" or "500ms" as seconds (20 at most); None when it is no time."""
    m = _TIME.match(text.strip())
    return None if m is None else min(float(m[1]) / (1000.0 if m[2] == "ms" else 1.0), 20.0)


def parse(text: str) -> Document:
    """Plain text with inline tags as a Document. Unknown tags are dropped, with a note."""
    builder, at = Builder(), 0
    for m in _TAG.finditer(text):
        builder.add(text[at : m.start()])
        at = m.end()
        if m.group() == "\\[":
            builder.add("[")
        elif m["close"]:
            if not builder.pop(m["name"].lower() if m["name"] else None):
                builder.note(f"{m.group()} closes nothing and is dropped")
        elif not m["name"] or not _open(builder, m["name"].lower(), m["share"], m["rest"]):
            if m["rest"] or not m["name"]:  # brackets around ordinary words
                builder.add(m.group())
            else:
                near = get_close_matches(m["name"].lower(), [*feelings(), *MANNERS, *SOUNDS, "pause", "mark", "emphasis"], n=1)
                builder.note(f"unknown tag {m.group()} is dropped" + (f"; did you mean [{near[0]}]?" if near else ""))
    builder.add(text[at:])
    return builder.done()


def _open(builder: Builder, name: str, share: str | None, rest: str | None) -> bool:
    """Act on an opening tag; False when it is none of ours."""
    style = builder.style
    if name in ("pause", "break") and (time := seconds(share or rest or "0.5")) is not None:
        builder.point(pause=time)
    elif name == "mark" and rest:
        builder.point(mark=rest.strip())
    elif rest:
        return False
    elif name in SOUNDS:
        builder.point(pause=SOUND_PAUSE, mark=name)
    elif name == "emphasis":
        builder.push(name, replace(style, accent=1.0 + float(share or 0.7)))
    elif name in MANNERS:
        builder.push(name, replace(style, prosody=merged(style.prosody, MANNERS[name])))
    elif name in feelings():
        feeling = named(name, min(float(share or 1.0), 2.0))
        builder.push(name, replace(style, emotion=feeling if style.emotion is None else blended(style.emotion, feeling)))
    else:
        return False
    return True
