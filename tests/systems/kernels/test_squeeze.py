"""Recordings in few bytes: the bytes are counted, the sound comes back near enough, and damage is noticed or harmless."""

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.backend import BackendError
from psi_ecs.systems.kernels.harmonics import turns
from psi_ecs.systems.kernels.squeeze import squeeze, unsqueeze

F64 = NDArray[np.float64]
B = NDArray[np.bool_]
RATE, SPAN = 24_000.0, 100


@cache
def speech() -> tuple[F64, F64, B]:
    """A second: a gliding buzz with two formants, then hiss."""
    pitch = 150.0 * 2.0 ** (0.3 * np.sin(np.arange(241) / 30.0))
    theta = turns(pitch, SPAN, RATE)[:-1]
    k = np.arange(1, 40)
    bumps = (6.0 * np.exp(-(((k * 150.0 - 600.0) / 150.0) ** 2)), 3.0 * np.exp(-(((k * 150.0 - 1800.0) / 200.0) ** 2)))
    gain = (1.0 + sum(bumps)) / k
    x = np.cos(2.0 * np.pi * np.outer(theta, k) + 0.1 * k**2) @ gain * 0.03
    voiced = np.arange(241) < 160
    x[16_000:] = 0.02 * np.random.default_rng(0).normal(size=8000)
    return x + 1e-4 * np.random.default_rng(1).normal(size=24_000), pitch, voiced


def decibels(x: F64, y: F64) -> float:
    return float(10.0 * np.log10((x**2).sum() / ((x - y) ** 2).sum()))


@pytest.mark.parametrize("bits", [12_000.0, 24_000.0, 48_000.0])
def test_the_bytes_are_as_many_as_asked_for(bits: float) -> None:
    data = squeeze(*speech(), SPAN, RATE, bits)
    assert 0.88 * bits < 8 * len(data) < 1.01 * bits


def test_more_bytes_sound_nearer() -> None:
    x, pitch, voiced = speech()
    ratio = []
    for bits in (12_000.0, 24_000.0, 48_000.0):
        sound, found, voice = unsqueeze(squeeze(x, pitch, voiced, SPAN, RATE, bits), 241, SPAN, RATE)
        assert len(sound) == 24_000 and len(found) == len(voice) == 241
        ratio.append(decibels(x[:15_000], sound[:15_000]))
        level = 20.0 * np.log10(sound[17_000:23_000].std() / x[17_000:23_000].std())
        assert abs(level) < 2.0, "hiss keeps its level"
    assert 8.0 < ratio[0] < ratio[1] < ratio[2]
    np.testing.assert_allclose(np.log2(found / pitch), 0.0, atol=0.02)
    assert (voice == voiced).mean() > 0.98


def test_the_same_bytes_every_time() -> None:
    first = squeeze(*speech(), SPAN, RATE, 24_000.0)
    assert squeeze(*speech(), SPAN, RATE, 24_000.0) == first
    assert (unsqueeze(first, 241, SPAN, RATE)[0] == unsqueeze(first, 241, SPAN, RATE)[0]).all()


def test_damaged_bytes_are_noticed_or_make_some_finite_sound() -> None:
    data = squeeze(*speech(), SPAN, RATE, 12_000.0)
    noticed = 0
    for at in range(0, len(data), 150):
        broken = data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]
        try:
            sound, _, _ = unsqueeze(broken, 241, SPAN, RATE)
        except BackendError as why:
            noticed += 1
            assert "\n" not in str(why)
        else:
            assert np.isfinite(sound).all()
    assert noticed > 0


def test_bytes_that_end_early_are_noticed_or_end_in_silence() -> None:
    data = squeeze(*speech(), SPAN, RATE, 24_000.0)
    with pytest.raises(BackendError):
        unsqueeze(data[: len(data) // 20], 20_001, SPAN, RATE)
