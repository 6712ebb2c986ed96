"""How the field of an avatar is doing: energy, order, locks, coherence. A function of its state, for any tick that asks."""

import numpy as np
from msgspec import Struct

from psi_ecs import PsiError, World
from psi_ecs.components.oscillator import BANDS, Core, Lock, Oscillator, Part, Role
from psi_ecs.systems.kernels import phase_measures, phase_network

from .wiring import Wiring


class Measures(Struct, kw_only=True):
    """One avatar's field at one tick."""

    energy: float
    """V = -1/2 sum K cos 2 pi (n theta_j - m theta_i - lag), rad/s."""
    slope: float
    """dV/dt, rad/s^2."""
    coherence: float
    """How far the couplings have their way, 0 to 1."""
    order: dict[str, tuple[float, float]]
    """Order parameter of each band: length, 0 to 1, and angle in cycles."""
    locks: dict[str, tuple[float, float]]
    """Locking value, 0 to 1, and lag in cycles of each measured pair."""
    phase: dict[str, float]
    """Cycles, of each role; likewise the rest."""
    frequency: dict[str, float]
    """Hz, with what couplings add."""
    amplitude: dict[str, float]


def measure(world: World, avatar: int) -> Measures:
    """Measures of an avatar's field now. PsiError if it has none yet."""
    wires, core = world.resource(Wiring), world.resource(Core)
    if avatar not in wires.who:
        raise PsiError(f"avatar {avatar} has no field yet; make a tick first")
    row = wires.row[wires.who.index(avatar)]
    table = next(t for t in world.tables.values() if Oscillator in t.key and Part in t.key and t.n)
    osc = table.cols[Oscillator]
    theta, amp = osc["theta"][row], osc["amp"][row].astype(np.float64)
    freq = wires.turning[row]
    mine = np.isin(wires.net.target, row)
    place = np.full(wires.net.count, -1)
    place[row] = np.arange(len(row))
    gain, lag = np.hypot(wires.net.a, wires.net.b), np.arctan2(wires.net.b, wires.net.a) / (2.0 * np.pi)
    edges = (place[wires.net.target], place[wires.net.source], gain, lag, wires.net.n, wires.net.m)
    net = phase_network.network(len(row), *(e[mine] for e in edges))
    pulled = np.empty(len(row))
    net.pull(theta, pulled)
    energy, slope = phase_measures.lyapunov(theta, freq + pulled, net)
    order = phase_measures.band_order(theta, core.band, len(BANDS), amp)
    held = np.asarray(world.peek(avatar, Lock).held).reshape(-1, 2)[: len(core.pairs)]
    value, behind = phase_measures.locks(held[:, 0] + 1j * held[:, 1])
    names = [r.name.lower() for r in Role]
    return Measures(
        energy=energy, slope=slope, coherence=phase_measures.coherence(theta, net),
        order={b: (float(abs(z)), float(np.angle(z) / (2.0 * np.pi))) for b, z in zip(BANDS, order, strict=True)},
        locks={n: (float(x), float(y)) for n, x, y in zip(core.lock, value, behind, strict=True)},
        phase=dict(zip(names, theta.tolist(), strict=True)),
        frequency=dict(zip(names, (freq + pulled).tolist(), strict=True)),
        amplitude=dict(zip(names, amp.tolist(), strict=True)),
    )  # fmt: skip
