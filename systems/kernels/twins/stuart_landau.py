"""Taichi twin of `systems.kernels.stuart_landau`, as exact as the reference."""

from psi_ecs.backend.taichi import ti

V64 = ti.types.ndarray(dtype=ti.f64, ndim=1)
M64 = ti.types.ndarray(dtype=ti.f64, ndim=2)
V32I = ti.types.ndarray(dtype=ti.i32, ndim=1)


@ti.kernel
def mix(psi: M64, start: V32I, source: V32I, a: V64, b: V64, out: M64):
    """See the reference."""
    for i in range(out.shape[0]):
        re, im = ti.cast(0.0, ti.f64), ti.cast(0.0, ti.f64)
        for e in range(start[i], start[i + 1]):
            j = source[e]
            re += a[e] * psi[j, 0] + b[e] * psi[j, 1]
            im += a[e] * psi[j, 1] - b[e] * psi[j, 0]
        out[i, 0] = re
        out[i, 1] = im
