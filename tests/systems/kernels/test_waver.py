"""Tremors and vocal folds: what makes a voice live."""

import numpy as np
import pytest

from psi_ecs.systems.kernels.kuramoto import adler
from psi_ecs.systems.kernels.waver import FLUTTER, flutter, folds, kicks

STEP = 100 / 24_000


def test_any_part_of_the_noise_is_what_the_whole_has_there() -> None:
    whole = kicks(0, 1000, 0.4, STEP, 7)
    for start, count in ((0, 5), (3, 1), (412, 5), (996, 4)):
        np.testing.assert_array_equal(kicks(start, count, 0.4, STEP, 7), whole[start : start + count])


def test_noise_diffuses_at_its_rate() -> None:
    seen = kicks(0, 200_000, 0.4, STEP, 1)
    assert seen.std() == pytest.approx(0.4 * np.sqrt(STEP), rel=0.01)
    assert abs(seen.mean()) < 1e-4 and abs(np.corrcoef(seen[1:], seen[:-1])[0, 1]) < 0.01


def test_two_mouths_do_not_share_noise() -> None:
    a, b = (kicks(0, 5000, 0.4, STEP, seed) for seed in (1, 2))
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.05


@pytest.mark.parametrize(("gap", "detune", "gain"), [(0.2, 12.0, 600.0), (0.4, 20.0, 60.0), (-0.3, 3.0, 0.0), (0.1, 0.0, 0.0)])
def test_without_noise_folds_follow_adler(gap: float, detune: float, gain: float) -> None:
    path = folds(gap, detune, gain, np.zeros(6), STEP)
    for k in range(7):
        there = adler(np.array([gap]), np.array([detune]), np.array([gain]), k * STEP)[0]
        assert abs((path[k] - there + 0.5) % 1.0 - 0.5) < 1e-9


def test_coupled_folds_stay_together_and_free_ones_drift_apart() -> None:
    noise = kicks(0, 2000, 0.3, STEP, 5)
    held, free = (folds(0.0, 12.0, gain, noise, STEP) for gain in (600.0, 0.0))
    assert np.abs(held).max() < 0.2 and held.std() < 0.03
    assert abs(free[-1]) == pytest.approx(12.0 * 2000 * STEP, rel=0.2)
    assert np.abs(np.diff(free)).max() < 0.1  # as many cycles as they have slipped: no jump at a whole one


def test_flutter_is_the_sum_of_its_tremors() -> None:
    wave = np.array([[1.0, -1.0], [0.5, 0.0], [1.0, 1.0]])
    np.testing.assert_allclose(flutter(wave, np.array([1.0, 2.0, 0.0])), FLUTTER * np.array([2.0, -1.0]))
