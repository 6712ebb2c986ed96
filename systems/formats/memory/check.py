"""Telling the truth about a file, and making again what follows from its entries."""

from collections.abc import Iterator
from hashlib import blake2b
from typing import TYPE_CHECKING

from msgspec import Struct, field

from psi_ecs.components.memory import Entry

from . import file, index
from .rows import MemoryFileError, mentions, state_sum, unseal

if TYPE_CHECKING:
    from .base import Base

REMEDY = "psi memory verify --repair makes it again"


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


def verify(base: "Base", deep: bool) -> Report:
    """SQLite's own check (of every index too if `deep`), every row's checksum and record, whether tables and cells belong to
    the rows, and the named states."""
    report = Report()
    try:
        for (line,) in base.all(f"PRAGMA {'integrity_check' if deep else 'quick_check'}(20)"):
            if line != "ok":
                report.problems.append(" ".join(str(line).split())[:200])
    except MemoryFileError as why:
        report.problems.append(str(why))
    expected = {"timeline": 0, "mention": 0}
    for entry in _entries(base, report):
        report.entries += 1
        expected["timeline"] += hash((entry.time, entry.id, _number(entry.text.casefold()))) & _MASK
        for name in mentions(entry):
            expected["mention"] += hash((_number(name), entry.time, entry.id)) & _MASK
    _tables(base, report, expected)
    _states(base, report)
    if deep:
        _cells(base, report)
    return report


_MASK = (1 << 61) - 1


def _number(name: str) -> int:
    return int.from_bytes(blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _entries(base: "Base", report: Report) -> Iterator[Entry]:
    """Whole entries of the file; the numbers of others go to the report."""
    for row in base.scan("id, record, key, moment, digest, sum", lost=report.bad):
        entry = unseal(row)
        if entry is None:
            report.bad.append(row[0])
        else:
            yield entry


def _tables(base: "Base", report: Report, expected: dict[str, int]) -> None:
    """Whether what entries are found by is all there, and nothing else: sums of hashes, whatever their order."""
    try:
        names = {id: _number(text) for id, text in base.all("SELECT id, text FROM name")}
        found = {"timeline": 0, "mention": 0}
        bad = set(report.bad)
        with base.reading:
            for time, id, folded in base.reader.execute("SELECT time, entry, folded FROM timeline"):
                if id not in bad:
                    found["timeline"] += hash((time, id, _number(folded))) & _MASK
            for name, time, id in base.reader.execute("SELECT name, time, entry FROM mention"):
                if id not in bad:
                    found["mention"] += hash((names.get(name), time, id)) & _MASK
    except (MemoryFileError, *file.database_errors(), AttributeError, ValueError, OverflowError) as why:
        report.problems.append(f"what entries are found by cannot be read: {' '.join(str(why).split())}"[:300])
        return
    for table, total in expected.items():
        if found[table] != total:
            report.problems.append(f"the table {table} does not belong to the entries; {REMEDY}")


def _states(base: "Base", report: Report) -> None:
    try:
        for name, value, total in base.all("SELECT name, value, sum FROM state"):
            if not (isinstance(name, str) and isinstance(value, bytes)) or state_sum(name, value) != total:
                report.problems.append(f"the state {str(name)[:80]!r} is damaged")
    except MemoryFileError as why:
        report.problems.append(str(why))


def _cells(base: "Base", report: Report) -> None:
    place = base.beside()
    if place is None or not place.exists():
        return
    frozen = index.read(place, deep=True)
    if frozen is None:
        report.problems.append(f"{place.name} is damaged; {REMEDY}")
    elif frozen.tag.generation != base.generation() or frozen.tag.last > base.writer.acknowledged:
        report.problems.append(f"{place.name} belongs to another state of the file and is not used; {REMEDY}")
