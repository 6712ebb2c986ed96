"""Telling the truth about a file, and making again what follows from its entries."""

from collections.abc import Iterator
from contextlib import suppress
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from psi_ecs.components.memory import Entry

from . import file, index
from .rows import MemoryFileError, mentions, unseal

if TYPE_CHECKING:
    from .base import Base

_ROWS = "SELECT id, record, key, moment, digest, sum FROM entry"


class Report(Struct):
    """What was found."""

    entries: int = 0
    """Whole ones."""
    bad: list[int] = field(default_factory=list)
    """Numbers of damaged ones: they are never served."""
    problems: list[str] = field(default_factory=list)
    """One line each."""

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.bad and not self.problems


def state_sum(name: str, value: bytes) -> bytes:
    """16 bytes over a named state."""
    head = name.encode("utf-8", "surrogatepass")
    return blake2b(len(head).to_bytes(8, "little") + head + value, digest_size=16).digest()


def verify(store: "Base", deep: bool) -> Report:
    """SQLite's own check (every page and cell if `deep`), every row's checksum and record, whether tables and cells belong to the
    rows, and the named states."""
    report = Report()
    with suppress(MemoryFileError):
        if not store.readonly:
            store.flush()
    try:
        for (line,) in store._all(f"PRAGMA {'integrity_check' if deep else 'quick_check'}(20)"):
            if line != "ok":
                report.problems.append(" ".join(str(line).split())[:200])
    except MemoryFileError as why:
        report.problems.append(str(why))
    expected = {"timeline": 0, "mention": 0}
    for entry in _entries(store, report):
        report.entries += 1
        expected["timeline"] += hash((entry.time, entry.id, _number(entry.text.casefold()))) & _MASK
        for name in mentions(entry):
            expected["mention"] += hash((_number(name), entry.time, entry.id)) & _MASK
    _tables(store, report, expected)
    _states(store, report)
    if deep:
        _cells(store, report)
    return report


_MASK = (1 << 61) - 1


def _number(name: str) -> int:
    return int.from_bytes(blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _entries(store: "Base", report: Report) -> Iterator[Entry]:
    """Whole entries of the file; the numbers of others go to the report."""
    low, last = 0, store.acknowledged
    while low < last:
        high = min(low + 512, last)
        try:
            rows = store._all(f"{_ROWS} WHERE id > ? AND id <= ? ORDER BY id", low, high)
        except MemoryFileError:
            rows = []
            for id in range(low + 1, high + 1):
                try:
                    rows += store._all(f"{_ROWS} WHERE id = ?", id)
                except MemoryFileError:
                    report.bad.append(id)
        for row in rows:
            entry = unseal(row)
            if entry is None:
                report.bad.append(row[0])
            else:
                yield entry
        low = high


def _tables(store: "Base", report: Report, expected: dict[str, int]) -> None:
    """Whether what entries are found by is all there, and nothing else: sums of hashes, whatever their order."""
    try:
        names = {id: _number(text) for id, text in store._all("SELECT id, text FROM name")}
        found = {"timeline": 0, "mention": 0}
        bad = set(report.bad)
        with store._reading:
            for time, id, folded in store._reader.execute("SELECT time, entry, folded FROM timeline"):
                if id not in bad:
                    found["timeline"] += hash((time, id, _number(folded))) & _MASK
            for name, time, id in store._reader.execute("SELECT name, time, entry FROM mention"):
                if id not in bad:
                    found["mention"] += hash((names.get(name), time, id)) & _MASK
    except (MemoryFileError, *file.database_errors(), AttributeError, ValueError, OverflowError) as why:
        report.problems.append(f"what entries are found by cannot be read: {' '.join(str(why).split())}"[:300])
        return
    for table, total in expected.items():
        if found[table] != total:
            report.problems.append(f"the table {table} does not belong to the entries; psi memory verify --repair makes it again")


def _states(store: "Base", report: Report) -> None:
    try:
        for name, value, total in store._all("SELECT name, value, sum FROM state"):
            if not (isinstance(name, str) and isinstance(value, bytes)) or state_sum(name, value) != total:
                report.problems.append(f"the state {str(name)[:80]!r} is damaged")
    except MemoryFileError as why:
        report.problems.append(str(why))


def _cells(store: "Base", report: Report) -> None:
    place = store._beside()
    if place is None or not place.exists():
        return
    frozen = index.read(place, deep=True)
    if frozen is None:
        report.problems.append(f"{place.name} is damaged; psi memory verify --repair makes it again")
    elif frozen.tag.generation != store._generation() or frozen.tag.last > store.acknowledged:
        report.problems.append(f"{place.name} belongs to another state of the file and is not used; psi memory verify --repair makes it again")


def rebuild(db: Any) -> None:
    """Make again, from the entries, what they are found by; within a transaction of the caller."""
    for table in ("mention", "timeline", "name"):
        db.execute(f"DELETE FROM {table}")
    numbers: dict[str, int] = {}
    low = 0
    while rows := db.execute(f"{_ROWS} WHERE id > ? ORDER BY id LIMIT 512", (low,)).fetchall():
        low = rows[-1][0]
        whole = [entry for entry in map(unseal, rows) if entry is not None]
        said = [(numbers.setdefault(n, len(numbers) + 1), e.time, e.id) for e in whole for n in sorted(mentions(e))]
        db.executemany("INSERT INTO timeline VALUES (?, ?, ?)", [(e.time, e.id, e.text.casefold()) for e in whole])
        db.executemany("INSERT INTO mention VALUES (?, ?, ?)", said)
    db.executemany("INSERT INTO name VALUES (?, ?)", [(number, name) for name, number in numbers.items()])
