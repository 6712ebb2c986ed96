"""Relaxation against the equation that it solves, x'' + 2 r x' + r^2 (x - T) = 0."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from psi_ecs.systems.kernels import relax

F64 = NDArray[np.float64]
numbers = st.floats(-50.0, 50.0)


def one(value: float) -> F64:
    return np.array([value])


@given(numbers, numbers, numbers, st.floats(1.0, 400.0), st.floats(0.0, 0.3), st.integers(1, 40))
def test_the_end_does_not_depend_on_the_steps(x: float, v: float, target: float, rate: float, dt: float, parts: int) -> None:
    whole = relax.step(one(x), one(v), one(target), one(rate), dt)
    at, speed = one(x), one(v)
    for _ in range(parts):
        at, speed = relax.step(at, speed, one(target), one(rate), dt / parts)
    np.testing.assert_allclose(at, whole[0], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(speed, whole[1], rtol=1e-9, atol=1e-6)


def test_it_solves_the_equation() -> None:
    """Runge-Kutta in small steps goes the same way."""
    x0, v0, target, rate, seconds, n = 3.0, -40.0, -1.5, 60.0, 0.08, 4000
    state, dt = np.array([x0, v0]), seconds / n

    def slope(s: F64) -> F64:
        return np.array([s[1], -2.0 * rate * s[1] - rate**2 * (s[0] - target)])

    for _ in range(n):
        a = slope(state)
        b = slope(state + 0.5 * dt * a)
        c = slope(state + 0.5 * dt * b)
        d = slope(state + dt * c)
        state = state + dt / 6.0 * (a + 2.0 * b + 2.0 * c + d)
    x, v = relax.step(one(x0), one(v0), one(target), one(rate), seconds)
    assert x[0] == pytest.approx(state[0], abs=1e-9)
    assert v[0] == pytest.approx(state[1], abs=1e-7)


def test_from_rest_it_never_overshoots_and_has_gone_91_percent_after_four_over_the_rate() -> None:
    rate = 85.0
    times = np.linspace(0.0, 12.0 / rate, 500)
    way = relax.step(one(0.0), one(0.0), one(1.0), one(rate), times)[0]
    assert np.all(np.diff(way) > 0.0)
    assert way[-1] < 1.0
    assert np.interp(4.0 / rate, times, way) == pytest.approx(0.908, abs=1e-3)


def test_knots_carry_state_and_velocity() -> None:
    rng = np.random.default_rng(1)
    seconds = np.array([0.0, 0.03, 0.03, 0.11, 0.2])  # two knots at one moment
    target, rate = rng.normal(0.0, 3.0, (5, 4)), rng.uniform(10.0, 300.0, (5, 4))
    x0, v0 = rng.normal(0.0, 1.0, (2, 4))
    x, v = relax.knot_states(seconds, target, rate, x0, v0)
    np.testing.assert_allclose(x[2], x[1], rtol=1e-14)
    query = np.sort(np.append(rng.uniform(0.0, 0.4, 200), seconds))
    path = relax.at(query, seconds, target, rate, x, v)
    at, speed, clock, knot = x0, v0, 0.0, 0
    for t, got in zip(query, path, strict=True):
        while knot + 1 < 5 and seconds[knot + 1] <= t:
            at, speed = relax.step(at, speed, target[knot], rate[knot], seconds[knot + 1] - clock)
            clock, knot = seconds[knot + 1], knot + 1
        at, speed = relax.step(at, speed, target[knot], rate[knot], t - clock)
        clock = t
        np.testing.assert_allclose(got, at, atol=1e-9)


def test_position_and_speed_are_continuous_over_a_knot() -> None:
    seconds = np.array([0.0, 0.05])
    target, rate = np.array([[1.0], [-4.0]]), np.array([[80.0], [200.0]])
    x, v = relax.knot_states(seconds, target, rate, np.zeros(1), np.zeros(1))
    h = 1e-7
    a, b, c = relax.at(np.array([0.05 - h, 0.05, 0.05 + h]), seconds, target, rate, x, v)[:, 0]
    assert b == pytest.approx(a, abs=1e-4)
    assert (c - b) / h == pytest.approx((b - a) / h, rel=1e-2)


def test_before_the_first_knot_the_state_is_held() -> None:
    x, v = np.array([[2.0]]), np.array([[5.0]])
    held = relax.at(np.array([-1.0, 0.0]), np.zeros(1), np.array([[9.0]]), np.array([[30.0]]), x, v)
    assert held.tolist() == [[2.0], [2.0]]


def test_steps_come_near_the_closed_form_and_stay_bounded_however_stiff() -> None:
    seconds, target = np.array([0.0]), np.array([[1.0, 1.0]])
    query, zero = np.array([0.02, 0.1]), np.zeros((1, 2))
    fine = relax.stepped(query, seconds, target, np.array([[40.0, 10.0]]), zero, zero, 1e-4)
    np.testing.assert_allclose(fine, relax.at(query, seconds, target, np.array([[40.0, 10.0]]), zero, zero), atol=5e-3)
    stiff = relax.stepped(query, seconds, target, np.array([[1500.0, 600.0]]), zero, zero)
    assert np.abs(stiff).max() <= 1.0


@pytest.mark.parametrize("rate", [240.0, 300.0, 600.0])
def test_aims_lead_exactly_through_places(rate: float) -> None:
    rng = np.random.default_rng(5)
    way, dt = rng.normal(size=(200, 3)), 1.0 / 240.0
    v0 = rng.normal(size=3)
    targets, v = relax.aims(way, rate, dt, v0)
    seconds = np.arange(len(targets)) * dt
    x, speed = relax.knot_states(seconds, targets, np.full_like(targets, rate), way[0], v0)
    np.testing.assert_allclose(x, way[:-1], atol=1e-9)
    end, last = relax.step(x[-1], speed[-1], targets[-1], np.full(3, rate), dt)
    np.testing.assert_allclose(end, way[-1], atol=1e-9)
    np.testing.assert_allclose(last, v, atol=1e-6)
    assert np.abs(targets).max() < 12.0 * np.abs(way).max()
