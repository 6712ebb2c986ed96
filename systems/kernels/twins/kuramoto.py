"""Taichi twin of `systems.kernels.kuramoto`."""

from psi_ecs.backend.taichi import pcos, psin, ti

V64 = ti.types.ndarray(dtype=ti.f64, ndim=1)
M64 = ti.types.ndarray(dtype=ti.f64, ndim=2)
V32I = ti.types.ndarray(dtype=ti.i32, ndim=1)


@ti.kernel
def pull(theta: V64, a: M64, b: M64, out: V64):
    """All to all; see the reference."""
    for i in range(theta.shape[0]):
        total = ti.cast(0.0, ti.f64)
        for j in range(theta.shape[0]):
            d = ti.cast(theta[j] - theta[i], ti.f32)
            total += a[i, j] * psin(d) - b[i, j] * pcos(d)
        out[i] = total / (2.0 * ti.math.pi)


@ti.kernel
def pull_edges(theta: V64, start: V32I, source: V32I, a: V64, b: V64, out: V64):
    """Along edges; see the reference."""
    for i in range(theta.shape[0]):
        total = ti.cast(0.0, ti.f64)
        for e in range(start[i], start[i + 1]):
            d = ti.cast(theta[source[e]] - theta[i], ti.f32)
            total += a[e] * psin(d) - b[e] * pcos(d)
        out[i] = total / (2.0 * ti.math.pi)
