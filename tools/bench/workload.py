"""Memories for measurements: what a persona of long standing may have, the same for everybody who is measured."""

import time
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.memory import KEY, MEANING, STYLE, Entry
from psi_ecs.components.text import FEELINGS

F32 = NDArray[np.float32]

CHUNK = 10_000
"""Entries that are drawn, and then added, together."""
QUERIES = 200
TOP = 10
KINDS = {"both": slice(0, KEY), "style": slice(0, len(STYLE)), "meaning": slice(KEY // 2, KEY)}
"""Halves of a key that are asked for."""
MANNERS, TOPICS = 200, 3000
"""Clusters of styles and of meanings: their sizes fall as rank^-0.8."""
SPREAD = 0.6
"""Of a cluster, where the centres are 1 from the origin."""


class Space(NamedTuple):
    """A half of the key: clusters of unequal size and unequal axes."""

    centres: NDArray[np.float64]
    share: NDArray[np.float64]
    axes: NDArray[np.float64]

    def draw(self, rng: np.random.Generator, which: NDArray[np.int64]) -> F32:
        """f32[N, D] at unit length, of these clusters."""
        points = self.centres[which] + SPREAD * rng.normal(size=(len(which), len(self.axes))) @ self.axes
        unit: F32 = (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)
        return unit


@cache
def space(width: int, count: int) -> Space:
    """The same each time."""
    rng = np.random.default_rng([1, width])
    fall = 1.0 / np.sqrt(1.0 + 0.1 * np.arange(width))
    centres = rng.normal(size=(count, width)) * fall
    share = np.arange(1, count + 1) ** -0.8
    turned = np.linalg.qr(rng.normal(size=(width, width)))[0]
    axes = (fall / np.linalg.norm(fall))[:, None] * turned
    return Space(centres / np.linalg.norm(centres, axis=1, keepdims=True), share / share.sum(), axes)


def keys(seed: int, count: int) -> tuple[F32, NDArray[np.int64]]:
    """f32[count, KEY] and the topic of each."""
    rng = np.random.default_rng([2, seed])
    found = np.zeros((count, KEY), np.float32)
    styles, meanings = space(len(STYLE), MANNERS), space(MEANING, TOPICS)
    topics = rng.choice(TOPICS, count, p=meanings.share)
    found[:, : len(STYLE)] = styles.draw(rng, rng.choice(MANNERS, count, p=styles.share))
    found[:, KEY // 2 : KEY // 2 + MEANING] = meanings.draw(rng, topics)
    return found, topics


def chunks(count: int) -> Iterator[tuple[int, F32, NDArray[np.int64]]]:
    """All keys, by and by: number of the first, keys, topics."""
    for low in range(0, count, CHUNK):
        yield low, *keys(low, min(CHUNK, count - low))


def entries(low: int, found: F32, topics: NDArray[np.int64]) -> list[Entry]:
    """Entries with these keys, three seconds apart; one in two hundred has the tag `rare`, one in five `greeting`."""
    rng = np.random.default_rng([3, low])
    feelings = rng.normal(size=(len(found), len(FEELINGS))).round(3).tolist()
    styles = rng.normal(size=(len(found), len(STYLE))).astype(np.float32)
    people = rng.integers(0, 50, len(found)).tolist()
    made = []
    for k, topic in enumerate(topics.tolist()):
        n = low + k
        tags = ("rare",) if n % 200 == 0 else ("greeting",) if n % 5 == 0 else ("talk",)
        entry = Entry(
            time=1.7e9 + 3.0 * n, scene=f"scene {n // 500}", turn=n, speaker="Mira", people=(f"person {people[k]}",), tags=tags,
            text=f"I told you about subject {topic} before, and number {n} of what I know is that it never ends as one thinks.",
            concepts=(f"subject {topic}", f"field {topic % 40}"), feeling=tuple(feelings[k]), valence=0.1, style=styles[k],
            key=found[k], digest=bytes(16),
        )  # fmt: skip
        made.append(entry)
    return made


class Truth(NamedTuple):
    """What is asked, and what is nearest."""

    queries: dict[str, F32]
    nearest: dict[str, list[set[int]]]


def truth(count: int) -> Truth:
    """Queries of the same kind as the entries, and the numbers (from 0) of their nearest, exactly."""
    whole = keys(-1 % 2**32, QUERIES)[0]
    queries = {name: np.zeros_like(whole) for name in KINDS}
    best = {name: (np.full((QUERIES, TOP), -np.inf, np.float32), np.zeros((QUERIES, TOP), np.int64)) for name in KINDS}
    for name, part in KINDS.items():
        queries[name][:, part] = whole[:, part]
    for low, found, _ in chunks(count):
        for name, part in KINDS.items():
            score = np.concatenate([best[name][0], queries[name][:, part] @ found[:, part].T], axis=1)
            rows = np.concatenate([best[name][1], np.tile(np.arange(low, low + len(found)), (QUERIES, 1))], axis=1)
            top = np.argpartition(-score, TOP, axis=1)[:, :TOP]
            best[name] = np.take_along_axis(score, top, 1), np.take_along_axis(rows, top, 1)
    return Truth(queries, {name: [set(row) for row in rows.tolist()] for name, (_, rows) in best.items()})


def recalled(asked: Truth, find: Callable[[F32], list[int]], most: int = QUERIES) -> dict[str, float]:
    """Recall of 10 and milliseconds of CPU (median, 99th percentile) of each kind of query."""
    figures: dict[str, float] = {}
    for name, queries in asked.queries.items():
        hits = [len(near & set(find(q))) for q, near in zip(queries[:most], asked.nearest[name], strict=False)]
        spent = warm([lambda q=q: find(q) for q in queries[:most]])  # type: ignore[misc]
        figures[f"{name}: recall@10"] = sum(hits) / (TOP * len(hits))
        figures[f"{name}: p50 ms"] = 1e3 * float(np.median(spent))
        figures[f"{name}: p99 ms"] = 1e3 * float(np.quantile(spent, 0.99))
    return figures


def warm(calls: list[Callable[[], object]], rounds: int = 3) -> list[float]:
    """Seconds of CPU of each call, the best of some rounds after one that does not count: what other programs take at the same
    time is not theirs."""
    spent: list[list[float]] = []
    for _ in range(rounds + 1):
        spent.append([])
        for call in calls:
            begun = time.process_time()
            call()
            spent[-1].append(time.process_time() - begun)
    return [min(times) for times in zip(*spent[1:], strict=True)]
