"""Files that appear whole or not at all."""

import contextlib
import errno
import os
from pathlib import Path
from typing import BinaryIO

from psi_ecs import PsiError

REMEDIES = {
    errno.ENOSPC: "free some space or choose another folder",
    errno.EDQUOT: "free some space or choose another folder",
    errno.EFBIG: "the disk or a limit allows no larger file; make a shorter one",
    errno.EACCES: "choose a folder you may write to",
    errno.EPERM: "choose a folder you may write to",
    errno.EROFS: "choose a folder you may write to",
    errno.ENAMETOOLONG: "choose a shorter name",
}


class OutputError(PsiError):
    """Something could not be written, and why."""


class Part:
    """A file under a temporary name beside its own, which it gets once it is whole; what stood there stays until then."""

    def __init__(self, path: Path) -> None:
        """For `path`; its folder is made if need be. OutputError if nothing can be written there."""
        self.path = path
        self._file: BinaryIO | None = None
        try:
            if "\0" in str(path):
                raise ValueError("its name holds a NUL")
            if path.exists() and not path.is_file():
                raise OutputError(f"{path}: is {'a folder' if path.is_dir() else 'a device'}; give the name of a file")
            self._target = path.resolve() if path.is_symlink() else path
            self.temporary = self._target.with_name(f".{self._target.name}.part")
            self._target.parent.mkdir(parents=True, exist_ok=True)
        except (OSError, RuntimeError, ValueError) as why:  # a RuntimeError for a loop of links
            raise self.error(why) from why

    def error(self, why: Exception) -> OutputError:
        """One line for a failed write."""
        number = why.errno if isinstance(why, OSError) else None
        reason = (why.strerror if isinstance(why, OSError) else None) or " ".join(str(why).split())
        remedy = REMEDIES.get(number or 0, "choose another path")
        return OutputError(f"{self.path}: cannot be written: {reason.lower()}; {remedy}")

    def write(self, data: bytes, at: int | None = None) -> None:
        """Write at the end, or over what stands `at` a byte; if that fails, remove what there is and say why."""
        try:
            if self._file is None:
                self._file = open(self.temporary, "wb")  # noqa: SIM115  it stays open until done() or remove()
            if at is not None:
                self._file.seek(at)
            self._file.write(data)
            if at is not None:
                self._file.seek(0, os.SEEK_END)
        except OSError as why:
            self.remove()
            raise self.error(why) from why

    def done(self) -> None:
        """Give the file its name."""
        try:
            if self._file is not None:
                self._file.close()
            os.replace(self.temporary, self._target)
        except OSError as why:
            self.remove()
            raise self.error(why) from why

    def remove(self) -> None:
        """Remove the temporary file."""
        with contextlib.suppress(OSError):  # what is left in a buffer may find no room
            if self._file is not None:
                self._file.close()
        with contextlib.suppress(OSError):
            self.temporary.unlink(missing_ok=True)


def write_file(path: Path, data: bytes | str) -> None:
    """A whole file at once. OutputError in one line if it cannot be written."""
    part = Part(path)
    try:
        part.write(data.encode() if isinstance(data, str) else data)
    except BaseException:  # an interrupt too
        part.remove()
        raise
    part.done()
