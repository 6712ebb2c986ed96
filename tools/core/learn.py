"""Patterns of the field, found in a run: where it kept its relative phases, and what turned together there.

What turned together becomes couplings (Hebbian learning). A pattern is an asset: a scene begins in it or is drawn to it, and so
does a host.
"""

from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace

from psi_ecs import PsiError
from psi_ecs.components.oscillator import OUTSIDE, Role
from psi_ecs.components.pattern import Pattern, Tie
from psi_ecs.systems.kernels import attractor, hebb

from .record import F64, RATE, Record

NAMES = [r.name.lower() for r in Role]
STAYS = 2.0
"""How often the memory of the running means fits into the stretch: of two that never part, 1 - e^-2 of the most remains."""
MOST = 2.0
"""rad/s of a learnt coupling between two that never part: far below those that the asset gives the syllables."""
KEEP = 0.75
"""Share of the strongest coupling below which nothing is kept: of two that drift past each other, less remains."""
LARGEST = 3
"""Of the ratios that are looked for, beside those of the asset."""
TURNS = 3.0
"""Cycles that both must have made: what hardly moved tells nothing of who keeps to whom."""
HOP = 0.25
"""Seconds between two stretches that are looked at."""


@dataclass(frozen=True)
class Kept:
    """Two that kept their relative phase: n cycles of `by` go with m of `pulled`."""

    pulled: str
    by: str
    n: int
    m: int
    value: float
    """Phase-locking value, 0 to 1."""
    lag: float
    """Cycles."""


@dataclass(frozen=True)
class Stable:
    """A stretch of a run in which the field kept a pattern."""

    start: float
    """Seconds."""
    end: float
    pairs: list[Kept]
    """Best first."""


def stable(record: Record, window: float, bound: float, tolerance: float) -> Stable | None:
    """The stretch of `window` seconds in which most pairs kept their relative phase: locking value above `bound`, and nowhere
    farther than `tolerance` cycles from the mean. The last one of several; None if no pair ever did."""
    if not (0.0 <= bound <= 1.0 and 0.0 <= tolerance <= 0.5):
        raise PsiError(f"bound is {bound} and tolerance {tolerance}; give 0 to 1, and 0 to 0.5 cycles")
    size, best = round(window * RATE), None
    if not 2 <= size <= len(record.phase):
        raise PsiError(f"the run has {len(record.phase) / RATE:.1f} s; give a --window of 0.1 s up to that")
    for first in range(0, len(record.phase) - size + 1, round(HOP * RATE)):
        pairs = _kept(record, first, first + size, bound, tolerance)
        if pairs and (best is None or len(pairs) >= len(best.pairs)):
            best = Stable(first / RATE, (first + size) / RATE, pairs)
    return best


def _kept(record: Record, first: int, last: int, bound: float, tolerance: float) -> list[Kept]:
    theta, core = record.phase[first:last], record.core
    freq = turning(theta)
    free = hebb.pairs(freq, LARGEST)
    pulled, by, n, m = (np.concatenate(pair) for pair in zip((core.pulled, core.by, core.n, core.m), free, strict=True))
    value, lag, stray = attractor.kept(theta, pulled, by, n, m)
    good = (value >= bound) & (stray <= tolerance) & (freq[pulled] > 0.0) & (freq[by] > 0.0)
    found, seen = [], set[frozenset[int]]()
    for i in np.argsort(-value, kind="stable").tolist():
        if good[i] and (pair := frozenset((int(pulled[i]), int(by[i])))) not in seen:
            seen.add(pair)
            found.append(Kept(NAMES[pulled[i]], NAMES[by[i]], int(n[i]), int(m[i]), float(value[i]), float(lag[i])))
    return found


def turning(theta: F64) -> F64:
    """Mean frequencies f64[R] in Hz of phases f64[T, R]; 0 for what hardly turned, and for the glottis, too fast for a look a
    tick."""
    turned = np.abs(np.diff(np.unwrap(theta, period=1.0, axis=0), axis=0)).sum(axis=0)
    freq = np.where(turned >= TURNS, turned * RATE / (len(theta) - 1), 0.0)
    freq[Role.GLOTTIS] = 0.0
    return np.asarray(freq, np.float64)


def learn(record: Record, name: str, start: float, end: float) -> Pattern:
    """The field at second `end` of a run, with what turned together since `start` and had no coupling yet."""
    first, last = round(start * RATE), round(end * RATE)
    if not 0 <= first < last - 1 < len(record.phase):
        raise PsiError(f"the run has {len(record.phase) / RATE:.1f} s; give a moment within it, and a --window up to it")
    return replace(record.pattern[last - 1], name=name, coupling=formed(record, first, last))


def formed(record: Record, first: int, last: int) -> list[Tie]:
    """Couplings between those that turned together from tick `first` up to `last`, strongest first."""
    theta = record.phase[first:last]
    pulled, by, n, m = hebb.pairs(turning(theta), LARGEST)
    known = set(zip(record.core.pulled.tolist(), record.core.by.tolist(), strict=True))
    who = zip(pulled.tolist(), by.tolist(), strict=True)
    new = np.array([not {(p, b), (b, p)} & known and p not in OUTSIDE for p, b in who], bool)
    pulled, by, n, m = (x[new] for x in (pulled, by, n, m))
    kappa, ones, rate = np.zeros(len(pulled), np.complex128), np.ones(len(Role)), MOST * STAYS * RATE / len(theta)
    for row in theta:
        hebb.learn(kappa, row, ones, pulled, by, n, m, rate, 1.0 / MOST, 1.0 / RATE)
    gain, lag = hebb.coupling(kappa, MOST)
    return [
        Tie(pulled=NAMES[pulled[i]], by=NAMES[by[i]], gain=round(float(gain[i]), 3), lag=round(float(lag[i]), 4),
            ratio=(int(n[i]), int(m[i])))
        for i in np.argsort(-gain).tolist() if gain[i] >= KEEP * MOST
    ]  # fmt: skip
