"""The memory of one persona, in one file."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from psi_ecs.components.memory import Entry, Found, Wish

from . import check, erase, exchange, file, index, search
from .base import Base
from .check import Report
from .rows import MemoryFileError, position


class Merged(NamedTuple):
    """What an import did."""

    added: int
    known: int
    """Already there."""


class Store(Base):
    """Entries at rest: added at once, written together by a thread, found by what they are about, what they were like, and when.

    What is found never depends on how far the writing has got. A store is to be closed, or used with `with`.
    """

    def find(self, wish: Wish) -> list[Found]:
        """What a wish asks for, best first, with reasons: up to 32 768 entries exactly; of more, at least 95 of 100."""
        return search.find(self, wish)

    def forget(self, wish: Wish) -> int:
        """Remove every entry of which all holds that is asked, whatever `limit`, `key` and `feeling` say; how many. A wish for
        nothing in particular is for all. Not a byte of them is left in the file, its log and its cells."""
        self._writable()
        return erase.forget(self, wish)

    def verify(self, deep: bool = False) -> Report:
        """Read every row, and tell what is damaged; `deep` reads every byte of every index too."""
        return check.verify(self, deep)

    def repair(self) -> None:
        """Make again what follows from the entries: their names, their times, their cells."""
        self._writable()
        self.flush()
        with self._adding, self._writing, self._reading:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                check.rebuild(self._db)
                self._db.execute("COMMIT")
            except file.database_errors() as why:
                self._back()
                raise file.failure(self.path, why, "be repaired") from why
            self._renew()
        if len(self) > index.TAIL:
            self.reindex()

    def reindex(self) -> None:
        """Put all keys in cells, which makes a search among very many quick: seconds for a million."""
        self._writable()
        self.flush()
        with self._adding:
            rows = [(id, place) for id, key, body in self._keys(0) if (place := position(key, body)) is not None]
            ids = np.array([id for id, _ in rows], np.int64)
            places = np.array([place for _, place in rows], np.float16).reshape(len(rows), -1)
            tag = index.Tag(self._last, len(rows), self._generation())
            self._frozen, self._tail = index.build_frozen(tag, ids, places), index.Tail()
        self._keep_cells()

    def export(self, path: Path) -> int:
        """Every whole entry, with its moment, and every state, into one file of JSON lines; how many entries."""
        return exchange.export(self, path)

    def load(self, path: Path) -> Merged:
        """Take in what another store exported; what is here already stays once. All or nothing of a file that is whole."""
        self._writable()
        merged = Merged(*exchange.load(self, path))
        self.flush()
        if self._tail.count > index.TAIL:
            self.reindex()
        return merged


__all__ = ["Entry", "Found", "MemoryFileError", "Merged", "Report", "Store", "Wish"]
