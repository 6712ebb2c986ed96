"""Spreading activation in a graph (Collins & Loftus 1975), with the fan effect of ACT-R (Anderson 1983): what is awake shares
one amount among its neighbours, so the more it has the less each gets.

With W[j, i] = gain w_ij / max(1, sum_k w_ik), every column of W sums to at most gain < 1. Activation relaxes toward

    goal_i = 1 - (1 - source_i) exp(-sum_j W_ij active_j)

Sources in [0, 1] make goals in [0, 1], and relaxing is a mean of old value and goal, so no activation leaves [0, 1], whatever
the graph. As 1 - exp(-x) <= x, the goals sum to at most sum(source) + gain sum(active): without sources all activation fades,
at least as fast as exp(-(1 - gain) rate t), and it never settles above sum(source) / (1 - gain).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs.backend import BackendError

F64 = NDArray[np.float64]
Index = NDArray[np.int64]


def fan(source: Index, weight: NDArray[Any], n: int, gain: float) -> F64:
    """What each edge passes on, f64[E].

    Args: source i64[E] node that an edge leaves; weight f64[E] from 0; n nodes; gain from 0 to below 1.
    """
    if not (0.0 <= gain < 1.0 and np.isfinite(weight).all() and np.all(np.asarray(weight) >= 0.0)):
        raise BackendError(f"spread: a gain from 0 to below 1 and finite weights from 0 are needed; the gain is {gain}")
    total = np.bincount(source, weight, minlength=n)
    return np.asarray(gain * weight / np.maximum(total, 1.0)[source])


def reached(active: F64, source: Index, target: Index, passed: F64) -> F64:
    """What comes to each node from its neighbours, f64[n] in [0, 1]."""
    return np.asarray(-np.expm1(-np.bincount(target, passed * active[source], minlength=len(active))))


def relaxed(active: F64, given: F64, come: F64, share: float) -> F64:
    """Activations after a step, f64[n].

    Args: active, given (sources) and come (`reached`) f64[n] in [0, 1]; share of the way to the goal, 0 to 1.
    """
    return np.asarray(active + share * (1.0 - (1.0 - given) * (1.0 - come) - active))
