"""Runge-Kutta steps of coupled phases: what couplings add to each phase while free rotation goes on; see `phase_network`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .phase_network import Network

F64 = NDArray[np.float64]
Index = NDArray[np.int64]

RK4 = ((0.5,), (0.0, 0.5), (0.0, 0.0, 1.0), (1 / 6, 1 / 3, 1 / 3, 1 / 6))
"""The classical method (Kutta 1901): factors of the slopes so far, for the place of the next one; at last, for the step."""
RK3 = ((0.5,), (-1.0, 2.0), (1 / 6, 2 / 3, 1 / 6))
"""His method of third order, with the same quadrature: a slope less, and all that it loses is how pulls answer each other."""


@dataclass(frozen=True)
class Level:
    """Oscillators of one rung or finer: the first `moves` of `need`, and after them those that only pull."""

    steps: int
    """Steps within one step of the level above."""
    moves: int
    need: Index
    net: "Network"


def slopes(net: "Network", theta: F64, freq: F64, h: float, rows: Sequence[Sequence[float]], room: F64) -> F64:
    """Coupling terms in Hz, f64[S, N], at the places of a step of h seconds: the first, already known, and one a row.

    Args: room f64[S + 2, N] scratch: the first slope lies in its row 1. No memory is taken: large networks live by that.
    """
    room[0] = freq
    for s, row in enumerate(rows, 1):
        np.matmul(h * np.array((sum(row), *row)), room[: s + 1], out=room[-1])
        room[-1] += theta
        net.pull(room[-1], room[s + 1])
    return room[1:-1]


def even(net: "Network", theta: F64, freq: F64, seconds: float, steps: int, room: F64, rows: Sequence[Sequence[float]]) -> F64:
    """What couplings add to each phase in so many seconds, in equal steps, the same for all.

    Args: room f64[S + 2, N] scratch; rows: RK4 (S = 4) or RK3 (S = 3).
    """
    h, delta = seconds / steps, np.zeros(len(theta))
    for n in range(steps):
        here = theta if n == 0 else theta + (freq * (h * n) + delta)
        net.pull(here, room[1])
        delta += (h * np.array(rows[-1])) @ slopes(net, here, freq, h, rows[:-1], room)
    return delta


class Tick:
    """One tick: what couplings add to each phase, and how those that took a coarse step moved during it."""

    def __init__(self, theta: F64, freq: F64, levels: tuple[Level, ...]) -> None:
        """Phases and frequencies in the order that the levels count along."""
        parts = [(theta, freq)] if len(levels) == 1 else [(theta[level.need], freq[level.need]) for level in levels]
        self.levels = [(level, *part) for level, part in zip(levels, parts, strict=True)]
        self.delta = np.zeros(len(theta))
        self.past = np.zeros((6, len(theta) if len(levels) > 1 else 0))
        """Begin and length of the last coarse step, delta at both ends, and what its slopes would add in the whole step."""

    def finish(self, seconds: float) -> F64:
        """Delta after a tick of so many seconds."""
        self.descend(0, 0.0, seconds)
        return self.delta

    def slope(self, depth: int, at: float, delta: F64) -> F64:
        """Coupling term, Hz, of those that move at a level, `at` seconds into the tick."""
        level, theta, freq = self.levels[depth]
        if len(level.need) > level.moves:
            passive = level.need[level.moves :]
            begin, span, x, y, rise, fall = self.past[:, passive]
            u = (at - begin) / span
            v = 1.0 - u
            still = v * v * (x * (1.0 + 2.0 * u) + rise * u) + u * u * (y * (1.0 + 2.0 * v) - fall * v)
            delta = np.concatenate((delta, still))
        out, here = np.empty(level.moves), freq * at
        here += theta
        here += delta
        level.net.pull(here, out)
        return out

    def descend(self, depth: int, at: float, seconds: float) -> None:
        """Move one level by `seconds`; those of finer rungs are then moved again, by the level below."""
        level = self.levels[depth][0]
        h, n = seconds / level.steps, level.moves
        finer = self.levels[depth + 1][0].moves if depth + 1 < len(self.levels) else 0
        for t in (at + h * np.arange(level.steps)).tolist():
            x = self.delta[:n]
            k = [self.slope(depth, t, x)]
            k.append(self.slope(depth, t + 0.5 * h, x + 0.5 * h * k[0]))
            k.append(self.slope(depth, t + 0.5 * h, x + 0.5 * h * k[1]))
            k.append(self.slope(depth, t + h, x + h * k[2]))
            y = x + (h / 6.0) * (k[0] + 2.0 * (k[1] + k[2]) + k[3])
            if finer:
                end = self.slope(depth, t + h, y)
                kept = (np.full(n, t), np.full(n, h), x, y, h * k[0], h * end)
                self.past[:, finer:n] = np.stack(kept)[:, finer:]
                self.descend(depth + 1, t, h)
            self.delta[finer:n] = y[finer:]
