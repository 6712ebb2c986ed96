"""`psi voice check`: every way in which a recording can be bad is seen, and a good one passes."""

import wave
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray

from psi_ecs import AssetError, PsiError
from psi_ecs.systems.formats.persona import load_persona
from psi_ecs.systems.language import analyse
from psi_ecs.systems.voice.formant import FormantVoice
from psi_ecs.systems.voice.gesture import Segment
from psi_ecs.systems.voice.speak import speak
from psi_ecs.tools.cli import psi
from psi_ecs.tools.voice.check import Checked, amount, check, measure, usable
from psi_ecs.tools.voice.corpus import Recording, Take

pytest.importorskip("av")
TEXT = "The birch canoe slid on the smooth planks."
ROW = '{"id":"%s","phones":[["SIL",0,0.2],["DH",0.2,0.3],["AH0",0.3,0.5]],"words":[["the",0.2,0.5]]}\n'
F64 = NDArray[np.float64]


def quietly(_: str, items: Iterable[Any]) -> Iterable[Any]:
    return items


@cache
def voice() -> F64:
    """A sentence in a quiet room, with a peak of a quarter of full scale."""
    sound, _ = speak(analyse(TEXT).sentences, load_persona("mira"), FormantVoice())
    return 0.25 / np.abs(sound).max() * sound.astype(np.float64) + noise(len(sound), 3e-4)


def noise(count: int, level: float) -> F64:
    return level * np.random.default_rng(count).normal(size=count)


def write(path: Path, sound: F64, rate: int = 24_000, channels: int = 1) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.repeat(np.clip(sound, -1.0, 1.0), channels) * 32767.0).astype("<i2").tobytes())
    return path


def low(sound: F64, hertz: float) -> F64:
    lines = np.fft.rfft(sound)
    lines[int(hertz * len(sound) / 24_000) :] = 0.0
    return np.fft.irfft(lines, len(sound))


def found(path: Path, text: str = TEXT) -> dict[str, bool]:
    """Kinds of findings, and whether each is a fault."""
    return {f.kind: f.fault for f in measure(Recording(path.stem, path, text)).found}


def test_a_good_recording_has_nothing_against_it(tmp_path: Path) -> None:
    take = measure(Recording("a", write(tmp_path / "a.wav", voice()), TEXT))
    assert not take.found and not take.bad
    assert 8.0 < take.pace < 18.0 and 35.0 < take.snr < 60.0 and take.spoken < take.seconds == len(voice()) / 24_000
    assert abs(take.peak - 20.0 * np.log10(np.abs(voice()).max())) < 0.01
    louder = measure(Recording("a", write(tmp_path / "b.wav", 2.0 * voice()), TEXT))
    assert abs(louder.level - take.level - 6.02) < 0.05 and abs(louder.snr - take.snr) < 0.2


@pytest.mark.parametrize(
    ("kind", "sound", "fault"),
    [
        ("clipped", lambda: np.clip(8.0 * voice(), -1.0, 1.0), True),
        ("clipped", lambda: 0.3 * np.clip(8.0 * voice(), -1.0, 1.0), True),
        ("silent", lambda: 0.0 * voice(), True),
        ("quiet", lambda: 0.01 * voice(), True),
        ("noisy", lambda: voice() + noise(len(voice()), 0.3 * float(voice().std())), True),
        ("noisy", lambda: voice() + noise(len(voice()), 0.08 * float(voice().std())), False),
        ("length", lambda: voice()[10_000:20_000], True),
        ("length", lambda: np.tile(voice(), 12), True),
        ("dull", lambda: low(voice(), 3600.0), True),
        ("dull", lambda: low(voice(), 7500.0), False),
    ],
)
def test_what_is_wrong_is_seen(kind: str, sound: Any, fault: bool, tmp_path: Path) -> None:
    assert found(write(tmp_path / "a.wav", sound())).get(kind) is fault


def test_rates_channels_and_kinds_are_told(tmp_path: Path) -> None:
    assert found(write(tmp_path / "a.wav", voice()[::3], 8000))["low rate"] is True
    assert found(write(tmp_path / "b.wav", low(voice(), 7000.0)[::3].repeat(2), 16_000))["low rate"] is False
    assert found(write(tmp_path / "c.wav", voice(), channels=2)) == {"stereo": False}
    write(tmp_path / "d.wav", voice()).rename(tmp_path / "d.MP3")  # the name tells: what is lost cannot be measured
    assert found(tmp_path / "d.MP3") == {"lossy": False}
    (tmp_path / "e.wav").write_bytes(b"no sound at all")
    assert found(tmp_path / "e.wav") == {"unreadable": True}


def test_texts_that_are_too_long_or_short_for_their_sound(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", voice())
    assert found(path, "No.") == {"text": True} and found(path, 3 * TEXT) == {"text": True}
    brief = write(tmp_path / "b.wav", voice()[:24_000])
    assert found(brief, "No.") == {}  # a pause weighs much in a short recording


def folder(path: Path) -> Path:
    """One good, one twice, one clipped, one without text, one text without sound."""
    path.mkdir()
    for name in ("good", "twice", "mute"):
        write(path / f"{name}.wav", voice())
    write(path / "loud.wav", np.clip(8.0 * voice(), -1.0, 1.0), channels=2)
    (path / "metadata.csv").write_text("".join(f"{name}|{TEXT}\n" for name in ("good", "twice", "loud", "lost")))
    return path


def test_a_folder_is_counted_and_listed(tmp_path: Path) -> None:
    found = check(folder(tmp_path / "c"), quietly)
    assert [t.recording.id for t in found.takes if t.bad] == ["twice", "loud"]
    assert abs(found.minutes - found.takes[0].spoken / 60.0) < 1e-9
    lines = found.lines()
    assert lines[0].startswith("recording") and not any(line.startswith("good") for line in lines)
    assert any(line.startswith("twice") and "LEFT OUT: the same sound as good" in line for line in lines)
    assert any(line.startswith("loud") and "clipped in" in line for line in lines)
    assert any("no recording 'lost'" in line for line in lines) and any("mute.wav: no text" in line for line in lines)
    assert "3 recordings, 1 good: 0.0 minutes of speech" in lines
    assert any(line.startswith("too little") for line in lines)
    assert "left out: 1 double, 1 clipped" in lines and "noted: 1 stereo" in lines
    assert any(line.startswith("good") for line in found.lines(whole=True))


def test_the_command_prints_and_draws(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    run = lambda *words: CliRunner().invoke(psi, ["voice", "check", *map(str, words)], catch_exceptions=False)  # noqa: E731
    (folder(tmp_path / "c") / "loud.wav").write_bytes(b"no sound")
    done = run(tmp_path / "c", "-o", tmp_path / "c.png")
    assert done.exit_code == 0 and "LEFT OUT" in done.stdout and (tmp_path / "c.png").read_bytes()[:4] == b"\x89PNG"


def test_what_is_not_aligned_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match=r"run psi voice align .*c first"):
        usable(folder(tmp_path / "c"), quietly, print)


def test_training_leaves_out_what_is_bad_and_tells_it(tmp_path: Path) -> None:
    path, said = folder(tmp_path / "c"), list[str]()
    (path / "alignments.jsonl").write_text(ROW % "good" + ROW % "twice" + ROW % "loud")
    assert [t.id for t in usable(path, quietly, said.append)] == ["good"]
    assert sum("it is left out" in line for line in said) == 2 and any("loud.wav: clipped in" in line for line in said)


def test_the_command_teaches_what_is_left_and_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, taught = folder(tmp_path / "c"), list[str]()
    (path / "alignments.jsonl").write_text(ROW % "good" + ROW % "loud")
    monkeypatch.setattr("psi_ecs.tools.voice.teach.library", lambda: None)
    monkeypatch.setattr("psi_ecs.tools.voice.train.train", lambda takes, *_: taught.extend(t.id for t in takes))
    run = lambda *words: CliRunner().invoke(psi, ["voice", "train", str(path), "-o", str(tmp_path / "w"), *words])  # noqa: E731
    done = run()
    assert "too little" in str(done.exception) and not taught
    done = run("--anyway")
    assert done.exit_code == 0 and taught == ["good"] and "1 recordings, 0.0 minutes of speech" in done.output


def take(minutes: float) -> Take:
    segment = Segment(0, "AH", 1, 0, 0, 1.0)
    segment.end = 60.0 * minutes
    return Take("a", Path("a.wav"), TEXT, "statement", [segment])


def test_too_little_is_refused_and_little_is_told() -> None:
    with pytest.raises(PsiError, match=r"4\.9 minutes.*too little.*--anyway"):
        amount([take(4.9)], False)
    assert "too little" in amount([take(4.9)], True) and "sketch" in amount([take(19.0)], False)
    assert amount([take(40.0), take(20.0)], False) == "2 recordings, 60.0 minutes of speech"


def test_faults_come_before_notes() -> None:
    checked = measure(Recording("a", Path("nowhere.wav"), TEXT))
    assert isinstance(checked, Checked) and checked.bad and checked.line().startswith("no such file")
