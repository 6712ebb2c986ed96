"""Gestures: targets that channels are given one by one, gathered into the knots of a score."""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.score import RATE, Channel

F64 = NDArray[np.float64]


class Segment:
    """A phone in its place, while a sentence is being planned."""

    __slots__ = ("accent", "end", "index", "name", "start", "stress", "syllable", "word")

    def __init__(self, index: int, name: str, stress: int, syllable: int, word: int, accent: float) -> None:
        """Times are seconds in the score; syllable and word are -1 for a pause."""
        self.index, self.name, self.stress, self.syllable, self.word, self.accent = index, name, stress, syllable, word, accent
        self.start = self.end = 0.0

    @property
    def seconds(self) -> float:
        """Duration."""
        return self.end - self.start


class Gestures:
    """What the channels are asked to do, in any order; `knots` sorts it out."""

    def __init__(self, channels: tuple[Channel, ...]) -> None:
        """Nothing asked yet: every channel rests."""
        self.channels = channels
        self.column = {c.name: i for i, c in enumerate(channels)}
        self._rows: list[tuple[int, int, int, float, float]] = []

    def add(self, seconds: float, phone: int, rate: float, **targets: float) -> None:
        """From `seconds` on, relax the named channels to their targets at `rate` (1/s), on behalf of a phone."""
        sample = max(0, round(seconds * RATE))
        for name, target in targets.items():
            self._rows.append((sample, phone, self.column[name], target, rate))

    def add_block(self, seconds: float, phone: int, rate: float, first: str, targets: F64 | list[float]) -> None:
        """As `add`, for neighbouring channels from `first` on."""
        sample, start = max(0, round(seconds * RATE)), self.column[first]
        self._rows.extend((sample, phone, start + i, float(t), rate) for i, t in enumerate(targets))

    def knots(self, rest_rate: float = 20.0) -> tuple[NDArray[np.int64], NDArray[np.int32], F64, F64]:
        """Sample, phone, targets[K, C] and rates[K, C] of every knot; the later of two requests for one moment wins."""
        rows = sorted(self._rows, key=lambda r: r[0])
        sample = np.array([0, *(r[0] for r in rows)], np.int64)
        times, place = np.unique(sample, return_inverse=True)
        target, rate = np.full((2, len(times), len(self.channels)), np.nan)
        target[0], rate[0] = [c.rest for c in self.channels], rest_rate
        phone = np.zeros(len(times), np.int32)
        for k, (_, owner, column, goal, speed) in zip(place[1:], rows, strict=True):
            target[k, column], rate[k, column], phone[k] = goal, speed, owner
        low, high = np.array([c.low for c in self.channels]), np.array([c.high for c in self.channels])
        source = np.maximum.accumulate(np.where(np.isnan(target), 0, np.arange(len(times))[:, None]), axis=0)
        columns = np.arange(len(self.channels))
        return times, phone, np.clip(target[source, columns], low, high), rate[source, columns]
