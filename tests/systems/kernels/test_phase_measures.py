"""What is measured of a field, against cases in which it is known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.backend import BackendError, set_arch
from psi_ecs.systems.kernels.kuramoto import TAU, energy, lagged
from psi_ecs.systems.kernels.phase_measures import (
    band_order,
    coherence,
    follow,
    frequency,
    locks,
    lyapunov,
    strain,
)
from psi_ecs.systems.kernels.phase_network import Network, advance, network, plan

F64 = NDArray[np.float64]
TICK, RATE = 400, 24_000
DT = TICK / RATE


def many_networks(count: int, size: int, seed: int) -> Network:
    """`count` networks of `size` oscillators each, side by side in one: symmetric gains of either sign, no lags."""
    rng = np.random.default_rng(seed)
    one, two = np.triu_indices(size, 1)
    gain = rng.normal(0.0, 4.0, (count, len(one))).astype(np.float32).ravel()  # as many edges are kept, so that V knows them
    base = size * np.arange(count)[:, None]
    one, two = (base + one).ravel(), (base + two).ravel()
    return network(count * size, np.append(one, two), np.append(two, one), np.tile(gain, 2))


def test_energy_never_grows_in_ten_thousand_networks() -> None:
    """Symmetric gains, no lags, one frequency: V falls in each network at each tick, at the rate that dV/dt says."""
    set_arch("numpy")
    count, size = 10_000, 5
    net, freq = many_networks(count, size, 1), np.full(count * size, 5.0)
    theta, how = np.random.default_rng(2).random(count * size), plan(many_networks(count, size, 1), freq, DT, error=1e-4)
    rate, v, dv = np.empty(count * size), np.empty(count * size), np.empty(count * size)
    last = np.full(count, np.inf)
    for _ in range(12):
        net.pull(theta, rate)
        strain(theta, freq + rate, net.start, net.source, net.n, net.m, net.a, net.b, v, dv)
        now = v.reshape(count, size).sum(1)
        assert np.all(now <= last + 1e-9)
        falls = -(TAU**2) * (rate.reshape(count, size) ** 2).sum(1)
        np.testing.assert_allclose(dv.reshape(count, size).sum(1), falls, atol=1e-9)
        last, theta = now, advance(theta, freq, how, TICK, RATE)
    bound = 0.5 * np.bincount(net.target // size, np.hypot(net.a, net.b), count)
    assert np.all(np.abs(last) <= bound)


def test_energy_and_its_rate_with_lags_ratios_and_unlike_frequencies() -> None:
    rng = np.random.default_rng(3)
    target, source = rng.integers(0, 20, (2, 90))
    net = network(20, target, source, rng.normal(size=90), rng.random(90), rng.integers(1, 4, 90), rng.integers(1, 4, 90))
    theta, rate, h = rng.random(20), rng.normal(size=20), 1e-5
    ahead, behind = (lyapunov((theta + way * rate) % 1.0, rate, net)[0] for way in (h, -h))
    assert lyapunov(theta, rate, net)[1] == pytest.approx((ahead - behind) / (2.0 * h), rel=1e-6)
    plain = network(20, target, source, rng.normal(size=90), 0.1)
    matrix, lag = np.zeros((20, 20)), np.full((20, 20), 0.1)
    gains = np.hypot(plain.a, plain.b) * np.sign(plain.a)
    np.add.at(matrix, (plain.target, plain.source), gains)
    assert lyapunov(theta, rate, plain)[0] == pytest.approx(energy(theta, *lagged(matrix, lag)), abs=1e-12)


def test_coherence_is_how_far_couplings_have_their_way() -> None:
    ring = network(6, np.arange(6), (np.arange(6) + 1) % 6, 2.0, 0.1)
    lagging = -0.1 * np.arange(6)  # six steps of 0.1 do not close: the last pair is 0.6 cycles off its lag
    assert coherence(-lagging, ring) == pytest.approx((5.0 + np.cos(TAU * 0.4)) / 6.0)
    chain = network(6, np.arange(5), np.arange(5) + 1, 2.0, -0.1)
    assert coherence(lagging, chain) == pytest.approx(1.0)
    assert coherence(np.zeros(2), network(2, [0], [1], [-3.0])) == 0.0
    assert coherence(np.array([0.0, 0.5]), network(2, [0], [1], [-3.0])) == pytest.approx(1.0)
    assert coherence(np.array([0.15, 0.3]), network(2, [0], [1], [1.0], 0.0, 1, 2)) == pytest.approx(1.0)
    assert coherence(np.zeros(2), network(2, [0], [1], [0.0])) == coherence(np.zeros(2), network(2, [], [], [])) == 0.0
    scattered = network(1000, np.arange(1000), np.arange(1000)[::-1].copy(), 1.0)
    assert coherence(np.random.default_rng(4).random(1000), scattered) < 0.15


def test_order_of_bands() -> None:
    theta = np.array([0.1, 0.1, 0.6, 0.0, 0.25, 0.9])
    z = band_order(theta, np.array([0, 0, 2, 3, 3, -1], np.int32), 5)
    np.testing.assert_allclose(np.abs(z), [1.0, 0.0, 1.0, np.sqrt(0.5), 0.0], atol=1e-15)
    np.testing.assert_allclose(np.angle(z[[0, 2, 3]]) / TAU, [0.1, -0.4, 0.125])
    heavy = band_order(theta, np.array([0, 0, 0, 1, 1, 1], np.int32), 2, np.array([1.0, 2.0, 3.0, 0.0, 0.0, 0.0]))
    np.testing.assert_allclose(np.abs(heavy), 0.0, atol=1e-15)  # opposite weights, and none
    assert band_order(np.zeros(0), np.zeros(0, np.int32), 3).tolist() == [0.0] * 3
    with pytest.raises(BackendError, match=r"bands: one number below 2 an oscillator is needed, for 1 of them"):
        band_order(np.zeros(1), np.array([2], np.int32), 2)


def test_locking_value_and_lag_of_pairs() -> None:
    """A pair locked 1:2 at a lag, one that slips at 2 Hz, and one that was locked until half of the time."""
    pulled, by = np.array([0, 2, 3], np.int32), np.array([1, 1, 1], np.int32)
    n, m = np.array([1, 1, 1], np.int32), np.array([2, 1, 1], np.int32)
    held, window = np.zeros(3, np.complex128), 0.5
    for tick in range(600):
        t = tick * DT
        theta = np.array([2.5 * t - 0.05, 5.0 * t, 7.0 * t, 5.0 * t + 0.2 if tick < 300 else 9.0 * t]) % 1.0
        follow(held, theta, pulled, by, n, m, DT, window)
        if tick == 299:
            value, lag = locks(held)
            assert value[2] == pytest.approx(1.0 - np.exp(-5.0 / window), abs=1e-9)  # 5 s of a window of 0.5
            assert lag[2] == pytest.approx(-0.2)
    value, lag = locks(held)
    assert (value[0], lag[0]) == (pytest.approx(1.0, abs=1e-6), pytest.approx(0.1))
    assert value[1] == pytest.approx(1.0 / np.hypot(1.0, TAU * 2.0 * window), rel=0.05)  # low pass of a slip
    assert value[2] < 0.1
    assert np.all(value <= 1.0)
    with pytest.raises(BackendError, match="window: seconds above 0"):
        follow(held, theta, pulled, by, n, m, DT, 0.0)


def test_frequency_of_two_phases() -> None:
    true = np.array([0.1, 4.5, 29.0, 200.3, 6000.0])
    before = np.random.default_rng(5).random(5)
    after = (before + true * DT) % 1.0
    np.testing.assert_allclose(frequency(before, after, DT, true + np.array([0.0, 20.0, -29.0, 15.0, -29.0])), true, atol=1e-9)
    np.testing.assert_allclose(frequency(before, after, DT)[:3], true[:3], atol=1e-9)
    with pytest.raises(BackendError, match="dt must be above 0"):
        frequency(before, after, 0.0)
