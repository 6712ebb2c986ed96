"""A performance written as glTF, USD, BVH and Azure's JSON: what is written is what was shown."""

import json
from typing import Any

import numpy as np
import pytest

from psi_ecs import AssetError
from psi_ecs.components.face import BLENDSHAPES, FACE_ID, TONGUE, Head
from psi_ecs.systems.formats.animation import Performance, quaternions, read_animation, turns, write_animation
from psi_ecs.systems.formats.azure import write_azure
from psi_ecs.systems.formats.bvh import write_bvh
from psi_ecs.systems.formats.export import JOINTS, turning
from psi_ecs.systems.formats.glb import read_head, write_head
from psi_ecs.systems.formats.gltf import Reader, pack, unpack
from psi_ecs.systems.formats.heads import load_head
from psi_ecs.systems.formats.nodes import Nodes
from psi_ecs.systems.formats.usd import write_usda
from psi_ecs.systems.output.draw.view import rotation

FRAMES = 30


@pytest.fixture(scope="module")
def head() -> Head:
    """Mira with a made-up tongue."""
    found = load_head("mira")
    found = read_head(write_head(found), "mira")
    tongue = next(m for m in found.meshes if m.material == "tongue")
    for k, shape in enumerate(TONGUE):
        tongue.delta.setdefault(shape, np.roll(tongue.delta["tongueOut"], k + 1, axis=1))
    return found


@pytest.fixture(scope="module")
def done() -> Performance:
    """Anything."""
    rng = np.random.default_rng(5)
    weights = rng.uniform(0, 1, (FRAMES, 61)).astype(np.float32)
    weights[:, 52:] = rng.uniform(-0.7, 0.7, (FRAMES, 9))
    return Performance(weights, rng.uniform(0, 1, (FRAMES, 2)).astype(np.float32))


def test_quaternions_turn_as_the_stage_does() -> None:
    rng = np.random.default_rng(1)
    for yaw, pitch, roll in rng.uniform(-1.2, 1.2, (20, 3)):
        q = quaternions(np.array([[yaw, pitch, roll]]))
        x, y, z, w = q[0]
        matrix = np.array(
            [
                [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
                [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
                [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
            ]
        )
        np.testing.assert_allclose(matrix, rotation(yaw, pitch, roll), atol=1e-12)
        np.testing.assert_allclose(turns(q)[0], (yaw, pitch, roll), atol=1e-12)


def test_gltf_plays_what_was_shown(head: Head, done: Performance) -> None:
    data = write_animation(head, done)
    back = read_animation(data, "x")
    np.testing.assert_allclose(back.weights, done.weights, atol=1e-3)
    np.testing.assert_allclose(back.tongue, done.tongue, atol=1e-3)
    assert [m.name for m in read_head(data, "x").meshes] == [m.name for m in head.meshes]
    half = read_animation(data, "x", fps=30.0)
    np.testing.assert_allclose(half.weights[:, :52], done.weights[::2, :52], atol=1e-3)


def test_a_viewer_that_knows_only_gltf_sees_the_head_where_it_is(head: Head) -> None:
    """Nodes at rest leave every vertex where it is, and eyes hang from the head at their pivots."""
    document, binary = unpack(write_head(head), "x")
    nodes, reader = Nodes(document), Reader(document, binary)
    name = {n["name"]: i for i, n in enumerate(document["nodes"])}
    assert nodes.parent[name["leftEye"]] == name["head"] and nodes.parent[name["head"]] == name["body"]
    for joint in JOINTS[1:]:
        np.testing.assert_allclose(nodes.position(name[joint]), head.pivot[joint], atol=1e-9)
    for mesh in head.meshes:
        node = document["nodes"][name[mesh.name]]
        skin = nodes.skinned(reader, node, document["meshes"][node["mesh"]]["primitives"][0]["attributes"])
        place = np.tile(nodes.matrix[name[mesh.name]][:3], (len(mesh.position), 1, 1)) if skin is None else skin[0]
        at = np.einsum("vij,vj->vi", place[..., :3], mesh.position) + place[..., 3]
        np.testing.assert_allclose(at, mesh.position, atol=1e-6)
    assert all("baseColorFactor" in m["pbrMetallicRoughness"] for m in document["materials"])


def test_a_viewer_turns_head_and_eyes_as_the_stage_does(head: Head, done: Performance) -> None:
    """The nodes turned as the animation's 8th key says: skin bends with the neck, eyes turn in the turned head."""
    document, binary = unpack(write_animation(head, done), "x")
    reader = Reader(document, binary)
    found = document["animations"][0]
    for channel in found["channels"]:
        if channel["target"]["path"] == "rotation":
            keys = reader(found["samplers"][channel["sampler"]]["output"])
            document["nodes"][channel["target"]["node"]]["rotation"] = keys[8].tolist()
    nodes, name = Nodes(document), {n["name"]: i for i, n in enumerate(document["nodes"])}
    weights = done.weights[8]
    turn, pivot = rotation(*weights[52:55]), np.array(head.pivot["head"])
    for mesh in head.meshes:
        node = document["nodes"][name[mesh.name]]
        skin = nodes.skinned(reader, node, document["meshes"][node["mesh"]]["primitives"][0]["attributes"])
        place = np.tile(nodes.matrix[name[mesh.name]][:3], (len(mesh.position), 1, 1)) if skin is None else skin[0]
        at = np.einsum("vij,vj->vi", place[..., :3], mesh.position) + place[..., 3]
        p = mesh.position.astype(np.float64)
        if mesh.node in ("leftEye", "rightEye"):
            eye, middle = rotation(*weights[FACE_ID[f"{mesh.node}Yaw"] :][:3]), np.array(head.pivot[mesh.node])
            p = (p - middle) @ eye.T + middle
        share = turning(mesh.position, pivot[1])[:, None] if mesh.node == "head" else float(mesh.node != "body")
        np.testing.assert_allclose(at, (1 - share) * p + share * ((p - pivot) @ turn.T + pivot), atol=5e-4)


def test_plain_export_has_nothing_sparse_and_reads_the_same(head: Head) -> None:
    plain = write_head(head, plain=True)
    assert not any("sparse" in a for a in unpack(plain, "x")[0]["accessors"])
    a, b = read_head(write_head(head), "x"), read_head(plain, "x")
    for mesh, other, source in zip(a.meshes, b.meshes, head.meshes, strict=True):
        np.testing.assert_array_equal(mesh.position, source.position)
        for shape, delta in mesh.delta.items():
            np.testing.assert_array_equal(delta, other.delta[shape])
            np.testing.assert_allclose(delta, source.delta[shape], atol=max(2.1e-5, 1e-3 * np.abs(delta).max()))
    for key, row in head.rig.items():
        np.testing.assert_array_equal(a.rig[key], row)


def test_an_animation_that_is_none_is_refused(head: Head, done: Performance) -> None:
    data = write_animation(head, done)
    document, binary = unpack(data, "x")

    def refused(change: Any) -> str:
        other = json.loads(json.dumps(document))
        change(other)
        with pytest.raises(AssetError) as why:
            read_animation(pack(other, binary), "x")
        return str(why.value)

    assert "holds no animation" in refused(lambda d: d.pop("animations"))
    clock = document["animations"][0]["samplers"][0]["input"]
    assert "broken glTF" in refused(lambda d: d["animations"][0]["samplers"][0].update(output=clock + 10**6))
    assert "broken glTF" in refused(lambda d: d["accessors"][clock].update(count=7))


def test_usd_says_what_was_shown(head: Head, done: Performance) -> None:
    text = write_usda(head, done)
    assert text.startswith("#usda 1.0") and text.count("{") == text.count("}") and text.count("[") == text.count("]")
    names = json.loads(text.split("uniform token[] blendShapes = ")[1].splitlines()[0])
    rows = text.split("blendShapeWeights.timeSamples = {")[1].split("}")[0].strip().splitlines()
    weights = np.array([json.loads(r.split(":", 1)[1].strip().rstrip(",")) for r in rows])
    assert names == [*BLENDSHAPES, *TONGUE] and len(rows) == FRAMES
    np.testing.assert_allclose(weights[:, :52], done.weights[:, :52], atol=1e-5)
    np.testing.assert_allclose(weights[:, 52:], done.tongue, atol=1e-5)


def test_bvh_turns_head_and_eyes(head: Head, done: Performance) -> None:
    lines = write_bvh(head, done).splitlines()
    motion = lines.index("MOTION")
    assert lines[motion + 1] == f"Frames: {FRAMES}" and lines.count("  JOINT head") == 1
    rows = np.array([[float(x) for x in line.split()] for line in lines[motion + 3 :]])
    channels = sum(int(line.split()[1]) for line in lines if line.strip().startswith("CHANNELS"))
    assert rows.shape == (FRAMES, channels) == (FRAMES, 15)
    np.testing.assert_allclose(rows[:, 6:], np.degrees(done.weights[:, 52:]) * np.tile([1, 1, -1], 3), atol=1e-3)


def test_azure_has_55_columns_at_60_a_second(done: Performance) -> None:
    data = json.loads(write_azure(done))
    rows = np.array(data["BlendShapes"])
    assert data["FrameIndex"] == 0 and rows.shape == (FRAMES, 55)
    np.testing.assert_allclose(rows[:, :52], done.weights[:, :52], atol=1e-4)
    np.testing.assert_allclose(rows[:, 52], done.weights[:, FACE_ID["headRoll"]], atol=1e-4)
    slow = json.loads(write_azure(Performance(done.weights[::2], done.tongue[::2], fps=30.0)))
    assert len(slow["BlendShapes"]) == FRAMES - 1
