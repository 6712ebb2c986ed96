"""Faces alone: what one costs a tick, and how many go in real time on one core."""

import gc
from statistics import median

from psi_ecs.systems.host import Host

TEXT = "The birch canoe slid on the smooth planks. Glue the sheet to the dark blue background."  # Harvard sentences (IEEE 1969)
FACES = 100
SYSTEMS = ("claim", "rehearse", "equip", "attune", "resonate", "express")
"""Systems that make a face from score, field and feeling: `express` mixes it, `claim` lets hosts own channels, and `resonate`
stirs it by what is meant."""
MIXING = ("claim", "express")
SHARED = ("evaluate", "advance")
"""Those that it shares with the voice: the score read, the field turned."""
ONE_BAR, TICK = 0.3, 1000.0 / 60.0
"""Milliseconds that one face may take, and those of a tick."""


def measure(part: str) -> dict[str, float]:
    """Figures of one face, and of many that all speak."""
    one, mixing, shared_one, _ = costs(1, 240)
    many, _, shared, rest = costs(FACES, 60)
    return {
        "one speaking face, median ms a tick": one,
        "... of which mixing it, without what words stir": mixing,
        "... and score and field, which the voice needs as well": shared_one,
        f"{FACES} speaking faces, median ms a tick": many,
        "... and score and field": shared,
        "... and all else but the voices": rest,
        f"ratio of one face to its bar of {ONE_BAR} ms": one / ONE_BAR,
        f"share of real time for {FACES} faces with score and field": (many + shared) / TICK,
    }


def costs(count: int, ticks: int) -> tuple[float, float, float, float]:
    """Median milliseconds a tick of the face's systems, of those that mix it, of those shared with the voice, and of the others
    but the voice."""
    host = Host(seed=7)
    for k in range(count):
        host.say(host.avatar("mira", place=(0.4 * k, 0.0, 0.0)), TEXT)
    host.step(40)  # all have begun
    gc.collect()
    gc.freeze()
    face, mixing, shared, rest = [], [], [], []
    for _ in range(ticks):
        host.step()
        took = {s.name: s.last_ms for s in host.app.systems}
        face.append(sum(took.get(name, 0.0) for name in SYSTEMS))
        mixing.append(sum(took.get(name, 0.0) for name in MIXING))
        shared.append(sum(took.get(name, 0.0) for name in SHARED))
        rest.append(sum(ms for name, ms in took.items() if name not in (*SYSTEMS, *SHARED, "sing", "language", "schedule")))
    return median(face), median(mixing), median(shared), median(rest)
