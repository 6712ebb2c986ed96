"""What is not in the file yet, and the thread that writes it."""

from collections.abc import Callable
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path
from threading import Event, Lock, RLock, Thread
from typing import Any, NamedTuple

from psi_ecs.components.memory import Entry

from . import file
from .rows import MemoryFileError, Row, seal, state_sum

WAIT = 0.05
"""Seconds between two looks of the thread: a write that survives a loss of power takes 4 ms, so it takes many at once; and who
adds need not wake it, which would cost more than adding."""
TOGETHER = 1024
"""Entries of one transaction at most."""
MANY = 64
"""Rows of one statement: between two statements other threads run, so none waits for longer than one takes to be given out."""


class Pending(NamedTuple):
    """An entry that is not known to be in the file."""

    entry: Entry
    content: tuple[bytes, bytes, bytes, bytes]
    """Record, key, moment, digest."""
    said: list[tuple[int, float, int]]
    """Rows of the table `mention`."""
    names: list[tuple[int, str]]
    """Names that are new."""
    row: list[Row]
    """Empty until it is finished."""
    finish: Callable[[Entry], Entry] | None


class Writer:
    """A queue of entries and states, and who writes them. Adding never waits for the disk."""

    def __init__(self, db: Any, path: Path | None, settle: Callable[[], None], threaded: bool) -> None:
        """`db` is the connection that writes; `settle` is called after each transaction."""
        self.db, self.path, self.acknowledged, self._settle = db, path, 0, settle
        self.adding, self.lock = Lock(), RLock()
        """Held by who adds, for microseconds; held by who writes."""
        self.pending: dict[int, Pending] = {}
        self.states: dict[str, bytes | None] = {}
        self.trouble: list[str] = []
        """What went wrong while moments were finished, and was not told yet."""
        self._finishing = Lock()
        self._end = Event()
        self._thread: Thread | None = None
        if threaded:
            self._thread = Thread(target=self._run, name="memory", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        if self._thread is not None:
            self._end.set()
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while not self._end.wait(WAIT):
            with suppress(MemoryFileError):  # nothing is lost: `flush` tries again and says why
                self.drain()

    def drain(self) -> None:
        """Write all there is. MemoryFileError in one line if it cannot be written; it stays."""
        with self.lock:
            while self.pending or self.states:
                batch = list(islice(self.pending.values(), TOGETHER))
                with self.adding:
                    states = dict(self.states)
                self._commit(batch, states)
                for waiting in batch:
                    del self.pending[waiting.entry.id]
                    self.acknowledged = waiting.entry.id
                self._settle()
                with self.adding:
                    for name, value in states.items():
                        if self.states.get(name, b"") is value:
                            del self.states[name]

    def row(self, waiting: Pending) -> Row:
        """The row of an entry that waits; whoever comes first finishes it."""
        if not waiting.row:
            with self._finishing:
                if not waiting.row:
                    body, key, moment, digest = waiting.content
                    if waiting.finish is not None:
                        moment, digest = self._finished(waiting)
                    waiting.row.append(seal(waiting.entry.id, body, key, moment, digest))
        return waiting.row[0]

    def _finished(self, waiting: Pending) -> tuple[bytes, bytes]:
        """Moment and digest, from who finishes them. If that fails, whatever it is, the entry is kept without, so that it does
        not stand in the way of all others; `flush` tells."""
        assert waiting.finish is not None
        try:
            entry = waiting.finish(waiting.entry)
            return bytes(entry.moment), bytes(entry.digest)
        except Exception as why:
            reason = f"{type(why).__name__}: {' '.join(str(why).split())}"[:200]
            self.trouble.append(f"number {waiting.entry.id} is kept, but its moment could not be finished ({reason})")
            return b"", b""

    def _commit(self, batch: list[Pending], states: dict[str, bytes | None]) -> None:
        try:
            self.db.execute("BEGIN IMMEDIATE")
            for low in range(0, len(batch), MANY):
                part = batch[low : low + MANY]
                insert(self.db, "name", [pair for waiting in part for pair in waiting.names])
                insert(self.db, "entry", [self.row(waiting) for waiting in part])
                insert(self.db, "timeline", [(float(w.entry.time), w.entry.id, w.entry.text.casefold()) for w in part])
                insert(self.db, "mention", [said for waiting in part for said in waiting.said])
            for name, value in states.items():
                self.db.execute("DELETE FROM state WHERE name = ?", (name,))
                if value is not None:
                    self.db.execute("INSERT INTO state VALUES (?, ?, ?)", (name, value, state_sum(name, value)))
            self.db.execute("COMMIT")
        except file.database_errors() as why:
            self.back()
            raise file.failure(self.path, why, "be written") from why

    def back(self) -> None:
        """End a transaction that failed."""
        with suppress(*file.database_errors()):
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")


def insert(db: Any, table: str, rows: list[Any]) -> None:
    """Rows into a table, many by one statement."""
    if not rows:
        return
    mark = f"({', '.join('?' * len(rows[0]))})"
    whole = len(rows) // MANY * MANY
    several = f"INSERT INTO {table} VALUES {', '.join([mark] * MANY)}"
    for low in range(0, whole, MANY):
        db.execute(several, list(chain.from_iterable(rows[low : low + MANY])))
    if whole < len(rows):
        db.executemany(f"INSERT INTO {table} VALUES {mark}", rows[whole:])
