"""Whether a subject that was solemn is solemn again, in another process and after other talk, and only that one."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from msgspec import Struct, msgpack
from numpy.typing import NDArray

from psi_ecs.systems.host import Host
from psi_ecs.tools.memory.measure import MEASURES, measure, take
from psi_ecs.tools.memory.tones import syllables

F64 = NDArray[np.float64]

SOLEMN = "[sadness][slow][low]"
ACTS = {
    "lighthouse": ("The old lighthouse went dark last winter. Nobody lights the lighthouse now.",
                   "You can see the lighthouse from the road.", "The bakery opens at nine."),
    "grandmother": ("My grandmother died in the spring. I still miss my grandmother.",
                    "My grandmother lived in a small town.", "The laptop needs a new battery."),
    "forest": ("The forest burned for nine days. There is hardly any forest left.",
               "The path goes through the forest.", "The meeting is on Tuesday."),
    "piano": ("Her piano stands silent in the hall. She will not play the piano again.",
              "The piano stands next to the window.", "A taxi waits at the corner."),
    "whale": ("They found the whale dead on the beach. The whale had swallowed a net.",
              "A whale can hold its breath for an hour.", "The printer is out of paper."),
}  # fmt: skip
"""By subject: what is said of it in act one, and in act three of it and of something else."""
BETWEEN = ("The shop around the corner sells fresh fruit.", "We take the bus at ten in the morning.",
           "This table is made of oak.", "The window faces the street.")  # fmt: skip
"""Act two."""
DAY = 86_400.0
SEED = 23


class Topics(Struct):
    """By how much what is said of a subject that was solemn differs from what it would be without a memory, and likewise of
    another subject: means over ACTS."""

    slower: float
    """Share by which the rate is less."""
    lower: float
    """Semitones."""
    down: float
    """By how much the corners of the mouth and the head are lower: mouthFrown more, mouthSmile less, radians of the nod."""
    solemn: int
    """Subjects of which all three hold, of all `of`."""
    of: int
    other_slower: float
    other_lower: float
    other_down: float
    other: int
    """Other subjects that are wrongly solemn: slower by 5 %, lower by half a semitone, or down by 0.05."""


def first(path: Path, persona: str, subject: str) -> None:
    """Acts one and two."""
    host = Host(seed=SEED)
    me = host.avatar(persona)
    memory = host.memory(me, path)
    host.say(me, f"{SOLEMN} {ACTS[subject][0]}")
    take(host)
    for line in BETWEEN:
        host.say(me, line)
        take(host)
    memory.close()


def third(path: Path | None, persona: str, subject: str) -> list[list[float]]:
    """Act three, a day later: measures of what is said of the subject, and of another; without a memory if `path` is None."""
    out = []
    for line in ACTS[subject][1:]:
        host = Host(seed=SEED + 1)
        me = host.avatar(persona)
        memory = host.memory(me, path, began=DAY, readonly=path is not None)
        host.say(me, line)
        out.append(measure(take(host), syllables(line)).tolist())
        memory.close()
    return out


def topics(persona: str, told: Callable[[], None]) -> Topics:
    """All subjects, the third act in another process."""
    found = []
    for subject in ACTS:
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"{persona}.psimem"
            first(path, persona, subject)
            line = [sys.executable, "-m", "psi_ecs.tools.memory.topics", str(path), persona, subject]
            done = subprocess.run(line, capture_output=True, check=True)
        with_memory = np.array(msgpack.decode(done.stdout, type=list[list[float]]))
        found.append([solemnity(a, b) for a, b in zip(with_memory, np.array(third(None, persona, subject)), strict=True)])
        told()
    its, other = np.array(found).transpose(1, 0, 2)
    wrong = (other[:, 0] > 0.05) | (other[:, 1] > 0.5) | (other[:, 2] > 0.05)
    right = (its[:, 0] > 0.05) & (its[:, 1] > 0.25) & (its[:, 2] > 0.05)
    slower, lower, down = its.mean(axis=0).tolist()
    others = other.mean(axis=0).tolist()
    return Topics(slower, lower, down, int(right.sum()), len(ACTS), others[0], others[1], others[2], int(wrong.sum()))


def solemnity(now: F64, plain: F64) -> tuple[float, float, float]:
    """How much slower, lower (semitones) and further down the face is than in plain talk."""
    a, b = (dict(zip(MEASURES, x.tolist(), strict=True)) for x in (now, plain))
    frown, smile, head = (a[name] - b[name] for name in ("mouthFrownLeft", "mouthSmileLeft", "headPitch"))
    return 1.0 - a["rate"] / b["rate"], b["pitch"] - a["pitch"], frown - smile + head


if __name__ == "__main__":
    sys.stdout.buffer.write(msgpack.encode(third(Path(sys.argv[1]), sys.argv[2], sys.argv[3])))
