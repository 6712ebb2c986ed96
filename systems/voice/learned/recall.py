"""Recalling how things were said: for each half of a phone, a stretch of the frames that were kept of the recordings.

The network says what to expect; stretches that come near it, in a like context, are looked up, and those that also fit each
other are chosen together by the cheapest path (Hunt & Black 1996; targets from a trained model as in Qian, Soong & Yan 2013).
Two halves that followed each other in the recordings fit perfectly. Joins lie at the middles and the borders of phones, and
what is left of a difference there is shared out over both sides.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.phone import PHONES
from psi_ecs.systems.kernels import framecode

from .net import KNOTS

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

HALF = KNOTS // 2
CANDIDATES = 40
"""Stretches of each half phone that the path may choose from."""
DETAIL = 24
"""Coefficients of the envelope, beside the level, by which frames are compared."""
SMOOTH = 0.03
"""Seconds on each side of a join over which its step is shared out."""


class Weights(NamedTuple):
    """What counts how much when stretches are compared with what is expected, and with each other."""

    pitch: float = 0.3
    voice: float = 2.0
    level: float = 1.0
    duration: float = 0.3
    context: float = 0.5
    join: float = 0.6
    joint: float = 0.15
    """Cost of any join, however well it fits."""
    join_pitch: float = 0.05
    join_voice: float = 0.3
    join_level: float = 0.3


class Memory:
    """The halves of phones of all recordings, in the order in which they were said."""

    def __init__(self, frames: F32, phone: I64, first: F64, last: F64, take: I64, mean: F32, spread: F32) -> None:
        """Args: frames f32[T, D], all takes one after the other; of each of P phones: its name i64[P], where it begins and ends
        f64[P] in frames, and the take i64[P] it is from; mean and spread f32[D] of frames."""
        self.frames, self._spread = frames, spread
        middle = 0.5 * (first + last)
        self.first, self.last = _pairs(first, middle), _pairs(middle, last)
        self.take, self.phone = np.repeat(take, 2), np.repeat(phone, 2)
        before, after = np.roll(phone, 1), np.roll(phone, -1)
        self.before, self.after = np.repeat(np.where(take == np.roll(take, 1), before, 0), 2), np.repeat(
            np.where(take == np.roll(take, -1), after, 0), 2)  # fmt: skip
        place = (np.arange(HALF) + 0.5) / HALF
        at = self.first[:, None] + (self.last - self.first)[:, None] * place
        self.knots = ((self.at(at.ravel()) - mean) / spread).reshape(len(at), HALF, -1)[:, :, _COMPARED]
        self.begin, self.end = self.at(self.first)[:, _COMPARED], self.at(self.last)[:, _COMPARED]
        half = np.arange(2 * len(phone)) % 2
        self._of = {(p, h): np.flatnonzero((self.phone == p) & (half == h)) for p in range(len(PHONES)) for h in (0, 1)}

    def at(self, place: F64) -> F32:
        """Frames between frames, f32[n, D]."""
        place = np.clip(place, 0.0, len(self.frames) - 1.001)
        i = place.astype(np.int64)
        u = (place - i)[:, None].astype(np.float32)
        return np.asarray(self.frames[i] * (1.0 - u) + self.frames[i + 1] * u, np.float32)

    def candidates(
        self, phone: I64, seconds: F32, knots: F32, spread: F32, weights: Weights, rate: float
    ) -> list[tuple[I64, F64]]:
        """For each half phone, the stretches nearest to what is expected, and what each costs.

        Args: phone i64[P]; seconds f32[P]; knots f32[P, KNOTS, D] and spread f32[P, D], normalised; rate: frames a second.
        """
        share = _share(weights.pitch, weights.voice, weights.level)
        before, after = np.append(0, phone[:-1]), np.append(phone[1:], 0)
        out = list[tuple[I64, F64]]()
        for i in range(len(phone)):
            importance = (share / np.maximum(spread[i, _COMPARED], 0.15) ** 2 / np.count_nonzero(share)).astype(np.float32)
            for half in (0, 1):
                known = self._of[int(phone[i]), half]
                if not len(known):
                    known = np.arange(half, len(self.phone), 2)  # a sound that was never heard: anything that comes near
                away = self.knots[known] - knots[i, half * HALF : (half + 1) * HALF, _COMPARED].T
                cost = ((away * away) @ importance).mean(axis=1).astype(np.float64)
                long = (self.last[known] - self.first[known]) / rate
                cost += weights.duration * np.log((long + 0.005) / (0.5 * float(seconds[i]) + 0.005)) ** 2
                near, far = (0.75, 0.25) if half == 0 else (0.25, 0.75)
                cost += weights.context * (
                    near * _UNLIKE[self.before[known], before[i]] + far * _UNLIKE[self.after[known], after[i]]
                )
                best = np.argsort(cost, kind="stable")[:CANDIDATES]
                out.append((known[best], cost[best]))
        return out

    def path(self, candidates: list[tuple[I64, F64]], weights: Weights) -> I64:
        """The stretches that are cheapest together, one for each half phone (Viterbi 1967)."""
        share = _share(weights.join_pitch, weights.join_voice, weights.join_level, 1.0 / DETAIL)
        scale = np.sqrt(share) / self._spread[_COMPARED]
        total, back = candidates[0][1], list[I64]()
        for (left, _), (right, cost) in pairwise(candidates):
            a, b = self.end[left] * scale, self.begin[right] * scale
            gap = (a * a).sum(axis=1)[:, None] + (b * b).sum(axis=1) - 2.0 * a @ b.T
            step = weights.join * np.sqrt(np.maximum(gap, 0.0)) + weights.joint
            step[(left[:, None] + 1 == right) & (self.take[left][:, None] == self.take[right])] = 0.0
            ways = total[:, None] + step
            back.append(ways.argmin(axis=0))
            total = ways[back[-1], np.arange(len(right))] + cost
        found = [int(total.argmin())]
        for way in reversed(back):
            found.append(int(way[found[-1]]))
        return np.array([c[0][k] for c, k in zip(candidates, reversed(found), strict=True)], np.int64)

    def lay(self, path: I64, border: F64, times: F64) -> F32:
        """The frames of the chosen stretches, each drawn out to its place, f32[len(times), D].

        Args: border f64[H + 1], seconds at which the H halves begin, and the last ends; times f64[T], rising.
        """
        slot = np.clip(np.searchsorted(border, times, side="right") - 1, 0, len(path) - 1)
        share = np.clip((times - border[slot]) / np.maximum(border[slot + 1] - border[slot], 1e-6), 0.0, 1.0)
        first, last = self.first[path], self.last[path]
        out = self.at(first[slot] + share * (last - first)[slot])
        natural = (path[:-1] + 1 == path[1:]) & (self.take[path[:-1]] == self.take[path[1:]])
        for j in np.flatnonzero(~natural):
            step = 0.5 * (self.at(first[j + 1 : j + 2]) - self.at(last[j : j + 1]))
            join, low, high = border[j + 1], max(border[j], border[j + 1] - SMOOTH), min(border[j + 2], border[j + 1] + SMOOTH)
            left, right = (times >= low) & (times < join), (times >= join) & (times < high)
            out[left] += step * ((times[left] - low) / (join - low))[:, None].astype(np.float32)
            out[right] -= step * ((high - times[right]) / (high - join))[:, None].astype(np.float32)
        return out


_FIRST = framecode.ENVELOPE.start
_COMPARED = np.array([framecode.PITCH, framecode.VOICE, *range(_FIRST, _FIRST + 1 + DETAIL)])


def _share(pitch: float, voice: float, level: float, detail: float = 1.0) -> F64:
    """Weight of each compared column."""
    return np.array([pitch, voice, level] + [detail] * DETAIL)


def _pairs(a: F64, b: F64) -> F64:
    """a and b in turn."""
    return np.stack((a, b), axis=1).ravel()


def _unlike() -> F64:
    """How unlike two neighbours are, f64[phones, phones], 0 to 1: by manner, place and voicing."""
    manner = np.array([int(p.manner) for p in PHONES])
    place = np.unique([p.place for p in PHONES], return_inverse=True)[1]
    voiced = np.array([p.voiced for p in PHONES])
    other = 0.4 + 0.2 * (manner[:, None] != manner) + 0.25 * (place[:, None] != place) + 0.15 * (voiced[:, None] != voiced)
    return np.where(np.eye(len(PHONES), dtype=bool), 0.0, other)


_UNLIKE = _unlike()
