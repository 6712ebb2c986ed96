"""The linear step y = A x that best explains pairs of samples, at once or while they arrive: dynamic mode decomposition.

`fit` is exact DMD (Tu et al. 2014). `Online` forgets exponentially and `Window` sharply; both keep A and P = (X'X + ridge)^-1
by rank-one and rank-two updates in O(n^2) and agree with the batch solution (Zhang, Rowley, Deem & Cattafesta 2019).
P is symmetric by construction and its growth is bounded by the ridge. All want samples in standard units (`lift.scale`), and
a constant 1 among them if the dynamics may rest away from zero (every dictionary of `lift` has one).
Rows are samples: y[k] = A x[k].
"""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.backend import BackendError

from .koopman import Modes, diagonal, matrix, positive, square
from .resdmd import SPAN, weights

F64 = NDArray[np.float64]
C128 = NDArray[np.complex128]

RIDGE = 1e-3
"""Prior weight on A = 0, against 1 for a sample in standard units."""
LARGE = 1e9
"""A number in standard units that cannot be meant."""
GONE = 1e-12
"""A mode that falls below this in one step is over; its rate is taken from here, since log 0 has none."""


def capped(mu: C128, cap: float | None) -> C128:
    """Multipliers drawn in to modulus <= cap, frequency kept; None leaves them. A forecast must not explode."""
    size = np.maximum(np.abs(mu), GONE)
    return mu if cap is None else np.asarray(mu * np.minimum(1.0, positive("cap", cap) / size), np.complex128)


def rate(mu: C128, dt: float, cap: float | None = None) -> C128:
    """lambda in 1/s of multipliers per step of dt seconds: the slowest motion that explains them, |f| <= 1 / (2 dt)."""
    kept = capped(mu, cap)
    safe = np.where(np.abs(kept) < GONE, GONE, kept)
    return np.asarray(np.log(safe) / positive("dt", dt), np.complex128)


def modes(step: F64, dt: float, cap: float | None = None) -> Modes:
    """A step matrix f64[n, n] taken apart, for forecasts over any time, fractions of a step included. O(n^3)."""
    mu, vectors, dual = diagonal(square("step", step))
    return Modes(rate(mu, dt, cap), vectors, dual)


def fit(x: F64, y: F64, dt: float, rank: int | None = None, ridge: float = 0.0, weight: F64 | None = None) -> Modes:
    """Exact DMD of pairs of samples, in the span of the strongest `rank` directions (None: all above rounding).

    Args: x, y f64[T, n], y one step of dt seconds after x; ridge in the units of sum x^2; weight f64[T] of each pair, or None.
    """
    now, later = _pairs(x, y)
    root = weights(weight, len(now))
    u, s, vt = np.linalg.svd(root * now, full_matrices=False)
    keep = int((s > SPAN * s[0]).sum()) if s[0] > 0.0 else 0
    keep = min(keep, keep if rank is None else rank)
    if keep < 1 or not ridge >= 0.0:
        raise BackendError("dmd: the samples are all zero, rank is below 1 or ridge below 0; there is nothing to fit")
    forward = (root * later).T @ (u[:, :keep] * (s[:keep] / (s[:keep] ** 2 + ridge)))
    mu, w, w_inverse = diagonal(vt[:keep] @ forward)
    alive = np.abs(mu) > GONE
    vectors = (forward @ w)[:, alive] / mu[alive]
    return Modes(rate(mu[alive], dt), vectors, np.asarray((w_inverse @ vt[:keep])[alive], np.complex128))


class Online:
    """A learnt from a stream; a sample k steps old counts forget^k.

    A minimises, exactly, sum forget^(age) |y - A x|^2 + a ridge. When forgetting, the ridge is kept up by a weak prior
    sample A e_j = 0 at each step, j taking turns, so that directions that have fallen silent cannot blow P up.
    """

    __slots__ = ("forget", "p", "ridge", "seen", "step", "weight")

    def __init__(self, n: int, forget: float = 1.0, ridge: float = RIDGE) -> None:
        """For n observables. A memory of s steps is forget = 1 - 1 / s."""
        if not (0.0 < forget <= 1.0) or n < 1:
            raise BackendError(f"dmd: forget must be above 0 and at most 1, n at least 1; forget {forget}, n {n} were given")
        self.forget, self.ridge = forget, positive("ridge", ridge)
        self.step = np.zeros((n, n))
        """A, f64[n, n]."""
        self.p = np.eye(n) / ridge
        """Inverse of the weighted Gram matrix, f64[n, n]."""
        self.weight, self.seen = 0.0, 0

    def update(self, x: F64, y: F64) -> float:
        """Learn that y followed x, f64[n] each. Returns the squared error of what was expected. O(n^2).

        A sample that is not finite raises `BackendError` and changes nothing.
        """
        _sample(x, y, len(self.p))
        miss = y - self.step @ x
        if self.forget < 1.0:
            self.p /= self.forget
        gain = self.p @ x
        self._absorb(gain, float(x @ gain), miss)
        if self.forget < 1.0:
            self._prior(self.seen % len(x))
        self.weight = self.forget * self.weight + 1.0
        self.seen += 1
        return float(miss @ miss)

    def _absorb(self, gain: F64, power: float, miss: F64) -> None:
        """One sample: gain = P x, power = x' P x, miss = y - A x. P stays symmetric bit by bit."""
        half = gain / np.sqrt(1.0 + power)
        self.step += np.multiply.outer(miss, half / np.sqrt(1.0 + power))
        self.p -= np.multiply.outer(half, half)

    def _prior(self, j: int) -> None:
        """The prior sample A e_j = 0, of the weight that is forgotten until j has its turn again."""
        lost = self.ridge * (1.0 - self.forget ** len(self.p))
        column = self.p[:, j].copy()
        self._absorb(np.sqrt(lost) * column, lost * float(column[j]), -np.sqrt(lost) * self.step[:, j])

    def modes(self, dt: float, cap: float | None = 1.0) -> Modes:
        """Modes of what has been learnt, for forecasts; O(n^3), so at a slow tick."""
        return modes(self.step, dt, cap)


class Window:
    """A learnt from the last `length` pairs: the newest is added and the oldest taken out in one rank-two update.

    Taking out loses digits, so A and P are made anew from the window every 10 n steps, and at once when an update is unsafe.
    """

    __slots__ = ("length", "p", "ridge", "seen", "step", "x", "y")

    def __init__(self, n: int, length: int, ridge: float = RIDGE) -> None:
        """For n observables; a window shorter than n pairs leaves most to the ridge."""
        if n < 1 or length < 1:
            raise BackendError(f"dmd: n and length must be at least 1; {n} and {length} were given")
        self.length, self.ridge, self.seen = length, positive("ridge", ridge), 0
        self.x, self.y = np.zeros((length, n)), np.zeros((length, n))
        """Ring buffers f64[length, n]; a pair of zeros is one that is not there yet."""
        self.step: F64 = np.zeros((n, n))
        self.p: F64 = np.eye(n) / ridge

    def update(self, x: F64, y: F64) -> float:
        """Learn that y followed x, f64[n] each, and forget the oldest pair. Returns the squared error of what was expected."""
        _sample(x, y, len(self.p))
        slot = self.seen % self.length
        miss = y - self.step @ x
        swap = np.stack([x, self.x[slot]])
        after = np.stack([y, self.y[slot]])
        self.x[slot], self.y[slot] = x, y
        self.seen += 1
        if self.seen % (10 * len(x)) == 0 or not self._swap(swap, after):
            self.rebuild()
        return float(miss @ miss)

    def _swap(self, both: F64, after: F64) -> bool:
        """Add row 0 and take out row 1 (Woodbury); false, with nothing done, if the result could not be relied on."""
        gain = both @ self.p
        inner = gain @ both.T
        a, b, c = 1.0 + float(inner[0, 0]), float(inner[0, 1]), float(inner[1, 1]) - 1.0
        det = a * c - b * b
        if det > -1e-6 * a:
            return False
        small = np.array([[c, -b], [-b, a]]) / det
        self.step += (after - both @ self.step.T).T @ (small @ gain)
        lower = gain[1] - (b / a) * gain[0]
        self.p -= np.multiply.outer(gain[0], gain[0]) / a
        self.p -= np.multiply.outer(lower, lower) * (a / det)
        return True

    def rebuild(self) -> None:
        """A and P from the samples in the window. O(length n^2 + n^3)."""
        gram = self.x.T @ self.x + self.ridge * np.eye(len(self.p))
        p = np.linalg.inv(gram)
        self.p = 0.5 * (p + p.T)
        self.step = np.asarray(np.linalg.solve(gram, self.x.T @ self.y).T, np.float64, copy=True)

    def pairs(self) -> tuple[F64, F64]:
        """The pairs in the window, x and y f64[T, n], in no order."""
        return self.x[: self.seen], self.y[: self.seen]

    def modes(self, dt: float, cap: float | None = 1.0) -> Modes:
        """Modes of what has been learnt, for forecasts; O(n^3), so at a slow tick."""
        return modes(self.step, dt, cap)


def _pairs(x: F64, y: F64) -> tuple[F64, F64]:
    now = matrix("x", x)
    later = matrix("y", y, now.shape[1])
    if len(now) != len(later):
        raise BackendError(f"y: {len(now)} samples are needed, {len(later)} were given")
    return now, later


def _sample(x: F64, y: F64, n: int) -> None:
    if x.shape != (n,) or y.shape != (n,):
        raise BackendError(f"dmd: samples of shape ({n},) are needed; {x.shape} and {y.shape} were given")
    if not (np.abs(x).max() < LARGE and np.abs(y).max() < LARGE):
        raise BackendError(f"dmd: a sample is not finite, or above {LARGE:g}, which is not standard units; leave it out")
