"""Constraints a . x <= b: violations, their energy, its gradient, and the nearest state that keeps them.

The energy of a state is H(x) = sum_c w_c max(0, a_c . x - b_c)^2, a harmonic grammar (Smolensky & Legendre 2006) of linear
constraints; it is convex and zero just where all of them hold. Hard rows are held exactly, soft ones are weighed against the way:

    nearest(x) = argmin_y |y - x|^2 + sum_soft w_c max(0, a_c . y - b_c)^2   subject to   a_c . y <= b_c for hard c

With slack_c = 1 / w_c for soft rows and 0 for hard ones its dual is: multipliers l >= 0 with u = a . x - b - (a a' + diag(slack)) l
<= 0 and l . u = 0 (Karush, Kuhn & Tucker), and y = x - a' l. Most states are solved together by block pivoting (Judice & Pires
1994); what that leaves is solved one by one by the dual active-set method (Goldfarb & Idnani 1983), which is exact and finite.
"""

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]

EXACT = 1e-11
"""How far a row may stay broken, relative to the size of what is added up in it."""
PIVOTS = 6
"""Rounds of block pivoting before the exact method takes over."""
FIRM = 1e-7
"""Slack of hard rows that contradict each other, times 1 / w_c: small beside that of any soft row."""


def bounds(b: F64, shift: F64, feeling: F64) -> F64:
    """Bounds f64[..., C] as feelings f64[..., F] move them; b f64[..., C], shift f64[C, F] what one unit of each adds."""
    return np.asarray(b + feeling @ shift.T)


def violation(x: F64, a: F64, b: F64) -> F64:
    """How far each constraint is broken, f64[..., C], 0 where it holds. Args: x f64[..., K]; a f64[C, K]; b f64[..., C]."""
    return np.maximum(x @ a.T - b, 0.0)


def energy(x: F64, a: F64, b: F64, weight: F64) -> F64:
    """H, f64[...]; weight f64[C]."""
    return np.asarray((weight * violation(x, a, b) ** 2).sum(axis=-1))


def gradient(x: F64, a: F64, b: F64, weight: F64) -> F64:
    """dH/dx, f64[..., K]."""
    return np.asarray((2.0 * weight * violation(x, a, b)) @ a)


def slack(weight: F64, hard: NDArray[np.bool_]) -> F64:
    """1 / w_c of soft rows, infinite for a weight of 0, and 0 for hard rows; f64[C]."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.where(hard, 0.0, 1.0 / np.asarray(weight, np.float64)))


def nearest(
    x: F64, a: F64, b: F64, weight: F64 | None = None, hard: NDArray[np.bool_] | None = None, step: F64 | float = 1.0
) -> F64:
    """The states nearest to x f64[..., K] in the sense above; without `weight` f64[C] every row is hard, bool[C].

    `step` f64[K] is the unit of distance of each column. The energy of the hard rows never rises; where it was 0, neither does that
    of the soft ones. Where hard rows contradict each other their own energy counts 1e7 times as much as the rest, which leaves the
    least sum of w_c v_c^2 over them to about 1e-6 of the way (a weight of 0 counts as 1).
    """
    over = x @ a.T - b
    if not (over > 0.0).any():
        return np.array(x, np.float64)
    weight = np.ones(len(a)) if weight is None else weight
    give = slack(weight, np.ones(len(a), bool) if hard is None else hard)
    rows = np.isfinite(give) & a.any(axis=1)
    over, a, give, weight = over[..., rows], a[rows], give[rows], weight[rows]
    if not (over > 0.0).any():
        return np.array(x, np.float64)
    way, flat = a * np.square(step), over.reshape(-1, len(a))
    pull, far = np.zeros_like(flat), (flat > 0.0).any(axis=1)
    pull[far] = _multipliers(flat[far], a @ way.T, give, weight, EXACT * (1.0 + float(flat.max(initial=0.0))))
    return np.asarray(x - pull.reshape(over.shape) @ way)


def contradiction(a: F64, b: F64) -> list[int]:
    """Rows that no state can keep together, by Farkas' lemma; empty if all can be kept. Args: a f64[C, K]; b f64[C]."""
    scale = float(np.abs(b).max(initial=0.0))
    return _active_set(-b, a @ a.T, EXACT * (1.0 + scale))[1]


def _multipliers(over: F64, gram: F64, give: F64, weight: F64, exact: float) -> F64:
    """Multipliers f64[S, C] of states that break their rows by `over` f64[S, C]."""
    full = gram + np.diag(give)
    size = np.diag(full)
    found, left = np.zeros_like(over), np.arange(len(over))
    active = over > 0.0
    for _ in range(PIVOTS):
        both = active[:, :, None] & active[:, None, :]
        matrix = np.where(both, full, 0.0)
        ridge = np.where(active, 1e-14, 1.0) * size
        matrix[:, range(len(size)), range(len(size))] += ridge
        push = np.linalg.solve(matrix, np.where(active, over[left], 0.0)[:, :, None])[:, :, 0]
        rest = over[left] - push @ full
        done = (push >= 0.0).all(axis=1) & (rest <= exact).all(axis=1) & (np.abs(np.where(active, rest, 0.0)) <= exact).all(axis=1)
        found[left[done]] = push[done]
        left, active = left[~done], np.where(active, push > 0.0, rest > exact)[~done]
        if not len(left):
            return found
    for i in left.tolist():
        found[i], clash = _active_set(over[i], full, exact)
        if clash:
            firm = gram + np.diag(np.where(give > 0.0, give, FIRM / np.where(weight > 0.0, weight, 1.0)))
            found[i], _ = _active_set(over[i], firm, exact)
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
