"""Pitch of synthetic voices: right within a percent, no octave errors, and no voice in noise or silence."""

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.systems.kernels.harmonics import turns
from psi_ecs.systems.kernels.pitch import best_path, lasting, pitch, through

F64 = NDArray[np.float64]
RATE, SPAN = 24_000.0, 100


def buzz(hertz: F64, seed: int = 0, noise: float = 0.02) -> F64:
    """Partials that fall by 6 dB an octave with a formant at 600 Hz, and a little noise."""
    theta = turns(hertz, SPAN, RATE)[:-1]
    k = np.arange(1, 30)
    gain = 1.0 / k * (1.0 + 4.0 * np.exp(-(((k * hertz.mean() - 600.0) / 200.0) ** 2)))
    wave = np.cos(2.0 * np.pi * np.outer(theta, k) + k**2 * 0.3) @ gain
    return 0.1 * wave / wave.std() + 0.1 * noise * np.random.default_rng(seed).normal(size=len(wave))


@pytest.mark.parametrize("middle", [80.0, 120.0, 210.0, 340.0])
def test_a_moving_pitch(middle: float) -> None:
    hertz = middle * 2.0 ** (0.15 * np.sin(np.arange(241) / 25.0))
    found, voiced = pitch(buzz(hertz), RATE, SPAN)
    assert voiced[6:-6].all() and len(found) == 241
    np.testing.assert_allclose(found[6:-6], hertz[6:-6], rtol=0.02)
    assert np.median(np.abs(found / hertz - 1.0)) < 4e-3


def test_voice_begins_and_ends() -> None:
    hertz = np.full(401, 150.0)
    sound = buzz(hertz) + 0.0
    sound[:10_000] = sound[30_000:] = 0.0
    sound += 1e-3 * np.random.default_rng(5).normal(size=len(sound))
    _, voiced = pitch(sound, RATE, SPAN)
    at = np.flatnonzero(voiced)
    assert abs(at[0] - 100) <= 4 and abs(at[-1] - 300) <= 4 and voiced[105:296].all()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_noise_has_no_pitch(seed: int) -> None:
    _, voiced = pitch(np.random.default_rng(seed).normal(size=24_000) * 0.1, RATE, SPAN)
    assert voiced.mean() < 0.1


def test_silence_has_none() -> None:
    hertz, voiced = pitch(np.zeros(2000), RATE, SPAN)
    assert not voiced.any() and (hertz == 150.0).all() and len(hertz) == 21


def test_a_gap_is_crossed_straight_in_octaves() -> None:
    filled = through(np.array([100.0, 9.0, 9.0, 9.0, 160.0]), np.array([True, False, False, False, True]))
    np.testing.assert_allclose(filled, 100.0 * 1.6 ** (np.arange(5) / 4.0))


def test_far_from_a_high_voice_the_pitch_comes_down() -> None:
    hertz, voiced = np.full(60, 400.0), np.arange(60) < 20
    filled = through(hertz, voiced)
    np.testing.assert_allclose(filled[:20], 400.0)
    assert (np.diff(filled[19:28]) < 0.0).all()
    np.testing.assert_allclose(filled[27:], 200.0)


def test_a_voice_lasts() -> None:
    voiced = np.array([1, 1, 1, 1, 1, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1], bool)
    assert np.flatnonzero(lasting(voiced)).tolist() == [0, 1, 2, 3, 4, 10, 11, 12, 13, 14, 15]


def test_the_path_prefers_what_lasts() -> None:
    """One frame in which another pitch scores better does not turn the path away; a weak one does not break it."""
    score = np.full((20, 60), 0.1)
    score[:, 30] = 0.8
    score[10, 5] = 0.95
    score[14] = 0.3
    assert (best_path(score) == 30).all()
