"""Files that appear whole or not at all."""

import os
from pathlib import Path
from typing import BinaryIO

from psi_ecs import PsiError


class OutputError(PsiError):
    """Something could not be written, and why."""


class Part:
    """A file under a temporary name beside its own."""

    def __init__(self, path: Path) -> None:
        """For `path`; its folder is made if need be."""
        self.path = path
        self.temporary = path.with_name(f".{path.name}.part")
        if path.is_dir():
            raise OutputError(f"{path}: is a folder; give the name of a file")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as why:
            raise self.error(why) from why

    def error(self, why: OSError) -> OutputError:
        """One line for a failed write."""
        remedy = {28: "; free some space", 13: "; choose a folder you may write to", 30: "; choose a folder you may write to"}
        return OutputError(
            f"{self.path}: cannot be written: {(why.strerror or str(why)).lower()}{remedy.get(why.errno or 0, '')}"
        )

    def open(self) -> BinaryIO:
        """Begin the temporary file."""
        try:
            return open(self.temporary, "wb")
        except OSError as why:
            raise self.error(why) from why

    def write(self, file: BinaryIO, data: bytes) -> None:
        """Write, or remove what there is and say why not."""
        try:
            file.write(data)
        except OSError as why:
            self.remove()
            raise self.error(why) from why

    def done(self) -> None:
        """Give the file its name."""
        try:
            os.replace(self.temporary, self.path)
        except OSError as why:
            self.remove()
            raise self.error(why) from why

    def remove(self) -> None:
        """Remove the temporary file."""
        self.temporary.unlink(missing_ok=True)


def write_file(path: Path, data: bytes | str) -> None:
    """A whole file at once. OutputError in one line if it cannot be written."""
    part = Part(path)
    try:
        with part.open() as file:
            file.write(data.encode() if isinstance(data, str) else data)
    except OSError as why:
        part.remove()
        raise part.error(why) from why
    part.done()
