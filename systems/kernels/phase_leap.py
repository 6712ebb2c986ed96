"""Networks of coupled phases over a long stretch in one go, in steps as long as the error allows.

The pair of Dormand & Prince (1980) of orders 5 and 4: their difference measures the error of a step, and the next step is as
long as that lets it be (Hairer, Norsett & Wanner 1993, II.4). Free rotation is exact, as in `phase_network`. Use `advance`
where phases are read, or frequencies change, at every tick; `leap` where only the end counts.
"""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.backend import BackendError

from .phase_network import Plan, check, turned
from .phase_tick import slopes

F64 = NDArray[np.float64]

STAGES = (
    (1 / 5,), (3 / 40, 9 / 40), (44 / 45, -56 / 15, 32 / 9), (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)  # fmt: skip
"""Factors of the slopes so far, for the place of the next one; the last row is the step itself."""
DOUBT = np.array([71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40])
"""Factors of the slopes in the difference of the two orders."""

FIRST = 3.0
"""The first step tried, in steps that are sure to be fine: those are meant for pulls in unison."""


def leap(theta: F64, freq: F64, how: Plan, samples: int, rate: int, error: float = 1e-7) -> F64:
    """Phases, in [0, 1), `samples` of a clock of `rate` Hz later.

    Args: theta f64[N] cycles; freq f64[N] Hz, not negative; error: cycles, root mean square over the oscillators, by which a
    step may be wrong; large networks round at about 1e-9. Raises `BackendError` as `advance`, and for an error below 1e-12.
    """
    check(how.count, theta, freq)
    if not 1e-12 <= error <= 1.0:
        raise BackendError(f"leap: error must be from 1e-12 to 1 cycle, is {error}")
    delta = np.zeros(how.count)
    if how.levels:
        delta[how.order] = _walk(theta[how.order], freq[how.order], how, samples / rate, error)
    return turned(theta, freq, delta, how, samples, rate)


def _walk(theta: F64, freq: F64, how: Plan, seconds: float, error: float) -> F64:
    """What couplings add to phases in the order of the plan."""
    net, h, left = how.levels[0].net, FIRST * how.step, seconds
    delta, here, room = np.zeros(len(theta)), theta, how.room(9)
    net.pull(here, room[1])
    while left > 0.0:
        h = min(h, left)
        k = slopes(net, here, freq, h, STAGES, room)
        miss = h * float(np.linalg.norm(DOUBT @ k)) / len(theta) ** 0.5
        if miss <= error:
            delta += h * (np.array(STAGES[-1]) @ k[:6])
            left -= h
            here = theta + (freq * (seconds - left) + delta)
            k[0] = k[6]
        h *= min(10.0, max(0.2, 0.9 * (error / max(miss, 1e-300)) ** 0.2))
    return delta
