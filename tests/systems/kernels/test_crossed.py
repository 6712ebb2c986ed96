"""Cross-validation of linear forecasts: against fits made by hand, and what it makes of noise and of motion."""

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.systems.kernels import lift
from psi_ecs.systems.kernels.crossed import BLOCKS, crossed
from psi_ecs.systems.kernels.forecast import Forecast

F64 = NDArray[np.float64]


def paired(track: F64) -> tuple[F64, F64, NDArray[np.int64]]:
    rows = lift.affine(track)
    return rows[:-1], rows[1:], np.zeros(len(rows) - 1, np.int64)


def test_each_block_is_forecast_by_the_others() -> None:
    x, y, run = paired(np.random.default_rng(1).normal(size=(61, 2)).cumsum(0))
    sums = crossed(x, y, run, 3, slice(1, 3), 1e-3)
    assert sums is not None and sums.count == 58
    for block in range(BLOCKS):
        inside = np.arange(60) // 10 == block
        gram = x[~inside].T @ x[~inside] + 1e-3 * np.eye(3)
        step = np.linalg.solve(gram, x[~inside].T @ y[~inside])
        begin = [k for k in range(10 * block, 10 * block + 10) if k + 2 < 60]
        told = x[begin] @ np.linalg.matrix_power(step, 3) - x[begin]
        came = y[np.array(begin) + 2] - x[begin]
        np.testing.assert_allclose(sums.ff[block], (told**2).sum(0)[1:], rtol=1e-8)
        np.testing.assert_allclose(sums.fy[block], (told * came).sum(0)[1:], atol=1e-8)
        np.testing.assert_allclose(sums.yy[block], (came**2).sum(0)[1:], rtol=1e-12)


def test_motion_is_believed_and_luck_is_not() -> None:
    t = 0.1 * np.arange(300)
    swing = np.stack((np.sin(t), np.cos(t)), 1)
    sure = crossed(*paired(swing), 4, slice(1, 3), 1e-6)
    assert sure is not None
    np.testing.assert_allclose(sure.weight(), 1.0, atol=1e-4)
    assert sure.error(sure.weight()).max() < 1e-9 < sure.error(np.zeros(2)).min()


def test_no_forecast_across_a_gap() -> None:
    x, y, run = paired(np.random.default_rng(2).normal(size=(101, 1)))
    run[50:] = 1
    sums = crossed(x, y, run, 5, slice(1, 2), 1e-3)
    assert sums is not None and sums.count == 2 * 46
    assert crossed(x[:20], y[:20], run[:20], 5, slice(1, 2), 1e-3) is None


@pytest.mark.parametrize("steps", [1, 2])
def test_a_random_walk_is_no_worse_than_staying_and_its_error_is_expected(steps: int) -> None:
    """By estimators of 4.8 s with 13 observables, as a partner's place is foretold: within 1 %, over six walks."""
    ours = still = expected = 0.0
    for seed in range(6):
        walk = np.cumsum(np.random.default_rng(seed).normal(0.0, 0.01, (480, 3)), axis=0)
        for k in range(72, 480 - steps, 4):
            past = walk[k - 71 : k + 1]
            forecast = Forecast(lift.scale(past), 1.0 / 15.0, delays=4, memory=144.0)
            forecast.learn(past)
            forecast.refresh()
            told, _ = forecast.predict(steps / 15.0)
            ours += float(((told - walk[k + steps]) ** 2).sum())
            still += float(((walk[k] - walk[k + steps]) ** 2).sum())
            expected += float((forecast.error(steps / 15.0) ** 2).sum())
    assert np.sqrt(ours / still) < 1.01
    assert np.sqrt(expected / ours) == pytest.approx(1.0, abs=0.1)


def test_expected_error_grows_as_trust_falls() -> None:
    """Channels of the same spread, from pure motion to pure noise: the order of trust is the order of the errors found."""
    rng, t = np.random.default_rng(3), 0.25 * np.arange(3000)
    share = np.linspace(0.0, 1.0, 6)
    swing, noise = np.sqrt(2.0) * np.sin(t[:, None] + np.arange(6)), rng.normal(size=(3000, 6))
    track = np.sqrt(1.0 - share) * swing + np.sqrt(share) * noise
    forecast, miss = Forecast(lift.scale(track), 1.0, delays=2, memory=1500.0), []
    for k, row in enumerate(track[:-3]):
        forecast.push(row)
        if k % 250 == 249:
            forecast.refresh()
        if k > 1500:
            miss.append(forecast.predict(3.0)[0] - track[k + 3])
    found = np.sqrt(np.mean(np.square(miss), axis=0))
    assert np.all(np.diff(forecast.trust(3.0)) < 0.0) and np.all(np.diff(found) > 0.0)
    np.testing.assert_allclose(forecast.error(3.0), found, rtol=0.1)
