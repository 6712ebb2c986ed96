"""Coupled phases against what is known of them."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.systems.kernels.kuramoto import TAU, energy, lagged, order, pull, pull_edges, step

F64 = NDArray[np.float64]


def slope_of(gain: F64, lag: F64) -> Callable[[F64, F64], None]:
    """Coupling term of a dense K and alpha."""
    a, b = lagged(gain, lag)
    return lambda theta, out: pull(theta, a, b, out)


def test_the_equation_itself() -> None:
    rng = np.random.default_rng(3)
    theta, gain, lag = rng.random(9), rng.normal(size=(9, 9)), rng.random((9, 9))
    a, b = lagged(gain, lag)
    out = np.empty(9)
    pull(theta, a, b, out)
    expected = (gain * np.sin(TAU * (theta[None, :] - theta[:, None] - lag))).sum(1) / TAU
    np.testing.assert_allclose(out, expected, atol=1e-13)


def test_edges_give_what_a_matrix_gives() -> None:
    rng = np.random.default_rng(4)
    n = 12
    gain, lag, theta = rng.normal(size=(n, n)) * (rng.random((n, n)) < 0.3), rng.random((n, n)), rng.random(n)
    gain[5] = 0.0  # a row without edges
    dense, sparse = np.empty(n), np.empty(n)
    pull(theta, *lagged(gain, lag), dense)
    target, source = np.nonzero(gain)
    start = np.searchsorted(target, np.arange(n + 1)).astype(np.int32)
    a, b = lagged(gain[target, source], lag[target, source])
    pull_edges(theta, start, source.astype(np.int32), a, b, sparse)
    np.testing.assert_allclose(sparse, dense, atol=1e-13)
    assert sparse[5] == 0.0


def test_no_edges_no_pull() -> None:
    out = np.full(3, np.nan)
    empty = np.zeros(0)
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


@pytest.mark.parametrize("ratio", [0.5, 2.0, 4.0])
def test_order_rises_at_the_critical_coupling(ratio: float) -> None:
    """Kuramoto: Lorentzian frequencies of half width g lock above K_c = 2 g, with r = sqrt(1 - K_c / K)."""
    n, g = 800, 1.0
    freq = g / TAU * np.tan(np.pi * ((np.arange(n) + 0.5) / n - 0.5))
    theta = np.random.default_rng(7).random(n)
    gain = 2.0 * g * ratio

    def slope(theta: F64, out: F64) -> None:
        z = order(theta)  # every gain equal: the mean field is the sum
        out[:] = gain * (np.exp(-TAU * 1j * theta) * z).imag / TAU

    seen = []
    for tick in range(1200):
        theta = step(theta, np.clip(freq, -8.0, 8.0), 0.02, slope)
        if tick >= 600:
            seen.append(abs(order(theta)))
    expected = np.sqrt(1.0 - 1.0 / ratio) if ratio > 1.0 else 0.0
    assert np.mean(seen) == pytest.approx(expected, abs=0.06)
