"""Static paint of a head: each vertex's albedo and roughness, and, for hair, the direction of the strand.

Painted once in rest space from landmarks, so that it moves with the skin and costs nothing a frame. Colours are linear.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.avatar import Look
from psi_ecs.components.face import Head, Mesh

F32 = NDArray[np.float32]
MATERIALS = ("skin", "eye", "teeth", "gum", "tongue", "cloth", "cap", "brow", "lash", "hair")


def linear(colour: str) -> NDArray[np.float64]:
    """#rrggbb in sRGB as linear f64[3] (IEC 61966-2-1)."""
    c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def _blob(p: F32, centre: Any, size: Any, offset: Any = 0.0) -> NDArray[np.float64]:
    d = (p - np.asarray(centre) - np.asarray(offset)) / np.asarray(size)
    return np.asarray(np.exp(-(d * d).sum(1)))


def paint(mesh: Mesh, head: Head, look: Look) -> tuple[F32, F32]:
    """(f32[V, 4] albedo and roughness, f32[V, 3] strand direction for hair and zero otherwise)."""
    n = len(mesh.position)
    out = np.ones((n, 4), np.float32)
    out[:, 3] = 0.5
    tangent = np.zeros((n, 3), np.float32)
    if mesh.material in ("hair", "cap"):
        out[:, :3] = _strand_colour(mesh, linear(look.hair)) if mesh.material == "hair" else linear(look.hair)
        tangent = strands(mesh)
    elif mesh.material == "brow":
        out[:, :3] = 0.95 * linear(look.brow) + 0.05 * linear(look.skin)
    elif mesh.material == "lash":
        out[:, :3] = linear("#16100d") * 0.5
    elif mesh.material == "cloth":
        out[:, :3] = linear(look.cloth)
    return out, tangent


def skin_tone(p: F32, head: Head, look: Look) -> F32:
    """Albedo f32[n, 3] of the skin at rest positions f32[n, 3], without lips and detail."""
    mark = head.landmarks
    tone = linear(look.skin)
    albedo = np.broadcast_to(tone, (len(p), 3)).copy()
    nose = np.array(mark["nose"])
    warm, cool, deep = tone * (1.00, 0.66, 0.60), tone * (0.93, 0.90, 0.94), tone * (0.76, 0.56, 0.54)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        eye = np.array(mark[f"eye_{side}"])
        _blend(albedo, warm, 0.36 * _blob(p, eye, (0.027, 0.019, 0.040), (0.014 * sign, -0.036, 0.008)))
        _blend(albedo, deep, 0.42 * _blob(p, eye, (0.019, 0.006, 0.02), (0, -0.012, 0.012)))
        _blend(albedo, deep, 0.50 * _blob(p, eye, (0.021, 0.006, 0.02), (0, 0.009, 0.012)))
        _blend(albedo, deep, 0.45 * _blob(p, eye, (0.005, 0.006, 0.02), (-0.0155 * sign, -0.001, 0.008)))
        _blend(albedo, tone * (0.95, 0.60, 0.55), 0.55 * _blob(p, (sign * 0.078, eye[1] - 0.012, -0.085), (0.012, 0.035, 0.03)))
        _blend(albedo, warm, 0.35 * _blob(p, nose, (0.008, 0.008, 0.012), (0.013 * sign, -0.004, -0.014)))
        _blend(albedo, deep, 0.22 * _blob(p, np.array(mark[f"mouth_{side}"]), (0.005, 0.005, 0.012), (0.001 * sign, 0, 0)))
    _blend(albedo, warm, 0.50 * _blob(p, nose, (0.013, 0.011, 0.02)))
    _blend(albedo, warm, 0.30 * _blob(p, np.array(mark["chin"]), (0.018, 0.012, 0.03), (0, 0.008, 0.01)))
    _blend(albedo, cool, np.asarray(0.40 * np.clip((p[:, 1] - 0.040) / 0.05, 0, 1), np.float64))
    return albedo.astype(np.float32)


def _blend(albedo: NDArray[np.float64], colour: Any, share: NDArray[np.float64]) -> None:
    albedo += (np.asarray(colour) - albedo) * share[:, None]


def lip_mask(p: F32, head: Head) -> NDArray[np.float64]:
    """How much points f32[n, 3] are lip, 0 to 1: inside the outline of the two lips, seen from the front."""
    mark = head.landmarks
    mouth, left = np.array(mark["mouth"]), np.array(mark["mouth_left"])
    half = abs(left[0]) * 0.98
    x = np.clip(p[:, 0] / half, -1.2, 1.2)
    line = mouth[1] + (left[1] - mouth[1]) * x**2
    y = p[:, 1] - line
    bow = 1.0 - 0.20 * np.exp(-((x / 0.10) ** 2))  # Cupid's bow
    upper = 0.0082 * (1 - np.abs(x) ** 2.0) * bow * (1.0 + 0.10 * np.exp(-(((np.abs(x) - 0.22) / 0.16) ** 2)))
    lower = 0.0098 * (1 - np.abs(x) ** 2.6)
    reach = np.where(y > 0, upper, lower)
    inside = np.clip((reach - np.abs(y)) / 0.0016 + 0.5, 0, 1)
    front = np.clip((p[:, 2] - mouth[2] + 0.024) / 0.006, 0, 1)
    return np.asarray(inside * front * (np.abs(x) < 1.05))


def _strand_colour(mesh: Mesh, tone: NDArray[np.float64]) -> NDArray[np.float64]:
    """A little lighter or darker card by card."""
    card = np.floor(mesh.uv[:, 0])
    shade = 0.90 + 0.20 * np.modf(np.abs(np.sin(card * 12.9898) * 43758.5453))[0]
    return np.asarray(tone * shade[:, None])


def strands(mesh: Mesh) -> F32:
    """Unit direction from root to tip at each vertex, f32[V, 3]: the gradient of v over the triangles around it."""
    p, v = mesh.position[mesh.triangle], mesh.uv[mesh.triangle][:, :, 1]
    e1, e2 = p[:, 1] - p[:, 0], p[:, 2] - p[:, 0]
    d1, d2 = v[:, 1] - v[:, 0], v[:, 2] - v[:, 0]
    normal = np.cross(e1, e2)
    area = np.maximum((normal**2).sum(1), 1e-18)
    gradient = (np.cross(e2, normal) * d1[:, None] + np.cross(normal, e1) * d2[:, None]) / area[:, None]
    gradient /= np.maximum(np.linalg.norm(gradient, axis=1, keepdims=True), 1e-9)
    out = np.zeros_like(mesh.position)
    for k in range(3):
        np.add.at(out, mesh.triangle[:, k], gradient)
    flat = np.linalg.norm(out, axis=1) < 1e-3
    out[flat] = (0.0, -1.0, 0.0)
    return np.asarray(out / np.linalg.norm(out, axis=1, keepdims=True), np.float32)
