"""What a system may ask for: queries over components, resources, sparse components and deferred commands."""

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Generic, TypeVar, TypeVarTuple

import numpy as np
from numpy.typing import ArrayLike

from .component import Disabled, Tag
from .table import Table
from .world import World

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Write = Annotated[T, "write"]
"""`Write[Face]` in a parameter says that the system changes it; to a type checker it is just `Face`."""


class Query(Generic[*Ts]):
    """Iterate to get one tuple of column views for each table that has all the components.

    What is not declared `Write` is read-only. With tags in play, a table of which only some rows match is handed out as
    copies, and what was declared `Write` is stored back when the loop moves on.
    """

    def __init__(
        self,
        world: World,
        terms: list[tuple[type, bool]],
        require: tuple[type, ...] = (),
        without: tuple[type, ...] = (),
    ) -> None:
        """`terms` are (component, written); `require` and `without` filter by components and tags."""
        self._world, self._terms = world, terms
        self._need = {c for c, _ in terms if hasattr(c, "__psi_fields__")} | {c for c in require if not issubclass(c, Tag)}
        self._not = {c for c in without if not issubclass(c, Tag)}
        self._on = [c for c in require if issubclass(c, Tag)]
        self._off = [c for c in without if issubclass(c, Tag)] + ([] if Disabled in require else [Disabled])
        self._written = [c for c, written in terms if written]
        self._shape = -1
        self._tables: list[Table] = []
        self._views: list[Any] = []

    def __iter__(self) -> Iterator[tuple[*Ts]]:
        """One tuple a table."""
        world = self._world
        if self._shape != world.shape:
            self._look()
        if world.tagged or self._on:
            yield from self._filtered()
            return
        for table, views in zip(self._tables, self._views, strict=True):
            for cls in self._written:
                table.changed[cls] = world.tick
            yield views

    def _look(self) -> None:
        """Find the tables that match; cached until the world's shape changes."""
        self._shape = self._world.shape
        self._tables = [
            t for t in self._world.tables.values() if t.n and self._need.issubset(t.key) and not self._not.intersection(t.key)
        ]
        self._views = [tuple(t.view(c, w) for c, w in self._terms) for t in self._tables]

    def _filtered(self) -> Iterator[Any]:
        bits = self._world.tags
        on = np.bitwise_or.reduce([bits.get(c, np.uint64(1 << 63)) for c in self._on] or [np.uint64(0)])
        off = np.bitwise_or.reduce([bits.get(c, np.uint64(0)) for c in self._off] or [np.uint64(0)])
        for table, views in zip(self._tables, self._views, strict=True):
            have = table.bits[: table.n]
            match = ((have & on) == on) & ((have & off) == 0)
            if not match.any():
                continue
            for cls in self._written:
                table.changed[cls] = self._world.tick
            if match.all():
                yield views
                continue
            rows = np.flatnonzero(match)
            copies = tuple(table.gather(c, rows) for c, _ in self._terms)
            yield copies
            for (cls, written), copy in zip(self._terms, copies, strict=True):
                if written:
                    table.scatter(cls, rows, copy)

    def changed_since(self, tick: int) -> bool:
        """Whether any component of this query was written after `tick`, in any matching table."""
        if self._shape != self._world.shape:
            self._look()
        return any(t.changed[c] > tick for t in self._tables for c, _ in self._terms if c in t.changed)


class Res(Generic[T]):
    """A resource: `.value`. `Res[Write[Clock]]` declares that the system changes it."""

    def __init__(self, world: World, cls: type[T]) -> None:
        """The resource of type `cls`, looked up when used."""
        self._world, self._cls = world, cls

    @property
    def value(self) -> T:
        """The resource."""
        return self._world.resource(self._cls)

    @value.setter
    def value(self, new: T) -> None:
        self._world.resources[self._cls] = new


class Sparse(Generic[T]):
    """Sparse components of one type, by entity id. `Sparse[Write[Speech]]` declares changes."""

    def __init__(self, world: World, cls: type[T]) -> None:
        """Those of type `cls`."""
        self._world, self._cls = world, cls

    def __getitem__(self, entity: int) -> T:
        """An entity's record; KeyError if it has none."""
        return self._world.sparse[self._cls][int(entity)]  # type: ignore[no-any-return]

    def __contains__(self, entity: int) -> bool:
        """Whether an entity has one."""
        return int(entity) in self._world.sparse[self._cls]

    def get(self, entity: int) -> T | None:
        """An entity's record, or None."""
        return self._world.get_sparse(entity, self._cls)

    def items(self) -> list[tuple[int, T]]:
        """(entity, record) in the order of ids."""
        return sorted(self._world.sparse[self._cls].items(), key=lambda pair: pair[0])

    def __setitem__(self, entity: int, value: T) -> None:
        """Give or replace an entity's record."""
        self._world.set_sparse(entity, value)

    def __delitem__(self, entity: int) -> None:
        """Take an entity's record; nothing happens if it has none."""
        self._world.sparse[self._cls].pop(int(entity), None)


class Commands:
    """Changes to the world's shape, done at the end of the stage, in the order of the systems that asked."""

    def __init__(self) -> None:
        """Nothing asked yet."""
        self._queue: list[Callable[[World], object]] = []

    def spawn(self, n: int, *values: object) -> None:
        """As `World.spawn`, later."""
        self._queue.append(lambda w: w.spawn(n, *values))

    def despawn(self, ids: ArrayLike) -> None:
        """As `World.despawn`, later."""
        kept = np.array(ids, np.uint64)
        self._queue.append(lambda w: w.despawn(kept))

    def insert(self, ids: ArrayLike, *values: object) -> None:
        """As `World.insert`, later; entities dead by then are passed over."""
        kept = np.atleast_1d(np.array(ids, np.uint64))
        self._queue.append(lambda w: w.insert(kept[w.alive(kept)], *values))

    def remove(self, ids: ArrayLike, *classes: type) -> None:
        """As `World.remove`, later; entities dead by then are passed over."""
        kept = np.atleast_1d(np.array(ids, np.uint64))
        self._queue.append(lambda w: w.remove(kept[w.alive(kept)], *classes))

    def call(self, action: Callable[[World], object]) -> None:
        """Anything else, later."""
        self._queue.append(action)

    def apply(self, world: World) -> None:
        """Do what was asked."""
        queue, self._queue = self._queue, []
        for action in queue:
            action(world)
