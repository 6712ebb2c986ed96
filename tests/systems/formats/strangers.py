"""A head of ours as a stranger's: its document without what only we write, changed at will."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from psi_ecs import AssetError
from psi_ecs.asset import package_folder
from psi_ecs.components.face import BLENDSHAPES, Head
from psi_ecs.systems.formats.glb import read_any, read_head, write_head
from psi_ecs.systems.formats.gltf import pack, unpack
from psi_ecs.systems.formats.importing import Report

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


def append(array: np.ndarray, document: dict[str, Any], tail: bytearray, **accessor: Any) -> int:
    """An accessor of its own, whose bytes go behind those of the file."""
    start = len(BINARY) + len(tail)
    tail += array.tobytes() + b"\0" * (-array.nbytes % 4)
    document["bufferViews"].append({"buffer": 0, "byteOffset": start, "byteLength": array.nbytes})
    document["accessors"].append({"bufferView": len(document["bufferViews"]) - 1, "count": len(array), **accessor})
    return len(document["accessors"]) - 1


def only(*kept: str) -> Change:
    """All other names mean nothing."""
    return rename(lambda n: n if n in kept or not n else f"q{BLENDSHAPES.index(n) if n in BLENDSHAPES else 99}")
