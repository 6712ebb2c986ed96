"""Blendshapes: positions from weights, and the normals that follow. Lids turn about their eye."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]
BLOCK = 384
"""Vertices that are blended in one product: fewer are more calls, more are more shapes that do nothing to most of them."""


class Ball(NamedTuple):
    """An eyeball and the shapes that move its lids over it."""

    centre: F32
    """f32[3], metres."""
    shapes: tuple[int, ...]
    """Indices of shapes whose motion is a turn about the centre."""


class Morph:
    """Blendshapes of one or more meshes. Each shape moves few vertices, so they are blended block by block, by the shapes that
    move any of a block.

    Positions are linear in the weights but for lids: a vertex that a lid shape moves keeps its distance to the eye's centre on
    the way, c + r (x - c) / |x - c|, where x is the linear position under the lid shapes alone and r goes linearly from the
    distance at rest to the distance at weight 1. Ends of the way are as the shapes say. Normals are sums of the normals of the
    triangles around, weighted by area.
    """

    def __init__(
        self,
        position: F32,
        normal: F32,
        triangle: NDArray[np.uint32],
        deltas: F32,
        balls: tuple[Ball, ...] = (),
    ) -> None:
        """`position` f32[V, 3], metres; `normal` f32[V, 3], kept where no triangle is; `triangle` u32[T, 3], those that normals
        are reckoned from; `deltas` f32[S, V, 3], offset of each shape at weight 1."""
        self.position, self.normal, self.triangle = position, normal, triangle
        self.deltas, self.balls = deltas, balls
        moves = np.abs(deltas).max(2) > 0
        self._rest = np.ascontiguousarray(position.T, np.float32)
        self._blocks = [_Block(deltas, moves, first) for first in range(0, len(position), BLOCK)]
        self.lids = [_Lid(position, deltas, ball, at) for ball, at in zip(balls, near(position, moves, balls), strict=True)]
        changes = moves.any(0)[triangle].any(1)
        self._corner = np.ascontiguousarray(triangle[changes].T, np.int64)
        self._sum = _Corners(triangle[changes])
        fixed = _face_normals(self._rest, np.ascontiguousarray(triangle[~changes].T, np.int64))
        whole = np.zeros((3, len(position)), np.float32)
        still = _Corners(triangle[~changes])
        whole[:, still.used] = still(fixed)
        self._fixed = whole[:, self._sum.used]
        self._normal = np.ascontiguousarray(normal.T, np.float32)

    def __call__(self, weights: F32) -> tuple[F32, F32]:
        """Positions and unit normals f32[V, 3] for weights f32[S]."""
        p = self._rest.copy()
        for block in self._blocks:
            block.move(p, weights)
        for lid in self.lids:
            lid.turn(p, weights)
        normal = self._normal.copy()
        total = self._sum(_face_normals(p, self._corner))
        total += self._fixed
        total /= np.sqrt(np.maximum(np.einsum("ij,ij->j", total, total), 1e-24))
        normal[:, self._sum.used] = total
        return np.ascontiguousarray(p.T), np.ascontiguousarray(normal.T)


def near(position: F32, moves: NDArray[np.bool_], balls: tuple[Ball, ...]) -> list[I64]:
    """Vertices that turn about each ball: those that its shapes move (`moves` bool[S, V]) and that are nearer to it than to
    the others."""
    if not balls:
        return []
    far = np.stack([np.linalg.norm(position - ball.centre, axis=1) for ball in balls])
    return [
        np.flatnonzero(moves[list(ball.shapes)].any(0) & (far.argmin(0) == i)).astype(np.int64) for i, ball in enumerate(balls)
    ]


def lengthening(position: F32, deltas: F32, centre: F32) -> F32:
    """How much farther from `centre` f32[3] each shape takes each vertex, f32[S, V] metres at weight 1."""
    from_centre = position - centre
    return np.asarray(np.linalg.norm(from_centre + deltas, axis=2) - np.linalg.norm(from_centre, axis=1), np.float32)


class _Block:
    """Vertices that lie together, and the shapes that move any of them."""

    def __init__(self, deltas: F32, moves: NDArray[np.bool_], first: int) -> None:
        self._at = slice(first, min(first + BLOCK, moves.shape[1]))
        self._shapes = np.flatnonzero(moves[:, self._at].any(1))
        rows = deltas[self._shapes, self._at].transpose(0, 2, 1)
        self._rows = np.ascontiguousarray(rows, np.float32).reshape(len(rows), rows.shape[1] * rows.shape[2])

    def move(self, p: F32, weights: F32) -> None:
        """Add their offsets to positions f32[3, V], in place."""
        if len(self._shapes):
            p[:, self._at] += (weights.take(self._shapes) @ self._rows).reshape(3, -1)


class _Lid:
    """The vertices that turn about one eye."""

    def __init__(self, position: F32, deltas: F32, ball: Ball, at: I64) -> None:
        self.at, self.shapes = at, np.array(ball.shapes, np.int64)
        offsets = deltas[self.shapes][:, at]
        self._from_centre = np.ascontiguousarray((position[at] - ball.centre).T, np.float32)
        self._radius = np.linalg.norm(self._from_centre, axis=0)
        longer = lengthening(position[at], offsets, ball.centre)
        rows = np.concatenate([offsets.transpose(0, 2, 1), longer[:, None]], 1)
        self._rows = np.ascontiguousarray(rows, np.float32).reshape(len(rows), rows.shape[1] * rows.shape[2])

    def turn(self, p: F32, weights: F32) -> None:
        """Bring linear positions f32[3, V] back to their distance, in place."""
        share = weights[self.shapes]
        if not len(self.at) or not share.any():
            return
        change = (share @ self._rows).reshape(4, -1)
        x = self._from_centre + change[:3]
        scale = (self._radius + change[3]) / np.sqrt(np.einsum("ij,ij->j", x, x)) - 1.0
        p[:, self.at] += scale * x


class _Corners:
    """Sums face values at their corners, in a fixed order; `used` are the vertices that have any."""

    def __init__(self, triangle: NDArray[np.uint32]) -> None:
        corner = triangle.ravel()
        order = np.argsort(corner, kind="stable")
        used, start, valence = np.unique(corner[order], return_index=True, return_counts=True)
        most_first = np.argsort(-valence, kind="stable")
        self.used = used[most_first].astype(np.int64)
        face, start, valence = order // 3, start[most_first], valence[most_first]
        self._rounds = [face[start[valence > k] + k] for k in range(valence.max(initial=0))]

    def __call__(self, face: F32) -> F32:
        """f32[3, len(used)] from face values f32[3, T]."""
        total = np.zeros((3, len(self.used)), np.float32)
        for faces in self._rounds:
            total[:, : len(faces)] += face.take(faces, axis=1, mode="clip")
        return total


def _face_normals(p: F32, corner: I64) -> F32:
    """Normals weighted by twice the area, f32[3, T], of positions f32[3, V] and corners i64[3, T]."""
    a = p.take(corner[0], axis=1, mode="clip")
    u, v = p.take(corner[1], axis=1, mode="clip") - a, p.take(corner[2], axis=1, mode="clip") - a
    out: F32 = np.empty_like(u)
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        np.subtract(u[j] * v[k], u[k] * v[j], out=out[i])
    return out
