"""Wavefront OBJ (1992): a folder of one neutral mesh and one mesh an expression, as ICT-FaceKit keeps a head.

Positions, texture coordinates, groups and materials are read; faces of more than three corners are fanned out.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from psi_ecs import AssetError
from psi_ecs.components.face import Mesh

from .spelling import channel
from .surface import Surfaces, material, normals

F32 = NDArray[np.float32]
NEUTRAL = ("generic_neutral_mesh", "neutral", "base", "head")
"""What the mesh without an expression may be called."""
LARGEST = 200_000_000
"""Bytes of one file that are read at most."""


@dataclass
class Obj:
    """One file."""

    position: F32
    uv: F32
    """f32[U, 2]."""
    parts: dict[str, list[list[tuple[int, int]]]] = field(default_factory=dict)
    """Material or group -> faces, each a list of (position, texture coordinate or -1)."""


def read_obj(path: Path, faces: bool = True) -> Obj:
    """One OBJ file; its positions only if `faces` is False. AssetError in one line."""
    try:
        if path.stat().st_size > LARGEST:
            raise AssetError(f"{path}: larger than {LARGEST // 1_000_000} MB; export it with less detail")
        lines = path.read_bytes().split(b"\n")
    except OSError as why:
        raise AssetError(f"{path}: {(why.strerror or str(why)).lower()}; check the path") from why
    out = Obj(np.zeros((0, 3), np.float32), np.zeros((0, 2), np.float32))
    point, texture, part, count = list[list[bytes]](), list[list[bytes]](), "mesh", 0
    for number, line in enumerate(lines, 1):
        word, _, rest = line.strip().partition(b" ")
        if word == b"v":
            point.append(rest.split()[:3])
        elif faces and word == b"vt":
            texture.append(rest.split()[:2])
        elif faces and word in (b"usemtl", b"g", b"o") and rest.strip():
            part = rest.strip().decode("utf-8", "replace")
        elif faces and word == b"f":
            count += 1
            try:
                corners = [_corner(c, len(point), len(texture)) for c in rest.split()]
            except ValueError as why:
                raise AssetError(f"{path}: line {number}: {why}") from why
            out.parts.setdefault(part, []).append(corners)
    out.position, out.uv = _numbers(point, 3, path), _numbers(texture, 2, path)
    return out


def _numbers(rows: list[list[bytes]], width: int, path: Path) -> F32:
    try:
        out = np.array(rows, dtype="S32").astype(np.float64) if rows else np.zeros((0, width))
        if out.shape != (len(rows), width) or not (np.abs(out) < 1e6).all():
            raise ValueError
    except ValueError as why:
        raise AssetError(f"{path}: a vertex without {width} numbers within reach; export it again") from why
    return out.astype(np.float32)


def _corner(text: bytes, points: int, textures: int) -> tuple[int, int]:
    """A corner `v/vt/vn` as indices from 0; negative ones count from the end."""
    first, _, rest = text.partition(b"/")
    second = rest.partition(b"/")[0]
    v, t = int(first), int(second) if second else 0
    v = v - 1 if v > 0 else points + v
    t = t - 1 if t > 0 else textures + t if t < 0 else -1
    if not 0 <= v < points or t >= textures or t < -1:
        raise ValueError(f"a face names vertex {text.decode('utf-8', 'replace')}, which is not there")
    return v, t


def read_folder(folder: Path, progress: Callable[[list[Path]], "list[Path]"] = list) -> Surfaces:
    """A head from a folder of OBJ files, the one without an expression named by NEUTRAL. AssetError in one line.

    `progress` may wrap the list of files to show how far it is.
    """
    files = sorted(p for p in folder.iterdir() if p.suffix.lower() == ".obj")
    neutral = next((p for name in NEUTRAL for p in files if p.stem.lower() == name), None)
    if neutral is None:
        raise AssetError(f"{folder}: holds no neutral mesh ({', '.join(n + '.obj' for n in NEUTRAL)}); name it so")
    base = read_obj(neutral)
    found, shapes = Surfaces(), dict[str, F32]()
    for path in progress([p for p in files if p != neutral]):
        meant = channel(path.stem)
        found.targets += 1
        if meant is None:
            found.unknown.append(path.stem)
            continue
        other = read_obj(path, faces=False).position
        if other.shape != base.position.shape:
            raise AssetError(f"{path}: has {len(other)} vertices and the neutral mesh {len(base.position)}; they must agree")
        shapes[meant] = other - base.position
        found.spelled[meant] = path.stem
    if not found.targets:
        raise AssetError(f"{neutral}: stands alone; a face needs one OBJ an expression beside it (jawOpen.obj, ...)")
    found.meshes = [_mesh(name, faces, base, shapes) for name, faces in base.parts.items() if faces]
    return found


def _mesh(name: str, faces: list[list[tuple[int, int]]], base: Obj, shapes: dict[str, F32]) -> Mesh:
    """One material or group as a mesh; a vertex for each pair of position and texture coordinate."""
    fans = [(f[0], f[k], f[k + 1]) for f in faces for k in range(1, len(f) - 1)]
    corners = np.array(fans, np.int64).reshape(-1, 2)
    if not len(corners):
        raise AssetError(f"part {name!r} has no faces of three corners or more")
    pairs, triangle = np.unique(corners, axis=0, return_inverse=True)
    at, triangles = pairs[:, 0], triangle.reshape(-1, 3).astype(np.uint32)
    position = base.position[at]
    uv = base.uv[np.maximum(pairs[:, 1], 0)] if len(base.uv) else np.zeros((len(at), 2), np.float32)
    delta = {s: d[at] for s, d in shapes.items() if np.abs(d[at]).max(initial=0.0) > 1e-7}
    return Mesh(
        name=name, material=material(name), position=position, normal=normals(position, triangles), uv=uv,
        triangle=triangles, delta=delta,
    )  # fmt: skip
