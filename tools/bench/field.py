"""Coupled phases beside peers: the same network, started alike, for a stretch of 60 Hz ticks; time a tick, and the error.

Tick by tick: phases can be read, and frequencies changed, at each, as a live field needs; at once: the whole stretch in one
call. Peers sum sines over pairs or edges as their users write it; "sparse" is the best that SciPy allows: the sum of sines as
one product of a sparse (or full) complex matrix, as here. Errors are against this library at 1e-10, which the peers bear out.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs.systems.kernels.kuramoto import TAU
from psi_ecs.systems.kernels.phase_leap import leap
from psi_ecs.systems.kernels.phase_measures import band_order, coherence, follow, lyapunov
from psi_ecs.systems.kernels.phase_network import Network, advance, network, plan

from .clock import best

F64 = NDArray[np.float64]
TICK, RATE = 400, 24_000
DT = TICK / RATE
CASES: dict[str, tuple[int, int, int]] = {
    "1 024, all to all": (1024, 1024 * 1024, 60),
    "10 000, 100 000 edges": (10_000, 100_000, 30),
    "100 000, 1 000 000 edges": (100_000, 1_000_000, 12),
    "1 000 000, 10 000 000 edges": (1_000_000, 10_000_000, 3),
}
"""Oscillators, edges, ticks."""
LARGE = 10**7
"""Edges from which one run must do, beside a coarser truth."""
PULL = 6.0
"""rad/s, of all who pull one oscillator together."""


def measure(part: str) -> dict[str, dict[str, float]]:
    """For each case, seconds a tick and largest error at the end in cycles, of one library."""
    figures = {}
    for name, (count, edges, ticks) in CASES.items():
        if part == "kuramoto" and edges < count * count:
            continue  # it takes a full matrix only
        net, freq, theta = problem(count, edges)
        make = {"psi-ecs": ours, "numpy": plain, "scipy": ivp, "kuramoto": package, "sparse": sparse}[part]
        how = plan(net, freq, DT, error=1e-10 if edges < LARGE else 1e-8)
        exact = theta
        for _ in range(ticks):
            exact = advance(exact, freq, how, TICK, RATE)
        for way, calls in (("tick by tick", ticks), ("at once", 1)):
            move = make(net, freq, ticks // calls)
            error = np.abs((chain(move, theta, calls) - exact + 0.5) % 1.0 - 0.5).max()
            spent = best(partial(chain, move, theta, calls), 3 if edges < LARGE else 1)
            figures[f"{name}, {way}"] = {"tick": spent / ticks, "error": float(error)}
    if part == "psi-ecs":
        figures["one avatar: 16 oscillators and measures"] = {"tick": best(avatar(), 9) / 60, "error": 0.0}
    return figures


def chain(move: Callable[[F64], F64], theta: F64, calls: int) -> F64:
    """Phases after so many calls."""
    for _ in range(calls):
        theta = move(theta)
    return theta


def problem(count: int, edges: int) -> tuple[Network, F64, F64]:
    """A network with gains of its own on each edge, frequencies and phases."""
    rng = np.random.default_rng(count)
    if edges == count * count:
        target, source = np.repeat(np.arange(count), count), np.tile(np.arange(count), count)
    else:
        target, source = rng.integers(0, count, (2, edges))
    gain = rng.uniform(0.0, 2.0, edges) * PULL * count / edges
    return network(count, target, source, gain), rng.normal(5.0, 0.5, count), rng.random(count)


def ours(net: Network, freq: F64, ticks: int) -> Callable[[F64], F64]:
    """This library: ticks to an error of 1e-5 cycles each, or a stretch of many ticks to the error of the peers."""
    how = plan(net, freq, DT, thrifty=True)
    if ticks == 1:
        return lambda theta: advance(theta, freq, how, TICK, RATE)
    return lambda theta: leap(theta, freq, how, TICK * ticks, RATE, error=3e-7)


def slope(net: Network, freq: F64) -> Callable[[float, F64], F64]:
    """d theta/dt in radians, as written by hand: a sine for each pair or edge."""
    omega, target = TAU * freq, net.target
    if len(net.source) == net.count**2:
        gain = net.a.reshape(net.count, net.count)
        return lambda t, y: omega + (gain * np.sin(y[None, :] - y[:, None])).sum(1)
    return lambda t, y: omega + np.bincount(target, net.a * np.sin(y[net.source] - y[target]), net.count)


def plain(net: Network, freq: F64, ticks: int) -> Callable[[F64], F64]:
    """NumPy, with the classical Runge-Kutta method, and as many steps as ours tick by tick: one a tick."""
    return runge(slope(net, freq), ticks)


def runge(f: Callable[[float, F64], F64], ticks: int) -> Callable[[F64], F64]:
    """The classical Runge-Kutta method, one step a tick."""

    def move(theta: F64) -> F64:
        y = TAU * theta
        for _ in range(ticks):
            k = f(0.0, y)
            k2 = f(0.0, y + 0.5 * DT * k)
            k3 = f(0.0, y + 0.5 * DT * k2)
            y = y + DT / 6.0 * (k + 2.0 * (k2 + k3) + f(0.0, y + DT * k3))
        return np.asarray(y / TAU % 1.0)

    return move


def ivp(net: Network, freq: F64, ticks: int) -> Callable[[F64], F64]:
    """SciPy's `solve_ivp` with its own method, RK45."""
    return solved(slope(net, freq), ticks)


def solved(f: Callable[[float, F64], F64], ticks: int) -> Callable[[F64], F64]:
    """`solve_ivp` at the tolerances of these cases."""
    from scipy.integrate import solve_ivp

    span = (0.0, ticks * DT)
    return lambda theta: np.asarray(solve_ivp(f, span, TAU * theta, rtol=1e-7, atol=1e-6).y[:, -1] / TAU % 1.0)


def sparse(net: Network, freq: F64, ticks: int) -> Callable[[F64], F64]:
    """What one who knows the identity writes with SciPy: a sine an oscillator and one product with a matrix; Runge-Kutta tick
    by tick, `solve_ivp` at once."""
    from scipy.sparse import csr_array

    shape = (net.count, net.count)
    w: Any = net.a.reshape(shape) if len(net.source) == net.count**2 else csr_array((net.a, net.source, net.start), shape)
    omega = TAU * freq

    def f(_: float, y: F64) -> F64:
        c, s = np.cos(y), np.sin(y)
        pulled = w @ np.stack((c, s), 1)
        return np.asarray(omega + c * pulled[:, 1] - s * pulled[:, 0])

    return runge(f, 1) if ticks == 1 else solved(f, ticks)


def package(net: Network, freq: F64, ticks: int) -> Callable[[F64], F64]:
    """The `kuramoto` package (it divides by the number of pulls, and its rows are who pulls)."""
    from kuramoto import Kuramoto

    seconds: Any = ticks * DT  # the package says int, and takes any number
    model = Kuramoto(coupling=net.count, dt=0.499 * seconds, T=seconds, natfreqs=TAU * freq)
    matrix = np.ascontiguousarray(net.a.reshape(net.count, net.count).T)
    return lambda theta: np.asarray(model.run(adj_mat=matrix, angles_vec=TAU * theta)[:, -1] / TAU % 1.0)


def avatar() -> Callable[[], F64]:
    """A second of one avatar's field, with everything that is measured every tick."""
    count = 16
    net = network(count, [1, 2, 5, 6, 7, 8, 9], [15, 1, 3, 8, 9, 3, 8], [60.0, 60.0, 0.06, 0.05, 0.05, 0.06, 0.04], 0.05)
    freq = np.array([200.0, 4.5, 4.5, *np.linspace(0.1, 1.0, 12), 4.7])
    band = (np.arange(count) // 4).astype(np.int32)
    pairs = [np.array(x, np.int32) for x in ([2, 5, 7], [1, 3, 9], [1, 1, 1], [1, 1, 1])]
    how, held = plan(net, freq, DT), np.zeros(3, np.complex128)
    rate = np.empty(count)

    def run() -> F64:
        x = np.linspace(0.0, 0.9, count)
        for _ in range(60):
            x = advance(x, freq, how, TICK, RATE)
            net.pull(x, rate)
            lyapunov(x, freq + rate, net)
            coherence(x, net)
            band_order(x, band, 4)
            follow(held, x, pairs[0], pairs[1], pairs[2], pairs[3], DT, 0.5)
        return x

    return run
