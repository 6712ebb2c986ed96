"""Hair, brows: strands that grow from the skin and are combed, drawn as narrow cards."""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.face import Mesh

from .parts import Deltas, F, mesh

Ints = NDArray[np.int64]
CENTRE = np.array([0.0, 0.022, -0.082])
"""Middle of the skull in head space (the eyes lie at its origin), metres."""
_AZIMUTH = np.radians([0, 18, 34, 48, 60, 72, 84, 94, 104, 118, 135, 180])
_LINE = np.radians([43, 42.5, 40, 35, 24, 8, -8, 2, -2, -22, -32, -38])
"""Elevation of the hairline seen from the middle of the skull, by angle from the front: forehead, temple, ear, nape."""


def above_hairline(p: F, raise_by: float = 0.0) -> NDArray[np.bool_]:
    """Which points f64[n, 3] of the head are scalp. `raise_by` in radians moves the front line up."""
    d = p - CENTRE
    azimuth = np.abs(np.arctan2(d[:, 0], d[:, 2]))
    elevation = np.arctan2(d[:, 1], np.hypot(d[:, 0], d[:, 2]))
    front = np.clip(1.2 - azimuth, 0, 1)
    return elevation > np.interp(azimuth, _AZIMUTH, _LINE) + raise_by * front


class Surface:
    """A triangle mesh to sample from."""

    def __init__(self, position: F, triangle: Ints) -> None:
        """`position` f64[V, 3], `triangle` int[T, 3]."""
        self.position, self.triangle = position, triangle
        p = position[triangle]
        cross = np.cross(p[:, 1] - p[:, 0], p[:, 2] - p[:, 0])
        self.area = 0.5 * np.linalg.norm(cross, axis=1)
        self.normal = cross / np.maximum(2 * self.area[:, None], 1e-12)
        self.centre = p.mean(1)

    def scatter(self, n: int, random: np.random.Generator, mask: NDArray[np.bool_]) -> tuple[Ints, F]:
        """`n` points spread evenly over the masked triangles: (triangle, barycentric f64[n, 3])."""
        weight = np.where(mask, self.area, 0.0)
        edges = np.cumsum(weight) / weight.sum()
        at = np.searchsorted(edges, (np.arange(n) + random.uniform(0, 1, n)) / n)
        a, b = random.uniform(0, 1, (2, n))
        fold = a + b > 1
        a, b = np.where(fold, 1 - a, a), np.where(fold, 1 - b, b)
        return np.minimum(at, len(edges) - 1), np.stack([1 - a - b, a, b], 1)

    def drop(self, xy: F) -> tuple[Ints, F]:
        """The foremost surface points under f64[n, 2] positions seen from +z: (triangle, barycentric)."""
        p = self.position[self.triangle]
        face, bary = np.zeros(len(xy), np.int64), np.zeros((len(xy), 3))
        a, b, c = p[:, 0, :2], p[:, 1, :2], p[:, 2, :2]
        det = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])
        safe = np.where(np.abs(det) < 1e-14, np.inf, det)
        for i, q in enumerate(xy):
            v = ((q[0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (q[1] - a[:, 1])) / safe
            w = ((b[:, 0] - a[:, 0]) * (q[1] - a[:, 1]) - (q[0] - a[:, 0]) * (b[:, 1] - a[:, 1])) / safe
            inside = (v >= -1e-6) & (w >= -1e-6) & (v + w <= 1 + 1e-6) & np.isfinite(safe)
            depth = np.where(inside, (1 - v - w) * p[:, 0, 2] + v * p[:, 1, 2] + w * p[:, 2, 2], -np.inf)
            best = int(np.argmax(depth)) if inside.any() else int(np.argmin(np.linalg.norm(self.centre[:, :2] - q, axis=1)))
            face[i] = best
            bary[i] = (1 - v[best] - w[best], v[best], w[best]) if inside.any() else (1 / 3, 1 / 3, 1 / 3)
        return face, bary

    def at(self, face: Ints, bary: F, values: F) -> F:
        """Values of vertices f64[V, k] at surface points."""
        return np.asarray(np.einsum("nk,nkc->nc", bary, values[self.triangle[face]]))


def brows(surface: Surface, deltas: Deltas, eyes: dict[str, F], style: dict[str, float], random: np.random.Generator) -> Mesh:
    """Both brows as single hairs that lie on the skin and move with it.

    `style`: thickness (mm at the head of the brow), lift (mm above the eye), arch (mm), length (mm), count.
    """
    count = int(style.get("count", 190))
    points: list[F] = []
    moved: dict[str, list[F]] = {k: [] for k in deltas}
    for sign, eye in ((1.0, eyes["left"]), (-1.0, eyes["right"])):
        t = (np.arange(count) + random.uniform(0, 1, count)) / count
        across = random.uniform(-1, 1, count)
        length = 1e-3 * style.get("length", 44.0)
        x = -0.40 * length + length * t
        arch = (
            1e-3 * style.get("arch", 4.0) * np.sin(np.pi * np.clip(t * 0.72, 0, 1)) ** 1.3
            - 0.006 * np.clip(t - 0.7, 0, 1) / 0.3
        )
        thick = 0.5e-3 * style.get("thickness", 8.0) * np.interp(t, [0, 0.12, 0.55, 1], [0.55, 1, 0.8, 0.12])
        root = np.stack([eye[0] + sign * x, eye[1] + 1e-3 * style.get("lift", 20.0) + arch + across * thick], 1)
        # hairs at the head of the brow stand up, farther out they lie along it, the lower edge combs up and the upper down
        lean = np.interp(t, [0, 0.25, 1], [1.25, 0.55, -0.25]) - 0.35 * across + random.normal(0, 0.12, count)
        size = 1e-3 * np.interp(t, [0, 0.3, 1], [6.5, 8.0, 6.0]) * random.uniform(0.75, 1.1, count)
        tip = root + np.stack([sign * np.cos(lean) * size, np.sin(lean) * size], 1)
        face, bary = surface.drop(root)
        tip_face, tip_bary = surface.drop(tip)
        base, end = surface.at(face, bary, surface.position), surface.at(tip_face, tip_bary, surface.position)
        lift = surface.normal[face]
        base, end = base + 0.0004 * lift, end + 0.0011 * surface.normal[tip_face]
        side = np.cross(end - base, lift)
        side *= 0.00042 / np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-9)
        points.append(np.stack([base - side, base + side, end], 1).reshape(-1, 3))
        for name, d in deltas.items():
            low, high = surface.at(face, bary, d), surface.at(tip_face, tip_bary, d)
            moved[name].append(np.stack([low, low, high], 1).reshape(-1, 3))
    p = np.concatenate(points)
    uv = np.tile(np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 1.0]]), (len(p) // 3, 1))
    return mesh("Brows", "brow", p, uv, np.arange(len(p)).reshape(-1, 3), {k: np.concatenate(v) for k, v in moved.items()})


def hair(surface: Surface, style: dict[str, float | str], random: np.random.Generator) -> list[Mesh]:
    """A cap close to the scalp, and cards combed over it. `style.cut` is `bob` or `short`; cards, raise and the like
    tune it."""
    raise_by = float(style.get("raise", 0.0))
    scalp = above_hairline(surface.centre, raise_by)
    cut = str(style.get("cut", "bob"))
    cap = _cap(surface, scalp, 0.0030 if cut == "bob" else 0.0020)
    n = int(style.get("cards", 800))
    face, bary = surface.scatter(n, random, scalp)
    root = surface.at(face, bary, surface.position)
    strands = _bob(root, random, style) if cut == "bob" else _short(root, random, style)
    width = float(style.get("width", 0.0085 if cut == "bob" else 0.006))
    return [cap, _cards(strands, width, random)]


def _cap(surface: Surface, mask: NDArray[np.bool_], offset: float) -> Mesh:
    triangle = surface.triangle[mask]
    used, compact = np.unique(triangle, return_inverse=True)
    p = surface.position[used]
    out = p - CENTRE
    p = p + offset * out / np.linalg.norm(out, axis=1, keepdims=True)
    d = p - CENTRE
    rim = np.isin(used, surface.triangle[~mask])  # v falls to 0 at the hairline, where the shading thins hair out
    uv = np.stack([np.arctan2(d[:, 0], d[:, 2]) * 16.0, np.where(rim, 0.0, 0.15)], 1)
    return mesh("HairCap", "hair", p, uv, compact.reshape(-1, 3))


def _outside(p: F, margin: F | float) -> F:
    """Push points out of the skull, an ellipsoid about CENTRE, by at least `margin` metres."""
    axes = np.array([0.0755, 0.098, 0.0965])
    d = (p - CENTRE) / (axes + np.asarray(margin)[..., None] if np.ndim(margin) else axes + margin)
    r = np.linalg.norm(d, axis=-1, keepdims=True)
    return np.where(r < 1, CENTRE + (p - CENTRE) / np.maximum(r, 1e-9), p)


def _bob(root: F, random: np.random.Generator, style: dict[str, float | str]) -> F:
    """Side-parted hair that falls to the jaw and turns in."""
    n, steps = len(root), 10
    part = float(style.get("part", 0.018))
    end = float(style.get("end", -0.115)) + random.normal(0, 0.006, n)
    side = np.where(root[:, 0] > part, 1.0, -1.0)
    layer = random.uniform(0.004, 0.016, n)
    d = root - CENTRE
    front = np.clip(d[:, 2] / 0.09, 0, 1)
    # the comb: away from the part, and off the face
    comb = np.stack([side * (0.9 + 0.5 * front), 0.16 + 0.10 * front, -0.40 - 0.25 * front], 1) + random.normal(0, 0.06, (n, 3))
    p, out = root.copy(), [root]
    length = np.maximum(root[:, 1] - end, 0.03) * 1.22 + 0.03
    for k in range(1, steps):
        f = k / (steps - 1)
        fall = np.array([0.0, -1.0, 0.0])
        turn = np.clip(f - 0.78, 0, 1)[None] * np.stack([-side * 1.6, np.zeros(n), np.full(n, 0.5)], 1)
        beside = np.abs(p[:, 0]) > 0.055
        pull = np.where(beside, 0.92, min(1.0, 0.10 + 1.2 * f))[:, None]
        way = (1 - pull) * comb + pull * (fall + 0.10 * random.normal(0, 1, (n, 3)) * 0.5) + turn
        way /= np.linalg.norm(way, axis=1, keepdims=True)
        p = _outside(p + way * (length / (steps - 1))[:, None], layer * np.sin(np.pi * min(1.0, 0.25 + f)) + 0.005)
        low = np.clip((0.0 - p[:, 1]) / 0.05, 0, 1)  # below the eyes the face must stay free
        keep = 0.066 + 0.008 * low
        ahead = (p[:, 2] > -0.06) & (np.abs(p[:, 0]) < keep) & (p[:, 1] < 0.045)
        p[:, 0] = np.where(ahead, np.sign(p[:, 0] + 1e-9 * side) * keep, p[:, 0])
        p[:, 2] = np.where(p[:, 1] < 0.03, np.minimum(p[:, 2], -0.012 - 0.02 * low), p[:, 2])
        out.append(p.copy())
    return np.stack(out, 1)


def _short(root: F, random: np.random.Generator, style: dict[str, float | str]) -> F:
    """Short hair, longer on top, swept up and to one side."""
    n, steps = len(root), 6
    d = root - CENTRE
    normal = d / np.linalg.norm(d, axis=1, keepdims=True)
    top = np.clip((normal[:, 1] - 0.35) / 0.5, 0, 1)
    length = (0.012 + float(style.get("top", 0.040)) * top) * random.uniform(0.75, 1.15, n)
    back = np.stack([0.35 + 0.0 * top, 0.25 + 0.35 * top * (d[:, 2] > 0.02), -0.75 + 0.0 * top], 1)
    down = np.stack([np.zeros(n), np.full(n, -1.0), np.full(n, -0.45)], 1)
    comb = top[:, None] * back + (1 - top)[:, None] * down + random.normal(0, 0.16, (n, 3))
    p, out = root + 0.0005 * normal, [root]
    for k in range(1, steps):
        f = k / (steps - 1)
        rise = (1.0 - 0.75 * f) * (0.25 + 0.75 * top)[:, None] * normal
        way = comb + 1.1 * rise
        way -= np.clip((way * normal).sum(1), None, 0.0)[:, None] * normal * 0.9
        way /= np.linalg.norm(way, axis=1, keepdims=True)
        p = p + way * (length / (steps - 1))[:, None]
        p = _outside(p, 0.0035 + 0.002 * f)
        out.append(p.copy())
    return np.stack(out, 1)


def _cards(strands: F, width: float, random: np.random.Generator) -> Mesh:
    """Strands f64[n, steps, 3] as one mesh of strips. uv: u across (with a card's own offset), v from root to tip."""
    n, steps = strands.shape[:2]
    along = np.gradient(strands, axis=1)
    out = strands - CENTRE
    out[..., 1] *= 0.35  # below the skull, "out" is sideways
    side = np.cross(along, out)
    side /= np.maximum(np.linalg.norm(side, axis=2, keepdims=True), 1e-9)
    half = (
        0.5
        * width
        * random.uniform(0.7, 1.2, n)[:, None, None]
        * np.interp(np.linspace(0, 1, steps), [0, 0.2, 0.7, 1], [0.7, 1, 0.9, 0.35])[None, :, None]
    )
    p = np.stack([strands - half * side, strands + half * side], 2).reshape(-1, 3)
    v = np.broadcast_to(np.linspace(0, 1, steps)[None, :, None], (n, steps, 2))
    u = np.floor(random.uniform(0, 64, n))[:, None, None] + np.broadcast_to(np.array([0.02, 0.98]), (n, steps, 2))
    triangle = np.concatenate([grid_strip(steps, 2 * steps * i) for i in range(n)])
    card = mesh("Hair", "hair", p, np.stack([u, v], 3).reshape(-1, 2), triangle)
    smooth = out / np.maximum(np.linalg.norm(out, axis=2, keepdims=True), 1e-9)
    tilt = smooth[:, :, None] + np.array([-0.25, 0.25])[None, None, :, None] * side[:, :, None]
    tilt = tilt.reshape(-1, 3)
    card.normal = (tilt / np.linalg.norm(tilt, axis=1, keepdims=True)).astype(np.float32)
    return card


def grid_strip(steps: int, start: int) -> Ints:
    """Triangles of a strip of two columns."""
    a = start + 2 * np.arange(steps - 1)
    return np.concatenate([np.stack([a, a + 1, a + 2], 1), np.stack([a + 2, a + 1, a + 3], 1)])
