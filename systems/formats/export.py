"""A head as a glTF document (glTF 2.0, Khronos): nodes that turn about their pivots, skins where the neck bends, colours.

Any viewer can show it: the node `head` turns the head, `leftEye` and `rightEye` the eyes, morph targets have ARKit's names.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.face import SHAPES, Head, Mesh

from .gltf import TYPES, Builder, pack, short, whole

JOINTS = ("body", "head", "leftEye", "rightEye")
"""Nodes that parts hang from, each after its parent."""
PARENT = {"head": "body", "leftEye": "head", "rightEye": "head"}
COLOURS = {
    "skin": (0.69, 0.37, 0.25), "eye": (1.0, 1.0, 1.0), "teeth": (0.78, 0.73, 0.64), "gum": (0.40, 0.13, 0.12),
    "tongue": (0.50, 0.18, 0.17), "lash": (0.01, 0.008, 0.007), "brow": (0.04, 0.02, 0.015), "hair": (0.05, 0.03, 0.02),
    "cap": (0.05, 0.03, 0.02), "cloth": (0.05, 0.10, 0.17),
}  # fmt: skip
"""Base colour of each material, linear RGB: the colours of a plain `Look`; eyes have theirs by vertex."""
WHITE, IRIS, PUPIL = (0.80, 0.78, 0.76), (0.10, 0.20, 0.26), (0.005, 0.005, 0.005)
RINGS = (0.17, 0.46)
"""Where pupil and iris end, in radii of the ball, as the stage draws them."""
ROUGH = {"eye": 0.1, "teeth": 0.3, "tongue": 0.35, "gum": 0.4, "skin": 0.55}
BACK = ("hair", "cap", "lash", "brow")
"""Materials that are seen from both sides."""
NECK, BELOW = 0.075, 0.030
"""Height over which a turn of the head fades out, and how far below its pivot that begins, metres; as the stage draws it."""


def pivots(head: Head) -> dict[str, tuple[float, float, float]]:
    """What each of JOINTS turns about, metres; landmarks stand in for what the head does not say."""
    marks = head.landmarks
    usual = {"body": (0.0, 0.0, 0.0), "head": marks["neck"], "leftEye": marks["eye_left"], "rightEye": marks["eye_right"]}
    return usual | head.pivot


class Scene:
    """A document under way: the head, and what is added to it before it is packed."""

    def __init__(self, head: Head, plain: bool = False) -> None:
        """All of the head; `plain` writes whole morph targets instead of sparse ones."""
        self.head, self.file = head, Builder(plain)
        self.pivot = pivots(head)
        self.nodes: list[dict[str, Any]] = []
        for name in JOINTS:
            own, above = np.array(self.pivot[name]), np.array(self.pivot.get(PARENT.get(name, ""), (0.0, 0.0, 0.0)))
            self.nodes.append({"name": name, "translation": (own - above).tolist(), "children": []})
        for name, parent in PARENT.items():
            self.nodes[JOINTS.index(parent)]["children"].append(JOINTS.index(name))
        self.roots, self.skins = [0], list[dict[str, Any]]()
        self.meshes: list[dict[str, Any]] = []
        self.materials: list[str] = []
        self.node_of: list[int] = []
        """Node of each of the head's meshes."""
        for mesh in head.meshes:
            self._hang(mesh)

    def _hang(self, mesh: Mesh) -> None:
        """A node for a mesh: skinned if it bends with the neck, else hung from the node that turns it."""
        share = turning(mesh.position, self.pivot["head"][1]) if mesh.node == "head" else np.ones(len(mesh.position))
        node: dict[str, Any] = {"name": mesh.name, "mesh": self._mesh(mesh, share)}
        here = len(self.nodes)
        self.node_of.append(here)
        self.nodes.append(node)
        if (share < 1.0).any():
            node["skin"] = self._skin()
            self.roots.append(here)
            return
        # positions stay those of the whole head, so that they are read back exactly
        node["translation"] = [-float(v) for v in self.pivot[mesh.node]]
        self.nodes[JOINTS.index(mesh.node)]["children"].append(here)

    def _skin(self) -> int:
        """The one skin: body and head, in the pose in which they stand."""
        if not self.skins:
            bind = np.tile(np.eye(4, dtype=np.float32), (2, 1, 1))
            bind[0, 3, :3], bind[1, 3, :3] = -np.array(self.pivot["body"]), -np.array(self.pivot["head"])  # by columns
            self.skins.append({"joints": [0, 1], "skeleton": 0, "inverseBindMatrices": self.file.array(bind, "MAT4", None)})
        return 0

    def _mesh(self, mesh: Mesh, share: NDArray[Any]) -> int:
        """A mesh with its morph targets; its number."""
        file = self.file
        if mesh.material not in self.materials:
            self.materials.append(mesh.material)
        index = mesh.triangle.astype(TYPES[whole(len(mesh.position))]).reshape(-1)
        attributes = {
            "POSITION": file.array(mesh.position.astype(np.float32), "VEC3", bounds=True),
            "NORMAL": file.array(mesh.normal.astype(np.float32), "VEC3"),
        }
        attributes["TEXCOORD_0"] = file.array(mesh.uv.astype(np.float32), "VEC2")
        if mesh.material == "eye":
            colour = np.full((len(mesh.position), 4), 255, np.uint8)
            colour[:, :3] = 255 * eye_colours(mesh, self.pivot[mesh.node]) + 0.5
            attributes["COLOR_0"] = file.array(colour, "VEC4", normal=True)
        if (share < 1.0).any():
            joints = np.zeros((len(share), 4), np.uint8)
            weights = np.zeros((len(share), 4), np.uint8)  # steps of a 255th of a turn of the neck are below what can be seen
            weights[:, 1] = 255 * share + 0.5
            weights[:, 0] = 255 - weights[:, 1]
            joints[:, 1] = weights[:, 1] > 0  # what has no weight names joint 0
            attributes |= {"JOINTS_0": file.array(joints, "VEC4"), "WEIGHTS_0": file.array(weights, "VEC4", normal=True)}
        primitive: dict[str, Any] = {
            "attributes": attributes,
            "indices": file.array(index, "SCALAR", 34963),
            "material": self.materials.index(mesh.material),
        }
        names = shapes_of(mesh)
        extras: dict[str, Any] = {"node": mesh.node}
        if names:
            primitive["targets"] = [{"POSITION": file.offsets(mesh.delta[s])} for s in names]
            extras["targetNames"] = names
        self.meshes.append(
            {"name": mesh.name, "primitives": [primitive], "extras": extras}
            | ({"weights": [0.0] * len(names)} if names else {})
        )
        return len(self.meshes) - 1

    def pack(self, **more: Any) -> bytes:
        """The bytes of the GLB; `more` are further properties of the document."""
        blob = self.file.finish()
        rig = {k: short(v) for k, v in self.head.rig.items()}
        document = {
            "asset": {
                "version": "2.0",
                "generator": "psi-ecs",
                "extras": {"psi": {"rig": rig, "landmarks": self.head.landmarks}},
            },
            "scene": 0,
            "scenes": [{"nodes": self.roots}],
            "nodes": [{k: v for k, v in n.items() if v != []} for n in self.nodes],
            "meshes": self.meshes,
            "materials": [_material(m) for m in self.materials],
            "accessors": self.file.accessors,
            "bufferViews": self.file.views,
            "buffers": [{"byteLength": len(blob)}],
        }
        return pack(document | ({"skins": self.skins} if self.skins else {}) | more, blob)


def eye_colours(mesh: Mesh, pivot: tuple[float, float, float]) -> NDArray[np.float32]:
    """Colour of each vertex of an eyeball f32[V, 3], linear RGB: pupil, iris and white, so that any viewer shows the gaze."""
    arm = mesh.position - np.array(pivot, np.float32)
    radius = max(float(np.abs(arm[:, 0]).max(initial=0.0)), 1e-6)
    out = np.tile(np.array(WHITE, np.float32), (len(arm), 1))
    aside = np.hypot(arm[:, 0], arm[:, 1]) / radius
    for ring, colour in ((RINGS[1], IRIS), (RINGS[0], PUPIL)):
        out[(aside < ring) & (arm[:, 2] > 0)] = colour
    return out


def shapes_of(mesh: Mesh) -> list[str]:
    """The shapes of a mesh in the order of SHAPES, in which they are written."""
    return [s for s in SHAPES if s in mesh.delta]


def turning(position: NDArray[Any], pivot: float) -> NDArray[np.float32]:
    """How much of the head's turn each vertex follows, f32[V]: 1 above the neck, falling to 0 at the shoulders."""
    t = np.clip((position[:, 1] - pivot + BELOW) / NECK, 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), np.float32)


def _material(name: str) -> dict[str, Any]:
    factors = {"baseColorFactor": [*COLOURS[name], 1.0], "metallicFactor": 0.0, "roughnessFactor": ROUGH.get(name, 0.8)}
    return {"name": name, "doubleSided": name in BACK, "pbrMetallicRoughness": factors}


def write_head(head: Head, plain: bool = False) -> bytes:
    """A head as a GLB: float32, sparse morph targets (whole ones if `plain`), `extras.psi` with rig and landmarks."""
    return Scene(head, plain).pack()
