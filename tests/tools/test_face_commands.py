"""`psi face import`, `export` and `info`; scenes performed by an imported head; files changed at random."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from psi_ecs.asset import package_folder
from psi_ecs.systems.formats.animation import read_animation
from psi_ecs.systems.formats.glb import read_head
from psi_ecs.tools.face.fuzz import bases, expressions, foreign, fuzz

Psi = Callable[..., tuple[int, str, str]]
DATA = (package_folder("assets") / "heads" / "mira.glb").read_bytes()


def test_import_reports_and_writes_a_head_that_can_be_used(psi: Psi, tmp_path: Path) -> None:
    (tmp_path / "avatar.vrm").write_bytes(expressions(DATA))
    code, out, _ = psi("face", "import", "avatar.vrm", "-o", "mine.glb")
    assert code == 0 and out.splitlines()[-1] == "mine.glb"
    for words in ("space: metres", "composed: +1 aa", "missing", "seals 1 jawOpen", "eye turn at eyeLook"):
        assert words in out
    code, out, _ = psi("face", "info", "mine.glb")
    assert code == 0 and "of 52 blendshapes; missing" in out
    (tmp_path / "me.toml").write_text('name = "me"\nhead = "mine.glb"\n')
    line = '[[line]]\nwho = "me"\ntext = "Hello, my map."\n'
    (tmp_path / "scene.toml").write_text(f'seed = 1\n[[avatar]]\nname = "me"\npersona = "me.toml"\n{line}')
    code, out, err = psi("render", "scene.toml", "-o", "t.glb", "--format", "glb,bvh,usda,azure.json,csv")
    assert code == 0, err
    assert out.split() == ["t.glb", "t.bvh", "t.usda", "t.azure.json", "t.csv"]
    played = read_animation((tmp_path / "t.glb").read_bytes(), "t").weights
    table = np.array([[float(x) for x in row.split(",")[2:]] for row in (tmp_path / "t.csv").read_text().splitlines()[1:]])
    shapes = {s for m in read_head((tmp_path / "t.glb").read_bytes(), "t").meshes for s in m.delta}
    assert "jawOpen" in shapes and played.shape == table.shape
    np.testing.assert_allclose(played[:, 52:], table[:, 52:], atol=1e-3)
    np.testing.assert_allclose(played[:, 17], table[:, 17], atol=1e-3)
    assert len(json.loads((tmp_path / "t.azure.json").read_bytes())["BlendShapes"]) == len(table)


def test_export_and_import_give_the_same_rig(psi: Psi, tmp_path: Path) -> None:
    assert psi("face", "export", "mira", "-o", "a.glb")[0] == 0
    assert psi("face", "export", "a.glb", "-o", "b.glb", "--plain")[0] == 0
    a, b = (read_head((tmp_path / f"{n}.glb").read_bytes(), n) for n in "ab")
    for key, row in a.rig.items():
        np.testing.assert_array_equal(row, b.rig[key])
    assert "one of our own" in psi("face", "import", "b.glb")[1]


def test_wrong_files_are_refused_in_one_line(refused: Callable[..., None], tmp_path: Path) -> None:
    (tmp_path / "a.obj").write_text("v 0 0 0\n")
    (tmp_path / "a.txt").write_text("hello")
    (tmp_path / "a.glb").write_bytes(b"hello")
    (tmp_path / "empty").mkdir()
    refused("face", "import", "a.obj", words=("a.obj", "folder"))
    refused("face", "import", "a.txt", words=("a.txt", "GLB"))
    refused("face", "import", "a.glb", words=("a.glb", "not a GLB"))
    refused("face", "import", "none.glb", words=("none.glb", "no such file"))
    refused("face", "import", "empty", words=("empty", "neutral"))
    refused("face", "export", "nobody", "-o", "x.glb", words=("nobody",))


def test_files_changed_at_random_are_heads_or_one_line() -> None:
    files = bases()
    assert foreign(files[0]) == files[1]
    tally = fuzz(files, 200, seed=11)
    assert tally.failures == []
    assert tally.outcome["read"] > 20 and tally.outcome["refused"] > 60
