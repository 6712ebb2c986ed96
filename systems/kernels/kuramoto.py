"""Coupled phase oscillators (Kuramoto 1975; Sakaguchi & Kuramoto 1986, with phase lags).

d theta_i/dt = f_i + (1/2 pi) sum_j K_ij sin 2 pi (theta_j - theta_i - alpha_ij), theta in cycles, f in Hz, K in rad/s.

With A = K cos 2 pi alpha, B = K sin 2 pi alpha and c, s the cosine and sine of 2 pi theta, the sum is
c_i (A s - B c)_i - s_i (A c + B s)_i: N sines and two products instead of N^2 sines.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from psi_ecs.backend import kernel

F64 = NDArray[np.float64]
I32 = NDArray[np.int32]

TAU = 2.0 * np.pi


def lagged(gain: F64, lag: F64) -> tuple[F64, F64]:
    """A and B of the module's equation, for gains K and lags alpha (cycles) of any one shape."""
    return gain * np.cos(TAU * lag), gain * np.sin(TAU * lag)


def _dense(n: int) -> tuple[F64, F64, F64, F64]:
    rng = np.random.default_rng(n)
    a, b = lagged(rng.normal(0.0, 1.0, (n, n)) / np.sqrt(n), rng.uniform(-0.1, 0.1, (n, n)))
    return rng.random(n), a, b, np.empty(n)


@kernel(size=lambda theta, a, b, out: len(theta), above=None, writes=("out",), sample=_dense)
def pull(theta: F64, a: F64, b: F64, out: F64) -> None:
    """Coupling term of every oscillator, all to all.

    Args: theta f64[N] cycles; a, b f64[N, N] from `lagged`, row = who is pulled; out f64[N], Hz, overwritten.
    """
    c, s = np.cos(TAU * theta), np.sin(TAU * theta)
    out[:] = (c * (a @ s - b @ c) - s * (a @ c + b @ s)) / TAU


def _edges(n: int) -> tuple[F64, I32, I32, F64, F64, F64]:
    rng = np.random.default_rng(n)
    start = np.concatenate(([0], np.cumsum(rng.integers(0, 33, n)))).astype(np.int32)
    a, b = lagged(rng.normal(0.0, 1.0, start[-1]), rng.uniform(-0.1, 0.1, start[-1]))
    return rng.random(n), start, rng.integers(0, n, start[-1]).astype(np.int32), a, b, np.empty(n)


@kernel(size=lambda theta, start, source, a, b, out: len(source), above=100_000, writes=("out",), sample=_edges)
def pull_edges(theta: F64, start: I32, source: I32, a: F64, b: F64, out: F64) -> None:
    """Coupling term of every oscillator along edges, in compressed rows.

    Args: theta f64[N] cycles; start i32[N + 1]: the edges that pull oscillator i are start[i] to start[i + 1];
    source i32[E]: who pulls; a, b f64[E] from `lagged`; out f64[N], Hz, overwritten.
    """
    z = np.exp(TAU * 1j * theta)
    rows = np.flatnonzero(np.diff(start))
    field = np.zeros(len(theta), np.complex128)
    if len(rows):
        field[rows] = np.add.reduceat((a - 1j * b) * z[source], start[rows])
    out[:] = (np.conj(z) * field).imag / TAU


def step(theta: F64, freq: F64, dt: float, slope: Callable[[F64, F64], None]) -> F64:
    """Phases after `dt` seconds by one fourth-order Runge-Kutta step, wrapped to [0, 1).

    Args: theta f64[N] cycles; freq f64[N] Hz; slope(theta, out) writes the coupling term in Hz into out,
    e.g. `lambda theta, out: pull(theta, a, b, out)`.
    """
    k = np.empty((4, len(theta)))
    slope(theta, k[0])
    slope(theta + 0.5 * dt * (freq + k[0]), k[1])
    slope(theta + 0.5 * dt * (freq + k[1]), k[2])
    slope(theta + dt * (freq + k[2]), k[3])
    return np.asarray((theta + dt * (freq + (k[0] + 2.0 * k[1] + 2.0 * k[2] + k[3]) / 6.0)) % 1.0)


def energy(theta: F64, a: F64, b: F64) -> float:
    """V = -1/2 sum K_ij cos 2 pi (theta_i - theta_j + alpha_ij); with equal f, symmetric K and alpha = 0 it never grows."""
    z = np.exp(TAU * 1j * theta)
    return float(-0.5 * (np.conj(z) @ (a - 1j * b) @ z).real)


def order(theta: F64) -> complex:
    """Order parameter R e^(i Phi), the mean of e^(2 pi i theta): |.| is 1 in unison, near 0 when scattered."""
    return complex(np.exp(TAU * 1j * theta).mean())
