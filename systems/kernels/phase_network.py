"""Networks of coupled phases: built and checked once, then advanced by a whole tick of an integer clock.

Scheme. Free rotation is exact (`kuramoto.cycles`); what couplings add to it, delta, is integrated with the classical
fourth-order Runge-Kutta method. Each oscillator takes the coarsest sub-step, tick / 2^rung, whose error is small enough. The
pull along an edge turns at no more than R = 2 pi |n f_j - m f_i| + n P_j + m P_i, P_i = sum |K_ij|, so a tick T in steps of
h errs by at most about sum |K_ij| R^4 h^4 T / (2880 * 2 pi) cycles, far less where pulls are not in unison; and with
h sum (n + m) |K_ij| <= 2.5 it is stable (Gershgorin). Fast ones are refined inside a coarse step on cubic interpolants of the
slow ones (multirate: Savcenko, Hundsdorfer & Verwer 2007): fourth order throughout. What is locked rests without error.

Outside forcing: an oscillator that nothing pulls is an outside clock. Set its phase and frequency, and couple others to it.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from psi_ecs.backend import BackendError

from .kuramoto import F32, F64, I32, TAU, cycles, lagged, pull, pull_edges, pull_locks
from .phase_tick import RK3, RK4, Level, Tick, even

Index = NDArray[np.int64]

STABLE = 2.5
"""Step times strength; Runge-Kutta is stable on the negative axis to 2.78."""
FEW = 32
"""Up to so many oscillators, plain sines are faster than any kernel is called."""
LOCKS = 10_000
"""Likewise up to so many edges of other ratios than 1:1. One way to sum them for one body and for hundreds: then what a body
does hangs, to the last bit, on nothing but itself."""
SMALL = 64
"""Up to so many oscillators a matrix is faster than edges, however few they are."""
FILLED = 0.2
"""From this share of all pairs on, too."""
MANY = 20_000
"""Edges from which oscillators are put in order of how many pull them."""
LARGEST = 1e30
"""rad/s that a gain of many edges counts as at most: they are kept in single precision."""


@dataclass(frozen=True)
class Network:
    """Edges in compressed rows: those that pull oscillator i are start[i] to start[i + 1]."""

    count: int
    start: I32
    source: I32
    n: I32
    m: I32
    a: F64
    b: F64
    w: F64 | None = None
    """As a matrix of `kuramoto.woven`, where that is faster."""

    @property
    def target(self) -> Index:
        """Who is pulled, of each edge."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))

    @cached_property
    def plain(self) -> bool:
        """Whether every ratio is 1:1."""
        return bool(np.all(self.n == 1) and np.all(self.m == 1))

    @cached_property
    def _pairs(self) -> tuple[Index, F64, F64, F64, F64]:
        """Target, ratio, gain (Hz) and lag (radians) of each edge."""
        n, m = self.n.astype(np.float64), self.m.astype(np.float64)
        return self.target, n, m, np.hypot(self.a, self.b) / TAU, np.arctan2(self.b, self.a)

    @cached_property
    def _single(self) -> tuple[F32, F32]:
        """Gains of the edges for `pull_edges`."""
        a, b = (np.clip(x, -LARGEST, LARGEST).astype(np.float32) for x in (self.a, self.b))
        return a, b if b.any() else b[:0]

    def pull(self, theta: F64, out: F64) -> None:
        """Coupling term in Hz of the first len(out) oscillators, by the kernel that suits."""
        if self.count <= FEW or (not self.plain and len(self.source) <= LOCKS):
            target, n, m, gain, lag = self._pairs
            out[:] = np.bincount(target, gain * np.sin(TAU * (n * theta[self.source] - m * theta[target]) - lag), len(out))
        elif self.w is not None and self.count <= SMALL:
            pull.reference(theta, self.w, out)  # less work than the choice of a backend
        elif self.w is not None:
            pull(theta, self.w, out)
        elif self.plain:
            pull_edges(theta, self.start, self.source, *self._single, out)
        else:
            pull_locks(theta, self.start, self.source, self.n, self.m, self.a, self.b, out)


@dataclass(frozen=True)
class Plan:
    """How a network is advanced by one tick; made by `plan`."""

    count: int
    order: Index
    """Oscillators, finest first: everything in `levels` counts along this, and the first of them has all that are pulled."""
    levels: tuple[Level, ...]
    rungs: I32
    """Of each oscillator: it takes 2^rung steps a tick."""
    capped: int
    """Oscillators whose gains were scaled down, because even the finest step could not follow them: they settle within one."""
    step: float
    """Seconds of a step that all could take."""
    thrifty: bool
    """Whether equal steps of many edges are of third order."""
    free: Index
    """Oscillators whose rotation is formed without rounding: those that nothing pulls, and all where there are few."""
    _room: list[F64] = field(default_factory=list)

    def room(self, rows: int) -> F64:
        """Scratch f64[rows, N], kept: memory that is new costs more than what is done in it."""
        if not self._room or len(self._room[0]) < rows:
            self._room[:] = [np.empty((rows, self.count))]
        return self._room[0][:rows]


def network(
    count: int, target: ArrayLike, source: ArrayLike, gain: ArrayLike, lag: ArrayLike = 0.0, n: ArrayLike = 1, m: ArrayLike = 1
) -> Network:
    """Edges by which source[e] pulls target[e] with gain (rad/s) towards n theta_source - m theta_target = lag (cycles).

    Raises `BackendError` that names the first edge which cannot be used.
    """
    shape = np.broadcast_shapes(np.shape(target), np.shape(source), np.shape(gain))
    to, by = (np.broadcast_to(np.asarray(x, np.int64), shape).ravel() for x in (target, source))
    gains, lags = (np.broadcast_to(np.asarray(x, np.float64), shape).ravel() for x in (gain, lag))
    ns, ms = (np.broadcast_to(np.asarray(x), shape).ravel() for x in (n, m))
    for name, bad, need in (
        ("target", (to < 0) | (to >= count), f"an oscillator from 0 to {count - 1}"),
        ("source", (by < 0) | (by >= count), f"an oscillator from 0 to {count - 1}"),
        ("gain", ~(np.abs(gains) < 1e300), "finite, in rad/s"),
        ("lag", ~(np.abs(lags) < 1e9), "finite, in cycles"),
        ("n", (ns < 1) | (ns > 1000) | (ns % 1 != 0), "a whole number from 1 to 1000"),
        ("m", (ms < 1) | (ms > 1000) | (ms % 1 != 0), "a whole number from 1 to 1000"),
    ):
        if bad.any():
            e = int(np.argmax(bad))
            value = {"target": to, "source": by, "gain": gains, "lag": lags, "n": ns, "m": ms}[name][e]
            raise BackendError(f"coupling {e} ({to[e]} pulled by {by[e]}): {name} is {value}; it must be {need}")
    rows = np.argsort(to, kind="stable")
    start = np.concatenate(([0], np.cumsum(np.bincount(to, minlength=count)))).astype(np.int32)
    a, b = lagged(gains[rows], lags[rows])
    ints = [x[rows].astype(np.int32) for x in (by, ns, ms)]
    return woven_if_full(Network(count, start, ints[0], ints[1], ints[2], a, b))


def woven_if_full(net: Network) -> Network:
    """The network with its matrix, if that is the faster form."""
    rows = len(net.start) - 1
    if not net.plain or not (net.count <= SMALL or len(net.source) >= FILLED * rows * net.count):
        return net
    w = np.zeros((rows, net.count), np.complex128)
    np.add.at(w, (net.target, net.source), net.a - 1j * net.b)
    return Network(net.count, net.start, net.source, net.n, net.m, net.a, net.b, w.view(np.float64))


def plan(
    net: Network, freq: F64, seconds: float, error: float = 1e-5, most: int = 6, overhead: int = 2000, thrifty: bool = False,
    least: int = 0,
) -> Plan:  # fmt: skip
    """How to advance `net` by ticks of `seconds` at about these frequencies.

    Args: error: cycles a tick may be wrong by; thrifty: large networks whose oscillators all take the same steps are advanced
    by a method of third order, a quarter less work, which errs by about (h sum (n + m) |K_ij|)^4 / (48 pi) cycles more a
    step where pulls are in unison, and far less where they are not; most: finest rung, 64 steps a tick, and least:
    coarsest; overhead: what one evaluation costs besides its edges, in edges. Stays valid, if less exact, when frequencies
    change; make a new one when couplings do.
    """
    check(net.count, None, freq)
    target, power = net.target, np.hypot(net.a, net.b)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        force = np.bincount(target, (net.n + net.m) * power, net.count)
        total = np.bincount(target, power, net.count)
        turn = net.n * (TAU * freq + total)[net.source] - net.m * (TAU * freq - total)[target]
        turn = np.maximum(turn, net.m * (TAU * freq + total)[target] - net.n * (TAU * freq - total)[net.source])
        rough = np.bincount(target, power * turn**4, net.count)
        fine = np.minimum((error * 2880.0 * TAU / (rough * seconds)) ** 0.25, STABLE / force)
        rungs = np.ceil(np.log2(seconds / fine))
        fits = np.minimum(1.0, STABLE / (force * seconds / 2.0**most))
    if not np.isfinite(force).all():
        raise BackendError(f"oscillator {int(np.argmax(~np.isfinite(force)))}: its gains add up to infinity; lower them")
    whole = np.clip(np.nan_to_num(rungs, posinf=most), least, most).astype(np.int32)
    whole = merged(whole, np.diff(net.start), overhead)
    fits = np.where(force > 0.0, fits, 1.0)
    scaled = Network(net.count, net.start, net.source, net.n, net.m, net.a * fits[target], net.b * fits[target])
    degree = np.diff(net.start) if len(net.source) >= MANY else np.zeros(net.count)
    order = np.lexsort((-degree, -whole))  # in place already where there is one level of few edges
    parts = levels(scaled, order, whole) if len(net.source) else ()
    finest = float(np.nanmin(fine, initial=seconds))
    free = np.flatnonzero(np.diff(net.start) == 0) if len(net.source) >= MANY else np.arange(net.count)
    capped, step = int(np.count_nonzero(fits < 1.0)), max(finest, seconds / 2.0**most)
    return Plan(net.count, order, parts, whole, capped, step, thrifty, free)


def merged(rungs: I32, degree: NDArray[np.int32], overhead: int) -> I32:
    """The rungs with some raised to the next finer one in use, as long as that saves work: each level has its overhead."""
    work = np.bincount(rungs, degree, int(rungs.max(initial=0)) + 1)
    kept = np.flatnonzero(np.bincount(rungs)).tolist()

    def cost(used: list[int]) -> float:
        edges = [overhead + work[(used[i - 1] + 1 if i else 0) :].sum() for i in range(len(used))]
        return float(sum(2.0**r * (4.0 if r == used[-1] else 5.0) * e for r, e in zip(used, edges, strict=True)))

    while len(kept) > 1:
        fewer = min(([r for r in kept if r != out] for out in kept[:-1]), key=cost)
        if cost(fewer) > cost(kept):
            break
        kept = fewer
    return np.asarray(kept, np.int32)[np.searchsorted(kept, rungs)] if kept else rungs


def levels(net: Network, order: Index, rungs: I32) -> tuple[Level, ...]:
    """One level a rung, coarsest first, each with the rows of the network that move there."""
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    made: list[Level] = []
    above = 0
    for rung in np.unique(rungs).tolist():
        moves = int(np.count_nonzero(rungs >= rung))
        rows = order[:moves]
        size = np.diff(net.start)[rows]
        start = np.concatenate(([0], np.cumsum(size)))
        edge = np.arange(start[-1]) + np.repeat(net.start[rows] - start[:-1], size)
        by = place[net.source[edge]]
        outside = np.unique(by[by >= moves])
        need = np.concatenate((np.arange(moves), outside))
        by = np.where(by < moves, by, moves + np.searchsorted(outside, by)).astype(np.int32)
        part = Network(len(need), start.astype(np.int32), by, net.n[edge], net.m[edge], net.a[edge], net.b[edge])
        made.append(Level(2 ** (rung - above), moves, need, woven_if_full(part)))
        above = rung
    return tuple(made)


def check(count: int, theta: F64 | None, freq: F64) -> None:
    """Raise `BackendError` for phases or frequencies that a network of `count` oscillators cannot take."""
    for name, array in (("phase", theta), ("frequency", freq)):
        if array is None:
            continue
        if array.shape != (count,):
            raise BackendError(f"{name}: {count} numbers are needed, one an oscillator; shape {array.shape} was given")
        if not np.isfinite(array).all():
            i = int(np.argmin(np.isfinite(array)))
            raise BackendError(f"oscillator {i}: its {name} is {array[i]}; it must be finite")
    if freq.size and freq.min() < 0.0:
        i = int(np.argmin(freq))
        raise BackendError(f"oscillator {i}: its frequency is {freq[i]} Hz; it must not be negative")


def advance(theta: F64, freq: F64, how: Plan, samples: int, rate: int) -> F64:
    """Phases, in [0, 1), `samples` of a clock of `rate` Hz later.

    Args: theta f64[N] cycles; freq f64[N] Hz, not negative. Oscillators that nothing pulls are exact to 3e-16 cycles a call.
    """
    check(how.count, theta, freq)
    delta: F64 = np.zeros(how.count)
    if how.levels:
        only, seconds = how.levels[0], samples / rate
        if len(how.levels) > 1:
            delta[how.order] = Tick(theta[how.order], freq[how.order], how.levels).finish(seconds)
        elif len(only.net.source) < MANY:
            delta = Tick(theta, freq, how.levels).finish(seconds)
        else:
            rows = RK3 if how.thrifty else RK4
            room = how.room(len(rows) + 2)
            delta[how.order] = even(only.net, theta[how.order], freq[how.order], seconds, only.steps, room, rows)
    return turned(theta, freq, delta, how, samples, rate)


def turned(theta: F64, freq: F64, delta: F64, how: "Plan", samples: int, rate: int) -> F64:
    """Phases in [0, 1) after free rotation and delta cycles more, which this may overwrite.

    Of many oscillators, those that are pulled turn by a plain product: its rounding, 1e-16 of the turns, is nothing beside
    the error of the steps.
    """
    moved = cycles(freq, samples, rate) if len(how.free) == how.count else freq * (samples / rate)
    if len(how.free) < how.count:
        moved[how.free] = cycles(freq[how.free], samples, rate)
    moved += delta
    moved += theta
    moved -= np.floor(moved, out=delta)
    moved[moved >= 1.0] = 0.0  # 0 - 1e-17 is 1 above its floor
    return moved
