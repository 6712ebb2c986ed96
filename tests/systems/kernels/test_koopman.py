"""Known modes in closed form, and what is done in their coordinates."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.backend import BackendError
from psi_ecs.systems.kernels import koopman
from psi_ecs.systems.kernels.koopman import TAU, advance, blend, bridge, eigenvalue, groups, linear, locking, rates, steer

F64 = NDArray[np.float64]
C128 = NDArray[np.complex128]


def runge_kutta(slope: Callable[[F64], F64], x: F64, seconds: float, steps: int) -> F64:
    """A fourth-order integration to check closed forms against."""
    h = seconds / steps
    for _ in range(steps):
        k1 = slope(x)
        k2 = slope(x + 0.5 * h * k1)
        k3 = slope(x + 0.5 * h * k2)
        x = x + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + slope(x + h * k3))
    return x


def stable(n: int, seed: int) -> F64:
    """A random generator whose modes all decay."""
    matrix = np.random.default_rng(seed).normal(size=(n, n))
    return np.asarray(matrix - (np.linalg.eigvals(matrix).real.max() + 0.2) * np.eye(n))


def test_closed_form_is_what_integration_gives() -> None:
    generator, x = stable(8, 1), np.random.default_rng(2).normal(size=8)
    expected = runge_kutta(lambda state: np.asarray(generator @ state), x, 2.0, 2000)
    np.testing.assert_allclose(linear(generator).evolve(x, 2.0), expected, atol=1e-9)


def test_one_long_step_is_many_short_ones_and_back() -> None:
    modes, x = linear(stable(6, 3)), np.random.default_rng(4).normal(size=6)
    walked = x
    for _ in range(50):
        walked = modes.evolve(walked, 0.02)
    np.testing.assert_allclose(modes.evolve(x, 1.0), walked, atol=1e-12)
    np.testing.assert_allclose(modes.evolve(modes.evolve(x, 0.7), -0.7), x, atol=1e-10)
    np.testing.assert_allclose(modes.propagator(0.3) @ x, modes.evolve(x, 0.3), atol=1e-12)
    np.testing.assert_allclose(modes.evolve(x, np.array([0.0, 0.3])), [x, modes.evolve(x, 0.3)], atol=1e-12)


def test_critical_damping_has_no_eigenbasis_and_still_evolves() -> None:
    """x'' + 2 r x' + r^2 x = 0, whose closed form is that of `relax`."""
    r, t = 3.0, 0.6
    got = linear(np.array([[0.0, 1.0], [-(r**2), -2.0 * r]])).evolve(np.array([1.0, 0.0]), t)
    np.testing.assert_allclose(got, [(1.0 + r * t) * np.exp(-r * t), -(r**2) * t * np.exp(-r * t)], atol=1e-6)


def test_a_block_without_eigenbasis_keeps_its_shear() -> None:
    modes = linear(np.array([[-1.0, 1.0], [0.0, -1.0]]))
    np.testing.assert_allclose(modes.evolve(np.array([0.0, 1.0]), 2.0), np.exp(-2.0) * np.array([2.0, 1.0]), atol=1e-6)


def test_hopf_normal_form_in_its_eigenfunctions() -> None:
    """r' = mu r - r^3, theta' = w: e^{i k theta} turns at i k w, 1 / r^2 - 1 / mu decays at the Floquet rate -2 mu."""
    mu, w, t = 0.7, 5.0, 1.3

    def slope(z: F64) -> F64:
        square = z @ z
        return np.array([mu * z[0] - w * z[1] - square * z[0], mu * z[1] + w * z[0] - square * z[1]])

    start = np.array([0.3, 0.1])
    psi = np.array([np.exp(1j * np.arctan2(start[1], start[0])), 1.0 / (start @ start) - 1.0 / mu])
    turned, radial = advance(psi, np.array([1j * w, -2.0 * mu]), t)
    z = turned / np.sqrt(radial.real + 1.0 / mu)
    np.testing.assert_allclose([z.real, z.imag], runge_kutta(slope, start, t, 4000), atol=1e-9)


def test_a_day_ahead_the_phase_is_right() -> None:
    day, hertz = 86400.0, np.array([0.2, 4.7, 110.0])
    turned = advance(np.ones(3, np.complex128), eigenvalue(hertz, np.zeros(3)), day)
    exact = np.array([float(round(f * 10) * 86400 % 10) / 10 for f in hertz])
    error = np.angle(turned * np.exp(-1j * TAU * exact)) / TAU
    assert np.abs(error).max() < 1e-9  # cycles, after 9.5 million


def test_a_unit_impulse_peaks_at_one_and_dies_away() -> None:
    rate = eigenvalue(np.array([1.25, 1.0, 1.7]), np.array([4.5, 6.0, 2.0]))
    shown = advance(koopman.unit(rate).astype(complex), rate, np.arange(4001) * 0.001).imag
    assert not shown[0].any()
    np.testing.assert_allclose(shown.max(0), 1.0, atol=1e-4)
    assert np.abs(shown[-1]).max() < 1e-3


def test_blend_is_geometric_and_goes_the_short_way() -> None:
    a, b = np.array([np.exp(2.9j)]), np.array([4.0 * np.exp(-2.9j)])
    np.testing.assert_allclose(blend(a, b, 0.5), [-2.0], atol=1e-12)
    np.testing.assert_allclose([blend(a, b, 0.0), blend(a, b, 1.0)], [a, b], atol=1e-12)
    assert np.abs(np.diff(np.abs(blend(a, b, np.linspace(0.0, 1.0, 9))), 2)).max() < 0.2


def test_blend_with_silence_grows_from_it() -> None:
    phi = blend(np.array([0j, 0j]), np.array([2j, 0j]), 0.25)
    np.testing.assert_allclose(phi, [0.5j, 0j])


def test_blended_state_stays_real_and_between() -> None:
    modes = linear(np.array([[-0.1, -6.0], [6.0, -0.1]]))
    first, second = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    half = modes.state(blend(modes.coordinates(first), modes.coordinates(second), 0.5))
    np.testing.assert_allclose(half, [np.sqrt(0.5)] * 2, atol=1e-12)  # on the circle; the straight way cuts through it


def test_bridge_leaves_the_modes_alone_if_they_arrive_by_themselves() -> None:
    rate = eigenvalue(np.array([3.0, 9.0]), np.array([1.0, 4.0]))
    start = np.array([1.0 + 1j, -0.5j])
    at = np.linspace(0.0, 0.8, 7)
    there = advance(start, rate, 0.8)
    np.testing.assert_allclose(bridge(start, there, rate, 0.8, at), advance(start, rate, at), atol=1e-12)
    elsewhere = np.array([0.1 + 0.2j, 3.0 + 0j])
    np.testing.assert_allclose(bridge(start, elsewhere, rate, 0.8, 0.8), elsewhere, atol=1e-12)
    np.testing.assert_allclose(bridge(start, elsewhere, rate, 0.8, 0.0), start, atol=1e-12)


def test_steering_does_not_depend_on_the_step() -> None:
    psi, goal = np.array([1.0 + 0j, 0.2j]), np.array([2.0j, 0.1 + 0.4j])
    walked = psi
    for _ in range(40):
        walked = steer(walked, goal, 5.0, 0.01)
    np.testing.assert_allclose(walked, steer(psi, goal, 5.0, 0.4), atol=1e-12)
    assert np.angle(goal[0] / walked[0]) == pytest.approx(0.5 * np.pi * np.exp(-2.0))


def clusters(seed: int) -> tuple[F64, list[int]]:
    """Phases f64[T, N] of oscillators at 2, 2, 3.1, 6.2, 3.1 and 5 Hz with some jitter, and whose they are at 1:1."""
    rng = np.random.default_rng(seed)
    t = np.arange(800)[:, None] * 0.01
    theta = np.array([2.0, 2.0, 3.1, 6.2, 3.1, 5.0]) * t + rng.random(6) + 0.03 * rng.normal(size=(800, 6))
    return theta % 1.0, [0, 0, 1, 2, 1, 3]


def test_oscillators_are_grouped_by_what_they_do() -> None:
    theta, expected = clusters(5)
    assert groups(theta).tolist() == expected
    assert groups(theta, 0.8, ((1, 1), (2, 1))).tolist() == [0, 0, 1, 1, 1, 2]
    order = np.array([3, 5, 0, 2, 1, 4])
    assert groups(theta[:, order]).tolist() == [0, 1, 2, 3, 2, 3]
    assert locking(theta)[0, 2] < 0.2


def test_locked_through_others_is_locked() -> None:
    rng = np.random.default_rng(6)
    noise = np.cumsum(0.06 * rng.normal(size=(4000, 3)), axis=1)
    labels = groups((0.3 + noise) % 1.0, 0.9)
    assert labels.tolist() == [0, 0, 0] and locking(noise)[0, 2] < 0.9 * locking(noise)[0, 1] + 0.1


def test_rates_of_groups() -> None:
    dt, rate = 0.005, eigenvalue(np.array([4.0, 11.0]), np.array([0.5, 2.0]))
    labels = np.array([0, 1, 0], np.int32)
    psi = advance(np.array([1.0, 0.3j, 2.0 - 1j]), rate[labels], np.arange(200) * dt)
    np.testing.assert_allclose(rates(psi, labels, dt), rate, atol=1e-10)


@pytest.mark.parametrize(
    "call",
    [
        lambda: linear(np.array([[np.nan]])),
        lambda: linear(np.zeros((0, 0))),
        lambda: linear(np.zeros((2, 3))),
        lambda: advance(np.ones(1, np.complex128), np.array([1.0 + 0j]), 1e6),
        lambda: advance(np.ones(1, np.complex128), np.array([-1.0 + 0j]), np.nan),
        lambda: bridge(np.ones(1, np.complex128), np.ones(1, np.complex128), np.zeros(1, np.complex128), 0.0, 0.0),
        lambda: groups(np.zeros((0, 3))),
        lambda: groups(np.zeros(3)),
        lambda: rates(np.zeros((9, 1), np.complex128), np.zeros(1, np.int32), 0.1),
        lambda: rates(np.ones((1, 1), np.complex128), np.zeros(1, np.int32), 0.1),
        lambda: koopman.matrix("x", np.array([["a"]])),
    ],
)
def test_what_cannot_be_used_is_named_in_one_line(call: Callable[[], object]) -> None:
    with pytest.raises(BackendError) as caught:
        call()
    assert "\n" not in str(caught.value) and len(str(caught.value)) > 20
