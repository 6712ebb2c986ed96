"""Taichi twin of `systems.kernels.kuramoto`: to 5e-6 of the gain, what the polynomial sine errs by; `pull_edges` to 4e-7."""

import numpy as np

from psi_ecs.backend.taichi import pcos, psin, ti

V64 = ti.types.ndarray(dtype=ti.f64, ndim=1)
M64 = ti.types.ndarray(dtype=ti.f64, ndim=2)
M32 = ti.types.ndarray(dtype=ti.f32, ndim=2)
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


@ti.kernel
def _rows(z: M32, start: V32I, source: V32I, a: V64, b: V64, out: V64):
    for i in range(out.shape[0]):
        re, im = ti.cast(0.0, ti.f64), ti.cast(0.0, ti.f64)
        for e in range(start[i], start[i + 1]):
            j = source[e]
            c, s = z[j, 0], z[j, 1]
            re += a[e] * c + b[e] * s
            im += a[e] * s - b[e] * c
        out[i] = (z[i, 0] * im - z[i, 1] * re) / (2.0 * ti.math.pi)


def pull_edges(theta, start, source, a, b, out):
    """Along edges; see the reference. Sines once an oscillator, by NumPy, in single precision, so that edges gather less."""
    y = ((2.0 * np.pi) * (theta - np.floor(theta))).astype(np.float32)
    z = np.stack((np.cos(y), np.sin(y)), 1)
    _rows(z, start, source, a, b, out)


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
