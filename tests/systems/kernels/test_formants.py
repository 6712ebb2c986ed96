"""Formants and pulse shapes that were put in come out."""

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.systems.kernels import formants
from psi_ecs.systems.kernels.glottis import source
from psi_ecs.systems.kernels.tract import inverse_modes

F64 = NDArray[np.float64]
C128 = NDArray[np.complex128]
WIDTH = np.array([[80.0, 90.0, 130.0, 180.0]])


def vowel(centre: F64, rd: float, pitch: float = 120.0) -> tuple[C128, F64]:
    """Partials of a pulse of shape rd through four moving formants f64[T, 4]."""
    frames, k = len(centre), np.arange(1, int(5900.0 / pitch))
    hertz = np.full(frames, pitch)
    gain = 1.0 / inverse_modes(hertz[:, None] * k, centre, np.repeat(WIDTH, frames, 0)).prod(axis=1)
    return np.asarray(source(np.full(frames, rd), len(k)) * gain), hertz


def moving(frames: int = 60) -> F64:
    u = np.linspace(0.0, 1.0, frames)[:, None]
    return np.asarray((1.0 - u) * np.array([700.0, 1200.0, 2500.0, 3600.0]) + u * np.array([320.0, 2200.0, 2900.0, 3700.0]))


def test_a_diphthong() -> None:
    centre = moving()
    found = formants.modes(*vowel(centre, 1.0))
    hertz, width = found.imag / (2.0 * np.pi), -found.real / np.pi
    off = np.abs(hertz / centre - 1.0)
    assert (np.median(off, axis=0) < (0.1, 0.05, 0.03, 0.04)).all()
    assert off.max() < 0.25 and (width > 0.0).all() and (np.diff(hertz, axis=1) > 0.0).all()


@pytest.mark.parametrize("rd", [0.5, 1.0, 2.0])
def test_the_shape_of_the_pulse(rd: float) -> None:
    """With the formants known, Rd comes back; with those found, tense and breathy are still told apart."""
    centre = moving()
    tones, pitch = vowel(centre, rd)
    known = formants.dmd.rate(np.exp((-np.pi * WIDTH + 2j * np.pi * centre) / 11_000.0), 1.0 / 11_000.0)
    np.testing.assert_allclose(formants.shape(tones, pitch, known), rd, atol=0.02)


def test_tense_and_breathy_are_told_apart() -> None:
    rd = [
        float(np.median(formants.shape(t, p, formants.modes(t, p)))) for t, p in (vowel(moving(), r) for r in (0.5, 1.0, 2.0))
    ]
    assert rd[0] < rd[1] < rd[2]


def test_the_predictor_of_a_known_system() -> None:
    a = np.array([[1.0, -1.2, 0.8]])
    power = 1.0 / np.abs(np.fft.rfft(a, 2048)) ** 2
    np.testing.assert_allclose(formants.predictor(power, 2), a, atol=1e-6)
    np.testing.assert_allclose(np.sort_complex(formants.poles(a)[0]), np.sort_complex(np.roots(a[0])))
