"""Faces alone: what one costs a tick, and how many go in real time on one core."""

import gc
from statistics import median

from psi_ecs.systems.host import Host

TEXT = "The birch canoe slid on the smooth planks. Glue the sheet to the dark blue background."  # Harvard sentences (IEEE 1969)
FACES = 100
PARTS = {
    "face": ("claim", "rehearse", "equip", "express"),
    "shared": ("evaluate", "advance"),
    "mind": ("attune", "resonate", "spread", "centre", "grow", "topic"),
    "memory": ("open_moment", "keep", "remember", "lean", "wear", "begin_quotes", "quote", "heed", "travel"),
}
"""Systems that make a face from score, field and feeling; those that it shares with the voice (the score read, the field
turned); those that follow what is talked about; and those that remember."""
APART = {name for names in PARTS.values() for name in names} | {"sing", "language", "schedule"}
ONE_BAR, TICK = 0.3, 1000.0 / 60.0
"""Milliseconds that one face may take, and those of a tick."""


def measure(part: str) -> dict[str, float]:
    """Figures of one face, and of many that all speak."""
    one, many = costs(1, 240), costs(FACES, 60)
    return {
        "one speaking face, median ms a tick": one["face"],
        "... and score and field, which the voice needs as well": one["shared"],
        "... and what follows the talk": one["mind"],
        "... and what remembers": one["memory"],
        f"{FACES} speaking faces, median ms a tick": many["face"],
        "... and score and field of all": many["shared"],
        "... and what follows their talk": many["mind"],
        "... and what remembers it": many["memory"],
        "... and all else but the voices": many["rest"],
        f"ratio of one face to its bar of {ONE_BAR} ms": one["face"] / ONE_BAR,
        f"share of real time for {FACES} faces with score and field": (many["face"] + many["shared"]) / TICK,
    }


def costs(count: int, ticks: int) -> dict[str, float]:
    """Median milliseconds a tick of PARTS, and of the rest but the voice."""
    host = Host(seed=7)
    for k in range(count):
        host.say(host.avatar("mira", place=(0.4 * k, 0.0, 0.0)), TEXT)
    host.step(40)  # all have begun
    gc.collect()
    gc.freeze()
    found: dict[str, list[float]] = {name: [] for name in (*PARTS, "rest")}
    for _ in range(ticks):
        host.step()
        took = {s.name: s.last_ms / s.every for s in host.app.systems}
        for name, systems in PARTS.items():
            found[name].append(sum(took.get(system, 0.0) for system in systems))
        found["rest"].append(sum(ms for name, ms in took.items() if name not in APART))
    return {name: median(times) for name, times in found.items()}
