"""What a system may ask for: queries over components, resources, sparse components and deferred commands."""

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Generic, TypeVar, TypeVarTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .column import Columns, Disabled, Tag
from .error import PsiError
from .table import Entities, Table, columns_of
from .world import World

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Write = Annotated[T, "write"]
"""`Write[Face]` in a parameter says that the system changes it; to a type checker it is just `Face`."""


CACHE = 1 << 19
"""Bytes of the columns handed out at once. What fits a core's cache is read from memory once, however many statements
pass over it; measured on 100 000 rows of 24 bytes, that takes 74 us where the whole table at once takes 121."""


class Query(Generic[*Ts]):
    """Iterate to get tuples of column views: one for each table that has all the components, several for a long table.

    What is not declared `Write` is read-only. With tags in play, where only some rows match, they are handed out as
    copies, and what was declared `Write` is stored back when the loop moves on or ends.
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
        self._need = {c for c, _ in terms if c is not Entities} | {c for c in require if not issubclass(c, Tag)}
        self._not = {c for c in without if not issubclass(c, Tag)}
        self._on = [c for c in require if issubclass(c, Tag)]
        self._off = [c for c in without if issubclass(c, Tag)] + ([] if Disabled in require else [Disabled])
        self._written = [c for c, written in terms if written]
        self._shape = -1
        self._tables: list[Table] = []
        self._runs: list[tuple[Table, int, int, Any]] = []

    def __iter__(self) -> Iterator[tuple[*Ts]]:
        """One tuple for each run of rows."""
        world = self._world
        if self._shape != world.shape:
            self._look()
        if world.tagged or self._on:
            yield from self._filtered()
            return
        for table, _, _, views in self._runs:
            for cls in self._written:
                table.changed[cls] = world.tick
            yield views

    def _look(self) -> None:
        """Find the tables that match and cut them in runs; cached until the world's shape changes."""
        self._shape = self._world.shape
        self._tables = [
            t for t in self._world.tables.values() if t.n and self._need.issubset(t.key) and not self._not.intersection(t.key)
        ]
        self._runs = []
        for table in self._tables:
            step = max(CACHE // max(sum(table.row_bytes(c) for c, _ in self._terms), 1) // 64 * 64, 64)
            for low in range(0, table.n, step):
                high = min(low + step, table.n)
                self._runs.append((table, low, high, tuple(table.view(c, w, low, high) for c, w in self._terms)))

    def _filtered(self) -> Iterator[Any]:
        bits = self._world.tags
        if not all(tag in bits for tag in self._on):
            return
        on = np.bitwise_or.reduce([bits[c] for c in self._on] or [np.uint64(0)])
        off = np.bitwise_or.reduce([bits.get(c, np.uint64(0)) for c in self._off] or [np.uint64(0)])
        for table, low, high, views in self._runs:
            have = table.bits[low:high]
            match = ((have & on) == on) & ((have & off) == 0)
            if not match.any():
                continue
            for cls in self._written:
                table.changed[cls] = self._world.tick
            if match.all():
                yield views
            else:
                yield from self._copied(table, low + np.flatnonzero(match))

    def _copied(self, table: Table, rows: NDArray[np.intp]) -> Iterator[Any]:
        """Some rows as copies; what was written is stored back even if the loop is left early."""
        copies = tuple(table.gather(c, written, rows) for c, written in self._terms)
        shape = self._world.shape
        try:
            yield copies
        finally:
            if self._written and self._world.shape != shape:
                raise PsiError("rows moved while a query that writes was looping over tagged entities; use Commands")
            for (cls, written), copy in zip(self._terms, copies, strict=True):
                if written:
                    table.scatter(cls, rows, copy)

    def changed_since(self, tick: int) -> bool:
        """Whether any component of this query was written after `tick`, in any matching table."""
        if self._shape != self._world.shape:
            self._look()
        return any(t.changed[c] > tick for t in self._tables for c, _ in self._terms if c is not Entities)


class Res(Generic[T]):
    """A resource: `.value`. `Res[Write[Clock]]` declares that the system changes it."""

    def __init__(self, world: World, cls: type[T], write: bool = True) -> None:
        """The resource of type `cls`, looked up when used."""
        self._world, self._cls, self._write = world, cls, write

    @property
    def value(self) -> T:
        """The resource."""
        return self._world.resource(self._cls)

    @value.setter
    def value(self, new: T) -> None:
        _may("Res", self._cls, self._write)
        self._world.resources[self._cls] = new


class Sparse(Generic[T]):
    """Sparse components of one type, by entity id. `Sparse[Write[Speech]]` declares changes."""

    def __init__(self, world: World, cls: type[T], write: bool = True) -> None:
        """Those of type `cls`."""
        self._world, self._cls, self._write = world, cls, write

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
        _may("Sparse", self._cls, self._write)
        self._world.set_sparse(entity, value)

    def __delitem__(self, entity: int) -> None:
        """Take an entity's record; nothing happens if it has none."""
        _may("Sparse", self._cls, self._write)
        self._world.sparse[self._cls].pop(int(entity), None)


def _may(kind: str, cls: type, write: bool) -> None:
    """PsiError unless the parameter was declared with Write."""
    if not write:
        raise PsiError(f"{cls.__name__} is read-only here; declare the parameter as {kind}[Write[{cls.__name__}]]")


class Commands:
    """Changes to the world's shape, done at the end of the stage, one system's after the other in the order of the plan."""

    def __init__(self) -> None:
        """Nothing asked yet."""
        self._queue: list[Callable[[World], object]] = []

    def spawn(self, n: int, *values: object) -> None:
        """As `World.spawn`, later; the values are taken now."""
        kept = [_rows(value, columns_of(value, n)) for value in values]
        self._queue.append(lambda w: w.spawn(n, *kept))

    def despawn(self, ids: ArrayLike) -> None:
        """As `World.despawn`, later."""
        kept = np.array(ids, np.uint64)
        self._queue.append(lambda w: w.despawn(kept))

    def insert(self, ids: ArrayLike, *values: object) -> None:
        """As `World.insert`, later; the values are taken now, and entities dead by then are passed over."""
        kept = np.atleast_1d(np.array(ids, np.uint64))
        columns = [(value, _rows(value, columns_of(value, len(kept))).__dict__) for value in values]

        def act(world: World) -> None:
            living = world.alive(kept)
            world.insert(kept[living], *(_rows(value, {k: a[living] for k, a in c.items()}) for value, c in columns))

        self._queue.append(act)

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


def _rows(value: object, columns: Columns) -> object:
    """A declared value like `value` with copies of these columns."""
    kept: object = object.__new__(type(value))
    kept.__dict__.update({name: np.array(column) for name, column in columns.items()})
    return kept
