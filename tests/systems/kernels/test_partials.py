"""Partials against the sum that they stand for."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.systems.kernels.partials import partials, phase

F64 = NDArray[np.float64]
SPAN, RATE = 100, 24_000.0


def plain(theta: F64, re: F64, im: F64) -> F64:
    """The sum itself, partial by partial."""
    n = np.arange(len(theta))
    j, u = n // SPAN, (n % SPAN) / SPAN
    k = np.arange(1, re.shape[1] + 1)
    amplitude = (re + 1j * im)[j] * (1.0 - u[:, None]) + (re + 1j * im)[j + 1] * u[:, None]
    return np.asarray((amplitude * np.exp(2j * np.pi * theta[:, None] * k)).sum(1).real)


def glide(borders: int) -> F64:
    """A pitch that moves, Hz at each border."""
    return 180.0 * 2.0 ** (0.5 * np.sin(np.arange(borders + 1) / 7.0))


def amplitudes(borders: int, count: int, seed: int = 1) -> tuple[F64, F64]:
    fall = 1.0 / np.arange(1.0, count + 1.0)
    re, im = np.random.default_rng(seed).normal(0.0, 1.0, (2, borders + 1, count)) * fall
    return re, im


@pytest.mark.parametrize(("count", "error"), [(1, 1e-6), (8, 2e-5), (40, 3e-4), (150, 3e-4)])
def test_the_sum(count: int, error: float) -> None:
    theta, (re, im) = phase(0.3, glide(4), SPAN, RATE)[:-1], amplitudes(4, count)
    out = np.empty(400, np.float32)
    partials(theta, re, im, out)
    expected = plain(theta, re, im)
    assert np.abs(out - expected).max() < error * np.abs(expected).max() + 1e-6


def test_blocks_make_the_same_as_one_piece() -> None:
    blocks, count = 12, 60
    pitch, (re, im) = glide(4 * blocks), amplitudes(4 * blocks, count)
    whole = np.empty(400 * blocks, np.float32)
    partials(phase(0.9, pitch, SPAN, RATE)[:-1], re, im, whole)
    theta, parts = 0.9, np.empty_like(whole)
    for b in range(blocks):
        path = phase(theta, pitch[4 * b : 4 * b + 5], SPAN, RATE)
        partials(path[:-1], re[4 * b : 4 * b + 5], im[4 * b : 4 * b + 5], parts[400 * b : 400 * b + 400])
        theta = float(path[-1])
    np.testing.assert_allclose(parts, whole, atol=2e-6)


def test_no_step_at_a_border() -> None:
    """Across borders the sound moves no more than within."""
    pitch, (re, im) = glide(40), amplitudes(40, 12)
    out = np.empty(4000, np.float32)
    partials(phase(0.0, pitch, SPAN, RATE)[:-1], re, im, out)
    move = np.abs(np.diff(out))
    border = move[SPAN - 1 :: SPAN]
    assert border.max() <= 1.05 * move.max()
    assert border.mean() < 1.5 * move.mean()


def test_partials_are_locked_to_their_phase() -> None:
    """Least squares on e^(2 pi i k theta) leaves nothing, however the pitch moves: k to 1, without drift."""
    borders, count = 80, 10
    theta = phase(0.0, glide(borders), SPAN, RATE)[:-1]
    re, im = (np.repeat(a[:1], borders + 1, axis=0) for a in amplitudes(1, count))
    out = np.empty(len(theta), np.float32)
    partials(theta, re, im, out)
    angle = 2.0 * np.pi * theta[:, None] * np.arange(1, count + 1)
    basis = np.concatenate((np.cos(angle), -np.sin(angle)), axis=1)
    found, *_ = np.linalg.lstsq(basis, out.astype(np.float64), rcond=None)
    np.testing.assert_allclose(found, np.concatenate((re[0], im[0])), atol=1e-4)
    assert np.abs(out - basis @ found).max() < 1e-4


@pytest.mark.parametrize("make", [glide, lambda borders: np.full(borders + 1, 97.3)])
def test_phase_is_the_integral_of_pitch(make: Callable[[int], F64]) -> None:
    pitch, fine = make(20), 50
    dense = np.interp(np.arange(20 * SPAN * fine + 1) / (SPAN * fine), np.arange(21), pitch)
    turned = np.append(0.0, np.cumsum(0.5 * (dense[1:] + dense[:-1]))) / (RATE * fine)
    got = phase(0.25, pitch, SPAN, RATE)
    apart = (got - 0.25 - turned[::fine] + 0.5) % 1.0 - 0.5
    assert np.abs(apart).max() < 1e-9
    assert got.min() >= 0.0 and got.max() < 1.0
    assert len(got) == 20 * SPAN + 1
