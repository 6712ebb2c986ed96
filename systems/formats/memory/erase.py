"""Forgetting: what is removed is removed from the disk, as far as a program can say.

SQLite overwrites what is deleted, but a page may keep a copy of a row that was once moved; so the file is written anew. Until
that is done the file says so, and the next who opens it does it.
"""

import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from psi_ecs.components.memory import Wish

from . import file, search

if TYPE_CHECKING:
    from .base import Base

IN_MEMORY = 256 << 20
"""Bytes of a file up to which it is written anew by way of RAM."""


def forget(base: "Base", wish: Wish) -> int:
    """Remove what a wish asks for; how many. MemoryFileError in one line if it cannot be: then nothing is."""
    base.writer.drain()
    with base.writer.adding, base.writer.lock, base.reading:
        ids = [id for _, id in search.matches(base, wish, max(base.count, 1))]
        ids += sorted(base.damaged.intersection(wish.ids))
        if not ids:
            return 0
        _delete(base, ids)
        gone = np.array(ids, np.int64)
        base.tail.keep(gone)
        base.frozen = None if base.frozen is None else base.frozen.without(gone)
        if (beside := base.beside()) is not None:
            with suppress(FileNotFoundError):
                beside.unlink()
        base.damaged.difference_update(ids)
        base.renew()
    scrub(base)
    if base.frozen is not None:
        base.keep_cells()
    return len(ids)


def _delete(base: "Base", ids: list[int]) -> None:
    db = base.db
    try:
        db.execute("BEGIN IMMEDIATE")
        db.execute("CREATE TEMP TABLE IF NOT EXISTS gone (id INTEGER PRIMARY KEY)")
        db.execute("DELETE FROM temp.gone")
        db.executemany("INSERT OR IGNORE INTO temp.gone VALUES (?)", [(id,) for id in ids])
        for table, column in (("entry", "id"), ("timeline", "entry"), ("mention", "entry")):
            db.execute(f"DELETE FROM {table} WHERE {column} IN (SELECT id FROM temp.gone)")
        db.execute("DELETE FROM name WHERE id NOT IN (SELECT DISTINCT name FROM mention)")
        db.execute("DELETE FROM temp.gone")
        db.execute("INSERT OR REPLACE INTO meta VALUES ('generation', ?)", (base.generation() + 1,))
        db.execute("INSERT OR REPLACE INTO meta VALUES ('last', ?)", (base.last,))
        db.execute("INSERT OR REPLACE INTO meta VALUES ('scrub', 1)")
        db.execute("COMMIT")
    except file.database_errors() as why:
        base.writer.back()
        raise file.failure(base.path, why, "be changed") from why


def scrub(base: "Base") -> None:
    """Write the file anew, so that no byte of what was removed is left in it or in its log."""
    with base.writer.lock, base.reading:
        db = base.db
        try:
            pages, size = (int(db.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "page_size"))
            db.execute(f"PRAGMA temp_store = {'MEMORY' if pages * size <= IN_MEMORY or base.secret else 'FILE'}")
            db.execute("VACUUM")
            for words in ("", "DELETE FROM meta WHERE name = 'scrub'"):
                if words:
                    db.execute(words)
                if base.path is not None and db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                    raise sqlite3.OperationalError("the log is locked by a reader")
        except file.database_errors() as why:
            raise file.failure(base.path, why, "be cleared of what was removed (opening it tries again)") from why
