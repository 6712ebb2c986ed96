"""Heads in GLB files (glTF 2.0, Khronos): read any head with a face, write our own.

What glTF has no word for (the rig measured in millimetres, landmarks) stands in `extras.psi` of the asset; a file without
it is brought into our space and measured when it is read.
"""

import struct
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from psi_ecs import AssetError
from psi_ecs.column import fields
from psi_ecs.components.face import Head, Rig

from .export import JOINTS, write_head
from .gltf import Reader, unpack
from .importing import Report, import_head
from .spelling import canonical
from .surface import normals, surfaces

__all__ = ["BROKEN", "MARKS", "canonical", "normals", "read_any", "read_head", "write_head"]
BROKEN = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, struct.error, RecursionError, MemoryError)
"""What reading a document that lies about itself may raise."""
T = TypeVar("T")
MARKS = (
    "mouth", "mouth_left", "mouth_right", "lip_upper", "lip_lower", "nose", "chin", "eye_left", "eye_right", "brow_left",
    "brow_right", "hairline", "neck",
)  # fmt: skip
"""Landmarks that every head has: given in the file, or measured."""


def read_head(data: bytes, name: str) -> Head:
    """A head from the bytes of a GLB. AssetError in one line if it is broken, or no head."""
    return read_any(data, name)[0]


def read_any(data: bytes, name: str, scale: float | None = None) -> tuple[Head, Report | None]:
    """A head, and what was found and made on the way if it is not our own file; `scale` is metres to a unit, if known."""
    return guarded(lambda: _read(data, name, scale), f"{name}.glb", "broken glTF", "export it again as GLB 2.0")


def guarded(read: Callable[[], T], file: str, broken: str, remedy: str) -> T:
    """What `read` gives; whatever a document that lies about itself may raise becomes an AssetError of one line."""
    try:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            return read()
    except AssetError as why:
        if str(why).startswith(f"{file}: "):
            raise
        raise AssetError(f"{file}: {why}") from why
    except BROKEN as why:
        what = " ".join(f"{type(why).__name__}: {why}".split())[:120]
        raise AssetError(f"{file}: {broken} ({what}); {remedy}") from why


def _read(data: bytes, name: str, scale: float | None) -> tuple[Head, Report | None]:
    document, binary = unpack(data, name)
    extras = (document.get("asset", {}).get("extras") or {}).get("psi") or {}
    found = surfaces(document, Reader(document, binary), own=bool(extras))
    if not (extras.get("rig") and extras.get("landmarks")):
        return import_head(found, name, scale)
    if not found.meshes:
        raise AssetError("holds no mesh; export the head itself")
    if not any(m.delta for m in found.meshes):
        raise AssetError("no morph target has an ARKit name (jawOpen, mouthClose, ...); a face needs them")
    landmarks = {str(k): _point(v) for k, v in extras["landmarks"].items()}
    if lacking := [mark for mark in MARKS if mark not in landmarks]:
        raise ValueError(f"extras.psi.landmarks lacks {lacking[0]}")
    pivot = {key: _point(at) for key, at in found.pivots.items() if key in JOINTS}
    for key, mark in (("head", "neck"), ("leftEye", "eye_left"), ("rightEye", "eye_right")):
        pivot.setdefault(key, landmarks[mark])
    return Head(name=name, meshes=found.meshes, pivot=pivot, rig=_rig(extras["rig"]), landmarks=landmarks), None


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
