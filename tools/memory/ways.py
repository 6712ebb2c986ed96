"""Whether a quote is the same, byte for byte, and whether a mood on its way is never more wrought up than at its ends."""

import subprocess
import sys
from collections.abc import Callable
from hashlib import blake2b
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from psi_ecs.components.avatar import Feeling
from psi_ecs.components.frame import Frame
from psi_ecs.components.memory import Entry, Wish
from psi_ecs.components.text import EMOTIONS
from psi_ecs.systems.host import Host
from psi_ecs.systems.memory import tone
from psi_ecs.systems.memory.travel import energy
from psi_ecs.systems.planner import mood
from psi_ecs.systems.play import feeling
from psi_ecs.tools.memory.measure import take
from psi_ecs.tools.voice.measure import clicks

SEED = 5
LINES = (
    "[remember greeting][joy] Hello there, what a lovely morning it is! [/]",
    "[sadness][slow] The old house by the river is gone. [/] Nobody lives there now.",
    "[whisper] Come closer. [/] I will tell you what happened [laugh] on the way home.",
)
"""With feelings, a manner, a sound that is no word, and two sentences in a turn."""
SECONDS = 4.0
"""In which a mood travels."""


class Quoted(Struct):
    """How a quote compares with what it quotes."""

    same: int
    """Quotes whose sound and face are the same bytes, of all `of`."""
    of: int
    there: int
    """Likewise in another process, after `after` other entries."""
    after: int


def performance(frames: list[Frame], turn: int) -> str:
    """Digest of sound and face from the tick in which a turn begins to the one before it ends."""
    ticks = {e.kind: k for k, f in enumerate(frames) for e in f.events if e.turn == turn and e.kind.startswith("turn")}
    digest = blake2b(digest_size=16)
    for frame in frames[ticks["turn-start"] : ticks["turn-end"]]:
        for part in (frame.sounds[0], frame.weights[0], frame.tongue[0], frame.breath[0]):
            digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()


def company(persona: str, path: Path) -> Host:
    """The avatar, with somebody beside it, and its memory open."""
    host = Host(seed=SEED)
    host.avatar(persona)
    host.avatar("theo" if persona != "theo" else "mira", place=(0.5, 0.0, 0.0))
    host.memory(host.avatars[0], path)
    return host


def speak(persona: str, path: Path) -> dict[int, str]:
    """Say LINES while the other talks as well, cues come in and a host drives the face; digest of each turn."""
    host = company(persona, path)
    me, other = host.avatars
    out = {}
    for k, line in enumerate(LINES):
        host.say(other, "I have heard that before, and I was glad.")
        host.step(7 * k + 1)
        turn = host.say(me, line)
        host.cue(me, "expression", name="smile", strength=0.6, seconds=1.0)
        host.pose(me, {"browInnerUp": 0.4}, owner="tracker")
        first = take(host, 0.6)
        host.cue(me, "nod")
        host.look_at(me, (0.3, 0.1 * k, 1.0))
        host.release(me, owner="tracker")
        rest = take(host)
        out[turn] = performance(first.frames + rest.frames, turn)
    host.memory(me).close()
    return out


def again(persona: str, path: Path) -> list[str]:
    """Quote each of LINES in another company and at another time; digests."""
    host = Host(seed=SEED + 1)
    me = host.avatar(persona)
    memory = host.memory(me, path)
    host.step(37)
    out = []
    for found in reversed(memory.find(Wish(kind="utterance", limit=len(LINES), until=60.0))):
        turn = host.quote(me, f"#{found.entry.id}")
        out.append(performance(take(host).frames, turn))
    memory.close()
    return out


def quotes(persona: str, others: int, told: Callable[[], None]) -> Quoted:
    """Quote here, and in another process after `others` more entries."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{persona}.psimem"
        said = list(speak(persona, path).values())
        told()
        here = again(persona, path)
        told()
        crowd(persona, path, others)
        told()
        line = [sys.executable, "-m", "psi_ecs.tools.memory.ways", persona, str(path)]
        done = subprocess.run(line, capture_output=True, check=True)
        told()
    there = done.stdout.decode().split()
    same = [sum(a == b for a, b in zip(said, found, strict=True)) for found in (here, there)]
    return Quoted(same[0], len(said), same[1], others)


def crowd(persona: str, path: Path, count: int) -> None:
    """Put `count` other entries into a memory, later than all that is there."""
    host = Host()
    memory = host.memory(host.avatar(persona), path)
    blank = Entry(speaker=persona, text="So it goes.", time=1000.0)
    for k in range(count):
        memory.store.add(replace(blank, time=1000.0 + k))
    memory.close()


class Way(Struct):
    """How moods travelled."""

    of: int
    over: float
    """Energy above the larger of both ends, at most; 0 or less when the bound holds."""
    missed: float
    """Distance from the goal at the end, at most; 1 is a full feeling."""
    clicks: int
    """Jumps of the sound (`psi eval voice` tells what counts as one)."""
    step: float
    """Largest second difference a tick squared of a feeling: a path without jerks stays below 1e-3."""


def ways(persona: str, told: Callable[[], None]) -> Way:
    """Travel from each named feeling to each other one, talking all the while."""
    over, missed, cracks, step, pairs = -np.inf, 0.0, 0, 0.0, list(permutations(EMOTIONS, 2))
    for first, second in pairs:
        host = Host(seed=SEED)
        me = host.avatar(persona)
        memory, home = host.memory(me), mood(host.personas[0])
        begin, end = (feeling(name) for name in (first, second))
        assert begin is not None and end is not None
        memory.travel(begin, 0.1)
        host.step(12)
        host.say(me, "The birch canoe slid on the smooth planks. Glue the sheet to the dark blue background.")
        host.say(me, "It is easy to tell the depth of a well. These days a chicken leg is a rare dish.")
        memory.travel(end, SECONDS)
        felt, sound = [], []
        for _ in range(round(SECONDS * 60) + 2):
            sound.append(host.step().audio)
            felt.append(host.app.world.peek(me, Feeling).now[0].astype(np.float64))
        path = np.array(felt)
        bound = max(energy(tone.vector(begin), home), energy(tone.vector(end), home))
        over = max(over, max(energy(m, home) for m in path) - bound)
        missed = max(missed, float(np.abs(path[-2] - tone.vector(end)).max()))
        step = max(step, float(np.abs(np.diff(path, 2, axis=0)).max()))
        cracks += clicks(np.concatenate(sound))[0]
        told()
    return Way(len(pairs), float(over), missed, cracks, step)


if __name__ == "__main__":
    print("\n".join(again(sys.argv[1], Path(sys.argv[2]))))
