"""Constraints a . x <= b: violations, their energy, its gradient, and the nearest state that keeps them.

The energy of a state is H(x) = sum_c w_c max(0, a_c . x - b_c)^2, a harmonic grammar (Smolensky & Legendre 2006) of linear
constraints; it is convex and zero just where all of them hold. Hard rows are held exactly, soft ones weighed against the way:

    nearest(x) = argmin_y |y - x|^2 + sum_soft w_c max(0, a_c . y - b_c)^2   subject to   a_c . y <= b_c for hard c

With slack_c = 1 / w_c for soft rows and 0 for hard ones its dual is: multipliers l >= 0 with u = a . x - b - (a a' +
diag(slack)) l <= 0 and l . u = 0 (Karush, Kuhn & Tucker), and y = x - a' l. Most states are solved together by block pivoting
(Judice & Pires 1994); the rest one by one by the dual active-set method (Goldfarb & Idnani 1983), which is exact and finite.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .rowwise import rowwise

F64 = NDArray[np.float64]

EXACT = 1e-11
"""How far a row may stay broken, relative to the largest violation."""
PIVOTS = 6
"""Rounds of block pivoting before the exact method takes over."""
FIRM = 1e-7
"""Slack of hard rows that contradict each other, times 1 / w_c: small beside that of any soft row."""


class Rows(NamedTuple):
    """Constraints made ready for `project`; all but C and K as in the module."""

    columns: F64
    """a', f64[K, C]."""
    way: F64
    """How a state moves as a row pushes, f64[C, K]."""
    full: F64
    """a a' + diag(slack), f64[C, C]."""
    ridge: F64
    """f64[C, C], keeps rows that say the same from being singular."""
    firm: F64
    """As `full`, with slack for hard rows too."""


def bounds(b: F64, shift: F64, feeling: F64) -> F64:
    """Bounds f64[..., C] as feelings f64[..., F] move them; b f64[..., C], shift f64[C, F] what one unit of each adds."""
    return np.asarray(b + rowwise(feeling, shift.T))


def violation(x: F64, a: F64, b: F64) -> F64:
    """How far each constraint is broken, f64[..., C], 0 where it holds. Args: x f64[..., K]; a f64[C, K]; b f64[..., C]."""
    return np.maximum(rowwise(x, a.T) - b, 0.0)


def energy(x: F64, a: F64, b: F64, weight: F64) -> F64:
    """H, f64[...]; weight f64[C]."""
    return np.asarray((weight * violation(x, a, b) ** 2).sum(axis=-1))


def gradient(x: F64, a: F64, b: F64, weight: F64) -> F64:
    """dH/dx, f64[..., K]."""
    return np.asarray((2.0 * weight * violation(x, a, b)) @ a)


def ready(a: F64, weight: F64, hard: NDArray[np.bool_], step: F64 | float = 1.0) -> Rows:
    """Constraints for `project`: a f64[C, K] without rows of zeros, weight f64[C] above 0 where soft, hard bool[C], and `step`
    f64[K], the unit of distance of each column."""
    way = a * np.square(step)
    gram, firmness = a @ way.T, np.where(weight > 0.0, weight, 1.0)
    full = gram + np.diag(np.where(hard, 0.0, 1.0 / firmness))
    ridge = 1e-14 * np.diag(np.diag(full))
    return Rows(np.ascontiguousarray(a.T), way, full, ridge, gram + np.diag(np.where(hard, FIRM, 1.0) / firmness))


@lru_cache(maxsize=64)
def rows_of(part: Any) -> Rows:
    """The rows of something that has a, weight, hard and step, made ready once; it is told by its identity."""
    return ready(part.a, part.weight, part.hard, part.step)


def nearest(
    x: F64, a: F64, b: F64, weight: F64 | None = None, hard: NDArray[np.bool_] | None = None, step: F64 | float = 1.0
) -> F64:
    """`project` for constraints that are used once; without `weight` f64[C] every row is hard. Rows may be empty, weights 0."""
    weight = np.ones(len(a)) if weight is None else weight
    hard = np.ones(len(a), bool) if hard is None else hard
    some = (hard | (weight > 0.0)) & a.any(axis=1)
    return project(np.array(x, np.float64), ready(a[some], weight[some], hard[some], step), b[..., some])


def project(x: F64, rows: Rows, b: F64) -> F64:
    """The states nearest to x f64[..., K] in the sense of the module, within bounds b f64[..., C]; x itself if it keeps them.

    The energy of the hard rows never rises; where it was 0, neither does that of the soft ones. Where hard rows contradict each
    other their own energy counts 1e7 times as much as the rest, which leaves the least sum of w_c v_c^2 over them to about 1e-6
    of the way (a weight of 0 counts as 1).
    """
    over = rowwise(x, rows.columns) - b
    if float(over.max(initial=0.0)) <= 0.0:
        return x
    flat = over.reshape(-1, over.shape[-1])
    far = flat.max(axis=1) > 0.0
    pull = np.zeros_like(flat)
    pull[far] = _multipliers(flat[far], rows, EXACT * (1.0 + flat[far].max(axis=1)))
    return np.asarray(x - rowwise(pull, rows.way).reshape(x.shape))


def contradiction(a: F64, b: F64) -> list[int]:
    """Rows that no state can keep together, by Farkas' lemma; empty if all can be kept. Args: a f64[C, K]; b f64[C]."""
    return _active_set(-b, a @ a.T, EXACT * (1.0 + float(np.abs(b).max(initial=0.0))))[1]


def _multipliers(over: F64, rows: Rows, exact: F64) -> F64:
    """Multipliers f64[S, C] of states that break their rows by `over` f64[S, C]; exact f64[S]: what counts as none."""
    found, left, active, alone = np.zeros_like(over), np.arange(len(over)), over > 0.0, np.eye(len(rows.full))
    for _ in range(PIVOTS):
        mine = over[left]
        matrix = np.where(active[:, :, None] & active[:, None, :], rows.full + rows.ridge, alone)
        push = np.linalg.solve(matrix, np.where(active, mine, 0.0)[:, :, None])[:, :, 0]
        rest = mine - rowwise(push, rows.full)
        wrong = (push < 0.0) | (np.where(active, np.abs(rest), rest) > exact[left, None])
        done = ~wrong.any(axis=1)
        found[left[done]] = push[done]
        if done.all():
            return found
        left, active = left[~done], np.where(active, push > 0.0, rest > exact[left, None])[~done]
    for i in left.tolist():
        found[i], clash = _active_set(over[i], rows.full, float(exact[i]))
        if clash:
            found[i], _ = _active_set(over[i], rows.firm, float(exact[i]))
    return found


def _active_set(over: F64, full: F64, exact: float) -> tuple[F64, list[int]]:
    """Multipliers f64[C] of one state, and rows that contradict each other if there are such (Goldfarb & Idnani 1983)."""
    push, active, size = np.zeros(len(over)), list[int](), np.sqrt(np.maximum(np.diag(full), 1e-300))
    while True:
        rest = over - full @ push
        rest[active] = 0.0
        row = int((rest / size).argmax()) if len(rest) else 0
        if not len(rest) or rest[row] <= exact:
            return push, []
        while row not in active:
            way = np.linalg.solve(full[np.ix_(active, active)], full[active, row])
            curve = float(full[row, row] - full[row, active] @ way)
            step = rest[row] / curve if curve > 1e-10 * full[row, row] else np.inf
            ratio = [push[c] / w if w > 0.0 else np.inf for c, w in zip(active, way, strict=True)]
            first = min(ratio, default=np.inf)
            if first == step == np.inf:
                return push, [row, *(c for c, w in zip(active, way, strict=True) if w < -1e-9)]
            length = min(step, first)
            push[active] -= length * way
            push[row] += length
            if step <= first:
                active.append(row)
                push[active] = np.maximum(np.linalg.solve(full[np.ix_(active, active)], over[active]), 0.0)
            else:
                gone = active[ratio.index(first)]
                active.remove(gone)
                push[gone] = 0.0
                rest[row] = (over - full @ push)[row]
