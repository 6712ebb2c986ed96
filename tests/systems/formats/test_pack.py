"""Packs: a persona and its voice in one file."""

from pathlib import Path

import pytest

from psi_ecs import AssetError
from psi_ecs.components.avatar import Persona, VoiceStyle
from psi_ecs.systems.formats.pack import PERSONA, pack, packed, read_packed
from psi_ecs.systems.formats.persona import load_persona, persona_text


def test_what_is_packed_comes_back_and_is_the_same_bytes() -> None:
    files = {"a.txt": b"one", "b.voice": bytes(range(256)) * 9}
    assert pack(files) == pack(dict(files))


def test_a_pack_is_a_folder_of_files(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(pack({"a.txt": b"one", "b.voice": b"two"}))
    assert packed(path / "a.txt") and not packed(path) and not packed("a.txt")
    assert read_packed(path / "a.txt") == b"one" and read_packed(path / "b.voice") == b"two"
    with pytest.raises(AssetError, match=r"x\.zip: holds no c\.txt; give a pack made by psi voice export"):
        read_packed(path / "c.txt")


@pytest.mark.parametrize("cut", [0, 10, 60])
def test_damaged_packs(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(pack({"a.txt": b"one" * 50})[:cut])
    with pytest.raises(AssetError, match=r"x\.zip: is no ZIP file, or damaged"):
        read_packed(path / "a.txt")
    whole = bytearray(pack({"a.voice": b"one" * 50}))
    whole[60] ^= 255
    path.write_bytes(whole)
    with pytest.raises(AssetError, match=r"x\.zip: is no ZIP file, or damaged"):
        read_packed(path / "a.voice")
    with pytest.raises(AssetError, match=r"none\.zip: no such file or directory; check the path"):
        read_packed(tmp_path / "none.zip" / "a.txt")


def test_a_persona_from_a_pack_names_the_voice_within(tmp_path: Path) -> None:
    text = persona_text(Persona(name="Ada", voice=VoiceStyle(asset="ada.voice", pitch=180.0)))
    (tmp_path / "ada.zip").write_bytes(pack({PERSONA: text.encode(), "ada.voice": b"x"}))
    persona = load_persona("ada.zip", tmp_path)
    assert persona.name == "Ada" and persona.voice.pitch == 180.0
    assert persona.voice.asset == str(tmp_path / "ada.zip" / "ada.voice")
    (tmp_path / "bad.zip").write_bytes(pack({PERSONA: b'name = "Ada"\n[voice]\npitch = 9\n'}))
    with pytest.raises(AssetError, match=r"bad\.zip.persona\.toml:3: voice\.pitch is 9; it must lie in 50 to 500"):
        load_persona("bad.zip", tmp_path)
    (tmp_path / "ascii.zip").write_bytes(pack({PERSONA: b"\xff"}))
    with pytest.raises(AssetError, match=r"persona\.toml: not UTF-8 text \(byte 0\)"):
        load_persona("ascii.zip", tmp_path)


def test_a_voice_beside_a_persona_is_found_from_anywhere(tmp_path: Path) -> None:
    (tmp_path / "ada.toml").write_text(persona_text(Persona(name="Ada", voice=VoiceStyle(asset="ada.voice"))))
    assert load_persona(str(tmp_path / "ada.toml")).voice.asset == "ada.voice", "nothing lies beside it"
    (tmp_path / "ada.voice").write_bytes(b"x")
    assert load_persona(str(tmp_path / "ada.toml")).voice.asset == str(tmp_path / "ada.voice")
