"""Heads of any make: however they are spelled, turned, scaled or skinned, they become the same head."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from psi_ecs import AssetError
from psi_ecs.asset import package_folder
from psi_ecs.components.face import BLENDSHAPES, FACE_ID, SHAPES, Head
from psi_ecs.systems.formats.glb import read_any, read_head, write_head
from psi_ecs.systems.formats.gltf import pack, unpack
from psi_ecs.systems.formats.importing import Report, seal
from psi_ecs.systems.formats.nodes import eye_of
from psi_ecs.systems.formats.spelling import channel, style

OURS = read_head((package_folder("assets") / "heads" / "theo.glb").read_bytes(), "theo")
DATA = write_head(OURS)
DOCUMENT, BINARY = unpack(DATA, "theo")
DOCUMENT["asset"].pop("extras")
Change = Callable[[dict[str, Any]], None]


def strange(change: Change | None = None, binary: bytes = b"", scale: float | None = None) -> tuple[Head, Report]:
    """The head as a stranger's, after a change to its document; `binary` stands behind its own."""
    document = copy.deepcopy(DOCUMENT)
    if change is not None:
        change(document)
    document["buffers"][0]["byteLength"] = len(BINARY + binary)
    head, report = read_any(pack(document, BINARY + binary), "x", scale)
    assert report is not None
    return head, report


def refusal(change: Change) -> str:
    with pytest.raises(AssetError) as why:
        strange(change)
    assert str(why.value).startswith("x.glb: ") and "\n" not in str(why.value)
    return str(why.value)


def rename(how: Callable[[str], str]) -> Change:
    def change(document: dict[str, Any]) -> None:
        for mesh in document["meshes"]:
            mesh["extras"]["targetNames"] = [how(n) for n in mesh["extras"].get("targetNames", [])]

    return change


def hang(document: dict[str, Any], **place: Any) -> None:
    """Everything hangs from one new node, at the scene's root."""
    roots = document["scenes"][0]["nodes"]
    document["nodes"].append({"name": "Armature", "children": list(roots), **place})
    document["scenes"][0]["nodes"] = [len(document["nodes"]) - 1]


def same_rig(head: Head, tolerance: float = 0.05) -> None:
    """Millimetres agree with those of our own."""
    for name, row in OURS.rig.items():
        np.testing.assert_allclose(head.rig[name], row, atol=tolerance, err_msg=name)


def moves(head: Head, shape: str) -> float:
    """Furthest that a shape moves a vertex, mm."""
    return 1000 * max((float(np.linalg.norm(m.delta[shape], axis=1).max()) for m in head.meshes if shape in m.delta), default=0)


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


def append(array: np.ndarray, document: dict[str, Any], tail: bytearray, **accessor: Any) -> int:
    """An accessor of its own, whose bytes go behind those of the file."""
    start = len(BINARY) + len(tail)
    tail += array.tobytes() + b"\0" * (-array.nbytes % 4)
    document["bufferViews"].append({"buffer": 0, "byteOffset": start, "byteLength": array.nbytes})
    document["accessors"].append({"bufferView": len(document["bufferViews"]) - 1, "count": len(array), **accessor})
    return len(document["accessors"]) - 1


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


def only(*kept: str) -> Change:
    """All other names mean nothing."""
    return rename(lambda n: n if n in kept or not n else f"q{BLENDSHAPES.index(n) if n in BLENDSHAPES else 99}")


def test_a_side_that_lacks_is_the_mirror_image() -> None:
    head, report = strange(rename(lambda n: n if not n.endswith("Right") or n in ("jawRight", "mouthRight") else "q"))
    assert report.made["mouthSmileRight"] == "mirror image of mouthSmileLeft"
    for shape in ("mouthSmileRight", "eyeBlinkRight", "browDownRight"):
        mine = next(m for m in head.meshes if m.name == "Skin").delta[shape]
        ours = OURS.meshes[0].delta[shape]
        moving = np.linalg.norm(ours, axis=1) > 1e-3
        assert np.linalg.norm(mine - ours, axis=1)[moving].mean() < 0.15 * np.linalg.norm(ours[moving], axis=1).mean(), shape


def test_a_shape_for_both_sides_is_split_smoothly() -> None:
    def change(document: dict[str, Any]) -> None:
        rename(lambda n: {"mouthSmileLeft": "mouthSmile", "mouthSmileRight": "q"}.get(n, n))(document)

    head, report = strange(change)
    assert report.made["mouthSmileLeft"] == "one side of mouthSmile"
    skin = next(m for m in head.meshes if m.name == "Skin")
    whole = OURS.meshes[0].delta["mouthSmileLeft"]
    both = skin.delta.get("mouthSmileLeft", 0 * whole) + skin.delta.get("mouthSmileRight", 0 * whole)
    np.testing.assert_allclose(both, whole, atol=2e-5)


def test_halves_are_summed() -> None:
    def change(document: dict[str, Any]) -> None:
        other = {"cheekPuff": "cheekPuff_L", "noseSneerLeft": "cheekPuff_R", "noseSneerRight": "q"}
        rename(lambda n: other.get(n, n))(document)

    head, report = strange(change)
    assert report.made["cheekPuff"] == "cheekPuffLeft + cheekPuffRight"
    skin = next(m for m in head.meshes if m.name == "Skin")
    np.testing.assert_allclose(
        skin.delta["cheekPuff"], OURS.meshes[0].delta["cheekPuff"] + OURS.meshes[0].delta["noseSneerLeft"], atol=1e-5
    )


def test_mouth_close_that_lacks_is_measured_and_seals() -> None:
    head, report = strange(rename(lambda n: "q" if n == "mouthClose" else n))
    assert report.made["mouthClose"].startswith("measured")
    ratio = seal(head.rig)
    assert ratio is not None and 0.8 < ratio < 1.2
    gap = head.rig["lip_gap"][0]
    for jaw in (0.1, 0.3, 0.6):
        assert abs(gap[0] + jaw * gap[1 + FACE_ID["jawOpen"]] + ratio * jaw * gap[1 + FACE_ID["mouthClose"]]) < 1.0


def vrm(kind: int) -> Change:
    """A VRM that has expressions only: no target has a name."""
    groups = {
        "aa": {"jawOpen": 0.7}, "ih": {"mouthStretchLeft": 0.6, "mouthStretchRight": 0.6}, "ou": {"mouthPucker": 0.9},
        "ee": {"mouthSmileLeft": 0.4, "mouthSmileRight": 0.4}, "oh": {"mouthFunnel": 0.8, "jawOpen": 0.3},
        "blink": {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0}, "happy": {"mouthSmileLeft": 0.9, "mouthSmileRight": 0.9},
        "angry": {"browDownLeft": 1.0, "browDownRight": 1.0}, "sad": {"browInnerUp": 1.0},
    }  # fmt: skip
    old = {"aa": "a", "ih": "i", "ou": "u", "ee": "e", "oh": "o", "happy": "joy", "sad": "sorrow"}

    def change(document: dict[str, Any]) -> None:
        rows = {name: list[dict[str, Any]]() for name in groups}
        for k, node in enumerate(document["nodes"]):
            targets = document["meshes"][node["mesh"]]["extras"].get("targetNames", []) if "mesh" in node else []
            for i, shape in enumerate(targets):
                for name, parts in groups.items():
                    if shape in parts:
                        to = {"node": k} if kind else {"mesh": node["mesh"]}
                        rows[name].append({"index": i, "weight": parts[shape] * (1 if kind else 100), **to})
        rename(lambda n: "")(document)
        if kind:
            presets = {n: {"morphTargetBinds": r} for n, r in rows.items()}
            document["extensions"] = {"VRMC_vrm": {"specVersion": "1.0", "expressions": {"preset": presets}}}
            return
        found = [{"name": n.title(), "presetName": old.get(n, n), "binds": r} for n, r in rows.items()]
        document["extensions"] = {"VRM": {"blendShapeMaster": {"blendShapeGroups": found}}}
        hang(document, rotation=[0.0, 1.0, 0.0, 0.0])

    return change


@pytest.mark.parametrize("kind", [0, 1])
def test_vrm_expressions_become_shapes(kind: int) -> None:
    head, report = strange(vrm(kind))
    assert report.made["jawOpen"] == "composed: +1 aa" and report.made["eyeBlinkLeft"] == "one side of eyeBlink"
    assert ("faced -z" in report.space.turned) == (kind == 0)
    lacking = [s for s in BLENDSHAPES if s not in report.made]
    assert len(lacking) <= 6 and not {"jawOpen", "mouthClose", "mouthPucker", "mouthSmileLeft", "eyeBlinkRight"} & set(lacking)
    gap, lid = head.rig["lip_gap"], head.rig["lid_gap"]
    assert abs(gap[0, 0]) < 0.5 and 15 < gap[0, 1 + FACE_ID["jawOpen"]] < 30
    assert lid[0, 0] > 6 and lid[0, 0] + lid[0, 1 + FACE_ID["eyeBlinkLeft"]] < 1
    assert abs(lid[0, 1 + FACE_ID["eyeBlinkRight"]]) < 0.3, "a blink of one eye leaves the other"
    width = head.rig["mouth_width"]
    assert width[1 + FACE_ID["mouthPucker"]] < -3 and width[1 + FACE_ID["mouthSmileLeft"]] > 3


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




def test_visemes_and_shapes_for_both_sides_make_a_talking_head() -> None:
    """As Ready Player Me names them without ARKit's shapes."""
    names = {"jawOpen": "mouthOpen", "mouthPucker": "viseme_U", "mouthFunnel": "viseme_O", "mouthStretchLeft": "viseme_I"}

    def change(document: dict[str, Any]) -> None:
        rename(lambda n: names.get(n, n if n.startswith("eyeBlink") else "q"))(document)

    head, report = strange(change)
    assert report.made["mouthPucker"].startswith("composed: +1 ou") and report.made["jawOpen"] == "composed: +1 aa"
    jaw = 1 + FACE_ID["jawOpen"]
    assert abs(head.rig["lip_gap"][0, jaw] - OURS.rig["lip_gap"][0, jaw]) < 0.1
    assert head.rig["mouth_width"][1 + FACE_ID["mouthPucker"]] < -3


def test_lids_that_no_shape_closes_turn_about_the_ball() -> None:
    head, report = strange(rename(lambda n: "q" if n.startswith("eye") else n))
    assert report.made["eyeBlinkLeft"] == "measured: the upper lid turned about the ball"
    lid = head.rig["lid_gap"]
    for k, shape in enumerate(("eyeBlinkLeft", "eyeBlinkRight")):
        assert lid[k, 0] > 6 and abs(lid[k, 0] + lid[k, 1 + FACE_ID[shape]]) < 1.5
        assert abs(lid[1 - k, 1 + FACE_ID[shape]]) < 0.1


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
