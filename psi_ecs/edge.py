"""Relations: edges between entities with columns of their own, kept apart from the tables so that they never fragment them."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast, dataclass_transform

import numpy as np
from numpy.typing import NDArray

from .column import Columns, Upgrade, component, field, fields
from .error import EntityError, PsiError
from .table import columns_of, view_of

R = TypeVar("R")
Ids = NDArray[np.uint64]


@dataclass_transform(field_specifiers=(field,))
def relation(*, on_delete: str = "drop", version: int = 1, upgrade: Upgrade | None = None) -> Callable[[type[R]], type[R]]:
    """Declare a relation. When an entity dies its edges go; with `on_delete="cascade"` their sources die too (a child
    with its parent). `version` and `upgrade` are as those of a component."""
    if on_delete not in ("drop", "cascade"):
        raise ValueError('on_delete is "drop" or "cascade"')

    def declare(cls: type[R]) -> type[R]:
        cls = component(version=version, upgrade=upgrade)(cls)
        cls.__psi_on_delete__ = on_delete  # type: ignore[attr-defined]
        return cls

    return declare


class Edges(Generic[R]):
    """All edges of one relation, sorted by source, then target. `Edges[Coupling]` is a system's parameter;
    `Edges[Write[Coupling]]` declares changes."""

    def __init__(self, cls: type[R], alive: Callable[[Ids], NDArray[np.bool_]]) -> None:
        """No edges of the relation class `cls`, in the world that tells which entities are `alive`."""
        self.cls, self.alive = cls, alive
        self.source: Ids = np.zeros(0, np.uint64)
        self.target: Ids = np.zeros(0, np.uint64)
        self.cols: Columns = {n: np.zeros((0, *f.shape), f.dtype) for n, f in fields(cls).items()}
        self.changed = 0
        """Counts the edits, for caches built from the edges."""

    def __len__(self) -> int:
        """How many edges."""
        return len(self.source)

    @property
    def value(self) -> R:
        """The columns, one row an edge, in place."""
        return cast(R, view_of(self.cls, self.cols))

    def locked(self) -> "Edges[R]":
        """The same edges, to look at only."""
        locked: Edges[R] = object.__new__(_Locked)
        locked.__dict__ = self.__dict__  # one state, so that it never falls behind
        return locked

    def link(self, value: R, source: Ids, target: Ids) -> None:
        """Add edges source[i] -> target[i]; an edge that exists takes the new value. EntityError, and nothing is changed, if
        an end is dead or a value does not fit."""
        source, target = np.broadcast_arrays(np.asarray(source, np.uint64), np.asarray(target, np.uint64))
        source, target = np.atleast_1d(source), np.atleast_1d(target)
        for ids in (source, target):
            if len(dead := ids[~self.alive(ids)]):
                raise EntityError(f"entity {dead[0]} is not alive; it cannot be linked by {self.cls.__name__}")
        new = columns_of(value, len(source))
        sources, targets = np.concatenate([self.source, source]), np.concatenate([self.target, target])
        order = np.lexsort((targets, sources))  # stable, so of equal pairs the newest is last
        last = np.ones(len(order), bool)
        last[:-1] = (np.diff(sources[order]) != 0) | (np.diff(targets[order]) != 0)
        keep = order[last]
        self.cols = {name: np.concatenate([column, new[name]])[keep] for name, column in self.cols.items()}
        self.source, self.target = sources[keep], targets[keep]
        self.changed += 1

    def keep(self, mask: NDArray[np.bool_]) -> None:
        """Keep only the edges that `mask` marks."""
        self.source, self.target = self.source[mask], self.target[mask]
        self.cols = {name: column[mask] for name, column in self.cols.items()}
        self.changed += 1

    def unlink(self, source: int, target: int) -> None:
        """Remove one edge; nothing happens if there is none."""
        self.keep(~((self.source == np.uint64(source)) & (self.target == np.uint64(target))))

    def of(self, source: int) -> slice:
        """The rows of a source's edges."""
        key = np.uint64(source)
        return slice(int(np.searchsorted(self.source, key)), int(np.searchsorted(self.source, key, side="right")))


class _Locked(Edges[R]):
    """Edges handed to a system that did not declare Write."""

    @property
    def value(self) -> R:
        """The columns, read-only."""
        return cast(R, view_of(self.cls, self.cols, write=False))

    def link(self, value: R, source: Ids, target: Ids) -> None:
        """Refused."""
        self._refuse()

    def keep(self, mask: NDArray[np.bool_]) -> None:
        """Refused."""
        self._refuse()

    def _refuse(self) -> None:
        name = self.cls.__name__
        raise PsiError(f"{name} is read-only here; declare the parameter as Edges[Write[{name}]]")


def sever(relations: dict[type, Edges[Any]], doomed: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Drop the edges of dead entities from all relations; return the sources that die with their targets."""
    orphans = [np.zeros(0, np.uint64)]
    for cls, edges in relations.items():
        if not len(edges):
            continue
        at_source, at_target = np.isin(edges.source, doomed), np.isin(edges.target, doomed)
        if cls.__psi_on_delete__ == "cascade":  # type: ignore[attr-defined]
            orphans.append(edges.source[at_target & ~at_source])
        if (at_source | at_target).any():
            edges.keep(~(at_source | at_target))
    return np.concatenate(orphans)
