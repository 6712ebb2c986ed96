"""Random numbers of faces: every face has its own, told by a counter, so that they do not hang on who else is there."""

from typing import overload

import numpy as np
from numpy.typing import NDArray

from psi_ecs.systems.kernels.noise import uniform

F64 = NDArray[np.float64]
Ids = NDArray[np.intp]


class Draws:
    """Numbers for rows of a table of faces."""

    def __init__(self, seed: int, index: NDArray[np.int32], drawn: NDArray[np.int64]) -> None:
        """Of the world's seed, each avatar's number, and how many each has drawn, which moves on in place."""
        self._seed, self._index, self._drawn = seed * 1024 ^ 0xFACE, index, drawn

    @overload
    def random(self, who: int) -> float: ...
    @overload
    def random(self, who: Ids) -> F64: ...
    def random(self, who: int | Ids) -> float | F64:
        """One number in [0, 1) for each of these."""
        rows = np.atleast_1d(who)
        counter = self._index[rows].astype(np.uint64) << np.uint64(40) | self._drawn[rows].astype(np.uint64)
        self._drawn[rows] += 1
        found = uniform(self._seed, np.asarray(counter, np.uint64))
        return float(found[0]) if isinstance(who, int) else found

    @overload
    def uniform(self, low: float, high: float, who: int) -> float: ...
    @overload
    def uniform(self, low: float, high: float, who: Ids) -> F64: ...
    def uniform(self, low: float, high: float, who: int | Ids) -> float | F64:
        """Between two bounds."""
        return low + (high - low) * self.random(who)

    def normal(self, who: Ids) -> F64:
        """Standard normal, one for each of these (Box and Muller 1958)."""
        return np.asarray(np.sqrt(-2.0 * np.log(1.0 - self.random(who))) * np.cos(2.0 * np.pi * self.random(who)))

    def lognormal(self, mean: F64 | float, spread: float, who: Ids) -> F64:
        """Log-normal times with this mean and log-spread."""
        return np.asarray(mean * np.exp(spread * self.normal(who) - 0.5 * spread * spread), np.float64)


class Middle:
    """What is drawn on average, for those who foretell."""

    def uniform(self, low: float, high: float, who: int) -> float:
        """Halfway between two bounds."""
        return 0.5 * (low + high)
