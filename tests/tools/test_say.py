"""`psi say`: one text or a list of texts, everything loaded once."""

import json
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from psi_ecs import AssetError, PsiError
from psi_ecs.components.face import FACE
from psi_ecs.systems.formats import heads
from psi_ecs.systems.formats.safe import OutputError
from psi_ecs.systems.voice import asset
from psi_ecs.tools.cli import psi
from psi_ecs.tools.speak import TAIL, Speaker, read_batch


def say(*arguments: str, text: str | bytes | None = None) -> Result:
    return CliRunner().invoke(psi, ["say", *arguments], input=text, catch_exceptions=False)


def sound(path: Path) -> np.ndarray:
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels()) == (24_000, 1)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768


def speak(tmp: Path, name: str, *arguments: str) -> np.ndarray:
    out = tmp / f"{name}.wav"
    assert say("Good morning to you.", "-o", str(out), *arguments).output.strip() == str(out)
    return sound(out)


def test_options_change_what_is_heard_and_nothing_else_does(tmp_path: Path) -> None:
    first = speak(tmp_path, "a")
    assert np.abs(first).max() > 0.1 and (speak(tmp_path, "b") == first).all()
    assert (speak(tmp_path, "same", "--voice", "kathleen", "--persona", "mira", "--seed", "0") == first).all()
    others = [
        speak(tmp_path, "c", "--persona", "theo"),
        speak(tmp_path, "d", "--emotion", "sadness"),
        speak(tmp_path, "e", "--seed", "9"),
    ]
    for other in others:
        assert len(other) != len(first) or (other != first).any()
    assert len(others[1]) > len(first), "sadness is slower"


def test_it_ends_in_silence(tmp_path: Path) -> None:
    made = speak(tmp_path, "a")
    assert len(made) % 400 == 0 and np.abs(made[-400 * TAIL // 2 :]).max() < 1e-3


def test_text_from_standard_input(tmp_path: Path) -> None:
    assert say("-", "-o", str(tmp_path / "a.wav"), text="Good morning to you.").exit_code == 0
    assert (sound(tmp_path / "a.wav") == speak(tmp_path, "b")).all()
    with pytest.raises(AssetError, match=r"standard input: not UTF-8 text \(byte 1\); save it as UTF-8"):
        say("-", "-o", str(tmp_path / "c.wav"), text=b"a\xff")


def test_a_batch_is_what_single_calls_make_whatever_the_order(tmp_path: Path) -> None:
    lines = {"one": "Good morning to you.", "two-2": "Seven blue boats."}
    for name, order in (("x", ["one", "two-2"]), ("y", ["two-2", "one"])):
        batch = tmp_path / f"{name}.tsv"
        batch.write_text("\n" + "".join(f"{k}\t{lines[k]}\r\n" for k in order), encoding="utf-8-sig")
        assert say("--batch", str(batch), "-o", str(tmp_path / name)).exit_code == 0
    assert sorted(p.name for p in (tmp_path / "x").iterdir()) == ["one.json", "one.wav", "two-2.json", "two-2.wav"]
    for file in (tmp_path / "x").iterdir():
        assert file.read_bytes() == (tmp_path / "y" / file.name).read_bytes()
    assert (sound(tmp_path / "x" / "one.wav") == speak(tmp_path, "single")).all()
    data = json.loads((tmp_path / "x" / "two-2.json").read_bytes())
    assert [w["text"] for w in data["words"]] == ["Seven", "blue", "boats"]
    assert np.shape(data["weights"]) == (len(sound(tmp_path / "x" / "two-2.wav")) // 400, len(FACE))


def test_a_batch_loads_models_and_head_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: dict[str, int] = {}

    def counting(name: str, inner: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            counted[name] = counted.get(name, 0) + 1
            return inner(*args, **kwargs)

        return call

    asset.load.cache_clear()
    heads._head.cache_clear()
    monkeypatch.setattr(heads, "read_head", counting("head", heads.read_head))
    monkeypatch.setattr(asset.msgspec.toml, "decode", counting("tables", asset.msgspec.toml.decode))
    batch = tmp_path / "b.tsv"
    batch.write_text("".join(f"{i}\tHi.\n" for i in range(4)))
    say("--batch", str(batch), "-o", str(tmp_path / "out"))
    assert counted["tables"] <= 3 and counted["head"] == 1


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a\tHi.\nno tab here\n", 2, "no tab; write id<TAB>text"),
        ("a\tHi.\n\nb\t\n", 3, "the text is empty; write at least one word"),
        ("a\tHi.\na\tHo.\n", 2, "the id 'a' is used twice; rename one"),
        ("../a\tHi.\n", 1, "'../a' cannot name a file; use letters"),
        (".a\tHi.\n", 1, "'.a' cannot name a file"),
        ("\tHi.\n", 1, "'' cannot name a file"),
        ("a\t你好\n", 1, "nothing in the text can be spoken"),
        ("a\t<speak>x\n", 1, "SSML line 1"),
        ("a\t" + "x" * 60_000 + "\n", 1, "the text has 60000 characters"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_batch_with_a_bad_line_speaks_nothing(text: str, line: int, message: str, tmp_path: Path) -> None:
    batch = tmp_path / "b.tsv"
    batch.write_text(text, encoding="utf-8")
    with pytest.raises(AssetError) as error:
        say("--batch", str(batch), "-o", str(tmp_path / "out"))
    assert str(error.value).startswith(f"{batch}:{line}: {message}") and not (tmp_path / "out").exists()


def test_an_empty_batch_and_a_file_for_a_folder(tmp_path: Path) -> None:
    (tmp_path / "b.tsv").write_text("\n \n")
    with pytest.raises(AssetError, match=r"b.tsv: no lines; write id<TAB>text"):
        read_batch(tmp_path / "b.tsv")
    (tmp_path / "b.tsv").write_text("a\tHi.\n")
    with pytest.raises(OutputError, match="is a file; with --batch give a folder"):
        say("--batch", str(tmp_path / "b.tsv"), "-o", str(tmp_path / "b.tsv"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("mira", "hapy", None), "no emotion 'hapy'; use joy"),
        (("mirra", None, None), "no persona 'mirra'; did you mean 'mira'"),
        (("mira", None, "velvet"), "persona 'Mira': no voice named 'velvet'; there are formant"),
    ],
)
def test_who_and_how_are_checked_before_anything_is_spoken(arguments: tuple[str, str | None, str | None], message: str) -> None:
    with pytest.raises(PsiError, match=message):
        Speaker(*arguments, seed=0)


def test_text_and_batch_are_one_or_the_other(tmp_path: Path) -> None:
    for arguments in (["-o", "x.wav"], ["Hi", "--batch", "b", "-o", "x"]):
        done = CliRunner().invoke(psi, ["say", *arguments])
        assert done.exit_code == 2 and "give a text, or --batch with a file of texts" in done.output
