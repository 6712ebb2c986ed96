"""Coupled phase oscillators (Kuramoto 1975; Sakaguchi & Kuramoto 1986, with phase lags).

d theta_i/dt = f_i + (1/2 pi) sum_j K_ij sin 2 pi (n theta_j - m theta_i - alpha_ij), theta in cycles, f in Hz, K in rad/s.
n = m = 1 but for harmonic pairs: n:m = 1:2 holds theta_j = 2 theta_i, so i turns once while j turns twice.

With W = K e^(-2 pi i alpha) and z = e^(2 pi i theta), the sum over 1:1 couplings is Im conj(z_i) (W z)_i: N sines and one
product instead of N^2 sines. Kernels move the first len(out) oscillators; the rest, if any, only pull.
Arguments that cannot be used raise `BackendError` where a network is built, in `phase_network`.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from psi_ecs.backend import kernel

F64 = NDArray[np.float64]
F32 = NDArray[np.float32]
I32 = NDArray[np.int32]

TAU = 2.0 * np.pi
BLOCK = 8192
"""Numbers that are worked on at a time, so that what lies between stays in the cache."""
SPLIT = 134217729.0
"""2^27 + 1: parts a float64 into two halves whose products are exact (Dekker 1971)."""


def lagged(gain: F64, lag: F64) -> tuple[F64, F64]:
    """A = K cos 2 pi alpha and B = K sin 2 pi alpha, for gains K and lags alpha (cycles) of any one shape."""
    return gain * np.cos(TAU * lag), gain * np.sin(TAU * lag)


def woven(gain: F64, lag: F64) -> F64:
    """W of the module's equation for K and alpha of shape [R, N], as f64[R, 2 N]: real and imaginary parts in turn."""
    a, b = lagged(gain, lag)
    return np.ascontiguousarray(a - 1j * b).view(np.float64)


def _dense(n: int) -> tuple[F64, F64, F64]:
    rng = np.random.default_rng(n)
    w = woven(rng.normal(0.0, 1.0, (n, n)) / np.sqrt(n), rng.uniform(-0.1, 0.1, (n, n)))
    return rng.random(n), w, np.empty(n)


@kernel(size=lambda theta, w, out: len(theta), above=None, writes=("out",), sample=_dense)
def pull(theta: F64, w: F64, out: F64) -> None:
    """Coupling term of every oscillator, all to all, 1:1.

    Args: theta f64[N] cycles; w f64[R, 2 N] from `woven`, row = who is pulled; out f64[R], Hz, overwritten.
    """
    z = np.exp(TAU * 1j * theta)
    out[:] = (np.conj(z[: len(out)]) * (w.view(np.complex128) @ z)).imag / TAU


def _edges(n: int) -> tuple[F64, I32, I32, F64, F64, F64]:
    rng = np.random.default_rng(n)
    start = np.concatenate(([0], np.cumsum(rng.integers(0, 33, n)))).astype(np.int32)
    a, b = lagged(rng.normal(0.0, 1.0, start[-1]), rng.uniform(-0.1, 0.1, start[-1]))
    return rng.random(n), start, rng.integers(0, n, start[-1]).astype(np.int32), a, b, np.empty(n)


def _single(n: int) -> tuple[F64, I32, I32, F32, F32, F64]:
    theta, start, source, a, b, out = _edges(n)
    return theta, start, source, a.astype(np.float32), b.astype(np.float32), out


@kernel(size=lambda theta, start, source, a, b, out: len(source), above=20_000, writes=("out",), sample=_single)
def pull_edges(theta: F64, start: I32, source: I32, a: F32, b: F32, out: F64) -> None:
    """Coupling term of every oscillator along 1:1 edges, in compressed rows.

    Args: theta f64[N] cycles; start i32[R + 1]: the edges that pull oscillator i are start[i] to start[i + 1];
    source i32[E]: who pulls; a, b f32[E] from `lagged`, single since memory is what an edge costs; b may be f32[0] where
    nothing lags; out f64[R], Hz, overwritten. The twin is quickest where rows of like length lie together: the end of a
    row can then be guessed by the processor.
    """
    z = np.exp(TAU * 1j * theta)
    w = a - 1j * b if len(b) else a + 0j
    field = row_sums(np.asarray(w * z[source], np.complex128), start)
    out[:] = (np.conj(z[: len(out)]) * field).imag / TAU


def row_sums(values: NDArray[np.complex128], start: I32) -> NDArray[np.complex128]:
    """Sum of the edge values of each compressed row; 0 for a row without edges."""
    total = np.zeros(len(start) - 1, values.dtype)
    rows = np.flatnonzero(np.diff(start))
    if len(rows):
        total[rows] = np.add.reduceat(values, start[rows])
    return total


def _locks(n: int) -> tuple[F64, I32, I32, I32, I32, F64, F64, F64]:
    theta, start, source, a, b, out = _edges(n)
    ratio = np.random.default_rng(n + 1).integers(1, 4, (2, len(source))).astype(np.int32)
    return theta, start, source, ratio[0].copy(), ratio[1].copy(), a, b, out


@kernel(size=lambda theta, start, source, n, m, a, b, out: len(source), above=10_000, writes=("out",), sample=_locks)
def pull_locks(theta: F64, start: I32, source: I32, n: I32, m: I32, a: F64, b: F64, out: F64) -> None:
    """Coupling term along edges with a ratio each; as `pull_edges`, with n, m i32[E]: n theta_j is held to m theta_i."""
    y = TAU * (n * theta[source] - m * np.repeat(theta[: len(out)], np.diff(start)))
    out[:] = row_sums((a - 1j * b) * np.exp(1j * y), start).imag / TAU


def pull_mean(theta: F64, gain: float, lag: float, out: F64) -> None:
    """Coupling term when K_ij = gain / N and alpha_ij = lag for every pair (itself included): the mean field, in O(N)."""
    z = np.exp(TAU * 1j * theta)
    out[:] = (gain / TAU) * (np.conj(z) * (z.mean() * np.exp(-TAU * 1j * lag))).imag


def step(theta: F64, freq: F64, dt: float, slope: Callable[[F64, F64], None]) -> F64:
    """Phases after `dt` seconds by one fourth-order Runge-Kutta step, wrapped to [0, 1).

    Args: theta f64[N] cycles; freq f64[N] Hz; slope(theta, out) writes the coupling term in Hz into out,
    e.g. `lambda theta, out: pull(theta, w, out)`.
    """
    k = np.empty((4, len(theta)))
    slope(theta, k[0])
    slope(theta + 0.5 * dt * (freq + k[0]), k[1])
    slope(theta + 0.5 * dt * (freq + k[1]), k[2])
    slope(theta + dt * (freq + k[2]), k[3])
    return np.asarray((theta + dt * (freq + (k[0] + 2.0 * k[1] + 2.0 * k[2] + k[3]) / 6.0)) % 1.0)


def cycles(freq: F64, samples: int, rate: int) -> F64:
    """Part of a cycle, in [0, 1], that freq f64[N] (Hz) turns in `samples` of a clock of `rate` Hz.

    The product is formed without rounding and whole cycles leave exactly, so the error is below 3e-16 cycles however
    long the time (while freq times samples is below 2^53): what an oscillator without pulls does is known in closed form.
    """
    if len(freq) > BLOCK:
        return np.concatenate([cycles(freq[i : i + BLOCK], samples, rate) for i in range(0, len(freq), BLOCK)])
    whole = float(samples)
    u = SPLIT * whole
    g = u - (u - whole)
    high, f = freq * whole, SPLIT * freq
    f -= f - freq
    low = f * g
    low -= high
    low += f * (whole - g)
    rest = freq - f
    low += rest * g
    low += rest * (whole - g)
    turns = high / rate
    high -= rate * np.floor(turns, out=turns)
    high += low
    high /= rate
    high -= np.floor(high)
    return high


def adler(gap: F64, detune: F64, gain: F64, seconds: float) -> F64:
    """Gap in cycles, wrapped to [-0.5, 0.5), after any time, of oscillators that one outside phase pulls 1:1 (Adler 1946).

    d gap/dt = detune - (gain/2 pi) sin 2 pi gap in closed form: the tangent of half the angle obeys a Riccati equation, so
    its numerator and denominator are linear. Locked when |2 pi detune| <= gain, at sin 2 pi gap = 2 pi detune / gain; else
    it slips at sqrt((2 pi detune)^2 - gain^2) / 2 pi Hz. Args: gap, detune (Hz), gain (rad/s) f64[N].
    """
    half, turn = 0.5 * gain, np.pi * detune
    u, v = np.sin(np.pi * gap), np.cos(np.pi * gap)
    square = (half - turn) * (half + turn)
    q = np.sqrt(np.abs(square))
    slow = q * seconds < 1e-9
    safe = np.where(slow, 1.0, q)
    grown = np.where(square > 0.0, np.tanh(q * seconds), np.sin(q * seconds)) / safe
    grown = np.where(slow, seconds, grown)
    kept = np.where(square > 0.0, 1.0, np.cos(q * seconds))
    angle = np.arctan2(kept * u + grown * (turn * v - half * u), kept * v + grown * (half * v - turn * u)) / np.pi
    return np.asarray((angle + 0.5) % 1.0 - 0.5)


def energy(theta: F64, a: F64, b: F64) -> float:
    """V = -1/2 sum K_ij cos 2 pi (theta_i - theta_j + alpha_ij) of matrices from `lagged`; with equal f, symmetric K and
    alpha = 0 it never grows."""
    z = np.exp(TAU * 1j * theta)
    return float(-0.5 * (np.conj(z) @ (a - 1j * b) @ z).real)


def order(theta: F64) -> complex:
    """Order parameter R e^(i Phi), the mean of e^(2 pi i theta): |.| is 1 in unison, near 0 when scattered."""
    return complex(np.exp(TAU * 1j * theta).mean())
