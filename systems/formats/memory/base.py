"""An open file: its connections, what is known of it, and what is read from it."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from itertools import chain
from pathlib import Path
from threading import Lock, RLock
from typing import Any

import msgspec
import numpy as np

from psi_ecs.components.memory import Entry

from . import erase, file, index, repair
from .lease import Lease
from .rows import MemoryFileError, content, joined, mentions, position, state_sum, unseal
from .writer import Pending, Writer

HIGHEST = 1 << 53
"""No number of an entry is as high: a billion a second would take months."""


class Base:
    """What the parts of a store share."""

    reader: Any = None
    """The connection that reads."""
    db: Any = None
    """The connection that writes."""

    def __init__(self, path: Path | None, persona: str, secret: bytes | None, readonly: bool, threaded: bool) -> None:
        """As of `Store`."""
        self.path, self.persona, self.readonly, self.secret = path, persona, readonly, secret
        self.closed = False
        self.damaged: set[int] = set()
        self.lease: Lease | None = None
        if secret is not None and len(secret) != 32:
            raise MemoryFileError(f"{path}: its key has {len(secret)} bytes; give 32")
        try:
            self._open()
            self._learn(threaded)
        except file.database_errors() as why:
            self.shut()
            raise file.failure(path, why, "be opened") from why
        except BaseException:
            self.shut()
            raise

    def _open(self) -> None:
        there = self.path is not None and file.look(self.path, self.persona, self.secret, self.readonly)
        if self.readonly:
            self.reader = self.db = file.reading(self.path, self.secret)
        else:
            if self.path is not None:
                file.make(self.path)
                self.lease = Lease(self.path)
            self.db = file.connect(self.path, self.secret, "rw")
            if not there:
                file.create(self.db, self.persona)
        version = file.check(self.db, self.path, self.persona)
        if version != file.SCHEMA:
            if self.readonly:
                raise MemoryFileError(f"{self.path}: has the older schema {version}; open it once for writing, which renews it")
            file.migrate(self.db, version, repair.derive)
        if self.path is not None and not self.readonly:
            self.db.execute("PRAGMA journal_mode = WAL")
            self.reader = file.connect(self.path, self.secret, "rw")
            self.reader.execute("PRAGMA query_only = ON")

    def _learn(self, threaded: bool) -> None:
        """What is kept in RAM of the file."""
        self._seen: Any = None
        self._fresh: deque[tuple[int, bytes, tuple[float, ...]]] = deque()
        self._settling = Lock()
        self.writer = Writer(self.db, self.path, self.settle, threaded and not self.readonly)
        self.reading = RLock() if self.reader is not None else self.writer.lock
        self.reader = self.reader or self.db
        self.follow()
        if not self.readonly and self.one("SELECT 1 FROM meta WHERE name = 'scrub'"):
            erase.scrub(self)

    def follow(self) -> None:
        """See what another process has written since; nothing to do for who writes."""
        if not self.readonly and self._seen:
            return
        seen = self.one("PRAGMA data_version")
        if seen == self._seen:
            return
        self._seen = seen
        last = self.one("SELECT value FROM meta WHERE name = 'last'")  # numbers of what was forgotten are not given again
        self.last = self.writer.acknowledged = max(int(self.one("SELECT max(id) FROM entry") or 0), int(last or 0))
        if self.last >= HIGHEST and not self.readonly:
            raise MemoryFileError(f"{self.path}: the number of an entry is damaged; psi memory export saves what is whole")
        self.names: dict[str, int] = {}
        self.count = 0
        with suppress(MemoryFileError) if self.readonly else nullcontext():  # of a damaged file, what is whole can be read
            self.renew()
        self.frozen, self._tail = self._thaw()

    def renew(self) -> None:
        """Read names and count again."""
        self.names = dict(self.all("SELECT text, id FROM name"))
        self.next_name = max(self.names.values(), default=0) + 1
        self.count = int(self.one("SELECT count(*) FROM timeline"))

    def add(self, entry: Entry, finish: Callable[[Entry], Entry] | None) -> int:
        """As of `Store.add_lazily`."""
        self.writable()
        made, held, moment = content(entry), mentions(entry), float(entry.time)
        with self.writer.adding:
            id = self.last + 1
            fresh = []
            if not self.names.keys() >= held:
                fresh = [(self.next_name + k, name) for k, name in enumerate(sorted(held - self.names.keys()))]
                self.next_name += len(fresh)
                self.names.update((name, number) for number, name in fresh)
            said = [(self.names[name], moment, id) for name in held]
            self.writer.pending[id] = Pending(msgspec.structs.replace(entry, id=id), made, said, fresh, [], finish)
            self._fresh.append((id, made[1], entry.feeling))
            self.last = id
            self.count += 1
        return id

    def writable(self) -> None:
        """MemoryFileError unless it can be written."""
        if self.closed or self.readonly:
            state = "closed" if self.closed else "open for reading only"
            raise MemoryFileError(f"{self.path or 'memory'}: is {state}; open it for writing")

    # -- reading

    def all(self, sql: str, *values: Any) -> list[Any]:
        """Rows of a query. MemoryFileError in one line if the file is damaged there."""
        if self.closed:
            raise MemoryFileError(f"{self.path or 'memory'}: is closed; open it again")
        try:
            with self.reading:
                return list(self.reader.execute(sql, values).fetchall())
        except (*file.database_errors(), OverflowError) as why:
            raise file.failure(self.path, why) from why

    def one(self, sql: str, *values: Any) -> Any:
        """First value of the first row, or None."""
        found = self.all(sql, *values)
        return found[0][0] if found else None

    def fetch(self, id: int) -> Entry | None:
        """The entry of a number; None if there is none, or it is damaged (then `damaged` has the number)."""
        if (waiting := self.writer.pending.get(id)) is not None:
            return unseal(self.writer.row(waiting))
        try:
            rows = self.all("SELECT id, record, key, moment, digest, sum FROM entry WHERE id = ?", id)
        except MemoryFileError:
            if self.closed:
                raise
            rows = [()]
        entry = unseal(rows[0]) if rows and rows[0] else None
        if rows and entry is None:
            self.damaged.add(id)
        return entry

    def iterate(self, after: int = 0) -> Iterator[Entry]:
        """As of `Store`."""
        written, last = self.writer.acknowledged, self.last
        for id in chain((row[0] for row in self.scan("id", after)), range(max(written, after) + 1, last + 1)):
            if (entry := self.fetch(id)) is not None:
                yield entry

    def scan(self, columns: str, after: int = 0, lost: list[int] | None = None) -> Iterator[Any]:
        """Rows of the file after a number, in order; the first column is `id`. Where a page is damaged each number is tried,
        and those that cannot be read go to `lost`: no more than can have been in a file of that size."""
        end, tries = self.writer.acknowledged, 512 + (self.path.stat().st_size // 64 if self.path else 0)
        while after < end and tries > 0:
            low = after
            try:
                sql = f"SELECT {columns} FROM entry WHERE id > ? AND id <= ? ORDER BY id LIMIT 512"
                rows = self.all(sql, low, end)
                after = max((row[0] for row in rows), default=low)
                tries *= after > low
            except MemoryFileError:
                after, rows = min(low + 512, low + tries, end), []
                tries -= after - low
                for id in range(low + 1, after + 1):
                    rows += self._single(columns, id, lost)
            yield from rows

    def _single(self, columns: str, id: int, lost: list[int] | None) -> list[Any]:
        try:
            return self.all(f"SELECT {columns} FROM entry WHERE id = ?", id)
        except MemoryFileError:
            if self.closed:
                raise
            if lost is not None:
                lost.append(id)
            return []

    def at(self, time: float) -> list[Entry]:
        """Every whole entry of exactly that time."""
        ids = {w.entry.id for w in self.writer.waiting(self.last) if w.entry.time == time}
        ids |= {id for (id,) in self.all("SELECT entry FROM timeline WHERE time = ?", time)}
        return [entry for id in sorted(ids) if (entry := self.fetch(id)) is not None]

    def state(self, name: str) -> bytes | None:
        """As of `Store.take`."""
        with self.writer.adding:
            if name in self.writer.states:
                return self.writer.states[name]
        for value, total in self.all("SELECT value, sum FROM state WHERE name = ?", name):
            if isinstance(value, bytes) and state_sum(name, value) == total:
                return value
        return None

    def states(self) -> list[str]:
        """Names of all states."""
        with self.writer.adding:
            waiting = dict(self.writer.states)
        names = {name for (name,) in self.all("SELECT name FROM state")} | waiting.keys()
        return sorted(name for name in names if waiting.get(name, b"") is not None)

    # -- what is nearest

    def settle(self) -> None:
        """Let the index know what was added: who adds does not wait for that."""
        with self._settling:
            while self._fresh:
                id, key, feeling = self._fresh.popleft()
                self._tail.add(id, joined(np.frombuffer(key, "<f2"), feeling))

    @property
    def tail(self) -> index.Tail:
        """Keys that no cells have."""
        self.settle()
        return self._tail

    def adopt(self, frozen: index.Frozen) -> None:
        """Use these cells, which have all keys."""
        self.settle()
        self.frozen, self._tail = frozen, index.Tail()

    def beside(self) -> Path | None:
        """The file of cells; none if the memory is in RAM or encrypted: then nothing lies in the open."""
        return None if self.path is None or self.secret is not None else self.path.with_name(self.path.name + "-cells")

    def generation(self) -> int:
        """How often something was forgotten."""
        return int(self.one("SELECT value FROM meta WHERE name = 'generation'") or 0)

    def _thaw(self) -> tuple[index.Frozen | None, index.Tail]:
        """Cells from the file, if they are of these rows, and the keys of all later rows."""
        beside, tail = self.beside(), index.Tail()
        frozen = index.read(beside) if beside is not None and beside.exists() else None
        if frozen is not None and (frozen.tag.generation != self.generation() or frozen.tag.last > self.last):
            frozen = None
        for id, key, body in self.scan("id, key, record", frozen.tag.last if frozen else 0):
            if (place := position(key, body)) is not None:
                tail.add(id, place)
        return frozen, tail

    def keep_cells(self) -> None:
        """Write the cells beside the file."""
        beside = self.beside()
        if beside is not None and self.frozen is not None:
            try:
                index.write(beside, self.frozen)
            except OSError as why:
                raise file.failure(beside, why, "be written") from why

    def shut(self) -> None:
        """Close the file, whatever is left to write."""
        if hasattr(self, "writer"):
            self.writer.stop()
        self.closed = True
        for db in {id(db): db for db in (self.reader, self.db) if db is not None}.values():
            with suppress(*file.database_errors()):
                db.close()
        if self.lease is not None:
            self.lease.release()
            self.lease = None
