"""Networks advanced by ticks: locks, tongues, order of the scheme, days, and what they refuse."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.backend import BackendError, set_arch
from psi_ecs.systems.kernels.kuramoto import TAU, adler, cycles, pull_locks
from psi_ecs.systems.kernels.phase_network import Network, Plan, advance, network, plan

F64 = NDArray[np.float64]
TICK, RATE = 400, 24_000
DT = TICK / RATE


def apart(x: F64, y: F64) -> F64:
    """Distance of phases, cycles."""
    return np.asarray(np.abs((x - y + 0.5) % 1.0 - 0.5))


def driven(detune: F64, gain: F64, n: int = 1, m: int = 1, outside: float = 4.0) -> tuple[Network, F64]:
    """Oscillators 0 .. P - 1, each pulled n:m by the outside clock P: n f_P - m f_i is -m times its detune (Hz)."""
    count = len(detune)
    return network(count + 1, np.arange(count), count, gain, 0.0, n, m), np.append(n * outside / m + detune, outside)


def mixed(seed: int) -> tuple[Network, F64, F64]:
    """40 fast oscillators with strong pulls, 60 slow ones with weak pulls, either kind pulling the other; ratios and lags."""
    rng = np.random.default_rng(seed)
    fast, slow = np.repeat(np.arange(40), 5), np.repeat(np.arange(40, 100), 5)
    target = np.concatenate((fast, np.arange(40), slow, np.arange(40, 100)))
    source = np.concatenate(
        (rng.integers(0, 40, 200), rng.integers(40, 100, 40), rng.integers(40, 100, 300), rng.integers(0, 40, 60))
    )
    gain = np.repeat([60.0, 20.0, 0.5, 0.001], [200, 40, 300, 60])
    net = network(100, target, source, gain, rng.uniform(-0.1, 0.1, 600), rng.integers(1, 3, 600))
    return net, np.concatenate((rng.uniform(30.0, 60.0, 40), rng.uniform(0.1, 3.0, 60))), rng.random(100)


def test_every_form_gives_the_same_pull() -> None:
    """Edges in any order, doubled ones, as a matrix, as 1:1 edges and as edges with ratios."""
    rng = np.random.default_rng(1)
    target, source = rng.integers(0, 30, (2, 200))
    net = network(30, target, source, rng.normal(size=200), rng.random(200))
    assert net.w is not None
    theta, results = rng.random(30), [np.empty(30) for _ in range(3)]
    net.pull(theta, results[0])
    Network(30, net.start, net.source, net.n, net.m, net.a, net.b).pull(theta, results[1])
    pull_locks(theta, net.start, net.source, net.n, net.m, net.a, net.b, results[2])
    for other in results[1:]:
        np.testing.assert_allclose(other, results[0], atol=1e-13)


def test_adler_locking_range_and_slip() -> None:
    """Pulled by an outside clock, phases follow Adler's closed form, and lock exactly where it says."""
    gain = 6.0
    detune = gain / TAU * np.array([-2.0, -1.1, -0.95, 0.0, 0.5, 0.95, 1.1, 2.0])
    net, freq = driven(detune, np.full(8, gain))
    how = plan(net, freq, DT, error=1e-8)
    theta, gap = np.zeros(9), np.zeros(8)
    for _ in range(600):
        before, theta = theta, advance(theta, freq, how, TICK, RATE)
        gap += (theta[:-1] - theta[-1] - (before[:-1] - before[-1]) + 0.5) % 1.0 - 0.5
    assert apart(adler(np.zeros(8), detune, np.full(8, gain), 10.0), gap).max() < 1e-6
    beat = np.sqrt(np.maximum((TAU * detune) ** 2 - gain**2, 0.0)) / TAU
    assert np.all(np.abs(np.abs(gap) - 10.0 * beat) < 1.0)  # 0 slips inside, else beats * seconds, to the one begun
    np.testing.assert_allclose(np.sin(TAU * gap[3:5]), TAU * detune[3:5] / gain, atol=1e-9)


@pytest.mark.parametrize(("n", "m"), [(1, 1), (1, 2), (2, 1), (3, 2), (5, 3)])
def test_arnold_tongue(n: int, m: int) -> None:
    """n f_out to m f_i locks while |2 pi m detune| <= m K; beyond the border it slips at sqrt((2 pi d)^2 - K^2) m / 2 pi."""
    gain, seconds = 5.0, 20.0
    detune = gain / TAU * np.array([-1.2, -1.02, -0.98, -0.5, 0.7, 0.98, 1.02, 1.2])
    net, freq = driven(detune, np.full(8, gain), n, m)
    how = plan(net, freq, DT)
    theta, turned = np.full(9, 0.1), np.zeros(9)
    for _ in range(round(seconds / DT)):
        after = advance(theta, freq, how, TICK, RATE)
        turned += freq * DT + (after - theta - freq * DT + 0.5) % 1.0 - 0.5
        theta = after
    slips = np.abs(n * turned[-1] - m * turned[:-1])
    inside = np.abs(TAU * detune) < gain
    assert np.all(slips[inside] < 0.6)  # no more than the way from where it began to where it locks
    expected = m * seconds * np.sqrt((TAU * detune[~inside]) ** 2 - gain**2) / TAU
    assert np.all(np.abs(slips[~inside] - expected) < 1.0)
    np.testing.assert_array_less(1.9, expected)


def test_step_halved_error_sixteenth() -> None:
    """One rate and several: the same plan with ticks of half the length."""
    net, freq, theta = mixed(2)
    for overhead in (0, 10**9):
        how = plan(net, freq, DT, error=1e-3, overhead=overhead)
        assert (len(how.levels) == 1) == (overhead > 0)

        def after(ticks: int, how: Plan = how) -> F64:
            x = theta
            for _ in range(ticks):
                x = advance(x, freq, how, TICK // ticks, RATE)
            return x

        exact = after(16)
        error = [apart(after(ticks), exact).max() for ticks in (1, 2)]
        assert 9.0 < error[0] / error[1] < 40.0


def test_slow_ones_take_long_steps_and_nobody_loses() -> None:
    """Multirate: most oscillators are moved a few times, and the error stays what was asked for."""
    net, freq, theta = mixed(3)
    exact = advance(theta, freq, plan(net, freq, DT, error=1e-11, most=8, overhead=10**9), TICK, RATE)
    for error in (1e-4, 1e-6, 1e-8):
        how = plan(net, freq, DT, error=error, most=8, overhead=0)
        assert how.rungs[:40].min() > how.rungs[40:].min()
        assert how.levels[0].moves == 100 > how.levels[-1].moves
        assert apart(advance(theta, freq, how, TICK, RATE), exact).max() < error


def test_small_networks_take_one_rate() -> None:
    net, freq = network(13, [2, 5, 6, 7], [1, 4, 8, 6], [60.0, 0.06, 0.05, 0.05]), np.full(13, 0.3)
    assert {len(plan(net, freq, DT, overhead=work).levels) for work in (0, 2000)} == {2, 1}


def test_a_day_of_ticks_is_exact() -> None:
    """24 hours at 60 Hz, every tick, of what nothing pulls: within 1e-9 cycles of the closed form."""
    freq = np.array([0.23, 4.5, 11_987.654321])
    how = plan(network(3, [], [], []), freq, DT)
    theta, steps = np.array([0.1, 0.2, 0.3]), cycles(freq, TICK, RATE).tolist()
    plain = theta.tolist()
    for _ in range(200):
        theta = advance(theta, freq, how, TICK, RATE)
        plain = [x + step - (x + step >= 1.0) for x, step in zip(plain, steps, strict=True)]
    assert theta.tolist() == plain  # the same arithmetic, so the rest of the day can be run without arrays
    ticks = 24 * 3600 * 60
    for i, step in enumerate(steps):
        x = plain[i]
        for _ in range(ticks - 200):
            x += step
            x -= x >= 1.0
        plain[i] = x
    assert apart(np.array(plain), np.array([0.1, 0.2, 0.3]) + cycles(freq, ticks * TICK, RATE)).max() < 1e-9


def test_a_lock_holds_all_day() -> None:
    """A jaw locked to a syllable clock, at any hour: the outside phase is known in closed form, the lag is Adler's."""
    gain, detune = 60.0, np.array([0.7])
    net, freq = driven(detune, np.array([gain]), outside=4.5)
    how = plan(net, freq, DT)
    for hour in (0, 1, 12, 24):
        clock = hour * 3600 * RATE
        theta = np.array([0.0, cycles(freq[1:], clock, RATE)[0]])
        for _ in range(120):
            theta = advance(theta, freq, how, TICK, RATE)
        assert apart(theta[1:], cycles(freq[1:], clock + 120 * TICK, RATE)).max() < 1e-9
        assert apart(theta[:1] - theta[1:], np.arcsin(TAU * detune / gain) / TAU).max() < 1e-9


def test_tick_is_the_same_on_taichi(agree: Any) -> None:
    """Within what the polynomial sine errs by; `agree` skips where Taichi is missing."""
    net, freq, theta = mixed(5)
    agree(pull_locks, theta, net.start, net.source, net.n, net.m, net.a, net.b, np.empty(100))
    how = plan(net, freq, DT)
    plain = advance(theta, freq, how, TICK, RATE)
    set_arch("cpu")
    assert apart(advance(theta, freq, how, TICK, RATE), plain).max() < 1e-4


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"gain": [1.0, np.nan]}, r"coupling 1 \(2 pulled by 0\): gain is nan; it must be finite"),
        ({"gain": [np.inf, 1.0]}, r"coupling 0 \(1 pulled by 0\): gain is inf"),
        ({"gain": [1.0, 1e305]}, r"coupling 1 .* gain is 1e\+305"),
        ({"lag": [0.0, np.nan]}, r"coupling 1 .* lag is nan"),
        ({"target": [1, 3]}, r"coupling 1 \(3 pulled by 0\): target is 3; it must be an oscillator from 0 to 2"),
        ({"source": [-1, 0]}, r"coupling 0 .* source is -1"),
        ({"n": [1, 0]}, r"coupling 1 .* n is 0; it must be a whole number from 1 to 1000"),
        ({"m": [1.5, 1]}, r"coupling 0 .* m is 1.5"),
    ],
)
def test_refuses_couplings_in_one_line(change: dict[str, list[float]], said: str) -> None:
    good: dict[str, list[float]] = {"target": [1, 2], "source": [0, 0], "gain": [1.0, 1.0], "lag": [0.0, 0.0]}
    with pytest.raises(BackendError, match=said) as caught:
        network(3, **{**good, **change})
    assert "\n" not in str(caught.value)


def test_refuses_phases_and_frequencies_in_one_line() -> None:
    net = network(2, [1], [0], [1.0])
    how = plan(net, np.ones(2), DT)
    with pytest.raises(BackendError, match=r"oscillator 1: its frequency is -2.0 Hz; it must not be negative"):
        advance(np.zeros(2), np.array([1.0, -2.0]), how, TICK, RATE)
    with pytest.raises(BackendError, match=r"oscillator 0: its frequency is inf; it must be finite"):
        plan(net, np.array([np.inf, 1.0]), DT)
    with pytest.raises(BackendError, match=r"oscillator 1: its phase is nan; it must be finite"):
        advance(np.array([0.0, np.nan]), np.ones(2), how, TICK, RATE)
    with pytest.raises(BackendError, match=r"phase: 2 numbers are needed, one an oscillator; shape \(3,\) was given"):
        advance(np.zeros(3), np.ones(2), how, TICK, RATE)


def test_huge_gains_settle_and_are_told() -> None:
    """What even the finest step cannot follow is held to what it can: the phases still arrive, and stay in [0, 1)."""
    net = network(3, [1, 2], [0, 1], [1e12, 1e299])
    freq, theta = np.array([2.0, 3.0, 0.0]), np.array([0.0, 0.3, 0.6])
    how = plan(net, freq, DT)
    assert how.capped == 2
    for _ in range(60):
        theta = advance(theta, freq, how, TICK, RATE)
    assert np.all((theta >= 0.0) & (theta < 1.0))
    assert apart(theta, np.full(3, theta[0])).max() < 2e-3


def test_a_million_edges_on_one_node() -> None:
    rng = np.random.default_rng(6)
    net = network(1001, np.zeros(1_000_000, np.int64), rng.integers(1, 1001, 1_000_000), 1.0)
    theta, freq = np.append(0.3, rng.normal(0.0, 0.05, 1000) % 1.0), np.full(1001, 3.0)
    how = plan(net, freq, DT, most=2)
    assert how.capped == 1
    for _ in range(5):
        theta = advance(theta, freq, how, TICK, RATE)
    middle = np.angle(np.exp(TAU * 1j * theta[1:]).mean()) / TAU
    assert apart(theta[:1], np.array([middle])) < 0.02


def test_gains_without_end_and_networks_without_anything() -> None:
    with pytest.raises(BackendError, match=r"oscillator 0: its gains add up to infinity; lower them"):
        plan(network(2, np.zeros(10**6, int), np.ones(10**6, int), 9e299, 0.0, 1000, 1000), np.zeros(2), DT)
    none = np.zeros(0)
    assert advance(none, none, plan(network(0, [], [], []), none, DT), TICK, RATE).shape == (0,)


@pytest.mark.parametrize("steps", [1, 4])
def test_a_thrifty_plan_is_of_third_order(steps: int) -> None:
    """Many edges nearly in unison, where the methods differ most: half the step has an eighth of the error, or less."""
    rng = np.random.default_rng(steps)
    count, edges = 2000, 24_000
    net = network(count, *rng.integers(0, count, (2, edges)), rng.uniform(0.0, 2.0, edges) * 6.0 * count / edges)
    freq, theta = rng.normal(5.0, 0.02, count), rng.uniform(0.0, 0.3, count)
    exact, errors = theta, []
    fine = plan(net, freq, 1.0 / 240.0 / steps, error=1e-10)
    for _ in range(4):
        exact = advance(exact, freq, fine, 100, 24_000 * steps)
    for parts in (1, 2):
        thrifty, now = plan(net, freq, 1.0 / 60.0 / steps / parts, error=1e-3, thrifty=True), theta
        for _ in range(parts):
            now = advance(now, freq, thrifty, 400 // parts, 24_000 * steps)
        errors.append(np.abs((now - exact + 0.5) % 1.0 - 0.5).max())
    force = np.bincount(net.target, 2.0 * net.a, count)
    assert errors[0] < ((force / 60.0 / steps) ** 4).max() / (48.0 * np.pi)
    assert 5.0 < errors[0] / errors[1] < 16.0
