"""One writer at a time: a lock that the system lifts when its process ends, however it ends."""

import contextlib
import os
from pathlib import Path

from .rows import MemoryFileError

_BYTE = 1 << 30
"""Which byte Windows locks: far behind the number of the process, which others may read."""


class Lease:
    """Held from construction to `release`. It is a file of its own: SQLite's own locks are lost when anybody closes the
    database file a second time."""

    def __init__(self, path: Path) -> None:
        """For the database at `path`. MemoryFileError that names the process which has it."""
        place = path.with_name(path.name + "-lock")
        try:
            self._file = os.open(place, os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as why:
            reason = (why.strerror or str(why)).lower()
            raise MemoryFileError(f"{place}: cannot be made: {reason}; choose a folder you may write to") from why
        try:
            _lock(self._file)
        except OSError as why:
            owner = os.read(self._file, 20).decode("ascii", "replace").strip() or "unknown"
            os.close(self._file)
            raise MemoryFileError(f"{path}: is open for writing in process {owner}; close it there first") from why
        os.ftruncate(self._file, 0)
        os.write(self._file, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """Let others write. The file stays: removing it would let two have it."""
        with contextlib.suppress(OSError):
            os.ftruncate(self._file, 0)
            os.close(self._file)


def _lock(file: int) -> None:
    """OSError if another has it."""
    try:
        import fcntl
    except ImportError:
        import msvcrt

        os.lseek(file, _BYTE, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        os.lseek(file, 0, os.SEEK_SET)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
