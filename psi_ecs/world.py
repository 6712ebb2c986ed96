"""The world: entities in tables, sparse components, relations, resources and events.

An entity id is a u64: a 32-bit index, and above it a generation that rises when the index is used again, so a stale id is
known to be dead.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .column import Disabled, Tag, fields
from .edge import Edges, sever
from .error import EntityError, PsiError
from .event import Channel
from .rng import Rng
from .table import Table, columns_of, longer, view_of

T = TypeVar("T")
Ids = NDArray[np.uint64]
Index = slice | NDArray[np.int64]
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
        self.inbox: list[Any] = []
        """Inputs that wait for the next tick."""
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
        """Make `n` entities with these components; scalars and columns of length n may be mixed. Returns u64[n].

        EntityError, and nothing is made, if a value does not fit.
        """
        if n < 0:
            raise EntityError(f"{n} entities cannot be spawned")
        filled = {type(value): columns_of(value, n) for value in values}
        table = self._table_for(filled)
        index, ids = self._take(n)
        rows = table.append(ids)
        self._table[index] = self._order.index(table)
        self._row[index] = np.arange(rows.start, rows.stop)
        for cls, columns in filled.items():
            for name, column in columns.items():
                table.cols[cls][name][rows] = column
            table.changed[cls] = self.tick
        self.shape += 1
        for cls in table.key:
            self._tell(self.added, cls, ids)
        return ids

    def despawn(self, ids: ArrayLike) -> None:
        """End entities, their sparse components and their edges; ids already dead are passed over."""
        doomed = self._alive_ids(ids)
        while len(doomed):
            for cls in sorted((c for c, hooks in self.removed.items() if hooks), key=lambda c: c.__name__):
                self._tell(self.removed, cls, doomed[self.has(doomed, cls)])
                doomed = doomed[self.alive(doomed)]  # a hook may have ended some itself
            index = (doomed & INDEX).astype(np.int64)
            for table in [self._order[t] for t in np.unique(self._table[index])]:
                self._drop(table, index[self._table[index] == self._order.index(table)])
            self._table[index], self._row[index] = -1, -1
            self._gen[index] = (self._gen[index] + np.uint64(1)) & INDEX
            self._free += index.tolist()
            for owned in filter(None, self.sparse.values()):
                for entity in doomed.tolist():
                    owned.pop(entity, None)
            self.shape += 1
            doomed = self._alive_ids(sever(self.edges, doomed))

    def alive(self, ids: ArrayLike) -> NDArray[np.bool_]:
        """Which of these ids are living entities."""
        ids = np.asarray(ids, np.uint64)
        index = np.minimum(ids & INDEX, np.uint64(len(self._gen) - 1)).astype(np.int64)
        return np.asarray((index == ids & INDEX) & (self._gen[index] == ids >> SHIFT) & (self._table[index] >= 0))

    def insert(self, ids: ArrayLike, *values: object) -> None:
        """Give components to entities, or set those they have; scalars and columns of len(ids) may be mixed. Of an
        entity named twice the last row counts. EntityError, and nothing is changed, if an entity is dead or a value
        does not fit."""
        ids = np.atleast_1d(np.asarray(ids, np.uint64))
        filled = {type(value): columns_of(value, len(ids)) for value in values}
        new: dict[type, list[Ids]] = {cls: [] for cls in sorted(filled, key=lambda c: c.__name__)}
        for table, index, at in self._by_table(ids):
            extra = set(filled) - set(table.key)
            held = self._move(table, index, {*table.key, *extra}) if extra else table
            rows = self._row[index]
            for cls, columns in filled.items():
                for name, column in columns.items():
                    held.cols[cls][name][rows] = column[at]
                held.changed[cls] = self.tick
            for cls in extra:
                new[cls].append(held.ids[rows])
        for cls, batches in new.items():
            if batches:
                self._tell(self.added, cls, np.concatenate(batches))

    def remove(self, ids: ArrayLike, *classes: type) -> None:
        """Take components from entities; what they lack is passed over."""
        ids = np.atleast_1d(np.asarray(ids, np.uint64))
        self._by_table(ids)  # nothing is told and nothing removed if one is dead
        for cls in sorted(set(classes), key=lambda c: c.__name__):
            if self.removed.get(cls):
                living = self._alive_ids(ids)
                self._tell(self.removed, cls, living[self.has(living, cls)])
        for table, index, _ in self._by_table(ids[self.alive(ids)]):
            if gone := set(classes) & set(table.key):
                self._move(table, index, set(table.key) - gone)

    def has(self, ids: ArrayLike, cls: type) -> NDArray[np.bool_]:
        """Which of these living entities have a component."""
        index = (np.asarray(ids, np.uint64) & INDEX).astype(np.int64)
        with_it = np.array([cls in t.key for t in self._order], bool)
        return with_it[self._table[index]] if len(with_it) else np.zeros(len(index), bool)

    def get(self, entity: int, cls: type[T]) -> T:
        """One entity's component, each field a one-row column that may be written. EntityError if it has none."""
        table, row = self._having(entity, cls)
        table.changed[cls] = self.tick
        return cast(T, view_of(cls, {name: column[row : row + 1] for name, column in table.cols[cls].items()}))

    def peek(self, entity: int, cls: type[T]) -> T:
        """A copy of one entity's component as it is now, to look at without leaving a trace. EntityError if it has none."""
        table, row = self._having(entity, cls)
        return cast(T, view_of(cls, {name: column[row : row + 1].copy() for name, column in table.cols[cls].items()}))

    def _having(self, entity: int, cls: type) -> tuple[Table, int]:
        """Table and row of an entity that must have a component."""
        table, index = self._locate(entity)
        if cls not in table.key:
            have = ", ".join(c.__name__ for c in table.key) or "none"
            raise EntityError(f"entity {entity} has no {cls.__name__}; its components: {have}")
        return table, int(self._row[index])

    # ---- tags
    def tag(self, ids: ArrayLike, tag: type[Tag], on: bool = True) -> None:
        """Switch a tag on or off."""
        if tag not in self.tags and len(self.tags) == 64:
            raise PsiError(f"{tag.__name__} would be the 65th tag of this world; there is room for 64")
        bit = self.tags.setdefault(tag, np.uint64(1 << len(self.tags)))
        for table, index, _ in self._by_table(np.atleast_1d(np.asarray(ids, np.uint64))):
            rows = self._row[index]
            table.bits[rows] = table.bits[rows] | bit if on else table.bits[rows] & ~bit
        self.tagged = self.tagged or on

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
            self.edges[cls] = Edges(cls, self.alive)
        return self.edges[cls]

    def link(self, value: object, source: ArrayLike, target: ArrayLike) -> None:
        """Add edges source[i] -> target[i] of the relation that `value` belongs to. EntityError if an end is dead."""
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

    def _take(self, n: int) -> tuple[Index, Ids]:
        """Free indexes, those used before first, and the ids that they make."""
        reused = min(n, len(self._free))
        start, end = self._count, self._count + n - reused
        if end > len(self._gen):
            room = max(end, 2 * len(self._gen))
            self._gen, self._table = longer(self._gen, room), longer(self._table, room, -1)
            self._row = longer(self._row, room, -1)
        self._count = end
        if not reused:
            return slice(start, end), np.arange(start, end, dtype=np.uint64)  # never used, so of generation 0
        cut = len(self._free) - reused
        index = np.concatenate([np.array(self._free[cut:][::-1], np.int64), np.arange(start, end)])
        del self._free[cut:]
        return index, (self._gen[index] << SHIFT) | index.astype(np.uint64)

    def _alive_ids(self, ids: ArrayLike) -> Ids:
        ids = np.unique(np.atleast_1d(np.asarray(ids, np.uint64)))
        return ids[self.alive(ids)]

    def _locate(self, entity: int) -> tuple[Table, int]:
        self._check(np.array(entity, np.uint64))
        index = int(entity) & 0xFFFF_FFFF
        return self._order[self._table[index]], index

    def _check(self, ids: Ids) -> None:
        if not (living := self.alive(ids)).all():
            raise EntityError(f"entity {ids[~living].flat[0]} is not alive; it was despawned or never spawned")

    def _by_table(self, ids: Ids) -> list[tuple[Table, NDArray[np.int64], Index]]:
        """(table, indexes of its entities, where in `ids` they stand), each entity once. EntityError if one is dead."""
        self._check(ids)
        index = (ids & INDEX).astype(np.int64)
        seen = np.zeros(self._count, bool)
        seen[index] = True
        at: Index = slice(None)
        if np.count_nonzero(seen) != len(index):
            at = np.sort(len(index) - 1 - np.unique(index[::-1], return_index=True)[1])
            index = index[at]
        where = self._table[index]
        found = np.unique(where)
        if len(found) == 1:
            return [(self._order[found[0]], index, at)]
        places = np.arange(len(ids))[at]
        return [(self._order[t], index[where == t], places[where == t]) for t in found]

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
