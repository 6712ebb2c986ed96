"""The container of GLB files (glTF 2.0, Khronos): chunks, accessors and buffer views, read and written."""

import json
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs import AssetError
from psi_ecs.components.face import SHAPES, Mesh

TYPES: dict[int, Any] = {5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
WIDTH = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
LIMIT = 3_000_000
"""Vertices or indices in one accessor; a head has some ten thousand."""


def unpack(data: bytes, name: str) -> tuple[dict[str, Any], bytes]:
    """The JSON document and the binary chunk. AssetError if this is no GLB 2.0, or cut short."""
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
    if not 0 <= count <= LIMIT:
        raise ValueError(f"an accessor with {count} elements")
    dtype = np.dtype(TYPES[kind])
    spec = document["bufferViews"][view]
    start = int(spec.get("byteOffset", 0)) + int(offset)
    stride = int(spec.get("byteStride", 0)) or dtype.itemsize * width
    end = start + stride * (count - 1) + dtype.itemsize * width if count else start
    if start < 0 or stride < dtype.itemsize * width or end > len(binary):
        raise ValueError("an accessor reaches past the end of the buffer")
    return np.ndarray((count, width), dtype, binary, start, (stride, dtype.itemsize)).copy()


def accessor(document: dict[str, Any], binary: bytes, index: int) -> NDArray[Any]:
    """An accessor as an array; normalised integers become floats, sparse values are filled in."""
    spec = document["accessors"][index]
    width, count, kind = WIDTH[spec["type"]], int(spec["count"]), int(spec["componentType"])
    if "bufferView" in spec:
        out = _raw(document, binary, spec["bufferView"], spec.get("byteOffset", 0), kind, width, count)
    elif 0 <= count <= LIMIT:
        out = np.zeros((count, width), TYPES[kind])
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


def pack(document: dict[str, Any], blob: bytes) -> bytes:
    """A GLB of a document and its one buffer."""
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    body = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(blob), 0x004E4942) + blob
    return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body


def _whole(count: int) -> int:
    """The component type of indices below `count`: two bytes where they do (the largest is kept for restarts)."""
    return 5123 if count < 65536 - 1 else 5125


class Builder:
    """Accessors and buffer views as they grow."""

    def __init__(self) -> None:
        """Empty."""
        self.blob = bytearray()
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []
        self.meshes: list[dict[str, Any]] = []
        self.materials: list[str] = []

    def view(self, array: NDArray[Any], target: int | None = None) -> int:
        """Add bytes; the number of their buffer view."""
        raw = np.ascontiguousarray(array).tobytes()
        self.views.append(
            {"buffer": 0, "byteOffset": len(self.blob), "byteLength": len(raw)} | ({"target": target} if target else {})
        )
        self.blob += raw + b"\0" * (-len(raw) % 4)
        return len(self.views) - 1

    def add(self, **accessor: Any) -> int:
        """Add an accessor; its number."""
        self.accessors.append(accessor)
        return len(self.accessors) - 1

    def vectors(self, array: NDArray[Any], kind: str, bounds: bool = False) -> int:
        """Add f32[n, k] as an accessor of this kind, with the bounds that positions must have."""
        a = array.astype(np.float32)
        limits = {"min": a.min(0).tolist(), "max": a.max(0).tolist()} if bounds else {}
        return self.add(bufferView=self.view(a, 34962), componentType=5126, count=len(a), type=kind, **limits)

    def offsets(self, array: NDArray[Any]) -> int:
        """Add a morph target f32[n, 3], sparse: only what moves."""
        a = array.astype(np.float32)
        rows = np.flatnonzero(np.abs(a).max(1) > 2e-5)  # 0.02 mm: below what can be seen
        values, kind = a[rows], _whole(len(a))
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
                "indices": {"bufferView": self.view(rows.astype(TYPES[kind])), "componentType": kind},
                "values": {"bufferView": self.view(values)},
            },
        )

    def mesh(self, mesh: Mesh) -> int:
        """Add a mesh with its morph targets; its number."""
        if mesh.material not in self.materials:
            self.materials.append(mesh.material)
        kind = _whole(len(mesh.position))
        index = mesh.triangle.astype(TYPES[kind]).reshape(-1)
        primitive: dict[str, Any] = {
            "attributes": {
                "POSITION": self.vectors(mesh.position, "VEC3", bounds=True),
                "NORMAL": self.vectors(mesh.normal, "VEC3"),
                "TEXCOORD_0": self.vectors(mesh.uv, "VEC2"),
            },
            "indices": self.add(bufferView=self.view(index, 34963), componentType=kind, count=len(index), type="SCALAR"),
            "material": self.materials.index(mesh.material),
        }
        names = [s for s in SHAPES if s in mesh.delta]
        extras: dict[str, Any] = {"node": mesh.node}
        if names:
            primitive["targets"] = [{"POSITION": self.offsets(mesh.delta[s])} for s in names]
            extras["targetNames"] = names
        self.meshes.append(
            {"name": mesh.name, "primitives": [primitive], "extras": extras}
            | ({"weights": [0.0] * len(names)} if names else {})
        )
        return len(self.meshes) - 1
