"""How far an eigenpair found from data can be believed: residual dynamic mode decomposition.

Any dictionary gives as many eigenpairs as it has functions, most of them spurious. The residual
|| phi(next) - lambda phi || / || phi || over the samples, in the dictionary's own span, tells which are not
(Colbrook & Townsend 2024; Colbrook, Ayton & Szoke, JFM 955 A21, 2023). It is computed from the samples themselves, not from
their Gram matrices, so it is right down to 1e-14 rather than 1e-8.
"""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.backend import BackendError

from .koopman import matrix

F64 = NDArray[np.float64]
C128 = NDArray[np.complex128]

SPAN = 1e-12
"""Directions of the dictionary weaker than this against its strongest one are left out."""


def weights(weight: F64 | None, count: int) -> F64:
    """Square roots of the quadrature weights [T, 1]; equal ones if None."""
    if weight is None:
        return np.ones((count, 1))
    if np.shape(weight) != (count,) or not np.isfinite(weight).all() or (weight < 0.0).any() or not weight.any():
        raise BackendError(f"weight: {count} numbers from 0 up, not all 0, are needed")
    return np.asarray(np.sqrt(weight))[:, None]


def pairs(now: F64, later: F64, weight: F64 | None = None, span: float = SPAN) -> tuple[C128, C128, F64]:
    """Eigenpairs of extended DMD, each with its residual, best first.

    Args: now, later f64[T, n]: the dictionary at each sample and one step after it; weight f64[T] quadrature weights.
    Returns: mu c128[m] per step; coefficients c128[n, m], with phi = dictionary @ coefficients; residual f64[m].
    """
    x, y = matrix("now", now), matrix("later", later, np.shape(now)[-1])
    if len(x) != len(y):
        raise BackendError(f"later: {len(x)} samples are needed, {len(y)} were given")
    root = weights(weight, len(x)) / np.sqrt(len(x))
    u, s, vt = np.linalg.svd(root * x, full_matrices=False)
    keep = s > span * s[0]
    if not keep.any():
        raise BackendError("now: the dictionary is zero at every sample")
    basis = vt[keep].T / s[keep]
    mu, w = np.linalg.eig(u[:, keep].T @ ((root * y) @ basis))
    coefficients = np.asarray(basis @ w, np.complex128)
    value = np.asarray(mu, np.complex128)
    res = residual(x, y, value, coefficients, weight)
    best = np.argsort(res, kind="stable")
    return value[best], coefficients[:, best], res[best]


def residual(now: F64, later: F64, mu: C128, coefficients: C128, weight: F64 | None = None) -> F64:
    """Residual f64[m] of any candidate pairs, at samples of one's choice (those that were not used to fit, say)."""
    gap, phi = _gaps(now, later, mu, coefficients, weight)
    size = np.linalg.norm(phi, axis=0)
    return np.asarray(np.where(size > 0.0, np.linalg.norm(gap, axis=0) / np.where(size > 0.0, size, 1.0), np.inf))


def defect(now: F64, later: F64, mu: C128, coefficients: C128, weight: F64 | None = None) -> C128:
    """Mean products c128[m, m] of phi(next) - lambda phi of each two pairs: residual^2 is the diagonal over mean |phi|^2."""
    gap, _ = _gaps(now, later, mu, coefficients, weight)
    total = len(gap) if weight is None else float(weight.sum())
    return np.asarray(gap.T @ np.conj(gap) / total, np.complex128)


def _gaps(now: F64, later: F64, mu: C128, coefficients: C128, weight: F64 | None) -> tuple[C128, C128]:
    """phi(next) - lambda phi and phi, c128[T, m] each, times the root of the weight."""
    x = matrix("now", now, len(coefficients))
    y = matrix("later", later, len(coefficients))
    if len(x) != len(y):
        raise BackendError(f"later: {len(x)} samples are needed, {len(y)} were given")
    root = weights(weight, len(x))
    phi = root * (x @ coefficients)
    return np.asarray(root * (y @ coefficients) - mu * phi), phi


def trust(res: F64, mu: C128, steps: float) -> F64:
    """Trust in [0, 1] of each pair for a forecast so many steps ahead.

    The error of phi is at most e = residual (1 + |mu| + ... + |mu|^(steps - 1)) for |mu| <= 1; 1 / (1 + e^2) is the share of
    signal in signal and error: the factor (Wiener's) by which such a forecast is best weighed against knowing nothing.
    """
    exponent = np.log(np.clip(np.abs(mu), 1e-150, 1.0))
    with np.errstate(over="ignore"):
        error = np.nan_to_num(res, nan=1e300, posinf=1e300) * _powers(exponent, steps).real
        return np.asarray(1.0 / (1.0 + error**2))


def spread(defects: C128, mu: C128, vectors: C128, steps: float) -> F64:
    """Variance f64[D] of the error of channels = vectors @ phi after so many steps, in closed form.

    The error is exactly the sum of mu^i (defect of i steps before the end); the defects are taken as uncorrelated in time.
    Args: defects c128[m, m] from `defect`; mu c128[m]; vectors c128[D, m].
    """
    exponent = np.log(mu)
    sums = _powers(exponent[:, None] + np.conj(exponent), steps)
    return np.asarray(np.maximum(((vectors @ (defects * sums)) * np.conj(vectors)).sum(1).real, 0.0))


def _powers(exponent: F64 | C128, steps: float) -> C128:
    """1 + z + ... + z^(steps - 1) for z = e^exponent; between whole steps by the same formula."""
    z = np.asarray(exponent, np.complex128)
    same = np.abs(z) < 1e-12
    return np.where(same, steps, np.expm1(z * steps) / np.expm1(np.where(same, 1.0, z)))
