"""Oscillators with amplitudes against their closed forms."""

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.backend import BackendError
from psi_ecs.systems.kernels import kuramoto
from psi_ecs.systems.kernels.kuramoto import TAU
from psi_ecs.systems.kernels.phase_network import Network, network
from psi_ecs.systems.kernels.stuart_landau import advance, alone, amplitude_energy, steps

F64 = NDArray[np.float64]
C128 = NDArray[np.complex128]
DT = 1.0 / 60.0


def couplings(n: int, seed: int, gain: float = 2.0) -> Network:
    rng = np.random.default_rng(seed)
    target, source = rng.integers(0, n, (2, 5 * n))
    return network(n, target, source, gain * rng.normal(size=5 * n), rng.uniform(-0.2, 0.2, 5 * n))


def plane(n: int, seed: int) -> C128:
    x, y = np.random.default_rng(seed).normal(size=(2, n))
    return np.asarray(x + 1j * y)


def test_radius_and_decay() -> None:
    """Radius sqrt(mu - gamma) from inside and outside, reached at 2 (mu - gamma); e^(-|g| t) below; 1 / sqrt(2 t) at 0."""
    growth = np.array([4.0, 4.0, 0.25, -3.0, 0.0])
    psi = np.array([0.01, 30.0, 0.5j, 1e-6, 10.0], complex)
    freq = np.array([1.0, 2.0, 3.0, 4.0, 0.0])
    late = alone(psi, growth, freq, 20.0)
    np.testing.assert_allclose(np.abs(late), [2.0, 2.0, 0.5, 1e-6 * np.exp(-60.0), 1.0 / np.sqrt(40.01)], rtol=1e-10)
    np.testing.assert_allclose(np.angle(alone(psi, growth, freq, 0.1)[:2]), TAU * np.array([0.1, 0.2]), atol=1e-12)
    near = np.abs(alone(np.array([2.0 + 1e-6]), growth[:1], freq[:1], 0.3)) - 2.0
    assert near[0] == pytest.approx(1e-6 * np.exp(-2.0 * 4.0 * 0.3), rel=1e-5)  # Floquet exponent -2 mu


def test_any_step_is_exact_without_couplings() -> None:
    psi, growth, freq = plane(20, 1), np.linspace(-5.0, 5.0, 20), np.linspace(0.0, 300.0, 20)
    net, once = network(20, [], [], []), alone(psi, growth, freq, 2.0)
    assert steps(net, growth, freq, 2.0) == 1
    for _ in range(120):
        psi = advance(psi, growth, freq, net, DT)
    np.testing.assert_allclose(psi, once, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("n", [8, 90])
def test_step_halved_error_sixteenth(n: int) -> None:
    """As a matrix and along edges, with a push that turns."""
    net, psi, growth, freq = couplings(n, 2), plane(n, 3), np.linspace(-2.0, 3.0, n), np.linspace(0.0, 6.0, n)
    assert (net.w is None) == (n == 90)

    def push(at: float) -> C128:
        return np.full(n, 0.5 * np.exp(TAU * 3j * at))

    exact = advance(psi, growth, freq, net, 0.1, 64, push)
    error = [np.abs(advance(psi, growth, freq, net, 0.1, cuts, push) - exact).max() for cuts in (2, 4)]
    assert 10.0 < error[0] / error[1] < 26.0


def test_it_solves_its_equation() -> None:
    """Against small Runge-Kutta steps of the right-hand side as written."""
    n = 12
    net, psi, growth, freq = couplings(n, 4), plane(n, 5), np.linspace(-2.0, 3.0, n), np.linspace(1.0, 6.0, n)
    w = np.zeros((n, n), complex)
    np.add.at(w, (net.target, net.source), net.a - 1j * net.b)

    def right(x: C128) -> C128:
        return np.asarray((growth + TAU * 1j * freq - np.abs(x) ** 2) * x + w @ x)

    x, h = psi, 0.1 / 800
    for _ in range(800):
        k1 = right(x)
        k2 = right(x + 0.5 * h * k1)
        k3 = right(x + 0.5 * h * k2)
        x = x + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + right(x + h * k3))
    for error in (1e-4, 1e-6, 1e-8):
        got = advance(psi, growth, freq, net, 0.1, steps(net, growth, freq, 0.1, error))
        assert np.abs(got - x).max() < error


def test_strong_limit_cycles_are_kuramoto() -> None:
    """mu far above the gains: amplitudes stay near sqrt(mu), and phases obey the phase equation, to gain / mu."""
    n, mu = 10, 400.0
    net, freq = couplings(n, 6, 0.5), np.linspace(1.0, 2.0, n)
    theta = np.random.default_rng(7).random(n)
    psi, growth = np.sqrt(mu) * np.exp(TAU * 1j * theta), np.full(n, mu)
    cuts = steps(net, growth, freq, DT, 1e-4)
    for _ in range(60):
        psi = advance(psi, growth, freq, net, DT, min(cuts, 8))
        theta = kuramoto.step(theta, freq, DT, net.pull)
    assert np.abs((np.angle(psi) / TAU - theta + 0.5) % 1.0 - 0.5).max() < 2e-3
    assert np.abs(np.abs(psi) / np.sqrt(mu) - 1.0).max() < 0.02


def test_diffusive_coupling_can_kill_oscillation() -> None:
    """Amplitude death: two oscillators, detuned by more than twice the gain, the gain above mu (Aronson et al. 1990)."""
    gain, growth = 3.0, np.full(2, 1.0)
    net = network(2, [0, 1], [1, 0], gain)
    for detune, dies in ((8.0, True), (1.0, False)):
        freq, psi = np.array([5.0, 5.0 + detune / TAU]), np.array([1.0, 0.5j])
        cuts = steps(net, growth - gain, freq, DT)
        for _ in range(1200):
            psi = advance(psi, growth - gain, freq, net, DT, cuts)
        assert (np.abs(psi).max() < 1e-3) == dies


def test_energy_falls() -> None:
    """Hermitian couplings and one frequency."""
    rng = np.random.default_rng(8)
    one, two = np.triu_indices(15, 1)
    gain, lag = rng.normal(size=len(one)), rng.uniform(-0.5, 0.5, len(one))
    net = network(15, np.append(one, two), np.append(two, one), np.tile(gain, 2), np.append(lag, -lag))
    psi, growth, freq = plane(15, 9), np.linspace(-1.0, 2.0, 15), np.full(15, 4.0)
    seen = []
    for _ in range(120):
        seen.append(amplitude_energy(psi, growth, net))
        psi = advance(psi, growth, freq, net, DT, steps(net, growth, freq, DT, 1e-8))
    assert np.all(np.diff(seen) < 1e-6)
    assert seen[-1] < seen[0] - 1.0


def test_whatever_the_gains_amplitudes_stay_bounded() -> None:
    """Even in steps that are far too long."""
    net, growth, freq = couplings(30, 10, 1e6), np.linspace(-5.0, 5.0, 30), np.full(30, 10.0)
    psi = plane(30, 11)
    for _ in range(50):
        psi = advance(psi, growth, freq, net, DT)
        assert np.abs(psi).max() < 5.0 / 3.0 * np.sqrt(5.0 / -np.expm1(-5.0 * DT / 2.0)) + 1e-9
    with pytest.raises(BackendError, match=r"oscillator \d+: its gains add up to .* per second, more than steps can follow"):
        steps(net, growth, freq, DT)


def test_refuses_in_one_line() -> None:
    net, ones = network(2, [0], [1], [1.0]), np.ones(2)
    with pytest.raises(BackendError, match="psi: 2 finite complex numbers are needed"):
        advance(np.array([1.0, np.nan], complex), ones, ones, net, DT)
    with pytest.raises(BackendError, match="growth: 2 finite numbers are needed"):
        steps(net, np.array([1.0, np.inf]), ones, DT)
    with pytest.raises(BackendError, match=r"oscillator 1: its frequency is -1.0 Hz"):
        steps(net, ones, np.array([1.0, -1.0]), DT)
    with pytest.raises(BackendError, match="coupled 1:1"):
        steps(network(2, [0], [1], [1.0], 0.0, 2), ones, ones, DT)
