"""Forgetting: what is removed is removed from the disk, as far as a program can say.

SQLite overwrites what is deleted, but a page may keep a copy of a row that was once moved; so the file is written anew. Until that
is done the file says so, and the next who opens it does it.
"""

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from psi_ecs.components.memory import Wish

from . import file, search

if TYPE_CHECKING:
    from .base import Base

IN_MEMORY = 256 << 20
"""Bytes of a file up to which it is written anew by way of RAM."""


def forget(store: "Base", wish: Wish) -> int:
    """Remove what a wish asks for; how many. MemoryFileError in one line if it cannot be: then nothing is."""
    store.flush()
    with store._adding, store._writing, store._reading:
        ids = [id for _, id in search.matches(store, wish, max(len(store), 1))]
        if not ids:
            return 0
        _delete(store, ids)
        gone = np.array(ids, np.int64)
        store._tail.keep(gone)
        store._frozen = None if store._frozen is None else store._frozen.without(gone)
        if (beside := store._beside()) is not None:
            with suppress(FileNotFoundError):
                beside.unlink()
        store._renew()
    scrub(store)
    if store._frozen is not None:
        store._keep_cells()
    return len(ids)


def _delete(store: "Base", ids: list[int]) -> None:
    db = store._db
    try:
        db.execute("BEGIN IMMEDIATE")
        db.execute("CREATE TEMP TABLE IF NOT EXISTS gone (id INTEGER PRIMARY KEY)")
        db.execute("DELETE FROM temp.gone")
        db.executemany("INSERT OR IGNORE INTO temp.gone VALUES (?)", [(id,) for id in ids])
        for table, column in (("entry", "id"), ("timeline", "entry"), ("mention", "entry")):
            db.execute(f"DELETE FROM {table} WHERE {column} IN (SELECT id FROM temp.gone)")
        db.execute("DELETE FROM name WHERE id NOT IN (SELECT DISTINCT name FROM mention)")
        db.execute("DELETE FROM temp.gone")
        db.execute("INSERT OR REPLACE INTO meta VALUES ('generation', ?)", (store._generation() + 1,))
        db.execute("INSERT OR REPLACE INTO meta VALUES ('last', ?)", (store._last,))
        db.execute("INSERT OR REPLACE INTO meta VALUES ('scrub', 1)")
        db.execute("COMMIT")
    except file.database_errors() as why:
        store._back()
        raise file.failure(store.path, why, "be changed") from why


def scrub(store: "Base") -> None:
    """Write the file anew, so that no byte of what was removed is left in it or in its log."""
    with store._writing, store._reading:
        db = store._db
        try:
            size = db.execute("PRAGMA page_count").fetchone()[0] * db.execute("PRAGMA page_size").fetchone()[0]
            db.execute(f"PRAGMA temp_store = {'MEMORY' if size <= IN_MEMORY else 'FILE'}")
            db.execute("VACUUM")
            busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            db.execute("DELETE FROM meta WHERE name = 'scrub'")
            if busy and busy[0]:
                raise file.sqlite3.OperationalError("the log is locked by a reader")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except file.database_errors() as why:
            raise file.failure(store.path, why, "be cleared of what is removed already; it is tried again when it is opened") from why
