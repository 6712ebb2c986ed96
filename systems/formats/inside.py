"""What a strange head's meshes are made of where its materials do not say so, and how our shaders read coordinates on them."""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.face import Mesh

from .surface import taken

SHELL = (0.045, 0.045, 0.075)
"""Half the width, height and depth of what a mouth may fill, metres."""
HEIGHT = 0.060
"""About how far the mouth lies below the eyes, metres."""


def mouth_apart(meshes: list[Mesh]) -> list[Mesh]:
    """The bag of the mouth becomes a mesh of its own, where it hangs loose inside a skin and moves with the jaw."""
    out = []
    for mesh in meshes:
        drop = mesh.delta.get("jawOpen", mesh.delta.get("aa"))
        if mesh.material != "skin" or drop is None:
            out.append(mesh)
            continue
        piece = pieces(mesh)
        inner = np.zeros(len(mesh.triangle), bool)
        biggest = np.bincount(piece).argmax()
        for k in np.unique(piece):
            at = mesh.position[piece == k]
            low, high = at.min(0), at.max(0)
            centre, half = 0.5 * (low + high), 0.5 * (high - low)
            there = abs(centre[0]) < 0.01 and abs(centre[1] + HEIGHT) < 0.03
            if k != biggest and there and (half < SHELL).all() and np.abs(drop[piece == k]).max() > 0.003:
                inner |= piece[mesh.triangle[:, 0]] == k
        if inner.any() and not inner.all():
            bag = taken(mesh, inner)
            bag.name, bag.material = f"{mesh.name}.mouth", "gum"
            out += [taken(mesh, ~inner), bag]
        else:
            out.append(mesh)
    return out


def eyes_apart(meshes: list[Mesh]) -> list[Mesh]:
    """A mesh that holds both eyes becomes two, so that each can turn about its own middle."""
    out = []
    for mesh in meshes:
        left = mesh.position[mesh.triangle][..., 0].mean(1) > 0
        if mesh.material != "eye" or mesh.node != "head" or left.all() or not left.any():
            out.append(mesh)
            continue
        for side, which in (("left", left), ("right", ~left)):
            out.append(taken(mesh, which))
            out[-1].name = f"{mesh.name}.{side}"
    return out


def pieces(mesh: Mesh) -> NDArray[np.int64]:
    """Which connected piece each vertex belongs to, i64[V]: the least vertex of it."""
    t = mesh.triangle.astype(np.int64)
    least = np.arange(len(mesh.position))
    for _ in range(200):  # each round at least doubles how far the least number has come
        before = least.copy()
        low = least[t].min(1)
        for k in range(3):
            np.minimum.at(least, t[:, k], low)
        least = least[least]
        if (least == before).all():
            break
    return least


def own_coordinates(meshes: list[Mesh]) -> None:
    """Give lashes, brows and teeth the coordinates by which our shaders fade lashes and shade teeth; theirs are a texture's.

    A lash's v runs from the lid to the tip; without a texture it is a strip, so strips in layers are made thinner.
    """
    skin = np.concatenate([m.position for m in meshes if m.material == "skin"] or [np.zeros((0, 3), np.float32)])
    for mesh in meshes:
        if mesh.material == "teeth":
            mesh.uv = np.full_like(mesh.uv, 0.3)
            mesh.uv[:, 0] = 0.5
        elif mesh.material in ("lash", "brow"):
            far = _distance(mesh.position, skin) if len(skin) else np.zeros(len(mesh.position), np.float32)
            layers = max(1, len(np.unique(pieces(mesh))) // 4) if mesh.material == "lash" else 1
            solid = 0.35 / layers * (1.0 - far / max(float(far.max(initial=0.0)), 1e-6))
            mesh.uv = np.zeros_like(mesh.uv)
            mesh.uv[:, 1] = (1.25 - solid) / 0.95 if mesh.material == "lash" else 0.2


def _distance(points: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far each point f32[A, 3] is from the nearest of the others f32[B, 3]."""
    low, high = points.min(0) - 0.01, points.max(0) + 0.01
    near = others[((others > low) & (others < high)).all(1)]
    if not len(near):
        return np.zeros(len(points), np.float32)
    parts = np.array_split(points, max(1, len(points) * len(near) // 2_000_000))
    return np.concatenate([_nearest(p, near) for p in parts])


def _nearest(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    square = (a * a).sum(1)[:, None] + (b * b).sum(1)[None] - 2.0 * (a @ b.T)
    return np.asarray(np.sqrt(np.maximum(square.min(1), 0.0)), np.float32)
