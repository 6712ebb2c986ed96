"""Heads of any make: however they are spelled, turned, scaled or skinned, they become the same head."""

import copy
from typing import Any

import numpy as np
import pytest
from strangers import BINARY, DOCUMENT, OURS, Change, append, hang, only, refusal, rename, same_rig, strange

from psi_ecs.components.face import BLENDSHAPES, SHAPES
from psi_ecs.systems.formats.glb import read_any
from psi_ecs.systems.formats.gltf import pack
from psi_ecs.systems.formats.nodes import eye_of
from psi_ecs.systems.formats.spelling import channel, style


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("jawOpen", "jawOpen"), ("JawOpen", "jawOpen"), ("jaw_open", "jawOpen"), ("eyeBlink_L", "eyeBlinkLeft"),
        ("EyeBlinkRight", "eyeBlinkRight"), ("Face.M_F00_000_00_MouthSmileLeft", "mouthSmileLeft"),
        ("blendShape1.mouthClose", "mouthClose"),
        ("browInnerUp_L", "browInnerUpLeft"), ("mouthSmile", "mouthSmile"), ("eyesClosed", "eyeBlink"), ("mouthOpen", "aa"),
        ("viseme_U", "ou"), ("Fcl_MTH_O", "oh"), ("Fcl_EYE_Close_R", "eyeBlinkRight"), ("Blink_L", "eyeBlinkLeft"), ("A", "aa"),
        ("joy", "happy"), ("まばたき", "eyeBlink"), ("tongueTipUp", "tongueTipUp"), ("mouthLeft", "mouthLeft"),
        ("eyesLookUp", "eyeLookUp"),
        ("smileWide", None), ("_neutral", None), ("hair_a", None), ("", None), ("x" * 500, None),
    ],
)  # fmt: skip
def test_spellings(name: str, meant: str | None) -> None:
    assert channel(name) == meant


def test_every_shape_is_known_in_each_spelling() -> None:
    for shape in SHAPES:
        side = {"Left": "_L", "Right": "_R"}.get(next((s for s in ("Left", "Right") if shape.endswith(s)), ""), "")
        short = shape.removesuffix("Left").removesuffix("Right") + side if side else shape
        for name in (shape, shape.upper(), shape[0].upper() + shape[1:], short, f"head.{shape}", f"Face.M_F00_{shape}"):
            assert channel(name) == shape, name
    assert style("eyeBlink_L", "eyeBlinkLeft") == "_L and _R" and style("JawOpen", "jawOpen") == "UpperCamel"


def test_a_stranger_with_arkit_names_is_measured_as_ours() -> None:
    head, report = strange()
    same_rig(head)
    assert report.space.units == "metres" and not report.made and not report.space.swapped
    assert {s for m in head.meshes for s in m.delta} >= set(BLENDSHAPES) - {s for s in BLENDSHAPES if "eyeLook" in s}
    text = "\n".join(report.lines(head))
    assert "52 of 52 in the file, 0 made, 0 missing" in text and "seals 1 jawOpen" in text


@pytest.mark.parametrize(
    "place",
    [
        {"scale": [100.0, 100.0, 100.0], "translation": [30.0, 150.0, 2.0]},
        {"rotation": [0.0, 1.0, 0.0, 0.0], "scale": [1000.0] * 3},
        {"rotation": [np.sqrt(0.5), 0.0, 0.0, np.sqrt(0.5)]},
        {"matrix": [0, 0, 10, 0, 0, 10, 0, 0, -10, 0, 0, 0, 1, 2, 3, 1]},
    ],
)
def test_units_and_axes_are_told_from_the_face(place: dict[str, Any]) -> None:
    head, report = strange(lambda document: hang(document, **place))
    same_rig(head)
    assert abs(report.space.apart - 2 * OURS.landmarks["eye_left"][0]) < 1e-3
    skin = next(m for m in head.meshes if m.name == "Skin")
    np.testing.assert_allclose(skin.position, OURS.meshes[0].position, atol=2e-4)
    np.testing.assert_allclose(skin.normal, OURS.meshes[0].normal, atol=2e-3)


def test_a_mirrored_file_names_the_viewers_sides() -> None:
    def change(document: dict[str, Any]) -> None:
        hang(document, scale=[-1.0, 1.0, 1.0])

    head, report = strange(change)
    assert report.space.swapped
    skin = next(m for m in head.meshes if m.name == "Skin")
    shut = np.linalg.norm(skin.delta["eyeBlinkLeft"], axis=1)
    assert shut @ skin.position[:, 0] > 0.02 * shut.sum()
    p = skin.position[skin.triangle]
    out = (np.cross(p[:, 1] - p[:, 0], p[:, 2] - p[:, 0]) * skin.normal[skin.triangle].mean(1)).sum(1)
    assert (out > 0).mean() > 0.93


def test_a_unit_that_cannot_be_guessed_is_asked_for() -> None:
    def change(document: dict[str, Any]) -> None:
        hang(document, scale=[3.0, 3.0, 3.0])

    assert "--scale" in refusal(change)
    same_rig(strange(change, scale=1 / 3)[0])


def test_a_skin_is_read_in_its_bind_pose_and_eyes_are_split_off_by_their_bones() -> None:
    """All parts in one armature in centimetres that lies on its back, its joints and inverse binds taking that back."""
    tail = bytearray()
    document = copy.deepcopy(DOCUMENT)
    names = ["Head", "LeftEye", "RightEye"]
    nodes = document["nodes"] = [n for n in document["nodes"] if "mesh" in n]
    place = [(0.0, 1.5, 0.0), OURS.pivot["leftEye"], OURS.pivot["rightEye"]]
    first = len(nodes)
    nodes += [{"name": n, "translation": [100 * x for x in p]} for n, p in zip(names, place, strict=True)]
    bind = np.tile(np.eye(4, dtype="<f4"), (3, 1, 1))
    bind[:, 3, :3] = -100.0 * np.array(place)  # by columns
    inverse = append(bind, document, tail, type="MAT4", componentType=5126)
    document["skins"] = [{"joints": [first, first + 1, first + 2], "inverseBindMatrices": inverse}]
    for node in nodes[:first]:
        mesh = document["meshes"][node["mesh"]]
        mesh["extras"].pop("node")
        node["skin"], node["translation"] = 0, [7.0, 8.0, 9.0]  # which a skin overrides
        part = mesh["primitives"][0]
        count = document["accessors"][part["attributes"]["POSITION"]]["count"]
        joints, weights = np.zeros((count, 4), "u1"), np.zeros((count, 4), "<f4")
        joints[:, 0], weights[:, 0] = {"EyeLeft": 1, "EyeRight": 2}.get(node["name"], 0), 1.0
        part["attributes"]["JOINTS_0"] = append(joints, document, tail, type="VEC4", componentType=5121)
        part["attributes"]["WEIGHTS_0"] = append(weights, document, tail, type="VEC4", componentType=5126)
    nodes.append({"name": "Armature", "scale": [0.01] * 3, "children": [first, first + 1, first + 2]})
    document["scenes"][0]["nodes"] = [*range(first), len(nodes) - 1]
    for k in range(3):  # bind matrices that undo the scale: vertices are in metres
        bind[k] = np.diag([100, 100, 100, 1])
        bind[k, 3, :3] = -100.0 * np.array(place[k])
    start = document["bufferViews"][document["accessors"][inverse]["bufferView"]]["byteOffset"] - len(BINARY)
    tail[start : start + bind.nbytes] = bind.tobytes()
    document["buffers"][0]["byteLength"] = len(BINARY) + len(tail)
    head, report = read_any(pack(document, BINARY + bytes(tail)), "x")
    assert report is not None and "by their bones" in report.eyes
    same_rig(head)
    for side in ("leftEye", "rightEye"):
        np.testing.assert_allclose(head.pivot[side], OURS.pivot[side], atol=2e-3)
        assert any(m.node == side and m.material == "eye" for m in head.meshes)


def test_other_spellings_make_the_same_head() -> None:
    for how in (
        lambda n: f"Face.M_F00_000_00_{n[0].upper()}{n[1:]}",
        lambda n: n.replace("Left", "_L").replace("Right", "_R") if n[:3] in ("eye", "che", "nos") else n,
        str.upper,
    ):
        same_rig(strange(rename(how))[0])


def test_a_body_is_cut_to_a_bust_and_it_is_said() -> None:
    """The sweater stretched down to the feet."""

    def change(document: dict[str, Any]) -> None:
        node = next(n for n in document["nodes"] if n.get("name", "").startswith("Sweater"))
        node["scale"] = [1.0, 4.0, 1.0]

    head, report = strange(change)
    assert report.space.cut > 100 and "below the shoulders" in "\n".join(report.lines(head))
    assert min(m.position[:, 1].min() for m in head.meshes) > -0.49
    same_rig(head)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (rename(lambda n: "q"), "no morph target has an ARKit name"),
        (only("eyeBlinkLeft", "eyeBlinkRight", "browDownLeft"), "no mouth"),
        (lambda d: [m["primitives"][0].pop("targets", 0) for m in d["meshes"]], "no morph targets"),
        (lambda d: d.update(nodes=[]), "holds no mesh"),
        (lambda d: d["nodes"][0].update(children=[0]), "circle"),
        (lambda d: (d["nodes"][0].update(children=[1]), d["nodes"][1].update(children=[0])), "circle"),
        (lambda d: (d["nodes"][0].update(children=[2]), d["nodes"][1].update(children=[2])), "tree"),
        (lambda d: d.update(extensionsRequired=["KHR_draco_mesh_compression"]), "without compression"),
        (lambda d: d["buffers"][0].update(uri="head.bin"), "other files"),
        (lambda d: [a.update(count=999_999) or a.pop("bufferView", 0) for a in d["accessors"]], "more than"),
    ],
)  # fmt: skip
def test_wrong_rigs_are_refused_in_one_line(change: Change, words: str) -> None:
    assert words in refusal(change)


def test_both_eyes_in_one_mesh_turn_each_about_its_own_middle() -> None:
    """The left eye's mesh holds the right eye's primitive too."""

    def change(document: dict[str, Any]) -> None:
        node = {n.get("name"): n for n in document["nodes"]}
        left, right = (document["meshes"][node[f"Eye{side}"]["mesh"]] for side in ("Left", "Right"))
        left["primitives"] += right["primitives"]
        right["primitives"] = left["primitives"][1:]
        node["EyeRight"].pop("mesh")
        for bone in ("leftEye", "rightEye", "EyeRight"):
            node[bone]["name"] = "joint"

    head, report = strange(change)
    assert "about the middle of their balls" in report.eyes
    for side in ("leftEye", "rightEye"):
        own = [m for m in head.meshes if m.node == side]
        assert own and all(np.abs(m.position - head.pivot[side]).max() < 0.02 for m in own)
        np.testing.assert_allclose(head.pivot[side], OURS.pivot[side], atol=1.5e-3)


def test_films_over_the_eye_are_left_out_and_named() -> None:
    def change(document: dict[str, Any]) -> None:
        document["materials"][document["meshes"][-1]["primitives"][0]["material"]]["name"] = "Std_Eye_Occlusion_L"

    head, report = strange(change)
    assert report.found.shells and any("left out" in note for note in report.notes)
    assert not {m.name for m in head.meshes} & set(report.found.shells)


@pytest.mark.parametrize(
    ("name", "side"),
    [
        ("LeftEye", "leftEye"), ("J_Adj_R_FaceEye", "rightEye"), ("eye.L", "leftEye"), ("mixamorig:RightEye", "rightEye"),
        ("CC_Base_L_Eye", "leftEye"), ("lefteye", "leftEye"), ("DEF-eye.R", "rightEye"), ("LEye", "leftEye"), ("Eyes", None),
        ("LeftEyebrow", None), ("LeftEyeLid", None), ("LeftEye_end", None), ("Head", None),
    ],
)  # fmt: skip
def test_bones_of_eyes(name: str, side: str | None) -> None:
    assert eye_of(name) == side
