"""Nearest neighbours by an inverted file (Jegou, Douze & Schmid 2011, section IV): vectors lie in cells around centres that
k-means found, and a search looks into the cells nearest to what is sought.

Vectors are kept as signed bytes; who needs exact figures asks for more than is wanted and scores those again.
"""

from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]

PROBES = 64
"""Cells that a search looks into."""
ROUNDS = 8
"""Of k-means."""
SAMPLE = 32
"""Vectors for each centre that k-means sees."""
BLOCK = 8192
"""Vectors taken at once."""


class Cells(Struct):
    """Vectors of one part of a key, in cells."""

    centres: F32
    """f32[C, D]."""
    starts: NDArray[np.int32]
    """i32[C + 1]: where each cell begins."""
    rows: NDArray[np.int32]
    """i32[N]: the number of each vector before they were put in cells."""
    vectors: NDArray[np.int8]
    """i8[N, D]: in units of `scale`."""
    scale: float

    def nearest(self, query: F32, count: int) -> tuple[I64, F32]:
        """Rows and inner products of about the `count` nearest to a query f32[D], in no order."""
        near = self.centres @ query
        cells = np.sort(np.argpartition(-near, PROBES)[:PROBES]) if len(near) > PROBES else np.arange(len(near))
        spans = [slice(self.starts[c], self.starts[c + 1]) for c in cells]
        unit: F32 = (query * self.scale).astype(np.float32)
        scores = np.concatenate([np.dot(self.vectors[span].astype(np.float32), unit) for span in spans])
        best = top(scores, count)
        rows = np.concatenate([self.rows[span] for span in spans])[best]
        return rows.astype(np.int64), scores[best]


def top(scores: F32, count: int) -> I64:
    """Places of the `count` highest, in no order."""
    if len(scores) <= count:
        return np.arange(len(scores))
    return np.argpartition(-scores, count - 1)[:count]


def build(vectors: Any, columns: NDArray[np.intp], seed: int = 0) -> Cells:
    """Put f16[N, D] vectors in cells by some of their columns; the same vectors give the same cells."""
    count = len(vectors)
    centres = _means(vectors, columns, min(max(int(2.0 * np.sqrt(count)), 1), count, 4096), seed)
    cell = np.concatenate([_closest(part, centres) for part in _blocks(vectors, columns)] or [np.zeros(0, np.intp)])
    order = np.argsort(cell, kind="stable")
    most = max([float(np.abs(part).max()) for part in _blocks(vectors, columns)], default=0.0)
    scale = max(most, 1e-6) / 127.0
    packed = np.empty((count, len(columns)), np.int8)
    for low in range(0, count, BLOCK):
        part = vectors[order[low : low + BLOCK]][:, columns].astype(np.float32)
        packed[low : low + BLOCK] = np.rint(part / scale)
    starts = np.searchsorted(cell[order], np.arange(len(centres) + 1)).astype(np.int32)
    return Cells(centres, starts, order.astype(np.int32), packed, scale)


def _blocks(vectors: Any, columns: NDArray[np.intp]) -> Any:
    return (vectors[low : low + BLOCK][:, columns].astype(np.float32) for low in range(0, len(vectors), BLOCK))


def _closest(part: F32, centres: F32) -> NDArray[np.intp]:
    """Nearest centre of each vector (Euclidean)."""
    near: NDArray[np.intp] = np.argmax(part @ centres.T - 0.5 * (centres**2).sum(1), axis=1)
    return near


def _means(vectors: Any, columns: NDArray[np.intp], count: int, seed: int) -> F32:
    """Centres f32[count, D] by Lloyd's algorithm on a sample; a centre that nothing is near is put elsewhere."""
    rng = np.random.Generator(np.random.PCG64(seed))
    seen = np.sort(rng.choice(len(vectors), min(len(vectors), SAMPLE * count), replace=False))
    sample = vectors[seen][:, columns].astype(np.float32)
    centres: F32 = sample[rng.choice(len(sample), count, replace=False)]
    for _ in range(ROUNDS):
        cell = np.concatenate([_closest(part, centres) for part in np.array_split(sample, -(-len(sample) // BLOCK))])
        order = np.argsort(cell, kind="stable")
        filled, first, size = np.unique(cell[order], return_index=True, return_counts=True)
        centres = sample[rng.choice(len(sample), count)]
        centres[filled] = np.add.reduceat(sample[order], first, axis=0) / size[:, None].astype(np.float32)
    return centres
