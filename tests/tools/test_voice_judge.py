"""`psi eval voice`: own figures, peers on this machine, and a scorer outside the project, here a folder made for the test."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from psi_ecs import PsiError
from psi_ecs.systems.formats.wav import wav
from psi_ecs.tools.voice import cost
from psi_ecs.tools.voice.scorer import Row, Scorer, row, table

Psi = Callable[..., tuple[int, str, str]]
SCORE = """
import argparse, json, os
parser = argparse.ArgumentParser()
for name in ("--wav-dir", "--texts", "--json", "--threads", "--skip"):
    parser.add_argument(name, required=True)
a = parser.parse_args()
ids = [line.split("\\t")[0] for line in open(a.texts, encoding="utf-8")]
there = [os.path.getsize(os.path.join(a.wav_dir, i + ".wav")) > 1000 for i in ids]
json.dump({"summary": {"wer": 0.25 if all(there) else 1.0, "distill_mos": 3.5}}, open(a.json, "w"))
"""


def scorer(folder: Path, script: str = SCORE) -> Path:
    (folder / "peers").mkdir(parents=True)
    (folder / "score.py").write_text(script)
    (folder / "texts.tsv").write_text("one\tGood morning to you.\n")
    figures = {"human-48k": (0.02, 4.2), "robot": (0.3, 2.0), "better": (0.1, None), "copy-x": (0.0, 4.0)}
    for name, (wer, mos) in figures.items():
        (folder / "peers" / f"{name}.json").write_text(json.dumps({"summary": {"wer": wer, "distill_mos": mos}}))
    (folder / "peers" / "robot.time.json").write_text(json.dumps({"summary": {"rtf_cpu": 0.5}}))
    return folder


def test_figures_and_scores_of_a_persona(psi: Psi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PSI_SCORER_PYTHON", sys.executable)
    monkeypatch.setattr(cost, "installed", lambda: ([], ["festival"]))
    scorer(Path("s"))
    code, out, err = psi("eval", "voice", "--scorer", "s", "--keep", "kept", "-o", "f.json")
    assert (code, err) == (0, "") and "1 texts of s/texts.tsv" in out
    lines = out.splitlines()
    names = ("human-48k", "better", "robot", "mira ")
    place = {name: i for i, line in enumerate(lines) for name in names if line.startswith(name)}
    assert tuple(place) == names and "copy-x" not in out
    assert "30.0 %" in lines[place["robot"]] and "0.5000" in lines[place["robot"]]
    assert "25.0 %" in lines[place["mira "]] and "3.50" in lines[place["mira "]]
    assert "not installed here, so not timed: festival" in out and Path("kept/mira/one.wav").stat().st_size > 20_000
    figures = json.loads(Path("f.json").read_text())["mira"]
    assert 0.0 < figures["alone"] < figures["whole"] and figures["resident"] > 10.0 and figures["clicks"] == 0
    assert 150.0 < figures["pitch"] < 300.0 and -40.0 < figures["lufs"] < -10.0 and figures["joins"] > figures["within"]


def test_feelings_and_whispers(psi: Psi) -> None:
    scorer(Path("s"))
    code, out, err = psi("eval", "voice", "--emotions", "--scorer", "s", "--scorer-python", sys.executable, "-o", "f.json")
    assert (code, err) == (0, "")
    for name in ("joy", "anger", "sadness", "fear", "calm", "whispered", "neutral"):
        assert any(line.startswith(name) for line in out.splitlines()), name
    shifts = json.loads(Path("f.json").read_text())["mira"]["shifts"]
    assert shifts["anger"]["level"] > 3.0 > shifts["calm"]["level"] and shifts["sadness"]["rate"] < -3.0


def test_scorers_that_cannot_be_used(refused: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PSI_SCORER_PYTHON", raising=False)
    refused("eval", "voice", "--scorer", "no", words=("no: holds no score.py; give the folder of a scorer",))
    scorer(Path("s"), "raise SystemExit('out of paper')")
    refused("eval", "voice", "--scorer", "s", words=("no Python for the scorer; give --scorer-python, or set",))
    refused("eval", "voice", "--scorer", "s", "--scorer-python", "py", words=("py: no such file",))
    tool = Scorer(Path("s"), sys.executable)
    with pytest.raises(PsiError, match=r"score\.py: failed \(out of paper\); run it by hand to see why"):
        tool.score("x", tmp_path, tmp_path / "t.tsv")
    for text in ("[]", "{", '{"summary": 3}'):
        (Path("s") / "peers" / "robot.json").write_text(text)
        with pytest.raises(PsiError, match=r"robot\.json: "):
            tool.peers()


def test_what_is_asked_together_that_cannot_be(refused: Callable[..., None]) -> None:
    refused("eval", "voice", "--emotions", "--keep", "k", words=("--keep goes with the plain texts",))
    refused("eval", "--grammar", "voice", words=("options of voice stand after its name; see psi eval --help",))
    refused("eval", "voice", "--persona", "mirra", words=("no persona 'mirra'; did you mean 'mira'",))
    refused("eval", "voice", "--voice", "no.voice", words=("no.voice",))
    refused("eval", "voice", "--texts", "no.tsv", words=("no.tsv",))


def test_rows_take_what_is_there() -> None:
    assert row("x", {"wer": 0.5, "nisqa_tts": None, "missing": []}) == Row("x", 0.5)
    lines = table([row("x", {"wer": 0.5, "nisqa_tts": 3}, {"rtf_cpu": 0.01})])
    assert lines[1].split() == ["x", "50.0", "%", "-", "3.00", "0.0100"]


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX script")
def test_peers_are_timed_by_their_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "given.wav").write_bytes(wav(np.zeros(12_000), 24_000))
    script = tmp_path / "flite"
    script.write_text(f'#!/bin/sh\ncp "{tmp_path}/given.wav" "$4"\n')
    script.chmod(0o755)
    (tmp_path / "text2wave").write_text("#!/bin/sh\necho no voices >&2\nexit 1\n")
    (tmp_path / "text2wave").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin{os.pathsep}/usr/bin")
    there, missing = cost.installed()
    assert {"flite", "festival"} <= set(there) and set(there) | set(missing) == set(cost.PEERS)
    found = cost.peer("flite", ["One {two}.", "Three."])
    assert isinstance(found, cost.Speed) and found.audio == 1.0 and found.seconds > 0.0
    assert cost.peer("festival", ["One."]) == "no voices"
