"""Taichi twin of `systems.kernels.kuramoto`: to 5e-6 of the gain, what the polynomial sine errs by; `pull_edges` to 4e-7."""

from functools import cache, lru_cache

import numpy as np

from psi_ecs.backend.taichi import pcos, psin, ti

V64 = ti.types.ndarray(dtype=ti.f64, ndim=1)
M64 = ti.types.ndarray(dtype=ti.f64, ndim=2)
V32 = ti.types.ndarray(dtype=ti.f32, ndim=1)
V32I = ti.types.ndarray(dtype=ti.i32, ndim=1)


@ti.kernel
def pull(theta: V64, w: M64, out: V64):
    """All to all; see the reference."""
    for i in range(out.shape[0]):
        total = ti.cast(0.0, ti.f64)
        for j in range(theta.shape[0]):
            d = ti.cast(theta[j] - theta[i], ti.f32)
            total += w[i, 2 * j] * psin(d) + w[i, 2 * j + 1] * pcos(d)
        out[i] = total / (2.0 * ti.math.pi)


ALONE = 400_000
"""Edges from which another core is worth its start."""
HEAVY = 256
"""Pulls on one oscillator that are summed in single precision; more of them, in double."""


@cache
def _rows(serial):
    """The sums of all rows where nothing lags. Of an edge 8 bytes are read in turn, and 8 are gathered."""

    @ti.kernel
    def run(z: V32, start: V32I, source: V32I, a: V32, out: V64):
        ti.loop_config(serialize=serial)
        for i in range(out.shape[0]):
            re, im = ti.cast(0.0, ti.f64), ti.cast(0.0, ti.f64)
            if start[i + 1] - start[i] <= HEAVY:
                c, s = 0.0, 0.0
                for e in range(start[i], start[i + 1]):
                    j = 2 * source[e]
                    c += a[e] * z[j]
                    s += a[e] * z[j + 1]
                re += c
                im += s
            else:
                for e in range(start[i], start[i + 1]):
                    re += a[e] * ti.cast(z[2 * source[e]], ti.f64)
                    im += a[e] * ti.cast(z[2 * source[e] + 1], ti.f64)
            out[i] = (z[2 * i] * im - z[2 * i + 1] * re) / (2.0 * ti.math.pi)

    return run


@cache
def _lagged_rows(serial):
    """The same with lags: of an edge 12 bytes are read in turn."""

    @ti.kernel
    def run(z: V32, start: V32I, source: V32I, a: V32, b: V32, out: V64):
        ti.loop_config(serialize=serial)
        for i in range(out.shape[0]):
            re, im = ti.cast(0.0, ti.f64), ti.cast(0.0, ti.f64)
            for e in range(start[i], start[i + 1]):
                x, y = ti.cast(z[2 * source[e]], ti.f64), ti.cast(z[2 * source[e] + 1], ti.f64)
                re += a[e] * x + b[e] * y
                im += a[e] * y - b[e] * x
            out[i] = (z[2 * i] * im - z[2 * i + 1] * re) / (2.0 * ti.math.pi)

    return run


@lru_cache(maxsize=4)
def _scratch(count):
    """Arrays to work in, kept: new memory costs more than what is done in it. Kernels run one at a time."""
    return np.empty(count), np.empty(count, np.float32), np.empty(2 * count, np.float32)


def pull_edges(theta, start, source, a, b, out):
    """Along edges; see the reference. Sines once an oscillator, by NumPy, in single precision, so that edges gather less."""
    x, y, z = _scratch(len(theta))
    np.subtract(theta, np.floor(theta, out=x), out=x)
    np.multiply(x, 2.0 * np.pi, out=y, casting="same_kind")
    np.cos(y, out=z[::2])
    np.sin(y, out=z[1::2])
    serial = len(source) < ALONE
    if len(b):
        _lagged_rows(serial)(z, start, source, a, b, out)
    else:
        _rows(serial)(z, start, source, a, out)


@ti.kernel
def pull_locks(theta: V64, start: V32I, source: V32I, n: V32I, m: V32I, a: V64, b: V64, out: V64):
    """Along edges with ratios; see the reference."""
    for i in range(out.shape[0]):
        total = ti.cast(0.0, ti.f64)
        for e in range(start[i], start[i + 1]):
            d = n[e] * theta[source[e]] - m[e] * theta[i]
            x = ti.cast(d - ti.floor(d), ti.f32)
            total += a[e] * psin(x) - b[e] * pcos(x)
        out[i] = total / (2.0 * ti.math.pi)
