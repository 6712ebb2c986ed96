"""Patterns of the field: found in a run, kept as a core asset, and recalled from it.

What turned together during a run becomes couplings (Hebbian learning), and the phases at its end those that an avatar is born
with. A pattern is a core asset like any other: a scene names it as its `core`.
"""

from dataclasses import dataclass

import numpy as np

from psi_ecs import AssetError
from psi_ecs.components.oscillator import OUTSIDE, Role
from psi_ecs.systems.dynamics.core import build
from psi_ecs.systems.host import Host
from psi_ecs.systems.kernels import hebb

from .edit import Change, edit
from .record import RATE, Record

MEMORY = 3.0
"""Seconds of the running means."""
MOST = 2.0
"""rad/s of a learnt coupling between two that never part: far below those that the asset gives the syllables."""
KEEP = 0.75
"""Share of the strongest coupling below which nothing is kept: of two that drift past each other, less remains."""
TURNS = 1.0
"""Cycles that both must have made: what hardly moved tells nothing of who keeps to whom."""


@dataclass(frozen=True)
class Pattern:
    """What was learnt."""

    phase: dict[str, float]
    """Cycles of each role at the end."""
    couplings: list[tuple[str, str, float, float, int, int]]
    """Pulled, by, gain in rad/s, lag in cycles, n and m; strongest first."""


def learn(record: Record) -> Pattern:
    """What turned together in a run and had no coupling yet, and where it ended."""
    names = [r.name.lower() for r in Role]
    turned = np.abs(np.diff(np.unwrap(record.phase, period=1.0, axis=0), axis=0)).sum(axis=0)
    freq = np.where(turned >= TURNS, turned * RATE / (len(record.phase) - 1), 0.0)
    freq[Role.GLOTTIS] = 0.0  # too fast for a look a tick
    pulled, by, n, m = hebb.pairs(freq)
    known = set(zip(record.core.pulled.tolist(), record.core.by.tolist(), strict=True))
    who = zip(pulled.tolist(), by.tolist(), strict=True)
    new = np.array([not {(p, b), (b, p)} & known and p not in OUTSIDE for p, b in who], bool)
    pulled, by, n, m = (x[new] for x in (pulled, by, n, m))
    kappa = np.zeros(len(pulled), np.complex128)
    for theta in record.phase:
        hebb.learn(kappa, theta, np.ones(len(theta)), pulled, by, n, m, MOST / MEMORY, 1.0 / MOST, 1.0 / RATE)
    gain, lag = hebb.coupling(kappa, MOST)
    kept = [i for i in np.argsort(-gain).tolist() if gain[i] >= KEEP * MOST]
    rows = [
        (names[pulled[i]], names[by[i]], round(float(gain[i]), 3), round(float(lag[i]), 4), int(n[i]), int(m[i])) for i in kept
    ]
    return Pattern({k: round(float(x), 4) for k, x in zip(names, record.phase[-1], strict=True)}, rows)


def recall(host: Host, avatar: int, pattern: Pattern) -> None:
    """Put an avatar's oscillators at a pattern's phases at the next tick; what it learnt of couplings is in its asset."""
    for role, theta in pattern.phase.items():
        host.drive(avatar, role, theta=theta)


def asset(pattern: Pattern, text: str, name: str, where: str) -> str:
    """A core asset's text with a pattern in it, its comments kept. AssetError if that cannot be used as one."""
    if not name.strip() or not name.isprintable() or len(name) > 60 or set(name) & set('"\\'):
        raise AssetError(f"{name[:60]!r} cannot name a pattern; use 1 to 60 letters")
    out, _ = edit(text, [Change(role, None, "phase", value) for role, value in pattern.phase.items()], where)
    head, table, rest = out.partition("\n[")
    head = "\n".join(line for line in head.split("\n") if not line.startswith("name = "))
    out = (f'name = "{name}"\n' + head + table + rest).rstrip("\n") + "\n"
    if pattern.couplings:
        out += f'\n# Learnt from a run: what turned together in "{name}".\n'
    for pulled, by, gain, lag, n, m in pattern.couplings:
        ratio = "" if n == m else f"ratio = [{n}, {m}]\n"
        out += f'[[coupling]]\npulled = "{pulled}"\nby = "{by}"\ngain = {gain}\nlag = {lag}\n{ratio}\n'
    out = out.rstrip("\n") + "\n"
    build(out.encode(), where)
    return out
