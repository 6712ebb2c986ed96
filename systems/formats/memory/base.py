"""The state of an open memory: connections, what is not written yet, and the thread that writes it."""

import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from itertools import chain
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, RLock, Thread
from typing import Any, NamedTuple

import msgspec
import numpy as np

from psi_ecs.components.memory import KEY, Entry

from . import check, erase, file, index
from .lease import Lease
from .rows import MemoryFileError, Row, halves, joined, mentions, position, record, seal, unseal

WAIT = 0.05
"""Seconds that the thread gathers entries before it writes them together: a write that survives a loss of power takes 4 ms."""
TOGETHER = 4096
"""Entries of one transaction at most."""
MANY = 256
"""Rows of one statement: each statement lets other threads run once."""


class Pending(NamedTuple):
    """An entry that is not known to be in the file."""

    entry: Entry
    mentions: tuple[int, ...]
    """Numbers of its names."""
    names: tuple[tuple[int, str], ...]
    """Those that are new."""
    row: list[Row]
    """Empty until it is finished."""
    finish: Callable[[Entry], Entry] | None


class Base:
    """An open memory. Several threads may use it; only one process may write it."""

    def __init__(
        self, path: Path | None, persona: str, *, secret: bytes | None = None, readonly: bool = False, threaded: bool = True
    ) -> None:
        """Open or make the memory of a persona.

        Args: path: None keeps it in RAM; secret: 32 bytes, if it is encrypted; readonly: nothing is written, not even a log;
        threaded: a thread writes; else nothing is written before `flush`. MemoryFileError in one line if it cannot be used.
        """
        self.path, self.persona, self.readonly = path, persona, readonly
        self._secret = secret
        self._adding, self._writing, self._finishing = Lock(), RLock(), Lock()
        self._pending: dict[int, Pending] = {}
        self._states: dict[str, bytes | None] = {}
        self._lease: Lease | None = None
        self._thread: Thread | None = None
        self._wake: SimpleQueue[bool] = SimpleQueue()
        self._asked = False
        self.closed = False
        self.damaged: set[int] = set()
        """Numbers of entries that were met and could not be served."""
        if secret is not None and len(secret) != 32:
            raise MemoryFileError(f"{path}: its key has {len(secret)} bytes; give 32")
        try:
            self._open()
        except BaseException as why:
            self._shut()
            if isinstance(why, file.database_errors() + (OSError,)):
                raise file.failure(path, why, "be opened") from why
            raise
        if threaded and not readonly:
            self._thread = Thread(target=self._run, name=f"memory of {persona}", daemon=True)
            self._thread.start()

    def _open(self) -> None:
        there = self.path is not None and file.look(self.path, self.persona, self._secret, self.readonly)
        if self.path is not None and not self.readonly:
            file.make(self.path)
            self._lease = Lease(self.path)
        self._db = self._reader = None
        if self.readonly:
            self._reader = self._db = file.reading(self.path, self._secret)
        else:
            self._db = file.connect(self.path, self._secret, "rw")
            if not there:
                file.create(self._db, self.persona)
        version = file.check(self._db, self.path, self.persona)
        if version != file.SCHEMA:
            if self.readonly:
                raise MemoryFileError(f"{self.path}: has the older schema {version}; open it once for writing, which renews it")
            file.migrate(self._db, version, check.rebuild)
        if self.path is not None and not self.readonly:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._reader = file.connect(self.path, self._secret, "rw")
            self._reader.execute("PRAGMA query_only = ON")
        self._reader = self._reader or self._db
        self._reading = self._writing if self._reader is self._db else RLock()
        last = self._one("SELECT value FROM meta WHERE name = 'last'")  # numbers of what was forgotten are not given again
        self._last = self._acknowledged = max(int(self._one("SELECT max(id) FROM entry") or 0), int(last or 0))
        self._names: dict[str, int] = {}
        self._count = 0
        with suppress(MemoryFileError) if self.readonly else nullcontext():  # of a damaged file, what is whole can still be read
            self._names = dict(self._all("SELECT text, id FROM name"))
            self._count = int(self._one("SELECT count(*) FROM timeline"))
        self._next_name = max(self._names.values(), default=0) + 1
        self._frozen, self._tail = self._thaw()
        if not self.readonly and self._one("SELECT 1 FROM meta WHERE name = 'scrub'"):
            erase.scrub(self)

    # -- what is added

    def add(self, entry: Entry) -> int:
        """Keep an entry; its number, at once. It must not be changed afterwards."""
        return self._add(entry, None)

    def add_lazily(self, entry: Entry, finish: Callable[[Entry], Entry]) -> int:
        """Keep an entry whose `moment` and `digest` another thread finishes, or whoever asks for it first. `finish` changes
        nothing else."""
        return self._add(entry, finish)

    def _add(self, entry: Entry, finish: Callable[[Entry], Entry] | None) -> int:
        self._writable()
        body, key, held = record(entry), halves(entry.key, KEY, "key"), mentions(entry)
        place = joined(np.frombuffer(key, "<f2"), entry.feeling)
        with self._adding:
            id = self._last + 1
            fresh = [(self._next_name + k, name) for k, name in enumerate(sorted(held - self._names.keys()))]
            if fresh:
                self._next_name += len(fresh)
                self._names.update((name, number) for number, name in fresh)
            row = [] if finish else [seal(id, body, key, entry.moment, entry.digest)]
            kept = msgspec.structs.replace(entry, id=id)
            numbers = tuple(self._names[name] for name in held)
            self._tail.add(id, place)
            self._pending[id] = Pending(kept, numbers, tuple(fresh), row, finish)
            self._last = id
            self._count += 1
        self._call()
        return id

    def put(self, name: str, value: bytes | None) -> None:
        """Keep a small state by name; None removes it. As durable as entries, and written with them."""
        self._writable()
        with self._adding:
            self._states[name] = value
        self._call()

    def take(self, name: str) -> bytes | None:
        """The state of that name, which stays; None if there is none or it is damaged."""
        with self._adding:
            if name in self._states:
                return self._states[name]
        for value, total in self._all("SELECT value, sum FROM state WHERE name = ?", name):
            if isinstance(value, bytes) and check.state_sum(name, value) == total:
                return value
        return None

    def states(self) -> list[str]:
        """Names of all states."""
        names = {name for (name,) in self._all("SELECT name FROM state")}
        with self._adding:
            names |= {name for name, value in self._states.items() if value is not None}
            names -= {name for name, value in self._states.items() if value is None}
        return sorted(names)

    def at(self, time: float) -> list[Entry]:
        """Every whole entry of exactly that time."""
        ids = {waiting.entry.id for waiting in list(self._pending.values()) if waiting.entry.time == time}
        ids |= {id for (id,) in self._all("SELECT entry FROM timeline WHERE time = ?", time)}
        return [entry for id in sorted(ids) if (entry := self.fetch(id)) is not None]

    def _writable(self) -> None:
        if self.closed or self.readonly:
            raise MemoryFileError(f"{self.path or 'memory'}: is {'closed' if self.closed else 'open for reading only'}; open it for writing")

    def _finished(self, waiting: Pending) -> Row:
        """The row of an entry that waits; whoever comes first makes it."""
        with self._finishing:
            if not waiting.row:
                entry = waiting.finish(waiting.entry) if waiting.finish else waiting.entry
                body, key = record(waiting.entry), halves(waiting.entry.key, KEY, "key")
                waiting.row.append(seal(waiting.entry.id, body, key, entry.moment, entry.digest))
            return waiting.row[0]

    # -- writing

    def _call(self) -> None:
        if self._thread is not None and not self._asked:
            self._asked = True
            self._wake.put(True)

    def _run(self) -> None:
        while self._wake.get():
            time.sleep(WAIT)
            self._asked = False
            with suppress(MemoryFileError):  # nothing is lost: `flush` tries again and says why
                self._drain()

    def flush(self) -> int:
        """Wait until all that was added will survive a loss of power; the last number for which that holds.

        MemoryFileError in one line if it cannot be written: it stays in RAM, and the next flush tries again.
        """
        if self.readonly or self.closed:
            return self._acknowledged
        self._drain()
        return self._acknowledged

    @property
    def acknowledged(self) -> int:
        """The last number for which it holds that all entries up to it are in the file."""
        return self._acknowledged

    def _drain(self) -> None:
        with self._writing:
            while self._pending or self._states:
                batch = list(self._pending.values())[:TOGETHER]
                with self._adding:
                    states = dict(self._states)
                self._commit(batch, states)
                for waiting in batch:
                    del self._pending[waiting.entry.id]
                    self._acknowledged = waiting.entry.id
                with self._adding:
                    for name, value in states.items():
                        if self._states.get(name, b"") is value:
                            del self._states[name]

    def _commit(self, batch: list[Pending], states: dict[str, bytes | None]) -> None:
        rows = [self._finished(waiting) for waiting in batch]
        entries = [waiting.entry for waiting in batch]
        times = [(float(e.time), e.id, e.text.casefold()) for e in entries]
        said = [(name, float(e.time), e.id) for e, w in zip(entries, batch, strict=True) for name in w.mentions]
        db = self._db
        try:
            db.execute("BEGIN IMMEDIATE")
            insert(db, "name", [pair for waiting in batch for pair in waiting.names])
            insert(db, "entry", rows)
            insert(db, "timeline", times)
            insert(db, "mention", said)
            for name, value in states.items():
                db.execute("DELETE FROM state WHERE name = ?", (name,))
                if value is not None:
                    db.execute("INSERT INTO state VALUES (?, ?, ?)", (name, value, check.state_sum(name, value)))
            db.execute("COMMIT")
        except file.database_errors() as why:
            self._back()
            raise file.failure(self.path, why, "be written") from why

    def _back(self) -> None:
        """End a transaction that failed."""
        with suppress(*file.database_errors()):
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def _renew(self) -> None:
        """Read names and count again, after a change."""
        self._names = dict(self._all("SELECT text, id FROM name"))
        self._next_name = max([self._next_name - 1, *self._names.values()]) + 1
        self._count = int(self._one("SELECT count(*) FROM timeline"))

    # -- reading

    def _all(self, sql: str, *values: Any) -> list[Any]:
        """Rows of a query. MemoryFileError in one line if the file is damaged there."""
        if self.closed:
            raise MemoryFileError(f"{self.path or 'memory'}: is closed; open it again")
        try:
            with self._reading:
                return list(self._reader.execute(sql, values).fetchall())
        except file.database_errors() as why:
            raise file.failure(self.path, why) from why
        except (UnicodeDecodeError, OverflowError) as why:  # text that is none, in a damaged file
            raise file.failure(self.path, sqlite_malformed(why)) from why

    def _one(self, sql: str, *values: Any) -> Any:
        found = self._all(sql, *values)
        return found[0][0] if found else None

    def __len__(self) -> int:
        """How many entries there are, those not written yet included."""
        return self._count

    def fetch(self, id: int) -> Entry | None:
        """The entry of a number; None if there is none, or it is damaged (then `damaged` has the number)."""
        if (waiting := self._pending.get(id)) is not None:
            return unseal(self._finished(waiting))
        rows = self._all("SELECT id, record, key, moment, digest, sum FROM entry WHERE id = ?", id)
        entry = unseal(rows[0]) if rows else None
        if rows and entry is None:
            self.damaged.add(id)
        return entry

    def get(self, id: int) -> Entry:
        """The entry of a number. MemoryFileError if there is none, or it is damaged."""
        entry = self.fetch(id)
        if entry is None:
            what = "is damaged; psi memory verify names all that are" if id in self.damaged else "is not there; psi memory list shows what is"
            raise MemoryFileError(f"{self.path or 'memory'}: number {id} {what}")
        return entry

    def iterate(self, after: int = 0) -> Iterator[Entry]:
        """Every whole entry in the order of numbers, from the one after `after`; damaged ones are left out."""
        sql = "SELECT id FROM entry WHERE id > ? AND id <= ? ORDER BY id"
        last = self._last
        while after < last:
            low, after = after, min(after + 512, last)
            try:
                ids = {row[0] for row in self._all(sql, low, after)}
                ids |= {id for id in range(low + 1, after + 1) if id in self._pending}
            except MemoryFileError:  # a page is damaged: try each number
                ids = set(range(low + 1, after + 1))
            for id in sorted(ids):
                with suppress(MemoryFileError):
                    if (entry := self.fetch(id)) is not None:
                        yield entry

    # -- what is nearest

    def _beside(self) -> Path | None:
        """The file of cells; none if the memory is in RAM or encrypted: then nothing lies in the open."""
        return None if self.path is None or self._secret is not None else self.path.with_name(self.path.name + "-cells")

    def _generation(self) -> int:
        """How often something was forgotten."""
        return int(self._one("SELECT value FROM meta WHERE name = 'generation'") or 0)

    def _thaw(self) -> tuple[index.Frozen | None, index.Tail]:
        """Cells from the file, if they are of these rows, and the keys of all later rows."""
        beside, tail = self._beside(), index.Tail()
        frozen = index.read(beside) if beside is not None and beside.exists() else None
        if frozen is not None and (frozen.tag.generation != self._generation() or frozen.tag.last > self._last):
            frozen = None
        for id, key, body in self._keys(frozen.tag.last if frozen else 0):
            if (place := position(key, body)) is not None:
                tail.add(id, place)
        return frozen, tail

    def _keep_cells(self) -> None:
        """Write the cells beside the file."""
        beside = self._beside()
        if beside is not None and self._frozen is not None:
            try:
                index.write(beside, self._frozen)
            except OSError as why:
                raise file.failure(beside, why, "be written") from why

    def _keys(self, after: int) -> Iterator[tuple[int, bytes, bytes]]:
        """Number, key and record of every row in the file after one, in order; what cannot be read is left out."""
        sql = "SELECT id, key, record FROM entry WHERE id > ? AND id <= ? ORDER BY id"
        while after < self._acknowledged:
            low, after = after, min(after + 512, self._acknowledged)
            try:
                yield from self._all(sql, low, after)
            except MemoryFileError:
                for id in range(low, after):
                    with suppress(MemoryFileError):
                        yield from self._all(sql, id, id + 1)

    # -- the end

    def close(self) -> None:
        """Write what is left, and close. If it cannot be written, MemoryFileError, and it stays open: nothing is lost yet."""
        if self.closed:
            return
        if not self.readonly:
            self.flush()
        if self._thread is not None:
            self._wake.put(False)
            self._thread.join()
            self._thread = None
        with self._writing:
            self._shut()

    def _shut(self) -> None:
        self.closed = True
        for db in {id(db): db for db in (getattr(self, "_reader", None), getattr(self, "_db", None)) if db is not None}.values():
            with suppress(*file.database_errors()):
                db.close()
        if self._lease is not None:
            self._lease.release()
            self._lease = None

    def __enter__(self) -> Any:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()


def insert(db: Any, table: str, rows: list[Any]) -> None:
    """Rows into a table, many by one statement."""
    if not rows:
        return
    mark = f"({', '.join('?' * len(rows[0]))})"
    whole = len(rows) // MANY * MANY
    several = f"INSERT INTO {table} VALUES {', '.join([mark] * MANY)}"
    for low in range(0, whole, MANY):
        db.execute(several, list(chain.from_iterable(rows[low : low + MANY])))
    db.executemany(f"INSERT INTO {table} VALUES {mark}", rows[whole:])


def sqlite_malformed(why: Exception) -> Exception:
    """What SQLite would have said."""
    return ValueError(f"malformed text ({type(why).__name__})")
