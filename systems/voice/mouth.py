"""What jaw, lips, tongue and velum do for each phone. The same for every voice: the face reads these channels.

Lip-heavy sounds are prepared early and released late (Kuehn & Moll 1976; Bell-Berti & Harris 1981 on rounding; JALI,
Edwards et al. 2016), and their gaps and openings are after the articulatory measurements cited in assets/voices/mouth.toml.
"""

from collections.abc import Callable
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from psi_ecs.components.phone import BILABIAL_CLOSED, LABIODENTAL, PHONE, Manner

from .gesture import Gestures, Segment

LEAD = 0.03
"""Seconds by which the face reads the score ahead of the sound; what must stay shut is held that much longer."""
JAW_RATE = 40.0
LIP_RATE = 55.0
CLOSE_RATE = 85.0
TUCK_RATE = 45.0
"""Rates of jaw, lips, closures, and the lower lip under the teeth, 1/s."""
TONGUE_RATE = 60.0


class Shape(Struct, kw_only=True, forbid_unknown_fields=True):
    """One phone's targets. A number is held; a pair is gone through (diphthongs). None leaves the neighbours to it."""

    jaw: float | tuple[float, float] | None = None
    lips: float | tuple[float, float] | None = None
    rounding: float | tuple[float, float] = 0.0
    spread: float | tuple[float, float] = 0.0
    tip: float = 0.0
    body: float | tuple[float, float] = 0.0
    velum: float = 0.0


@cache
def shapes() -> dict[str, Shape]:
    """assets/voices/mouth.toml by phone."""
    return msgspec.toml.decode((files("psi_ecs.assets") / "voices" / "mouth.toml").read_bytes(), type=dict[str, Shape])


def _pair(value: float | tuple[float, float]) -> tuple[float, float]:
    return value if isinstance(value, tuple) else (value, value)


def _ahead(segments: list[Segment], s: Segment, most: float) -> float:
    """How long before its phone a gesture may start: not before half of the segment in front has passed."""
    if s.index == 0:
        return most
    before = segments[s.index - 1]
    return most if before.name == "SIL" else min(most, 0.5 * before.seconds + 0.02)


class Seals:
    """When lips are shut or tucked, and who may move them meanwhile (nobody)."""

    def __init__(self, segments: list[Segment], release: Callable[[Segment], float]) -> None:
        """`release` tells when a stop's closure opens."""
        self.spans: dict[int, tuple[float, float]] = {}
        last = -1
        for s in segments:
            if s.name in BILABIAL_CLOSED or s.name in LABIODENTAL:
                end = release(s) if PHONE[s.name].manner is Manner.STOP else s.end
                begin = s.start - 0.07
                if s.index > 0 and PHONE[segments[s.index - 1].name].vowel:  # a vowel is seen for its first half, however short
                    seen = LEAD if s.name in BILABIAL_CLOSED else 0.0
                    begin = max(begin, min(s.start - 0.5 * segments[s.index - 1].seconds + seen, s.start - 0.015))
                if last >= 0 and self.spans[last][1] > begin:  # a closure right after another waits for it
                    begin = max(begin, min(self.spans[last][1], s.start - 0.015))
                    self.spans[last] = self.spans[last][0], begin
                self.spans[s.index] = max(0.0, begin), end + LEAD
                last = s.index

    def free(self, s: Segment, seconds: float) -> float | None:
        """When a lip gesture of `s` wanted at `seconds` may start; None if a closure that follows has begun by then."""
        for i in range(s.index - 3, s.index + 3):
            begin, end = self.spans.get(i, (0.0, 0.0))
            if i != s.index and begin <= seconds < end:
                if i > s.index:
                    return None
                seconds = end
        return seconds


def articulate(segments: list[Segment], out: Gestures, release: Callable[[Segment], float], clarity: float = 1.0) -> None:
    """Write the articulators' gestures; `clarity` scales openings (manner.articulation)."""
    table, seals = shapes(), Seals(segments, release)
    for s in segments:
        if s.name == "SIL":
            _rest(out, s, seals)
            continue
        shape = table[s.name]
        effort = clarity * (1.0 if s.stress or not PHONE[s.name].vowel else 0.8) * (1.1 if s.accent > 1.0 and s.stress else 1.0)
        _open(segments, out, s, shape, effort, seals)
        _colour(segments, out, s, shape)


def _rest(out: Gestures, s: Segment, seals: Seals) -> None:
    """Back to rest in a pause, unhurried."""
    out.add(s.start + 0.02, s.index, 14.0, jaw=0.0, rounding=0.0, spread=0.0, tongue_tip=0.0, tongue_body=0.0)
    if (seconds := seals.free(s, s.start + 0.02)) is not None:
        out.add(seconds, s.index, 14.0, lips=0.0, tuck=0.0)
    out.add(s.start + 0.05, s.index, 14.0, velum=0.3)


def _open(segments: list[Segment], out: Gestures, s: Segment, shape: Shape, effort: float, seals: Seals) -> None:
    """Jaw and lip gap."""
    vowel = PHONE[s.name].vowel
    gain = effort if vowel else 1.0
    begin, turn = s.start - _ahead(segments, s, 0.03 if vowel else 0.05), s.start + 0.35 * s.seconds
    if shape.jaw is not None:
        first, second = _pair(shape.jaw)
        out.add(begin, s.index, JAW_RATE, jaw=first * gain)
        if second != first:
            out.add(turn, s.index, 0.6 * JAW_RATE, jaw=second * gain)
    if s.index in seals.spans:
        start, end = seals.spans[s.index]
        tucked = s.name in LABIODENTAL
        out.add(start, s.index, CLOSE_RATE, lips=1.5 if tucked else -1.5)
        out.add(start, s.index, TUCK_RATE, tuck=float(tucked))
        if tucked:
            out.add(end, s.index, TUCK_RATE, tuck=0.0)
    elif shape.lips is not None:
        first, second = _pair(shape.lips)
        if (seconds := seals.free(s, begin)) is not None:
            rate = CLOSE_RATE if seconds > begin else LIP_RATE  # lips that were shut part at once
            out.add(seconds, s.index, rate, lips=first * gain)
        if second != first and (seconds := seals.free(s, turn)) is not None:
            out.add(seconds, s.index, 0.6 * LIP_RATE, lips=second * gain)


def _colour(segments: list[Segment], out: Gestures, s: Segment, shape: Shape) -> None:
    """Rounding, spread, tongue and velum."""
    (r0, r1), (w0, w1), (b0, b1) = _pair(shape.rounding), _pair(shape.spread), _pair(shape.body)
    early = _ahead(segments, s, 0.10 if r0 > 0.3 else 0.03)
    out.add(s.start - early, s.index, 38.0, rounding=r0)
    out.add(s.start - _ahead(segments, s, 0.05), s.index, 40.0, spread=w0)
    tip_ahead = _ahead(segments, s, 0.05 if shape.tip > 0.5 else 0.02)
    out.add(s.start - tip_ahead, s.index, 1.4 * TONGUE_RATE, tongue_tip=shape.tip)
    out.add(s.start - _ahead(segments, s, 0.04), s.index, TONGUE_RATE, tongue_body=b0)
    out.add(s.start - (_ahead(segments, s, 0.06) if shape.velum > 0.5 else 0.02), s.index, 60.0, velum=shape.velum)
    if (r0, w0, b0) != (r1, w1, b1):
        out.add(s.start + 0.35 * s.seconds, s.index, 26.0, rounding=r1, spread=w1, tongue_body=b1)
