"""Noise oscillators: their levels, their steadiness, and that they start from anywhere."""

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.systems.kernels.noise import noise, phases, uniform

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
SPAN, BINS, RATE = 100, 101, 24_000


def rustle(level: F64, borders: int, seed: int = 1, first: int = 0) -> F32:
    """Noise of steady amplitudes f64[BINS] over some borders, in one piece."""
    turn = 2.0 * np.pi * phases(seed, first, borders + 1, BINS)
    out = np.empty(borders * SPAN, np.float32)
    noise(level * np.cos(turn), level * np.sin(turn), out)
    return out


def density(x: F32) -> F64:
    """Power in each of the bands of 120 Hz."""
    frames = x[: len(x) // 2400 * 2400].reshape(-1, 2400) * np.hanning(2400)
    power = (np.abs(np.fft.rfft(frames, axis=1)) ** 2).mean(0) / (2400.0 * 0.375 * 2400.0) * 2.0
    return np.array([power[max(0, 12 * b - 6) : 12 * b + 6].sum() for b in range(BINS)])


def test_each_band_has_the_power_that_was_asked_for() -> None:
    level = np.zeros(BINS)
    level[10:30], level[30:60], level[60:90] = 0.1, 0.01, 0.3
    got = density(rustle(level, 20_000))
    for low, high, asked in ((14, 26, 0.1), (36, 54, 0.01), (66, 84, 0.3)):
        assert 10.0 * np.log10(got[low:high].mean() / (0.5 * asked**2)) == pytest.approx(0.0, abs=0.5)
    assert got[1:6].max() < 1e-4 * got[20]  # nothing where nothing was asked


def test_a_band_stays_where_it_is() -> None:
    level = np.zeros(BINS)
    level[40] = 1.0
    got = density(rustle(level, 10_000))
    assert got.argmax() == 40
    assert got[39:42].sum() > 0.9 * got.sum()
    assert got[np.abs(np.arange(BINS) - 40) > 4].sum() < 0.01 * got.sum()


def test_power_is_even_between_borders() -> None:
    x = rustle(np.full(BINS, 0.1), 40_000).reshape(-1, SPAN)
    power = (x.astype(np.float64) ** 2).mean(0)
    assert power.std() < 0.03 * power.mean()


def test_blocks_make_the_same_as_one_piece() -> None:
    rng = np.random.default_rng(2)
    level = rng.uniform(0.0, 0.2, (41, BINS))
    turn = 2.0 * np.pi * phases(9, 700, 41, BINS)
    re, im = level * np.cos(turn), level * np.sin(turn)
    whole = np.empty(4000, np.float32)
    noise(re, im, whole)
    for b in range(10):
        part = np.empty(400, np.float32)
        noise(re[4 * b : 4 * b + 5], im[4 * b : 4 * b + 5], part)
        np.testing.assert_allclose(part, whole[400 * b : 400 * b + 400], atol=1e-6)


def test_no_amplitude_no_sound() -> None:
    out = np.full(400, np.nan, np.float32)
    noise(np.zeros((5, BINS)), np.zeros((5, BINS)), out)
    assert not out.any()


def test_nothing_at_0_hz_nor_nyquist() -> None:
    level = np.zeros((5, BINS))
    level[:, [0, -1]] = 1.0
    out = np.empty(400, np.float32)
    noise(level, level, out)
    assert np.abs(out).max() < 1e-6


def test_phases_count_from_any_border() -> None:
    whole = phases(4, 1_000_000, 50, BINS)
    np.testing.assert_array_equal(phases(4, 1_000_020, 5, BINS), whole[20:25])
    assert not np.array_equal(phases(5, 1_000_000, 50, BINS), whole)


def test_uniform_is_uniform() -> None:
    drawn = uniform(3, np.arange(100_000, dtype=np.uint64))
    assert 0.0 <= drawn.min() < drawn.max() < 1.0
    counts = np.histogram(drawn, 20, (0.0, 1.0))[0]
    assert ((counts - 5000.0) ** 2 / 5000.0).sum() < 44.0  # chi-squared, 19 degrees of freedom, p = 0.001
    assert abs(np.corrcoef(drawn[1:], drawn[:-1])[0, 1]) < 0.02
