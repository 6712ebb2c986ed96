"""Making again what follows from the entries."""

from typing import TYPE_CHECKING, Any

import numpy as np

from psi_ecs.components.memory import KEY

from . import file, index
from .rows import mentions, position, unseal

if TYPE_CHECKING:
    from .base import Base


def derive(db: Any) -> None:
    """Make again, from the entries, the tables they are found by; within a transaction of the caller."""
    for table in ("mention", "timeline", "name"):
        db.execute(f"DELETE FROM {table}")
    numbers: dict[str, int] = {}
    sql, low = "SELECT id, record, key, moment, digest, sum FROM entry WHERE id > ? ORDER BY id LIMIT 512", 0
    while rows := db.execute(sql, (low,)).fetchall():
        if rows[-1][0] <= low:  # a damaged table that goes in circles
            break
        low = rows[-1][0]
        whole = [entry for entry in map(unseal, rows) if entry is not None]
        said = [(numbers.setdefault(n, len(numbers) + 1), e.time, e.id) for e in whole for n in sorted(mentions(e))]
        db.executemany("INSERT INTO timeline VALUES (?, ?, ?)", [(e.time, e.id, e.text.casefold()) for e in whole])
        db.executemany("INSERT INTO mention VALUES (?, ?, ?)", said)
    db.executemany("INSERT INTO name VALUES (?, ?)", [(number, name) for name, number in numbers.items()])


def repair(base: "Base") -> None:
    """Tables and cells made again. MemoryFileError in one line if they cannot be: then the tables are as they were."""
    with base.writer.adding, base.writer.lock, base.reading:
        try:
            base.db.execute("BEGIN IMMEDIATE")
            derive(base.db)
            base.db.execute("COMMIT")
        except file.database_errors() as why:
            base.writer.back()
            raise file.failure(base.path, why, "be repaired") from why
        base.renew()
    if base.count > index.TAIL or base.frozen is not None:
        reindex(base)
    elif (beside := base.beside()) is not None:
        beside.unlink(missing_ok=True)  # not in use: damaged, or of another state


def reindex(base: "Base") -> None:
    """All keys of the file in cells."""
    with base.writer.adding, base.writer.lock:
        ids = np.empty(base.count, np.int64)
        places = np.empty((base.count, KEY), np.float16)
        row = 0
        for id, key, body in base.scan("id, key, record"):
            if (place := position(key, body)) is not None and row < base.count:
                ids[row], places[row] = id, place
                row += 1
        tag = index.Tag(base.last, row, base.generation())
        base.adopt(index.build_frozen(tag, ids[:row], places[:row]))
    base.keep_cells()
