"""Energy, gradient and the nearest state that keeps every constraint."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from psi_ecs.systems.kernels.grammar import energy, gradient, nearest, violation

F64 = NDArray[np.float64]
SETTINGS = settings(max_examples=40)


def case(seed: int) -> tuple[F64, F64, F64, F64]:
    """States, and constraints that the origin keeps, so that they can all be kept."""
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(rng.integers(1, 7), 4))
    return rng.normal(0.0, 3.0, (5, 4)), a, rng.uniform(0.1, 2.0, len(a)), rng.uniform(0.1, 3.0, len(a))


@SETTINGS
@given(st.integers(0, 10_000))
def test_the_gradient_is_that_of_the_energy(seed: int) -> None:
    x, a, b, w = case(seed)
    h, slope = 1e-6, gradient(x, a, b, w)
    for k in range(4):
        step = np.zeros(4)
        step[k] = h
        by_difference = (energy(x + step, a, b, w) - energy(x - step, a, b, w)) / (2.0 * h)
        np.testing.assert_allclose(by_difference, slope[:, k], atol=1e-4 * (1.0 + np.abs(slope).max()))


@SETTINGS
@given(st.integers(0, 10_000))
def test_the_nearest_state_keeps_all_and_none_that_does_is_nearer(seed: int) -> None:
    x, a, b, w = case(seed)
    y = nearest(x, a, b, sweeps=4000)
    assert violation(y, a, b).max() < 1e-6 and energy(y, a, b, w).max() < 1e-9
    np.testing.assert_allclose(nearest(y, a, b, sweeps=4000), y, atol=1e-6)
    rng = np.random.default_rng(seed + 1)
    for _ in range(20):  # y is nearest if no kept state lies further along x - y
        other = nearest(rng.normal(0.0, 3.0, 4), a, b, sweeps=4000)
        assert ((x - y) * (other - y)).sum(axis=1).max() < 1e-4


def test_a_state_that_keeps_all_is_not_moved() -> None:
    x = np.array([[0.1, -0.2, 0.0, 0.3]])
    assert nearest(x, np.eye(4), np.ones(4)) is not x
    np.testing.assert_array_equal(nearest(x, np.eye(4), np.ones(4)), x)
    assert energy(x, np.eye(4), np.ones(4), np.ones(4)) == 0.0


def test_one_constraint_is_met_by_the_straight_way() -> None:
    np.testing.assert_allclose(nearest(np.array([3.0, 4.0]), np.array([[0.6, 0.8]]), np.array([1.0])), [0.6, 0.8])


def test_contradictions_end() -> None:
    a, b = np.array([[1.0], [-1.0]]), np.array([-1.0, -1.0])  # x <= -1 and x >= 1
    assert np.isfinite(nearest(np.array([[5.0]]), a, b)).all()
