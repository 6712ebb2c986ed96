"""Residuals tell eigenpairs of the system from those of the dictionary."""

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.backend import BackendError
from psi_ecs.systems.kernels import lift, resdmd

F64 = NDArray[np.float64]

SLOW, FAST, DT = -0.05, -1.0, 0.1


def manifold(x: F64) -> F64:
    """Exact flow over DT of x' = SLOW x, y' = FAST (y - x^2): y - c x^2 is an eigenfunction."""
    c = FAST / (FAST - 2.0 * SLOW)
    first = x[:, 0] * np.exp(SLOW * DT)
    return np.stack([first, (x[:, 1] - c * x[:, 0] ** 2) * np.exp(FAST * DT) + c * first**2], 1)


def duffing(x: F64, seconds: float, steps: int = 25) -> F64:
    """Flow of x'' = -0.3 x' + x - x^3."""

    def slope(s: F64) -> F64:
        return np.stack([s[:, 1], s[:, 0] - s[:, 0] ** 3 - 0.3 * s[:, 1]], 1)

    h = seconds / steps
    for _ in range(steps):
        k1 = slope(x)
        k2 = slope(x + 0.5 * h * k1)
        k3 = slope(x + 0.5 * h * k2)
        x = x + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + slope(x + h * k3))
    return x


def square(count: int, half: float, seed: int, centre: float = 0.0) -> F64:
    return np.asarray(np.random.default_rng(seed).uniform(-half, half, (count, 2)) + np.array([centre, 0.0]))


def test_slow_manifold_rates() -> None:
    """In {1, x, y, x^2} the dynamics are linear: FAST, 2 SLOW and SLOW come out exactly."""
    x = square(200, 1.0, 1)
    now, later = (np.column_stack([lift.affine(s), s[:, 0] ** 2]) for s in (x, manifold(x)))
    mu, _, residual = resdmd.pairs(now, later)
    np.testing.assert_allclose(np.sort(np.log(mu.real) / DT), [FAST, 2.0 * SLOW, SLOW, 0.0], atol=1e-10)
    assert residual.max() < 1e-12


@pytest.mark.parametrize(("degree", "true", "of"), [(3, 6, 10), (5, 12, 21), (7, 20, 36)])
def test_residual_passes_just_the_true_pairs(degree: int, true: int, of: int) -> None:
    """x^a (y - c x^2)^b fits in the dictionary while a + 2 b <= degree; all else is cut off at its edge."""
    x = square(2000, 1.0, 2)
    mu, _, residual = resdmd.pairs(lift.monomials(x, degree), lift.monomials(manifold(x), degree))
    assert len(mu) == of and (residual < 1e-6).sum() == true
    known = sorted(a * SLOW + b * FAST for b in range(degree) for a in range(degree + 1) if a + 2 * b <= degree)
    np.testing.assert_allclose(np.sort(np.log(mu[:true].real) / DT), known, atol=1e-6)
    assert residual[true] > 1e-5 and 1e-3 < residual[-1] < 0.05


def test_most_pairs_of_a_duffing_oscillator_are_spurious_and_do_not_pass() -> None:
    centres, dt, good = square(100, 2.0, 3), 0.25, 0.05
    x, unseen = square(2500, 2.0, 4), square(2500, 2.0, 5)
    now, later = lift.radial(x, centres, 1.0), lift.radial(duffing(x, dt), centres, 1.0)
    mu, phi, residual = resdmd.pairs(now, later)
    passed = residual < good
    assert 10 <= passed.sum() < 0.5 * len(mu)
    assert np.median(residual) > good
    once = lift.radial(unseen, centres, 1.0)
    held = resdmd.residual(once, lift.radial(duffing(unseen, dt), centres, 1.0), mu, phi)
    assert held[passed].max() < 2.0 * good and held[~passed].min() > 0.5 * good  # it is of the system, not of the samples
    four = lift.radial(duffing(unseen, 4.0 * dt, 100), centres, 1.0)
    later_on = resdmd.residual(once, four, mu**4, phi)
    assert np.median(later_on[passed]) < 0.5 * np.median(later_on[~passed])


def test_true_pair_of_a_duffing_well_passes() -> None:
    """Around x = 1 the true rates are -0.15 +- 1.4062 i, and of the pairs with small residuals none is elsewhere."""
    dt, x = 0.25, square(2000, 0.25, 6, 1.0)
    now, later = (lift.monomials(s - np.array([1.0, 0.0]), 6) for s in (x, duffing(x, dt)))
    mu, _, residual = resdmd.pairs(now, later)
    rate = np.log(mu) / dt
    true = -0.15 + 1j * np.sqrt(2.0 - 0.15**2)
    k = int(np.abs(rate - true).argmin())
    assert abs(rate[k] - true) < 1e-3 and residual[k] < 1e-2
    lattice = np.array([n * true + m * np.conj(true) for n in range(7) for m in range(7)])
    off = np.abs(rate[:, None] - lattice).min(1)
    sure = residual < 1e-3
    assert sure.sum() >= 3 and off[sure].max() < 0.05 and (off[~sure] > 0.05).any()


def test_residual_is_the_definition_and_takes_weights() -> None:
    rng = np.random.default_rng(7)
    x, y, weight = rng.normal(size=(60, 3)), rng.normal(size=(60, 3)), rng.random(60)
    mu, phi, residual = resdmd.pairs(x, y, weight)
    gram, cross, later = ((weight[:, None] * a).T @ b for a, b in ((x, x), (x, y), (y, y)))
    np.testing.assert_allclose(
        np.sort(np.abs(mu)), np.sort(np.abs(np.linalg.eigvals(np.linalg.solve(gram, cross)))), atol=1e-10
    )
    g, a, m = (np.einsum("ij,ik,kj->j", phi.conj(), each, phi) for each in (gram, cross, later))
    b = np.einsum("ij,ik,kj->j", phi.conj(), cross.T, phi)
    formula = (m - mu * b - mu.conj() * a + np.abs(mu) ** 2 * g).real / g.real
    np.testing.assert_allclose(residual**2, formula, atol=1e-10)
    own = np.diag(resdmd.defect(x, y, mu, phi, weight)).real * weight.sum() / g.real
    np.testing.assert_allclose(own, residual**2, atol=1e-10)


def test_trust_falls_with_residual_and_horizon() -> None:
    mu = np.array([1.0, 0.9 + 0.1j, 0.5], np.complex128)
    residual = np.array([0.0, 0.05, 5.0])
    near, far = resdmd.trust(residual, mu, 1.0), resdmd.trust(residual, mu, 20.0)
    assert near[0] == far[0] == 1.0 and near[1] > far[1] > 0.1 and far[2] < near[2] < 0.05
    broken = resdmd.trust(np.array([np.nan, np.inf]), mu[:2], 3.0)
    assert broken.tolist() == [0.0, 0.0]
    assert resdmd.trust(residual, mu, 0.0).tolist() == [1.0] * 3


def test_spread_is_that_of_a_noisy_system() -> None:
    """x' = A x + noise of covariance Q: the error k steps ahead has covariance sum A^i Q A^i'."""
    rng = np.random.default_rng(8)
    a = np.array([[0.9, 0.3], [-0.2, 0.8]])
    mu, vectors = np.linalg.eig(a)
    dual = np.linalg.inv(vectors)
    now, noise = rng.normal(size=(500, 2)), rng.normal(size=(500, 2))
    defects = resdmd.defect(now, now @ a.T + noise, mu, dual.T)
    q = noise.T @ noise / 500
    powers = [np.linalg.matrix_power(a, i) for i in range(6)]
    expected = sum(p @ q @ p.T for p in powers)
    np.testing.assert_allclose(resdmd.spread(defects, mu, vectors, 6.0), np.diag(expected), atol=1e-9)
    assert np.abs(resdmd.spread(defects, mu, vectors, 0.0)).max() == 0.0


@pytest.mark.parametrize(
    ("now", "later", "weight"),
    [
        (np.zeros((0, 2)), np.zeros((0, 2)), None),
        (np.ones((3, 2)), np.ones((4, 2)), None),
        (np.ones((3, 2)), np.ones((3, 1)), None),
        (np.full((3, 2), np.nan), np.ones((3, 2)), None),
        (np.zeros((3, 2)), np.ones((3, 2)), None),
        (np.ones((3, 2)), np.ones((3, 2)), np.zeros(3)),
        (np.ones((3, 2)), np.ones((3, 2)), np.array([1.0, -1.0, 1.0])),
        (np.ones(3), np.ones(3), None),
    ],
)
def test_what_cannot_be_used_is_named_in_one_line(now: F64, later: F64, weight: F64 | None) -> None:
    with pytest.raises(BackendError) as caught:
        resdmd.pairs(now, later, weight)
    assert "\n" not in str(caught.value) and len(str(caught.value)) > 20
