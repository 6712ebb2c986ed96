"""Inline tags in plain text: [excited] ... [/], [sad:0.6], [pause 0.5], [slow], [loud], [emphasis], [mark name].

[like earlier] ... [/], [like the greeting 0.7] ... [/]: said like something that is remembered. [remember greeting]: the line
is remembered under that name.

[whisper] ... [/], [shout], [mumble], [clear], [laugh], [cry] and [sigh] are manners of words; [laugh], [laugh:0.8], [sigh 2s],
[gasp] without a closing tag of their own are sounds. `[/]` closes what can only be opened first; [/laugh] always means the
laughed words.
"""

import re
from difflib import get_close_matches

from msgspec.structs import replace

from psi_ecs.components.text import Prosody

from .document import Document, Override, Point, Style
from .emotion import blended, feelings, named
from .regimes import alone, manners, over_words, prosody, regimes, sounds
from .wordlist import listed

SOUNDS = frozenset(listed("cough sniff groan yawn"))
"""Sounds that the voice lacks: a short pause and a mark of that name, for whoever can act on it."""
SOUND_PAUSE = 0.4
OTHERS = ("pause", "mark", "emphasis", "like", "remember")
MANNERS: dict[str, Prosody] = {
    "slow": Prosody(rate=0.8),
    "slower": Prosody(rate=0.65),
    "fast": Prosody(rate=1.25),
    "faster": Prosody(rate=1.5),
    "high": Prosody(pitch=3.0),
    "low": Prosody(pitch=-3.0),
    "loud": Prosody(volume=6.0),
    "soft": Prosody(volume=-6.0),
    "quiet": Prosody(volume=-6.0),
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
        self._last, self._gap = "", False
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
        if self._gap and text[:1].isalnum():
            text = " " + text
        self._gap, self._last = self._gap and not text, text[-1:] or self._last
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

    def point(
        self, pause: float | None = None, mark: str | None = None, boundary: bool = False, tag: str | None = None
    ) -> None:
        """Note something at this place."""
        self.document.points.append(Point(self.at, pause, mark, boundary, tag))

    def override(self, start: int, kind: str, value: str, detail: str = "") -> None:
        """Settle what is said for the text since `start`; an empty stretch is left out."""
        if self.at > start:
            self.document.overrides.append(Override(start, self.at, kind, value, detail))

    def manner(self, name: str, strength: float) -> Style:
        """The style in force, in a regime besides; the inner of two regimes holds."""
        regime, style = over_words(name, strength), self.style
        return replace(style, prosody=merged(style.prosody, prosody(regime)), regime=regime)

    def sound(self, name: str, strength: float, seconds: float | None) -> None:
        """A regime as a sound of its own, with a mark of its name; captions show it in brackets."""
        regime = alone(name, strength, seconds)
        assert regime.sound is not None
        if self.at and not self._last.isspace():
            self.add(" ")
        start = self.at
        self.point(mark=name)
        self.add(regime.sound.caption)
        phones = "HH AH1" if regime.sound.pulse else "HH"
        self.document.overrides.append(Override(start, self.at, "sound", phones, regime=regime))
        self._gap = True

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
    builder, at, tags = Builder(), 0, list(_TAG.finditer(text))
    spans = _spans(tags)
    for i, m in enumerate(tags):
        builder.add(text[at : m.start()])
        at = m.end()
        if m.group() == "\\[":
            builder.add("[")
        elif m["close"]:
            if not builder.pop(m["name"].lower() if m["name"] else None):
                builder.note(f"{m.group()} closes nothing and is dropped")
        elif not m["name"] or not _open(builder, m["name"].lower(), m["share"], m["rest"], i in spans):
            if m["rest"] or not m["name"]:  # brackets around ordinary words
                builder.add(m.group())
            else:
                near = get_close_matches(m["name"].lower(), [*feelings(), *MANNERS, *regimes(), *SOUNDS, *OTHERS], n=1)
                builder.note(f"unknown tag {m.group()} is dropped" + (f"; did you mean [{near[0]}]?" if near else ""))
    builder.add(text[at:])
    return builder.done()


def _spans(tags: list[re.Match[str]]) -> frozenset[int]:
    """Which tags that may be a sound or a manner of words are the latter: those closed by name, or by a `[/]` that no tag
    which has to be closed waits for."""
    known, both = feelings().keys() | MANNERS.keys() | {"emphasis"}, manners() & sounds()
    known |= manners() - both
    stack, found = list[tuple[int, str]](), set[int]()
    left = sum(m["close"] is not None and not m["name"] for m in tags)
    for i, m in enumerate(tags):
        name = (m["name"] or "").lower()
        if not m["close"]:
            if not m["rest"] and (name in known or name in both):
                stack.append((i, name))
            continue
        sure = sum(n not in both for _, n in stack)
        fits = [k for k, (_, n) in enumerate(stack) if (n == name if name else n not in both or left > sure)]
        left -= not name
        if fits:
            if stack[fits[-1]][1] in both:
                found.add(stack[fits[-1]][0])
            del stack[fits[-1] :]
    return frozenset(found)


def _open(builder: Builder, name: str, share: str | None, rest: str | None, span: bool = False) -> bool:
    """Act on an opening tag, which has words of its own if `span`; False when it is none of ours."""
    style = builder.style
    if name in ("pause", "break") and (time := seconds(share or rest or "0.5")) is not None:
        builder.point(pause=time)
    elif name == "mark" and rest:
        builder.point(mark=rest.strip())
    elif name == "remember" and rest:
        builder.point(tag=rest.strip().lower())
    elif name == "like" and rest:
        builder.push(name, replace(style, like=rest.strip().lower()))
    elif name in sounds() and not span and (rest is None or seconds(rest) is not None):
        builder.sound(name, float(share or 1.0), seconds(rest) if rest else None)
    elif rest:
        return False
    elif name in manners():
        builder.push(name, builder.manner(name, float(share or 1.0)))
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
