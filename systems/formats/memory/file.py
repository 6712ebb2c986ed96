"""The file: an SQLite database that is ours, of this version, and open for one writer.

Nothing that stands in a file is trusted: it is opened only if its schema is, to the letter, one that this program writes, so
there are no triggers, views or expressions of anybody else.
"""

import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.request import pathname2url

from .rows import MemoryFileError

APPLICATION = 0x70736931
"""`psi1`, at byte 68 of the file."""
SCHEMA = 1
"""Version of the tables, at byte 60."""
LARGEST = 64 << 20
"""Bytes of one value."""
ENTRY = "CREATE TABLE entry (id INTEGER PRIMARY KEY, record BLOB, key BLOB, moment BLOB, digest BLOB, sum BLOB)"
META = "CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID"
DERIVED = (
    "CREATE TABLE timeline (time REAL, entry INTEGER, folded TEXT, PRIMARY KEY (time, entry)) WITHOUT ROWID",
    "CREATE TABLE name (id INTEGER PRIMARY KEY, text TEXT)",
    "CREATE TABLE mention (name INTEGER, time REAL, entry INTEGER, PRIMARY KEY (name, time, entry)) WITHOUT ROWID",
)
"""Tables that follow from the entries: by time with the text as it is searched, and by name."""
STATE = "CREATE TABLE state (name TEXT PRIMARY KEY, value BLOB, sum BLOB) WITHOUT ROWID"
TABLES = {0: {ENTRY, META}, 1: {ENTRY, META, STATE, *DERIVED}}
"""What a file of each version holds: version 0 had entries alone."""

SETTINGS = ("trusted_schema = OFF", "cell_size_check = ON", "synchronous = FULL", "secure_delete = ON", "temp_store = MEMORY")


def failure(path: Path | None, why: Exception, doing: str = "be read") -> MemoryFileError:
    """One line for what SQLite or the system says."""
    said = "its schema is malformed" if isinstance(why, UnicodeDecodeError) else getattr(why, "strerror", None) or str(why)
    text = " ".join(said.split()).lower()
    remedy = "check the file and its folder"
    for words, advice in REMEDIES.items():
        if words in text:
            remedy = advice
            break
    return MemoryFileError(f"{path or 'memory'}: cannot {doing}: {text}; {remedy}")


REMEDIES = {
    "full": "free some space; nothing is lost while the program runs",
    "space": "free some space; nothing is lost while the program runs",
    "disk i/o": "the disk is full, failing or write-protected; nothing is lost while the program runs",
    "too large": "a limit allows no larger file; nothing is lost while the program runs",
    "not a database": "it is another kind of file, or encrypted with another key; check the path and the key",
    "malformed": "it is damaged: psi memory verify tells what is whole, psi memory export saves it",
    "corrupt": "it is damaged: psi memory verify tells what is whole, psi memory export saves it",
    "readonly": "choose a folder you may write to",
    "read-only": "choose a folder you may write to",
    "unable to open": "choose a folder you may write to",
    "permission": "choose a folder you may write to",
    "locked": "another program has it open; close it and try again",
}


def look(path: Path, persona: str, secret: bytes | None, readonly: bool) -> bool:
    """Whether there is a file already. MemoryFileError for what is surely none of ours, before anything is touched."""
    try:
        if "\0" in str(path):
            raise MemoryFileError(f"{str(path)!a}: is no path; give another name")
        if path.is_dir():
            raise MemoryFileError(f"{path}: is a folder; give the name of a file, such as {path / (persona + '.psimem')}")
        if not path.exists():
            if readonly:
                raise MemoryFileError(f"{path}: there is no such memory; psi memory list tells which there are")
            wal = path.with_name(path.name + "-wal")
            if wal.exists() and wal.stat().st_size:
                raise MemoryFileError(f"{path}: is missing, but its log {wal.name} is there; bring it back, or remove the log")
            return False
        if not path.is_file():
            raise MemoryFileError(f"{path}: is a device; give the name of a file")
        with path.open("rb") as file:
            head = file.read(100)
    except OSError as why:
        raise failure(path, why) from why
    except ValueError as why:
        raise MemoryFileError(f"{str(path)!a}: is no path; give another name") from why
    if not head:
        if readonly:
            raise MemoryFileError(f"{path}: is empty; use another copy")
        return False
    if secret is None:
        _inspect(path, head)
    return True


def _inspect(path: Path, head: bytes) -> None:
    if not head.startswith(b"SQLite format 3\0") or len(head) < 100:
        raise MemoryFileError(f"{path}: is no memory file, or is encrypted, or damaged; check the path, or give its key")
    if int.from_bytes(head[68:72], "big") != APPLICATION:
        raise MemoryFileError(f"{path}: is a database of another program; choose another file")
    newer(path, int.from_bytes(head[60:64], "big"))


def newer(path: Path | None, version: int) -> None:
    """MemoryFileError if a file is of a version that this program does not know."""
    if version not in TABLES:
        raise MemoryFileError(f"{path}: has schema {version}, this program knows up to {SCHEMA}; update psi-ecs")


def connect(path: Path | None, secret: bytes | None, mode: str) -> Any:
    """A connection; `mode` is rw, or ro, or immutable (nobody else writes, and nothing may be written beside it)."""
    if secret is None:
        opened = _open(sqlite3, path, mode)
    else:
        from .secret import library

        module = library()
        opened = _open(module, path, mode)
        opened.execute(f"PRAGMA key = \"x'{secret.hex()}'\"")
    opened.text_factory = lambda raw: raw.decode("utf-8", "replace")  # a damaged row is told by its checksum
    with suppress(AttributeError):  # from Python 3.12 on, and not of SQLCipher
        for name, value in (("DEFENSIVE", True), ("ENABLE_TRIGGER", False), ("ENABLE_VIEW", False)):
            opened.setconfig(getattr(sqlite3, f"SQLITE_DBCONFIG_{name}"), value)
    with suppress(AttributeError):
        opened.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST)
        opened.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 1)  # VACUUM needs one
        opened.setlimit(sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 1)
    for pragma in SETTINGS:
        opened.execute("PRAGMA " + pragma)
    if mode != "rw":
        opened.execute("PRAGMA query_only = ON")
    return opened


def _open(module: Any, path: Path | None, mode: str) -> Any:
    if path is None:
        return module.connect(":memory:", isolation_level=None, check_same_thread=False)
    how = "mode=ro&immutable=1" if mode == "immutable" else f"mode={mode}"
    name = f"file:{pathname2url(str(path.absolute()))}?{how}"
    return module.connect(name, uri=True, timeout=5.0, isolation_level=None, check_same_thread=False)


def database_errors() -> Any:
    """What either library raises, as a tuple; a message about a damaged schema may itself be no text."""
    from .secret import errors

    return (sqlite3.Error, UnicodeDecodeError, *errors())


def reading(path: Path | None, secret: bytes | None) -> Any:
    """A connection that writes nothing. Where its folder takes no log of readers and there is no log, the file stands still."""
    try:
        db = connect(path, secret, "ro")
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except database_errors() as why:
        wal = path.with_name(path.name + "-wal") if path else None
        logged = wal is not None and wal.exists() and wal.stat().st_size
        if logged or not any(words in str(why) for words in ("unable to open", "readonly")):
            raise
        db = connect(path, secret, "immutable")
    return db


def make(path: Path) -> None:
    """An empty file that only its owner may read, in a folder likewise."""
    try:
        if not path.parent.exists():
            path.parent.mkdir(mode=0o700, parents=True)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as why:
        raise failure(path, why, "be made") from why


def create(db: Any, persona: str) -> None:
    """Tables of an empty database, all or none; then its log."""
    db.execute("BEGIN IMMEDIATE")
    for table in (ENTRY, META, STATE, *DERIVED):
        db.execute(table)
    db.execute("INSERT INTO meta VALUES ('persona', ?)", (persona,))
    db.execute(f"PRAGMA application_id = {APPLICATION}")
    db.execute(f"PRAGMA user_version = {SCHEMA}")
    db.execute("COMMIT")


def check(db: Any, path: Path | None, persona: str) -> int:
    """The version of a database that is ours, and of this persona. MemoryFileError in one line else."""
    if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
        raise MemoryFileError(f"{path}: is a database of another program; choose another file")
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    newer(path, version)
    found = [row for row in db.execute("SELECT type, name, sql FROM sqlite_master") if row[2] is not None]
    strange = [f"{kind} {name}" for kind, name, sql in found if kind != "table" or sql not in TABLES[version]]
    if strange or len(found) != len(TABLES[version]):
        what = f"holds {strange[0]!r}, which is not ours" if strange else "lacks a table"
        raise MemoryFileError(f"{path}: {what}; it is refused, use another copy")
    owner = db.execute("SELECT value FROM meta WHERE name = 'persona'").fetchone()
    if owner is None or owner[0] != persona:
        whose = str(owner and owner[0])[:80]
        raise MemoryFileError(f"{path}: is the memory of {whose!r}, not of {persona!r}; choose another file")
    return version


def migrate(db: Any, version: int, rebuild: Callable[[Any], None]) -> None:
    """Bring a database to this version, step by step, in one transaction."""
    db.execute("BEGIN IMMEDIATE")
    try:
        for step in range(version, SCHEMA):
            MIGRATIONS[step](db, rebuild)
        db.execute(f"PRAGMA user_version = {SCHEMA}")
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


def _derive(db: Any, rebuild: Callable[[Any], None]) -> None:
    """0 to 1: what entries are found by, and named states."""
    for table in (*DERIVED, STATE):
        db.execute(table)
    rebuild(db)


MIGRATIONS: dict[int, Callable[[Any, Callable[[Any], None]], None]] = {0: _derive}
"""By the version they start from."""
