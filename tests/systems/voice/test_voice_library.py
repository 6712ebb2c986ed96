"""Voices from files: read once, from folders and from packs."""

import os
from pathlib import Path
from typing import Any

import pytest

from psi_ecs import PsiError
from psi_ecs.systems.formats.pack import pack
from psi_ecs.systems.voice import learned
from psi_ecs.systems.voice.library import library


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The bytes that were decoded, in place of decoding them."""
    seen: list[bytes] = []

    class Stub:
        def __init__(self, name: str, model: Any = None) -> None:
            self.name = name
            if model is None:
                seen.append(Path(name).read_bytes())

    monkeypatch.setattr(learned.model, "decode", lambda blob, name: seen.append(blob) or name)
    monkeypatch.setattr(learned, "LearnedVoice", Stub)
    return seen


def test_a_voice_is_read_once_and_again_when_its_file_has_changed(read: list[bytes], tmp_path: Path) -> None:
    path = tmp_path / "a.voice"
    path.write_bytes(b"one")
    assert library()[str(path)] is library()[str(path)] and read == [b"one"]
    path.write_bytes(b"other")
    os.utime(path, (1, 1))
    assert library()[str(path)].name == str(path) and read == [b"one", b"other"]


def test_a_voice_in_a_pack(read: list[bytes], tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(pack({"a.voice": b"packed"}))
    assert library()[str(tmp_path / "a.zip" / "a.voice")] is library()[str(tmp_path / "a.zip" / "a.voice")]
    assert read == [b"packed"]


@pytest.mark.parametrize("name", ["no.voice", "no.zip/a.voice"])
def test_a_voice_that_is_not_there_is_one_line(name: str, tmp_path: Path) -> None:
    with pytest.raises(PsiError, match=r"no\.(voice|zip): no such file or directory"):
        library()[str(tmp_path / name)]
