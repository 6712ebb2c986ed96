"""Whatever is wrong with where a file lies, or with who else has it: one clear line, or correct service, and nothing lost."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from made import entry, refused

from psi_ecs.components.memory import Wish
from psi_ecs.systems.formats.memory import Store


def test_one_writes_and_others_read(path: Path) -> None:
    with Store(path, "mira") as store:
        refused(f"is open for writing in process {os.getpid()}", lambda: Store(path, "mira"))
        with Store(path, "mira", readonly=True) as other:
            store.add(entry(200))
            store.flush()
            assert len(other.find(Wish(limit=300))) == len(other) == 201
            store.add(entry(201, tags=("quite new",)))
            store.flush()
            assert [f.entry.id for f in other.find(Wish(tags=("quite new",)))] == [202]
            assert other.find(Wish(key=entry(201).key))[0].entry.id == 202
            assert store.forget(Wish(ids=(202,))) == 1 and b"quite new" not in path.read_bytes()
            assert other.find(Wish(tags=("quite new",))) == []
            refused("reading only", lambda: other.add(entry(1)))
            refused("reading only", lambda: other.forget(Wish()))
    child = f"""
from pathlib import Path
from psi_ecs.systems.formats.memory import Store
store = Store(Path({str(path)!r}), "mira")
print("open", flush=True)
input()
"""
    held = subprocess.Popen([sys.executable, "-c", child], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert held.stdout is not None and held.stdout.readline() == "open\n"
        refused(f"is open for writing in process {held.pid}", lambda: Store(path, "mira"))
    finally:
        held.kill()
        held.communicate()
    Store(path, "mira").close()  # whoever was killed holds nothing


def test_a_folder_that_takes_nothing(path: Path) -> None:
    """Reading works; writing is refused in one line."""
    if sys.platform == "win32":
        pytest.skip("Windows has no such modes")
    script = f"""
import os, sys
from pathlib import Path
from psi_ecs.systems.formats.memory import Store, MemoryFileError
from psi_ecs.components.memory import Wish
if os.getuid() == 0: os.setuid(65534)
path = Path({str(path)!r})
with Store(path, "mira", readonly=True) as store:
    print(len(store), len(store.find(Wish())), store.verify(deep=True).sound)
try:
    Store(path, "mira")
except MemoryFileError as why:
    print(why)
"""
    for extra in path.parent.glob("mira.psimem-*"):
        extra.unlink()
    for folder in (path.parent, *path.parent.parents):
        if folder == Path("/tmp"):
            break
        folder.chmod(0o755)
    path.parent.chmod(0o555)
    path.chmod(0o444)
    try:
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    finally:
        path.parent.chmod(0o755)
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert first == "200 10 True" and "choose a folder you may write to" in second, done


def test_a_full_disk_loses_nothing(path: Path) -> None:
    """A limit on the size of files stands for a full disk: what was acknowledged stays, what was not waits, and is written
    when there is room."""
    if sys.platform == "win32":
        pytest.skip("Windows has no such limit")
    script = f"""
import resource, signal, sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent)!r})
from made import entry
from psi_ecs.systems.formats.memory import Store, MemoryFileError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = Store(Path({str(path)!r}), "mira")
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
told = 0
for n in range(200, 600):
    store.add(entry(n, moment=bytes(2000)))
    try:
        store.flush()
    except MemoryFileError as why:
        told += 1
        last = why
kept = store.acknowledged
assert told and len(store) == 600 and kept < 600
assert store.get(600).turn == 599, "what waits is served"
try:
    store.close()
except MemoryFileError:
    told += 1
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
assert store.flush() == 600 and store.verify(deep=True).sound
store.close()
print(kept, last)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "; nothing is lost" in done.stdout or "nothing is lost while" in done.stdout, done.stdout
    with Store(path, "mira", readonly=True) as store:
        assert [e.turn for e in store.iterate()] == list(range(600))
