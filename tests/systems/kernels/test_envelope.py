"""Envelopes: the axis bends and bends back, cepstra come back, and the phase is the minimum phase."""

import numpy as np

from psi_ecs.systems.kernels import envelope

RATE = 24_000.0


def test_the_axis_bends_back() -> None:
    w = np.linspace(0.0, np.pi, 101)
    np.testing.assert_allclose(envelope.bend(envelope.bend(w), -envelope.WARP), w, atol=1e-12)
    assert (np.diff(envelope.places()) > 0.0).all() and envelope.places()[[0, -1]].tolist() == [0.0, 1.0]


def test_cepstra_come_back() -> None:
    c = np.random.default_rng(0).normal(size=(3, 60)) / np.arange(1, 61)
    np.testing.assert_allclose(envelope.cepstrum(envelope.spectrum(c)[0], 60), c, atol=1e-12)


def test_the_phase_is_that_of_a_minimum_phase_system() -> None:
    """One pole at 0.9 on the bent axis: 1 / (1 - 0.9 z^-1) has the cepstrum 0.9^m / m."""
    m = np.arange(1, 200)
    log_envelope, phase = envelope.spectrum(np.concatenate(([0.0], 0.9**m / m))[None])
    w = np.linspace(0.0, np.pi, envelope.POINTS)
    known = 1.0 / (1.0 - 0.9 * np.exp(-1j * w))
    np.testing.assert_allclose(log_envelope[0], np.log(np.abs(known)), atol=1e-6)
    np.testing.assert_allclose(phase[0], np.angle(known), atol=1e-6)


def test_partials_to_places_and_back() -> None:
    """A smooth envelope is read from partials and given back to others; there is nothing at and above Nyquist."""
    pitch = np.array([100.0, 180.0, 290.0])
    k = np.arange(1, 121)
    smooth = lambda hertz: np.cos(hertz / 3000.0)  # noqa: E731
    at = envelope.from_partials(smooth(pitch[:, None] * k), pitch, RATE)
    back = envelope.at_partials(at, pitch, RATE, 119)
    hertz = pitch[:, None] * k[:-1]
    inside = hertz < 0.5 * RATE - 2.0 * pitch[:, None]
    assert np.abs(back - smooth(hertz))[inside].max() < 2e-3
    assert (back[hertz >= 0.5 * RATE] == 0.0).all()


def test_frequencies_of_an_envelope_can_be_moved() -> None:
    """Read at 0.8 of each frequency, a bump of 1500 Hz stands at 1875 Hz; read where it is, nothing changes."""
    hertz = envelope.places() * 0.5 * RATE
    bump = envelope.cepstrum(np.exp(-(((hertz - 1500.0) / 400.0) ** 2))[None], 60)
    moved = envelope.spectrum(envelope.warped(np.repeat(bump, 2, axis=0), np.stack((0.8, 1.0))[:, None] * envelope.places()))[0]
    assert abs(hertz[moved[0].argmax()] - 1875.0) < 40.0 and abs(hertz[moved[1].argmax()] - 1500.0) < 40.0
    np.testing.assert_allclose(moved[1], envelope.spectrum(bump)[0][0], atol=1e-3)
