"""What jaw, lips, tongue and velum do for each phone. The same for every voice: the face reads these channels.

Each articulator goes at its own rate, and sounds ask only for what they need (JALI, Edwards et al. 2016): lip-heavy sounds are
prepared early and released late (Bell-Berti & Harris 1981 on rounding), sounds of the tongue alone take the jaw and leave the
lips to their neighbours (Kuehn & Moll 1976 on what undershoots), /h/ asks for nothing. Sizes are after the articulatory
measurements cited in assets/voices/mouth.toml.
"""

from collections.abc import Callable
from functools import cache
from importlib.resources import files

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from psi_ecs.components.phone import BILABIAL_CLOSED, LABIODENTAL, PHONE, Manner
from psi_ecs.systems.kernels import jali

from .gesture import Gestures, Segment

F64 = NDArray[np.float64]

LEAD = 0.03
"""Seconds by which the face reads the score ahead of the sound; what must stay shut is held that much longer."""
JAW_RATE = 55.0
LIP_RATE = 60.0
CLOSE_RATE = 35.0
TUCK_RATE = 45.0
"""Rates of jaw and lips, the least of lips that close, and of the lower lip to the teeth and from them, 1/s: as fast as a
face shown 60 times a second can move without a jump."""
CLOSE_TURN = 2.8
"""Rate times time in which lips that close meet: they go no faster than they have to, and meet as the sound begins."""
SHUT_EARLY = 0.09
"""Seconds before a bilabial or labiodental in which its closing may begin."""
VOWEL_EARLY, GLIDING_EARLY, CONSONANT_EARLY = 0.01, 0.025, 0.05
"""Seconds before a vowel, one that a glide or /r/ leads into, and another sound in which jaw and lips may open for it."""
GLIDING, VELAR = frozenset({"W", "Y", "R"}), frozenset({"K", "G", "NG"})
TIP_RATE, BODY_RATE = 42.0, 26.0
"""Rates of the tip of the tongue and of its slower body, 1/s."""
TIP_EARLY, BODY_EARLY = 0.06, 0.07
"""Seconds before a sound in which they set out for it; the tip stays up to the end of its own."""
HEAVY = 0.5
"""Rounding from which a sound is lip-heavy."""
HEAVY_EARLY, EARLY, LEFT_EARLY = 0.085, 0.05, 0.03
"""Seconds before a sound in which lips come forward for it, if it is lip-heavy or not, and by which they leave a lip-heavy one
before it ends."""
ROUND_RATE, RELEASE_RATE = 42.0, 30.0
"""Rates of lips that come forward or apart, 1/s, and that come back from a lip-heavy sound: 91 % in 133 ms (JALI: 120-150)."""
SEEN, TUCK_SEEN = 0.4, 0.25
"""Share of a sound that is over before the lips leave it for a lip-heavy one, and the lower lip for the teeth, to which it is
longer on its way."""
PARTED = 2.2
"""mm between lips that nothing shuts, in a sound of the tongue."""
SLIGHT = 0.8
"""Opening of vowels without stress (Lindblom 1963)."""


class Shape(Struct, kw_only=True, forbid_unknown_fields=True):
    """One phone's targets. A number is held; a pair is gone through (diphthongs). None leaves it to the neighbours."""

    jaw: float | tuple[float, float] | None = None
    lips: float | tuple[float, float] | None = None
    rounding: float | tuple[float, float] | None = None
    spread: float | tuple[float, float] | None = None
    tip: float = 0.0
    body: float | tuple[float, float] | None = None
    velum: float = 0.0


REST = Shape(jaw=0.0, lips=0.0, rounding=0.0, spread=0.0)


@cache
def shapes() -> dict[str, Shape]:
    """assets/voices/mouth.toml by phone."""
    return msgspec.toml.decode((files("psi_ecs.assets") / "voices" / "mouth.toml").read_bytes(), type=dict[str, Shape])


def _shape(s: Segment) -> Shape:
    return shapes()[s.name] if s.name != "SIL" else REST


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
                shut = s.name in BILABIAL_CLOSED
                end = (release(s) if PHONE[s.name].manner is Manner.STOP else s.end) + (LEAD if shut else 0.0)
                begin, before = s.start - SHUT_EARLY, segments[s.index - 1]
                if s.index > 0 and PHONE[before.name].vowel:  # a vowel is seen, however short, once lips have parted for it
                    parted = max(before.start, self.spans[last][1]) if last == s.index - 2 else before.start
                    seen = parted + (SEEN if shut else TUCK_SEEN) * (before.end - parted)
                    begin = max(begin, min(seen, s.start - 0.015))
                if last >= 0 and self.spans[last][1] > begin:  # a closure right after another waits for it
                    begin = max(begin, min(self.spans[last][1], s.start - 0.015))
                    self.spans[last] = self.spans[last][0], begin
                self.spans[s.index] = max(0.0, begin), end
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


def articulate(segments: list[Segment], out: Gestures, release: Callable[[Segment], float]) -> None:
    """Write the articulators' gestures."""
    seals = Seals(segments, release)
    for s in segments:
        if s.name == "SIL":
            _rest(out, s, seals)
            continue
        shape = _shape(s)
        _open(segments, out, s, shape, seals)
        _colour(segments, out, s, shape)
        _tongue(segments, out, s, shape)


def strengthen(
    target: F64, rate: F64, column: dict[str, int], rows: NDArray[np.bool_], jaw: float, lips: float, pace: float
) -> None:
    """Let jaw and lips do more or less at some knots of targets and rates f64[K, C], and faster or slower, in place; lips that
    close do so as ever."""
    if (jaw, lips, pace) == (1.0, 1.0, 1.0):
        return
    at = np.flatnonzero(rows)[:, None], np.array([column[name] for name in ("jaw", "lips", "rounding", "spread")])
    x = target[at]
    jali.scale(x, jaw, lips)
    target[at] = x
    rate[at] *= np.where(x[:, 1:2] > 0.0, pace, 1.0)


def _rest(out: Gestures, s: Segment, seals: Seals) -> None:
    """Back to rest in a pause, unhurried."""
    out.add(s.start + 0.02, s.index, 14.0, jaw=0.0, rounding=0.0, spread=0.0, tongue_tip=0.0, tongue_body=0.0)
    if (seconds := seals.free(s, s.start + 0.02)) is not None:
        out.add(seconds, s.index, 14.0, lips=0.0, tuck=0.0)
    out.add(s.start + 0.05, s.index, 14.0, velum=0.3)


def _gain(s: Segment) -> float:
    """Factor on the opening of a phone: vowels with stress are wider, consonants always the same."""
    if not PHONE[s.name].vowel:
        return 1.0
    return (1.1 if s.accent > 1.0 else 1.0) if s.stress else SLIGHT


def _effort(segments: list[Segment], s: Segment) -> float:
    """mm by which the neighbours hold the lips further apart than the jaw, or less far: half that of each side."""
    out = 0.0
    for side in (-1, 1):
        i = s.index + side
        while 0 <= i < len(segments):
            shape = _shape(segments[i])
            if shape.lips is not None and shape.jaw is not None:
                end = 0 if side > 0 else -1
                out += 0.5 * (_pair(shape.lips)[end] - _pair(shape.jaw)[end])
                break
            i += side
    return out


def _open(segments: list[Segment], out: Gestures, s: Segment, shape: Shape, seals: Seals) -> None:
    """Jaw and lip gap."""
    vowel, gain = PHONE[s.name].vowel, _gain(s)
    early = CONSONANT_EARLY if not vowel else GLIDING_EARLY if segments[s.index - 1].name in GLIDING else VOWEL_EARLY
    begin, turn = s.start - _ahead(segments, s, early), s.start + 0.35 * s.seconds
    if shape.jaw is None:
        return
    jaw, later = _pair(shape.jaw)
    out.add(begin, s.index, JAW_RATE, jaw=jaw * gain)
    if later != jaw:
        out.add(turn, s.index, 0.6 * JAW_RATE, jaw=later * gain)
    if s.index in seals.spans:
        start, end = seals.spans[s.index]
        tucked = s.name in LABIODENTAL
        rate = min(max(CLOSE_TURN / max(s.start + 0.015 - start, 1e-3), CLOSE_RATE), LIP_RATE)
        out.add(start, s.index, rate, lips=1.5 if tucked else -1.5)
        out.add(start, s.index, min(rate, TUCK_RATE), tuck=float(tucked))
        if tucked:
            out.add(end, s.index, TUCK_RATE, tuck=0.0)
        return
    first, second = _pair(max(jaw + _effort(segments, s), PARTED) if shape.lips is None else shape.lips)
    if (seconds := seals.free(s, begin)) is not None:
        out.add(seconds, s.index, LIP_RATE, lips=first * gain)
    if second != first and (seconds := seals.free(s, turn)) is not None:
        out.add(seconds, s.index, 0.6 * LIP_RATE, lips=second * gain)


def _colour(segments: list[Segment], out: Gestures, s: Segment, shape: Shape) -> None:
    """Rounding and spread: begun early for a lip-heavy sound, else as soon as the sound before that has them is over."""
    if shape.rounding is None or shape.spread is None:
        return
    (r0, r1), (w0, w1) = _pair(shape.rounding), _pair(shape.spread)
    before = next((q for q in reversed(segments[: s.index]) if _shape(q).rounding is not None), None)
    heavy, left = r0 >= HEAVY, before is not None and _pair(_shape(before).rounding or 0.0)[1] >= HEAVY
    begin = s.start - (HEAVY_EARLY if heavy else 2.0 * EARLY if left else EARLY)
    if before is not None and before.name != "SIL":
        begin = max(begin, before.start + SEEN * before.seconds if heavy else min(before.end, s.start) - LEFT_EARLY * left)
    out.add(begin, s.index, RELEASE_RATE if left and not heavy else ROUND_RATE, rounding=r0, spread=w0)
    if (r0, w0) != (r1, w1):
        out.add(s.start + 0.35 * s.seconds, s.index, 26.0, rounding=r1, spread=w1)


def _tongue(segments: list[Segment], out: Gestures, s: Segment, shape: Shape) -> None:
    """Tongue and velum: the tip is up before its sound, and down after it; a back that meets the palate does so in front beside
    a front vowel (Keating & Lahiri 1993)."""
    tip_ahead = _ahead(segments, s, TIP_EARLY) if shape.tip > 0.5 else 0.0
    out.add(s.start - tip_ahead, s.index, TIP_RATE, tongue_tip=shape.tip)
    if shape.body is not None:
        b0, b1 = _pair(shape.body)
        if s.name in VELAR and _fronted(segments, s):
            b0 = b1 = -b0
        out.add(s.start - _ahead(segments, s, BODY_EARLY), s.index, BODY_RATE, tongue_body=b0)
        if b0 != b1:
            out.add(s.start + 0.35 * s.seconds, s.index, BODY_RATE, tongue_body=b1)
    out.add(s.start - (_ahead(segments, s, 0.06) if shape.velum > 0.5 else 0.02), s.index, 60.0, velum=shape.velum)


def _fronted(segments: list[Segment], s: Segment) -> bool:
    """Whether the vowel beside a sound, the next if there is one, is made in front."""
    for side in (1, -1):
        i = s.index + side
        if 0 <= i < len(segments) and segments[i].name != "SIL" and PHONE[segments[i].name].vowel:
            return _pair(_shape(segments[i]).body or 0.0)[0 if side > 0 else 1] > 0.0
    return False
