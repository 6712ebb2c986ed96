"""Coupled oscillators with amplitudes (Stuart 1960; Landau 1944): the Hopf normal form, the Kuramoto model's parent.

d psi_i/dt = (mu_i - gamma_i + 2 pi i f_i - |psi_i|^2) psi_i + sum_j K_ij e^(-2 pi i alpha_ij) psi_j + push_i(t)

mu feeds, gamma damps. Where mu is larger, psi goes round a circle of radius sqrt(mu - gamma), to which it returns at
2 (mu - gamma) per second; where gamma is, it rings down. On the circle phases obey `kuramoto`. Diffusive coupling,
psi_j - psi_i, is gamma_i raised by sum_j K_ij. Units: K, mu, gamma 1/s, f Hz, psi 1.

Scheme. Each oscillator alone has a closed form (`alone`); couplings and pushes are linear, and take one Runge-Kutta step.
Strang's splitting of the two, S, is symmetric, so (4 S(h/2) S(h/2) - S(h)) / 3 is of fourth order (Richardson), and exact
without couplings for any h. `steps` cuts a tick into h with sum |K| R^4 h^5 / 120 below the error asked for, R the fastest
rate along an edge, and h sum |K| <= 0.5. Whatever the gains, no step leaves an amplitude above
5/3 sqrt(g / (1 - e^(-g h / 2))), g = mu - gamma.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from psi_ecs.backend import BackendError, kernel

from .kuramoto import F64, I32, TAU, _edges, row_sums
from .phase_network import Network, check

C128 = NDArray[np.complex128]

STRONG = 0.5
"""Largest step times gain."""
FASTEST = 4096
"""Steps a tick that nobody may ask more of."""


def _waves(n: int) -> tuple[F64, I32, I32, F64, F64, F64]:
    _, start, source, a, b, _ = _edges(n)
    return np.random.default_rng(n + 3).normal(size=(n, 2)), start, source, a, b, np.empty((n, 2))


@kernel(size=lambda psi, start, source, a, b, out: len(source), above=20_000, writes=("out",), sample=_waves)
def mix(psi: F64, start: I32, source: I32, a: F64, b: F64, out: F64) -> None:
    """Sum of K e^(-2 pi i alpha) psi_j over the edges that pull each oscillator.

    Args: psi f64[N, 2] real and imaginary parts; edges as in `kuramoto.pull_edges`; out f64[N, 2], per second, overwritten.
    """
    total = row_sums((a - 1j * b) * psi.view(np.complex128)[source, 0], start)
    out[:, 0], out[:, 1] = total.real, total.imag


def alone(psi: C128, growth: F64, freq: F64, seconds: float) -> C128:
    """psi of uncoupled oscillators any time later, in closed form; growth = mu - gamma, 1/s, of either sign.

    The radius obeys 1/r^2 -> e^(-2 g t) / r^2 + (1 - e^(-2 g t)) / g, which is linear.
    """
    x = np.clip(-2.0 * growth * seconds, -600.0, 600.0)
    small = np.abs(growth) < 1e-300
    fed = np.where(small, 2.0 * seconds, -np.expm1(x) / np.where(small, 1.0, growth))
    size = np.exp(x) + (psi.real**2 + psi.imag**2) * fed
    return np.asarray(psi * np.exp(TAU * 1j * (freq * seconds % 1.0)) / np.sqrt(size))


def steps(net: Network, growth: F64, freq: F64, seconds: float, error: float = 1e-6) -> int:
    """Into how many steps of the module's scheme a tick of `seconds` must be cut; 1 without couplings.

    Raises `BackendError` where gains ask for more than 4096.
    """
    check(net.count, None, freq)
    if not net.plain:
        raise BackendError("oscillators with amplitudes are coupled 1:1; lock other ratios by phase")
    if growth.shape != (net.count,) or not np.isfinite(growth).all():
        raise BackendError(f"growth: {net.count} finite numbers are needed, one an oscillator")
    target, power = net.target, np.hypot(net.a, net.b)
    force = np.bincount(target, power, net.count)
    with np.errstate(over="ignore"):
        turn = TAU * np.abs(freq[net.source] - freq[target]) + (force + 2.0 * np.abs(growth))[target] + force[net.source]
        rough = np.bincount(target, power * turn**4, net.count).max(initial=0.0)
    many = max(1.0, seconds * (rough / (120.0 * error)) ** 0.2, seconds * force.max(initial=0.0) / STRONG)
    if not many <= FASTEST:
        i = int(np.argmax(force))
        raise BackendError(
            f"oscillator {i}: its gains add up to {force[i]:.3g} per second, more than steps can follow; lower them"
        )
    return int(np.ceil(many))


def advance(
    psi: C128, growth: F64, freq: F64, net: Network, seconds: float, cuts: int = 1, push: Callable[[float], C128] | None = None
) -> C128:
    """psi c128[N] `seconds` later, in `cuts` steps (see `steps`); push(t) gives the outside force, 1/s, t seconds in.

    Args: growth f64[N] mu - gamma, 1/s; freq f64[N] Hz.
    """
    if psi.shape != (net.count,) or not np.isfinite(psi).all():
        raise BackendError(f"psi: {net.count} finite complex numbers are needed, one an oscillator")
    if not len(net.source) and push is None:
        return alone(psi, growth, freq, seconds)
    matrix = None if net.w is None else net.w.view(np.complex128)

    def slope(at: float, x: C128) -> C128:
        if matrix is not None:
            out = matrix @ x
        else:
            flat = np.empty((net.count, 2))
            mix(np.ascontiguousarray(x).view(np.float64).reshape(-1, 2), net.start, net.source, net.a, net.b, flat)
            out = flat.view(np.complex128)[:, 0]
        return out if push is None else out + push(at)

    def strang(at: float, h: float, x: C128) -> C128:
        return alone(linear(slope, at, h, alone(x, growth, freq, 0.5 * h)), growth, freq, 0.5 * h)

    h = seconds / cuts
    for at in (h * np.arange(cuts)).tolist():
        fine = strang(at + 0.5 * h, 0.5 * h, strang(at, 0.5 * h, psi))
        psi = (4.0 * fine - strang(at, h, psi)) / 3.0
    return psi


def linear(slope: Callable[[float, C128], C128], at: float, h: float, x: C128) -> C128:
    """One classical fourth-order Runge-Kutta step; of a linear slope, the Taylor series to h^4."""
    k = slope(at, x)
    middle = slope(at + 0.5 * h, x + 0.5 * h * k)
    again = slope(at + 0.5 * h, x + 0.5 * h * middle)
    return np.asarray(x + (h / 6.0) * (k + 2.0 * (middle + again) + slope(at + h, x + h * again)))


def amplitude_energy(psi: C128, growth: F64, net: Network) -> float:
    """V = sum (|psi|^4 / 4 - growth |psi|^2 / 2) - Re 1/2 sum conj(psi_i) W_ij psi_j, which never grows with Hermitian W and
    equal frequencies: the system descends it, in the frame that turns with them."""
    square = psi.real**2 + psi.imag**2
    pairs = (np.conj(psi[net.target]) * (net.a - 1j * net.b) * psi[net.source]).real.sum()
    return float((0.25 * square**2 - 0.5 * growth * square).sum() - 0.5 * pairs)
