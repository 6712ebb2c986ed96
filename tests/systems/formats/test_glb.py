"""Heads in GLB: what is written is read; whatever is broken is one clear line, never a traceback or a wait without end."""

import json
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from psi_ecs import AssetError
from psi_ecs.components.face import SHAPES, Head, Mesh
from psi_ecs.systems.formats.glb import MARKS, canonical, normals, read_head, write_head
from psi_ecs.systems.formats.gltf import pack, unpack
from psi_ecs.systems.formats.heads import load_head

RIG = {"lip_gap": (3, 53), "tooth_gap": (3, 53), "mouth_width": (53,), "lid_gap": (2, 53), "eye_gain": (4,)}


def mesh(name: str, material: str, shapes: tuple[str, ...], seed: int, node: str = "head") -> Mesh:
    rng = np.random.default_rng(seed)
    position = rng.uniform(-0.1, 0.1, (12, 3)).astype(np.float32)
    triangle = rng.permutation(12).reshape(-1, 3).astype(np.uint32)
    delta = {}
    for shape in shapes:
        delta[shape] = np.zeros((12, 3), np.float32)
        delta[shape][rng.integers(0, 12, 4)] = rng.uniform(0.001, 0.01, (4, 3))
    uv = rng.uniform(0, 1, (12, 2)).astype(np.float32)
    return Mesh(
        name=name, material=material, position=position, normal=normals(position, triangle), uv=uv, triangle=triangle,
        delta=delta, node=node,
    )  # fmt: skip


def head() -> Head:
    meshes = [mesh("face", "skin", ("jawOpen", "mouthClose"), 1), mesh("eyeLeft", "eye", (), 2, "leftEye")]
    marks = dict.fromkeys(MARKS, (0.0, 0.25, 0.125))
    rig = {key: np.random.default_rng(3).uniform(-1, 1, shape).astype(np.float32) for key, shape in RIG.items()}
    return Head(name="tiny", meshes=meshes, pivot={"head": (0.0, -0.5, 0.0)}, rig=rig, landmarks=marks)


TINY = write_head(head())
DOCUMENT, BLOB = unpack(TINY, "tiny")


def test_round_trip() -> None:
    mine, back = head(), read_head(TINY, "tiny")
    assert [m.name for m in back.meshes] == ["face", "eyeLeft"] and back.landmarks == mine.landmarks
    assert back.pivot["head"] == (0.0, -0.5, 0.0) and back.pivot["leftEye"] == mine.landmarks["eye_left"]
    for a, b in zip(mine.meshes, back.meshes, strict=True):
        assert (a.material, a.node) == (b.material, b.node)
        for key in ("position", "uv", "triangle"):
            np.testing.assert_array_equal(getattr(a, key), getattr(b, key))
        np.testing.assert_allclose(a.normal, b.normal, atol=1e-6)
        assert a.delta.keys() == b.delta.keys()
        for shape in a.delta:
            np.testing.assert_array_equal(a.delta[shape], b.delta[shape])
    for key in RIG:
        np.testing.assert_array_equal(mine.rig[key], back.rig[key])
    assert write_head(back) == write_head(read_head(write_head(back), "tiny"))


@pytest.mark.parametrize("name", ["mira", "theo"])
def test_the_heads_that_come_along(name: str) -> None:
    found = load_head(name)
    assert {s for m in found.meshes for s in m.delta} == set(SHAPES)
    assert {"skin", "eye", "teeth"} <= {m.material for m in found.meshes} and set(found.rig) == set(RIG)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("jawOpen", "jawOpen"), ("JawOpen", "jawOpen"), ("jaw_open", "jawOpen"), ("eyeBlink_L", "eyeBlinkLeft"),
        ("EyeBlink_R", "eyeBlinkRight"), ("head.mouthSmileLeft", "mouthSmileLeft"), ("smile", None),
    ],
)  # fmt: skip
def test_known_spellings_of_shapes(name: str, shape: str | None) -> None:
    assert canonical(name) == shape


def refusal(data: bytes) -> str:
    """The error, if it is one; a head that is read must be whole."""
    try:
        found = read_head(data, "x")
    except AssetError as error:
        assert str(error).startswith("x.glb: ") and "\n" not in str(error) and len(str(error)) < 400
        return str(error)
    for part in found.meshes:
        assert np.isfinite(part.position).all() and part.triangle.max() < len(part.position)
        assert all(d.shape == part.position.shape and np.isfinite(d).all() for d in part.delta.values())
    assert {k: v.shape for k, v in found.rig.items()} == RIG
    return ""


def changed(change: Callable[[dict[str, Any]], Any]) -> str:
    document = json.loads(json.dumps(DOCUMENT))
    change(document)
    return refusal(pack(document, BLOB))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a GLB file"), (b"hello world, this is no head", "not a GLB file"), (TINY[:19], "not a GLB file"),
        (TINY[:-1], "cut short"), (TINY[:4] + struct.pack("<I", 1) + TINY[8:], "glTF version 1; only version 2"),
        (TINY[:16] + b"ABCD" + TINY[20:], "no JSON chunk"), (TINY[:20] + b"{{{{" + TINY[24:], "its JSON"),
        (b"glTF" + struct.pack("<IIII", 2, 100_020, 100_000, 0x4E4F534A) + b"[" * 100_000, "nested too deep"),
        (b"glTF" + struct.pack("<IIII", 2, 20, 2**31, 0x4E4F534A), "no JSON chunk"),
        (pack([1], b""), "its JSON is not an object"), (pack({}, b""), "holds no mesh"),  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_files_that_are_no_heads(data: bytes, message: str) -> None:
    assert message in refusal(data)


def test_a_head_without_a_face() -> None:
    def forget(document: dict[str, Any]) -> None:
        for part in document["meshes"]:
            part["extras"]["targetNames"] = ["a", "b"]

    assert "no morph target has an ARKit name" in changed(forget)


def put(*path: Any) -> Callable[[dict[str, Any]], None]:
    """Put the last of `path` at the place that the others name."""
    *way, key, value = path

    def change(document: Any) -> None:
        for step in way:
            document = document[step]
        document[key] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        put("accessors", 0, "count", 10**9), put("accessors", 0, "count", -1), put("accessors", 0, "bufferView", 99),
        put("accessors", 0, "type", "VEC2"), put("accessors", 0, "componentType", 7), put("bufferViews", 0, "byteOffset", -8),
        put("bufferViews", 0, "byteStride", 1), put("nodes", -1, "mesh", 99), put("nodes", -1, "scale", [1e38, 1e38, 1e38]),
        put("nodes", -1, "translation", ["a"]), put("nodes", -1, "translation", [1e9, 0, 0]), put("meshes", 0, "primitives", 3),
        put("asset", "extras", "psi", "rig", "lip_gap", [1]), put("asset", "extras", "psi", "rig", {"lip_gap": []}),
        put("asset", "extras", "psi", "rig", "eye_gain", [float("nan")] * 4), put("asset", "extras", "psi", "landmarks", [1]),
        put("asset", "extras", "psi", "landmarks", {"mouth": [0, 0]}), put("nodes", {}), put("materials", []),
        put("asset", "extras", "psi", "landmarks", {"mouth": [0, 0, 0]}), put("accessors", []),
    ],
)  # fmt: skip
def test_documents_that_lie_about_themselves(change: Callable[[dict[str, Any]], None]) -> None:
    assert "broken glTF" in changed(change) or "holds no mesh" in changed(change)


def test_a_head_that_was_not_measured_says_what_it_lacks() -> None:
    assert "shows one eye only" in changed(lambda document: document["asset"].pop("extras"))


@given(st.integers(0, len(TINY)))
@settings(max_examples=150)
def test_truncated(size: int) -> None:
    assert (refusal(TINY[:size]) == "") == (size == len(TINY))


@given(st.lists(st.tuples(st.integers(0, 8 * len(TINY) - 1)), min_size=1, max_size=6))
@settings(max_examples=400)
@example([(8 * 8,)])
def test_flipped_bits(bits: list[tuple[int]]) -> None:
    data = bytearray(TINY)
    for (bit,) in bits:
        data[bit // 8] ^= 1 << bit % 8
    refusal(bytes(data))


SMALL = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**12) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=4,
)


@given(st.data())
@settings(max_examples=300)
def test_any_value_of_the_document_may_be_anything(data: st.DataObject) -> None:
    document: Any = json.loads(json.dumps(DOCUMENT))
    place = document
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(SMALL)
    refusal(pack(document, BLOB))


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    assert refusal(data) and refusal(b"glTF" + data)
