"""The memory of one persona, in one file."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, Self

from psi_ecs.components.memory import Entry, Found, Wish

from . import check, erase, exchange, index, repair, search
from .base import Base
from .check import Report
from .rows import MemoryFileError


class Merged(NamedTuple):
    """What an import did."""

    added: int
    known: int
    """Already there."""


class Store:
    """Entries at rest: added at once, written together by a thread, found by what they are about, what they were like, and
    when.

    What is found never depends on how far the writing has got. Threads may share a store; of processes one may write it, and
    others read meanwhile. It is to be closed, or used with `with`.
    """

    def __init__(
        self, path: Path | None, persona: str, *, secret: bytes | None = None, readonly: bool = False, threaded: bool = True
    ) -> None:
        """Open or make the memory of a persona.

        Args: path: None keeps it in RAM; secret: 32 bytes, if it is encrypted; readonly: nothing is changed; threaded: a thread
        writes, else nothing is written before `flush`. MemoryFileError in one line if it cannot be used.
        """
        self._base = Base(path, persona, secret, readonly, threaded)

    def add(self, entry: Entry) -> int:
        """Keep an entry; its number, at once. It must not be changed afterwards."""
        return self._base.add(entry, None)

    def add_lazily(self, entry: Entry, finish: Callable[[Entry], Entry]) -> int:
        """Keep an entry whose `moment` and `digest` another thread finishes, or whoever asks for it first. `finish` changes
        nothing else."""
        return self._base.add(entry, finish)

    def put(self, name: str, value: bytes | None) -> None:
        """Keep a small state by name; None removes it. As durable as entries, and written with them."""
        self._base.writable()
        with self._base.writer.adding:
            self._base.writer.states[name] = value

    def take(self, name: str) -> bytes | None:
        """The state of that name, which stays; None if there is none or it is damaged."""
        return self._base.state(name)

    def states(self) -> list[str]:
        """Names of all states."""
        return self._base.states()

    def flush(self) -> int:
        """Wait until all that was added will survive a loss of power; the last number for which that holds.

        MemoryFileError in one line if it cannot be written: it stays in RAM, and the next flush tries again.
        """
        writer = self._base.writer
        if not (self._base.readonly or self._base.closed):
            writer.drain()
            if writer.trouble:
                told, writer.trouble = writer.trouble, []
                raise MemoryFileError(f"{self._base.path or 'memory'}: {told[0]}; it cannot be replayed")
        return writer.acknowledged

    @property
    def readonly(self) -> bool:
        """True if nothing is changed."""
        return self._base.readonly

    @property
    def acknowledged(self) -> int:
        """The last number for which it holds that it and all before it will survive a loss of power."""
        return self._base.writer.acknowledged

    @property
    def damaged(self) -> set[int]:
        """Numbers of entries that were met and could not be served."""
        return set(self._base.damaged)

    def __len__(self) -> int:
        """How many entries there are, those not written yet included."""
        return self._base.count

    def get(self, id: int) -> Entry:
        """The entry of a number. MemoryFileError if there is none, or it is damaged."""
        entry = self._base.fetch(id)
        if entry is None:
            what = "is not there; psi memory list shows what is"
            if id in self._base.damaged:
                what = "is damaged; psi memory verify names all that are"
            raise MemoryFileError(f"{self._base.path or 'memory'}: number {id} {what}")
        return entry

    def iterate(self, after: int = 0) -> Iterator[Entry]:
        """Every whole entry in the order of numbers, from the one after `after`; damaged ones are left out."""
        return self._base.iterate(after)

    def find(self, wish: Wish) -> list[Found]:
        """What a wish asks for, best first, with reasons: exact, but for the nearest of very many (see `reindex`), of which at
        least 95 in 100 are found."""
        return search.find(self._base, wish)

    def forget(self, wish: Wish) -> int:
        """Remove every entry of which all holds that is asked, whatever `limit`, `key` and `feeling` say; how many. A wish for
        nothing in particular is for all; a damaged entry goes by its number. Not a byte of them is left in the file, its log
        and its cells. States stay."""
        self._base.writable()
        return erase.forget(self._base, wish)

    def verify(self, deep: bool = False) -> Report:
        """Read every row, and tell what is damaged; `deep` reads every byte of every index too."""
        if not self._base.readonly:
            self.flush()
        return check.verify(self._base, deep)

    def repair(self) -> None:
        """Make again what follows from the entries: their names, their times, their cells."""
        self._base.writable()
        self.flush()
        repair.repair(self._base)

    def reindex(self) -> None:
        """Put all keys in cells, which makes a search among very many quick: some seconds for a million. A store does this by
        itself where it pays, when it is closed."""
        self._base.writable()
        self.flush()
        repair.reindex(self._base)

    def export(self, path: Path, watch: Callable[[Iterator[Entry]], Iterator[Entry]] = iter) -> int:
        """Every whole entry, with its moment, and every state, into one file of JSON lines; how many entries. What is written
        goes through `watch`."""
        return exchange.export(self._base, path, watch)

    def load(self, path: Path) -> Merged:
        """Take in what another store exported; what is here already stays once. MemoryFileError if the file is not whole: then
        nothing is taken."""
        self._base.writable()
        added, known = exchange.load(self._base, path)
        self.flush()
        return Merged(added, known)

    def close(self) -> None:
        """Write what is left, and close. If it cannot be written, MemoryFileError, and it stays open: nothing is lost yet."""
        if self._base.closed:
            return
        self.flush()
        if not self._base.readonly and self._base.tail.count > index.TAIL:
            repair.reindex(self._base)
        self._base.shut()

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()


__all__ = ["MemoryFileError", "Merged", "Report", "Store"]
