"""What a field of phases is doing: energy and its rate, order of each band, locks of pairs, frequencies, coherence.

Nothing here moves an oscillator. Phases in cycles, frequencies in Hz, gains in rad/s, energies in rad/s (gain times cosine).
"""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.backend import BackendError, kernel

from .kuramoto import F64, I32, TAU, _locks
from .phase_network import Network

C128 = NDArray[np.complex128]


def _strain_sample(n: int) -> tuple[F64, F64, I32, I32, I32, I32, F64, F64, F64, F64]:
    theta, start, source, ratio_n, ratio_m, a, b, out = _locks(n)
    return theta, np.random.default_rng(n + 2).normal(size=n), start, source, ratio_n, ratio_m, a, b, out, out.copy()


@kernel(
    size=lambda theta, rate, start, source, n, m, a, b, v, dv: len(source),
    above=10_000, writes=("v", "dv"), sample=_strain_sample,
)  # fmt: skip
def strain(theta: F64, rate: F64, start: I32, source: I32, n: I32, m: I32, a: F64, b: F64, v: F64, dv: F64) -> None:
    """Energy of every oscillator's couplings and how fast it changes.

    v_i = -1/2 sum_j K_ij cos y, dv_i = pi sum_j K_ij sin y (n rate_j - m rate_i), y = 2 pi (n theta_j - m theta_i - alpha_ij).
    Args: as `kuramoto.pull_locks`, with rate f64[N], d theta/dt in Hz; v rad/s and dv rad/s^2, f64[N], overwritten.
    """
    size = np.diff(start)
    y = TAU * (n * theta[source] - m * np.repeat(theta, size))
    c, s = np.cos(y), np.sin(y)
    turn = n * rate[source] - m * np.repeat(rate, size)
    target = np.repeat(np.arange(len(theta)), size)
    v[:] = -0.5 * np.bincount(target, a * c + b * s, len(theta))
    dv[:] = 0.5 * TAU * np.bincount(target, (a * s - b * c) * turn, len(theta))


def lyapunov(theta: F64, rate: F64, net: Network) -> tuple[float, float]:
    """V in rad/s and dV/dt of a network whose phases now turn at `rate` f64[N] Hz.

    With symmetric gains, no lags, 1:1 ratios and equal frequencies V never grows: dV/dt = -(2 pi)^2 sum (rate - freq)^2, in
    the frame that turns with them. With lags, or unlike frequencies, it is a measure of unrest, not a promise.
    """
    v, dv = np.empty(net.count), np.empty(net.count)
    strain(theta, rate, net.start, net.source, net.n, net.m, net.a, net.b, v, dv)
    return float(v.sum()), float(dv.sum())


def coherence(theta: F64, net: Network) -> float:
    """How far the couplings have their way, in [0, 1]: the mean of cos 2 pi (n theta_j - m theta_i - lag), weighed by gain.

    1: every pair at its own lag; about 0: scattered, uncoupled, or against it. A negative gain wants the opposite phase.
    """
    if not len(net.source):
        return 0.0
    y = TAU * (net.n * theta[net.source] - net.m * theta[net.target])
    wanted = np.hypot(net.a, net.b).sum()
    return float(np.clip((net.a @ np.cos(y) + net.b @ np.sin(y)) / wanted, 0.0, 1.0)) if wanted > 0.0 else 0.0


def band_order(theta: F64, band: I32, bands: int, weight: F64 | None = None) -> C128:
    """Order parameter R e^(i Phi) of each band, c128[bands]; 0 for a band that is empty or weighs nothing.

    Args: theta f64[N]; band i32[N], which band an oscillator is in, below 0 for none; weight f64[N], such as amplitudes.
    """
    if band.shape != theta.shape or (band.size and band.max() >= bands):
        raise BackendError(f"bands: one number below {bands} an oscillator is needed, for {theta.size} of them")
    inside = band >= 0
    heavy = np.ones(theta.shape) if weight is None else weight
    y, at, heavy = TAU * theta[inside], band[inside], heavy[inside]
    mass = np.bincount(at, heavy, bands)
    total = np.bincount(at, heavy * np.cos(y), bands) + 1j * np.bincount(at, heavy * np.sin(y), bands)
    return np.divide(total, mass, out=np.zeros(bands, np.complex128), where=mass > 0.0)


def follow(held: C128, theta: F64, pulled: I32, by: I32, n: I32, m: I32, dt: float, seconds: float) -> None:
    """Move the running means of e^(2 pi i (n theta_by - m theta_pulled)) on by a tick, in place.

    An exponential window: what was `seconds` ago counts 1/e. From zeros, the locking value rises with the window, so a lock
    must last before it counts. Args: held c128[P]; pulled, by i32[P] oscillators; n, m i32[P].
    """
    if not (seconds > 0.0 and dt >= 0.0):
        raise BackendError(f"window: seconds above 0 and dt not below 0 are needed; {seconds} and {dt} were given")
    now = np.exp(TAU * 1j * (n * theta[by] - m * theta[pulled]))
    held += -np.expm1(-dt / seconds) * (now - held)


def locks(held: C128) -> tuple[F64, F64]:
    """Phase-locking value, 0 to 1, and mean lag in cycles, in (-0.5, 0.5], of the means that `follow` keeps.

    The lag is that of `phase_network.network`: how far the pulled one is behind.
    """
    return np.minimum(np.abs(held), 1.0), np.angle(held) / TAU


def frequency(before: F64, after: F64, dt: float, about: F64 | float = 0.0) -> F64:
    """Instantaneous frequency in Hz from wrapped phases `dt` seconds apart.

    The nearest to `about` (Hz) of those that the two phases allow, so it is right while it lies within 0.5 / dt of that.
    """
    if not dt > 0.0:
        raise BackendError(f"frequency: dt must be above 0 seconds, not {dt}")
    return np.asarray(about + ((after - before - about * dt + 0.5) % 1.0 - 0.5) / dt)
