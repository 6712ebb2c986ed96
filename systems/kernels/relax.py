"""Critically damped relaxation toward attractors, in closed form.

Between knots every channel obeys x'' + 2 r x' + r^2 (x - T) = 0, whose Koopman eigenvalue is -r, twice:
x(t) = T + (a + b t) e^{-r t} with a = x0 - T, b = v0 + r a. State is carried from knot to knot, so nothing is integrated.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def step(x: Array, v: Array, target: Array, rate: Array, dt: Array | float) -> tuple[Array, Array]:
    """State after `dt` seconds. Arrays broadcast; rate in 1/s; v in units a second."""
    a = x - target
    b = v + rate * a
    decay = np.exp(rate * -dt)
    way = a + b * dt
    return target + way * decay, (b - rate * way) * decay


def knot_states(seconds: Array, target: Array, rate: Array, x0: Array, v0: Array) -> tuple[Array, Array]:
    """State at each knot.

    Args: seconds f64[K] knot times, not falling; target, rate f64[K, C]; x0, v0 f64[C] state at the first knot.
    Returns: x, v f64[K, C].
    """
    x, v = np.empty_like(target), np.empty_like(target)
    x[0], v[0] = x0, v0
    for k in range(1, len(seconds)):
        x[k], v[k] = step(x[k - 1], v[k - 1], target[k - 1], rate[k - 1], seconds[k] - seconds[k - 1])
    return x, v


def at(query: Array, seconds: Array, target: Array, rate: Array, x: Array, v: Array) -> Array:
    """State at any times.

    Args: query f64[T] seconds (before the first knot: held at it); the rest as in `knot_states`.
    Returns: f64[T, C].
    """
    k = np.maximum(seconds.searchsorted(query, side="right") - 1, 0)
    dt = np.maximum(query - seconds[k], 0.0)[:, None]
    t, r = target[k], rate[k]
    a = x[k] - t
    return t + (a + (v[k] + r * a) * dt) * np.exp(-r * dt)


def aims(way: Array, rate: Array | float, dt: float, v: Array) -> tuple[Array, Array]:
    """Targets that lead the state exactly through given places, one every `dt` seconds: the inverse of `step`.

    Args: way f64[N + 1, C] places, the first where the state is; rate 1/s, with rate dt of 1 or more (below, targets swing
    ever wider); v f64[C] velocity at the first. Returns: targets f64[N, C] and the velocity at the end f64[C].
    """
    decay, share = np.exp(-rate * dt), 1.0 + rate * dt
    out = np.empty((len(way) - 1, way.shape[1]))
    for i in range(len(out)):
        out[i] = (way[i + 1] - (way[i] * share + v * dt) * decay) / (1.0 - share * decay)
        a = way[i] - out[i]
        b = v + rate * a
        v = (b - rate * (a + b * dt)) * decay
    return out, v


def stepped(query: Array, seconds: Array, target: Array, rate: Array, x: Array, v: Array, h: float = 1.0 / 240.0) -> Array:
    """As `at`, by equal steps of at most `h` seconds from the knot before: what the closed form saves us.

    Implicit in velocity, explicit in place, which is how spring-dampers are stepped in animation and physics engines: stable at
    any step, of first order. Steps of a control interval; they end at the moment that is asked for.
    """
    k = np.clip(np.searchsorted(seconds, query, side="right") - 1, 0, len(seconds) - 1)
    out = np.empty((len(query), target.shape[1]))
    for row, (i, dt) in enumerate(zip(k.tolist(), np.maximum(query - seconds[k], 0.0).tolist(), strict=True)):
        place, speed, steps = x[i].copy(), v[i].copy(), max(int(np.ceil(dt / h)), 1)
        small = dt / steps
        for _ in range(steps):
            speed = (speed - small * rate[i] ** 2 * (place - target[i])) / (1.0 + small * rate[i]) ** 2
            place = place + small * speed
        out[row] = place
    return out
