"""Breath and speech: in through the pauses, out over the words.

Speakers breathe in where the sentence pauses, quickly, and let the breath go over the whole phrase (Winkworth et al. 1995 on
speech breathing); the oscillator is led there and goes free again when they fall silent.
"""

from math import cos, pi
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from psi_ecs import Clock, Sparse
from psi_ecs.components.life import Life
from psi_ecs.components.oscillator import Role
from psi_ecs.components.score import RATE, Score
from psi_ecs.components.voice import Speech
from psi_ecs.systems.face.field import Field

BREATH = int(Role.BREATH)
SHARE = 0.4
"""Share of a breath's cycle that is inspiration."""
SHORTEST = 0.18
"""Seconds of a pause that is breathed in."""
QUICKEST = 0.35
"""Seconds in which the chest may fill."""
EARLY = 0.1
"""Seconds before the next word by which it is filled."""
EMPTY, LAST = 0.97, 0.99
"""Phase reached at the end of a phrase, and the last from which it does not come round within a tick."""


class Pauses(NamedTuple):
    """Silences of a score that are long enough to breathe in, samples, in order."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]


class Kept:
    """The pauses of the score that each speaker is saying, found once; derived and not saved."""

    def __init__(self) -> None:
        """Nothing looked up yet."""
        self._found = dict[int, tuple[Score, Pauses]]()

    def pauses(self, who: int, score: Score) -> Pauses:
        """Pauses of the score that `who` says."""
        if who not in self._found or self._found[who][0] is not score:
            self._found[who] = score, pauses(score)
        return self._found[who][1]


def pauses(score: Score) -> Pauses:
    """Where a score is silent for SHORTEST seconds and more."""
    silent = np.concatenate(([False], score.word < 0, [False]))
    first, last = np.flatnonzero(np.diff(silent.astype(np.int8)) > 0), np.flatnonzero(np.diff(silent.astype(np.int8)) < 0) - 1
    start, end = score.start[first], score.end[last]
    long = (end - start) >= SHORTEST * RATE
    return Pauses(start[long], end[long])


def chest(theta: NDArray[np.float64]) -> NDArray[np.float64]:
    """Expansion, 0 to 1, at phases of the breath: in for SHARE of the cycle, out for the rest."""
    phase = [t / (2.0 * SHARE) if t < SHARE else 0.5 + (t - SHARE) / (2.0 - 2.0 * SHARE) for t in theta.tolist()]
    return np.array([0.5 - 0.5 * cos(2.0 * pi * p) for p in phase])


def turned(theta: float) -> float:
    """The phase at which the chest is as full, on the other half of the breath."""
    if theta < SHARE:
        return SHARE + (1.0 - SHARE) * (1.0 - theta / SHARE)
    return SHARE * (1.0 - (theta - SHARE) / (1.0 - SHARE))


def lead(theta: float, place: int, found: Pauses, clock: Clock) -> tuple[float, float]:
    """Phase now and frequency from now on (Hz) of a speaker's breath, `place` samples into the score."""
    k = int(found.end.searchsorted(place, side="right"))
    inside = k < len(found.start) and found.start[k] <= place
    if inside:
        if theta > SHARE + 0.02:
            theta = turned(theta)
        left = (int(found.end[k]) - place) / clock.rate - EARLY
        way = max(SHARE - theta, 0.0)
        return theta, min(way / max(left, clock.dt), SHARE / QUICKEST) if left > 0.0 else 0.0
    theta = min(turned(theta) if theta < SHARE else theta, LAST)
    until = int(found.start[k]) if k < len(found.start) else place + 2 * clock.rate
    left = max((until - place) / clock.rate, 0.3)
    return theta, max(EMPTY - theta, 0.0) / left


def breathe(
    ids: NDArray[np.uint64], turn: NDArray[np.int64], speech: Sparse[Speech], life: Life, field: Field, kept: Kept, clock: Clock
) -> None:
    """Lead the breath of those who speak, and let it go when they have ended."""
    for who in np.flatnonzero((turn >= 0) | (life.easy > 0.0)).tolist():
        said = speech.get(int(ids[who])) if turn[who] >= 0 else None
        row = field.row[BREATH, who]
        if said is None or said.score is None:
            if life.easy[who] > 0.0:
                field.source.freq[row] = field.freq[BREATH, who] = life.easy[who]
                life.easy[who] = 0.0
            continue
        if life.easy[who] == 0.0 or field.freq[BREATH, who] != life.led[who]:  # begins to speak, or was given another
            life.easy[who] = field.freq[BREATH, who]
        found, theta = kept.pauses(int(ids[who]), said.score), float(field.theta[BREATH, who])
        theta, hertz = lead(theta, clock.sample - said.start, found, clock)
        field.source.theta[row] = field.theta[BREATH, who] = theta
        field.source.freq[row] = field.freq[BREATH, who] = life.led[who] = hertz
