"""Taichi twin of `systems.kernels.phase_measures`."""

from psi_ecs.backend.taichi import pcos, psin, ti

V64 = ti.types.ndarray(dtype=ti.f64, ndim=1)
V32I = ti.types.ndarray(dtype=ti.i32, ndim=1)


@ti.kernel
def strain(theta: V64, rate: V64, start: V32I, source: V32I, n: V32I, m: V32I, a: V64, b: V64, v: V64, dv: V64):
    """See the reference."""
    for i in range(v.shape[0]):
        held, change = ti.cast(0.0, ti.f64), ti.cast(0.0, ti.f64)
        for e in range(start[i], start[i + 1]):
            j = source[e]
            d = n[e] * theta[j] - m[e] * theta[i]
            x = ti.cast(d - ti.floor(d), ti.f32)
            c, s = pcos(x), psin(x)
            held += a[e] * c + b[e] * s
            change += (a[e] * s - b[e] * c) * (n[e] * rate[j] - m[e] * rate[i])
        v[i] = -0.5 * held
        dv[i] = ti.math.pi * change
