"""Captions with word times: WebVTT (W3C) and SubRip."""

from dataclasses import dataclass

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


def _wrap(words: list[str]) -> str:
    """Two lines of nearly equal length if one is not enough."""
    text = " ".join(words)
    if len(text) <= WIDTH:
        return text
    best = min(range(1, len(words)), key=lambda i: abs(len(" ".join(words[:i])) - len(" ".join(words[i:]))), default=0)
    return " ".join(words[:best]) + "\n" + " ".join(words[best:]) if best else text


def vtt(found: list[Caption], origin: int = 0) -> str:
    """WebVTT with a voice tag and a time before every word."""
    out = ["WEBVTT", ""]
    for c in found:
        out.append(f"{_clock(c.start - origin, False)} --> {_clock(max(c.end, c.start + 1) - origin, False)}")
        lines = _wrap([_escape(w.text).replace(" ", "\u00a0") for w in c.words]).split("\n")
        timed, k = [], 0
        for line in lines:
            parts = []
            for word in line.split(" "):
                stamp = f"<{_clock(c.words[k].start - origin, False)}>" if k and c.words[k].start > c.words[k - 1].start else ""
                parts.append(stamp + word)
                k += 1
            timed.append(" ".join(parts))
        out += [f"<v {_escape(c.who)}>" + "\n".join(timed), ""]
    return "\n".join(out)


def srt(found: list[Caption], origin: int = 0) -> str:
    """SubRip; several speakers are named."""
    several = len({c.who for c in found}) > 1
    out = []
    for i, c in enumerate(found, 1):
        body = _wrap([w.text for w in c.words])
        span = f"{_clock(c.start - origin, True)} --> {_clock(max(c.end, c.start + 1) - origin, True)}"
        out.append(f"{i}\n{span}\n{c.who + ': ' if several else ''}{body}\n")
    return "\n".join(out)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
