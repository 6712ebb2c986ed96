"""One avatar that speaks: what a tick costs, and how soon the first sound comes."""

import gc
from statistics import median
from time import perf_counter

import numpy as np

from psi_ecs.components.frame import Frame
from psi_ecs.systems.host import Host

WARM = "Good morning. How are you today?"
TEXT = (
    "The birch canoe slid on the smooth planks. Glue the sheet to the dark blue background. It's easy to tell the depth of "
    "a well. These days a chicken leg is a rare dish. Rice is often served in round bowls."
)  # Harvard sentences, list 1 (IEEE 1969)
LONGEST = 60 * 60
"""Ticks: a minute, to end a run that does not."""


def measure(part: str) -> dict[str, float]:
    """Figures of one avatar on one core, after a first utterance has loaded everything."""
    host = Host(seed=7)
    avatar = host.avatar("mira")
    host.say(avatar, WARM)
    finish(host)
    first = [first_sound(host, avatar) for _ in range(5)]
    host.say(avatar, TEXT)
    ticks, frames = finish(host)
    seconds = len(frames) / 60.0
    parts = systems(host, avatar)
    spoken = sum(parts.get(name, 0.0) for name in ("language", "schedule", "evaluate", "sing", "express"))
    loud = sum(bool(np.any(frame.audio)) for frame in frames)
    return {
        "text to first sounding block, warm, median ms": 1e3 * median(first),
        "tick, median ms": 1e3 * median(ticks),
        "tick, 99th percentile ms": 1e3 * float(np.percentile(ticks, 99)),
        "tick, longest ms (a sentence is planned in it)": 1e3 * max(ticks),
        "time / real time (voice and face)": spoken * 60.0 / 1e3,
        "time / real time (voice, face, field and the rest of the tick)": sum(ticks) / seconds,
        "seconds of speech": seconds,
        "share of ticks that sound": loud / len(frames),
        **{f"system {name}, ms a tick": ms for name, ms in parts.items()},
    }


def finish(host: Host) -> tuple[list[float], list[Frame]]:
    """Step until all is said: seconds of each tick, and the frames."""
    times: list[float] = []
    frames: list[Frame] = []
    gc.collect()
    gc.freeze()  # as the commands do
    while not host.idle and len(times) < LONGEST:
        start = perf_counter()
        frame = host.step()
        times.append(perf_counter() - start)
        frames.append(frame)
    return times, frames


def first_sound(host: Host, avatar: int) -> float:
    """Seconds of work from a text to the block in which it begins to sound."""
    start = perf_counter()
    host.say(avatar, WARM)
    for _ in range(120):
        if np.any(np.abs(host.step().audio) > 1e-4):
            break
    seconds = perf_counter() - start
    finish(host)
    return seconds


def systems(host: Host, avatar: int) -> dict[str, float]:
    """Mean milliseconds of each system over an utterance."""
    host.say(avatar, WARM)
    total: dict[str, float] = {}
    ticks = 0
    while not host.idle and ticks < LONGEST:
        host.step()
        ticks += 1
        for system in host.app.systems:
            total[system.name] = total.get(system.name, 0.0) + system.last_ms
    return {name: ms / ticks for name, ms in sorted(total.items(), key=lambda pair: -pair[1])}
