"""The world: entities in tables, sparse components, relations, resources and events.

An entity id is a u64: a 32-bit index, and above it a generation that rises when the index is used again, so a stale id is
known to be dead.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .component import Disabled, Tag, fields
from .error import EntityError, PsiError
from .event import Channel
from .relation import Edges
from .rng import Rng
from .table import Table, longer

T = TypeVar("T")
Ids = NDArray[np.uint64]
Hook = Callable[[Ids], object]
INDEX = np.uint64(0xFFFF_FFFF)
SHIFT = np.uint64(32)


class World:
    """All state. Systems see it through their parameters; hosts and tools may use it between ticks."""

    def __init__(self, seed: int = 0) -> None:
        """An empty world."""
        self.tick = 0
        self.tables: dict[tuple[type, ...], Table] = {}
        self.shape = 0
        """Rises when a table appears or its rows move, so that queries know when to look again."""
        self.sparse: dict[type, dict[int, Any]] = defaultdict(dict)
        self.edges: dict[type, Edges[Any]] = {}
        self.resources: dict[type, Any] = {Rng: Rng(seed)}
        self.channels: dict[type, Channel[Any]] = defaultdict(Channel)
        self.cursors: dict[str, int] = {}
        self.tags: dict[type[Tag], np.uint64] = {Disabled: np.uint64(1)}
        self.tagged = False
        """True once any entity was tagged; until then queries need not look at the bits."""
        self.added: dict[type, list[Hook]] = defaultdict(list)
        self.removed: dict[type, list[Hook]] = defaultdict(list)
        self._order: list[Table] = []
        self._count = 0
        self._gen = np.zeros(64, np.uint64)
        self._table = np.full(64, -1, np.int32)
        self._row = np.full(64, -1, np.int64)
        self._free: list[int] = []

    # ---- entities
    def spawn(self, n: int, *values: object) -> Ids:
        """Make `n` entities with these components; scalars and columns of length n may be mixed. Returns u64[n]."""
        table = self._table_for(type(v) for v in values)
        index = self._take(n)
        ids = self._gen[index]
        ids <<= SHIFT
        ids |= index.view(np.uint64)
        rows = table.append(ids)
        self._table[index] = self._order.index(table)
        self._row[index] = np.arange(rows.start, rows.stop)
        for value in values:
            table.fill(rows, value)
            table.changed[type(value)] = self.tick
        self.shape += 1
        for cls in table.key:
            self._tell(self.added, cls, ids)
        return ids

    def despawn(self, ids: ArrayLike) -> None:
        """End entities, their sparse components and their edges; ids already dead are passed over."""
        doomed = self._alive_ids(ids)
        while len(doomed):
            for cls in [c for c, hooks in self.removed.items() if hooks]:
                self._tell(self.removed, cls, doomed[self.has(doomed, cls)])
            index = (doomed & INDEX).astype(np.int64)
            for table in [self._order[t] for t in np.unique(self._table[index])]:
                self._drop(table, index[self._table[index] == self._order.index(table)])
            self._table[index], self._row[index] = -1, -1
            self._gen[index] = (self._gen[index] + np.uint64(1)) & INDEX
            self._free += index.tolist()
            for owned in self.sparse.values():
                for entity in doomed.tolist():
                    owned.pop(entity, None)
            doomed = self._alive_ids(self._cut(doomed))
        self.shape += 1

    def alive(self, ids: ArrayLike) -> NDArray[np.bool_]:
        """Which of these ids are living entities."""
        ids = np.asarray(ids, np.uint64)
        index = np.minimum(ids & INDEX, np.uint64(len(self._gen) - 1)).astype(np.int64)
        return np.asarray((index == ids & INDEX) & (self._gen[index] == ids >> SHIFT) & (self._table[index] >= 0))

    def insert(self, ids: ArrayLike, *values: object) -> None:
        """Give components to entities, or set those they have."""
        for table, index in self._by_table(ids):
            extra = {type(v) for v in values} - set(table.key)
            held = self._move(table, index, {*table.key, *extra}) if extra else table
            rows = self._row[index]
            for value in values:
                cls = type(value)
                for name, spec in fields(cls).items():
                    held.cols[cls][name][rows] = value.__dict__.get(name, spec.default)
                held.changed[cls] = self.tick
            for cls in sorted(extra, key=lambda c: c.__name__):
                self._tell(self.added, cls, held.ids[rows])

    def remove(self, ids: ArrayLike, *classes: type) -> None:
        """Take components from entities; what they lack is passed over."""
        for table, index in self._by_table(ids):
            gone = set(classes) & set(table.key)
            for cls in sorted(gone, key=lambda c: c.__name__):
                self._tell(self.removed, cls, table.ids[self._row[index]])
            if gone:
                self._move(table, index, set(table.key) - gone)

    def has(self, ids: ArrayLike, cls: type) -> NDArray[np.bool_]:
        """Which of these living entities have a component."""
        index = (np.asarray(ids, np.uint64) & INDEX).astype(np.int64)
        with_it = np.array([cls in t.key for t in self._order], bool)
        return with_it[self._table[index]] if len(with_it) else np.zeros(len(index), bool)

    def get(self, entity: int, cls: type[T]) -> T:
        """One entity's component, each field a one-row column that may be written. EntityError if it has none."""
        table, index = self._locate(entity)
        if cls not in table.key:
            raise EntityError(f"entity {entity} has no {cls.__name__}; it has {', '.join(c.__name__ for c in table.key)}")
        row = int(self._row[index])
        table.changed[cls] = self.tick
        view = object.__new__(cls)
        live = {name: column[row : row + 1] for name, column in table.cols[cls].items()}
        view.__dict__.update(live)
        view.__dict__["_live"] = live
        return view

    # ---- tags
    def tag(self, ids: ArrayLike, tag: type[Tag], on: bool = True) -> None:
        """Switch a tag on or off."""
        bit = self.tags.setdefault(tag, np.uint64(1 << len(self.tags)))
        for table, index in self._by_table(ids):
            rows = self._row[index]
            table.bits[rows] = table.bits[rows] | bit if on else table.bits[rows] & ~bit
        self.tagged = self.tagged or on
        self.shape += 1

    def tagged_with(self, entity: int, tag: type[Tag]) -> bool:
        """Whether an entity carries a tag."""
        table, index = self._locate(entity)
        return bool(table.bits[self._row[index]] & self.tags.get(tag, np.uint64(0)))

    # ---- sparse components, relations, resources, events, hooks
    def set_sparse(self, entity: int, value: object) -> None:
        """Give an entity a sparse component: any msgspec Struct."""
        self._locate(entity)
        self.sparse[type(value)][int(entity)] = value

    def get_sparse(self, entity: int, cls: type[T]) -> T | None:
        """An entity's sparse component, if it has one."""
        return cast("T | None", self.sparse[cls].get(int(entity)))

    def relation(self, cls: type[T]) -> Edges[T]:
        """The edges of a relation."""
        if cls not in self.edges:
            self.edges[cls] = Edges(cls)
        return self.edges[cls]

    def link(self, value: object, source: ArrayLike, target: ArrayLike) -> None:
        """Add edges of the relation that `value` belongs to."""
        self.relation(type(value)).link(value, np.asarray(source, np.uint64), np.asarray(target, np.uint64))

    def resource(self, cls: type[T]) -> T:
        """The resource of a type. PsiError if it was never added."""
        if cls not in self.resources:
            raise PsiError(f"there is no resource {cls.__name__}; add one with app.add({cls.__name__}(...))")
        return cast(T, self.resources[cls])

    def send(self, event: object) -> None:
        """Send an event at the current tick."""
        self.channels[type(event)].send(self.tick, event)

    def on_add(self, cls: type, hook: Hook) -> None:
        """Call `hook(ids)` once for each batch of entities that get a component."""
        self.added[cls].append(hook)

    def on_remove(self, cls: type, hook: Hook) -> None:
        """Call `hook(ids)` once for each batch of entities about to lose a component."""
        self.removed[cls].append(hook)

    # ---- inside
    def _tell(self, hooks: dict[type, list[Hook]], cls: type, ids: Ids) -> None:
        if cls in hooks and len(ids):
            for hook in hooks[cls]:
                hook(ids)

    def _table_for(self, classes: Iterable[type]) -> Table:
        key = tuple(sorted(set(classes), key=lambda c: c.__name__))
        table = self.tables.get(key)
        if table is None:
            table = self.tables[key] = Table(key)
            self._order.append(table)
            self.shape += 1
        return table

    def _take(self, n: int) -> NDArray[np.int64]:
        reused = min(n, len(self._free))
        old = self._free[len(self._free) - reused :][::-1]
        del self._free[len(self._free) - reused :]
        end = self._count + n - reused
        if end > len(self._gen):
            room = max(end, 2 * len(self._gen))
            self._gen, self._table = longer(self._gen, room), longer(self._table, room, -1)
            self._row = longer(self._row, room, -1)
        fresh = np.arange(self._count, end, dtype=np.int64)
        self._count = end
        return np.concatenate([np.array(old, np.int64), fresh]) if reused else fresh

    def _alive_ids(self, ids: ArrayLike) -> Ids:
        ids = np.unique(np.atleast_1d(np.asarray(ids, np.uint64)))
        return ids[self.alive(ids)]

    def _locate(self, entity: int) -> tuple[Table, int]:
        if not self.alive(np.uint64(entity)):
            raise EntityError(f"entity {entity} is not alive; it was despawned or never spawned")
        index = int(entity) & 0xFFFF_FFFF
        return self._order[self._table[index]], index

    def _by_table(self, ids: ArrayLike) -> list[tuple[Table, NDArray[np.int64]]]:
        ids = np.atleast_1d(np.asarray(ids, np.uint64))
        if not (living := self.alive(ids)).all():
            raise EntityError(f"entity {ids[~living][0]} is not alive; it was despawned or never spawned")
        index = (ids & INDEX).astype(np.int64)
        where = self._table[index]
        return [(self._order[t], index[where == t]) for t in np.unique(where)]

    def _move(self, table: Table, index: NDArray[np.int64], classes: set[type]) -> Table:
        goal = self._table_for(classes)
        rows = self._row[index]
        new = goal.append(table.ids[rows])
        goal.bits[new] = table.bits[rows]
        for cls in goal.key:
            goal.changed[cls] = self.tick
            for name, column in goal.cols[cls].items():
                column[new] = table.cols[cls][name][rows] if cls in table.cols else fields(cls)[name].default
        self._drop(table, index)
        self._table[index] = self._order.index(goal)
        self._row[index] = np.arange(new.start, new.stop)
        self.shape += 1
        return goal

    def _drop(self, table: Table, index: NDArray[np.int64]) -> None:
        table.drop(self._row[index])
        self._row[(table.ids[: table.n] & INDEX).astype(np.int64)] = np.arange(table.n)

    def _cut(self, doomed: Ids) -> Ids:
        """Drop the edges of dead entities; return the sources that die with their targets."""
        orphans = [np.zeros(0, np.uint64)]
        for cls, edges in self.edges.items():
            if not len(edges):
                continue
            at_source, at_target = np.isin(edges.source, doomed), np.isin(edges.target, doomed)
            if cls.__psi_on_delete__ == "cascade":  # type: ignore[attr-defined]
                orphans.append(edges.source[at_target & ~at_source])
            if (at_source | at_target).any():
                edges.keep(~(at_source | at_target))
        return np.concatenate(orphans)
