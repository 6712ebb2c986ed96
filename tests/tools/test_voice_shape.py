"""`psi voice shape` and `psi voice export`: personas with another voice, and packs that speak elsewhere."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from psi_ecs.asset import package_folder
from psi_ecs.codec import seal
from psi_ecs.components.avatar import VoiceStyle
from psi_ecs.systems.formats.persona import RANGES, load_persona
from psi_ecs.systems.voice import learned
from psi_ecs.tools.commands.voice import KNOBS

Psi = Callable[..., tuple[int, str, str]]


def test_there_is_a_knob_for_every_number_of_a_voice() -> None:
    names = [name for name, _ in KNOBS]
    assert sorted(names) == sorted(set(VoiceStyle.__struct_fields__) - {"asset"})
    assert sorted(f"voice.{name}" for name in names) == sorted(key for key in RANGES if key.startswith("voice."))


def test_a_shaped_persona_differs_as_told(psi: Psi) -> None:
    knobs = ("--pitch", "150", "--tract", "0.9", "--text", "Good morning.")
    code, out, err = psi("voice", "shape", "mira", *knobs, "-o", "ada.toml")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    base = load_persona("mira")
    assert lines[0].split() == ["pitch", f"{base.voice.pitch:g}", "->", "150"]
    assert lines[1].split() == ["tract", f"{base.voice.tract:g}", "->", "0.9"]
    assert lines[2].startswith("measured: pitch ") and lines[3:] == ["ada.toml", "ada.wav"]
    words = lines[2].split()
    assert float(words[4]) / float(words[2]) == pytest.approx(150.0 / base.voice.pitch, rel=0.05)
    made = load_persona("ada.toml")
    assert (made.name, made.voice.pitch, made.voice.tract) == ("ada", 150.0, 0.9)
    made.name, made.voice = base.name, base.voice
    assert made == base and Path("ada.wav").stat().st_size > 20_000


def test_shapes_that_cannot_be(refused: Callable[..., None]) -> None:
    refused("voice", "shape", "mira", "--pitch", "900", "-o", "a.toml", words=("--pitch is 900; it must lie in 50 to 500",))
    refused("voice", "shape", "mira", "--tract", "nan", "-o", "a.toml", words=("--tract is nan; it must lie in 0.7 to 1.3",))
    refused("voice", "shape", "mira", "-o", "a.txt", words=("a.txt: must end in .toml",))
    refused("voice", "shape", "mira", "--voice", "velvet", "-o", "a.toml", words=("no voice named 'velvet'",))
    refused("voice", "shape", "mira", "--text", "...", "-o", "a.toml", words=("--text: nothing in the text can be spoken",))
    assert list(Path().iterdir()) == []
    Path("a.toml").write_text("mine")
    refused("voice", "shape", "mira", "-o", "a.toml", words=("a.toml: is there already",))
    assert Path("a.toml").read_text() == "mine"


def test_a_pack_speaks_as_its_persona_does(psi: Psi) -> None:
    Path("rules.toml").write_text('name = "Otis"\n[voice]\nasset = "formant"\n')
    code, out, _ = psi("voice", "export", "rules.toml", "--json", "-o", "otis.zip")
    assert code == 0 and out.endswith("otis.zip\n")
    facts = json.loads(out.removesuffix("otis.zip\n"))
    assert facts["persona"] == "Otis" and facts["voice"] == "formant" and facts["phones"] == 39 and facts["rate"] == 24_000
    assert facts["bytes"] == (package_folder("assets") / "voices" / "formant.toml").stat().st_size and facts["parameters"] > 100
    with zipfile.ZipFile("otis.zip") as file:
        assert file.namelist() == ["persona.toml", "LICENCE.txt", "about.json"] and b"MIT" in file.read("LICENCE.txt")
    for who, wav in (("rules.toml", "a.wav"), ("otis.zip", "b.wav")):
        assert psi("say", "Good morning.", "--persona", who, "-o", wav)[0] == 0
    assert Path("a.wav").read_bytes() == Path("b.wav").read_bytes()


def test_a_learned_voice_is_packed_whole(psi: Psi, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of any format: what is told is read off the record, and the bytes go into the pack as they are."""

    class Stub:
        def __init__(self, name: str, model: object = None) -> None:
            self.name, self.kept = "anna", np.zeros(500_000)

    monkeypatch.setattr(learned, "LearnedVoice", Stub)
    weights = {"a": np.zeros((3, 4), np.float16), "b": {"c": np.zeros(5, np.float32)}}
    blob = seal(b"psi-voice\x63", {"name": "anna", "licence": "CC0", "weights": weights})
    Path("anna.voice").write_bytes(blob)
    code, out, _ = psi("voice", "export", "anna.voice", "-o", "p.zip")
    assert code == 0 and "CC0" in out and "17\n" in out and "4.0" in out
    with zipfile.ZipFile("p.zip") as file:
        assert file.read("anna.voice") == blob and b'asset = "anna.voice"' in file.read("persona.toml")
    assert load_persona("p.zip").voice.asset == str(Path("p.zip/anna.voice"))


def test_packs_that_cannot_be(refused: Callable[..., None], psi: Psi) -> None:
    refused("voice", "export", "no.voice", words=("no voice 'no.voice'",))
    refused("say", "Hi.", "--persona", "no.zip", "-o", "x.wav", words=("no.zip: no such file or directory; check the path",))
    assert psi("voice", "export", "mira", "-o", "x.tar")[2] == "error: x.tar: must end in .zip\n"
