"""Storage: one table for each set of components, its columns NumPy arrays that grow by doubling."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .component import fields

Rows = slice | NDArray[np.intp]


def longer(column: NDArray[Any], room: int, fill: int = 0) -> NDArray[Any]:
    """A copy with room for more rows. Zeros cost nothing until they are touched, so a large column is not written twice."""
    wide = np.zeros((room, *column.shape[1:]), column.dtype)
    wide[: len(column)] = column
    if fill:
        wide[len(column) :] = fill
    return wide


class Entities:
    """Ask for it in a query to get the ids of the rows."""

    def __init__(self, id: NDArray[np.uint64]) -> None:
        """`id` u64[n], read-only."""
        self.id = id


def view_of(cls: type, live: dict[str, NDArray[Any]]) -> Any:
    """An instance of the component class `cls` whose attributes are the given columns."""
    view: Any = object.__new__(cls)
    view.__dict__.update(live)
    view.__dict__["_live"] = live
    return view


class Table:
    """All entities that have exactly one set of components. Rows keep their order, so replays see the same order."""

    def __init__(self, key: tuple[type, ...]) -> None:
        """An empty table for the component classes `key`, sorted by name."""
        self.key, self.n, self.cap = key, 0, 16
        self.ids = np.zeros(self.cap, np.uint64)
        self.bits = np.zeros(self.cap, np.uint64)
        """Tags, one bit each."""
        self.cols: dict[type, dict[str, NDArray[Any]]] = {
            c: {name: np.zeros((self.cap, *f.shape), f.dtype) for name, f in fields(c).items()} for c in key
        }
        self.changed: dict[type, int] = dict.fromkeys(key, 0)
        """Tick of the last write through a query or the world, for each component."""
        self._views: dict[tuple[type, bool], Any] = {}

    def view(self, cls: type, write: bool) -> Any:
        """The live columns of a component, writeable only if asked."""
        if cls is Entities:
            ids = self.ids[: self.n]
            ids.flags.writeable = False
            return Entities(ids)
        view = self._views.get((cls, write))
        if view is None:
            live = {name: column[: self.n] for name, column in self.cols[cls].items()}
            for column in live.values():
                column.flags.writeable = write
            view = self._views[cls, write] = view_of(cls, live)
        return view

    def gather(self, cls: type, rows: NDArray[np.intp]) -> Any:
        """A copy of some rows of a component."""
        if cls is Entities:
            return Entities(self.ids[rows])
        return view_of(cls, {name: column[rows] for name, column in self.cols[cls].items()})

    def scatter(self, cls: type, rows: NDArray[np.intp], view: Any) -> None:
        """Write a gathered copy back."""
        for name, column in view._live.items():
            self.cols[cls][name][rows] = column

    def append(self, ids: NDArray[np.uint64]) -> slice:
        """Add a row for each id, without tags, and return them; their columns are to be filled."""
        low, n, room = self.n, self.n + len(ids), self.cap
        self.bits[low : min(n, room)] = 0
        if n > room:
            self.cap = room = max(n, 2 * room)
            self.ids, self.bits = longer(self.ids[:low], room), longer(self.bits[:low], room)
            self.cols = {c: {name: longer(a[:low], room) for name, a in group.items()} for c, group in self.cols.items()}
        self._views.clear()
        self.n = n
        self.ids[low:n] = ids
        return slice(low, n)

    def fill(self, rows: slice, value: object) -> None:
        """Set the fields of one component in some rows from a declared value, defaults where it is silent."""
        cls = type(value)
        for name, spec in fields(cls).items():
            self.cols[cls][name][rows] = value.__dict__.get(name, spec.default)

    def drop(self, rows: NDArray[np.intp]) -> None:
        """Remove rows; the others close up in order."""
        keep = np.ones(self.n, bool)
        keep[rows] = False
        low = int(rows.min())  # rows before the first hole stay where they are
        tail, n = keep[low:], int(keep.sum())
        for column in (self.ids, self.bits, *(a for group in self.cols.values() for a in group.values())):
            column[low:n] = column[low : self.n][tail]
        self._views.clear()
        self.n = n
