"""Heads in GLB files (glTF 2.0, Khronos): read any head with ARKit-named morph targets, write our own.

What glTF has no word for (the rig measured in millimetres, landmarks) stands in `extras.psi` of the asset; a file without
it is measured when it is read.
"""

import json
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs import AssetError
from psi_ecs.components.face import BLENDSHAPES, Head, Mesh

from .calibrate import landmarks_of, measure

_TYPES: dict[int, Any] = {5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
_WIDTH = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
_LIMIT = 3_000_000  # vertices or indices in one accessor; a head has some ten thousand
_CANON = {s.lower(): s for s in BLENDSHAPES}
NODES = ("body", "head", "leftEye", "rightEye")


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
        head = _read(data, name)
    except AssetError:
        raise
    except (KeyError, IndexError, ValueError, TypeError, AttributeError, struct.error, OverflowError, RecursionError) as why:
        raise AssetError(f"{name}.glb: broken glTF ({type(why).__name__}: {why}); export it again as GLB 2.0") from why
    return head


def _read(data: bytes, name: str) -> Head:
    document, binary = _chunks(data, name)
    meshes: list[Mesh] = []
    for node in document.get("nodes", []):
        if "mesh" in node:
            meshes += _node_meshes(document, binary, node, name)
    if not meshes:
        raise AssetError(f"{name}.glb: holds no mesh")
    if not any(m.delta for m in meshes):
        raise AssetError(f"{name}.glb: no morph target has an ARKit name (jawOpen, mouthClose, ...); a face needs them")
    extras = document.get("asset", {}).get("extras", {}).get("psi", {})
    pivot = {
        n["name"]: tuple(map(float, n["translation"]))
        for n in document["nodes"]
        if n.get("name") in NODES and "translation" in n
    }
    landmarks = {k: (float(v[0]), float(v[1]), float(v[2])) for k, v in extras.get("landmarks", {}).items()} or landmarks_of(
        meshes
    )
    for mesh in meshes:
        if mesh.material == "eye" and mesh.node == "head":
            mesh.node = "leftEye" if mesh.position[:, 0].mean() > 0 else "rightEye"
    for key, mark in (("head", "neck"), ("leftEye", "eye_left"), ("rightEye", "eye_right")):
        pivot.setdefault(key, landmarks[mark])
    rig = {k: np.asarray(v, np.float32) for k, v in extras["rig"].items()} if extras.get("rig") else measure(meshes, name)
    return Head(name=name, meshes=meshes, pivot=pivot, rig=rig, landmarks=landmarks)  # type: ignore[arg-type]


def _chunks(data: bytes, name: str) -> tuple[dict[str, Any], bytes]:
    if len(data) < 20 or data[:4] != b"glTF":
        raise AssetError(f"{name}.glb: not a GLB file (it does not begin with 'glTF')")
    version, length = struct.unpack_from("<II", data, 4)
    if version != 2:
        raise AssetError(f"{name}.glb: glTF version {version}; only version 2 is read")
    if length > len(data):
        raise AssetError(f"{name}.glb: cut short ({len(data)} of {length} bytes)")
    size, kind = struct.unpack_from("<II", data, 12)
    if kind != 0x4E4F534A or 20 + size > len(data):
        raise AssetError(f"{name}.glb: broken glTF (no JSON chunk)")
    try:
        document = json.loads(data[20 : 20 + size])
    except (UnicodeDecodeError, json.JSONDecodeError) as why:
        raise AssetError(f"{name}.glb: broken glTF (its JSON: {why})") from why
    if not isinstance(document, dict):
        raise AssetError(f"{name}.glb: broken glTF (its JSON is not an object)")
    start = 20 + size
    return document, data[start + 8 : start + 8 + struct.unpack_from("<I", data, start)[0]] if start + 8 <= len(data) else b""


def _raw(document: dict[str, Any], binary: bytes, view: int, offset: int, kind: int, width: int, count: int) -> NDArray[Any]:
    if not 0 <= count <= _LIMIT:
        raise ValueError(f"an accessor with {count} elements")
    dtype = np.dtype(_TYPES[kind])
    spec = document["bufferViews"][view]
    start = int(spec.get("byteOffset", 0)) + int(offset)
    stride = int(spec.get("byteStride", 0)) or dtype.itemsize * width
    end = start + stride * (count - 1) + dtype.itemsize * width if count else start
    if start < 0 or stride < dtype.itemsize * width or end > len(binary):
        raise ValueError("an accessor reaches past the end of the buffer")
    return np.ndarray((count, width), dtype, binary, start, (stride, dtype.itemsize)).copy()


def _accessor(document: dict[str, Any], binary: bytes, index: int) -> NDArray[Any]:
    """An accessor as an array; normalised integers become floats, sparse values are filled in."""
    spec = document["accessors"][index]
    width, count, kind = _WIDTH[spec["type"]], int(spec["count"]), int(spec["componentType"])
    if "bufferView" in spec:
        out = _raw(document, binary, spec["bufferView"], spec.get("byteOffset", 0), kind, width, count)
    elif 0 <= count <= _LIMIT:
        out = np.zeros((count, width), _TYPES[kind])
    else:
        raise ValueError(f"an accessor with {count} elements")
    if "sparse" in spec:
        s = spec["sparse"]
        at = s["indices"]
        rows = _raw(document, binary, at["bufferView"], at.get("byteOffset", 0), at["componentType"], 1, s["count"])[:, 0]
        values = s["values"]
        out[rows] = _raw(document, binary, values["bufferView"], values.get("byteOffset", 0), kind, width, s["count"])
    if spec.get("normalized") and out.dtype != np.float32:
        out = np.maximum(out.astype(np.float32) / np.iinfo(str(out.dtype)).max, -1.0)
    if out.dtype == np.float32 and not np.isfinite(out).all():
        raise ValueError("it holds numbers that are not finite")
    return out


def _node_meshes(document: dict[str, Any], binary: bytes, node: dict[str, Any], name: str) -> list[Mesh]:
    """The primitives of a node as meshes, the node's scale and translation applied (unless it is one of our pivots)."""
    spec = document["meshes"][node["mesh"]]
    scale = np.array(node.get("scale", (1, 1, 1)), np.float32)
    shift = np.array(node.get("translation", (0, 0, 0)), np.float32)
    names = spec.get("extras", {}).get("targetNames", [])
    out = []
    for k, prim in enumerate(spec["primitives"]):
        part = prim["attributes"]
        position = _accessor(document, binary, part["POSITION"]).astype(np.float32) * scale + shift
        triangle = _accessor(document, binary, prim["indices"]).astype(np.uint32).reshape(-1, 3)
        if len(triangle) and triangle.max() >= len(position):
            raise ValueError("a triangle names a vertex that is not there")
        delta: dict[str, NDArray[np.float32]] = {}
        for i, target in enumerate(prim.get("targets", [])):
            shape = canonical(names[i]) if i < len(names) else None
            if shape is not None and "POSITION" in target:
                offset = _accessor(document, binary, target["POSITION"]).astype(np.float32) * scale
                if offset.shape == position.shape and np.abs(offset).max(initial=0) > 1e-6:
                    delta[shape] = delta[shape] + offset if shape in delta else offset
        has_uv = "TEXCOORD_0" in part
        uv = (
            _accessor(document, binary, part["TEXCOORD_0"]).astype(np.float32)
            if has_uv
            else np.zeros((len(position), 2), np.float32)
        )
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
                node=spec.get("extras", {}).get("node", "head"),
            )
        )
    return out


def _normals(
    document: dict[str, Any], binary: bytes, part: dict[str, Any], position: NDArray[Any], triangle: NDArray[Any]
) -> NDArray[np.float32]:
    if "NORMAL" not in part:
        return normals(position, triangle)
    given = _accessor(document, binary, part["NORMAL"]).astype(np.float32)
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
    more = (("tongue", "tongue"), ("gum", "gum"), ("mouth", "gum"), ("hair", "hair"), ("cloth", "cloth"), ("shirt", "cloth"))
    for hint in hints:
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
    file = _File()
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
        "materials": [{"name": m, "doubleSided": m in ("hair", "lash", "brow")} for m in file.materials],
        "accessors": file.accessors,
        "bufferViews": file.views,
        "buffers": [{"byteLength": len(file.blob)}],
    }
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    body = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(file.blob), 0x004E4942) + bytes(file.blob)
    return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body


class _File:
    """Accessors and buffer views as they grow."""

    def __init__(self) -> None:
        self.blob = bytearray()
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []
        self.meshes: list[dict[str, Any]] = []
        self.materials: list[str] = []

    def view(self, array: NDArray[Any], target: int | None = None) -> int:
        raw = np.ascontiguousarray(array).tobytes()
        self.views.append(
            {"buffer": 0, "byteOffset": len(self.blob), "byteLength": len(raw)} | ({"target": target} if target else {})
        )
        self.blob += raw + b"\0" * (-len(raw) % 4)
        return len(self.views) - 1

    def add(self, **accessor: Any) -> int:
        self.accessors.append(accessor)
        return len(self.accessors) - 1

    def vectors(self, array: NDArray[Any], kind: str, bounds: bool = False) -> int:
        a = array.astype(np.float32)
        limits = {"min": a.min(0).tolist(), "max": a.max(0).tolist()} if bounds else {}
        return self.add(bufferView=self.view(a, 34962), componentType=5126, count=len(a), type=kind, **limits)

    def offsets(self, array: NDArray[Any]) -> int:
        a = array.astype(np.float32)
        rows = np.flatnonzero(np.abs(a).max(1) > 2e-5)  # 0.02 mm: below what can be seen
        sparse_at, values = rows.astype(np.uint32), a[rows]
        if not len(rows):
            return self.add(componentType=5126, count=len(a), type="VEC3", min=[0.0] * 3, max=[0.0] * 3)
        full = np.zeros_like(a)
        full[rows] = values
        return self.add(
            componentType=5126,
            count=len(a),
            type="VEC3",
            min=full.min(0).tolist(),
            max=full.max(0).tolist(),
            sparse={
                "count": len(rows),
                "indices": {"bufferView": self.view(sparse_at), "componentType": 5125},
                "values": {"bufferView": self.view(values)},
            },
        )

    def mesh(self, mesh: Mesh) -> int:
        if mesh.material not in self.materials:
            self.materials.append(mesh.material)
        index = mesh.triangle.astype(np.uint32).reshape(-1)
        primitive: dict[str, Any] = {
            "attributes": {
                "POSITION": self.vectors(mesh.position, "VEC3", bounds=True),
                "NORMAL": self.vectors(mesh.normal, "VEC3"),
                "TEXCOORD_0": self.vectors(mesh.uv, "VEC2"),
            },
            "indices": self.add(bufferView=self.view(index, 34963), componentType=5125, count=len(index), type="SCALAR"),
            "material": self.materials.index(mesh.material),
        }
        names = [s for s in BLENDSHAPES if s in mesh.delta]
        extras: dict[str, Any] = {"node": mesh.node}
        if names:
            primitive["targets"] = [{"POSITION": self.offsets(mesh.delta[s])} for s in names]
            extras["targetNames"] = names
        self.meshes.append(
            {"name": mesh.name, "primitives": [primitive], "extras": extras}
            | ({"weights": [0.0] * len(names)} if names else {})
        )
        return len(self.meshes) - 1
