"""The surfaces of a glTF document as meshes in world space, with every morph target whose name is known."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs import AssetError
from psi_ecs.components.face import Mesh

from . import vrm
from .gltf import LIMIT, Reader
from .nodes import EYES, Nodes
from .spelling import EXPRESSIONS, canonical, channel

F32 = NDArray[np.float32]
FAR = 1e6
"""Units from the origin beyond which nothing lies."""
_MATERIALS = (
    ("lash", "lash"), ("eyeline", "lash"), ("eyelid", "skin"), ("brow", "brow"), ("brw", "brow"), ("eyeshadow", "lash"),
    ("lacrimal", "skin"), ("eye", "eye"), ("iris", "eye"), ("sclera", "eye"),
    ("cornea", "eye"), ("pupil", "eye"), ("teeth", "teeth"), ("tooth", "teeth"), ("gum", "gum"), ("tongue", "tongue"),
    ("mouth", "gum"), ("hair", "cap"), ("beard", "cap"), ("moustache", "cap"), ("cap", "cap"), ("headwear", "cloth"),
    ("glasses", "cloth"), ("cloth", "cloth"), ("shirt", "cloth"), ("outfit", "cloth"), ("tops", "cloth"), ("bottoms", "cloth"),
    ("shoe", "cloth"), ("sweater", "cloth"), ("collar", "cloth"), ("onepiece", "cloth"),
)  # fmt: skip
"""Words in the names of materials and meshes, and which of our materials they mean."""
SHELLS = ("occlusion", "tearline", "eyeblend", "eyewet", "eyeao")
"""Words for films over an eye that only a texture makes look like something; they are left out."""
OURS = ("skin", "eye", "teeth", "gum", "tongue", "lash", "brow", "hair", "cap", "cloth")


@dataclass
class Surfaces:
    """What a document holds of a face, in its own units and axes."""

    meshes: list[Mesh] = field(default_factory=list)
    """`delta` by channel (see `spelling`); what an eye's bone moves is a mesh of its own on that eye's node."""
    spelled: dict[str, str] = field(default_factory=dict)
    """Channel -> the name that the file has for it."""
    unknown: list[str] = field(default_factory=list)
    """Morph targets that mean nothing here."""
    eyes: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    """Where the bones of the eyes are, by node."""
    targets: int = 0
    """Morph targets of any name."""
    shells: list[str] = field(default_factory=list)
    """Meshes that were left out, see SHELLS."""
    pivots: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    """Where nodes without a mesh are, by name."""


def surfaces(document: dict[str, Any], reader: Reader, own: bool = False) -> Surfaces:
    """Every triangle mesh of the document; `own` if we wrote it. AssetError or one of `glb.BROKEN` if it lies about itself."""
    nodes, out = Nodes(document), Surfaces()
    bones = nodes.eyes(vrm.humanoid(document))
    out.eyes = {side: nodes.position(i) for side, i in bones.items()}
    binds = vrm.expressions(document)
    out.pivots = {str(n.get("name")): nodes.position(i) for i, n in enumerate(nodes.all) if "mesh" not in n}
    for i, node in enumerate(nodes.all):
        if "mesh" in node:
            for k, primitive in enumerate(document["meshes"][int(node["mesh"])]["primitives"]):
                if int(primitive.get("mode", 4)) == 4:
                    one = _Primitive(document, reader, nodes, i, k, binds, out, own)
                    if own or not one.shell:
                        out.meshes += one.meshes(bones)
                    else:
                        out.shells.append(one.title)
            if sum(len(m.position) for m in out.meshes) > LIMIT:
                raise AssetError(f"more than {LIMIT} vertices; export it with less detail")
    return out


class _Primitive:
    """One primitive of one node, on its way to become a mesh."""

    def __init__(
        self, document: dict[str, Any], reader: Reader, nodes: Nodes, index: int, number: int, binds: vrm.Binds,
        out: Surfaces, own: bool,
    ) -> None:  # fmt: skip
        node = nodes.all[index]
        self.mesh, self.own = int(node["mesh"]), own
        spec = document["meshes"][self.mesh]
        given = spec["primitives"][number]
        attributes = given["attributes"]
        self.title = f"{node.get('name') or spec.get('name') or 'mesh'}{number or ''}"
        made_of = document["materials"][given["material"]].get("name", "") if "material" in given else ""
        hints = (str(made_of), str(spec.get("name", "")), self.title)
        self.shell = any(word in hint.lower().replace("_", "") for word in SHELLS for hint in hints)
        self.material = hints[0] if own and hints[0] in OURS else material(*hints)
        where = (spec.get("extras") or {}).get("node")
        self.node = str(where) if own and where in ("body", *EYES) else "head"
        raw = vectors(reader, attributes["POSITION"])
        self.matrix, self.joint = nodes.matrix[index][:3], None
        if own:  # positions are those of the whole head, whatever node they hang from
            self.matrix = np.eye(4)[:3]
        elif skin := nodes.skinned(reader, node, attributes):
            self.matrix, self.joint = skin
            if len(self.joint) != len(raw):
                raise ValueError("joints and positions differ in number")
        self.position = place(self.matrix, raw, 1.0)
        self.triangle = triangles(reader, given, len(raw))
        if np.linalg.det(self.matrix[..., :3]).mean() < 0.0:  # a mirrored node turns its triangles inside out
            self.triangle = np.ascontiguousarray(self.triangle[:, ::-1])
        self.normal = self._normals(reader, attributes)
        self.uv = coordinates(reader, attributes, len(raw))
        self.delta = self._deltas(reader, spec, given, binds, out)

    def _normals(self, reader: Reader, attributes: dict[str, Any]) -> F32:
        if "NORMAL" not in attributes:
            return normals(self.position, self.triangle)
        given = vectors(reader, attributes["NORMAL"], len(self.position))
        if np.array_equal(self.matrix, np.eye(4)[:3]):
            return unit(given)
        linear = self.matrix[..., :3]  # normals turn by the inverse transpose
        turn = np.linalg.inv(_regular(linear)).swapaxes(-1, -2)
        return unit(place(np.concatenate([turn, 0.0 * linear[..., :1]], -1).astype(np.float64), given, 0.0))

    def _deltas(
        self, reader: Reader, spec: dict[str, Any], given: dict[str, Any], binds: vrm.Binds, out: Surfaces
    ) -> dict[str, F32]:
        names = (spec.get("extras") or {}).get("targetNames") or (given.get("extras") or {}).get("targetNames") or []
        named: dict[str, F32] = {}
        bound: dict[str, F32] = {}
        for i, target in enumerate(given.get("targets", [])):
            name = str(names[i]) if i < len(names) else ""
            meant = canonical(name) if self.own else channel(name)
            shares = binds.get((self.mesh, i), [])
            out.targets += 1
            if meant is None and not shares and name and name not in out.unknown:
                out.unknown.append(name)
            if (meant is None and not shares) or "POSITION" not in target:
                continue
            offset = place(self.matrix, vectors(reader, target["POSITION"], len(self.position)), 0.0)
            if not np.abs(offset).max(initial=0.0) > 0.0:
                continue
            if meant is not None and meant not in named:
                named[meant] = offset
                out.spelled.setdefault(meant, name)
            for expression, weight in shares:
                scaled = np.float32(weight) * offset
                bound[expression] = bound[expression] + scaled if expression in bound else scaled
        for expression, offset in bound.items():
            if expression in EXPRESSIONS or expression not in named:
                named[expression] = offset
                out.spelled.setdefault(expression, f"VRM expression {expression}")
        return named

    def meshes(self, bones: dict[str, int]) -> list[Mesh]:
        """The whole, or the parts that the bones of the eyes hold and the rest."""
        owner = np.zeros(len(self.position), np.int64)
        if self.joint is not None:
            for k, side in enumerate(EYES, 1):
                owner[self.joint == bones.get(side, -1)] = k
        of = owner[self.triangle]
        part = np.where((of == of[:, :1]).all(1), of[:, 0], 0)
        out = []
        for k in np.unique(part):
            whole = len(np.unique(part)) == 1
            name = self.title if k == 0 or whole else f"{self.title}.{EYES[k - 1]}"
            out.append(self._mesh(name, part == k, EYES[k - 1] if k else self.node, self.material if k == 0 else "eye"))
        return out

    def _mesh(self, name: str, which: NDArray[np.bool_], node: str, made_of: str) -> Mesh:
        whole = Mesh(
            name=name, material=made_of, position=self.position, normal=self.normal, uv=self.uv, triangle=self.triangle,
            delta=self.delta, node=node,
        )  # fmt: skip
        return whole if which.all() else taken(whole, which)


def taken(mesh: Mesh, which: NDArray[np.bool_]) -> Mesh:
    """The triangles bool[T] of a mesh, with the vertices that they use."""
    triangle = mesh.triangle[which]
    used, again = np.unique(triangle, return_inverse=True)
    delta = {s: d[used] for s, d in mesh.delta.items()}
    return Mesh(
        name=mesh.name, material=mesh.material, position=mesh.position[used], normal=mesh.normal[used], uv=mesh.uv[used],
        triangle=again.reshape(-1, 3).astype(np.uint32), delta={s: d for s, d in delta.items() if np.abs(d).max(initial=0) > 0},
        node=mesh.node,
    )  # fmt: skip


def _regular(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    """A matrix, or many, that can be inverted: scale by nothing squeezes normals only."""
    size = np.abs(linear).max(axis=(-1, -2), keepdims=True)
    flat = np.abs(np.linalg.det(linear))[..., None, None] < 1e-9 * size**3
    return np.asarray(np.where(flat | (size == 0), np.eye(3), linear))


def place(matrix: NDArray[np.float64], points: F32, shift: float) -> F32:
    """Points f32[V, 3] moved by a matrix f64[3, 4], or by one each f64[V, 3, 4]; `shift` 0 leaves out the translation."""
    identity = matrix.ndim == 2 and np.array_equal(matrix, np.eye(4)[:3])
    if identity:
        out = points
    else:
        turned = np.einsum("...ij,vj->vi" if matrix.ndim == 2 else "vij,vj->vi", matrix[..., :3], points.astype(np.float64))
        out = (turned + shift * matrix[..., 3]).astype(np.float32)
    if not np.abs(out).max(initial=0.0) < FAR:
        raise ValueError("a mesh that lies out of reach")
    return np.asarray(out, np.float32)


def vectors(reader: Reader, index: int, count: int | None = None) -> F32:
    """An accessor of vectors f32[V, 3], as many as `count`."""
    out = reader(index).astype(np.float32)
    if out.shape[1] != 3 or (count is not None and len(out) != count):
        raise ValueError("positions, normals and targets of a mesh differ in number or are not in three dimensions")
    return out


def triangles(reader: Reader, given: dict[str, Any], count: int) -> NDArray[np.uint32]:
    """The triangles of a primitive u32[T, 3]."""
    flat = reader(given["indices"]).astype(np.int64).ravel() if "indices" in given else np.arange(count)
    triangle = flat.reshape(-1, 3)
    if not len(triangle):
        raise ValueError("a mesh without triangles")
    if triangle.max() >= count:
        raise ValueError("a triangle names a vertex that is not there")
    return triangle.astype(np.uint32)


def coordinates(reader: Reader, attributes: dict[str, Any], count: int) -> F32:
    """Texture coordinates f32[V, 2], zero if there are none."""
    if "TEXCOORD_0" not in attributes:
        return np.zeros((count, 2), np.float32)
    uv = reader(attributes["TEXCOORD_0"]).astype(np.float32)
    if uv.shape != (count, 2):
        raise ValueError("texture coordinates and positions differ in number")
    return uv


def unit(v: F32) -> F32:
    """Vectors f32[V, 3] of length 1."""
    return np.asarray(v / np.maximum(np.linalg.norm(v, axis=1, keepdims=True), 1e-9), np.float32)


def normals(position: NDArray[Any], triangle: NDArray[Any]) -> F32:
    """Unit vertex normals, faces weighted by area."""
    p = position[triangle]
    face = np.cross(p[:, 1] - p[:, 0], p[:, 2] - p[:, 0])
    out = np.stack([np.bincount(triangle.ravel(), np.repeat(face[:, k], 3), len(position)) for k in range(3)], 1)
    length = np.linalg.norm(out, axis=1, keepdims=True)
    return np.where(length > 1e-20, out / np.maximum(length, 1e-20), (0.0, 0.0, 1.0)).astype(np.float32)


def material(*hints: str) -> str:
    """One of our materials from the names that a file uses."""
    for hint in hints:
        for word, found in _MATERIALS:
            if word in hint.lower().replace("_", ""):
                return found
    return "skin"
