"""Loudness: the table of the standard, the signals of EBU Tech 3341 for one channel, and gains."""

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.systems.kernels.loudness import CEILING, coefficients, gain, loudness, true_peak, weighted

F64 = NDArray[np.float64]
MONO = -10.0 * np.log10(2.0)
"""LU that one channel reads below two with the same signal, which EBU Tech 3341 is written for."""


def sine(db: float, seconds: float, rate: int, hertz: float = 1000.0, phase: float = 0.0) -> F64:
    return np.asarray(10.0 ** (db / 20.0) * np.sin(2.0 * np.pi * (hertz * np.arange(int(seconds * rate)) / rate + phase)))


def test_the_filters_at_48_khz_are_the_table_of_the_standard() -> None:
    """BS.1770-4, annex 1, tables 1 and 2."""
    shelf, high = coefficients(48_000)
    table = (1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585)
    np.testing.assert_allclose(shelf, table, atol=1e-8)
    np.testing.assert_allclose(high, (1.0, -2.0, 1.0, -1.99004745483398, 0.99007225036621), atol=1e-8)


def test_spectra_filter_as_the_recursion_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("psi_ecs.systems.kernels.loudness._PIECE", 30_000)
    x = np.random.default_rng(3).normal(size=100_000)
    y = x
    for b0, b1, b2, a1, a2 in coefficients(24_000):
        out = np.zeros(len(y) + 2)
        padded = np.pad(y, (2, 0))
        for n in range(2, len(padded)):
            out[n] = b0 * padded[n] + b1 * padded[n - 1] + b2 * padded[n - 2] - a1 * out[n - 1] - a2 * out[n - 2]
        y = out[2:]
    np.testing.assert_allclose(weighted(x, 24_000), y, atol=1e-9)


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 44_100, 48_000])
def test_a_sine_reads_its_level_at_any_rate(rate: int) -> None:
    """EBU Tech 3341, cases 1 and 2: -23 and -33 dBFS; and BS.1770-4: 997 Hz at full scale reads -3.01 LUFS."""
    for db in (-23.0, -33.0):
        assert loudness(sine(db, 5.0, rate), rate) == pytest.approx(db + MONO, abs=0.1)
    assert loudness(sine(0.0, 5.0, rate, 997.0), rate) == pytest.approx(-3.01, abs=0.05)


@pytest.mark.parametrize(
    "parts",
    [
        [(-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)],
        [(-72.0, 10.0), (-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0), (-72.0, 10.0)],
        [(-26.0, 20.0), (-20.0, 20.1), (-26.0, 20.0)],
    ],
    ids=["relative gate", "both gates", "no gate"],
)
def test_gates(parts: list[tuple[float, float]]) -> None:
    """EBU Tech 3341, cases 3 to 5: what is quiet does not count."""
    x = np.concatenate([sine(db, seconds, 24_000) for db, seconds in parts])
    assert loudness(x, 24_000) == pytest.approx(-23.0 + MONO, abs=0.1)


def test_silence_has_none_and_what_is_short_has_some() -> None:
    assert loudness(np.zeros(48_000), 24_000) == loudness(np.zeros(0), 24_000) == float("-inf")
    assert gain(np.zeros(48_000), 24_000, -23.0) == gain(np.zeros(0), 24_000, -23.0) == 0.0
    assert -40.0 < loudness(sine(-20.0, 0.1, 24_000), 24_000) < -20.0


@pytest.mark.parametrize("rate", [16_000, 24_000, 44_100, 48_000])
def test_a_peak_between_samples_is_seen(rate: int) -> None:
    """EBU Tech 3341, cases 16 and 17: a quarter of the rate, 45 degrees off, peaks 3 dB above its samples."""
    x = sine(-6.0, 0.2, rate, rate / 4.0, 0.125) * np.hanning(int(0.2 * rate))
    assert 20.0 * np.log10(np.abs(x).max()) < -8.9
    assert -6.4 <= 20.0 * np.log10(true_peak(x, rate)) <= -5.8
    assert true_peak(np.zeros(0), rate) == 0.0


def test_the_gain_reaches_the_goal_unless_a_peak_forbids() -> None:
    x = sine(-30.0, 3.0, 24_000)
    made = x * 10.0 ** (gain(x, 24_000, -23.0) / 20.0)
    assert loudness(made, 24_000) == pytest.approx(-23.0, abs=0.02)
    x[30_000] = 0.5
    held = x * 10.0 ** (gain(x, 24_000, -23.0) / 20.0)
    assert 20.0 * np.log10(true_peak(held, 24_000)) == pytest.approx(CEILING, abs=0.02)
    assert loudness(held, 24_000) < -23.5
