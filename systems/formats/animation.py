"""A performance as glTF animation (glTF 2.0, 3.11): weights of morph targets, turns of head and eyes; written and read."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs import AssetError
from psi_ecs.components.face import FACE_ID, TONGUE, Head

from .export import JOINTS, Scene, shapes_of
from .glb import guarded
from .gltf import Reader, unpack
from .spelling import canonical

F64 = NDArray[np.float64]
TURNS = {"head": 52, "leftEye": 55, "rightEye": 58}
"""Nodes that turn, and where their yaw, pitch and roll stand in FACE."""
LONGEST = 4 * 3600.0
"""Seconds of an animation that are read at most."""


@dataclass
class Performance:
    """What a face did, frame by frame."""

    weights: NDArray[np.float32]
    """f32[T, 61] in the order of FACE."""
    tongue: NDArray[np.float32]
    """f32[T, 2] in the order of TONGUE."""
    fps: float = 60.0


def quaternions(turn: NDArray[Any]) -> F64:
    """Yaw, pitch and roll f[T, 3] (radians, see ROTATIONS) as quaternions x y z w f64[T, 4].

    The turn is that about y by yaw, times that about x by pitch, times that about z by minus roll: a roll to the left shoulder,
    which is at +x, runs against the turn about z.
    """
    y, x, z = (0.5 * sign * turn[:, k].astype(np.float64) for k, sign in enumerate((1.0, 1.0, -1.0)))
    cy, sy, cx, sx, cz, sz = np.cos(y), np.sin(y), np.cos(x), np.sin(x), np.cos(z), np.sin(z)
    return np.stack(
        [cy * sx * cz + sy * cx * sz, sy * cx * cz - cy * sx * sz, cy * cx * sz - sy * sx * cz, cy * cx * cz + sy * sx * sz], 1
    )


def turns(q: NDArray[Any]) -> F64:
    """Quaternions x y z w f[T, 4] as yaw, pitch and roll f64[T, 3]; the inverse of `quaternions`."""
    q = q.astype(np.float64)
    x, y, z, w = (q / np.maximum(np.linalg.norm(q, axis=1, keepdims=True), 1e-12)).T
    pitch = np.arcsin(np.clip(2 * (w * x - y * z), -1.0, 1.0))
    yaw = np.arctan2(2 * (x * z + w * y), 1 - 2 * (x * x + y * y))
    roll = np.arctan2(2 * (x * y + w * z), 1 - 2 * (x * x + z * z))
    return np.stack([yaw, pitch, -roll], 1)


def write_animation(head: Head, done: Performance, name: str = "performance") -> bytes:
    """A GLB of the head that plays the performance: one key a frame, linear between them."""
    scene = Scene(head)
    file = scene.file
    times = (np.arange(len(done.weights)) / done.fps).astype(np.float32)
    clock = file.array(times, "SCALAR", None, bounds=True)
    samplers: list[dict[str, Any]] = []
    channels: list[dict[str, Any]] = []

    def track(node: int, path: str, output: int) -> None:
        channels.append({"sampler": len(samplers), "target": {"node": node, "path": path}})
        samplers.append({"input": clock, "output": output, "interpolation": "LINEAR"})

    for node, first in TURNS.items():
        q = quaternions(done.weights[:, first : first + 3]).astype(np.float32)
        track(JOINTS.index(node), "rotation", file.array(q / np.linalg.norm(q, axis=1, keepdims=True), "VEC4", None))
    kept = dict[tuple[str, ...], int]()
    for mesh, at in zip(head.meshes, scene.node_of, strict=True):
        names = tuple(shapes_of(mesh))
        if names:
            if names not in kept:
                columns = [done.tongue[:, TONGUE.index(s)] if s in TONGUE else done.weights[:, FACE_ID[s]] for s in names]
                kept[names] = file.array(np.stack(columns, 1).astype(np.float32).reshape(-1), "SCALAR", None)
            track(at, "weights", kept[names])
    return scene.pack(animations=[{"name": name, "channels": channels, "samplers": samplers}])


def read_animation(data: bytes, name: str, fps: float = 60.0) -> Performance:
    """The first animation of a GLB, at `fps` frames a second. AssetError in one line if there is none, or it is broken."""
    return guarded(lambda: _read(data, name, fps), f"{name}.glb", "broken glTF", "export it again as GLB 2.0")


def _read(data: bytes, name: str, fps: float) -> Performance:
    document, binary = unpack(data, name)
    if not document.get("animations"):
        raise AssetError("holds no animation")
    found, reader = document["animations"][0], Reader(document, binary)
    tracks = [(c["target"], *_keys(reader, found["samplers"][c["sampler"]])) for c in found["channels"]]
    end = max((float(times[-1]) for _, times, _ in tracks if len(times)), default=-1.0)
    if not 0.0 <= end <= LONGEST:
        raise AssetError(f"its animation lasts {end:g} s; between 0 and {LONGEST:g} are read")
    at = np.arange(round(end * fps) + 1) / fps
    out = Performance(np.zeros((len(at), 61), np.float32), np.zeros((len(at), 2), np.float32), fps)
    for target, times, values in tracks:
        node = document["nodes"][target["node"]]
        if target["path"] == "weights":
            mesh = document["meshes"][node["mesh"]]
            shapes = [canonical(str(n)) for n in (mesh.get("extras") or {}).get("targetNames", [])]
            for k, shape in enumerate(shapes[: values.shape[1]]):
                line = np.interp(at, times, values[:, k])
                if shape in TONGUE:
                    out.tongue[:, TONGUE.index(shape)] = line
                elif shape is not None:
                    out.weights[:, FACE_ID[shape]] = line
        elif target["path"] == "rotation" and node.get("name") in TURNS:
            first = TURNS[node["name"]]
            yaw_pitch_roll = turns(values)
            for k in range(3):
                out.weights[:, first + k] = np.interp(at, times, yaw_pitch_roll[:, k])
    return out


def _keys(reader: Reader, sampler: dict[str, Any]) -> tuple[F64, F64]:
    """(times f64[K], values f64[K, n]) of a sampler; of cubic splines the keys without their tangents."""
    times = reader(sampler["input"]).astype(np.float64).ravel()
    values = reader(sampler["output"]).astype(np.float64)
    if not len(times) or (np.diff(times) < 0).any() or values.size % len(times):
        raise ValueError("an animation whose times run backwards, or do not fit its values")
    if sampler.get("interpolation") == "CUBICSPLINE":
        values = values.reshape(len(times), 3, -1)[:, 1]
    return times, values.reshape(len(times), -1)
