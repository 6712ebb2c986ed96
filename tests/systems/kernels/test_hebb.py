"""Hebbian learning: what it settles to, that it stays bounded, and which pairs could lock at all."""

import numpy as np
import pytest

from psi_ecs.backend import BackendError
from psi_ecs.systems.kernels import hebb


def grown(freq: tuple[float, float], lag: float = 0.1, seconds: float = 30.0, amp: float = 1.0) -> complex:
    kappa, one, none = np.zeros(1, np.complex128), np.ones(1, np.int64), np.zeros(1, np.int64)
    for t in np.arange(0.0, seconds, 0.01):
        theta = np.array([freq[0] * t - lag, freq[1] * t])
        hebb.learn(kappa, theta, np.full(2, amp), none, one, one, one, 0.5, 0.5, 0.01)
    return complex(kappa[0])


def test_a_pair_that_stays_in_phase_gets_the_strongest_coupling_at_its_own_lag() -> None:
    gain, lag = hebb.coupling(np.array([grown((2.0, 2.0))]), 10.0)
    assert gain[0] == pytest.approx(2.0, rel=1e-3)  # 1 / decay
    assert lag[0] == pytest.approx(0.1, abs=1e-6)


def test_a_pair_that_drifts_gets_next_to_none() -> None:
    assert abs(grown((2.0, 3.3))) < 0.1


@pytest.mark.parametrize("lag", [0.0, 0.1, 0.4])
def test_along_a_lag_it_obeys_the_written_law(lag: float) -> None:
    """One small step of dK/dt = rate (cos 2 pi (phase - lag) amp amp - decay K)."""
    kappa, theta, amp = np.array([0.3 + 0.2j]), np.array([0.2, 0.5]), np.array([0.8, 1.5])
    one, none = np.ones(1, np.int64), np.zeros(1, np.int64)
    before = hebb.along(kappa, lag)[0]
    hebb.learn(kappa, theta, amp, none, one, one, one, 0.7, 0.4, 1e-6)
    slope = 0.7 * (0.8 * 1.5 * np.cos(2.0 * np.pi * (0.3 - lag)) - 0.4 * before)
    assert (hebb.along(kappa, lag)[0] - before) / 1e-6 == pytest.approx(slope, rel=1e-4)


def test_it_is_bounded_whatever_the_step() -> None:
    assert abs(grown((1.0, 1.0), amp=3.0)) <= 9.0 / 0.5 + 1e-9
    kappa, one, none = np.zeros(1, np.complex128), np.ones(1, np.int64), np.zeros(1, np.int64)
    hebb.learn(kappa, np.zeros(2), np.ones(2), none, one, one, one, 1e6, 0.5, 1e3)
    assert abs(kappa[0]) <= 2.0 + 1e-9
    assert hebb.coupling(kappa, 0.5)[0][0] == 0.5


def test_bad_numbers_are_refused_and_change_nothing() -> None:
    kappa, one, none = np.full(1, 0.5 + 0j), np.ones(1, np.int64), np.zeros(1, np.int64)
    with pytest.raises(BackendError, match="not finite"):
        hebb.learn(kappa, np.array([0.0, np.nan]), np.ones(2), none, one, one, one, 1.0, 1.0, 0.1)
    with pytest.raises(BackendError, match="rate and decay"):
        hebb.learn(kappa, np.zeros(2), np.ones(2), none, one, one, one, 1.0, 0.0, 0.1)
    assert kappa[0] == 0.5


def test_pairs_take_the_smallest_ratio_that_fits() -> None:
    found = {
        (p, b): (n, m)
        for p, b, n, m in zip(*(x.tolist() for x in hebb.pairs(np.array([1.0, 2.02, 1.0, 0.0, 7.7]))), strict=True)
    }
    assert found[0, 2] == (1, 1) and found[1, 0] == (2, 1) and found[0, 1] == (1, 2)
    assert not any(3 in pair or pair[0] == pair[1] for pair in found)
    assert (0, 4) not in found and (4, 0) not in found
