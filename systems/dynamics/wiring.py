"""Where the oscillators of avatars lie, and the network of their couplings as feelings and hosts have them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.oscillator import Core, Lock, Oscillator, Part, Role, Tuning
from psi_ecs.components.regime import Regime
from psi_ecs.components.score import Score
from psi_ecs.systems.kernels import phase_measures, phase_network
from psi_ecs.systems.kernels.phase_network import Network, Plan
from psi_ecs.systems.kernels.rowwise import rowwise

from .regime import knobs

F64 = NDArray[np.float64]
Marks = tuple[list[int], list[int]]
Arrays = tuple[NDArray[Any], ...]

ERROR = 0.02
"""Cycles by which a phase may be wrong in the tick after an outside clock jumps; locked phases err far less and forget it."""
RUNG = 1
"""At least two steps a tick: as many as any feeling needs, so that nobody's steps hang on what others feel."""
FIRM = 20.0
"""rad/s from which a 1:1 coupling is meant to hold, not just to draw."""
FINE = 32.0
"""Feelings reach the couplings in steps of 1/FINE of a natural logarithm (3 %), lags in 1/FINE^2 cycles, so that a network
lasts for many ticks."""


class Wiring:
    """Resource, derived and not saved: where oscillators lie, and their network. Columns that moved are new arrays."""

    def __init__(self) -> None:
        """Nothing looked up yet."""
        self._avatar: NDArray[np.uint64] | None = None
        self._key: bytes | None = None
        self.who: list[int] = []
        """Avatars."""
        self._rows: dict[int, NDArray[np.int64]] = {}
        self.row: NDArray[np.int64] = np.zeros((0, len(Role)), np.int64)
        """i64[A, R]: rows in the table."""
        self.net: Network
        self.plan: Plan
        self.freq = self.goal = self.fade = np.zeros(0)
        """Of every row: factor on its frequency, amplitude it settles to, and what a tick leaves of the way there."""
        self.turning = np.zeros(0)
        """Hz of every row in the last tick, before couplings."""
        self.fold: F64 = np.zeros((0, 2))
        """Gain (rad/s) and lag (cycles) between the vocal folds of each avatar: too fast for the network, but a closed form."""
        self.noisy: NDArray[np.int64] = np.zeros(0, np.int64)
        """Rows whose phases diffuse."""
        self.diffuse: F64 = np.zeros(0)
        """By how many cycles in a tick: the factor on a sum of four uniform numbers less 2, whose variance is 1/3."""
        self.firm = np.zeros(0, bool)
        """Rows that are firmly pulled, 1:1."""
        self._felt: F64 | None = None
        self._held = dict[int, Regime]()
        self._knobs = dict[int, F64]()
        self._marks = dict[int, tuple[Score, Marks]]()
        self._ids: NDArray[np.uint64] | None = None
        self._pairs: tuple[NDArray[Any], ...] = ()

    def marks(self, entity: int, score: Score, find: Callable[[Score], Marks]) -> Marks:
        """What `find` tells of the score an avatar is saying, found once a score."""
        if entity not in self._marks or self._marks[entity][0] is not score:
            self._marks[entity] = score, find(score)
        return self._marks[entity][1]

    def forget(self) -> None:
        """Make the network anew in this tick: a knob was turned."""
        self._felt = self._key = None

    def rows(self, part: Part) -> dict[int, NDArray[np.int64]]:
        """Rows i64[R] of each avatar's oscillators, by role."""
        if self._avatar is part.avatar:
            return self._rows
        self._avatar, self._ids = part.avatar, None
        self.forget()
        self.who = sorted(set(part.avatar.tolist()))
        self.row = np.full((len(self.who), len(Role)), -1, np.int64)
        self.row[np.searchsorted(self.who, part.avatar), part.role] = np.arange(len(part.role))
        self._rows = dict(zip(self.who, self.row, strict=True))
        return self._rows

    def tune(
        self, core: Core, feel: F64, held: dict[int, Regime], tuning: Tuning, osc: Oscillator, coupled: bool, dt: float
    ) -> None:
        """Couplings and factors for these feelings f64[A, 10] and regimes; made anew only when they have changed."""
        same = held == self._held
        if self._felt is not None and same and np.array_equal(feel, self._felt):
            return
        if not same:
            self._held, self._knobs = held, {entity: knobs(regime, core) for entity, regime in held.items()}
        self._felt = feel
        c, r = len(core.pulled), len(Role)
        change = rowwise(feel, core.feel.T)
        for entity, more in self._knobs.items():
            if entity in self.who:
                change[self.who.index(entity)] += more
        change[:, c : 2 * c] *= FINE  # lags are small
        np.rint(FINE * change, out=change)
        change /= FINE
        change[:, c : 2 * c] /= FINE
        if (key := change.tobytes()) == self._key:
            return
        self._key = key
        gain, lag = core.gain * np.exp(change[:, :c]), core.lag + change[:, c : 2 * c]
        for name, (new_gain, new_lag) in tuning.changed.items():
            avatar, pulled, by = (int(x) for x in name.split("/"))
            edge = (core.pulled == pulled) & (core.by == by)
            if avatar in self.who:
                who = self.who.index(avatar)
                gain[who, edge] = gain[who, edge] if new_gain is None else new_gain
                lag[who, edge] = lag[who, edge] if new_lag is None else new_lag
        gain *= coupled
        fold, noise = core.pulled == Role.FOLD, core.noise * (np.arange(r) != Role.FOLD)
        self.fold = np.stack((gain[:, fold].sum(axis=1), lag[:, fold].sum(axis=1)), axis=1)
        self.noisy = self.row[:, noise > 0.0].ravel()
        self.diffuse = np.tile(noise[noise > 0.0], len(self.who)) * np.sqrt(3.0 * dt)
        pulled, by, n, m = (x[~fold] for x in (core.pulled, core.by, core.n, core.m))
        edges: Arrays = (self.row[:, pulled].ravel(), self.row[:, by].ravel(), gain[:, ~fold].ravel(), lag[:, ~fold].ravel())
        ratio: Arrays = (np.tile(n, len(self.who)), np.tile(m, len(self.who)))
        edges, ratio = self._add(tuning, edges, ratio, coupled)
        factor = np.exp(change[:, 2 * c :]).reshape(-1, 3, r)
        self.freq, self.goal, settle = np.ones(len(osc.freq)), osc.goal.astype(np.float64), osc.settle.astype(np.float64)
        self.freq[self.row] = factor[:, 0]
        self.goal[self.row] *= factor[:, 1]
        settle[self.row] *= factor[:, 2]
        self.goal, self.fade = np.maximum(self.goal, 1e-6), np.exp(-2.0 * dt * settle)
        self.firm = np.zeros(len(osc.freq), bool)
        self.firm[edges[0][(edges[2] >= FIRM) & (ratio[0] == ratio[1])]] = True
        self.net = phase_network.network(len(osc.freq), *edges, *ratio)
        usual = self.freq.copy()
        usual[self.row] *= core.freq  # not what they are at this moment: a plan made after loading must be the same plan
        self.plan = phase_network.plan(self.net, usual, dt, ERROR, least=RUNG)

    def _add(self, tuning: Tuning, edges: Arrays, ratio: Arrays, coupled: bool) -> tuple[Arrays, Arrays]:
        """Edges (pulled, by, gain, lag) and ratios (n, m) with the couplings that the asset has not."""
        rows = []
        for key, (gain, lag, n, m) in tuning.added.items():
            avatar, pulled, by = (int(x) for x in key.split("/"))
            if avatar in self._rows:
                rows.append((self._rows[avatar][pulled], self._rows[avatar][by], gain * coupled, lag, n, m))
        if not rows:
            return edges, ratio
        more = zip((*edges, *ratio), zip(*rows, strict=True), strict=True)
        joined = [np.append(old, new).astype(old.dtype) for old, new in more]
        return tuple(joined[:4]), tuple(joined[4:])

    def follow(self, lock: Lock, theta: F64, ids: NDArray[np.uint64], core: Core, dt: float) -> None:
        """Move the running means of the measured pairs of these avatars."""
        if self._ids is not ids:
            row, pairs = self.row[np.searchsorted(self.who, ids)], core.pairs
            n, m = (np.tile(pairs[:, i], len(row)).astype(np.int32) for i in (2, 3))
            self._ids, self._pairs = (
                ids,
                tuple(x.astype(np.int32) for x in (row[:, pairs[:, 0]].ravel(), row[:, pairs[:, 1]].ravel(), n, m)),
            )
        held = lock.held[:, : len(core.pairs)]
        z = held.view(np.complex128).ravel()
        pulled, by, n, m = self._pairs
        phase_measures.follow(z, theta, pulled, by, n, m, dt, core.window)
        held[:] = z.view(np.float64).reshape(held.shape)
