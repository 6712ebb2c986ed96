"""Files appear whole or not at all, and what stood there stays until then."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from psi_ecs.systems.formats import safe
from psi_ecs.systems.formats.safe import OutputError, Part, write_file


class Full:
    """A file on a disk with room for some bytes, the rest of which is found missing only when it is flushed."""

    def __init__(self, path: Path, room: int) -> None:
        self.file, self.room = open(path, "wb", buffering=0), room  # noqa: SIM115

    def write(self, data: bytes) -> int:
        if len(data) > self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.room -= len(data)
        return self.file.write(data)

    def close(self) -> None:
        self.file.close()
        if self.room < 10:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_file_has_its_name_only_once_it_is_whole(tmp_path: Path) -> None:
    part = Part(tmp_path / "deep" / "a.txt")
    part.write(b"hello")
    assert not (tmp_path / "deep" / "a.txt").exists()
    part.write(b"J", at=0)
    part.write(b"!")
    part.done()
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["a.txt"]
    assert (tmp_path / "deep" / "a.txt").read_bytes() == b"Jello!"


@pytest.mark.parametrize("room", [3, 12])
def test_a_full_disk_is_one_line_and_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    (tmp_path / "a.txt").write_text("old")
    monkeypatch.setattr(safe, "open", lambda path, mode: Full(path, room), raising=False)
    with pytest.raises(OutputError, match=r"a\.txt: cannot be written: no space left on device; free some space"):
        write_file(tmp_path / "a.txt", "something")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("a.txt", "old")]


def test_a_folder_one_may_not_write_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(safe, "open", refuse, raising=False)
    with pytest.raises(OutputError, match="permission denied; choose a folder you may write to"):
        write_file(tmp_path / "a.txt", "x")


def test_places_that_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe") if hasattr(os, "mkfifo") else (tmp_path / "pipe").mkdir()
    (tmp_path / "file").touch()
    for path, message in {
        tmp_path: "is a folder; give the name of a file",
        tmp_path / "pipe": "give the name of a file",
        tmp_path / "file" / "x": "cannot be written",
        tmp_path / ("n" * 300): "name too long; choose a shorter name",
        Path("a\0b"): "cannot be written",
    }.items():
        with pytest.raises(OutputError, match=message):
            write_file(path, "x")


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="no such devices here")
def test_devices_are_left_alone() -> None:
    for device in ("/dev/full", "/dev/null"):
        with pytest.raises(OutputError, match="is a device"):
            write_file(Path(device), "x")
        assert Path(device).is_char_device()


def test_a_link_keeps_pointing_at_the_file_it_names(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    write_file(tmp_path / "link.txt", "new")
    assert (tmp_path / "link.txt").is_symlink() and (tmp_path / "real.txt").read_text() == "new"


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit")
def test_a_real_limit_of_the_system(tmp_path: Path) -> None:
    script = f"""
import resource
from pathlib import Path
from psi_ecs.systems.formats.safe import OutputError, write_file
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_file(Path({str(tmp_path / "a")!r}), b"x" * 5000)
except OutputError as why:
    print(why)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "cannot be written: file too large" in done.stdout and list(tmp_path.iterdir()) == []
