"""The field of jaw and lips (Edwards, Landreth, Fiume & Singh 2016, JALI): how far speech opens the jaw, and how much lips do.

Both at 1 is ordinary speech; little of both mumbles, much of both over-articulates, jaw alone drops the chin behind slack lips,
lips alone speak through the teeth. Loud and clear speech is larger on both (Schulman 1989; Perkell et al. 2002).
"""

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]

LEAST = 1.2
"""mm by which open lips stay open, however little is done."""
SHUTTING = 2.0
"""mm below which lips are on their way to a closure, which no effort may undo."""


def scale(x: F64, jaw: float, lips: float) -> None:
    """Scale jaw (mm), lip gap (mm), rounding and spread, f64[..., 4], in place.

    The jaw carries the lower lip: what the lips do is where they are beyond the jaw.
    """
    gap, own = x[..., 1].copy(), x[..., 1] - x[..., 0]
    x[..., 0] *= jaw
    share = np.minimum(np.maximum(gap / SHUTTING, 0.0), 1.0)
    x[..., 1] += share * (np.maximum(x[..., 0] + lips * own, LEAST) - gap)
    x[..., 2:] *= lips
    np.minimum(x[..., 2:], 1.0, out=x[..., 2:])
