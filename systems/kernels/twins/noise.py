"""Taichi twin of `systems.kernels.noise`: each bin is a polynomial sine."""

from psi_ecs.backend.taichi import pcos, psin, ti

M64 = ti.types.ndarray(dtype=ti.f64, ndim=2)
V32 = ti.types.ndarray(dtype=ti.f32, ndim=1)


@ti.kernel
def noise(re: M64, im: M64, out: V32):
    """See the reference."""
    for n in range(out.shape[0]):
        span = out.shape[0] // (re.shape[0] - 1)
        j = n // span
        m = n - j * span
        late, early = ti.cast(0.0, ti.f32), ti.cast(0.0, ti.f32)
        for b in range(1, ti.min(re.shape[1], span)):
            x = ti.cast((m * b) % (2 * span), ti.f32) / (2 * span)
            sign = 1.0 - 2.0 * (b % 2)
            c, s = pcos(x), psin(x)
            late += sign * (ti.cast(re[j, b], ti.f32) * c - ti.cast(im[j, b], ti.f32) * s)
            early += ti.cast(re[j + 1, b], ti.f32) * c - ti.cast(im[j + 1, b], ti.f32) * s
        place = ti.cast(m, ti.f32) / (4 * span)
        out[n] = late * pcos(place) + early * psin(place)
