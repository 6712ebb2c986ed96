"""Performances written to files: what stands in each, how they agree, and what an interrupt leaves."""

import json
import wave
from pathlib import Path

import numpy as np
import pytest

from psi_ecs import PsiError
from psi_ecs.components.face import FACE
from psi_ecs.components.scene import Line, Scene, SceneAvatar
from psi_ecs.systems.output.draw import available
from psi_ecs.tools.take import Plan, render

BASE = Path()


def short(avatars: int = 1) -> Scene:
    names = ["mira", "theo"][:avatars]
    lines = [Line(who=n, text="Pass my vest, please.", pause=0.2) for n in names]
    return Scene(seed=3, avatar=[SceneAvatar(name=n) for n in names], line=lines, tail=0.3)


def take(tmp: Path, *formats: str, scene: Scene | None = None, start: float = 0.0, end: float | None = None) -> list[Path]:
    return render(scene or short(), BASE, Plan(tmp / "t", formats, start=start, end=end), lambda _: None)[0]


def test_everything_agrees_on_time(tmp_path: Path) -> None:
    made = take(tmp_path, "wav", "json", "csv", "vtt", "srt")
    assert [p.name for p in made] == ["t.wav", "t.json", "t.csv", "t.vtt", "t.srt"]
    with wave.open(str(tmp_path / "t.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (24000, 1, 2)
        seconds = file.getnframes() / 24000
    data = json.loads((tmp_path / "t.json").read_bytes())
    rows = (tmp_path / "t.csv").read_text().splitlines()
    assert data["fps"] == 60 and data["names"] == list(FACE)
    assert len(data["weights"]) == round(60 * seconds) == len(rows) - 1
    weights = np.array(data["weights"])
    assert weights.shape[1] == 61
    table = np.array([[float(x) for x in row.split(",")[2:]] for row in rows[1:]])
    np.testing.assert_allclose(table, weights, atol=1e-4)
    assert [w["text"] for w in data["words"]] == ["Pass", "my", "vest", "please"]
    assert all(0 <= s["start"] < s["end"] <= seconds for kind in ("words", "phones", "visemes") for s in data[kind])
    assert "Pass" in (tmp_path / "t.vtt").read_text() and "vest, " in (tmp_path / "t.vtt").read_text()


def test_the_lips_close_where_the_timeline_says_p_and_m(tmp_path: Path) -> None:
    take(tmp_path, "json")
    data = json.loads((tmp_path / "t.json").read_bytes())
    weights, jaw, close = np.array(data["weights"]), list(FACE).index("jawOpen"), list(FACE).index("mouthClose")
    shut = weights[:, close] - weights[:, jaw]
    for phone in data["phones"]:
        if phone["text"] in ("P", "M"):
            near = shut[int(60 * phone["start"]) - 3 : int(60 * phone["end"]) + 3]
            assert near.max() > -0.06, phone


def test_a_part_is_cut_from_the_same_performance(tmp_path: Path) -> None:
    take(tmp_path / "all", "wav", "csv")
    take(tmp_path / "part", "wav", "csv", start=0.5, end=1.0)
    with wave.open(str(tmp_path / "all/t.wav")) as a, wave.open(str(tmp_path / "part/t.wav")) as b:
        a.setpos(12000)
        assert b.getnframes() == 12000 and a.readframes(12000) == b.readframes(12000)
    rows = [(tmp_path / f"{x}/t.csv").read_text().splitlines()[1:] for x in ("all", "part")]
    assert [r.split(",", 1)[1] for r in rows[0][30:60]] == [r.split(",", 1)[1] for r in rows[1]]


def test_each_avatar_has_a_csv_of_its_own(tmp_path: Path) -> None:
    made = take(tmp_path, "csv", "json", scene=short(2))
    assert [p.name for p in made] == ["t.mira.csv", "t.theo.csv", "t.json"]
    data = json.loads((tmp_path / "t.json").read_bytes())
    assert [a["name"] for a in data["avatars"]] == ["mira", "theo"]
    mira, theo = ([w["start"] for w in a["words"]] for a in data["avatars"])
    assert max(mira) < min(theo)


def test_an_interrupt_leaves_no_file(tmp_path: Path) -> None:
    def progress(seconds: float) -> None:
        if seconds > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render(short(), BASE, Plan(tmp_path / "t", ("wav", "csv", "json")), progress)
    assert list(tmp_path.iterdir()) == []


def test_from_after_the_end_is_said(tmp_path: Path) -> None:
    with pytest.raises(PsiError, match="--from"):
        take(tmp_path, "csv", start=600.0)


@pytest.mark.skipif(available() is not None, reason=str(available()))
def test_pictures_one_by_one_without_a_backdrop(tmp_path: Path) -> None:
    """Numbered, transparent, at the rate asked for; a film that cannot carry that is refused in a line."""
    scene = short()
    scene.light.background = "transparent"
    plan = Plan(tmp_path / "t", ("mp4", "pngs", "csv"), (64, 48), 20, end=0.2)
    made, remarks = render(scene, BASE, plan, lambda _: None)
    assert [p.name for p in made] == ["t.00001.png", "t.00002.png", "t.00003.png", "t.00004.png", "t.csv"]
    assert made[0].read_bytes()[25] == 6  # RGBA
    assert len(remarks) == 1 and "mov" in remarks[0]
