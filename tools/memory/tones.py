"""Whether "like earlier" sounds and looks like earlier, and whether what lies between two memories lies between them."""

import subprocess
import sys
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from msgspec import Struct, msgpack
from numpy.typing import NDArray

from psi_ecs.components.frame import Frame
from psi_ecs.systems.host import Host
from psi_ecs.systems.language import analyse
from psi_ecs.tools.memory.measure import JUST, MEASURES, distance, measure, take, taken

F64 = NDArray[np.float64]

STYLES = {
    "joy": ("[joy][lively]", "We won the first prize at the fair this morning."),
    "grief": ("[sadness][slow]", "She walked alone along the empty shore at night."),
    "anger": ("[anger][loud]", "They broke the window and they never said a word."),
    "secret": ("[whisper]", "Nobody knows where the old man hid the key."),
    "calm": ("[calm][low][monotone]", "The lake lies still and the boats are all asleep."),
}
"""Ways of speaking, as they are kept: tags, and what is said first in each."""
TEXTS = (
    "The birch canoe slid on the smooth planks.", "Glue the sheet to the dark blue background.",
    "It is easy to tell the depth of a well.", "These days a chicken leg is a rare dish.",
    "Rice is often served in round bowls.", "The juice of lemons makes fine punch.",
    "The box was thrown beside the parked truck.", "The hogs were fed chopped corn and garbage.",
    "Four hours of steady work faced us.", "A large size in stockings is hard to sell.",
    "The boy was there when the sun rose.", "A rod is used to catch pink salmon.",
    "The source of the huge river is the clear spring.", "Kick the ball straight and follow through.",
    "Help the woman get back to her feet.", "A pot of tea helps to pass the evening.",
    "Smoky fires lack flame and heat.", "The soft cushion broke the man's fall.",
    "The salt breeze came across from the sea.", "The girl at the booth sold fifty bonds.",
)  # fmt: skip
"""The first two Harvard lists (IEEE 1969), which say nothing of a tone."""
BLENDED = "The birch canoe slid on the smooth planks. It is easy to tell the depth of a well."
RATIOS = (0.0, 0.25, 0.5, 0.75, 1.0)
SEED = 11


class Sameness(Struct):
    """How often what was asked for like one of some styles is nearest to that one."""

    share: float
    of: int
    chance: float
    confused: dict[str, str]
    """What was taken for something else: "text/style" to that."""


def syllables(text: str) -> int:
    """Syllables of a text."""
    return sum(max(w.syllable) + 1 for s in analyse(text).sentences for w in s.words)


def keep(path: Path, persona: str) -> dict[str, list[float]]:
    """Say each style once and keep it in a memory; what each measures."""
    host = Host(seed=SEED)
    avatar = host.avatar(persona)
    memory = host.memory(avatar, path)
    out = {}
    for name, (tags, text) in STYLES.items():
        host.say(avatar, f"[remember {name}]{tags} {text}")
        out[name] = measure(take(host), syllables(text)).tolist()
    memory.close()
    return out


def ask(path: Path, persona: str, texts: int, told: Callable[[], None]) -> dict[str, list[float]]:
    """Open the memory, and say every text like every style; what each measures, by "text/style"."""
    out = {}
    for k, text in enumerate(TEXTS[:texts]):
        for name in STYLES:
            host = Host(seed=SEED + 1 + k)
            avatar = host.avatar(persona)
            memory = host.memory(avatar, path, readonly=True)
            host.say(avatar, f"[like {name}] {text}")
            out[f"{k}/{name}"] = measure(take(host), syllables(text)).tolist()
            memory.close()
            told()
    return out


def sameness(kept: dict[str, list[float]], asked: dict[str, list[float]]) -> Sameness:
    """Nearest of the kept styles for each utterance; measures are scaled by how they differ between the styles."""
    names = list(kept)
    known = [np.array(kept[n]) for n in names]
    scale = np.maximum(np.nanstd(known, axis=0), 1e-3)
    confused = {}
    for key, found in asked.items():
        nearest = names[int(np.argmin([distance(np.array(found), one, scale) for one in known]))]
        if nearest != key.partition("/")[2]:
            confused[key] = nearest
    return Sameness(1.0 - len(confused) / len(asked), len(asked), 1.0 / len(names), confused)


def same_tone(persona: str, texts: int, told: Callable[[], None]) -> tuple[Sameness, Sameness]:
    """In this process, and after reopening in another one."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{persona}.psimem"
        kept = keep(path, persona)
        here = ask(path, persona, texts, told)
        line = [sys.executable, "-m", "psi_ecs.tools.memory.tones", str(path), persona, str(texts)]
        done = subprocess.run(line, capture_output=True, check=True)
        there = msgpack.decode(done.stdout, type=dict[str, list[float]])
        for _ in there:
            told()
    return sameness(kept, here), sameness(kept, there)


class Blends(Struct):
    """How what lies between two memories measures."""

    monotone: float
    """Share of pairs and measures that go one way only, from end to end, as far as can be noticed: back by no more than noise
    makes them, or than JUST."""
    strict: float
    """Likewise, back by no more than noise makes them."""
    of: int
    broken: float
    """By how much more a rule of the grammar is broken between the ends than at the worse of them, in its own unit: at most,
    each as the mean over the utterance."""
    against: dict[str, list[float]]
    """What goes back by more than noise, at the five ratios."""


def blends(persona: str, told: Callable[[], None]) -> Blends:
    """All pairs of styles at five ratios. Noise is by how much three performances differ that are otherwise the same."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{persona}.psimem"
        keep(path, persona)
        names, against, noticed, total, worst = list(STYLES), dict[str, list[float]](), 0, 0, 0.0
        noise = {name: _noise(path, persona, f"[like {name}] {BLENDED}", told) for name in names}
        for first, second in combinations(names, 2):
            lines = [f"[like between {first} and {second} {ratio}] {BLENDED}" for ratio in RATIOS]
            found, broken = zip(*(_performed(path, persona, line, SEED, told) for line in lines), strict=True)
            worst = max(worst, *(_worse(b, broken[0], broken[-1]) for b in broken[1:-1]))
            steps = np.diff(np.array(found), axis=0)
            back = np.maximum(-steps * np.sign(steps.sum(axis=0)), 0.0).max(axis=0)
            most = np.maximum(noise[first], noise[second])
            for k in np.flatnonzero(~np.isnan(back)).tolist():
                total += 1
                if back[k] > most[k]:
                    against[f"{first}-{second} {MEASURES[k]}"] = [float(f[k]) for f in found]
                    noticed += bool(back[k] > JUST[k])
    return Blends(1.0 - noticed / total, 1.0 - len(against) / total, total, worst, against)


def _performed(path: Path, persona: str, line: str, seed: int, told: Callable[[], None]) -> tuple[F64, dict[str, float]]:
    """Measures of a line, and how far each rule was broken on average."""
    host = Host(seed=seed)
    avatar = host.avatar(persona)
    memory = host.memory(avatar, path, readonly=True)
    host.say(avatar, line)
    frames, broken = list[Frame](), dict[str, float]()
    while not host.idle:
        frames.append(host.step())
        for name, amount in host.broken(avatar).items():
            broken[name] = broken.get(name, 0.0) + amount
    memory.close()
    told()
    return measure(taken(frames), syllables(BLENDED)), {name: total / len(frames) for name, total in broken.items()}


def _noise(path: Path, persona: str, line: str, told: Callable[[], None]) -> F64:
    """How much measures differ by noise alone."""
    found = np.array([_performed(path, persona, line, seed, told)[0] for seed in (SEED, SEED + 1, SEED + 2)])
    return np.asarray(found.max(axis=0) - found.min(axis=0))


def _worse(now: dict[str, float], *ends: dict[str, float]) -> float:
    """By how much a rule is broken more than at the worse end."""
    return max((amount - max(end.get(name, 0.0) for end in ends) for name, amount in now.items()), default=0.0)


if __name__ == "__main__":
    sys.stdout.buffer.write(msgpack.encode(ask(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), lambda: None)))
