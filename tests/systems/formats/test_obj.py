"""Folders of OBJ files, as ICT-FaceKit keeps a head: centimetres, a neutral mesh, one mesh an expression, `_L` and `_R`."""

from pathlib import Path

import numpy as np
import pytest

from psi_ecs import AssetError
from psi_ecs.components.face import BLENDSHAPES, Head
from psi_ecs.systems.formats.heads import load_head
from psi_ecs.systems.formats.importing import import_head
from psi_ecs.systems.formats.obj import read_folder, read_obj


def short(shape: str) -> str:
    """How ICT-FaceKit names a shape."""
    if shape in ("jawLeft", "jawRight", "mouthLeft", "mouthRight"):
        return shape
    for side, letter in (("Left", "_L"), ("Right", "_R")):
        if shape.endswith(side):
            return shape.removesuffix(side) + letter
    return shape


@pytest.fixture(scope="module")
def ours() -> Head:
    """What the folder is made of."""
    return load_head("theo")


@pytest.fixture(scope="module")
def folder(ours: Head, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Theo's face as OBJ files."""
    out = tmp_path_factory.mktemp("FaceXModel")
    parts = [m for m in ours.meshes if m.material in ("skin", "gum", "teeth", "eye")]

    def write(name: str, shape: str | None) -> None:
        lines, first = ["# made by a test", "mtllib head.mtl"], 1
        for mesh in parts:
            p = 100.0 * (mesh.position + (mesh.delta.get(shape, 0.0) if shape else 0.0))
            lines += [f"v {x:.5f} {y:.5f} {z:.5f}" for x, y, z in p]
            if shape is None:
                lines += [f"vt {u:.4f} {v:.4f}" for u, v in mesh.uv]
                lines += [f"usemtl M_{mesh.material}_{mesh.name}"]
                lines += ["f " + " ".join(f"{first + v}/{first + v}" for v in t) for t in mesh.triangle]
            first += len(p)
        (out / f"{name}.obj").write_text("\n".join(lines) + "\n")

    write("generic_neutral_mesh", None)
    for shape in ("jawOpen", "mouthClose", "eyeBlinkLeft", "eyeBlinkRight", "mouthSmileLeft", "mouthSmileRight", "mouthPucker"):
        write(short(shape), shape)
    for half in ("browInnerUp_L", "browInnerUp_R"):
        write(half, "browInnerUp")
    write("PupilDilate_L", None)
    return out


def test_a_folder_becomes_the_same_head(folder: Path, ours: Head) -> None:
    head, report = import_head(read_folder(folder), "ict")
    assert report.space.units == "centimetres" and report.found.unknown == ["PupilDilate_L"]
    assert report.made["browInnerUp"] == "browInnerUpLeft + browInnerUpRight"
    assert {"skin", "gum", "teeth", "eye"} <= {m.material for m in head.meshes}
    for shape in ("jawOpen", "mouthClose", "mouthPucker"):
        k = 1 + BLENDSHAPES.index(shape)
        np.testing.assert_allclose(head.rig["lip_gap"][:, k], ours.rig["lip_gap"][:, k], atol=0.1)
    for side in ("leftEye", "rightEye"):
        np.testing.assert_allclose(head.pivot[side], ours.pivot[side], atol=1e-3)


def test_faces_of_many_corners_and_negative_numbers(tmp_path: Path) -> None:
    (tmp_path / "a.obj").write_text("v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nvt 0 0\nf 1/1/1 2//3 3 -1\n")
    found = read_obj(tmp_path / "a.obj")
    assert found.parts == {"mesh": [[(0, 0), (1, -1), (2, -1), (3, -1)]]} and found.position.shape == (4, 3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("v 0 0\n", "without 3 numbers"), ("v a b c\n", "without 3 numbers"), ("v 0 0 nan\n", "without 3 numbers"),
        ("v 1e9 0 0\n", "without 3 numbers"), ("v 0 0 0\nf 1 2 3\n", "line 2"), ("v 0 0 0\nf x y z\n", "line 2"),
        ("v 0 0 0\nf 0 0 0\n", "line 2"),
    ],
)  # fmt: skip
def test_broken_files(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "a.obj").write_text(text)
    with pytest.raises(AssetError) as why:
        read_obj(tmp_path / "a.obj")
    assert words in str(why.value) and "\n" not in str(why.value) and "a.obj" in str(why.value)


def test_folders_that_are_no_head(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="holds no neutral mesh"):
        read_folder(tmp_path)
    (tmp_path / "neutral.obj").write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    with pytest.raises(AssetError, match="stands alone"):
        read_folder(tmp_path)
    (tmp_path / "jawOpen.obj").write_text("v 0 0 0\n")
    with pytest.raises(AssetError, match="they must agree"):
        read_folder(tmp_path)
