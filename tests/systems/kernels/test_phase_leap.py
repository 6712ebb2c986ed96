"""Long stretches in one go: against small steps, on every form of a network, with locks, strong gains and bad arguments."""

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.backend import BackendError, set_arch
from psi_ecs.systems.kernels.kuramoto import TAU, adler, cycles
from psi_ecs.systems.kernels.phase_leap import leap
from psi_ecs.systems.kernels.phase_network import MANY, Network, advance, network, plan

F64 = NDArray[np.float64]
TICK, RATE = 400, 24_000
DT = TICK / RATE


def apart(x: F64, y: F64) -> float:
    """Largest distance of phases, cycles."""
    return float(np.abs((x - y + 0.5) % 1.0 - 0.5).max())


def drawn(count: int, edges: int, lag: float = 0.1) -> tuple[Network, F64, F64]:
    rng = np.random.default_rng(count)
    target, source = rng.integers(0, count, (2, edges))
    gain = rng.uniform(0.0, 2.0, edges).astype(np.float32) * 6.0 * count / edges
    return network(count, target, source, gain, rng.uniform(-lag, lag, edges)), rng.normal(5.0, 0.5, count), rng.random(count)


@pytest.mark.parametrize(("count", "edges"), [(12, 30), (50, 2500), (300, 3000), (2500, MANY + 500)])
@pytest.mark.parametrize("arch", ["numpy", "auto"])
def test_a_leap_is_many_ticks(count: int, edges: int, arch: str) -> None:
    set_arch(arch)
    net, freq, theta = drawn(count, edges)
    how, exact = plan(net, freq, DT, error=1e-10), theta
    for _ in range(20):
        exact = advance(exact, freq, how, TICK, RATE)
    rounding = 2e-8 if edges >= MANY else 0.0
    for error in (1e-5, 1e-7, 1e-9):
        assert apart(leap(theta, freq, plan(net, freq, DT), 20 * TICK, RATE, error), exact) < 30.0 * error + rounding


def test_many_edges_are_advanced_as_few_are() -> None:
    """Rows in order of how many pull, kept in single precision, on Taichi where it is: phases as by plain sines per edge."""
    net, freq, theta = drawn(2500, MANY + 500)
    how = plan(net, freq, DT, error=1e-9)
    x = TAU * theta
    gain, lag, target = np.hypot(net.a, net.b), np.arctan2(net.b, net.a), net.target

    def f(y: F64) -> F64:
        return TAU * freq + np.bincount(target, gain * np.sin(y[net.source] - y[target] - lag), net.count)

    for _ in range(40):
        h = 0.25 * DT
        a = f(x)
        b = f(x + 0.5 * h * a)
        c = f(x + 0.5 * h * b)
        x = x + h / 6.0 * (a + 2.0 * (b + c) + f(x + h * c))
    for _ in range(10):
        theta = advance(theta, freq, how, TICK, RATE)
    assert apart(theta, x / TAU) < 2e-7


def test_one_who_is_pulled_by_thousands() -> None:
    """Sums of many are kept in double: the pull of 30 000 that lie evenly around the circle is none."""
    count = 30_001
    net = network(count, np.zeros(count - 1, int), np.arange(1, count), 1e-3)
    theta, rate = np.append(0.2, np.arange(count - 1) / (count - 1.0)), np.empty(count)
    net.pull(theta, rate)
    assert np.abs(rate).max() < 1e-6


def test_the_same_bytes_each_time() -> None:
    net, freq, theta = drawn(2500, MANY + 500)
    how = plan(net, freq, DT)
    first = leap(theta, freq, how, 4000, RATE)
    assert first.tobytes() == leap(theta, freq, plan(net, freq, DT), 4000, RATE).tobytes()
    assert ((first >= 0.0) & (first < 1.0)).all()


def test_locked_and_slipping_follow_adler() -> None:
    detune, gain = np.array([-2.0, 0.5, 0.95, 1.1]), np.full(4, 6.0)
    detune *= gain / TAU
    net = network(5, np.arange(4), 4, gain)
    freq, theta = np.append(4.0 + detune, 4.0), np.zeros(5)
    after = leap(theta, freq, plan(net, freq, DT), 240_000, RATE, 1e-9)
    assert apart(after[:4] - after[4], adler(np.zeros(4), detune, gain, 10.0)) < 1e-6
    assert after[4] == cycles(freq, 240_000, RATE)[4]


def test_strong_gains_settle_and_nothing_pulled_is_exact() -> None:
    net = network(3, [1, 2], [0, 1], [1e12, 1e299])
    freq, theta = np.array([2.0, 3.0, 0.0]), np.array([0.0, 0.3, 0.6])
    after = leap(theta, freq, plan(net, freq, DT), 24_000, RATE)
    assert apart(after, np.full(3, after[0])) < 2e-3
    free = leap(theta, freq, plan(network(3, [], [], []), freq, DT), 24_001, RATE)
    assert apart(free, theta + cycles(freq, 24_001, RATE)) < 1e-15


@pytest.mark.parametrize("error", [0.0, -1.0, np.nan, 1e-13])
def test_refuses_errors_that_none_can_keep(error: float) -> None:
    net = network(2, [1], [0], [1.0])
    with pytest.raises(BackendError, match="error must be from 1e-12 to 1"):
        leap(np.zeros(2), np.ones(2), plan(net, np.ones(2), DT), TICK, RATE, error)
