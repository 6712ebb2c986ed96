"""Storage: one table for each set of components, its columns NumPy arrays that grow by doubling."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .column import Columns, fields
from .error import EntityError


def longer(column: NDArray[Any], room: int, fill: int = 0) -> NDArray[Any]:
    """A copy with room for more rows. Zeros cost nothing until they are touched, so a large column is not written twice."""
    wide = np.zeros((room, *column.shape[1:]), column.dtype)
    wide[: len(column)] = column
    if fill:
        wide[len(column) :] = fill
    return wide


def columns_of(value: object, n: int) -> Columns:
    """The fields of a declared value as `n` rows each, defaults where it is silent. EntityError if one does not fit."""
    cls = type(value)
    found: Columns = {}
    for name, spec in fields(cls).items():
        try:
            column = np.asarray(value.__dict__.get(name, spec.default), spec.dtype)
            found[name] = np.broadcast_to(column, (n, *spec.shape))
        except (TypeError, ValueError, OverflowError) as why:
            want = " x ".join(map(str, (n, *spec.shape)))
            raise EntityError(f"{cls.__name__}.{name} wants {want} of {spec.dtype}: {why}") from why
    return found


class Entities:
    """Ask for it in a query to get the ids of the rows."""

    def __init__(self, id: NDArray[np.uint64]) -> None:
        """`id` u64[n], read-only."""
        id.flags.writeable = False
        self.id = id


def view_of(cls: type, live: Columns, write: bool = True) -> Any:
    """An instance of the component class `cls` whose attributes are the given columns, read-only unless `write`."""
    view: Any = object.__new__(cls)
    if not write:
        live = {name: column[:] for name, column in live.items()}
        for column in live.values():
            column.flags.writeable = False
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
        self.cols: dict[type, Columns] = {
            c: {name: np.zeros((self.cap, *f.shape), f.dtype) for name, f in fields(c).items()} for c in key
        }
        self.changed: dict[type, int] = dict.fromkeys(key, 0)
        """Tick of the last write through a query or the world, for each component."""
        self._views: dict[tuple[type, bool, int, int], Any] = {}

    def adopt(self, ids: NDArray[np.uint64], bits: NDArray[np.uint64], cols: dict[type, Columns]) -> None:
        """Take these arrays as the rows, without a copy."""
        self.n = self.cap = len(ids)
        self.ids, self.bits, self.cols = ids, bits, cols
        self._views.clear()

    def row_bytes(self, cls: type) -> int:
        """Bytes of one row of a component."""
        return 8 if cls is Entities else sum(c.dtype.itemsize * int(np.prod(c.shape[1:])) for c in self.cols[cls].values())

    def view(self, cls: type, write: bool, low: int, high: int) -> Any:
        """The live columns of a component between two rows, writeable only if asked."""
        key = (cls, write, low, high)
        view = self._views.get(key)
        if view is None:
            if cls is Entities:
                view = Entities(self.ids[low:high])
            else:
                view = view_of(cls, {name: column[low:high] for name, column in self.cols[cls].items()}, write)
            self._views[key] = view
        return view

    def gather(self, cls: type, write: bool, rows: NDArray[np.intp]) -> Any:
        """A copy of some rows of a component, writeable only if asked."""
        if cls is Entities:
            return Entities(self.ids[rows])
        return view_of(cls, {name: column[rows] for name, column in self.cols[cls].items()}, write)

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
