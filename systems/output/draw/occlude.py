"""How much of the sky and of the key light each vertex sees, baked once from depth pictures taken all around a head."""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.face import Head, Mesh

from .canvas import Target
from .context import program, set_uniform
from .geometry import Geometry
from .view import orthographic

F32 = NDArray[np.float32]
SIZE = 256
DIRECTIONS = 40
SUNS = 13
WIDTH = 0.16
"""Directions of the key light, and its radius, as tangent of an angle."""
REACH = 0.24
BIAS = 0.006
ROUNDS = 2


def occlude(head: Head, meshes: list[Mesh], posed: list[tuple[F32, F32]], key: F32) -> list[F32]:
    """For each of a head's meshes f32[V, 2]: share of sky seen, share of key light seen.

    `posed`: (positions, normals) of each mesh in the pose to bake, with the mouth open so that its inside is told apart.
    """
    from pyglet import gl

    shader = program("depth.vert", "depth.frag")
    target = Target((SIZE, SIZE), depth=True)
    blank = [np.zeros((len(p), w), np.float32) for p, _ in posed for w in (4,)]
    solid = [m.material not in ("lash", "brow") for m in meshes]
    shapes = [Geometry(m.triangle, [p, n, b, b, p, m.uv]) for m, (p, n), b in zip(meshes, posed, blank, strict=True)]
    centre = np.array(head.landmarks["eye_left"]) * (0, 1, 1) + (0, -0.03, -0.06)
    sky = [np.zeros(len(p)) for p, _ in posed]
    total = [np.full(len(p), 1e-6) for p, _ in posed]
    sun = [np.zeros(len(p)) for p, _ in posed]
    gl.glEnable(gl.GL_DEPTH_TEST)
    gl.glDisable(gl.GL_CULL_FACE)
    shader.use()
    for i, way in enumerate((*_sphere(DIRECTIONS), *_cone(np.asarray(key, np.float64)))):
        matrix = orthographic(way, centre, REACH)
        target.bind()
        gl.glClear(gl.GL_DEPTH_BUFFER_BIT | gl.GL_COLOR_BUFFER_BIT)
        set_uniform(shader, "view_projection", matrix)
        for shape, opaque in zip(shapes, solid, strict=True):
            if opaque:
                shape.draw()
        depth = target.read("GL_DEPTH_COMPONENT", "GL_FLOAT", np.empty((SIZE, SIZE), np.float32))
        for k, (p, n) in enumerate(posed):
            seen = _seen(p, matrix, depth)
            if i >= DIRECTIONS:
                sun[k] += seen / SUNS
                continue
            facing = np.maximum(n @ way, 0.0) + (0.35 if meshes[k].material in ("teeth", "gum", "tongue") else 0.05)
            sky[k] += facing * seen
            total[k] += facing
    target.free()
    light = [np.stack([s / t, u], 1).astype(np.float32) for s, t, u in zip(sky, total, sun, strict=True)]
    return [_smooth(m, own) if m.material == "skin" else own for m, own in zip(meshes, light, strict=True)]


def _smooth(mesh: Mesh, light: F32) -> F32:
    """Light f32[V, 2] evened out with each vertex's neighbours: a depth picture's points are as wide as their distance."""
    edge = mesh.triangle[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2).astype(np.int64)
    count = np.bincount(edge.ravel(), minlength=len(light))[:, None].clip(1)
    for _ in range(ROUNDS):
        around = np.stack([np.bincount(edge[:, ::-1].ravel(), light[edge.ravel(), k], len(light)) for k in (0, 1)], 1)
        light = np.where(count > 1, 0.5 * light + 0.5 * around / count, light).astype(np.float32)
    return light


def _seen(p: F32, matrix: NDArray[np.float64], depth: F32) -> NDArray[np.float64]:
    """1 where nothing stands between a point and the viewer, with soft borders."""
    clip = p @ matrix[:3, :3].T + matrix[:3, 3]
    at = (clip[:, :2] * 0.5 + 0.5) * SIZE
    own = clip[:, 2] * 0.5 + 0.5
    out = np.zeros(len(p))
    for dx, dy in ((-0.7, -0.7), (0.7, -0.7), (-0.7, 0.7), (0.7, 0.7)):
        column = np.clip(at[:, 0] + dx, 0, SIZE - 1).astype(int)
        row = np.clip(at[:, 1] + dy, 0, SIZE - 1).astype(int)
        out += 0.25 * (own < depth[row, column] + BIAS / (2 * REACH))
    outside = (np.abs(clip) > 0.99).any(1)
    return np.where(outside, 1.0, out)


def _sphere(n: int) -> list[NDArray[np.float64]]:
    """`n` directions spread evenly (golden spiral), none from straight below."""
    k = np.arange(n) + 0.5
    y = 1 - 1.7 * k / n
    turn = np.pi * (1 + 5**0.5) * k
    r = np.sqrt(np.clip(1 - y * y, 0, 1))
    return list(np.stack([r * np.cos(turn), y, r * np.sin(turn)], 1))


def _cone(key: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """The key light as directions within it, for a soft shadow (a sunflower's disc)."""
    side = np.cross(key, (0, 1, 0))
    side /= np.linalg.norm(side)
    up = np.cross(side, key)
    k = np.arange(SUNS)
    r, turn = WIDTH * np.sqrt((k + 0.5) / SUNS), np.pi * (3 - 5**0.5) * k
    return [key + a * side + b * up for a, b in zip(r * np.cos(turn), r * np.sin(turn), strict=True)]
