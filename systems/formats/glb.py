"""Heads in GLB files (glTF 2.0, Khronos): read any head with ARKit-named morph targets, write our own.

What glTF has no word for (the rig measured in millimetres, landmarks) stands in `extras.psi` of the asset; a file without
it is measured when it is read.
"""

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs import AssetError
from psi_ecs.column import fields
from psi_ecs.components.face import SHAPES, Head, Mesh, Rig

from .calibrate import landmarks_of, measure
from .gltf import LIMIT, Builder, accessor, pack, unpack

_CANON = {s.lower(): s for s in SHAPES}
BROKEN = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, struct.error, RecursionError, MemoryError)
"""What reading a document that lies about itself may raise."""
NODES = ("body", "head", "leftEye", "rightEye")


MARKS = (
    "mouth", "mouth_left", "mouth_right", "lip_upper", "lip_lower", "nose", "chin", "eye_left", "eye_right", "brow_left",
    "brow_right", "hairline", "neck",
)  # fmt: skip
"""Landmarks that every head has: given in the file, or measured."""


def canonical(name: str) -> str | None:
    """The ARKit name of a morph target in any of the known spellings (case, `_L`/`_R`, `jaw_open`), or None."""
    flat = name.rsplit(".", 1)[-1]
    for short, long in (("_L", "Left"), ("_R", "Right"), ("_l", "Left"), ("_r", "Right")):
        if flat.endswith(short):
            flat = flat[:-2] + long
    return _CANON.get(flat.replace("_", "").lower())


def read_head(data: bytes, name: str) -> Head:
    """A head from the bytes of a GLB. AssetError in one line if it is broken, or no head."""
    try:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            return _read(data, name)
    except AssetError as why:
        if str(why).startswith(f"{name}.glb: "):
            raise
        raise AssetError(f"{name}.glb: {why}") from why
    except BROKEN as why:
        what = " ".join(f"{type(why).__name__}: {why}".split())[:120]
        raise AssetError(f"{name}.glb: broken glTF ({what}); export it again as GLB 2.0") from why


def _read(data: bytes, name: str) -> Head:
    document, binary = unpack(data, name)
    meshes: list[Mesh] = []
    for node in document.get("nodes", []):
        if "mesh" in node:
            meshes += _node_meshes(document, binary, node)
        if sum(len(m.position) for m in meshes) > LIMIT:
            raise AssetError(f"{name}.glb: more than {LIMIT} vertices; export it with less detail")
    if not meshes:
        raise AssetError(f"{name}.glb: holds no mesh; export the head itself")
    if not any(m.delta for m in meshes):
        raise AssetError(f"{name}.glb: no morph target has an ARKit name (jawOpen, mouthClose, ...); a face needs them")
    extras = document.get("asset", {}).get("extras", {}).get("psi", {})
    pivot = {n["name"]: _point(n["translation"]) for n in document["nodes"] if n.get("name") in NODES and "translation" in n}
    landmarks = {str(k): _point(v) for k, v in extras.get("landmarks", {}).items()} or landmarks_of(meshes)
    if lacking := [mark for mark in MARKS if mark not in landmarks]:
        raise ValueError(f"extras.psi.landmarks lacks {lacking[0]}")
    for mesh in meshes:
        if mesh.material == "eye" and mesh.node == "head":
            mesh.node = "leftEye" if mesh.position[:, 0].mean() > 0 else "rightEye"
    for key, mark in (("head", "neck"), ("leftEye", "eye_left"), ("rightEye", "eye_right")):
        pivot.setdefault(key, landmarks[mark])
    rig = _rig(extras["rig"]) if extras.get("rig") else measure(meshes, name)
    return Head(name=name, meshes=meshes, pivot=pivot, rig=rig, landmarks=landmarks)


def _point(given: Any) -> tuple[float, float, float]:
    x, y, z = (float(v) for v in given)
    if not all(abs(v) < 1000.0 for v in (x, y, z)):
        raise ValueError("a point lies further than a kilometre off")
    return x, y, z


def _rig(given: dict[str, Any]) -> dict[str, NDArray[Any]]:
    """The measured rig that our own files carry, its shapes checked."""
    rig = {key: np.asarray(given[key], np.float32) for key in fields(Rig)}
    for key, field in fields(Rig).items():
        if rig[key].shape != field.shape or not np.isfinite(rig[key]).all():
            raise ValueError(f"extras.psi.rig.{key} has the wrong shape or no finite numbers")
    return rig


def _node_meshes(document: dict[str, Any], binary: bytes, node: dict[str, Any]) -> list[Mesh]:
    """The primitives of a node as meshes, the node's scale and translation applied (unless it is one of our pivots)."""
    spec = document["meshes"][node["mesh"]]
    scale = np.array(node.get("scale", (1, 1, 1)), np.float32)
    shift = np.array(node.get("translation", (0, 0, 0)), np.float32)
    names = spec.get("extras", {}).get("targetNames", [])
    out = []
    for k, prim in enumerate(spec["primitives"]):
        part = prim["attributes"]
        position = accessor(document, binary, part["POSITION"]).astype(np.float32)
        if position.shape[1] != 3:
            raise ValueError("positions are not in three dimensions")
        position = position * scale + shift
        triangle = accessor(document, binary, prim["indices"]).astype(np.uint32).reshape(-1, 3)
        if not len(triangle) or np.abs(position).max(initial=0) > 1000.0:
            raise ValueError("a mesh without triangles, or further than a kilometre off")
        if triangle.max() >= len(position):
            raise ValueError("a triangle names a vertex that is not there")
        delta: dict[str, NDArray[np.float32]] = {}
        for i, target in enumerate(prim.get("targets", [])):
            shape = canonical(names[i]) if i < len(names) else None
            if shape is not None and "POSITION" in target:
                offset = accessor(document, binary, target["POSITION"]).astype(np.float32) * scale
                if offset.shape == position.shape and np.abs(offset).max(initial=0) > 1e-6:
                    delta[shape] = delta[shape] + offset if shape in delta else offset
        has_uv = "TEXCOORD_0" in part
        uv = (
            accessor(document, binary, part["TEXCOORD_0"]).astype(np.float32)
            if has_uv
            else np.zeros((len(position), 2), np.float32)
        )
        if uv.shape != (len(position), 2):
            raise ValueError("texture coordinates and positions differ in number")
        title = f"{node.get('name', spec.get('name', 'mesh'))}{k or ''}"
        made_of = document["materials"][prim["material"]].get("name", title) if "material" in prim else title
        out.append(
            Mesh(
                name=title,
                material=_material(made_of, title),
                position=position,
                normal=_normals(document, binary, part, position, triangle),
                uv=uv,
                triangle=triangle,
                delta=delta,
                node=where if (where := spec.get("extras", {}).get("node")) in NODES else "head",
            )
        )
    return out


def _normals(
    document: dict[str, Any], binary: bytes, part: dict[str, Any], position: NDArray[Any], triangle: NDArray[Any]
) -> NDArray[np.float32]:
    if "NORMAL" not in part:
        return normals(position, triangle)
    given = accessor(document, binary, part["NORMAL"]).astype(np.float32)
    if given.shape != position.shape:
        raise ValueError("normals and positions differ in number")
    return np.asarray(given / np.maximum(np.linalg.norm(given, axis=1, keepdims=True), 1e-9), np.float32)


def _material(*hints: str) -> str:
    """One of our materials from the names that a file uses."""
    words = (
        ("lash", "lash"),
        ("eyelid", "skin"),
        ("brow", "brow"),
        ("eye", "eye"),
        ("iris", "eye"),
        ("teeth", "teeth"),
        ("tooth", "teeth"),
    )
    more = (("tongue", "tongue"), ("gum", "gum"), ("mouth", "gum"), ("hair", "cap"), ("cloth", "cloth"), ("shirt", "cloth"))
    for hint in hints:
        if hint in ("cap", "hair"):  # our own files
            return hint
        for word, material in words + more:
            if word in hint.lower():
                return material
    return "skin"


def normals(position: NDArray[Any], triangle: NDArray[Any]) -> NDArray[np.float32]:
    """Unit vertex normals, faces weighted by area."""
    p = position[triangle]
    face = np.cross(p[:, 1] - p[:, 0], p[:, 2] - p[:, 0])
    out = np.stack([np.bincount(triangle.ravel(), np.repeat(face[:, k], 3), len(position)) for k in range(3)], 1)
    length = np.linalg.norm(out, axis=1, keepdims=True)
    return np.where(length > 1e-20, out / np.maximum(length, 1e-20), (0.0, 0.0, 1.0)).astype(np.float32)


def write_head(head: Head) -> bytes:
    """A head as a GLB: float32, sparse morph targets, `extras.psi` with rig and landmarks."""
    file = Builder()
    nodes: list[dict[str, Any]] = [{"name": n, "translation": list(map(float, p))} for n, p in head.pivot.items()]
    for mesh in head.meshes:
        nodes.append({"name": mesh.name, "mesh": file.mesh(mesh)})
    document = {
        "asset": {
            "version": "2.0",
            "generator": "psi-ecs",
            "extras": {"psi": {"rig": {k: v.tolist() for k, v in head.rig.items()}, "landmarks": head.landmarks}},
        },
        "scene": 0,
        "scenes": [{"nodes": list(range(len(nodes)))}],
        "nodes": nodes,
        "meshes": file.meshes,
        "materials": [{"name": m, "doubleSided": m in ("hair", "cap", "lash", "brow")} for m in file.materials],
        "accessors": file.accessors,
        "bufferViews": file.views,
        "buffers": [{"byteLength": len(file.blob)}],
    }
    return pack(document, bytes(file.blob))
