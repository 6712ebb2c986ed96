"""Continuous speech for simulated hours at full speed: does anything stop being a number, grow, or drift?

Phases are compared with their closed form, the sum of frequency times time, carried in twice the precision of the field. That
can be told for oscillators that nothing pulls and nobody restarts: of an avatar, `FREE`.
"""

import json
from pathlib import Path
from time import perf_counter

import numpy as np
from msgspec import Struct, to_builtins
from numpy.typing import NDArray

from psi_ecs import PsiError
from psi_ecs.components.oscillator import Core, Role
from psi_ecs.systems.dynamics import phases
from psi_ecs.systems.host import Host

from .evaluate import sentences

F64 = NDArray[np.float64]

FREE = [Role.BREATH, Role.TREMOR]
EVERY = 60
"""Ticks between looks at the energy."""


class Endured(Struct):
    """What a long run showed."""

    hours: float
    ticks: int
    sentences: int
    bad: int
    """Samples, weights, phases and amplitudes that are no finite number."""
    peak: float
    """Largest sample, full scale 1."""
    energy: tuple[float, float]
    """Lowest and highest energy V of the field, rad/s."""
    bound: float
    """Half the sum of all gains: V cannot lie beyond, whatever the phases."""
    amplitude: tuple[float, float]
    """Smallest and largest amplitude of any oscillator."""
    phase: float
    """Largest distance of a free phase from its closed form at any tick, cycles."""
    speed: float
    """Simulated seconds a second."""

    def passed(self) -> bool:
        """Whether every bar is met."""
        inside = -self.bound <= self.energy[0] and self.energy[1] <= self.bound
        return self.bad == 0 and inside and self.peak <= 1.0 and self.phase < 1e-9


class Exact:
    """Cycles since the start, as the unevaluated sum of two float64, so that days of ticks lose nothing (Knuth's two-sum)."""

    def __init__(self, start: F64) -> None:
        """Phases at the start, cycles."""
        self.high, self.low = start.copy(), np.zeros_like(start)

    def add(self, cycles: F64) -> None:
        """Some more."""
        total = self.high + cycles
        part = total - self.high
        self.low += (self.high - (total - part)) + (cycles - part)
        self.high = total - np.floor(total)

    def distance(self, theta: F64) -> float:
        """Largest distance of phases from these, around the circle."""
        gap = (theta - self.high) - self.low
        return float(np.abs(gap - np.round(gap)).max())


def endure(hours: float, texts: Path | None = None, persona: str = "mira", seed: int = 7) -> Endured:
    """Speak sentence after sentence for so many simulated hours. PsiError if that is no such number."""
    if not 0.0 < hours <= 1000.0:
        raise PsiError(f"hours is {hours}; give a number above 0, at most 1000")
    host, rows = Host(seed=seed), sentences(texts)
    avatar, ticks = host.avatar(persona), max(round(hours * 3600 * 60), 2)
    host.step()
    world, begin = host.app.world, perf_counter()
    exact = Exact(phases(world, avatar)[0][FREE])
    worst, peak, bad, said = 0.0, 0.0, 0, 0
    energy, amplitude = [np.inf, -np.inf], [np.inf, -np.inf]
    for tick in range(ticks):
        if host.idle:
            host.say(avatar, rows[said % len(rows)][1])
            said += 1
        frame = host.step()
        theta, freq, amp = phases(world, avatar)
        exact.add(freq[FREE] * 400.0 / 24_000.0)
        worst = max(worst, exact.distance(theta[FREE]))
        bad += sum(int((~np.isfinite(x)).sum()) for x in (frame.audio, frame.weights, theta, amp))
        peak = max(peak, float(np.abs(frame.audio).max()))
        amplitude = [min(amplitude[0], float(amp.min())), max(amplitude[1], float(amp.max()))]
        if tick % EVERY == 0:
            v = host.field(avatar).energy
            energy = [min(energy[0], v), max(energy[1], v)]
    return Endured(
        hours=ticks / 216_000.0, ticks=ticks, sentences=said, bad=bad, peak=peak, energy=(energy[0], energy[1]),
        bound=gains(host), amplitude=(amplitude[0], amplitude[1]), phase=worst, speed=ticks / 60.0 / (perf_counter() - begin),
    )  # fmt: skip


def gains(host: Host) -> float:
    """Half the sum of the sizes of all gains of one avatar, with room for feelings that double them."""
    return float(np.abs(host.app.world.resource(Core).gain).sum())


def table(r: Endured) -> str:
    """The figures for people."""
    rows = [
        ("simulated", f"{r.hours:g} h, {r.ticks} ticks, {r.sentences} sentences", ""),
        ("not a number", str(r.bad), "0"),
        ("loudest sample", f"{r.peak:.3f}", "<= 1"),
        ("energy V", f"{r.energy[0]:.2f} to {r.energy[1]:.2f} rad/s", f"within +-{r.bound:.1f}"),
        ("amplitudes", f"{r.amplitude[0]:.3f} to {r.amplitude[1]:.3f}", ""),
        ("phase against closed form", f"{r.phase:.1e} cycles", "< 1e-9"),
        ("speed", f"{r.speed:.1f} times real time", ""),
    ]
    return "\n".join(f"{name:<30} {value:<34} {bar}".rstrip() for name, value, bar in rows)


def run(hours: float, texts: Path | None = None, persona: str = "mira", out: Path | None = None) -> Endured:
    """Endure, print a table, write JSON to `out`."""
    report = endure(hours, texts, persona)
    print(table(report))
    if out is not None:
        out.write_text(json.dumps(to_builtins(report), indent=1) + "\n", encoding="utf-8")
    return report
