"""Energy, gradient and the nearest state that keeps what is hard and goes down in what is soft."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from psi_ecs.systems.kernels.grammar import bounds, contradiction, energy, gradient, nearest, violation

F64 = NDArray[np.float64]
SETTINGS = settings(max_examples=100)
SEEDS = st.integers(0, 1_000_000)


class Case:
    """States, rules that some state keeps (even where rows repeat or touch), weights, and which are hard."""

    def __init__(self, seed: int, round_: bool = False, clash: bool = False) -> None:
        rng = np.random.default_rng(seed)
        rows, self.columns = int(rng.integers(1, 12)), int(rng.integers(1, 7))
        self.a = rng.normal(size=(rows, self.columns))
        if round_:
            self.a = np.round(self.a)  # parallel, equal and empty rows
        room = rng.uniform(0.0, 2.0, rows) * (rng.random(rows) < 0.8)
        self.b = self.a @ rng.normal(size=self.columns) + (-2.0 * room if clash else room)
        self.w, self.hard = rng.uniform(0.1, 10.0, rows), rng.random(rows) < 0.6
        self.x = rng.normal(0.0, 3.0, (5, self.columns))

    def hard_energy(self, x: F64) -> F64:
        return energy(x, self.a[self.hard], self.b[self.hard], self.w[self.hard])

    def soft_energy(self, x: F64) -> F64:
        return energy(x, self.a[~self.hard], self.b[~self.hard], self.w[~self.hard])


@SETTINGS
@given(SEEDS)
def test_the_gradient_is_that_of_the_energy(seed: int) -> None:
    c = Case(seed)
    h, slope = 1e-6, gradient(c.x, c.a, c.b, c.w)
    for k in range(c.columns):
        step = np.zeros(c.columns)
        step[k] = h
        by_difference = (energy(c.x + step, c.a, c.b, c.w) - energy(c.x - step, c.a, c.b, c.w)) / (2.0 * h)
        np.testing.assert_allclose(by_difference, slope[:, k], atol=1e-4 * (1.0 + np.abs(slope).max()))


@SETTINGS
@given(SEEDS, st.booleans())
def test_hard_rows_hold_and_the_rest_of_the_way_is_explained_by_rows_that_push(seed: int, round_: bool) -> None:
    """Karush, Kuhn & Tucker: x - y is a sum of rows, soft ones by weight times violation, hard ones by any amount >= 0 where
    they touch. The amounts are found by trying every set of touching rows that could span it."""
    c = Case(seed, round_)
    y = nearest(c.x, c.a, c.b, c.w, c.hard)
    assert violation(y, c.a[c.hard], c.b[c.hard]).max(initial=0.0) < 1e-9
    rest = (c.x - y) - (c.w * violation(y, c.a, c.b))[:, ~c.hard] @ c.a[~c.hard]
    for way, place in zip(rest, y, strict=True):
        touching = np.flatnonzero(c.hard & (np.abs(c.a @ place - c.b) < 1e-8))
        assert explained(way, c.a[touching])


def explained(way: F64, rows: F64) -> bool:
    """Whether a vector is a sum of some rows with factors that are not negative (Caratheodory: of independent ones)."""
    if np.abs(way).max() < 1e-8:
        return True
    for n in range(1, min(rows.shape) + 1):
        for some in combinations(range(len(rows)), n):
            factors = np.linalg.lstsq(rows[list(some)].T, way, rcond=None)[0]
            if factors.min() > -1e-8 and np.abs(factors @ rows[list(some)] - way).max() < 1e-8:
                return True
    return False


@SETTINGS
@given(SEEDS, st.booleans())
def test_the_energy_never_rises(seed: int, round_: bool) -> None:
    c = Case(seed, round_)
    y = nearest(c.x, c.a, c.b, c.w, c.hard)
    kept = c.hard_energy(c.x) == 0.0
    assert (c.hard_energy(y) < 1e-16).all()
    assert (c.soft_energy(y)[kept] <= c.soft_energy(c.x)[kept] + 1e-12).all()
    again = nearest(y, c.a, c.b, c.w, c.hard)
    assert (c.soft_energy(again) <= c.soft_energy(y) + 1e-9).all()


@SETTINGS
@given(SEEDS)
def test_hard_rows_that_contradict_each_other_give_the_least_sum_of_squares(seed: int) -> None:
    c = Case(seed, clash=True)
    y = nearest(c.x, c.a, c.b, c.w, c.hard)
    assert np.isfinite(y).all() and (c.hard_energy(y) <= c.hard_energy(c.x) + 1e-6).all()
    slope = gradient(y, c.a[c.hard], c.b[c.hard], c.w[c.hard])
    if contradiction(c.a[c.hard], c.b[c.hard]):  # at the least energy it has no slope, and it is convex
        pull = np.abs(2.0 * (c.x - y)).max() + np.abs(gradient(y, c.a[~c.hard], c.b[~c.hard], c.w[~c.hard])).max(initial=0.0)
        push = np.abs(c.w * violation(y, c.a, c.b)).sum(axis=1).max() * np.abs(c.a).max()
        assert np.abs(slope).max(initial=0.0) < 1e-6 * (1.0 + pull + push)
    else:
        assert c.hard_energy(y).max() < 1e-16


def test_what_contradicts_is_named() -> None:
    a = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0], [0.0, -1.0]])
    assert contradiction(a, np.array([1.0, 1.0, -1.9, 5.0])) == []
    assert sorted(contradiction(a, np.array([1.0, 1.0, -2.1, 5.0]))) == [0, 1, 2]
    assert contradiction(np.zeros((0, 2)), np.zeros(0)) == []


def test_a_contradiction_is_settled_by_weight() -> None:
    a, b = np.array([[1.0], [-1.0]]), np.array([-1.0, -1.0])  # x <= -1 and x >= 1
    y = nearest(np.array([[50.0], [0.2]]), a, b, np.array([1.0, 3.0]), np.array([True, True]))
    np.testing.assert_allclose(y, 0.5, atol=1e-5)


def test_a_state_that_keeps_all_is_not_moved() -> None:
    x = np.array([[0.1, -0.2, 0.0, 0.3]])
    assert nearest(x, np.eye(4), np.ones(4)) is not x
    np.testing.assert_array_equal(nearest(x, np.eye(4), np.ones(4)), x)
    assert energy(x, np.eye(4), np.ones(4), np.ones(4)) == 0.0


def test_one_constraint_is_met_by_the_straight_way() -> None:
    np.testing.assert_allclose(nearest(np.array([3.0, 4.0]), np.array([[0.6, 0.8]]), np.array([1.0])), [0.6, 0.8])


@pytest.mark.parametrize(("weight", "place"), [(0.0, 3.0), (1.0, 2.0), (3.0, 1.5), (1e9, 1.0)])
def test_a_soft_row_is_weighed_against_the_way(weight: float, place: float) -> None:
    """(y - 3)^2 + w (y - 1)^2 is least at (3 + w) / (1 + w)."""
    y = nearest(np.array([3.0]), np.array([[1.0]]), np.array([1.0]), np.array([weight]), np.array([False]))
    assert y[0] == pytest.approx(place, abs=1e-6)


def test_what_has_a_small_step_gives_way_least() -> None:
    y = nearest(np.array([1.0, 1.0]), np.array([[1.0, 1.0]]), np.array([1.0]), step=np.array([0.1, 1.0]))
    np.testing.assert_allclose(1.0 - y, [0.01 / 1.01, 1.0 / 1.01])


def test_every_state_may_have_bounds_of_its_own() -> None:
    b = bounds(np.ones(2), np.array([[2.0], [0.0]]), np.array([[0.0], [0.5]]))
    np.testing.assert_array_equal(b, [[1.0, 1.0], [2.0, 1.0]])
    np.testing.assert_allclose(nearest(np.full((2, 2), 5.0), np.eye(2), b), b)
    one = np.array([[1.0, np.inf], [np.inf, np.inf]])  # a row may count for some states alone
    np.testing.assert_allclose(nearest(np.full((2, 2), 5.0), np.eye(2), one), [[1.0, 5.0], [5.0, 5.0]])
