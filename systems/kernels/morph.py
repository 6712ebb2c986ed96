"""Blendshapes: positions from weights, and the normals that follow."""

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]


class Morph:
    """One mesh's blendshapes, laid out so that a frame is one matrix product over the vertices that move at all."""

    def __init__(self, position: F32, triangle: NDArray[np.uint32], deltas: NDArray[np.float32]) -> None:
        """`position` f32[V, 3]; `triangle` u32[T, 3]; `deltas` f32[S, V, 3], offset of each shape at weight 1."""
        self.position, self.triangle = position, triangle
        moving = np.flatnonzero(np.abs(deltas).max((0, 2)) > 0)
        self.moving = moving
        self._deltas = np.ascontiguousarray(deltas[:, moving].reshape(len(deltas), -1))
        touched = np.zeros(len(position), bool)
        touched[moving] = True
        near = np.flatnonzero(touched[triangle].any(1))
        """Triangles whose normal changes."""
        self._near = triangle[near]
        self._fixed = _spread(position, np.delete(triangle, near, 0)) if len(near) else None
        self._rows = _Incidence(self._near, len(position))

    def __call__(self, weights: F32) -> tuple[F32, F32]:
        """Positions and unit normals f32[V, 3] for weights f32[S]."""
        p = self.position.copy()
        p[self.moving] += (weights @ self._deltas).reshape(-1, 3)
        face = _face_normals(p, self._near)
        total = self._rows(face) + (0.0 if self._fixed is None else self._fixed)
        length = np.sqrt(np.einsum("ij,ij->i", total, total))[:, None]
        return p, (total / np.maximum(length, 1e-12)).astype(np.float32)


class _Incidence:
    """Sums face values at their corners, in a fixed order."""

    def __init__(self, triangle: NDArray[np.uint32], count: int) -> None:
        corner = triangle.ravel()
        order = np.argsort(corner, kind="stable")
        self.face = order // 3
        used, start = np.unique(corner[order], return_index=True)
        self.used, self.start, self.count = used, start, count

    def __call__(self, face: F32) -> F32:
        out = np.zeros((self.count, 3), np.float32)
        if len(self.used):
            out[self.used] = np.add.reduceat(face[self.face], self.start, axis=0)
        return out


def _face_normals(p: F32, triangle: NDArray[np.uint32]) -> F32:
    """Normals weighted by twice the area, f32[T, 3]."""
    a = p[triangle[:, 0]]
    u, v = p[triangle[:, 1]] - a, p[triangle[:, 2]] - a
    out = np.empty_like(u)
    out[:, 0] = u[:, 1] * v[:, 2] - u[:, 2] * v[:, 1]
    out[:, 1] = u[:, 2] * v[:, 0] - u[:, 0] * v[:, 2]
    out[:, 2] = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    return out


def _spread(p: F32, triangle: NDArray[np.uint32]) -> F32:
    return _Incidence(triangle, len(p))(_face_normals(p, triangle))
