"""Shapes that a head lacks, made of those it has: halves, sums, mirror images, expressions, and what geometry tells.

Each rule is tried in turn until a shape is there; the report says which one it was. All of it happens in our space, with
the middle of the eyes at 0.
"""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.face import BLENDSHAPES, SHAPES, Mesh

from .geometry import F32, GEOMETRY, NOTHING, fill, half, sided, there
from .spelling import HALVED, SIDES

RECIPES: tuple[tuple[str, str, tuple[tuple[str, float], ...]], ...] = (
    ("jawOpen", "all", (("aa", 1.0),)),
    ("jawOpen", "all", (("oh", 1.2),)),
    ("mouthPucker", "mouth", (("ou", 1.0), ("jawOpen", -0.2))),
    ("mouthPucker", "mouth", (("mouthFunnel", 0.8),)),
    ("mouthFunnel", "mouth", (("oh", 1.0), ("jawOpen", -0.35))),
    ("mouthFunnel", "mouth", (("mouthPucker", 0.8),)),
    ("mouthSmile", "mouth", (("happy", 1.0),)),
    ("mouthSmile", "mouth", (("relaxed", 1.0),)),
    ("mouthSmile", "mouth", (("ee", 0.8), ("jawOpen", -0.2))),
    ("mouthStretch", "mouth", (("ih", 1.0), ("jawOpen", -0.2))),
    ("mouthStretch", "mouth", (("ee", 1.0), ("jawOpen", -0.2))),
    ("mouthStretch", "mouth", (("mouthSmile", 0.6),)),
    ("mouthFrown", "mouth", (("sad", 1.0),)),
    ("mouthFrown", "mouth", (("mouthSmile", -0.6),)),
    ("mouthDimple", "mouth", (("mouthSmile", 0.4),)),
    ("browDown", "brow", (("angry", 1.0),)),
    ("browInnerUp", "brow", (("sad", 1.0),)),
    ("browInnerUp", "brow", (("surprised", 0.7),)),
    ("browOuterUp", "brow", (("surprised", 1.0),)),
    ("browOuterUp", "brow", (("browInnerUp", 0.6),)),
    ("eyeWide", "eye", (("surprised", 1.0),)),
    ("eyeWide", "eye", (("eyeBlink", -0.15),)),
    ("eyeSquint", "eye", (("eyeBlink", 0.35),)),
    ("cheekSquint", "cheek", (("happy", 0.5),)),
    ("eyeLookDown", "eye", (("eyeBlink", 0.30),)),
    ("eyeLookUp", "eye", (("eyeBlink", -0.10),)),
)
"""What stands for a shape that is lacking: (shape, where it counts, what it is made of). The first that can be made is."""


def complete(meshes: list[Mesh]) -> dict[str, str]:
    """Give the meshes what shapes can be made; leaves those of SHAPES alone. Returns shape -> how it was made."""
    how: dict[str, str] = {}
    for rule in (_summed, _split, _mirrored, _composed, _measured, _mirrored):
        for shape in BLENDSHAPES:
            if not there(meshes, shape) and (said := rule(meshes, shape)):
                how[shape] = said
    for mesh in meshes:
        mesh.delta = {s: d for s, d in mesh.delta.items() if s in SHAPES and np.abs(d).max(initial=0.0) > NOTHING}
    return {s: h for s, h in how.items() if there(meshes, s)}


def _summed(meshes: list[Mesh], shape: str) -> str | None:
    halves = [shape + side for side in SIDES]
    if shape not in HALVED or not all(there(meshes, h) for h in halves):
        return None
    done = fill(meshes, shape, lambda m: sum((m.delta[h] for h in halves if h in m.delta), np.zeros_like(m.position)))
    return " + ".join(halves) if done else None


def _split(meshes: list[Mesh], shape: str) -> str | None:
    """One side of what the head has for both."""
    parts = sided(shape)
    if parts is None or not there(meshes, parts[0]):
        return None
    stem, side = parts
    done = fill(meshes, shape, lambda m: m.delta[stem] * half(m, side) if stem in m.delta else None)
    return f"one side of {stem}" if done else None


def _mirrored(meshes: list[Mesh], shape: str) -> str | None:
    source = _opposite(shape)
    if source is None or not there(meshes, source):
        return None
    done = fill(meshes, shape, lambda m: mirror(meshes, m, source))
    return f"mirror image of {source}" if done else None


def _opposite(shape: str) -> str | None:
    for side, other in (SIDES, SIDES[::-1]):
        if shape.endswith(side):
            return shape.removesuffix(side) + other
    return None


def mirror(meshes: list[Mesh], onto: Mesh, source: str) -> F32 | None:
    """The mirror image f32[V, 3] of what `source` does, for a mesh: each vertex moves as the one nearest its image.

    Looked for in all meshes of the same material, because left and right may be meshes of their own.
    """
    kin = [m for m in meshes if m.material == onto.material and source in m.delta]
    if not kin:
        return None
    p = np.concatenate([m.position for m in kin])
    d = np.concatenate([m.delta[source] for m in kin])
    live = np.linalg.norm(d, axis=1) > NOTHING
    image = onto.position * np.array((-1.0, 1.0, 1.0), np.float32)
    margin = 0.004
    low, high = p[live].min(0) - margin, p[live].max(0) + margin
    near = np.flatnonzero(((image > low) & (image < high)).all(1))
    around = np.flatnonzero(((p > low - margin) & (p < high + margin)).all(1))
    out = np.zeros_like(onto.position)
    for rows in np.array_split(near, max(1, len(near) * len(around) // 2_000_000)):
        apart = _squares(image[rows], p[around])
        best = apart.argmin(1)
        close = apart[np.arange(len(rows)), best] < 0.006**2
        out[rows[close]] = d[around[best[close]]] * np.array((-1.0, 1.0, 1.0), np.float32)
    return out


def _squares(a: F32, b: F32) -> F32:
    """Squared distances f32[A, B]."""
    return np.asarray((a * a).sum(1)[:, None] + (b * b).sum(1)[None] - 2.0 * (a @ b.T))


def _composed(meshes: list[Mesh], shape: str) -> str | None:
    stem, side = sided(shape) or (shape, "")
    for goal, region, parts in RECIPES:
        names = [(_name(meshes, source, side), share) for source, share in parts]
        first = names[0][0]
        if goal != stem or first is None:
            continue
        used = [(n, share) for n, share in names if n is not None]

        def made(m: Mesh, used: list[tuple[str, float]] = used, region: str = region) -> F32 | None:
            found = [np.float32(share) * m.delta[n] * _one(m, n, side) for n, share in used if n in m.delta]
            return np.asarray(sum(found) * _region(m, region), np.float32) if found else None

        if fill(meshes, shape, made):
            return "composed: " + " ".join(f"{share:+g} {n}" for n, share in used)
    return None


def _name(meshes: list[Mesh], source: str, side: str) -> str | None:
    """The channel itself, or the side of it that is asked for."""
    return next((n for n in (source + side, source) if there(meshes, n)), None)


def _one(mesh: Mesh, name: str, side: str) -> F32 | float:
    return 1.0 if not side or name.endswith(side) else half(mesh, side)


def _region(mesh: Mesh, region: str) -> F32:
    """How much a part of the face f32[V, 1] counts: by height over the middle of the eyes."""
    y = mesh.position[:, 1:2]

    def above(level: float, soft: float = 0.010) -> NDArray[np.float32]:
        t = np.clip((y - level) / soft + 0.5, 0.0, 1.0)
        return np.asarray(t * t * (3.0 - 2.0 * t), np.float32)

    if region == "brow":
        return above(0.012) if mesh.material != "brow" else np.ones_like(y)
    if region == "eye":
        return np.asarray((above(-0.022) - above(0.016)) * (mesh.material != "brow"), np.float32)
    if region == "cheek":
        return np.asarray(above(-0.050, 0.03) - above(-0.012), np.float32)
    if region == "mouth":
        return np.asarray(1.0 - above(-0.032, 0.036), np.float32)
    return np.ones_like(y)


def _measured(meshes: list[Mesh], shape: str) -> str | None:
    """What the geometry tells."""
    rule = GEOMETRY.get(shape)
    return rule(meshes, shape) if rule is not None and there(meshes, "jawOpen") else None
