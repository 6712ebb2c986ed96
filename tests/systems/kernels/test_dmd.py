"""Linear steps learnt from samples: at once, as a stream, in a window."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.backend import BackendError
from psi_ecs.systems.kernels import dmd, lift
from psi_ecs.systems.kernels.dmd import Online, Window

F64 = NDArray[np.float64]


def spectrum(values: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Eigenvalues in an order that rounding does not change."""
    return values[np.lexsort((values.real.round(6), values.imag.round(6)))]


def system(n: int, seed: int, size: float = 0.98) -> F64:
    """A random step matrix f64[n, n] of spectral radius `size`."""
    matrix = np.random.default_rng(seed).normal(size=(n, n))
    return np.asarray(matrix * (size / np.abs(np.linalg.eigvals(matrix)).max()))


def stream(n: int, count: int, seed: int, noise: float = 0.3) -> F64:
    """A noisy run of a random stable system, f64[count, n], in roughly standard units."""
    a, rng = system(n, seed, 0.95), np.random.default_rng(seed + 1)
    x = np.zeros((count, n))
    for k in range(1, count):
        x[k] = a @ x[k - 1] + noise * rng.normal(size=n)
    return np.asarray(x / x.std(0))


@pytest.mark.parametrize("n", [2, 7, 20, 50])
def test_eigenvalues_of_random_stable_systems(n: int) -> None:
    a, dt = system(n, n), 0.01
    x = np.random.default_rng(1).normal(size=(4 * n, n))
    found = dmd.fit(x, x @ a.T, dt)
    np.testing.assert_allclose(spectrum(np.exp(found.rate * dt)), spectrum(np.linalg.eigvals(a).astype(complex)), atol=1e-10)
    np.testing.assert_allclose(found.propagator(dt), a, atol=1e-10)
    np.testing.assert_allclose(found.evolve(x[0], 5.0 * dt), np.linalg.matrix_power(a, 5) @ x[0], atol=1e-9)


def test_eigenvalues_from_one_run_in_a_tall_space() -> None:
    """Four modes seen in 200 channels along a single trajectory."""
    dt, rng = 0.02, np.random.default_rng(2)
    rate = np.array([-0.3 + 9j, -0.3 - 9j, -1.0 + 31j, -1.0 - 31j])
    shapes = rng.normal(size=(2, 200)) + 1j * rng.normal(size=(2, 200))
    both = np.stack([shapes[0], shapes[0].conj(), shapes[1], shapes[1].conj()])
    x = (np.exp(np.multiply.outer(np.arange(80) * dt, rate)) @ both).real
    found = dmd.fit(x[:-1], x[1:], dt, rank=4)
    np.testing.assert_allclose(spectrum(found.rate), spectrum(rate), atol=1e-9)
    np.testing.assert_allclose(found.dual @ found.vectors, np.eye(4), atol=1e-10)
    between = (np.exp(rate * 0.513) @ both).real
    np.testing.assert_allclose(found.evolve(x[0], 0.513), between, atol=1e-9)  # a fraction of a step, too


def test_pydmd_finds_the_same() -> None:
    pydmd = pytest.importorskip("pydmd")
    x = stream(6, 300, 3, 0.1)
    peer = pydmd.DMD(svd_rank=6, exact=True).fit(x.T)
    found = dmd.fit(x[:-1], x[1:], 1.0, rank=6)
    np.testing.assert_allclose(spectrum(np.exp(found.rate)), spectrum(peer.eigs), atol=1e-10)
    peer = pydmd.HankelDMD(svd_rank=8, exact=True, d=10).fit(x.T)
    rows = lift.delays(x, 10)
    found = dmd.fit(rows[:-1], rows[1:], 1.0, rank=8)
    np.testing.assert_allclose(spectrum(np.exp(found.rate)), spectrum(peer.eigs), atol=1e-10)


@pytest.mark.parametrize("forget", [1.0, 0.995])
@pytest.mark.parametrize("ridge", [1e-3, 1e-7])
def test_stream_is_the_weighted_batch(forget: float, ridge: float) -> None:
    """To 1e-8 the minimiser of sum forget^age |y - A x|^2 and the prior samples that keep the ridge up."""
    n, x = 8, stream(8, 1200, 4)
    online = Online(n, forget, ridge)
    for now, later in pairwise(x):
        online.update(now, later)
    count = len(x) - 1
    age = forget ** np.arange(count - 1.0, -1.0, -1.0)
    prior = np.full(n, ridge * forget**count)
    np.add.at(prior, np.arange(count) % n, ridge * (1.0 - forget**n) * age)
    gram = (age[:, None] * x[:-1]).T @ x[:-1] + np.diag(prior)
    batch = np.linalg.solve(gram, (age[:, None] * x[:-1]).T @ x[1:]).T
    np.testing.assert_allclose(online.step, batch, atol=1e-8)
    np.testing.assert_allclose(online.p @ gram, np.eye(n), atol=1e-8)
    assert online.weight == pytest.approx(age.sum())
    weighted = dmd.fit(x[:-1], x[1:], 1.0, weight=age)
    np.testing.assert_allclose(online.step, weighted.propagator(1.0), atol=max(1e-8, 0.1 * ridge))  # but for the ridge


def test_stream_stays_sound_for_long() -> None:
    """After 10^4 updates with a silent channel: P symmetric bit by bit, positive, bounded; A still right."""
    n, forget, x = 6, 0.98, stream(6, 10_001, 5)
    x[:, 3] = 0.0
    online = Online(n, forget)
    for now, later in pairwise(x):
        online.update(now, later)
    assert (online.p == online.p.T).all()
    least, *_, most = np.linalg.eigvalsh(online.p)
    assert least > 0.0 and most < 2.0 / dmd.RIDGE
    age = forget ** np.arange(9999.0, -1.0, -1.0)
    awake = [0, 1, 2, 4, 5]
    batch = dmd.fit(x[:-1, awake], x[1:, awake], 1.0, weight=age).propagator(1.0)
    np.testing.assert_allclose(online.step[np.ix_(awake, awake)], batch, atol=1e-3)
    assert np.abs(online.step[3]).max() < 1e-12


def test_stream_follows_a_system_that_changes() -> None:
    n, rng = 4, np.random.default_rng(6)
    first, second = system(n, 7), system(n, 8)
    online = Online(n, 0.97)
    for k in range(800):
        x = rng.normal(size=n)
        online.update(x, (first if k < 400 else second) @ x)
    np.testing.assert_allclose(online.step, second, atol=1e-3)


def test_window_is_the_batch_on_the_window_after_long() -> None:
    n, length, x = 10, 60, stream(10, 10_006, 9)
    window = Window(n, length)
    for now, later in pairwise(x):
        window.update(now, later)
    assert window.seen % (10 * n) != 0  # not just rebuilt
    now, later = x[-length - 1 : -1], x[-length:]
    gram = now.T @ now + dmd.RIDGE * np.eye(n)
    np.testing.assert_allclose(window.step, np.linalg.solve(gram, now.T @ later).T, atol=1e-8)
    np.testing.assert_allclose(window.p @ gram, np.eye(n), atol=1e-8)
    assert np.abs(window.p - window.p.T).max() < 1e-12
    assert sorted(window.pairs()[0][:, 0]) == sorted(now[:, 0])


@pytest.mark.parametrize("length", [1, 3, 12])
def test_short_windows_and_silence_do_not_break_it(length: int) -> None:
    """Windows that hold fewer pairs than observables, and the last loud pair of a window leaving it."""
    n, rng = 5, np.random.default_rng(10)
    window = Window(n, length)
    kept: list[tuple[F64, F64]] = []
    for k in range(237):
        x, y = (rng.normal(size=n), rng.normal(size=n)) if k % 40 < 20 else (np.zeros(n), np.zeros(n))
        window.update(1e3 * x, y)
        kept = [*kept, (1e3 * x, y)][-length:]
        now, later = np.array([p[0] for p in kept]), np.array([p[1] for p in kept])
        gram = now.T @ now + dmd.RIDGE * np.eye(n)
        scale = 1e-8 * max(1.0, np.abs(window.step).max())
        np.testing.assert_allclose(window.step, np.linalg.solve(gram, now.T @ later).T, atol=1e3 * scale)


def test_forecast_may_not_explode() -> None:
    step = np.array([[1.05 * np.cos(0.3), -1.05 * np.sin(0.3)], [1.05 * np.sin(0.3), 1.05 * np.cos(0.3)]])
    free, kept = dmd.modes(step, 0.1), dmd.modes(step, 0.1, 1.0)
    x = np.array([1.0, 0.0])
    assert np.linalg.norm(free.evolve(x, 10.0)) > 100.0
    assert np.linalg.norm(kept.evolve(x, 1e5)) == pytest.approx(1.0, abs=1e-6)
    np.testing.assert_allclose(kept.rate.imag, free.rate.imag)  # frequencies are kept
    assert np.abs(np.exp(dmd.modes(step, 0.1, 0.9).rate * 0.1)) == pytest.approx(0.9)


def test_modes_that_end_in_one_step_end() -> None:
    modes = dmd.modes(np.array([[0.0, 0.0], [0.0, 0.5]]), 0.1)
    x = np.array([3.0, 1.0])
    np.testing.assert_allclose(modes.evolve(x, 0.0), x, atol=1e-12)
    np.testing.assert_allclose(modes.evolve(x, 0.1), [0.0, 0.5], atol=1e-9)


def test_hopf_normal_form_rates_from_data() -> None:
    """On the cycle the rates are i k w; off it 1 / r^2 - 1 / mu decays at -2 mu."""
    mu, w, dt = 0.4, 3.0, 0.05
    t = np.arange(200) * dt
    x = np.sqrt(mu) * np.stack([np.cos(w * t), np.sin(w * t)], 1)
    products = lift.monomials(x, 3)
    found = dmd.fit(products[:-1], products[1:], dt)
    np.testing.assert_allclose(np.sort(found.rate.imag), w * np.arange(-3.0, 4.0), atol=1e-9)
    np.testing.assert_allclose(found.rate.real, 0.0, atol=1e-9)
    square = 1.0 / (1.0 / mu + (1.0 / 0.05 - 1.0 / mu) * np.exp(-2.0 * mu * t))
    off = np.stack([np.ones(200), 1.0 / square, np.cos(w * t), np.sin(w * t)], 1)
    np.testing.assert_allclose(
        spectrum(dmd.fit(off[:-1], off[1:], dt).rate), spectrum(np.array([0.0, -2.0 * mu, 1j * w, -1j * w])), atol=1e-9
    )


def test_van_der_pol_periods() -> None:
    """The fundamental of delayed samples is the period, to 1e-5, from nearly sinusoidal to relaxation."""
    mu = np.array([0.1, 1.0, 2.0, 5.0, 10.0])
    known = [6.28711, 6.66329, 7.62987, 11.61223, 19.07837]
    h, every, x, v = 0.01, 10, np.full(5, 2.0), np.zeros(5)
    seen = []

    def slope(s: F64) -> F64:
        return np.array([s[1], mu * (1.0 - s[0] ** 2) * s[1] - s[0]])

    state = np.array([x, v])
    for k in range(16_000):
        k1 = slope(state)
        k2 = slope(state + 0.5 * h * k1)
        k3 = slope(state + 0.5 * h * k2)
        state = state + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + slope(state + h * k3))
        if k >= 6000 and k % every == 0:
            seen.append(state[0])
    for j, period in enumerate(known):
        rows = lift.delays(np.array(seen)[:, j : j + 1], 250)
        found = dmd.fit(rows[:-1], rows[1:], h * every, rank=60)
        share = np.abs(found.coordinates(rows[0]) * found.vectors[0]) * (found.rate.imag > 0.05)
        rate = found.rate[share.argmax()]
        assert 2.0 * np.pi / rate.imag == pytest.approx(period, rel=1e-5)
        assert abs(rate.real) < 1e-5


GOOD = np.ones((3, 2))


@pytest.mark.parametrize(
    "call",
    [
        lambda: dmd.fit(np.zeros((0, 2)), np.zeros((0, 2)), 0.1),
        lambda: dmd.fit(GOOD, np.ones((2, 2)), 0.1),
        lambda: dmd.fit(GOOD, np.ones((3, 1)), 0.1),
        lambda: dmd.fit(np.full((3, 2), np.nan), GOOD, 0.1),
        lambda: dmd.fit(np.zeros((3, 2)), GOOD, 0.1),
        lambda: dmd.fit(GOOD, GOOD, 0.0),
        lambda: dmd.fit(GOOD, GOOD, 0.1, rank=0),
        lambda: dmd.fit(GOOD, GOOD, 0.1, weight=np.array([np.nan, 1.0, 1.0])),
        lambda: dmd.fit(GOOD, GOOD, 0.1, ridge=-1.0),
        lambda: dmd.modes(np.eye(2), 0.1, cap=-1.0),
        lambda: dmd.modes(np.full((2, 2), np.inf), 0.1),
        lambda: dmd.modes(np.ones((2, 3)), 0.1),
        lambda: Online(0),
        lambda: Online(3, forget=1.5),
        lambda: Online(3, ridge=0.0),
        lambda: Online(3).update(np.ones(2), np.ones(3)),
        lambda: Online(3).update(np.ones(3), np.array([1.0, np.nan, 1.0])),
        lambda: Online(3).update(np.full(3, 1e200), np.ones(3)),
        lambda: Window(3, 0),
        lambda: Window(3, 5).update(np.array([np.inf, 0.0, 0.0]), np.ones(3)),
    ],
)
def test_what_cannot_be_used_is_named_in_one_line(call: Callable[[], object]) -> None:
    with pytest.raises(BackendError) as caught:
        call()
    assert "\n" not in str(caught.value) and len(str(caught.value)) > 20


def test_a_bad_sample_changes_nothing() -> None:
    online, window = Online(2, 0.9), Window(2, 5)
    for each in (online, window):
        each.update(np.ones(2), np.zeros(2))
        step, p = each.step.copy(), each.p.copy()
        with pytest.raises(BackendError):
            each.update(np.array([np.nan, 1.0]), np.ones(2))
        assert (each.step == step).all() and (each.p == p).all() and each.seen == 1
