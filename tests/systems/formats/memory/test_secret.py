"""An encrypted memory: nothing in it can be read without its key, and it is as good a memory as any."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from made import entry, same

from psi_ecs.components.memory import Wish
from psi_ecs.systems.formats.memory import MemoryFileError, Store, open_memory, secret

pytest.importorskip("sqlcipher3")
KEY = bytes(range(32))


def raw(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(folder.iterdir()))


def filled(path: Path) -> Store:
    store = Store(path, "mira", secret=KEY)
    for n in range(200):
        store.add(entry(n))
    store.flush()
    return store


def test_nothing_can_be_read_without_the_key(tmp_path: Path) -> None:
    """While it is open with a log, and after: no text, no vector, and no cells beside it."""
    store = filled(tmp_path / "mira.psimem")
    store.reindex()
    for _ in range(2):
        bytes_ = raw(tmp_path)
        assert b"number" not in bytes_ and b"SQLite" not in bytes_ and entry(3).key.astype("<f2").tobytes() not in bytes_
        assert not list(tmp_path.glob("*cells*"))
        store.close()
    for wrong in (None, bytes(32)):
        with pytest.raises(MemoryFileError) as why:
            Store(tmp_path / "mira.psimem", "mira", secret=wrong)
        assert "\n" not in str(why.value) and "key" in str(why.value)
    with pytest.raises(MemoryFileError, match="its key has 3 bytes; give 32"):
        Store(tmp_path / "mira.psimem", "mira", secret=b"abc")


def test_it_is_a_memory_like_any(tmp_path: Path) -> None:
    path = tmp_path / "mira.psimem"
    filled(path).close()
    with Store(path, "mira", secret=KEY) as store:
        assert all(same(e, entry(n)) for n, e in enumerate(store.iterate()))
        assert store.find(Wish(text="number 66"))[0].entry.id == 67
        assert store.find(Wish(key=entry(9).key))[0].entry.id == 10
        assert store.forget(Wish(tags=("greeting",))) == 40 and store.verify(deep=True).sound
        assert store.export(tmp_path / "out.jsonl") == 160
    with Store(path, "mira", secret=KEY, readonly=True) as store:
        assert len(store) == 160


def test_damage_is_told(tmp_path: Path) -> None:
    path = tmp_path / "mira.psimem"
    filled(path).close()
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 4
    path.write_bytes(whole)
    with Store(path, "mira", secret=KEY, readonly=True) as store:
        served = list(store.iterate())
        assert all(same(e, entry(e.id - 1)) for e in served) and not store.verify(deep=True).sound


def test_a_key_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path, key = tmp_path / "mira.psimem", tmp_path / "mira.key"
    made = secret.make(path, key)
    assert secret.read("mira", path, key) == made and len(made) == 32
    with pytest.raises(MemoryFileError, match="file exists"):
        secret.make(path, key)
    if sys.platform != "win32":
        assert key.stat().st_mode & 0o777 == 0o600
        key.chmod(0o644)
        with pytest.raises(MemoryFileError, match="chmod 600"):
            secret.read("mira", path, key)
        key.chmod(0o600)
    for text in ("", "zz" * 32, "ab" * 31):
        key.write_text(text)
        with pytest.raises(MemoryFileError, match="no key of 64 hexadecimal digits"):
            secret.read("mira", path, key)
    with pytest.raises(MemoryFileError, match="no such file"):
        secret.read("mira", path, tmp_path / "none")


class Ring:
    """A keyring in RAM."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, value: str) -> None:
        self.kept[service, name] = value


def test_the_keyring_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = Ring()
    monkeypatch.setattr(secret, "_keyring", lambda: ring)
    path = tmp_path / "mira.psimem"
    with Store(path, "mira", secret=secret.make(path, None)) as store:
        store.add(entry(0))
    with open_memory("mira", tmp_path) as store:
        assert len(store) == 1
    ring.kept.clear()
    with pytest.raises(MemoryFileError, match="the keyring has no key of it; give --key FILE"):
        open_memory("mira", tmp_path)


def test_a_plain_memory_needs_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never() -> Any:
        raise AssertionError("the keyring was asked")

    monkeypatch.setattr(secret, "_keyring", never)
    with open_memory("mira", tmp_path / "new") as store:
        store.add(entry(0))
    with open_memory("mira", tmp_path / "new", readonly=True) as store:
        assert len(store) == 1
    assert os.listdir(tmp_path) == ["new"]
