"""Koopman modes: coordinates in which a state evolves linearly, so that any time ahead is one product.

An eigenfunction phi of the dynamics obeys phi(t + dt) = e^{lambda dt} phi(t), lambda = -decay + 2 pi i f (Koopman 1931;
Mezic 2005). What is known this way is fast-forwarded in O(modes), however long dt is; two states are blended there without
leaving what the dynamics can do; oscillators that move as one are found from their phases.
Arguments that cannot be used raise `BackendError`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from psi_ecs.backend import BackendError

F64 = NDArray[np.float64]
C128 = NDArray[np.complex128]
I32 = NDArray[np.int32]

TAU = 2.0 * np.pi
EXPONENT = 700.0
"""e to this is still a float64."""
CONDITION = 1e8
"""Eigenvectors worse conditioned than this lose more digits than the nudge of `diagonal` costs."""


def matrix(name: str, values: ArrayLike, columns: int | None = None) -> F64:
    """The values as a finite f64[T, D] that is not empty, or a `BackendError` that names them."""
    array = np.asarray(values)
    if array.ndim != 2 or array.size == 0 or array.dtype.kind not in "fiu" or columns not in (None, array.shape[1]):
        wanted = f"[T, {columns or 'D'}] of real numbers, not empty"
        raise BackendError(f"{name}: {wanted}, is needed; shape {array.shape} of {array.dtype} was given")
    if not np.isfinite(array).all():
        raise BackendError(f"{name}: {int((~np.isfinite(array)).sum())} values are not finite; leave those samples out")
    return np.asarray(array, np.float64)


def positive(name: str, value: float, least: float = 0.0) -> float:
    """The value if it is finite and above `least`."""
    if not (np.isfinite(value) and value > least):
        raise BackendError(f"{name}: must be a number above {least:g}, is {value}")
    return float(value)


def eigenvalue(hertz: ArrayLike, decay: ArrayLike) -> C128:
    """lambda of modes with frequency Hz and decay 1/s."""
    return np.asarray(-np.asarray(decay) + 1j * TAU * np.asarray(hertz), np.complex128)


def factor(rate: C128, seconds: ArrayLike) -> C128:
    """e^{lambda dt}: c128[*seconds, M]. Its phase is right to about |lambda dt| 2e-16 radians."""
    exponent: C128 = np.asarray(np.multiply.outer(np.asarray(seconds, np.float64), rate), np.complex128)
    if not np.isfinite(exponent).all() or (exponent.size and exponent.real.max() > EXPONENT):
        raise BackendError("koopman: rates and seconds must be finite, and no mode may grow beyond e^700; cap the rates")
    return np.exp(exponent)


def advance(psi: C128, rate: C128, seconds: ArrayLike) -> C128:
    """Modes after any time. Args: psi, rate c128[M]; seconds one number, or [T]. Returns c128[M] or [T, M]."""
    return psi * factor(rate, seconds)


def unit(rate: C128) -> F64:
    """The impulse f64[M] whose response, the imaginary part of a mode that starts at it, peaks at 1."""
    peak = np.arctan2(rate.imag, -rate.real) / rate.imag
    return np.asarray(1.0 / (np.exp(rate.real * peak) * np.sin(rate.imag * peak)), np.float64)


@dataclass(frozen=True, slots=True)
class Modes:
    """Linear dynamics taken apart: x(t) = vectors e^{rate t} (dual x(0))."""

    rate: C128
    """[M] lambda in 1/s."""
    vectors: C128
    """[D, M] columns: what a mode adds to the state."""
    dual: C128
    """[M, D] rows: eigenfunctions; dual @ vectors = identity."""

    def coordinates(self, x: F64) -> C128:
        """Eigenfunctions of states: x f64[..., D] to c128[..., M]."""
        return np.asarray(x @ self.dual.T, np.complex128)

    def state(self, phi: C128) -> F64:
        """States f64[..., D] of coordinates c128[..., M]."""
        return np.asarray((phi @ self.vectors.T).real, np.float64)

    def evolve(self, x: F64, seconds: ArrayLike) -> F64:
        """State after any time, in closed form: x f64[D]; seconds one number or [T]; returns f64[D] or [T, D]."""
        return self.state(self.coordinates(x) * factor(self.rate, seconds))

    def propagator(self, seconds: float) -> F64:
        """The matrix f64[D, D] that takes a state to the one `seconds` later."""
        return np.asarray(((self.vectors * factor(self.rate, seconds)) @ self.dual).real, np.float64)


def diagonal(square: F64) -> tuple[C128, C128, C128]:
    """Eigenvalues [M], eigenvectors [M, M] and their inverse.

    A matrix without an eigenbasis (critical damping, say) is first moved by 1e-8 of its norm, after which there is one and
    functions of it are right to about 1e-7 (approximate diagonalisation: Davies 2007).
    """
    values, vectors = np.linalg.eig(square)
    inverse = _inverse(vectors)
    if inverse is None or np.linalg.norm(vectors) * np.linalg.norm(inverse) > CONDITION * len(square):
        nudge = np.random.default_rng(0).normal(size=square.shape) / np.sqrt(len(square))
        values, vectors = np.linalg.eig(square + 1e-8 * max(float(np.linalg.norm(square)), 1e-300) * nudge)
        inverse = np.linalg.pinv(vectors) if (again := _inverse(vectors)) is None else again
    return values.astype(np.complex128), vectors.astype(np.complex128), inverse.astype(np.complex128)


def _inverse(vectors: C128) -> C128 | None:
    try:
        return np.asarray(np.linalg.inv(vectors), np.complex128)
    except np.linalg.LinAlgError:
        return None


def square(name: str, values: ArrayLike) -> F64:
    """The values as a finite f64[n, n], or a `BackendError` that names them."""
    array = matrix(name, values)
    if array.shape[0] != array.shape[1]:
        raise BackendError(f"{name}: must be square, is {array.shape}")
    return array


def linear(generator: ArrayLike) -> Modes:
    """Modes of dx/dt = G x, G f64[D, D] in 1/s."""
    return Modes(*diagonal(square("generator", generator)))


def blend(phi0: C128, phi1: C128, share: ArrayLike) -> C128:
    """Between two states in eigenfunction coordinates: magnitude geometrically, phase the shortest way.

    A coordinate that is zero at one end has no phase there: it grows linearly, with the phase of the other end.
    Args: phi0, phi1 c128[..., M]; share 0 (phi0) to 1 (phi1), broadcast. Returns c128.
    """
    s = np.asarray(share, np.float64)
    a, b = np.abs(phi0), np.abs(phi1)
    none = (a == 0.0) | (b == 0.0)
    turn = np.where(none, 0.0, np.angle(phi1) - np.angle(phi0))
    turn -= TAU * np.round(turn / TAU)
    low, high = np.where(none, 1.0, a), np.where(none, 1.0, b)
    way = phi0 / low * np.exp((1.0 - s) * np.log(low) + s * np.log(high) + 1j * s * turn)
    return np.asarray(np.where(none, (1.0 - s) * phi0 + s * phi1, way), np.complex128)


def bridge(phi0: C128, phi1: C128, rate: C128, seconds: float, at: ArrayLike) -> C128:
    """From phi0 at time 0 to phi1 at `seconds`, moving as the modes do by themselves and no more than needed besides.

    Args: phi0, phi1, rate c128[M]; at one time or [T]. Returns c128[M] or [T, M].
    """
    there = phi1 * factor(rate, -positive("seconds", seconds))
    share = np.asarray(at, np.float64) / seconds
    return blend(phi0, there, share[..., None] if share.ndim else share) * factor(rate, at)


def steer(psi: C128, intended: C128, pull: float, dt: float) -> C128:
    """Modes drawn toward the intended ones for `dt` seconds at `pull` 1/s.

    Phase errors and log magnitude errors shrink by e^{-pull dt} exactly, so many short steps equal one long one.
    """
    return blend(psi, intended, -np.expm1(-pull * dt))


def locking(theta: F64, n: int = 1, m: int = 1) -> F64:
    """Phase-locking value |mean of e^{2 pi i (m theta_i - n theta_j)}| of every pair: theta f64[T, N] cycles to f64[N, N].

    1: oscillator i runs at n/m of j's pace at a fixed phase; scattered phases give about 1 / sqrt(T).
    """
    z = np.exp(1j * TAU * matrix("theta", theta))
    return np.asarray(np.abs((z**m).T @ np.conj(z**n)) / len(z), np.float64)


def groups(theta: F64, threshold: float = 0.9, ratios: tuple[tuple[int, int], ...] = ((1, 1),)) -> I32:
    """Oscillators that move as one mode: i32[N] labels from 0, in order of first member.

    Two belong together when locked at least this firmly in one of the n:m ratios, directly or through others. Frequencies
    closer than about 0.25 / (observed seconds) cannot be told apart. Args: theta f64[T, N] cycles.
    """
    count = np.shape(theta)[-1] if np.ndim(theta) else 0
    tied = np.eye(count, dtype=bool)
    for n, m in ratios:
        firm = locking(theta, n, m) >= threshold
        tied |= firm | firm.T
    labels, found = np.full(count, -1, np.int32), 0
    for first in range(count):
        if labels[first] < 0:
            member = tied[first]
            while (wider := tied[member].any(0)).sum() > member.sum():
                member = wider
            labels[member], found = found, found + 1
    return labels


def rates(psi: C128, labels: I32, dt: float) -> C128:
    """lambda in 1/s of every group of oscillators, by least squares over its members.

    Args: psi c128[T, N] sampled every `dt` seconds, T >= 2; labels i32[N] from `groups`. Returns c128[groups].
    """
    if psi.ndim != 2 or len(psi) < 2 or len(labels) != psi.shape[1] or not np.isfinite(psi).all():
        raise BackendError(f"psi: finite [T >= 2, {len(labels)}] is needed; shape {psi.shape} was given")
    size = int(labels.max()) + 1
    cross = np.bincount(labels, (ahead := (np.conj(psi[:-1]) * psi[1:]).sum(0)).real, size) + 1j * np.bincount(
        labels, ahead.imag, size
    )
    power = np.bincount(labels, (np.abs(psi[:-1]) ** 2).sum(0), size)
    if not (np.abs(cross) > 0.0).all():
        raise BackendError("psi: a group is silent, so it has no rate; leave it out")
    return np.asarray(np.log(cross / power) / positive("dt", dt), np.complex128)
