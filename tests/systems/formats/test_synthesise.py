"""Shapes that a head lacks are made of those it has."""

from typing import Any

import numpy as np
import pytest
from strangers import OURS, Change, hang, rename, strange

from psi_ecs.components.face import BLENDSHAPES, FACE_ID
from psi_ecs.systems.formats.importing import seal


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
