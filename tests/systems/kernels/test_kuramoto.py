"""Coupled phases against what is known of them."""

from collections.abc import Callable
from fractions import Fraction
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from psi_ecs.systems.kernels.kuramoto import (
    TAU,
    adler,
    cycles,
    energy,
    lagged,
    order,
    pull,
    pull_edges,
    pull_locks,
    pull_mean,
    step,
    woven,
)

F64 = NDArray[np.float64]


def slope_of(gain: F64, lag: F64) -> Callable[[F64, F64], None]:
    """Coupling term of a dense K and alpha."""
    w = woven(gain, lag)
    return lambda theta, out: pull(theta, w, out)


def test_the_equation_itself() -> None:
    rng = np.random.default_rng(3)
    theta, gain, lag = rng.random(9), rng.normal(size=(9, 9)), rng.random((9, 9))
    out = np.empty(9)
    pull(theta, woven(gain, lag), out)
    expected = (gain * np.sin(TAU * (theta[None, :] - theta[:, None] - lag))).sum(1) / TAU
    np.testing.assert_allclose(out, expected, atol=1e-13)


def test_edges_give_what_a_matrix_gives() -> None:
    rng = np.random.default_rng(4)
    n = 12
    gain, lag, theta = rng.normal(size=(n, n)) * (rng.random((n, n)) < 0.3), rng.random((n, n)), rng.random(n)
    gain[5] = 0.0  # a row without edges
    dense, sparse = np.empty(n), np.empty(n)
    pull(theta, woven(gain, lag), dense)
    target, source = np.nonzero(gain)
    start = np.searchsorted(target, np.arange(n + 1)).astype(np.int32)
    a, b = (x.astype(np.float32) for x in lagged(gain[target, source], lag[target, source]))
    pull_edges(theta, start, source.astype(np.int32), a, b, sparse)
    np.testing.assert_allclose(sparse, dense, atol=1e-6)  # gains of edges are single
    assert sparse[5] == 0.0
    still = gain.astype(np.float32)
    pull(theta, woven(still.astype(np.float64), np.zeros((n, n))), dense)
    pull_edges(theta, start, source.astype(np.int32), still[target, source], np.zeros(0, np.float32), sparse)
    np.testing.assert_allclose(sparse, dense, atol=1e-13)


def test_no_edges_no_pull() -> None:
    out = np.full(3, np.nan)
    empty = np.zeros(0, np.float32)
    pull_edges(np.zeros(3), np.zeros(4, np.int32), np.zeros(0, np.int32), empty, empty, out)
    assert out.tolist() == [0.0] * 3


def test_two_oscillators_follow_the_closed_form() -> None:
    """Adler: with equal f the difference d obeys tan(pi d(t)) = tan(pi d(0)) e^(-2 K t)."""
    gain, seconds, steps = 3.0, 0.4, 40
    theta = np.array([0.0, 0.35])
    slope = slope_of(np.array([[0.0, gain], [gain, 0.0]]), np.zeros((2, 2)))
    for _ in range(steps):
        theta = step(theta, np.full(2, 5.0), seconds / steps, slope)
    expected = np.arctan(np.tan(np.pi * 0.35) * np.exp(-2.0 * gain * seconds)) / np.pi
    assert (theta[1] - theta[0]) % 1.0 == pytest.approx(expected, abs=1e-7)
    assert theta.mean() % 0.5 == pytest.approx((5.0 * seconds + 0.175) % 0.5, abs=1e-9)  # the mean phase is not pulled


def test_error_falls_with_the_fourth_power_of_the_step() -> None:
    rng = np.random.default_rng(5)
    theta, freq, slope = rng.random(6), rng.normal(2.0, 1.0, 6), slope_of(rng.normal(0.0, 2.0, (6, 6)), rng.random((6, 6)))

    def after(steps: int) -> F64:
        end = theta
        for _ in range(steps):
            end = step(end, freq, 0.5 / steps, slope)
        return end

    exact = after(640)
    coarse, fine = (np.abs((after(n) - exact + 0.5) % 1.0 - 0.5).max() for n in (10, 20))
    assert 10.0 < coarse / fine < 25.0


def test_energy_never_grows_and_ends_in_unison() -> None:
    rng = np.random.default_rng(6)
    gain = rng.random((20, 20))
    gain = gain + gain.T
    a, b = lagged(gain, np.zeros((20, 20)))
    theta, slope, seen = rng.random(20), slope_of(gain, np.zeros((20, 20))), []
    for _ in range(300):
        seen.append(energy(theta, a, b))
        theta = step(theta, np.full(20, 3.0), 5e-3, slope)
    assert np.all(np.diff(seen) <= 1e-9)
    assert seen[-1] == pytest.approx(-0.5 * gain.sum(), rel=1e-6)
    assert abs(order(theta)) == pytest.approx(1.0, abs=1e-6)


def steady(gain: float, freq: F64, theta: F64, dt: float, ticks: int) -> float:
    """Mean of |r| over the second half of a run of one mean field."""
    seen = []
    for tick in range(ticks):
        theta = step(theta, freq, dt, lambda at, out: pull_mean(at, gain, 0.0, out))
        if 2 * tick >= ticks:
            seen.append(abs(order(theta)))
    return float(np.mean(seen))


QUANTILE = (np.arange(4000) + 0.5) / 4000.0


@pytest.mark.parametrize("ratio", [1.25, 1.5, 2.0, 4.0])
def test_lorentzian_order(ratio: float) -> None:
    """Kuramoto: frequencies of half width g lock above K_c = 2 g, with r = sqrt(1 - K_c / K)."""
    freq = 0.5 / TAU * np.tan(np.pi * (QUANTILE - 0.5))
    theta = np.random.default_rng(7).random(4000) * 0.5
    assert steady(ratio, freq, theta, 0.1, 1000) == pytest.approx(np.sqrt(1.0 - 1.0 / ratio), abs=0.01)


@pytest.mark.parametrize("ratio", [0.5, 0.8])
def test_lorentzian_incoherence(ratio: float) -> None:
    freq = 0.5 / TAU * np.tan(np.pi * (QUANTILE - 0.5))
    assert steady(ratio, freq, np.random.default_rng(7).random(4000), 0.1, 500) < 0.06  # sqrt(1 / N) = 0.016, raised near K_c


def test_gaussian_critical_coupling() -> None:
    """K_c = sigma sqrt(8 / pi): no order just below; just above, the r of 1 = K integral cos^2 x g(K r sin x) dx."""
    freq = np.array([NormalDist().inv_cdf(q) for q in QUANTILE.tolist()]) / TAU
    critical = np.sqrt(8.0 / np.pi)
    theta = np.random.default_rng(8).random(4000)
    assert steady(0.9 * critical, freq, theta, 0.15, 500) < 0.1
    x = np.linspace(-0.5 * np.pi, 0.5 * np.pi, 2001)
    gain = 1.1 * critical

    def excess(r: float) -> float:
        pdf = np.exp(-0.5 * (gain * r * np.sin(x)) ** 2) / np.sqrt(TAU)
        return float(gain * np.mean(np.cos(x) ** 2 * pdf) * np.pi - 1.0)

    low, high = 0.0, 1.0
    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if excess(middle) > 0.0 else (low, middle)
    assert low > 0.3
    assert steady(gain, freq, 0.5 * theta, 0.15, 700) == pytest.approx(low, abs=0.02)


def test_mean_field_is_the_sum_over_all() -> None:
    theta = np.random.default_rng(9).random(7)
    dense, mean = np.empty(7), np.empty(7)
    pull(theta, woven(np.full((7, 7), 3.0 / 7.0), np.full((7, 7), 0.1)), dense)
    pull_mean(theta, 3.0, 0.1, mean)
    np.testing.assert_allclose(mean, dense, atol=1e-14)


def test_ratios_on_edges() -> None:
    theta = np.array([0.1, 0.7, 0.4])
    start, source = np.array([0, 2, 2, 3], np.int32), np.array([1, 2, 0], np.int32)
    n, m = np.array([1, 3, 2], np.int32), np.array([2, 1, 5], np.int32)
    gain, lag, out = np.array([2.0, -1.0, 0.5]), np.array([0.0, 0.2, -0.1]), np.empty(3)
    pull_locks(theta, start, source, n, m, *lagged(gain, lag), out)
    y = gain * np.sin(TAU * (n * theta[source] - m * theta[[0, 0, 2]] - lag)) / TAU
    np.testing.assert_allclose(out, [y[0] + y[1], 0.0, y[2]], atol=1e-15)


@given(freq=st.floats(0.0, 12_000.0), samples=st.integers(0, 10 * 24 * 3600 * 24_000))
def test_free_rotation_is_exact_for_days(freq: float, samples: int) -> None:
    exact = Fraction(freq) * samples / 24_000 % 1
    error = abs(Fraction(float(cycles(np.array([freq]), samples, 24_000)[0])) - exact)
    assert min(error, 1 - error) < 3e-16


def test_adler_in_closed_form_is_its_equation() -> None:
    """Against fine Runge-Kutta steps, locked, slipping, on the border, and without gain."""
    detune, gain = np.array([0.1, 0.3, -0.7, 0.5, 0.4, 0.0]), np.array([3.0, 1.0, 2.0, 0.5 * TAU, 0.0, 0.0])
    gap = np.array([0.2, -0.4, 0.1, 0.3, 0.25, 0.1])
    moved = gap.copy()
    for _ in range(400):
        moved = step(moved, detune, 0.005, lambda at, out: np.copyto(out, -gain / TAU * np.sin(TAU * at)))
    error = (adler(gap, detune, gain, 2.0) - moved + 0.5) % 1.0 - 0.5
    assert np.abs(error).max() < 1e-9


def test_adler_range_and_beat() -> None:
    """Locked up to |2 pi detune| = gain, and then at sin = 2 pi detune / gain; beyond, a period is 2 pi / sqrt(dw^2 - K^2)."""
    gain, gap = np.full(4, 2.0), np.array([0.3, -0.1, 0.45, 0.0])
    inside = np.array([0.0, 0.5, 0.9, -0.99])
    np.testing.assert_allclose(np.sin(TAU * adler(gap, inside * 2.0 / TAU, gain, 1e5)), inside, atol=1e-9)
    for over in (1.1, 2.0, 1.001):
        period = TAU / (2.0 * np.sqrt(over**2 - 1.0))
        np.testing.assert_allclose(adler(gap, np.full(4, over * 2.0 / TAU), gain, period), gap, atol=1e-9)
        assert np.abs(adler(gap, np.full(4, over * 2.0 / TAU), gain, 0.5 * period) - gap).min() > 1e-3
