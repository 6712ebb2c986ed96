"""The lapped transform: nothing is lost, and a voice lies on few lines."""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.systems.kernels import lapped
from psi_ecs.systems.kernels.harmonics import turns

F64 = NDArray[np.float64]
RATE, SPAN = 24_000.0, 100


def glide(borders: int = 81) -> F64:
    return 150.0 * 2.0 ** (0.3 * np.sin(np.arange(borders) / 20.0))


def test_without_quantisation_the_sound_comes_back() -> None:
    pitch = glide()
    x = np.cumsum(np.random.default_rng(0).normal(size=8000)) * 0.01
    x -= x.mean()
    again = lapped.backward(lapped.forward(x, pitch, SPAN, RATE), pitch, SPAN, RATE)
    assert 10.0 * np.log10((x**2).sum() / ((x - again) ** 2).sum()) > 50.0


def test_a_gliding_voice_lies_on_the_lines_of_its_partials() -> None:
    pitch = glide()
    theta = turns(pitch, SPAN, RATE)[:-1]
    x = np.cos(2.0 * np.pi * np.outer(theta, (1, 4, 9))).sum(axis=1)
    power = (lapped.forward(x, pitch, SPAN, RATE)[3:-4] ** 2).sum(axis=0)
    near = np.concatenate([np.arange(2 * lapped.CYCLES * k - 3, 2 * lapped.CYCLES * k + 3) for k in (1, 4, 9)])
    assert power[near].sum() > 0.99 * power.sum()


def test_lines_have_their_frequencies() -> None:
    pitch = np.full(81, 200.0)
    x = np.sin(2.0 * np.pi * 1025.0 * np.arange(8000) / RATE)
    lines, hertz = lapped.forward(x, pitch, SPAN, RATE), lapped.hertz(pitch, SPAN, RATE)
    assert lines.shape == hertz.shape
    assert abs(hertz[10][np.abs(lines[10]).argmax()] - 1025.0) <= 50.0
