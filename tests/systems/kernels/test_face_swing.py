"""Gestures as decaying modes: they start from rest, peak where they should, add up and die away."""

import numpy as np
import pytest

from psi_ecs.systems.kernels import face_swing as fs

LAM = fs.eigenvalue(np.array([1.25, 1.0, 1.7]), np.array([4.5, 6.0, 2.0]))


def test_a_unit_impulse_peaks_at_one() -> None:
    """Sampled finely, the response to `unit` starts at 0, peaks at 1 and is gone after 4 s."""
    psi = fs.unit(LAM).astype(complex)
    shown = [psi.imag]
    for _ in range(4000):
        psi = fs.advance(psi, LAM, 0.001)
        shown.append(psi.imag)
    track = np.array(shown)
    assert not track[0].any()
    np.testing.assert_allclose(track.max(axis=0), 1.0, atol=1e-4)
    assert np.abs(track[-1]).max() < 1e-3


def test_steps_of_any_length_agree() -> None:
    """The mode is a closed form: one long step equals many short ones."""
    psi = np.array([1.0, 0.5j, 1 + 1j])
    short = psi
    for _ in range(60):
        short = fs.advance(short, LAM, 1 / 60)
    assert fs.advance(psi, LAM, 1.0) == pytest.approx(short, abs=1e-12)
