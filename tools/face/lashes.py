"""Lashes: single tapering hairs over a soft dark line, along the lash strips of the source."""

from collections import defaultdict

import numpy as np

from psi_ecs.components.face import Mesh

from .parts import Deltas, F, mesh
from .source import Source
from .surface import Ints

UPPER, LOWER = 44, 24
"""Hairs in a row."""


def strips(source: Source, shape: F, units: Deltas) -> list[tuple[F, Deltas, bool]]:
    """The four lash strips as grids from root to tip: (positions f64[rows, columns, 3], offsets alike, upper)."""
    out = []
    for side in "lr":
        ball = shape[source.vertices(f"helper-{side}-eye")].mean(0)
        for part, upper in (("1", False), ("2", True)):
            at = _rows(source.quads[f"helper-{side}-eyelashes-{part}"], shape, ball)
            if shape[at[0, 0], 0] > shape[at[0, -1], 0]:
                at = at[:, ::-1]
            out.append((shape[at], {n: d[at] for n, d in units.items()}, upper))
    return out


def _rows(quads: Ints, shape: F, ball: F) -> Ints:
    """Vertices of a strip of quads in rows, the first along the lid: int[rows, columns]."""
    beside: dict[int, set[int]] = defaultdict(set)
    for quad in quads.tolist():
        for a, b in zip(quad, quad[1:] + quad[:1], strict=True):
            beside[a].add(b)
            beside[b].add(a)
    corners = [v for v, around in beside.items() if len(around) == 2]
    sides = [side for c in corners for side in _sides(c, beside)]
    longest = max(len(s) for s in sides)
    first = min((s for s in sides if len(s) == longest), key=lambda s: float(np.linalg.norm(shape[s] - ball, axis=1).mean()))
    rows, seen = [first], set(first)
    while True:
        following = [[w for w in beside[v] if w not in seen] for v in rows[-1]]
        if not all(following):
            return np.array(rows)
        rows.append([f[0] for f in following])
        seen.update(rows[-1])


def _sides(corner: int, beside: dict[int, set[int]]) -> list[list[int]]:
    """The two borders that run from a corner of a grid to the next corners."""
    out = []
    for step in beside[corner]:
        line = [corner, step]
        while len(beside[line[-1]]) != 2:
            line.append(next(w for w in beside[line[-1]] if len(beside[w]) < 4 and w not in line))
        out.append(line)
    return out


def _sample(grid: F, along: F, out: F) -> F:
    """Points of a grid f64[rows, columns, 3] at shares along it and out from the lid, f64[...]."""
    rows, columns = grid.shape[:2]
    x, y = np.clip(along, 0, 1) * (columns - 1), np.clip(out, 0, 1) * (rows - 1)
    i, j = np.minimum(x.astype(int), columns - 2), np.minimum(y.astype(int), rows - 2)
    f, g = (x - i)[..., None], (y - j)[..., None]
    near = grid[j, i] * (1 - f) + grid[j, i + 1] * f
    far = grid[j + 1, i] * (1 - f) + grid[j + 1, i + 1] * f
    return np.asarray(near * (1 - g) + far * g)


def lashes(rows: list[tuple[F, Deltas, bool]], length: float, random: np.random.Generator) -> Mesh:
    """All lashes, moving with the lids. `length`: 1 for long lashes. uv: v from root to tip."""
    names = sorted({k for _, d, _ in rows for k in d})
    points: list[F] = []
    uvs: list[F] = []
    triangles: list[Ints] = []
    moved: dict[str, list[F]] = {n: [] for n in names}
    count = 0
    for grid, deltas, upper in rows:
        along, out, uv, triangle = _hairs(upper, length, random)
        points.append(_sample(grid, along, out))
        uvs.append(uv)
        triangles.append(triangle + count)
        count += len(along)
        for name in names:
            moved[name].append(_sample(deltas[name], along, out))
    delta = {k: np.concatenate(v) for k, v in moved.items()}
    return mesh("Lashes", "lash", np.concatenate(points), np.concatenate(uvs), np.concatenate(triangles), delta)


def _hairs(upper: bool, length: float, random: np.random.Generator) -> tuple[F, F, F, Ints]:
    """Where on the strip each vertex of one row lies (along, out), its uv, and the triangles."""
    n = UPPER if upper else LOWER
    root = np.linspace(0.03, 0.97, n) + random.uniform(-0.3, 0.3, n) / n
    size = length * random.uniform(0.75, 1.0, n) * (1.0 if upper else 0.55)
    size *= np.interp(root, [0, 0.2, 0.5, 1], [0.55, 0.8, 0.95, 1.0]) if upper else 1.0
    lean = random.normal(0, 0.5, n) / n + (root - 0.5) * 0.04
    wide = 0.0052 if upper else 0.0042
    start = 0.20
    share = np.array([0.0, 0.0, 0.5, 0.5, 1.0])
    across = np.array([-1.0, 1.0, -0.7, 0.7, 0.0])
    along = (root[:, None] + across * wide + lean[:, None] * share**1.5).ravel()
    out = (start + share * np.minimum(size, 1.0)[:, None] * (1 - start)).ravel()
    uv = np.stack([np.tile(0.5 + 0.5 * across, n), np.tile(share, n)], 1)
    one = np.array([[0, 1, 2], [2, 1, 3], [2, 3, 4]])
    triangle = (one[None] + 5 * np.arange(n)[:, None, None]).reshape(-1, 3)
    # the line from which they grow
    m = 20
    s = np.linspace(0.0, 1.0, m)
    band = 0.46 if upper else 0.36
    line_uv = np.stack([np.repeat(s * 6, 2), np.tile([1.02 - 0.72 * (length if upper else 0.35 * length), 1.25], m)], 1)
    a = len(along) + 2 * np.arange(m - 1)
    strip = np.concatenate([np.stack([a, a + 2, a + 1], 1), np.stack([a + 1, a + 2, a + 3], 1)])
    return (
        np.concatenate([along, np.repeat(s, 2)]),
        np.concatenate([out, np.tile([0.06, band], m)]),
        np.concatenate([uv, line_uv]),
        np.concatenate([triangle, strip]),
    )
