"""The frame code: what it says of known voices and noises, and what it gives back."""

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.systems.kernels import framecode
from psi_ecs.systems.kernels.harmonics import analyse
from psi_ecs.systems.kernels.noise import noise, phases

F64 = NDArray[np.float64]
C128 = NDArray[np.complex128]
RATE, SPAN = 24_000.0, 100


def smooth_voice(frames: int = 40) -> tuple[F64, C128]:
    """Partials of a smooth minimum-phase envelope on a moving pitch."""
    pitch = 150.0 * 2.0 ** (0.2 * np.sin(np.arange(frames) / 9.0))
    hertz = pitch[:, None] * np.arange(1, 81)
    pole = 250.0 - 1500.0j
    tones = 1e7 / ((1j * hertz + pole) * (1j * hertz + np.conj(pole))) / (1.0 + 1j * hertz / 800.0)
    return pitch, np.where(hertz < 0.5 * RATE, tones * np.sqrt(pitch / 150.0)[:, None], 0.0)


def test_a_smooth_voice_comes_back() -> None:
    pitch, tones = smooth_voice()
    code = framecode.encode(pitch, np.ones(len(pitch), bool), tones, RATE)
    assert code.shape == (40, framecode.COLUMNS) and np.isfinite(code).all()
    np.testing.assert_allclose(code[:, framecode.PITCH], 12.0 * np.log2(pitch))
    assert (code[:, framecode.VOICE] == 1.0).all() and code[3:-3, framecode.NOISE].max() < 0.05
    code[:, framecode.NOISE] = 0.0
    again, hiss = framecode.decode(code, RATE, 80)
    inside = pitch[:, None] * np.arange(1, 81) < 9000.0
    off = np.abs(again - tones)[inside] / np.abs(tones)[inside]
    assert np.sqrt((off**2).mean()) < 0.1
    assert (hiss == 0.0).all()


def test_noise_is_called_noise_and_keeps_its_level() -> None:
    sound = np.random.default_rng(0).normal(size=24_000) * 0.1
    pitch = np.full(241, 150.0)
    code = framecode.encode(pitch, np.zeros(241, bool), analyse(sound, pitch, SPAN, RATE), RATE)
    assert code[:, framecode.NOISE][:, 1:].mean() > 0.8 and (code[:, framecode.VOICE] == 0.0).all()
    tones, bands = framecode.decode(code, RATE, 80)
    assert (tones[:, 9:] == 0.0).all()
    turn, out = 2.0 * np.pi * phases(1, 0, 241, framecode.BINS), np.empty(24_000, np.float32)
    noise(bands * np.cos(turn), bands * np.sin(turn), out)
    high = np.fft.rfftfreq(24_000, 1.0 / RATE) > 1500.0
    level = [float((np.abs(np.fft.rfft(x))[high] ** 2).sum()) for x in (out, sound)]
    assert abs(10.0 * np.log10(level[0] / level[1])) < 1.0


def test_power_does_not_change_with_pitch() -> None:
    pitch, tones = smooth_voice()
    code = framecode.encode(pitch, np.ones(len(pitch), bool), tones, RATE)
    power = []
    for steps in (0.0, 5.0, 12.0):
        code[:, framecode.PITCH] = 12.0 * np.log2(120.0) + steps
        power.append((np.abs(framecode.decode(code, RATE, 100)[0]) ** 2).sum())
    assert np.abs(10.0 * np.log10(np.array(power) / power[0])).max() < 1.5


@pytest.mark.parametrize("seed", [1, 2])
def test_any_numbers_are_a_code(seed: int) -> None:
    """What a network predicts can be played: finite, nothing above Nyquist, no noise at 0 Hz."""
    code = np.random.default_rng(seed).normal(size=(9, framecode.COLUMNS))
    code[:, framecode.PITCH] += 90.0
    tones, hiss = framecode.decode(code, RATE, 90)
    assert np.isfinite(tones).all() and np.isfinite(hiss).all() and (hiss >= 0.0).all()
    hertz = np.exp2(code[:, framecode.PITCH] / 12.0)[:, None] * np.arange(1, 91)
    assert (tones[hertz >= 0.5 * RATE] == 0.0).all() and (hiss[:, [0, -1]] == 0.0).all()


def test_voice_and_noise_share_the_power() -> None:
    pitch, tones = smooth_voice()
    code = framecode.encode(pitch, np.ones(len(pitch), bool), tones, RATE)
    code[:, framecode.NOISE] = 0.0
    before, _ = framecode.decode(code, RATE, 80)
    code[:, framecode.NOISE] = 0.25
    part, hiss = framecode.decode(code, RATE, 80)
    high = pitch[:, None] * np.arange(1, 81) > framecode.HERTZ[0]
    first, second = (np.abs(a) ** 2 / pitch[:, None] for a in (before, part))
    np.testing.assert_allclose(second[high].sum() / first[high].sum(), 0.75, atol=1e-9)
    lost = first.sum() - second.sum()
    assert 0.8 < (hiss**2).sum() / framecode.BIN / lost / np.exp(0.25 * framecode.EULER) < 1.25


def test_air_is_noise_of_the_same_envelope_besides() -> None:
    pitch, tones = smooth_voice()
    code = framecode.encode(pitch, np.ones(len(pitch), bool), tones, RATE)
    code[:, framecode.NOISE] = 0.0
    air = np.zeros((len(pitch), framecode.BINS))
    air[:, 20:] = 0.01
    plain, silent = framecode.decode(code, RATE, 80)
    still, hiss = framecode.decode(code, RATE, 80, air=air)
    assert np.array_equal(plain, still) and (silent == 0.0).all() and (hiss[:, :20] == 0.0).all()
    voice = np.interp(3000.0, pitch[0] * np.arange(1, 81), np.abs(tones[0])) ** 2 / pitch[0]
    assert abs(10.0 * np.log10(hiss[0, 25] ** 2 / framecode.BIN / voice) + 20.0) < 1.0
