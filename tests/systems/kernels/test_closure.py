"""The glottal phase: whole at the closures of a synthetic voice, whichever way up it is."""

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.systems.kernels.closure import follow, lock
from psi_ecs.systems.kernels.harmonics import turns

F64 = NDArray[np.float64]
RATE, SPAN = 24_000.0, 100


def pulses(hertz: F64) -> F64:
    """Minimum-phase pulses (damped formants, real poles) at the whole turns of the phase."""
    k = np.arange(1, int(9000.0 / hertz.max()))
    f = np.outer(hertz, k)
    response = 1.0 / (1.0 + 1j * f / 300.0) ** 2
    for centre, width in ((600.0, 80.0), (1700.0, 120.0), (2600.0, 160.0)):
        pole = width / 2.0 - 1j * centre
        response = response / ((1j * f + pole) * (1j * f + np.conj(pole))) * centre**2
    theta = turns(hertz, SPAN, RATE)[:-1]
    n, borders = np.arange(len(theta)) / SPAN, np.arange(len(hertz))
    wave = np.zeros(len(theta))
    for i, number in enumerate(k):
        re, im = np.interp(n, borders, response[:, i].real), np.interp(n, borders, response[:, i].imag)
        wave += np.real((re + 1j * im) * np.exp(2j * np.pi * number * theta))
    return 0.1 * wave / wave.std()


@pytest.mark.parametrize("sign", [1, -1])
def test_the_phase_is_whole_at_closures(sign: int) -> None:
    hertz = 140.0 * 2.0 ** (0.2 * np.sin(np.arange(241) / 30.0))
    sound = sign * pulses(hertz)
    true = turns(hertz, SPAN, RATE)
    found, start, upright = lock(sound, hertz * 1.004, np.ones(241, bool), SPAN, RATE)
    assert upright == sign
    apart = (turns(found, SPAN, RATE, start) - true + 0.5)[1000:-1000] % 1.0 - 0.5
    assert np.abs(apart).max() < 0.06 and apart.std() < 0.02
    np.testing.assert_allclose(found[10:-10], hertz[10:-10], rtol=0.02)


def test_without_a_voice_nothing_changes() -> None:
    hertz = np.full(31, 150.0)
    found, start, sign = lock(np.zeros(3000), hertz, np.zeros(31, bool), SPAN, RATE)
    assert (found == hertz).all() and (start, sign) == (0.0, 1)


def test_the_path_goes_around_the_circle() -> None:
    """A peak that moves across the seam is followed; a jump of one frame is not."""
    score = np.zeros((40, 64))
    at = (60 + np.arange(40) // 4) % 64
    score[np.arange(40), at] = 1.0
    score[20] = 0.0
    score[20, 30] = 1.0
    path = follow(score, np.ones(40, bool))
    assert (np.delete(path, 20) == np.delete(at, 20)).all()
