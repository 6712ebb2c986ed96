"""Captions with word times: WebVTT (W3C) and SubRip."""

from dataclasses import dataclass
from itertools import accumulate

from psi_ecs.components.event import Spoken
from psi_ecs.components.score import RATE

WIDTH = 42
"""Characters a caption may hold in a line; two lines a caption (BBC subtitle guidelines)."""
LONGEST = 6.0
"""Seconds a caption may last."""


@dataclass
class Caption:
    """Some words of one speaker, shown together; samples."""

    who: str
    words: list[Spoken]

    @property
    def start(self) -> int:
        """First sample."""
        return self.words[0].start

    @property
    def end(self) -> int:
        """One past the last sample."""
        return self.words[-1].end

    @property
    def text(self) -> str:
        """The words."""
        return " ".join(w.text for w in self.words)


def captions(words: list[tuple[str, Spoken]]) -> list[Caption]:
    """Group (speaker, word) pairs in the order of their time; a new sentence, a pause or a full caption starts a new one."""
    open_: dict[str, Caption] = {}
    out: list[Caption] = []
    for who, event in sorted(words, key=lambda w: w[1].start):
        if event.kind == "sentence":
            open_.pop(who, None)
            continue
        if event.kind != "word":
            continue
        now = open_.get(who)
        if now is not None and (
            len(now.text) + 1 + len(event.text) > 2 * WIDTH
            or event.end - now.start > LONGEST * RATE
            or event.start - now.end > 0.8 * RATE
        ):
            now = None
        if now is None:
            now = open_[who] = Caption(who, [])
            out.append(now)
        now.words.append(event)
    return out


def _clock(sample: int, comma: bool) -> str:
    ms = round(1000 * sample / RATE)
    text = f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"
    return text.replace(".", ",") if comma else text


def _rows(words: list[Spoken]) -> list[list[Spoken]]:
    """The words in one line, or in two of nearly equal length if one is not enough."""
    lengths = list(accumulate(len(w.text) + 1 for w in words))
    if lengths[-1] - 1 <= WIDTH or len(words) == 1:
        return [words]
    best = min(range(1, len(words)), key=lambda i: abs(2 * lengths[i - 1] - lengths[-1]))
    return [words[:best], words[best:]]


def vtt(found: list[Caption], origin: int = 0) -> str:
    """WebVTT with a voice tag and a time before every word."""
    out = ["WEBVTT", ""]
    for c in found:
        out.append(f"{_clock(c.start - origin, False)} --> {_clock(max(c.end, c.start + 1) - origin, False)}")
        before = c.start
        rows = []
        for row in _rows(c.words):
            parts = []
            for word in row:
                stamp = f"<{_clock(word.start - origin, False)}>" if word.start > before else ""
                parts.append(stamp + _escape(word.text))
                before = word.start
            rows.append(" ".join(parts))
        out += [f"<v {_escape(c.who)}>" + "\n".join(rows), ""]
    return "\n".join(out)


def srt(found: list[Caption], origin: int = 0) -> str:
    """SubRip; several speakers are named."""
    several = len({c.who for c in found}) > 1
    out = []
    for i, c in enumerate(found, 1):
        body = "\n".join(" ".join(w.text for w in row) for row in _rows(c.words))
        span = f"{_clock(c.start - origin, True)} --> {_clock(max(c.end, c.start + 1) - origin, True)}"
        out.append(f"{i}\n{span}\n{c.who + ': ' if several else ''}{body}\n")
    return "\n".join(out)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
