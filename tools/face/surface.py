"""A triangle mesh to sample points from."""

import numpy as np
from numpy.typing import NDArray

from .parts import F

Ints = NDArray[np.int64]


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
