"""Couplings that form between oscillators which turn together: Hebbian learning of phase networks.

The complex coupling kappa = K e^(2 pi i lag) of a pair follows
d kappa/dt = rate (amp_i amp_j e^(2 pi i (n theta_j - m theta_i)) - decay kappa), so along a given lag
dK/dt = rate (amp_i amp_j cos 2 pi (n theta_j - m theta_i - lag) - decay K) (Seliger, Young & Tsimring 2002), and the lag that
it settles to is the pair's own. |kappa| never exceeds max(amp_i amp_j) / decay: what does not stay in phase averages out.
Phases in cycles; 1 / decay in rad/s is the strongest coupling at amplitude 1; 1 / (rate decay) seconds is the memory.
"""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.backend import BackendError

F64 = NDArray[np.float64]
C128 = NDArray[np.complex128]
Index = NDArray[np.int64]

TAU = 2.0 * np.pi


def learn(
    kappa: C128, theta: F64, amp: F64, pulled: Index, by: Index, n: Index, m: Index, rate: F64 | float, decay: float, dt: float
) -> None:
    """Move couplings on by `dt` seconds, in place; exact while phases keep their difference.

    Args: kappa c128[E]; theta, amp f64[N]; pulled, by, n, m i64[E]; rate for all, or f64[E]. A bad number raises and
    changes nothing.
    """
    if not (np.all(np.asarray(rate) > 0.0) and decay > 0.0 and dt >= 0.0 and np.isfinite(rate * decay * dt).all()):
        raise BackendError(f"hebb: rate and decay above 0 and dt from 0 are needed; {rate}, {decay} and {dt} were given")
    drive = amp[pulled] * amp[by] * np.exp(1j * TAU * (n * theta[by] - m * theta[pulled]))
    if not np.isfinite(drive).all():
        raise BackendError("hebb: a phase or an amplitude is not finite; leave that sample out")
    kappa += -np.expm1(-rate * decay * dt) * (drive / decay - kappa)


def coupling(kappa: C128, most: float) -> tuple[F64, F64]:
    """Gains, at most `most` rad/s, and lags in cycles, f64[E] each, as `phase_network.network` wants them."""
    return np.minimum(np.abs(kappa), most), np.angle(kappa) / TAU


def along(kappa: C128, lag: F64 | float) -> F64:
    """Gains f64[E] for lags that are given, in cycles; negative where the pair keeps to the opposite phase."""
    return np.asarray((kappa * np.exp(-1j * TAU * np.asarray(lag))).real)


def pairs(freq: F64, largest: int = 5, slack: float = 0.1) -> tuple[Index, Index, Index, Index]:
    """Pairs that could lock: pulled, by, n, m i64[E] with n freq_by = m freq_pulled to within `slack`, as a share of it.

    Of each ordered pair the smallest ratio up to `largest`; oscillators at rest pair with none.
    """
    n, m = (x.ravel() for x in np.meshgrid(np.arange(1, largest + 1), np.arange(1, largest + 1), indexing="ij"))
    order = np.argsort(n + m, kind="stable")
    simple = order[np.gcd(n, m)[order] == 1]
    n, m = n[simple], m[simple]
    low = np.minimum(freq[:, None, None] * m, freq[None, :, None] * n)
    near = np.abs(freq[:, None, None] * m - freq[None, :, None] * n) <= slack * low
    near &= (low > 0.0) & ~np.eye(len(freq), dtype=bool)[:, :, None]
    pulled, by = np.nonzero(near.any(axis=2))
    which = near[pulled, by].argmax(axis=1)
    return pulled, by, n[which].astype(np.int64), m[which].astype(np.int64)
