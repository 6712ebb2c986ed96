"""What tests of memory share: an avatar that speaks, and what came of it."""

import numpy as np

from psi_ecs.components.frame import Frame
from psi_ecs.systems.host import Host


def run(host: Host, limit: float = 30.0) -> list[Frame]:
    """Step until nobody speaks."""
    frames, end = list[Frame](), host.time + limit
    while not host.idle:
        frames.append(host.step())
        assert host.time < end
    return frames


def turn(frames: list[Frame], number: int) -> list[bytes]:
    """Sound and face of each tick of a turn of the first avatar."""
    at = {e.kind: k for k, f in enumerate(frames) for e in f.events if e.turn == number and e.kind.startswith("turn")}
    return [
        b"".join(np.ascontiguousarray(x).tobytes() for x in (f.sounds[0], f.weights[0], f.tongue[0], f.breath[0]))
        for f in frames[at["turn-start"] : at["turn-end"]]
    ]
