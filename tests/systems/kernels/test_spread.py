"""Activation spreads, stays within bounds and dies out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psi_ecs.backend import BackendError
from psi_ecs.systems.kernels import spread


def graph(seed: int, n: int, edges: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.integers(0, n, edges), rng.integers(0, n, edges), rng.random(edges)


@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(0, 400), st.floats(0.0, 0.99), st.floats(0.0, 1.0))
def test_no_activation_leaves_its_bounds(seed: int, n: int, edges: int, gain: float, share: float) -> None:
    """Whatever the graph, the gain and the step, with sources all the time."""
    source, target, weight = graph(seed, n, edges)
    passed = spread.fan(source, weight, n, gain)
    given_, active = np.random.default_rng(seed).random(n), np.zeros(n)
    for _ in range(30):
        active = spread.relaxed(active, given_, spread.reached(active, source, target, passed), share)
        assert active.min() >= 0.0 and active.max() <= 1.0
    assert active.sum() <= given_.sum() / (1.0 - gain) + 1e-9


@given(st.integers(0, 2**32 - 1), st.floats(0.0, 0.95))
def test_without_sources_it_dies_out(seed: int, gain: float) -> None:
    """At least as fast as was promised, even where everything is linked with everything."""
    n = 12
    source, target = (x.ravel() for x in np.meshgrid(np.arange(n), np.arange(n)))
    passed = spread.fan(source, np.ones(n * n), n, gain)
    active = np.random.default_rng(seed).random(n)
    for _ in range(20):
        less = spread.relaxed(active, np.zeros(n), spread.reached(active, source, target, passed), 0.3)
        assert less.sum() <= active.sum() * (1.0 - 0.3 * (1.0 - gain)) + 1e-12
        active = less


def test_the_fan_shares_one_amount() -> None:
    """Of two nodes the one with four neighbours gives each a quarter of what the other gives its only one (Anderson 1983)."""
    source, target = np.array([0, 1, 1, 1, 1]), np.array([2, 3, 4, 5, 6])
    passed = spread.fan(source, np.ones(5), 7, 0.6)
    assert passed[0] == pytest.approx(0.6) and passed[1:] == pytest.approx(0.15)
    come = spread.reached(np.array([1.0, 1.0, 0, 0, 0, 0, 0]), source, target, passed)
    assert come[2] == pytest.approx(1 - np.exp(-0.6)) and come[3] == pytest.approx(1 - np.exp(-0.15)) and not come[:2].any()


def test_two_ways_add_up_as_chances_do() -> None:
    """1 - (1 - a)(1 - b) for what comes along two edges, and for source and neighbours."""
    source, target = np.array([0, 1]), np.array([2, 2])
    come = spread.reached(np.array([0.8, 0.4, 0.0]), source, target, np.array([0.5, 0.5]))
    one, other = (1 - np.exp(-0.5 * x) for x in (0.8, 0.4))
    assert come[2] == pytest.approx(1 - (1 - one) * (1 - other))
    all_at_once = spread.relaxed(np.zeros(3), np.array([0.0, 0.0, 0.5]), come, 1.0)
    assert all_at_once[2] == pytest.approx(1 - 0.5 * (1 - come[2]))


@pytest.mark.parametrize(("weight", "gain"), [([-0.1], 0.5), ([np.nan], 0.5), ([0.5], 1.0), ([0.5], -0.1)])
def test_bad_numbers_are_refused(weight: list[float], gain: float) -> None:
    with pytest.raises(BackendError):
        spread.fan(np.array([0]), np.array(weight), 1, gain)
