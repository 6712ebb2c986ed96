"""The container of GLB files (glTF 2.0, Khronos): chunks, accessors and buffer views, read and written."""

import json
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs import AssetError

TYPES: dict[int, Any] = {5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
WIDTH = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
LIMIT = 1_000_000
"""Vertices or indices in one accessor; a head has some ten thousand."""
TEXT = 40_000_000
"""Bytes of the JSON document; an avatar's has one or two million."""
WIDEST = 16
BUDGET = 40_000_000
"""Numbers in all accessors together; a head of 20 000 vertices with 60 shapes has 4 million."""
COMPRESSED = ("KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_meshopt_compression")


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
    if size > TEXT:
        raise AssetError(f"{name}.glb: describes itself in {size // 1_000_000} MB of JSON; export the head alone")
    try:
        document = json.loads(data[20 : 20 + size])
    except RecursionError as why:
        raise AssetError(f"{name}.glb: broken glTF (its JSON is nested too deep)") from why
    except (UnicodeDecodeError, json.JSONDecodeError) as why:
        raise AssetError(f"{name}.glb: broken glTF (its JSON: {why})") from why
    if not isinstance(document, dict):
        raise AssetError(f"{name}.glb: broken glTF (its JSON is not an object)")
    start = 20 + size
    return document, data[start + 8 : start + 8 + struct.unpack_from("<I", data, start)[0]] if start + 8 <= len(data) else b""


class Reader:
    """Accessors of one file, read within a budget, so that a small file cannot ask for a large memory."""

    def __init__(self, document: dict[str, Any], binary: bytes) -> None:
        """Of an unpacked file. AssetError if its data are compressed in a way that is not read."""
        self.document, self.binary = document, binary
        self.left = BUDGET
        for name in document.get("extensionsRequired", []):
            if str(name) in COMPRESSED:
                raise AssetError(f"its meshes are compressed ({name}); export it again without compression")

    def __call__(self, index: int) -> NDArray[Any]:
        """An accessor as an array [count, width]; normalised integers become floats, sparse values are filled in."""
        spec = self.document["accessors"][_index(index)]
        width, count, kind = WIDTH[spec["type"]], int(spec["count"]), int(spec["componentType"])
        self._spend(count * width)
        if "bufferView" in spec:
            out = self._raw(spec["bufferView"], spec.get("byteOffset", 0), kind, width, count)
        else:
            out = np.zeros((count, width), TYPES[kind])
        if "sparse" in spec:
            s = spec["sparse"]
            at, values, n = s["indices"], s["values"], int(s["count"])
            self._spend(n * width)
            rows = self._raw(at["bufferView"], at.get("byteOffset", 0), int(at["componentType"]), 1, n)[:, 0]
            out[rows] = self._raw(values["bufferView"], values.get("byteOffset", 0), kind, width, n)
        if spec.get("normalized") and out.dtype != np.float32:
            out = np.maximum(out.astype(np.float32) / np.iinfo(str(out.dtype)).max, -1.0)
        if out.dtype == np.float32 and not np.isfinite(out).all():
            raise ValueError("it holds numbers that are not finite")
        return out

    def _spend(self, numbers: int) -> None:
        if not 0 <= numbers <= WIDEST * LIMIT:
            raise ValueError(f"an accessor with {numbers} numbers")
        self.left -= numbers
        if self.left < 0:
            raise AssetError(f"holds more than {BUDGET} numbers; export the head alone, with less detail")

    def _raw(self, view: int, offset: int, kind: int, width: int, count: int) -> NDArray[Any]:
        dtype = np.dtype(TYPES[kind])
        spec = self.document["bufferViews"][_index(view)]
        if int(spec.get("buffer", 0)) != 0 or "uri" in self.document["buffers"][0]:
            raise AssetError("keeps its data in other files; export it as one GLB")
        start = int(spec.get("byteOffset", 0)) + int(offset)
        stride = int(spec.get("byteStride", 0)) or dtype.itemsize * width
        end = start + stride * (count - 1) + dtype.itemsize * width if count else start
        if start < 0 or stride < dtype.itemsize * width or end > len(self.binary):
            raise ValueError("an accessor reaches past the end of the buffer")
        return np.ndarray((count, width), dtype, self.binary, start, (stride, dtype.itemsize)).copy()


def _index(given: Any) -> int:
    """A reference of the document: Python would take -1 for the last."""
    number = int(given)
    if number < 0:
        raise ValueError(f"a reference to number {number}")
    return number


def pack(document: dict[str, Any], blob: bytes) -> bytes:
    """A GLB of a document and its one buffer."""
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    body = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(blob), 0x004E4942) + blob
    return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body


def whole(count: int) -> int:
    """The component type of indices below `count`: two bytes where they do (the largest is kept for restarts)."""
    return 5123 if count < 65536 - 1 else 5125


def short(values: NDArray[Any]) -> Any:
    """An array as lists of the shortest decimals that are read back as the same float32."""
    if values.ndim:
        return [short(v) for v in values]
    return float(str(np.float32(values)))


class Builder:
    """Accessors and buffer views as they grow."""

    def __init__(self, plain: bool = False) -> None:
        """Empty; `plain` writes morph targets whole instead of sparse, for readers that know no sparse accessors."""
        self.plain = plain
        self.blob, self.sparse = bytearray(), bytearray()
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []

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

    def array(
        self, array: NDArray[Any], kind: str, target: int | None = 34962, bounds: bool = False, normal: bool = False
    ) -> int:
        """Add numbers [n, k] of one of TYPES as an accessor of this kind, with bounds, and whole numbers standing for shares of
        their largest, where that is asked for."""
        flat = array.reshape(len(array), -1)
        limits: dict[str, Any] = {"min": short(flat.min(0)), "max": short(flat.max(0))} if bounds else {}
        code = next(code for code, dtype in TYPES.items() if array.dtype == dtype)
        limits |= {"normalized": True} if normal else {}
        return self.add(bufferView=self.view(array, target), componentType=code, count=len(array), type=kind, **limits)

    def _shared(self, array: NDArray[Any]) -> dict[str, int]:
        """Add bytes to the one view that all sparse accessors share; where they are."""
        if not self.sparse:
            self.views.append({"buffer": 0})
            self._sparse_view = len(self.views) - 1
        at, raw = len(self.sparse), np.ascontiguousarray(array).tobytes()
        self.sparse += raw + b"\0" * (-len(raw) % 4)
        return {"bufferView": self._sparse_view, "byteOffset": at}

    def finish(self) -> bytes:
        """The bytes of the buffer, once all is added."""
        if self.sparse:
            self.views[self._sparse_view] |= {"byteOffset": len(self.blob), "byteLength": len(self.sparse)}
        return bytes(self.blob + self.sparse)

    def offsets(self, array: NDArray[Any]) -> int:
        """Add a morph target f32[n, 3], sparse: only what moves."""
        a = array.astype(np.float32)
        rows = np.flatnonzero(np.abs(a).max(1) > 2e-5)  # 0.02 mm: below what can be seen
        full, kind = np.zeros_like(a), whole(len(a))
        full[rows] = a[rows]
        if self.plain:
            return self.array(full, "VEC3", bounds=True)
        if not len(rows):
            return self.add(componentType=5126, count=len(a), type="VEC3", min=[0.0] * 3, max=[0.0] * 3)
        return self.add(
            componentType=5126,
            count=len(a),
            type="VEC3",
            min=short(full.min(0)),
            max=short(full.max(0)),
            sparse={
                "count": len(rows),
                "indices": self._shared(rows.astype(TYPES[kind])) | {"componentType": kind},
                "values": self._shared(a[rows]),
            },
        )
