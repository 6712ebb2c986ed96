"""What a face reads off the score that its avatar is saying, found once for each score: pauses to breathe in, and accents."""

from bisect import bisect_left
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.phone import PHONES
from psi_ecs.components.score import RATE, Score
from psi_ecs.components.voice import Speech

SHORTEST = 0.18
"""Seconds of a pause that is breathed in."""
VOWEL = np.array([p.vowel for p in PHONES])


class Pauses(NamedTuple):
    """Silences of a score that are long enough to breathe in, samples, in order."""

    start: list[int]
    end: list[int]


class Accents(NamedTuple):
    """Where phones of a score begin, samples, and how strong the accent on each is, 0 for none."""

    start: list[int]
    strength: list[float]

    def within(self, start: int, length: int) -> float:
        """Strength of the accent on the phone that begins within samples [start, start + length) first, 0 if there is none."""
        p = bisect_left(self.start, start)
        return self.strength[p] if p < len(self.start) and self.start[p] < start + length else 0.0


class Said(NamedTuple):
    """What was read off a score."""

    score: Score
    begin: int
    """Absolute sample of its sample 0."""
    pauses: Pauses
    accents: Accents


class Kept:
    """Resource, derived and not saved: what was read off the score that each speaker is saying."""

    def __init__(self) -> None:
        """Nothing read yet."""
        self._found = dict[int, Said]()

    def of(self, who: int, speech: Speech | None) -> Said | None:
        """What is read off the score that `who` says, None if there is none; scores are told by their identity."""
        if speech is None or speech.score is None:
            return None
        found, score = self._found.get(who), speech.score
        if found is None or found.score is not score or found.begin != speech.start:
            found = self._found[who] = Said(score, speech.start, pauses(score), accents(score))
        return found


def pauses(score: Score) -> Pauses:
    """Where a score is silent for SHORTEST seconds and more."""
    edge = np.diff(np.concatenate(([False], score.word < 0, [False])).astype(np.int8))
    start: NDArray[np.int64] = score.start[edge[:-1] > 0]
    end: NDArray[np.int64] = score.end[edge[1:] < 0]
    long = (end - start) >= SHORTEST * RATE
    return Pauses(start[long].tolist(), end[long].tolist())


def accents(score: Score) -> Accents:
    """The accents of a score, on its stressed vowels: how far the highest pitch target of one stands above the sentence's
    middle, 1 at three semitones."""
    pitch, strength = score.target[:, 0], [0.0] * len(score.start)
    middle = np.median(pitch)
    for p in np.flatnonzero((score.stress == 1) & VOWEL[score.phone]).tolist():
        mine = pitch[score.knot_phone == p]
        if mine.size:
            strength[p] = min(max(float(mine.max() - middle) / 3.0, 0.15), 1.6)
    return Accents(score.start.tolist(), strength)
