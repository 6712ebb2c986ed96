"""Harmonic analysis: known partials come back, and the bank gives back the sound."""

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.systems.kernels.harmonics import analyse, read, synthesise, tracks, turns

F64 = NDArray[np.float64]
RATE, SPAN = 24_000.0, 100


def decibels(x: F64, y: F64) -> float:
    """Of the sound against what is left."""
    return float(10.0 * np.log10((x**2).sum() / ((x - y) ** 2).sum()))


def glide(borders: int) -> F64:
    return 150.0 * 2.0 ** (0.3 * np.sin(np.arange(borders) / 40.0))


def voice(pitch: F64, count: int, seed: int = 0) -> tuple[F64, NDArray[np.complex128]]:
    """A sum of steady partials on a moving pitch."""
    theta = turns(pitch, SPAN, RATE)[:-1]
    a = np.random.default_rng(seed).normal(size=(2, count)) / np.arange(1, count + 1)
    c = a[0] + 1j * a[1]
    return np.real(np.exp(2j * np.pi * np.outer(theta, np.arange(1, count + 1))) @ c), c


def test_reading_between_samples() -> None:
    n, at = np.arange(4000), np.random.default_rng(1).uniform(100.0, 3900.0, 500)
    for hertz in (50.0, 1000.0, 6000.0, 10_000.0):
        wave = np.cos(2.0 * np.pi * hertz / RATE * n)
        np.testing.assert_allclose(read(wave, at), np.cos(2.0 * np.pi * hertz / RATE * at), atol=1e-3)


@pytest.mark.parametrize("count", [1, 12, 40])
def test_partials_come_back(count: int) -> None:
    """Steady amplitudes on a gliding pitch are found to 1e-3 of the largest at every border away from the ends."""
    pitch = glide(121)
    sound, c = voice(pitch, count)
    found = analyse(sound, pitch, SPAN, RATE)[8:-8]
    assert np.abs(found[:, :count] - c).max() < 1e-3 * np.abs(c).max()
    assert np.abs(found[:, count : count + 20]).max() < 1e-3 * np.abs(c).max()


def test_a_start_phase_turns_the_partials() -> None:
    pitch = glide(61)
    sound, _ = voice(pitch, 6)
    plain, turned = analyse(sound, pitch, SPAN, RATE), analyse(sound, pitch, SPAN, RATE, 0.3)
    np.testing.assert_allclose(turned * np.exp(0.6j * np.pi * np.arange(1, plain.shape[1] + 1)), plain, atol=1e-9)


def test_nothing_at_and_above_nyquist() -> None:
    pitch = glide(61)
    found = analyse(np.random.default_rng(2).normal(size=6000), pitch, SPAN, RATE)
    assert (found[pitch[:, None] * np.arange(1, found.shape[1] + 1) >= 0.5 * RATE] == 0.0).all()


def test_the_bank_gives_the_sound_back() -> None:
    pitch = glide(121)
    sound, _ = voice(pitch, 40)
    found = analyse(sound, pitch, SPAN, RATE)
    again = synthesise(found, pitch, SPAN, RATE)
    assert decibels(sound[1000:-1000], again[1000:-1000]) > 55.0


def test_a_second_look_adds_what_the_first_left() -> None:
    """Noise too is a sum of partials whose amplitudes move: rounds bring the bank nearer to it."""
    pitch = glide(121)
    sound = np.random.default_rng(3).normal(size=12_000) * 0.1
    left = [decibels(sound, synthesise(tracks(sound, pitch, SPAN, RATE, 0.2, n), pitch, SPAN, RATE, 0.2)) for n in (1, 2, 3)]
    assert 4.0 < left[0] < left[1] < left[2]


def test_pieces_of_the_bank_make_the_same_as_one() -> None:
    pitch = glide(41)
    sound, _ = voice(pitch, 30)
    found = analyse(sound, pitch, SPAN, RATE)
    np.testing.assert_allclose(
        synthesise(found, pitch, SPAN, RATE, 0.7, 4), synthesise(found, pitch, SPAN, RATE, 0.7, 40), atol=1e-5
    )
