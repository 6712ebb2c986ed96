"""Observables: what they are, and where the state is in them."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.backend import BackendError
from psi_ecs.systems.kernels import lift

F64 = NDArray[np.float64]

POINTS = np.random.default_rng(1).normal(size=(7, 3))


@pytest.mark.parametrize(
    "dictionary",
    [
        lift.affine,
        lambda x: lift.monomials(x, 3),
        lambda x: lift.radial(x, POINTS, 0.5),
        lambda x: lift.thin_plate(x, POINTS),
        lambda x: lift.fourier(x, POINTS),
    ],
)
def test_every_dictionary_begins_with_one_and_the_state(dictionary: lift.Lift) -> None:
    out = dictionary(POINTS)
    np.testing.assert_array_equal(out[:, :4], np.column_stack([np.ones(7), POINTS]))
    assert np.isfinite(out).all()  # thin plates at their own centres, too
    np.testing.assert_allclose(dictionary(POINTS[2:3])[0], out[2], atol=1e-12)


def test_products() -> None:
    x, y = POINTS[:, 0], POINTS[:, 1]
    expected = np.stack([np.ones(7), x, y, x * x, x * y, y * y, x**3, x * x * y, x * y * y, y**3], 1)
    np.testing.assert_allclose(lift.monomials(POINTS[:, :2], 3), expected, atol=1e-13)


def test_bumps_and_waves() -> None:
    out = lift.radial(POINTS, POINTS[:2], 0.5)[:, 4:]
    gap = POINTS[:, None] - POINTS[:2]
    np.testing.assert_allclose(out, np.exp(-(gap**2).sum(2) / 0.5), atol=1e-13)
    plates = lift.thin_plate(POINTS[2:], POINTS[:2])[:, 4:]
    far = np.linalg.norm(gap[2:], axis=2)
    np.testing.assert_allclose(plates, far**2 * np.log(far), atol=1e-12)
    waves = lift.fourier(POINTS, POINTS[:2])[:, 4:]
    np.testing.assert_allclose(waves[:, :2] ** 2 + waves[:, 2:] ** 2, 1.0)


def test_delays_are_newest_first() -> None:
    x = np.arange(12.0).reshape(6, 2)
    assert lift.delays(x, 2, 3).tolist() == [[6.0, 7.0, 0.0, 1.0], [8.0, 9.0, 2.0, 3.0], [10.0, 11.0, 4.0, 5.0]]
    assert (lift.delays(x, 1) == x).all()


def test_standard_units_and_channels_that_do_not_move() -> None:
    x = np.column_stack([5.0 + 3.0 * POINTS[:, 0], np.full(7, 0.1), np.full(7, 1e9)])
    units = lift.scale(x)
    z = units.to(x)
    np.testing.assert_allclose(z.mean(0), 0.0, atol=1e-12)
    np.testing.assert_allclose(z.std(0), [1.0, 0.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(units.back(z), x, rtol=1e-12)


@pytest.mark.parametrize(
    "call",
    [
        lambda: lift.delays(POINTS, 9),
        lambda: lift.delays(POINTS, 0),
        lambda: lift.delays(POINTS, 2, 0),
        lambda: lift.scale(np.zeros((0, 3))),
        lambda: lift.scale(np.array([[1.0, np.nan]])),
        lambda: lift.scale(np.zeros(3)),
        lambda: lift.radial(POINTS, POINTS, 0.0),
        lambda: lift.monomials(np.ones((2, 61)), 4),
        lambda: lift.fourier(POINTS, np.ones((4000, 3))),
    ],
)
def test_what_cannot_be_used_is_named_in_one_line(call: Callable[[], object]) -> None:
    with pytest.raises(BackendError) as caught:
        call()
    assert "\n" not in str(caught.value) and len(str(caught.value)) > 20
