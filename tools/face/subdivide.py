"""Catmull-Clark subdivision as a linear map, applied to some faces only.

New points are fixed combinations of old ones (Catmull and Clark 1978), so a map made once carries positions, texture
coordinates and every blendshape alike. A face that is not subdivided next to one that is takes the new points of the shared
edge into its outline, so no crack opens.
"""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


class Map:
    """new[i] = sum of weight * old[column] over its entries of row i."""

    def __init__(self, rows: list[int], columns: list[int], weights: list[float], n: int) -> None:
        """A sparse map with `n` rows."""
        self.rows, self.columns, self.weights, self.n = np.array(rows), np.array(columns), np.array(weights), n

    def __call__(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Apply to f64[V, k]."""
        parts = [np.bincount(self.rows, self.weights * values[self.columns, k], self.n) for k in range(values.shape[1])]
        return np.asarray(np.stack(parts, 1), np.float64)


def catmull_clark(quads: Ints, count: int, chosen: NDArray[np.bool_]) -> tuple[Ints, Map, Ints]:
    """Subdivide the `chosen` faces of a quad mesh with `count` vertices once.

    Returns triangles int[T, 3] on the new vertices, the map to them, and the source face of each triangle int[T].
    """
    edges: dict[tuple[int, int], list[int]] = defaultdict(list)
    faces_of: dict[int, list[int]] = defaultdict(list)
    for f, quad in enumerate(quads.tolist()):
        for a, b in zip(quad, quad[1:] + quad[:1], strict=True):
            edges[min(a, b), max(a, b)].append(f)
        for v in quad:
            faces_of[v].append(f)
    edge_id = {e: count + i for i, e in enumerate(edges)}
    face_id = count + len(edges)
    combine: dict[int, dict[int, float]] = {}
    for f, quad in enumerate(quads.tolist()):
        combine[face_id + f] = dict.fromkeys(quad, 0.25)
    for (a, b), sides in edges.items():
        combine[edge_id[a, b]] = _edge_point(a, b, sides, quads)
    border = {v for e, sides in edges.items() if len(sides) != 2 for v in e}
    links: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    for (a, b), sides in edges.items():
        links[a].append((b, len(sides) != 2))
        links[b].append((a, len(sides) != 2))
    for v, around in faces_of.items():
        combine[v] = _vertex_point(v, around, links[v], v in border, quads)
    triangles, made_from = _faces(quads, chosen, edges, edge_id, face_id)
    used, compact = np.unique(triangles, return_inverse=True)
    entries = [(row, column, w) for row, old in enumerate(used.tolist()) for column, w in combine[old].items()]
    rows, columns, weights = (list(x) for x in zip(*entries, strict=True))
    return compact.reshape(-1, 3), Map(rows, columns, weights, len(used)), made_from


def _edge_point(a: int, b: int, sides: list[int], quads: Ints) -> dict[int, float]:
    if len(sides) != 2:
        return {a: 0.5, b: 0.5}
    out: dict[int, float] = defaultdict(float)
    for v in (a, b):
        out[v] += 0.25
    for f in sides:
        for v in quads[f].tolist():
            out[v] += 0.0625
    return out


def _vertex_point(v: int, around: list[int], links: list[tuple[int, bool]], border: bool, quads: Ints) -> dict[int, float]:
    out: dict[int, float] = defaultdict(float)
    if border:
        rim = [w for w, at_rim in links if at_rim]
        out[v] = 0.75 if len(rim) == 2 else 1.0
        if len(rim) == 2:
            for w in rim:
                out[w] += 0.125
        return out
    n = len(around)
    out[v] = (n - 3) / n
    for f in around:
        for w in quads[f].tolist():
            out[w] += 0.25 / (n * n)
    for w, _ in links:
        out[v] += 1.0 / (n * n)
        out[w] += 1.0 / (n * n)
    return out


def _faces(
    quads: Ints,
    chosen: NDArray[np.bool_],
    edges: dict[tuple[int, int], list[int]],
    edge_id: dict[tuple[int, int], int],
    face_id: int,
) -> tuple[Ints, Ints]:
    triangles: list[tuple[int, int, int]] = []
    made_from: list[int] = []
    for f, quad in enumerate(quads.tolist()):
        ring: list[int] = []
        for a, b in zip(quad, quad[1:] + quad[:1], strict=True):
            key = (min(a, b), max(a, b))
            ring.append(a)
            if chosen[f] or any(chosen[g] for g in edges[key]):
                ring.append(edge_id[key])
        if len(ring) == 4:
            new = [(ring[0], ring[1], ring[2]), (ring[0], ring[2], ring[3])]
        elif chosen[f]:  # four quads about the face point, each split along its short diagonal
            c, (v0, e0, v1, e1, v2, e2, v3, e3) = face_id + f, ring
            new = [(c, e3, v0), (c, v0, e0), (c, e0, v1), (c, v1, e1), (c, e1, v2), (c, v2, e2), (c, e2, v3), (c, v3, e3)]
        else:
            c = face_id + f
            new = [(c, a, b) for a, b in zip(ring, ring[1:] + ring[:1], strict=True)]
        triangles += new
        made_from += [f] * len(new)
    return np.array(triangles), np.array(made_from)
