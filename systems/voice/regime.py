"""What regimes do to a score: sounds without words as segments and courses of channels, and words in another manner."""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.regime import Regime, Stretch, Vocal
from psi_ecs.components.score import RATE
from psi_ecs.components.text import Word

from .gesture import Gestures, Segment
from .mouth import strengthen

F64 = NDArray[np.float64]

LOUDER = 8.0
"""dB between strength 0 and 1 of a sound."""
FADE = round(0.02 * RATE)
"""Samples within which a voice is switched off for a pause."""
BURST_RATE = 45.0
"""1/s, of pitch, loudness and jaw within a burst."""
SCALED: tuple[str, ...] = ("f1", "f2", "f3", "f4", "f5")
"""Channels that go with the length of the tract."""


def noise(word: Word) -> Vocal | None:
    """What a word sounds like that is none; None for other words."""
    return word.regime.sound if word.regime is not None and word.regime.alone else None


def lengths(word: Word, regime: Regime, sound: Vocal) -> list[tuple[str, float, int]]:
    """Phone, seconds and syllable of each segment of a sound: one breath, or in every cycle of its oscillator a breath and a
    burst of voice. Weak sounds are shorter."""
    seconds = regime.seconds or sound.seconds * (0.5 + 0.5 * regime.strength)
    if not sound.pulse:
        return [(word.phones[0], seconds, 0)]
    count = max(1, round(seconds * sound.pulse))
    out = list[tuple[str, float, int]]()
    for k in range(count):
        cycle = 1.0 / (sound.pulse * (1.0 - sound.slow * k / count))
        out += [(word.phones[0], cycle * (1.0 - sound.open), k), (word.phones[-1], cycle * sound.open, k)]
    return out


def at(course: list[tuple[float, float]], share: float) -> float:
    """A course at a share of the time."""
    where, what = zip(*course, strict=True)
    return float(np.interp(share, where, what))


def utter(segments: list[Segment], regime: Regime, sound: Vocal, base: float, tract: float, out: Gestures) -> None:
    """Write a sound over its segments, after all else, as far as the voice has the channels. Args: base, pitch of the persona
    in semitones; tract, its scale."""
    start, seconds = segments[0].start, segments[-1].end - segments[0].start
    change: dict[str, float] = {"pitch": base, "loudness": LOUDER * (regime.strength - 1.0)}
    scale = dict.fromkeys(SCALED, tract)
    courses = {name: course for name, course in sound.course.items() if name in out.column}
    if not sound.pulse:
        for name, course in courses.items():
            rate = 2.0 * len(course) / seconds + 12.0
            for share, value in course:
                out.add(start + share * seconds, segments[0].index, rate,
                        **{name: value * scale.get(name, 1.0) + change.get(name, 0.0)})  # fmt: skip
        return
    for s in segments:
        share = (s.start - start) / seconds
        breath = s.index % 2 == segments[0].index % 2
        for name, course in courses.items():
            if name != "loudness" and (name == "breath") != breath:
                continue
            value = at(course, share) * scale.get(name, 1.0) + change.get(name, 0.0)
            early, rate = (0.01, 180.0) if name == "breath" else (0.0, BURST_RATE)
            out.add(s.start - early, s.index, rate, **{name: value})
        if breath:
            out.add(s.start, s.index, BURST_RATE, jaw=sound.shut, lips=max(sound.shut, 1.0))


def colour(
    knot: NDArray[np.int64], target: F64, rate: F64, column: dict[str, int], stretches: list[Stretch], pauses: set[int]
) -> None:
    """Put words in their manner: change targets and rates f64[K, C] of knots within each stretch, in place, as far as the voice
    has the channels. `pauses` are samples at which pauses begin: there a manner lasts until the voice is off."""
    for stretch in stretches:
        r = stretch.regime
        inside = (stretch.start <= knot) & (knot < stretch.end + (FADE if stretch.end in pauses else 0))
        if r.alone or not inside.any():
            continue
        x, s = target[inside], r.strength
        left, voiced = 1.0 - min(s, 1.0) * (1.0 - r.voicing), np.clip(x[:, column["voicing"]], 0.0, 1.0)
        for name, by in (("voicing", left), ("tail", left), ("f1", r.f1**s)):
            if name in column:
                x[:, column[name]] *= by
        for name, more, most in (("breath", s * r.breath * voiced, 1.0), ("dull", s * r.dull, np.inf)):
            if name in column:
                x[:, column[name]] = np.minimum(x[:, column[name]] + more, most)
        x[:, column["rd"]] = np.clip(x[:, column["rd"]] + s * r.rd, 0.35, 2.6)
        target[inside] = x
        strengthen(target, rate, column, inside, r.jaw**s, r.lips**s, r.pace**s)


def stretches(words: list[Word], start: list[int], end: list[int]) -> list[Stretch]:
    """Regimes in time; neighbours in the same one go together, with the pause between them."""
    out, before = list[Stretch](), None
    for word, first, last in zip(words, start, end, strict=True):
        now = word.regime
        if now is not None and now == before and not now.alone:
            out[-1] = Stretch(out[-1].start, last, now)
        elif now is not None:
            out.append(Stretch(first, last, now))
        before = now
    return out
