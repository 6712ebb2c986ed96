"""The skin's chart: a square picture of the whole skin, painted once from a person's colours and the places of the features.

The chart is an azimuthal map about the middle of the head, centred on the face, so it is seamless except at the back of the
skull. Everything is painted in rest space, so it moves with the skin, whatever mesh the head has.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.avatar import Look
from psi_ecs.components.face import Head, Mesh

from .canvas import Target
from .context import DrawError, program, set_uniform
from .geometry import Geometry, texture
from .paint import linear, lip_mask, skin_tone

F32 = NDArray[np.float32]
SIZE = 1024
COARSE = 4
BORDER = 3
"""Points that are painted beyond the edges of the skin."""
MIDDLE = np.array([0.0, -0.035, -0.080])
"""What the map is centred on, metres in head space."""
_FULL, _OUTER = 1.85, 0.25
"""Angle from straight ahead up to which the scale is even, radians, and how much the rest is squeezed."""
_REACH = _FULL + (np.pi - _FULL) * _OUTER
TEXEL = 2 * _REACH * 0.1 / SIZE
"""About how much of the face one point covers, metres."""


def place_on(p: F32) -> F32:
    """Chart coordinates f32[n, 2], 0 to 1, of points f32[n, 3]."""
    d = p - MIDDLE
    aside = np.hypot(d[:, 0], d[:, 1])
    angle = np.arctan2(aside, d[:, 2])
    reach = np.where(angle < _FULL, angle, _FULL + (angle - _FULL) * _OUTER) / _REACH
    return np.asarray(0.5 + 0.5 * d[:, :2] / np.maximum(aside, 1e-9)[:, None] * reach[:, None], np.float32)


def paint_chart(mesh: Mesh, head: Head, look: Look) -> int:
    """Paint the chart of a skin mesh; returns the GL name of its texture (square root of albedo, and gloss)."""
    p, there = _unrolled(mesh)
    small = np.ascontiguousarray(p[::COARSE, ::COARSE])
    albedo = _enlarged(skin_tone(small.reshape(-1, 3), head, look).reshape(*small.shape[:2], 3))
    gloss = np.full((SIZE, SIZE), 0.38, np.float32)
    noise = _noises()
    _grain(albedo, gloss, p, noise, head)
    _lips(albedo, gloss, p, noise, head, look)
    for paint in (_freckles, _beard, _brows, _roots, _lash_line):
        paint(albedo, p, noise, head, look)
    _wet(gloss, head)
    out = np.empty((SIZE, SIZE, 4), np.uint8)
    out[..., :3] = 255 * np.sqrt(np.clip(albedo, 0, 1)) + 0.5
    out[..., 3] = 255 * np.clip(gloss, 0, 1)
    if not there.any():
        raise DrawError(f"no picture: the skin of {head.name} could not be laid out")
    return texture(out)


def _unrolled(mesh: Mesh) -> tuple[F32, NDArray[np.bool_]]:
    """Rest position of every point of the chart, f32[SIZE, SIZE, 3], and which points the mesh covers."""
    from pyglet import gl

    target = Target((SIZE, SIZE), ("GL_RGBA32F",), depth=True)
    target.bind()
    gl.glClearColor(0, 0, 0, 0)
    gl.glEnable(gl.GL_DEPTH_TEST)
    gl.glDisable(gl.GL_CULL_FACE)
    gl.glClear(gl.GL_COLOR_BUFFER_BIT | gl.GL_DEPTH_BUFFER_BIT)
    shader = program("chart.vert", "chart.frag")
    shader.use()
    set_uniform(shader, "middle", MIDDLE)
    blank = np.zeros((len(mesh.position), 4), np.float32)
    Geometry(mesh.triangle, [mesh.position, mesh.normal, blank, blank, mesh.position, place_on(mesh.position)]).draw()
    out = target.read("GL_RGBA", "GL_FLOAT", np.empty((SIZE, SIZE, 4), np.float32))
    target.free()
    return _bordered(out[..., :3], out[..., 3] > 0.5)


def _bordered(p: F32, there: NDArray[np.bool_]) -> tuple[F32, NDArray[np.bool_]]:
    """Points just beside the mesh lie where their nearest neighbour does: along its edges, pixels are mixed from both."""
    for _ in range(BORDER):
        for step, axis in ((1, 0), (-1, 0), (1, 1), (-1, 1)):
            take = ~there & np.roll(there, step, axis)
            p[take], there = np.roll(p, step, axis)[take], there | take
    return p, there


def _noises() -> F32:
    """Smooth noise in four grains, fine to coarse (about 0.5, 1.2, 4 and 12 mm), f32[SIZE, SIZE, 4], mean 0, deviation 1."""
    random = np.random.Generator(np.random.PCG64(5))
    n = SIZE // 2
    spectrum = np.fft.rfft2(random.normal(size=(n, n)))
    f = np.hypot(np.fft.fftfreq(n)[:, None], np.fft.rfftfreq(n)[None]) * n
    out = []
    for low, high in ((90, 400), (40, 110), (10, 32), (2, 11)):
        band = np.fft.irfft2(spectrum * np.exp(-((f / high) ** 2)) * (1 - np.exp(-((f / low) ** 2))), (n, n))
        out.append(band / band.std())
    return np.tile(np.stack(out, 2), (2, 2, 1)).astype(np.float32)


def _enlarged(a: F32, times: int = COARSE) -> F32:
    """f32[h, w, k] made so many times finer, bilinearly."""
    for axis in (0, 1):
        n = a.shape[axis]
        at = np.clip(np.arange(n * times) / times, 0, n - 1.001)
        i = at.astype(int)
        f = (at - i).astype(np.float32).reshape(-1, *([1] * (2 - axis)))
        a = np.take(a, i, axis) * (1 - f) + np.take(a, i + 1, axis) * f
    return np.asarray(a, np.float32)


def _window(p: F32, centre: F32, half: tuple[float, float]) -> tuple[slice, slice]:
    """Rows and columns of the chart within so many metres of a point, seen from the front."""
    u, v = place_on(np.asarray(centre, np.float32)[None])[0] * SIZE
    w, h = half[0] / TEXEL * 1.3, half[1] / TEXEL * 1.3
    clip = [int(np.clip(x, 0, SIZE)) for x in (v - h, v + h, u - w, u + w)]
    return slice(clip[0], clip[1]), slice(clip[2], clip[3])


def _grain(albedo: F32, gloss: F32, p: F32, noise: F32, head: Head) -> None:
    """Pores, mottling, and where skin is oily."""
    for side in ("left", "right"):  # lids stretch when they close, so they stay plain
        eye = np.array(head.landmarks[f"eye_{side}"])
        at = _window(p, eye, (0.02, 0.014))
        d = (p[at][..., :2] - eye[:2]) / np.array((0.017, 0.011))
        noise[at] *= np.clip((d * d).sum(-1) - 0.4, 0, 1)[..., None]
    noise *= np.clip((p[..., 1] + 0.150) / 0.035, 0.15, 1)[..., None]  # on the neck the chart is stretched into streaks
    albedo *= (1 + 0.022 * noise[..., 0] + 0.016 * noise[..., 1] + 0.016 * noise[..., 3])[..., None]
    flush = (0.020 * noise[..., 2] + 0.022 * noise[..., 3])[..., None] * np.array([0.5, -1.0, -0.9], np.float32)
    albedo *= 1 + flush
    gloss *= 1 + 0.20 * noise[..., 0] + 0.16 * noise[..., 1] + 0.10 * noise[..., 3]
    for centre, half, rise in (
        (head.landmarks["nose"], (0.016, 0.022), 0.30),
        ((0.0, 0.050, 0.015), (0.035, 0.020), 0.12),
        (head.landmarks["chin"], (0.02, 0.014), 0.12),
        ((0.034, -0.024, 0.012), (0.014, 0.010), 0.16),
        ((-0.034, -0.024, 0.012), (0.014, 0.010), 0.16),
    ):
        at = _window(p, np.array(centre), (2 * half[0], 2 * half[1]))
        d = (p[at][..., :2] - np.array(centre[:2])) / np.array(half)
        gloss[at] *= 1 + rise * np.exp(-(d * d).sum(-1))


def _lips(albedo: F32, gloss: F32, p: F32, noise: F32, head: Head, look: Look) -> None:
    mouth = np.array(head.landmarks["mouth"])
    at = _window(p, mouth, (0.036, 0.022))
    q = p[at]
    lip = lip_mask(q.reshape(-1, 3), head).reshape(q.shape[:2]).astype(np.float32)
    rows, columns = noise.shape[0], np.arange(at[1].start, at[1].stop)
    crease = noise[(columns * 3) % rows, 7, 1][None] * 0.5 + noise[at][..., 1] * 0.35  # fine lines across the lip
    tone = linear(look.lips).astype(np.float32)
    corner = np.array(head.landmarks["mouth_left"])
    seam = mouth[1] + (corner[1] - mouth[1]) * (q[..., 0] / corner[0]) ** 2
    near = np.exp(-(((q[..., 1] - seam) / 0.0020) ** 2))[..., None]
    colour = tone * (1 + 0.07 * crease[..., None]) * (1 - 0.55 * near)
    share = (0.80 * lip * (1 + 0.06 * noise[at][..., 2]))[..., None]
    albedo[at] += (colour - albedo[at]) * np.clip(share, 0, 1)
    gloss[at] += lip * (0.36 + 0.16 * crease - gloss[at] * 0.4)
    inside = near * (np.abs(q[..., :1]) < 0.97 * corner[0])
    albedo[at] *= 1 - np.array([0.35, 0.5, 0.5], np.float32) * inside * (1 - 0.6 * lip[..., None])
    gloss[at] *= 1 - 0.85 * near[..., 0]


def _stamp(albedo: F32, where: F32, radius: NDArray[Any], share: NDArray[Any], colour: F32) -> None:
    """Round soft spots at chart points f32[n, 2] with radius and share f32[n] each, radius in points of the chart."""
    for (u, v), r, s in zip(where * SIZE, radius, share, strict=True):
        k = int(2 * r) + 1
        i, j = int(v), int(u)
        if not (k <= i < SIZE - k and k <= j < SIZE - k):
            continue
        y, x = np.mgrid[i - k : i + k + 1, j - k : j + k + 1]
        soft = s * np.exp(-((x - u + 0.5) ** 2 + (y - v + 0.5) ** 2) / (r * r))
        patch = albedo[i - k : i + k + 1, j - k : j + k + 1]
        patch += (colour * patch - patch) * soft[..., None].astype(np.float32)


def _freckles(albedo: F32, p: F32, noise: F32, head: Head, look: Look) -> None:
    """A scatter of freckles over nose and cheeks, and a few marks elsewhere."""
    random = np.random.Generator(np.random.PCG64(len(head.name) * 7 + 3))
    n = int(360 * look.freckles)
    nose = np.array(head.landmarks["nose"])
    spread = np.where(random.uniform(0, 1, (n, 1)) < 0.75, (0.026, 0.010, 0.0), (0.045, 0.045, 0.0))
    at = nose + (0, 0.010, -0.02) + random.normal(0, 1, (n, 3)) * spread
    radius = random.uniform(0.7, 1.7, n)
    _stamp(
        albedo, place_on(at.astype(np.float32)), radius, random.uniform(0.06, 0.34, n), np.array([0.72, 0.50, 0.38], np.float32)
    )


def _beard(albedo: F32, p: F32, noise: F32, head: Head, look: Look) -> None:
    """Shaved stubble on lip, chin and jaw."""
    if look.stubble <= 0:
        return
    mark = {k: np.array(v) for k, v in head.landmarks.items()}
    q = p.reshape(-1, 3)
    jaw = np.clip((mark["mouth"][1] + 0.010 - q[:, 1] + 0.30 * np.clip(np.abs(q[:, 0]) - 0.03, 0, 1)) / 0.014, 0, 1)
    jaw *= np.clip((q[:, 1] - mark["chin"][1] + 0.030) / 0.025, 0, 1) * np.clip((q[:, 2] + 0.075) / 0.03, 0, 1)
    d = (q[:, :2] - mark["mouth"][:2] - (0, 0.0105)) / (0.028, 0.0065)
    area = np.maximum(jaw, np.exp(-((d * d).sum(1) ** 2)))
    area *= 1 - np.exp(-((((q[:, :2] - mark["mouth"][:2]) / (0.026, 0.011)) ** 2).sum(1) ** 3))
    area = area.reshape(SIZE, SIZE) * look.stubble
    dots = np.clip(noise[..., 0] * 0.55 + 0.45, 0, 1.2)
    hair = linear(look.brow) * 0.6 + 0.4 * linear(look.skin) * (0.45, 0.47, 0.52)
    albedo += (hair.astype(np.float32) - albedo) * np.clip(area * (0.16 + 0.34 * dots), 0, 0.8)[..., None]


def _density(points: F32, blur: float) -> F32:
    """How densely chart points f32[n, 2] lie, f32[SIZE, SIZE], blurred over `blur` points of the chart."""
    n = SIZE // 2
    at = np.clip((points * n).astype(int), 0, n - 1)
    out = np.bincount(at[:, 1] * n + at[:, 0], minlength=n * n).reshape(n, n).astype(np.float32)
    k = max(int(blur / 2), 1)
    for axis in (0, 1, 0, 1, 0, 1):  # three box filters are nearly a bell
        sums = np.cumsum(np.pad(out, [(k, k) if a == axis else (0, 0) for a in (0, 1)]), axis, dtype=np.float32)
        first, last = np.arange(n) + k // 2, np.arange(n) + k // 2 + k
        out = np.asarray((np.take(sums, last, axis) - np.take(sums, first, axis)) / k, np.float32)
    return _enlarged(out[..., None], 2)[..., 0]


def _brows(albedo: F32, p: F32, noise: F32, head: Head, look: Look) -> None:
    """The skin under the brows takes some of their colour."""
    parts = [m.position for m in head.meshes if m.material == "brow"]
    if not parts:
        return
    density = _density(place_on(np.concatenate(parts)), 7.0)
    share = 0.34 * np.clip(density / (np.percentile(density[density > 0], 85) + 1e-9), 0, 1)
    albedo += (linear(look.brow).astype(np.float32) - albedo) * (share * (1 + 0.25 * noise[..., 0]))[..., None]


def _roots(albedo: F32, p: F32, noise: F32, head: Head, look: Look) -> None:
    """Hair roots and the shadow of hair that lies close to the skin, thinning out from the hairline."""
    points = [m.position for m in head.meshes if m.material in ("hair", "cap")]
    if not points:
        return
    all_points = np.concatenate(points)
    at = place_on(all_points)
    index = np.clip((at * SIZE).astype(int), 0, SIZE - 1)
    skin = p[index[:, 1], index[:, 0]]
    close = np.linalg.norm(all_points - skin, axis=1) < 0.006
    if not close.any():
        return
    density = _density(at[close], 44.0)
    share = 0.30 * np.clip(density / (np.percentile(density[density > 0], 90) + 1e-9), 0, 1)
    share *= np.clip(0.95 + 0.05 * noise[..., 1], 0, 1.2)
    albedo += (linear(look.hair).astype(np.float32) * 0.9 - albedo) * np.clip(share, 0, 0.9)[..., None]


def _lash_line(albedo: F32, p: F32, noise: F32, head: Head, look: Look) -> None:
    """Lid margins darken where lashes grow."""
    parts = [m.position[m.uv[:, 1] < 0.4] for m in head.meshes if m.material == "lash"]
    if not parts or not sum(map(len, parts)):
        return
    density = _density(place_on(np.concatenate(parts)), 3.0)
    share = 0.55 * np.clip(density / (np.percentile(density[density > 0], 60) + 1e-9), 0, 1)
    albedo *= 1 - share[..., None] * np.array([0.62, 0.74, 0.74], np.float32)


def _wet(gloss: F32, head: Head) -> None:
    """Tears stand along the lower lids, where the lower lashes have their roots."""
    np.minimum(gloss, 0.78, out=gloss)  # the shader takes what shines more for water
    roots = [m.position[(m.uv[:, 1] < 0.2) & (m.position[:, 1] < -0.002)] for m in head.meshes if m.material == "lash"]
    if not sum(map(len, roots)):
        return
    density = _density(place_on(np.concatenate(roots)), 2.0)
    gloss += 0.8 * np.clip(density / (np.percentile(density[density > 0], 60) + 1e-9), 0, 1)


def strand_texture(seed: int = 9) -> int:
    """A repeating picture of combed strands: fine strands, locks, and how far each shifts the light; returns its GL name."""
    random = np.random.Generator(np.random.PCG64(seed))
    rows, columns = 128, 512
    fy, fx = np.fft.fftfreq(rows)[:, None] * rows, np.fft.rfftfreq(columns)[None] * columns
    layers = []
    for low, high, along in ((30, 150, 2.2), (3, 16, 1.4), (40, 110, 4.0)):
        band = np.exp(-((fx / high) ** 2)) * (1 - np.exp(-((fx / low) ** 2))) * np.exp(-((fy / along) ** 2))
        field = np.fft.irfft2(np.fft.rfft2(random.normal(size=(rows, columns))) * band, (rows, columns))
        order = np.argsort(np.argsort(field.ravel())).reshape(rows, columns)
        layers.append(255.0 * order / order.max())
    return texture(np.stack([*layers, np.full((rows, columns), 255.0)], 2).astype(np.uint8))
