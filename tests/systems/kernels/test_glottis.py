"""The LF pulse: its shape in time, no net flow, and its spectrum over Rd."""

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.systems.kernels.glottis import MOST, RD_HIGH, RD_LOW, harmonics, source, timing

F64 = NDArray[np.float64]
SHAPES = (0.4, 0.7, 1.0, 1.6, 2.4)


def pulse(rd: float, points: int = 8192, most: int = 4000) -> F64:
    """One period of the flow derivative, from its harmonics; closure at 0."""
    spectrum = np.zeros(points // 2 + 1, np.complex128)
    spectrum[1 : most + 1] = harmonics(np.array([rd]), most)[0]
    return np.fft.irfft(spectrum, points, norm="forward")


def decibels(c: NDArray[np.complex128]) -> F64:
    return np.asarray(20.0 * np.log10(np.abs(c)))


@pytest.mark.parametrize("rd", SHAPES)
def test_the_shape_in_time(rd: float) -> None:
    """No sum of harmonics has a mean, so these values are met only if the closed form has no net flow either."""
    e = pulse(rd)
    te, tp, ta = (float(x[0]) for x in timing(np.array([rd])))
    grid = np.arange(len(e)) / len(e)

    def at(phase: float) -> float:
        return float(np.interp(phase % 1.0, grid, e))

    assert e.min() == pytest.approx(-1.0, abs=0.02)  # the excitation has strength 1
    low = float(grid[e.argmin()])
    assert min(low, 1.0 - low) < 2e-3  # and lies at phase 0
    assert at(-te) == pytest.approx(0.0, abs=0.01)  # the glottis opens
    assert at(tp - te) == pytest.approx(0.0, abs=0.01)  # the flow is greatest
    assert at(0.5 * tp - te) > 0.05  # it grows before
    assert at(0.5 * (tp - te)) < -0.05  # and falls after
    rest = grid[(grid > 0.003) & (grid < 0.95 * (1.0 - te))]
    values = np.interp(rest, grid, e)
    assert np.all(np.diff(values) > -2e-3)  # the return dies away without ripple
    assert at(ta) == pytest.approx(-np.exp(-1.0), abs=0.12)  # in about ta


@pytest.mark.parametrize("rd", SHAPES)
def test_no_net_flow(rd: float) -> None:
    """The flow, integral of the derivative, is shut from the return's end to the next opening, and positive in between."""
    flow = np.cumsum(pulse(rd)) / 8192
    te, tp, _ = (float(x[0]) for x in timing(np.array([rd])))
    peak, opening = int((tp - te) % 1.0 * 8192), int((-te) % 1.0 * 8192)
    flow -= flow[opening]
    assert flow[peak] == pytest.approx(flow.max(), rel=1e-3)
    assert flow.min() > -0.01 * flow.max()
    assert abs(flow[-1] - flow[0]) < 0.03 * flow.max()


def test_a_laxer_voice_is_darker() -> None:
    level = decibels(harmonics(np.linspace(0.35, 2.6, 12), 30))
    assert np.all(np.diff(level[:, 0] - level[:, 1]) > 0.0)  # H1 - H2 grows
    for k in (5, 10, 25):
        assert np.all(np.diff(level[:, k] - level[:, 0]) < 0.0)  # everything higher falls against H1


def test_h1_h2_is_what_fant_found() -> None:
    """Fant (1995): H1 - H2 = -7.6 + 11.1 Rd dB in the flow; the derivative lifts H2 by 6 dB."""
    shapes = np.array([0.7, 1.0, 1.5, 2.0])
    level = decibels(harmonics(shapes, 2))
    np.testing.assert_allclose(level[:, 0] - level[:, 1] + 6.02, -7.6 + 11.1 * shapes + 6.02, atol=2.5)


def test_high_harmonics_fall_by_the_return_phase() -> None:
    """An abrupt closure falls by 6 dB an octave, the return of time ta adds up to 6 above 1 / (2 pi ta)."""
    power = np.abs(harmonics(np.array([0.35, 2.5]), 512)) ** 2
    sharp, soft = 10.0 * np.log10(power[:, 199:256].mean(1) / power[:, 399:512].mean(1))
    assert 5.5 < sharp < soft < 12.5
    assert soft > 10.5


def test_the_table_is_the_formula() -> None:
    shapes = np.array([0.31, 0.777, 1.234, 2.5])
    np.testing.assert_allclose(source(shapes, 100), harmonics(shapes, 100), rtol=0.01, atol=1e-4)
    edge = source(np.array([RD_LOW, RD_HIGH]), MOST)
    np.testing.assert_allclose(source(np.array([-3.0, 99.0]), MOST), edge)
    assert np.isfinite(edge).all()
