"""Eyes, teeth, gums, tongue, lashes and brows: what is not skin. Units are metres in head space unless said."""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.face import Mesh
from psi_ecs.systems.formats.glb import normals

F = NDArray[np.float64]
Deltas = dict[str, F]


Piece = tuple[F, NDArray[np.int64], Deltas, F]
"""Positions f64[n, 3], triangles, shapes, and texture coordinates f64[n, 2] of something that becomes part of a mesh."""


def joined(pieces: list[Piece]) -> Piece:
    """Several pieces as one; what a piece has no shape for does not move there."""
    total, start = sum(len(p) for p, *_ in pieces), 0
    triangles, moves = list[NDArray[np.int64]](), dict[str, F]()
    for p, triangle, own, _ in pieces:
        triangles.append(triangle + start)
        for name, offset in own.items():
            moves.setdefault(name, np.zeros((total, 3)))[start : start + len(p)] += offset
        start += len(p)
    return np.concatenate([p for p, *_ in pieces]), np.concatenate(triangles), moves, np.concatenate([uv for *_, uv in pieces])


def mesh(
    name: str, material: str, position: F, uv: F, triangle: NDArray[np.int64], delta: Deltas | None = None, node: str = "head"
) -> Mesh:
    """A part with normals, blendshapes that move nothing left out."""
    p = position.astype(np.float32)
    moving = {k: d.astype(np.float32) for k, d in (delta or {}).items() if np.abs(d).max(initial=0) > 2e-5}
    t = triangle.astype(np.uint32)
    return Mesh(
        name=name,
        material=material,
        position=p,
        normal=normals(p, t),
        uv=uv.astype(np.float32),
        triangle=t,
        delta=moving,
        node=node,
    )


def grid(rows: int, columns: int, start: int = 0) -> NDArray[np.int64]:
    """Triangles of a rows x columns patch of vertices, counter-clockwise with rows going down and columns to +x."""
    r, c = np.meshgrid(np.arange(rows - 1), np.arange(columns - 1), indexing="ij")
    a = (start + r * columns + c).ravel()
    return np.concatenate([np.stack([a, a + columns, a + 1], 1), np.stack([a + 1, a + columns, a + columns + 1], 1)])


def eyeball(side: str, centre: F, radius: float, cornea: float = 0.05) -> Mesh:
    """A sphere that looks along +z, with a bulge of the cornea (share of the radius). uv is the gaze disc:
    0.5 + 0.5 * (x, y) / radius."""
    rings, spokes = 11, 28
    # rings are dense toward the iris, where the shading changes; the back is left out
    polar = 0.62 * np.pi * np.linspace(0, 1, rings) ** 1.2
    around = np.linspace(0, 2 * np.pi, spokes, endpoint=False)
    x = np.sin(polar)[:, None] * np.cos(around)
    y = np.sin(polar)[:, None] * np.sin(around)
    z = np.cos(polar)[:, None] * np.ones(spokes)
    bulge = 1.0 + cornea * np.clip(1.0 - (polar / 0.5) ** 2, 0, 1)[:, None] ** 1.5
    unit = np.stack([x, y, z], 2) * bulge[..., None]
    r, s = np.meshgrid(np.arange(rings - 1), np.arange(spokes), indexing="ij")
    a, b = (r * spokes + s).ravel(), (r * spokes + (s + 1) % spokes).ravel()
    triangle = np.concatenate([np.stack([a, a + spokes, b], 1), np.stack([b, a + spokes, b + spokes], 1)])
    uv = 0.5 + 0.5 * np.stack([x, y], 2).reshape(-1, 2)
    return mesh(f"Eye{side}", "eye", centre + radius * unit.reshape(-1, 3), uv, triangle, node=f"{side.lower()}Eye")


WIDTHS = (8.6, 6.7, 7.7, 7.0, 6.8, 9.5)
"""Crown widths from the middle outward, mm (upper; Wheeler's dental anatomy). Lower front teeth are narrower."""
LOWER_WIDTHS = (5.4, 5.9, 6.8, 7.0, 7.1, 10.0)
HEIGHTS = (10.2, 9.0, 9.8, 8.4, 7.6, 7.2)


ACROSS = 5
"""Vertices across a crown, and along it."""


def arch(strip: F) -> F:
    """Points along a dental arch from the strip that stands for it: f64[n, 3] by x, the front edge."""
    order = strip[np.argsort(strip[:, 0])]
    x = np.linspace(order[0, 0], order[-1, 0], 41)
    half = np.abs(strip[:, 0]).max()
    front, back = strip[:, 2].max(), strip[:, 2].min()
    z = back + (front - back) * np.sqrt(np.clip(1 - np.abs(x / half) ** 2.3, 0, 1))
    return np.stack([x, np.zeros_like(x), z], 1)


def teeth(strip: F, edge: float, upper: bool, follow: Deltas) -> tuple[Mesh, Mesh]:
    """Separate teeth along an arch, and the gum that holds them.

    Args: strip, the vertices that mark the arch; edge, height y of the biting edge; follow, blendshape -> affine map
    f64[4, 3] that takes (1, x, y, z) to the offset of a point of this jaw.
    """
    path = arch(strip)
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    middle = length[-1] / 2
    up = 1.0 if upper else -1.0
    points: list[F] = []
    uvs: list[F] = []
    triangles: list[NDArray[np.int64]] = []
    for sign in (1.0, -1.0):
        at = 0.0
        for i, (wide, tall) in enumerate(zip(WIDTHS if upper else LOWER_WIDTHS, HEIGHTS, strict=True)):
            half, high = 0.5e-3 * wide, 1e-3 * tall * (1.0 if upper else 0.88)
            s = middle + sign * (at + half)
            at += 2 * half * 0.985
            if s < 0 or s > length[-1]:
                break
            place = np.array([np.interp(s, length, path[:, k]) for k in range(3)])
            ahead = np.array([np.interp(min(s + 1e-3, length[-1]), length, path[:, k]) for k in range(3)])
            along = (ahead - place) / max(float(np.linalg.norm(ahead - place)), 1e-9)
            out = np.cross(along, (0, 1.0, 0)) * -1.0
            out = out / np.linalg.norm(out) * (1.0 if out[2] > 0 or abs(place[0]) > 0.02 else -1.0)
            lift = 0.0 if i in (0, 2) else 0.0003
            patch, uv = _crown(half, high, pointed=0.0005 if i == 2 else 0.0)
            local = place + patch[:, :1] * along + patch[:, 2:] * out
            local[:, 1] = edge + up * (patch[:, 1] + lift)
            triangles.append(grid(ACROSS, ACROSS, ACROSS**2 * len(points)))
            points.append(local)
            uvs.append(uv)
    crowns = np.concatenate(points)
    name = "Upper" if upper else "Lower"
    tooth = mesh(
        f"Teeth{name}",
        "teeth",
        crowns,
        np.concatenate(uvs),
        _outward(crowns, np.concatenate(triangles)),
        _moved(crowns, follow),
    )
    gum, uv, triangle = _gum(path, edge, up)
    return tooth, mesh(f"Gum{name}", "gum", gum, uv, _outward(gum, triangle), _moved(gum, follow))


def _crown(half: float, high: float, pointed: float) -> tuple[F, F]:
    """A tooth's face in its own frame: (along the arch, from the edge toward the gum, outward), and uv with v = 0 at
    the edge."""
    v, u = np.meshgrid(np.linspace(0, 1, ACROSS) ** 0.8, np.linspace(-1, 1, ACROSS), indexing="ij")
    taper = 1.0 - 0.22 * v**1.5
    round_edge = high * 0.065 * np.abs(u) ** 5 + pointed * (np.abs(u) - 0.5)
    y = round_edge * (1 - v) + high * v
    out = 0.0011 * np.sqrt(1 - 0.6 * u**4) * (1 - 0.35 * (1 - v) ** 2) - 0.0005 * np.abs(u) ** 6
    return np.stack([(u * half * taper).ravel(), y.ravel(), out.ravel()], 1), np.stack([(0.5 + 0.5 * u).ravel(), v.ravel()], 1)


def _gum(path: F, edge: float, up: float) -> tuple[F, F, NDArray[np.int64]]:
    """A band behind and beyond the crowns."""
    direction = np.gradient(path, axis=0)
    out = np.stack([direction[:, 2], np.zeros(len(path)), -direction[:, 0]], 1)
    out *= np.sign(out[:, 2:] * 1e3 + out[:, :1] * np.sign(path[:, :1]) + 1e-12)
    out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)
    rows = []
    for height, push in ((0.002, -0.0026), (0.0070, -0.0008), (0.0086, 0.0010), (0.0125, 0.0008), (0.018, -0.003)):
        row = path + push * out
        row[:, 1] = edge + up * height
        rows.append(row)
    uv = np.stack(np.meshgrid(np.linspace(0, 1, len(path)), np.linspace(0, 1, len(rows))), 2).reshape(-1, 2)
    return np.concatenate(rows), uv, grid(len(rows), len(path))


def _outward(position: F, triangle: NDArray[np.int64]) -> NDArray[np.int64]:
    """Triangles turned so that each faces away from the axis of the mouth."""
    p = position[triangle]
    face = np.cross(p[:, 1] - p[:, 0], p[:, 2] - p[:, 0])
    centre = p.mean(1)
    inside = position.mean(0) * (0, 0, 1) + np.array([0, 0, -0.012])
    away = (face[:, 0] * (centre[:, 0] - inside[0]) + face[:, 2] * (centre[:, 2] - inside[2])) < 0
    return np.where(away[:, None], triangle[:, ::-1], triangle)


def affine(position: F, delta: F) -> F:
    """Least-squares map f64[4, 3] from (1, x, y, z) to the offsets of a nearly rigid part."""
    terms = np.concatenate([np.ones((len(position), 1)), position], 1)
    return np.asarray(np.linalg.lstsq(terms, delta, rcond=None)[0], np.float64)


def _moved(position: F, follow: Deltas) -> Deltas:
    terms = np.concatenate([np.ones((len(position), 1)), position], 1)
    return {name: terms @ m for name, m in follow.items()}
