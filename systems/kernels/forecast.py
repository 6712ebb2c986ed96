"""What a stream of samples will be shortly, and how far to believe it: delays, dictionary, online DMD and its residuals.

A forecast must earn its weight: between what the modes tell and "it stays", the mixture is given that erred least on samples
that were left out of the fit (`crossed`), and trust is the share of the variance which that mixture explained there. So a
random walk is taken to stay, and the error to expect is sqrt(1 - trust) of a channel's spread.

`push` each sample (microseconds), `refresh` at a slow tick (one eigen-decomposition), `predict` whenever it is wanted.
"""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.backend import BackendError

from .crossed import crossed
from .dmd import RIDGE, Online
from .koopman import Modes, positive
from .lift import Lift, Scale, affine
from .lift import delays as lift_delays
from .resdmd import defect, spread

F64 = NDArray[np.float64]


LONGEST = 2000.0
"""Trust looks back over the memory, but no more samples than this."""
STILL = 1e-6
"""Variance, in standard units, below which a channel counts as still: a forecast that errs less is trusted."""
FAINT = 1e-12
"""Variance of an error that is rounding."""


class Forecast:
    """A forecaster of D channels sampled every dt seconds.

    Until the first `refresh` it expects what it last saw, with trust 0.
    """

    def __init__(
        self, scale: Scale, dt: float, delays: int = 1, memory: float = 1000.0, lift: Lift = affine, ridge: float = RIDGE
    ) -> None:
        """The state is the last `delays` samples, 2 for each tone at least and 10 times that where there is noise.

        Args: scale of the channels; dt seconds; memory in steps; lift: observables of the state f64[1, delays D], see `lift`.
        """
        if delays < 1 or memory <= 1.0:
            raise BackendError(f"forecast: delays must be 1 or more and memory above 1; {delays} and {memory} were given")
        self.scale, self.dt, self.lift = scale, positive("dt", dt), lift
        self._recent = np.zeros((delays, len(scale.mean)))
        n = lift(self._recent.reshape(1, -1)).shape[1]
        self.online = Online(n, 1.0 - 1.0 / memory, ridge)
        self._now: F64 | None = None
        self._filled = 0
        kept = max(4 * n, int(min(memory, LONGEST)))
        self._x, self._y = np.zeros((kept, n)), np.zeros((kept, n))
        self._run, self._runs = np.zeros(kept, np.int64), 0
        """Which unbroken sequence each pair is of."""
        self._ridge = ridge
        self._modes: Modes | None = None
        self._error = np.zeros((0, 0), np.complex128)
        self._power = np.zeros(len(scale.mean))
        self._trust: dict[float, F64] = {}
        self._mixed: dict[int, tuple[F64, F64]] = {}

    def push(self, sample: F64) -> None:
        """Take in the next sample, f64[D]. One that is not finite raises `BackendError` and breaks the sequence there."""
        if np.shape(sample) != self.scale.mean.shape:
            raise BackendError(f"forecast: a sample of shape {self.scale.mean.shape} is needed; {np.shape(sample)} was given")
        if not np.isfinite(sample).all():
            self.gap()
            raise BackendError("forecast: a sample is not finite; the sequence starts again after it")
        self._recent[1:] = self._recent[:-1]
        self._recent[0] = self.scale.to(sample)
        self._filled += 1
        if self._filled < len(self._recent):
            return
        later = self.lift(self._recent.reshape(1, -1))[0]
        if self._now is not None:
            slot = self.online.seen % len(self._x)
            self.online.update(self._now, later)
            self._x[slot], self._y[slot], self._run[slot] = self._now, later, self._runs
        self._now = later

    def learn(self, samples: F64) -> None:
        """Samples f64[T, D] at once, instead of what was learnt before: as if pushed one by one, in one solution of them all.

        Agrees with `push` up to the prior of `dmd.Online`, which that renews a little at a time.
        """
        self.gap()
        delays = len(self._recent)
        if len(samples) <= delays:
            raise BackendError(f"forecast: {delays + 1} samples at least are needed, {len(samples)} were given")
        rows = self.lift(lift_delays(self.scale.to(samples), delays))
        x, y = rows[:-1], rows[1:]
        count, forget = len(x), self.online.forget
        weight = forget ** np.arange(count - 1.0, -1.0, -1.0)[:, None]
        gram = (weight * x).T @ x + self.online.ridge * np.eye(x.shape[1])
        p = np.linalg.inv(gram)
        self.online.p[:] = 0.5 * (p + p.T)
        self.online.step[:] = np.linalg.solve(gram, (weight * x).T @ y).T
        self.online.weight, self.online.seen = float(weight.sum()), count
        kept = min(count, len(self._x))
        slots = np.arange(count - kept, count) % len(self._x)
        self._x[slots], self._y[slots], self._run[slots] = x[count - kept :], y[count - kept :], self._runs
        self._recent[:] = self.scale.to(samples[: -delays - 1 : -1])
        self._filled, self._now = len(samples), rows[-1]

    def gap(self) -> None:
        """Samples are missing here: what comes next does not follow from what was. What has been learnt stays."""
        self._filled, self._now = 0, None
        self._runs += 1

    def refresh(self) -> None:
        """Modes and how far they miss, from what has been learnt by now. O(n^3)."""
        if self.online.seen == 0:
            return
        self._modes = self.online.modes(self.dt)
        count = min(self.online.seen, len(self._x))
        x, y = self._x[:count], self._y[:count]
        self._error = defect(x, y, np.exp(self._modes.rate * self.dt), self._modes.dual.T)
        self._power = np.maximum(y[:, 1 : 1 + len(self._power)].var(0), STILL)
        self._trust, self._mixed = {}, {}

    def predict(self, seconds: float) -> tuple[F64, float]:
        """The channels f64[D] so many seconds after the last sample, and trust in [0, 1] in them all."""
        if not (np.isfinite(seconds) and seconds >= 0.0):
            raise BackendError(f"forecast: seconds must be 0 or more, is {seconds}")
        if self._modes is None or self._now is None:
            return self.scale.back(self._recent[0]), 0.0
        channels = slice(1, 1 + len(self._power))
        ahead, stays = self._modes.evolve(self._now, seconds)[channels], self._now[channels]
        return self.scale.back(stays + self.weight(seconds) * (ahead - stays)), float(self.trust(seconds).mean())

    def weight(self, seconds: float) -> F64:
        """Share f64[D] of what the modes tell, against staying put, in a forecast so far ahead: 0 to 1."""
        return self._mixture(self._whole(seconds))[0]

    def trust(self, seconds: float) -> F64:
        """Share f64[D] of each channel's variance that a forecast so far ahead explains, 0 to 1; 0 before the first refresh.

        What cross-validation measured at whole steps; between and beyond them, as the residuals of the modes grow
        (`resdmd.spread`). Kept until `refresh`.
        """
        if self._modes is None or self._now is None:
            return np.zeros(len(self._power))
        if seconds not in self._trust:
            if len(self._trust) > 64:
                self._trust = {}
            whole = self._whole(seconds)
            error = self._mixture(whole)[1]
            grown = self._spread(seconds / self.dt) / np.maximum(self._spread(whole), FAINT)
            self._trust[seconds] = np.clip(1.0 - error * np.where(error > FAINT, grown, 1.0) / self._power, 0.0, 1.0)
        return self._trust[seconds] if seconds > 0.0 else np.ones(len(self._power))

    def error(self, seconds: float) -> F64:
        """Root mean square error f64[D] to expect of such a forecast, in units of the channels; infinite before a refresh."""
        if self._modes is None:
            return np.full(len(self._power), np.inf)
        return np.asarray(np.sqrt((1.0 - self.trust(seconds)) * self._power) * self.scale.spread)

    def _whole(self, seconds: float) -> int:
        """Steps at which forecasts so far ahead are checked: no more than a quarter of what is remembered."""
        return int(min(max(round(seconds / self.dt), 1), max(min(self.online.seen, len(self._x)) // 4, 1)))

    def _mixture(self, steps: int) -> tuple[F64, F64]:
        """Weight of the modes and mean square error of the mixture, f64[D] each; nothing and everything where none can tell."""
        if steps not in self._mixed:
            count = min(self.online.seen, len(self._x))
            slots = np.arange(self.online.seen - count, self.online.seen) % len(self._x)
            channels = slice(1, 1 + len(self._power))
            sums = crossed(self._x[slots], self._y[slots], self._run[slots], steps, channels, self._ridge)
            weight = np.zeros(len(self._power)) if sums is None else sums.weight()
            self._mixed[steps] = weight, (self._power if sums is None else sums.error(weight))
        return self._mixed[steps]

    def _spread(self, steps: float) -> F64:
        """Variance f64[D] of the error that the residuals of the modes make after so many steps."""
        assert self._modes is not None
        rows = self._modes.vectors[1 : 1 + len(self._power)]
        return spread(self._error, np.exp(self._modes.rate * self.dt), rows, steps)
