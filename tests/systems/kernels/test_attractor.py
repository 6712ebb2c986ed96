"""Patterns of phases: what counts as kept, how near is near, the exact pull, and an associative memory by Hebbian learning."""

import numpy as np
import pytest

from psi_ecs.systems.kernels import attractor, hebb, phase_network

PAIR = tuple(np.array([x]) for x in (0, 1, 1, 1))


def test_a_pair_is_kept_if_its_relative_phase_stays() -> None:
    t = np.arange(300)[:, None] / 60.0
    theta = t * [1.0, 1.0, 1.4] + [0.0, 0.2, 0.0] + 0.02 * np.sin(t * [9.0, 0.0, 0.0])
    pulled, by, one = np.array([0, 0]), np.array([1, 2]), np.array([1, 1])
    value, lag, stray = attractor.kept(theta, pulled, by, one, one)
    assert value[0] > 0.99 and lag[0] == pytest.approx(0.2, abs=2e-3) and stray[0] == pytest.approx(0.02, abs=2e-3)
    assert value[1] < 0.3 and stray[1] > 0.4


def test_a_ratio_is_kept_too() -> None:
    t = np.arange(200)[:, None] / 60.0
    value, lag, stray = attractor.kept(t * [3.0, 2.0] + [0.1, 0.0], *(np.array([x]) for x in (0, 1, 3, 2)))
    assert value[0] == pytest.approx(1.0) and lag[0] == pytest.approx(-0.2) and stray[0] < 1e-9


def test_overlap_forgives_a_common_turn_only_if_told_to() -> None:
    goal = np.random.default_rng(1).random(500)
    assert attractor.overlap(goal + 0.3, goal) == pytest.approx(1.0)
    assert attractor.overlap(goal + 0.5, goal, common=False) == 0.0
    assert attractor.overlap(np.random.default_rng(2).random(500), goal) < 0.15


def test_the_pull_solves_its_equation() -> None:
    theta, goal, gain, dt = np.array([0.1, 0.9, 0.45]), np.array([0.3, 0.1, 0.0]), 2.0, 1e-5
    x = theta.copy()
    for _ in range(50_000):
        x += dt * gain / (2.0 * np.pi) * np.sin(2.0 * np.pi * (goal - x))
    made = attractor.drawn(theta, goal, gain, 0.5)
    assert np.abs((made - x + 0.5) % 1.0 - 0.5).max() < 1e-5
    twice = attractor.drawn(attractor.drawn(theta, goal, gain, 0.2), goal, gain, 0.3)
    np.testing.assert_allclose((twice - made + 0.5) % 1.0, 0.5, atol=1e-12)


def test_no_pull_leaves_phases_where_they_are() -> None:
    theta = np.array([0.2, 0.7])
    np.testing.assert_allclose(attractor.drawn(theta, np.zeros(2), 0.0, 1.0) % 1.0, theta, atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_a_pattern_learnt_is_recalled_from_a_noisy_start(seed: int) -> None:
    """24 oscillators hold a pattern while all pairs learn; then, 0.2 cycles off (standard deviation), they fall back."""
    rng = np.random.default_rng(seed)
    count = 24
    stored = rng.random(count)
    pulled, by = np.nonzero(~np.eye(count, dtype=bool))
    one = np.ones(len(pulled), np.int64)
    kappa, freq = np.zeros(len(pulled), np.complex128), np.full(count, 1.5)
    for tick in range(240):
        hebb.learn(kappa, stored + 1.5 * tick / 60.0, np.ones(count), pulled, by, one, one, 0.5, 4.0, 1.0 / 60.0)
    gain, lag = hebb.coupling(kappa, 1.0)
    assert gain.max() <= 0.25 + 1e-12  # 1 / decay
    net = phase_network.network(count, pulled, by, gain, lag)
    how = phase_network.plan(net, freq, 1.0 / 60.0)
    start = theta = (stored + rng.normal(0.0, 0.2, count)) % 1.0
    for _ in range(300):
        theta = phase_network.advance(theta, freq, how, 400, 24_000)
    assert attractor.overlap(start, stored) < 0.8
    assert attractor.overlap(theta, stored) > 0.999


def test_two_patterns_learnt_one_after_the_other_are_told_apart() -> None:
    """Recall goes to the nearer one: Hebbian couplings add up (Hopfield 1982)."""
    rng = np.random.default_rng(3)
    count = 60
    stored = rng.random((2, count))
    pulled, by = np.nonzero(~np.eye(count, dtype=bool))
    one, freq = np.ones(len(pulled), np.int64), np.full(count, 1.0)
    kappa = np.zeros(len(pulled), np.complex128)
    for pattern in np.tile(stored, (40, 1)):
        hebb.learn(kappa, pattern, np.ones(count), pulled, by, one, one, 1.0, 2.0, 0.02)
    net = phase_network.network(count, pulled, by, *hebb.coupling(kappa, 1.0))
    how = phase_network.plan(net, freq, 1.0 / 60.0)
    for wanted, other in ((0, 1), (1, 0)):
        theta = (stored[wanted] + rng.normal(0.0, 0.15, count)) % 1.0
        for _ in range(300):
            theta = phase_network.advance(theta, freq, how, 400, 24_000)
        assert attractor.overlap(theta, stored[wanted]) > 0.95 > 0.4 > attractor.overlap(theta, stored[other])
