"""Forecasts of streams: better than guesses, and trusted as far as they are good."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.backend import BackendError
from psi_ecs.systems.kernels import lift
from psi_ecs.systems.kernels.forecast import Forecast
from psi_ecs.systems.kernels.lift import Scale, scale

F64 = NDArray[np.float64]

DT = 0.01


def tones(count: int, noise: float, seed: int) -> tuple[F64, F64]:
    """Two tones mixed into two channels, f64[count, 2] without and with noise."""
    t = np.arange(count) * DT
    low, high = 2.0 * np.pi * 3.1 * t, 2.0 * np.pi * 7.3 * t
    clean = np.stack([np.sin(low) + 0.6 * np.sin(high + 1.0), 5.0 + 0.5 * np.cos(low) - 0.8 * np.sin(high)], 1)
    return clean, clean + noise * np.random.default_rng(seed).normal(size=clean.shape)


def run(x: F64, truth: F64, steps: int, forecast: Forecast) -> tuple[float, float, float, float]:
    """Error of forecast, persistence and line over the second half, and mean trust."""
    errors = np.zeros((3, 0, x.shape[1]))
    trusts = []
    for k in range(len(x) - steps):
        forecast.push(x[k])
        if k % 200 == 199:
            forecast.refresh()
        if k > len(x) // 2:
            ahead, trust = forecast.predict(steps * DT)
            guesses = np.stack([ahead, x[k], x[k] + steps * (x[k] - x[k - 1])])
            errors = np.concatenate([errors, (guesses - truth[k + steps])[:, None]], 1)
            trusts.append(trust)
    ours, still, line = np.sqrt((errors**2).mean((1, 2)))
    return float(ours), float(still), float(line), float(np.mean(trusts))


@pytest.mark.parametrize(("noise", "ratio"), [(0.0, 1e-3), (0.1, 0.06), (0.3, 0.2)])
def test_fifty_milliseconds_ahead_of_noisy_tones(noise: float, ratio: float) -> None:
    clean, x = tones(3000, noise, 1)
    ours, still, line, trust = run(x, clean, 5, Forecast(scale(x[:500]), DT, 20, 2000.0))
    assert ours < ratio * still and ours < ratio * line
    assert trust == pytest.approx(1.0 - (ours**2 + noise**2) / x.var(0).mean(), abs=0.05)


def test_trust_tells_noise_from_motion() -> None:
    noise = np.random.default_rng(2).normal(size=(1500, 2))
    clean, _ = tones(1500, 0.0, 3)
    mixed = np.column_stack([clean[:, 0], noise[:, 0]])
    forecast = Forecast(scale(mixed), DT, 8, 1000.0)
    for sample in mixed:
        forecast.push(sample)
    forecast.refresh()
    sure, unsure = forecast.trust(0.05)
    assert sure > 0.95 and unsure < 0.1
    assert forecast.trust(0.0).tolist() == [1.0, 1.0]


def test_nonlinear_motion_needs_a_dictionary() -> None:
    """Of the logistic map x' = 3.7 x (1 - x), one step ahead: a line explains some, the square all."""
    x = np.full(600, 0.3)
    for k in range(1, 600):
        x[k] = 3.7 * x[k - 1] * (1.0 - x[k - 1])
    trusts = []
    for dictionary in (lift.affine, lambda z: lift.monomials(z, 2)):
        forecast = Forecast(scale(x[:, None]), 1.0, 1, 1000.0, dictionary)
        for sample in x:
            forecast.push(np.array([sample]))
        forecast.refresh()
        ahead, trust = forecast.predict(1.0)
        trusts.append(trust)
    assert trusts[0] < 0.8 and trusts[1] > 0.999
    assert ahead[0] == pytest.approx(3.7 * x[-1] * (1.0 - x[-1]), abs=1e-3)


def test_far_ahead_it_stays_bounded() -> None:
    _, x = tones(1200, 0.05, 4)
    forecast = Forecast(scale(x), DT, 6, 300.0)
    for sample in x + 1e-3 * np.arange(1200)[:, None]:
        forecast.push(sample)
    forecast.refresh()
    for seconds in (1.0, 1e3, 1e6):
        ahead, trust = forecast.predict(seconds)
        assert np.abs(ahead).max() < 100.0 and 0.0 <= trust <= 1.0


def test_before_it_has_learnt_it_expects_no_change() -> None:
    forecast = Forecast(Scale(np.zeros(2), np.ones(2)), DT, 3)
    forecast.refresh()
    forecast.push(np.array([2.0, -1.0]))
    ahead, trust = forecast.predict(0.05)
    assert ahead.tolist() == [2.0, -1.0] and trust == 0.0


def test_a_still_signal_is_sure_to_stay() -> None:
    forecast = Forecast(scale(np.full((10, 2), 7.0)), DT, 4)
    for _ in range(200):
        forecast.push(np.full(2, 7.0))
    forecast.refresh()
    ahead, trust = forecast.predict(10.0)
    np.testing.assert_allclose(ahead, 7.0, atol=1e-6)
    assert trust > 0.99


def test_gaps_are_not_learnt_across() -> None:
    """A jump that follows a missing sample is no motion of the system."""
    clean, _ = tones(1400, 0.0, 5)
    forecast = Forecast(scale(clean), DT, 6, 500.0)
    for k, sample in enumerate(clean):
        if k % 100 == 50:
            with pytest.raises(BackendError, match="not finite"):
                forecast.push(np.array([np.nan, 0.0]))
        elif not 50 < k % 100 < 63:
            forecast.push(sample)
    forecast.refresh()
    ahead, trust = forecast.predict(DT)
    assert trust > 0.999
    np.testing.assert_allclose(ahead, tones(1401, 0.0, 5)[0][-1], atol=1e-2)


@pytest.mark.parametrize(
    "call",
    [
        lambda f: f.push(np.zeros(3)),
        lambda f: f.predict(-1.0),
        lambda f: f.predict(np.nan),
        lambda f: Forecast(f.scale, DT, 0),
        lambda f: Forecast(f.scale, DT, 2, 1.0),
        lambda f: Forecast(f.scale, np.nan, 2),
    ],
)
def test_what_cannot_be_used_is_named_in_one_line(call: Callable[[Forecast], object]) -> None:
    with pytest.raises(BackendError) as caught:
        call(Forecast(Scale(np.zeros(2), np.ones(2)), DT, 2))
    assert "\n" not in str(caught.value) and len(str(caught.value)) > 20


def test_learning_at_once_is_learning_one_by_one() -> None:
    """Without forgetting the prior is the same, and so are the step matrices."""
    t = np.arange(160)[:, None] * 0.05
    x = np.concatenate([np.sin(3.0 * t), np.cos(5.0 * t + 1.0)], axis=1) + 0.01 * np.random.default_rng(3).normal(size=(160, 2))
    scale = lift.scale(x)
    slow, quick = (Forecast(scale, 0.05, delays=3, memory=1e12) for _ in range(2))
    for row in x:
        slow.push(row)
    quick.learn(x)
    np.testing.assert_allclose(quick.online.step, slow.online.step, atol=1e-8)
    for forecast in (slow, quick):
        forecast.push(x[0])
        forecast.refresh()
    np.testing.assert_allclose(quick.predict(0.12)[0], slow.predict(0.12)[0], atol=1e-7)
    np.testing.assert_allclose(quick.trust(0.12), slow.trust(0.12), atol=1e-6)


def test_too_few_samples_to_learn_from() -> None:
    with pytest.raises(BackendError, match="at least"):
        Forecast(lift.scale(np.eye(2)), 0.1, delays=3).learn(np.zeros((3, 2)))
