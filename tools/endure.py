"""Continuous speech for simulated hours at full speed: does anything stop being a number, grow, or drift?

Phases are compared with their closed form, the sum of frequency times time, carried in twice the precision of the field. That
can be told for oscillators that nothing pulls and nobody restarts: of an avatar, `FREE`.
"""

import json
import sys
from pathlib import Path
from time import perf_counter

import msgspec
import numpy as np
from msgspec import Struct, to_builtins
from numpy.typing import NDArray

from psi_ecs import PsiError, World
from psi_ecs.components.oscillator import Core, Role
from psi_ecs.systems.dynamics import phases
from psi_ecs.systems.host import Host

from .evaluate import sentences

F64 = NDArray[np.float64]

FREE = [Role.BROW, Role.TREMOR]
MADE = ("sing", "express")
"""Systems that make sound and face; nothing of the score hangs on them, and of the field the breath alone."""
EVERY = 60
"""Ticks between looks at the energy."""
MINUTE = 3600
"""Ticks."""
GROWTH = 16.0
"""MB that memory may grow by, after the first minute: caches fill, and nothing else."""


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
    memory: tuple[float, float]
    """Most memory held in the first minute, and in all, MB."""

    def passed(self) -> bool:
        """Whether every bar is met."""
        inside = -self.bound <= self.energy[0] and self.energy[1] <= self.bound
        small = self.memory[1] - self.memory[0] <= GROWTH
        return self.bad == 0 and inside and small and self.peak <= 1.0 and self.phase < 1e-9


class Tally(Struct):
    """What has been seen so far: enough, with the saved host, to go on another time."""

    avatar: int
    silent: bool
    high: list[float]
    low: list[float]
    """Of `Exact`."""
    ticks: int = 0
    said: int = 0
    bad: int = 0
    peak: float = 0.0
    worst: float = 0.0
    energy: tuple[float, float] = (np.inf, -np.inf)
    amplitude: tuple[float, float] = (np.inf, -np.inf)
    begun: float = 0.0
    """Memory in MB after the first minute."""
    memory: float = 0.0
    spent: float = 0.0
    """Seconds of wall clock."""


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


def endure(
    hours: float,
    texts: Path | None = None,
    persona: str = "mira",
    seed: int = 7,
    kept: Path | None = None,
    silent: bool = False,
) -> Endured:
    """Speak sentence after sentence for so many simulated hours, with a line of progress every ten simulated minutes.

    Args: silent: language, score and field go on, but no sound and no face is made of them; kept: a file that is written with
    each such line, goes when all is done, and from which a run that was broken off goes on: to the same bytes. PsiError if
    hours is no such number or the file cannot be used.
    """
    if not 0.0 < hours <= 1000.0:
        raise PsiError(f"hours is {hours}; give a number above 0, at most 1000")
    rows, ticks = sentences(texts), max(round(hours * 3600 * 60), 2)
    host, seen = begin(persona, seed, kept, silent)
    exact = Exact(np.array(seen.high))
    exact.low[:] = seen.low
    since = perf_counter() - seen.spent
    while seen.ticks < ticks:
        look(host, seen, exact, rows)
        seen.ticks += 1
        if seen.ticks in (MINUTE, ticks) or seen.ticks % (10 * MINUTE) == 0:
            seen.spent, seen.memory = perf_counter() - since, memory()
            seen.begun = seen.memory if seen.begun == 0.0 else seen.begun
            seen.high, seen.low = exact.high.tolist(), exact.low.tolist()
            if seen.ticks >= 10 * MINUTE:
                print(progress(seen, ticks), flush=True)
            if kept is not None:
                save(kept, host, seen)
    if kept is not None:
        kept.unlink(missing_ok=True)
    return Endured(
        hours=ticks / 216_000.0, ticks=ticks, sentences=seen.said, bad=seen.bad, peak=seen.peak, energy=seen.energy,
        bound=gains(host), amplitude=seen.amplitude, phase=seen.worst, speed=ticks / 60.0 / seen.spent,
        memory=(seen.begun, seen.memory),
    )  # fmt: skip


def begin(persona: str, seed: int, kept: Path | None, silent: bool) -> tuple[Host, Tally]:
    """A new run, or the one that is kept."""
    host = Host(seed=seed)
    for system in host.app.systems:
        if silent and system.name in MADE:
            system.run_if = _never
    if kept is not None and kept.exists():
        try:
            state, seen = msgspec.msgpack.decode(kept.read_bytes(), type=tuple[bytes, Tally])
        except (msgspec.DecodeError, OSError) as why:
            raise PsiError(f"{kept}: holds no run that was broken off ({why}); remove it to begin anew") from why
        if seen.silent != silent:
            raise PsiError(f"{kept}: holds a run {'without' if seen.silent else 'with'} sound; remove it to begin anew")
        return host.load(state), seen
    avatar = host.avatar(persona)
    host.step()
    start = phases(host.app.world, avatar)[0][FREE]
    return host, Tally(avatar=avatar, silent=silent, high=start.tolist(), low=[0.0] * len(FREE))


def _never(_: World) -> bool:
    return False


def save(kept: Path, host: Host, seen: Tally) -> None:
    """Keep the run, whole or not at all."""
    part = kept.with_name(kept.name + ".new")
    part.write_bytes(msgspec.msgpack.encode((host.save(), seen)))
    part.replace(kept)


def look(host: Host, seen: Tally, exact: Exact, rows: list[tuple[str, str]]) -> None:
    """One tick, and what it shows."""
    world, avatar = host.app.world, seen.avatar
    if host.idle:
        host.say(avatar, rows[seen.said % len(rows)][1])
        seen.said += 1
    frame = host.step()
    theta, freq, amp = phases(world, avatar)
    exact.add(freq[FREE] * 400.0 / 24_000.0)
    seen.worst = max(seen.worst, exact.distance(theta[FREE]))
    seen.bad += sum(x.size - int(np.count_nonzero(np.isfinite(x))) for x in (frame.audio, frame.weights, theta, amp))
    seen.peak = max(seen.peak, float(np.abs(frame.audio).max()))
    seen.amplitude = (min(seen.amplitude[0], float(amp.min())), max(seen.amplitude[1], float(amp.max())))
    if seen.ticks % EVERY == 0:
        v = host.field(avatar).energy
        seen.energy = (min(seen.energy[0], v), max(seen.energy[1], v))


def memory() -> float:
    """Most memory that this process has held, MB; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / (2**20 if sys.platform == "darwin" else 2**10)


def progress(seen: Tally, ticks: int) -> str:
    """Where a run is."""
    speed = seen.ticks / 60.0 / max(seen.spent, 1e-9)
    left = (ticks - seen.ticks) / 60.0 / speed / 60.0
    return (
        f"{seen.ticks / 216_000.0:7.2f} of {ticks / 216_000.0:g} h, {speed:.1f} times real time, {left:.0f} min to go; "
        f"{seen.memory:.0f} MB, phase {seen.worst:.1e} cycles, {seen.bad} bad"
    )


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
        ("memory", f"{r.memory[0]:.0f} to {r.memory[1]:.0f} MB", f"+{GROWTH:g} at most"),
        ("speed", f"{r.speed:.1f} times real time", ""),
    ]
    return "\n".join(f"{name:<30} {value:<34} {bar}".rstrip() for name, value, bar in rows)


def run(
    hours: float, texts: Path | None = None, persona: str = "mira", out: Path | None = None, silent: bool = False
) -> Endured:
    """Endure, print a table, write JSON to `out`; a run with `out` that was broken off goes on from `out`.part."""
    kept = None if out is None else out.with_name(out.name + ".part")
    report = endure(hours, texts, persona, kept=kept, silent=silent)
    print(table(report))
    if out is not None:
        out.write_text(json.dumps(to_builtins(report), indent=1) + "\n", encoding="utf-8")
    return report
