"""What others do is not ours to know: where an avatar's partner will be is estimated from where it has been.

Every fourth tick the attended point is noted. When somebody asks, time delays and DMD tell where it goes, and their residuals
how far to believe it; the estimator follows from the noted points alone, so a saved world foretells the same.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from psi_ecs import Clock, Query, World, Write, system
from psi_ecs.components.avatar import PAST, TRACE_EVERY, Attention, Trace
from psi_ecs.systems.kernels import lift
from psi_ecs.systems.kernels.forecast import Forecast

F64 = NDArray[np.float64]

DELAYS = 4
LEAST = 24
"""Samples before which nothing is foretold: 1.6 s."""
STILL = 1e-3
"""Metres: a point that strays less has not moved."""


@system("output", every=TRACE_EVERY)
def note(looks: Query[Attention, Write[Trace]]) -> None:
    """Note where every avatar's attention lies."""
    for look, trace in looks:
        trace.seen[np.arange(len(trace.count)), trace.count % PAST] = look.target
        trace.count[:] += 1


def attended(world: World, avatar: int, seconds: float) -> tuple[F64, float]:
    """Where the point that an avatar attends to will be `seconds` after its last tick, f64[3] metres, and trust, 0 to 1.

    A point that stays put stays put, at trust 1; one that has moved for too short a time is taken to stay, at trust 0.
    """
    now = world.peek(avatar, Attention).target[0].astype(np.float64)
    trace = world.peek(avatar, Trace)
    count = int(trace.count[0])
    past = trace.seen[0][np.arange(max(0, count - PAST), count) % PAST].astype(np.float64)
    if np.abs(past - now).max(initial=0.0) < STILL or seconds == 0.0:
        return now, 1.0
    if len(past) < LEAST:
        return now, 0.0
    ahead = seconds + (world.resource(Clock).tick - 1) % TRACE_EVERY / 60.0
    forecast = _learnt(past.tobytes())
    told, trust = forecast.predict(ahead)
    return told + (1.0 - forecast.weight(ahead)) * (now - past[-1]), trust


@lru_cache(maxsize=16)
def _learnt(raw: bytes) -> Forecast:
    """The estimator of these points; made at most once a note."""
    past = np.frombuffer(raw, np.float64).reshape(-1, 3)
    forecast = Forecast(lift.scale(past), TRACE_EVERY / 60.0, delays=DELAYS, memory=2.0 * PAST)
    forecast.learn(past)
    forecast.refresh()
    return forecast
