"""How well a linear step forecasts what it was not fitted to: blocked cross-validation, from Gram matrices alone.

The stretch of samples is cut into blocks; each is forecast by the step fitted to all the others (Stone 1974; blocks, because
neighbours in time are alike: Burman, Chow & Nolan 1994). Of each block three sums are kept, and with them the error of any
mixture of the forecast f and staying put p: |y - p - w (f - p)|^2 = yy - 2 w fy + w^2 ff (Bates & Granger 1969).
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]

BLOCKS = 6


@dataclass(frozen=True, slots=True)
class Sums:
    """Over the samples of each block, f64[B, D]; p is the sample that was last seen, y what came, f the forecast."""

    ff: F64
    fy: F64
    yy: F64
    count: int
    """Samples in all blocks."""

    def weight(self) -> F64:
        """Of the forecast against staying put, f64[D] in [0, 1]: what errs least, less two standard errors of that, so that
        luck with a few samples is no reason to move."""
        total = np.maximum(self.ff.sum(0), 1e-300)
        apart = self.fy - self.fy.sum(0) / total * self.ff  # of a ratio: Cochran 1977, 6.4
        doubt = np.sqrt(len(apart)) * apart.std(0, ddof=1)
        return np.asarray(np.clip((self.fy.sum(0) - 2.0 * doubt) / total, 0.0, 1.0))

    def error(self, weight: F64) -> F64:
        """Mean square f64[D] of what such a mixture errs by."""
        mixed = self.yy - 2.0 * weight * self.fy + weight**2 * self.ff
        return np.asarray(np.maximum(mixed.sum(0) / self.count, 0.0))


def crossed(x: F64, y: F64, run: NDArray[np.int64], steps: int, channels: slice, ridge: float) -> Sums | None:
    """Sums of forecasts `steps` ahead of some columns of the state; None with too few samples to tell.

    Args: x, y f64[T, n] pairs one step apart, in order of time; run i64[T]: pairs of one unbroken sequence share a number.
    """
    begin, end = np.arange(len(x) - steps + 1), np.arange(steps - 1, len(x))
    whole = run[begin] == run[end]
    begin, end = begin[whole], end[whole]
    if len(begin) < 4 * BLOCKS:
        return None
    cuts = np.linspace(0, len(x), BLOCKS + 1).astype(int)
    grams = [(x[a:b].T @ x[a:b], x[a:b].T @ y[a:b]) for a, b in pairwise(cuts.tolist())]
    gram, cross = sum(g for g, _ in grams) + ridge * np.eye(x.shape[1]), sum(c for _, c in grams)
    ff, fy, yy = ([] for _ in range(3))
    for block, (a, b) in enumerate(pairwise(cuts.tolist())):
        step = np.linalg.solve(gram - grams[block][0], cross - grams[block][1])
        ahead = np.eye(x.shape[1])[:, channels]
        for _ in range(steps):
            ahead = step @ ahead
        here = (begin >= a) & (begin < b)
        now = x[begin[here]]
        told, came = now @ ahead - now[:, channels], y[end[here]][:, channels] - now[:, channels]
        ff.append((told**2).sum(0))
        fy.append((told * came).sum(0))
        yy.append((came**2).sum(0))
    return Sums(np.stack(ff), np.stack(fy), np.stack(yy), len(begin))
