"""Modes of the tract: where they peak, how wide, and what a zero takes away."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from psi_ecs.systems.kernels.tract import inverse_modes, shelf

F64 = NDArray[np.float64]
FINE = np.arange(0.0, 6000.0, 0.5)[None]


def gain(centre: float, width: float, frequency: F64 = FINE) -> F64:
    return np.asarray(np.abs(1.0 / inverse_modes(frequency, np.array([[centre]]), np.array([[width]]))[0, 0]))


@given(st.floats(250.0, 4500.0), st.floats(0.03, 0.3))
def test_a_mode_peaks_at_its_frequency_with_its_bandwidth(centre: float, share: float) -> None:
    width = min(share * centre, 400.0)
    power = gain(centre, width) ** 2
    peak = float(FINE[0, power.argmax()])
    assert peak == pytest.approx(np.sqrt(centre**2 - 0.25 * width**2), abs=1.0)
    above = FINE[0, power > 0.5 * power.max()]
    assert above[-1] - above[0] == pytest.approx(width, rel=0.06, abs=2.0)


def test_unit_gain_at_0_hz_and_12_db_an_octave_above() -> None:
    low, high, twice = gain(500.0, 80.0, np.array([[0.0, 4000.0, 8000.0]]))
    assert low == pytest.approx(1.0)
    assert 20.0 * np.log10(high / twice) == pytest.approx(12.04, abs=0.2)


def test_the_mode_is_stable_and_causal() -> None:
    """Phase falls through -90 degrees at the resonance: a sound comes after its cause."""
    at = np.array([[10.0, 500.0, 3000.0]])
    lag = np.angle(1.0 / inverse_modes(at, np.array([[500.0]]), np.array([[60.0]]))[0, 0], deg=True)
    assert lag[0] == pytest.approx(0.0, abs=1.0)
    assert lag[1] == pytest.approx(-90.0, abs=4.0)
    assert lag[2] == pytest.approx(-180.0, abs=4.0)


def test_a_zero_is_a_mode_upside_down_and_cancels_it() -> None:
    centre, width = np.array([[280.0, 280.0, 900.0]]), np.array([[100.0, 100.0, 90.0]])
    modes = inverse_modes(FINE, centre, width)[0]
    np.testing.assert_allclose(modes[1] / modes[0], 1.0)
    taken = np.abs(modes[2])
    assert FINE[0, taken.argmin()] == pytest.approx(900.0, abs=3.0)
    assert 20.0 * np.log10(taken.min()) < -18.0


def test_every_row_has_its_own_modes() -> None:
    frequency = np.array([[100.0, 700.0], [400.0, 2000.0]])
    centre, width = np.array([[500.0, 1500.0], [800.0, 1100.0]]), np.array([[60.0, 90.0], [70.0, 110.0]])
    got = inverse_modes(frequency, centre, width)
    assert got.shape == (2, 2, 2)
    for t in range(2):
        for m in range(2):
            alone = inverse_modes(frequency[t : t + 1], centre[t : t + 1, m : m + 1], width[t : t + 1, m : m + 1])
            np.testing.assert_allclose(got[t, m], alone[0, 0])


def test_the_shelf() -> None:
    at = np.array([[0.0, 300.0, 600.0, 2400.0, 9000.0]])
    got = 20.0 * np.log10(shelf(np.repeat(at, 2, axis=0), np.array([0.0, 30.0])))
    np.testing.assert_allclose(got, [[0.0] * 5, [0.0, 0.0, -10.0, -30.0, -30.0]], atol=1e-9)
