"""The graph of each avatar as arrays: where its concepts lie, what words wake them, and what passes along its edges."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from psi_ecs import Edges, Entities, PsiError, Query, Sparse, World
from psi_ecs.components.concept import Concept, Concepts, Context, Kind, Link, Meaning, Seed
from psi_ecs.components.expression import ROOM
from psi_ecs.components.memory import MEANING
from psi_ecs.components.oscillator import Role
from psi_ecs.systems.formats.embedding import embed, kind, plain, singular
from psi_ecs.systems.formats.expression import packaged
from psi_ecs.systems.formats.pattern import ROLES
from psi_ecs.systems.kernels import spread

T = TypeVar("T")
F64 = NDArray[np.float64]
Index = NDArray[np.int64]
Part = tuple[Entities, Concept]

GAIN = 0.6
"""Share of its activation that a concept passes on to its neighbours together."""
MEMO = 4096
"""Words whose concepts are kept in a graph."""
ALONG = {Kind.RELATED: 1.0, Kind.IS_A: 0.8, Kind.PART_OF: 0.8, Kind.OPPOSITE: 0.5, Kind.CAUSES: 0.8, Kind.NEXT: 0.8}
BACK = {Kind.RELATED: 1.0, Kind.IS_A: 0.4, Kind.PART_OF: 0.5, Kind.OPPOSITE: 0.5, Kind.CAUSES: 0.5, Kind.NEXT: 0.3}
"""Factors on what passes along an edge and against it: a dog brings animals to mind sooner than animals a dog."""
_ALONG, _BACK = (np.array([d[k] for k in Kind]) for d in (ALONG, BACK))


@dataclass(eq=False)
class Graph:
    """The concepts of one avatar. n of them."""

    avatar: int
    ids: NDArray[np.uint64]
    rows: Index
    """Where they lie among all concepts."""
    names: list[str]
    at: dict[str, int]
    """Place of each name."""
    whole: dict[str, tuple[int, ...]]
    """Concepts of a word or phrase."""
    begun: dict[str, tuple[int, ...]]
    """Concepts of the beginning of a word."""
    kinds: list[str]
    topic: NDArray[np.bool_]
    vectors: NDArray[np.float32]
    """f32[n, MEANING]; zeros for unknown meanings."""
    shown: list[tuple[int, int, float]]
    """Concept, expression, strength."""
    pumped: list[tuple[int, int, float]]
    """Concept, role, square of the factor less 1."""
    memo: dict[tuple[str, ...], list[int]]
    """What `stirred` found before."""

    def stirred(self, word: str, before: Sequence[str] = ()) -> list[int]:
        """Concepts that a word wakes, as it is spoken (capitals and marks do not matter), with the words before it, in small
        letters: the longest phrase that is known counts."""
        key = (*before, plain(word))
        if key not in self.memo:
            if len(self.memo) > MEMO:
                self.memo.clear()
            self.memo[key] = self._find(key[-1], list(before))
        return self.memo[key]

    def _find(self, word: str, before: list[str]) -> list[int]:
        for n in range(len(before), 0, -1):
            if found := self.whole.get(" ".join([*before[-n:], word])):
                return list(found)
        found_set = set(self.whole.get(word, ()))
        if not found_set and (base := singular(word)) != word:
            found_set |= set(self.whole.get(base, ()))
        for n in range(3, len(word) + 1):
            found_set |= set(self.begun.get(word[:n], ()))
        return sorted(found_set)


class Graphs:
    """Resource, derived and not saved: the graph of every avatar. Parts are the tables' runs of concepts."""

    def __init__(self) -> None:
        """Nothing looked up yet."""
        self._seen: list[Entities] = []
        self._edges: tuple[int, NDArray[np.uint64] | None] = (-1, None)
        self.of: dict[int, Graph] = {}
        """By avatar."""
        self.who = np.zeros(0, np.uint64)
        """Avatars, sorted."""
        self.start = np.zeros(1, np.int64)
        """First row of each part, and the end."""
        self._starts: list[int] = []
        self.shown: tuple[Index, Index, F64] = _effects([], ROOM)
        self.pumped: tuple[Index, Index, F64] = _effects([], len(Role))
        self._source = self._target = np.zeros(0, np.int64)
        self._passed: F64 = np.zeros(0)
        self._ids = np.zeros(0, np.uint64)
        self._order = np.zeros(0, np.int64)
        self._slots: list[tuple[NDArray[np.uint64], Index, NDArray[np.bool_]]] = []
        self.stale = True
        """Set it where weights of edges have changed."""

    def look(self, parts: list[Part], meanings: Sparse[Meaning]) -> None:
        """Find all concepts anew if any came or went."""
        if len(parts) == len(self._seen) and all(a is e for a, (e, _) in zip(self._seen, parts, strict=True)):
            return
        self._seen = [ents for ents, _ in parts]
        self.start = np.cumsum([0, *(len(ents.id) for ents in self._seen)])
        self._starts = self.start[:-1].tolist()
        self._ids, self.stale = joined([ents.id for ents in self._seen], np.uint64), True
        self._order = np.argsort(self._ids)
        owner = joined([c.avatar for _, c in parts], np.uint64)
        order = np.argsort(owner, kind="stable")
        self._slots = []
        self.who, first = np.unique(owner[order], return_index=True)
        groups = zip(self.who.tolist(), np.split(order, first[1:]), strict=True)
        self.of = {who: self._graph(who, rows, meanings) for who, rows in groups}
        shown, pumped = [], []
        for slot, g in enumerate(self.of.values()):
            shown += [(g.rows[c], slot * ROOM + i, x) for c, i, x in g.shown]
            pumped += [(g.rows[c], slot * len(Role) + i, x) for c, i, x in g.pumped]
        self.shown, self.pumped = _effects(shown, ROOM), _effects(pumped, len(Role))

    def _graph(self, avatar: int, rows: Index, meanings: Sparse[Meaning]) -> Graph:
        ids, old = self._ids[rows], self.of.get(avatar)
        if old is not None and np.array_equal(old.ids, ids):
            old.rows = rows
            return old
        return made(avatar, ids, rows, [meanings[i] for i in ids.tolist()])

    def edges(self, links: Edges[Link]) -> tuple[Index, Index, F64]:
        """Rows that each edge leaves and reaches, along and against it, and what it passes on."""
        key = (links.changed, links.source)
        if self._edges[0] != key[0] or self._edges[1] is not key[1] or self.stale:
            ids = self._ids[self._order]
            a, b = (self._order[np.minimum(np.searchsorted(ids, x), len(ids) - 1)] for x in (links.source, links.target))
            value, n = links.value, len(self._ids)
            weight = np.minimum(value.weight.astype(np.float64) + value.learned, 1.0)
            self._source, self._target = np.concatenate([a, b]), np.concatenate([b, a])
            both = np.concatenate([weight * _ALONG[value.kind], weight * _BACK[value.kind]])
            self._passed = spread.fan(self._source, both, n, GAIN)
            self._edges, self.stale = key, False
        return self._source, self._target, self._passed

    def slots(self, avatars: NDArray[np.uint64]) -> tuple[Index, NDArray[np.bool_]]:
        """Where some avatars stand in `who`, and whether they do."""
        for known, slot, there in self._slots:
            if known is avatars:
                return slot, there
        slot = np.minimum(np.searchsorted(self.who, avatars), max(len(self.who) - 1, 0))
        there = self.who[slot] == avatars if len(self.who) else np.zeros(len(avatars), bool)
        self._slots = [*self._slots[-15:], (avatars, slot, there)]
        return slot, there

    def place(self, row: int) -> tuple[int, int]:
        """Part and row in it of a concept."""
        part = bisect_right(self._starts, row) - 1
        return part, row - self._starts[part]


def joined(columns: list[NDArray[Any]], dtype: type) -> NDArray[Any]:
    """The columns of all parts as one; of one part the column itself."""
    return columns[0] if len(columns) == 1 else np.concatenate([*columns, np.zeros(0, dtype)])


def _effects(rows: list[tuple[Any, int, float]], width: int) -> tuple[Index, Index, F64]:
    c, i, x = zip(*rows, strict=True) if rows else ((), (), ())
    return np.array(c, np.int64), np.array(i, np.int64), np.array(x, np.float64)


def made(avatar: int, ids: NDArray[np.uint64], rows: Index, meanings: list[Meaning]) -> Graph:
    """The graph of one avatar from what its concepts mean."""
    whole: dict[str, tuple[int, ...]] = {}
    begun: dict[str, tuple[int, ...]] = {}
    shown, pumped, expressions = [], [], list(packaged())
    vectors = np.zeros((len(ids), MEANING), np.float32)
    for k, m in enumerate(meanings):
        for word in m.words:
            stem = word.removesuffix("*")
            table = whole if stem == word else begun
            table[stem] = (*table.get(stem, ()), k)
        shown += [(k, expressions.index(name), x) for name, x in m.face.items() if name in expressions]
        pumped += [(k, ROLES.index(name), x * x - 1.0) for name, x in m.field.items() if name in ROLES]
        if len(m.vector) == MEANING:
            vectors[k] = np.frombuffer(m.vector, np.int8)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    names = [m.name for m in meanings]
    topic = np.array([m.topic for m in meanings], bool)
    at = {name: k for k, name in enumerate(names)}
    return Graph(avatar, ids, rows, names, at, whole, begun, [m.kind for m in meanings], topic, vectors, shown, pumped, {})


def mind(world: World, avatar: int) -> tuple[Graph, list[Part]]:
    """The graph of an avatar, and the parts in which all concepts lie. PsiError if it has none yet."""
    query: Query[Entities, Concept] = Query(world, [(Entities, False), (Concept, False)])
    parts, graphs = list(query), world.resource(Graphs)
    graphs.look(parts, Sparse(world, Meaning))
    if avatar not in graphs.of:
        raise PsiError(f"avatar {avatar} has no concepts yet; make a tick first")
    return graphs.of[avatar], parts


def meaning(name: str, seed: Seed) -> Meaning:
    """What an entry of a file means."""
    words = [w for w in seed.words if not w.endswith("*")] or [w.removesuffix("*") for w in seed.words] or [name]
    first = words[0]
    return Meaning(
        name=name, words=tuple(seed.words), kind=kind(first, False), topic=seed.topic, face=seed.face, field=seed.field,
        vector=packed(embed(name) if name in words else embed(first)),
    )  # fmt: skip


def packed(vector: NDArray[np.float32]) -> bytes:
    """A unit vector as 127ths; no bytes for zeros."""
    return np.rint(127.0 * vector).astype(np.int8).tobytes() if vector.any() else b""


def sow(world: World, avatar: int, known: Concepts) -> None:
    """Give an avatar the concepts that it begins with, unless it has some."""
    if world.has([avatar], Context)[0]:
        return
    world.insert([avatar], Context(said=-1.0))
    ids = spawn(world, avatar, [meaning(name, seed) for name, seed in known.seeds.items()],
                [1.0 / seed.seconds for seed in known.seeds.values()])  # fmt: skip
    at = dict(zip(known.seeds, ids, strict=True))
    if known.links:
        source, target, what, weight = zip(*known.links, strict=True)
        world.link(Link(kind=what, weight=weight, learned=0.0), [at[s] for s in source], [at[t] for t in target])


def spawn(world: World, avatar: int | list[int], meanings: list[Meaning], fade: list[float] | float = 0.25) -> list[int]:
    """New concepts of an avatar, or each of its own, asleep; returns their ids."""
    ids: list[int] = world.spawn(len(meanings), Concept(avatar=avatar, fade=fade)).tolist()
    for i, m in zip(ids, meanings, strict=True):
        world.set_sparse(i, m)
    return ids
