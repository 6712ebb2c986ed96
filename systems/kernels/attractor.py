"""Patterns of phases: which pairs keep theirs, how near a field is to one, and the pull toward it.

Phases in cycles, times in seconds, gains in rad/s.
"""

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
Index = NDArray[np.int64]

TAU = 2.0 * np.pi


def kept(theta: F64, pulled: Index, by: Index, n: Index, m: Index) -> tuple[F64, F64, F64]:
    """How pairs kept their relative phase y = n theta_by - m theta_pulled over a stretch of time, f64[E] each.

    Phase-locking value |mean e^(2 pi i y)| (Lachaux et al. 1999), mean lag in cycles, and the farthest that y strayed from it.
    Args: theta f64[T, R]; pulled, by, n, m i64[E].
    """
    wave = np.exp(1j * TAU * (n * theta[:, by] - m * theta[:, pulled]))
    mean = wave.mean(axis=0)
    stray = np.abs(np.angle(wave * np.exp(-1j * np.angle(mean)))).max(axis=0, initial=0.0) / TAU
    return np.minimum(np.abs(mean), 1.0), np.angle(mean) / TAU, stray


def overlap(theta: F64, goal: F64, common: bool = True) -> float:
    """How near phases f64[N] are to a pattern's: |mean e^(2 pi i (theta - goal))|, 1 where they are that pattern, about
    1/sqrt(N) by chance (Hopfield 1982; Aonishi 1998 for phases). Without `common`, a turn that all share counts as an error."""
    mean = np.exp(1j * TAU * (theta - goal)).mean()
    return float(abs(mean) if common else max(mean.real, 0.0))


def drawn(theta: F64, goal: F64, gain: float, dt: float) -> F64:
    """Phases after `dt` seconds of a pull d theta/dt = (gain / 2 pi) sin 2 pi (goal - theta): exact, since the tangent of half
    the error's angle decays as e^(-gain t). The goal itself is taken to stand still."""
    off = np.angle(np.exp(1j * TAU * (theta - goal))) / 2.0
    return np.asarray(goal + 2.0 * np.arctan2(np.sin(off) * np.exp(-gain * dt), np.cos(off)) / TAU)
