"""Jaw and lips on their two axes."""

import numpy as np
import pytest

from psi_ecs.systems.kernels import jali

SHAPES = np.array([[12.0, 11.0, 0.0, 0.3], [4.0, 3.0, 0.9, 0.0], [2.5, -1.5, 0.0, 0.0], [3.5, 6.0, 0.0, 0.8]])
"""/a/, /u/, /b/, /i/: jaw, lips, rounding, spread."""


def scaled(jaw: float, lips: float) -> np.ndarray:
    x = SHAPES.copy()
    jali.scale(x, jaw, lips)
    return x


def test_ordinary_speech_is_left_alone() -> None:
    np.testing.assert_allclose(scaled(1.0, 1.0), SHAPES)


def test_the_jaw_carries_the_lips_and_the_lips_do_the_rest() -> None:
    wide, spread = scaled(1.5, 1.0), scaled(1.0, 1.5)
    np.testing.assert_allclose(wide[:, 0], 1.5 * SHAPES[:, 0])
    np.testing.assert_allclose(wide[[0, 3], 1] - wide[[0, 3], 0], [-1.0, 2.5])
    np.testing.assert_array_equal(wide[:, 2:], SHAPES[:, 2:])
    np.testing.assert_array_equal(spread[:, 0], SHAPES[:, 0])
    np.testing.assert_allclose(spread[3], [3.5, 3.5 + 1.5 * 2.5, 0.0, 1.0])
    assert spread[1, 2] == 1.0, "rounding ends at 1"


@pytest.mark.parametrize(("jaw", "lips"), [(0.0, 0.0), (0.5, 0.5), (0.3, 2.0), (2.0, 0.0), (2.0, 2.0)])
def test_closures_stay_and_vowels_part_whatever_the_effort(jaw: float, lips: float) -> None:
    got = scaled(jaw, lips)
    assert got[2, 1] == SHAPES[2, 1]
    assert (got[[0, 1, 3], 1] >= jali.LEAST - 1e-9).all()


def test_the_way_to_a_closure_is_unbroken() -> None:
    """No jump of the gap as lips come together."""
    x = np.tile([2.5, 0.0, 0.2, 0.0], (401, 1))
    x[:, 1] = np.linspace(-1.0, 5.0, 401)
    jali.scale(x, 1.8, 0.5)
    assert np.abs(np.diff(x[:, 1])).max() < 0.06 and x[0, 1] == -1.0
