"""Taichi twin of `systems.kernels.partials`: a bank of polynomial sines."""

from psi_ecs.backend.taichi import pcos, psin, ti

V64 = ti.types.ndarray(dtype=ti.f64, ndim=1)
M64 = ti.types.ndarray(dtype=ti.f64, ndim=2)
V32 = ti.types.ndarray(dtype=ti.f32, ndim=1)


@ti.kernel
def partials(theta: V64, re: M64, im: M64, out: V32):
    """See the reference."""
    for n in range(out.shape[0]):
        span = out.shape[0] // (re.shape[0] - 1)
        j = n // span
        u = ti.cast(n - j * span, ti.f32) / span
        total = ti.cast(0.0, ti.f32)
        for k in range(re.shape[1]):
            turns = theta[n] * (k + 1)
            x = ti.cast(turns - ti.floor(turns), ti.f32)
            a = (1.0 - u) * ti.cast(re[j, k], ti.f32) + u * ti.cast(re[j + 1, k], ti.f32)
            b = (1.0 - u) * ti.cast(im[j, k], ti.f32) + u * ti.cast(im[j + 1, k], ti.f32)
            total += a * pcos(x) - b * psin(x)
        out[n] = total
