"""Brows: single hairs that lie on the skin and move with it."""

import numpy as np

from psi_ecs.components.face import Mesh

from .parts import Deltas, F, mesh
from .surface import Surface


def brows(surface: Surface, deltas: Deltas, eyes: dict[str, F], style: dict[str, float], random: np.random.Generator) -> Mesh:
    """Both brows as single hairs that lie on the skin and move with it.

    `style`: thickness (mm at the head of the brow), lift (mm above the eye), arch (mm), length (mm), count.
    """
    count = int(style.get("count", 190))
    points: list[F] = []
    moved: dict[str, list[F]] = {k: [] for k in deltas}
    for sign, eye in ((1.0, eyes["left"]), (-1.0, eyes["right"])):
        t = (np.arange(count) + random.uniform(0, 1, count)) / count
        across = random.uniform(-1, 1, count)
        length = 1e-3 * style.get("length", 44.0)
        x = -0.40 * length + length * t
        arch = (
            1e-3 * style.get("arch", 4.0) * np.sin(np.pi * np.clip(t * 0.72, 0, 1)) ** 1.3
            - 0.006 * np.clip(t - 0.7, 0, 1) / 0.3
        )
        thick = 0.5e-3 * style.get("thickness", 8.0) * np.interp(t, [0, 0.12, 0.55, 1], [0.55, 1, 0.8, 0.12])
        root = np.stack([eye[0] + sign * x, eye[1] + 1e-3 * style.get("lift", 20.0) + arch + across * thick], 1)
        # hairs at the head of the brow stand up, farther out they lie along it, the lower edge combs up and the upper down
        lean = np.interp(t, [0, 0.25, 1], [1.25, 0.55, -0.25]) - 0.35 * across + random.normal(0, 0.12, count)
        size = 1e-3 * np.interp(t, [0, 0.3, 1], [6.5, 8.0, 6.0]) * random.uniform(0.75, 1.1, count)
        tip = root + np.stack([sign * np.cos(lean) * size, np.sin(lean) * size], 1)
        face, bary = surface.drop(root)
        tip_face, tip_bary = surface.drop(tip)
        base, end = surface.at(face, bary, surface.position), surface.at(tip_face, tip_bary, surface.position)
        lift = surface.normal[face]
        base, end = base + 0.0004 * lift, end + 0.0011 * surface.normal[tip_face]
        side = np.cross(end - base, lift)
        side *= 0.00042 / np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-9)
        points.append(np.stack([base - side, base + side, end], 1).reshape(-1, 3))
        for name, d in deltas.items():
            low, high = (_even(t, surface.at(f, b, d)) for f, b in ((face, bary), (tip_face, tip_bary)))
            moved[name].append(np.stack([low, low, high], 1).reshape(-1, 3))
    p = np.concatenate(points)
    uv = np.tile(np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 1.0]]), (len(p) // 3, 1))
    return mesh("Brows", "brow", p, uv, np.arange(len(p)).reshape(-1, 3), {k: np.concatenate(v) for k, v in moved.items()})


def _even(t: F, offset: F) -> F:
    """Offsets f64[n, 3] of hairs at shares t along a brow without kinks: a brow is a muscle's width, not a line."""
    near = np.exp(-(((t[:, None] - t[None]) / 0.16) ** 2))
    return np.asarray(near @ offset / near.sum(1, keepdims=True))
