"""The node tree of a glTF document (glTF 2.0, 3.5): where each node stands, and where a skin holds its vertices."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs import AssetError

from .gltf import Reader

F64 = NDArray[np.float64]
MOST = 20_000
"""Nodes of a document; an avatar with a skeleton has some hundred."""
EYES = ("leftEye", "rightEye")
_SIDE = {"left": EYES[0], "l": EYES[0], "right": EYES[1], "r": EYES[1]}
_JOINED = {"lefteye": "l", "leye": "l", "eyeleft": "l", "eyel": "l", "righteye": "r", "reye": "r", "eyeright": "r", "eyer": "r"}
_OTHER = {"brow", "lid", "lids", "lash", "end", "nub", "target", "aim", "ctrl"}
"""Words of nodes that are near an eye but do not turn it."""


class Nodes:
    """Nodes with their places in the world, in the pose in which the file stands."""

    def __init__(self, document: dict[str, Any]) -> None:
        """Walk the tree. AssetError if it is no tree, or larger than any avatar's."""
        self.all: list[dict[str, Any]] = list(document.get("nodes", []))
        if len(self.all) > MOST:
            raise AssetError(f"has {len(self.all)} nodes; export the head alone")
        self.skins: list[dict[str, Any]] = list(document.get("skins", []))
        self.parent = self._parents()
        self.matrix: list[F64] = [np.eye(4)] * len(self.all)
        for i in self._from_the_root():
            own = local(self.all[i])
            self.matrix[i] = own if self.parent[i] < 0 else self.matrix[self.parent[i]] @ own
            if not np.abs(self.matrix[i]).max() < 1e9:
                raise ValueError("a node that lies out of reach")

    def _parents(self) -> list[int]:
        parent = [-1] * len(self.all)
        for i, node in enumerate(self.all):
            for child in node.get("children", []):
                if not 0 <= int(child) < len(parent):
                    raise ValueError(f"a node with a child {child} that is not there")
                if parent[int(child)] >= 0:
                    raise AssetError(f"node {child} hangs from two others; nodes must form a tree: export it again")
                parent[int(child)] = i
        return parent

    def _from_the_root(self) -> Iterator[int]:
        """Every node after its parent."""
        ready = [i for i, p in enumerate(self.parent) if p < 0]
        seen = 0
        while ready:
            i = ready.pop()
            seen += 1
            yield i
            ready += [int(c) for c in self.all[i].get("children", [])]
        if seen < len(self.all):
            raise AssetError("its nodes hang from each other in a circle; export it again")

    def position(self, index: int) -> F64:
        """Where a node stands, f64[3]."""
        return np.asarray(self.matrix[index][:3, 3])

    def eyes(self, humanoid: dict[str, int]) -> dict[str, int]:
        """The nodes that turn the eyes, by `EYES`: those that a VRM names, or those called so that hold no mesh."""
        found = {side: humanoid[side] for side in EYES if 0 <= humanoid.get(side, -1) < len(self.all)}
        for i, node in enumerate(self.all):
            side = None if "mesh" in node else eye_of(str(node.get("name", "")))
            if side is not None:
                found.setdefault(side, i)
        return found

    def skinned(self, reader: Reader, node: dict[str, Any], attributes: dict[str, Any]) -> tuple[F64, NDArray[np.int64]] | None:
        """(matrix of each vertex f64[V, 3, 4], the joint that moves it most i64[V]) of a node with a skin, else None."""
        if "skin" not in node or "JOINTS_0" not in attributes:
            return None
        skin = self.skins[node["skin"]]
        joints = [int(j) for j in skin["joints"]]
        if min(joints, default=-1) < 0:
            raise ValueError("a skin without joints")
        bind = np.tile(np.eye(4), (len(joints), 1, 1))
        if "inverseBindMatrices" in skin:  # stored by columns
            bind = reader(skin["inverseBindMatrices"]).astype(np.float64).reshape(-1, 4, 4).transpose(0, 2, 1)[: len(joints)]
        place = np.stack([self.matrix[j] for j in joints]) @ bind
        rows, share = reader(attributes["JOINTS_0"]).astype(np.int64), reader(attributes["WEIGHTS_0"]).astype(np.float64)
        if rows.shape != share.shape or rows.shape[1] != 4 or rows.max(initial=0) >= len(joints):
            raise ValueError("a vertex hangs from a joint that is not there")
        share /= np.maximum(share.sum(1, keepdims=True), 1e-9)
        moved = np.einsum("vk,vkij->vij", share, place[rows][:, :, :3])
        most = np.asarray(joints)[rows[np.arange(len(rows)), share.argmax(1)]]
        return moved, most


def eye_of(name: str) -> str | None:
    """Which of EYES a node of this name turns: LeftEye, eye.L, J_Adj_R_FaceEye, mixamorig:LeftEye, ..."""
    words = [w.lower() for w in re.split(r"[^A-Za-z]+|(?<=[a-z])(?=[A-Z])", name) if w]
    words = [part for w in words for part in (("eye", _JOINED[w]) if w in _JOINED else (w,))]
    sides = {_SIDE[w] for w in words if w in _SIDE}
    return sides.pop() if len(sides) == 1 and {"eye", "eyeball"} & set(words) and not _OTHER & set(words) else None


def local(node: dict[str, Any]) -> F64:
    """A node's own matrix f64[4, 4]: given whole by columns, or translation * rotation * scale."""
    if "matrix" in node:
        return np.array(node["matrix"], np.float64).reshape(4, 4).T
    out = np.eye(4)
    x, y, z, w = (float(v) for v in node.get("rotation", (0, 0, 0, 1)))
    n = x * x + y * y + z * z + w * w
    if not 0.0 < n < 1e6:
        raise ValueError("a rotation that is none")
    s = 2.0 / n
    out[:3, :3] = [
        [1 - s * (y * y + z * z), s * (x * y - w * z), s * (x * z + w * y)],
        [s * (x * y + w * z), 1 - s * (x * x + z * z), s * (y * z - w * x)],
        [s * (x * z - w * y), s * (y * z + w * x), 1 - s * (x * x + y * y)],
    ]
    out[:3, :3] *= np.array([float(v) for v in node.get("scale", (1, 1, 1))])
    out[:3, 3] = [float(v) for v in node.get("translation", (0, 0, 0))]
    return out
