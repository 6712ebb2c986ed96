"""A tongue: one tube about a middle line, and its shapes, which are other middle lines.

Lines are Bezier curves in the mid-sagittal plane, in millimetres behind and above the edge of the upper incisors while the
jaw is shut. The poses follow the drawings of x-ray tracings in Ladefoged and Johnson, A Course in Phonetics (2014).
"""

import math

import numpy as np

from psi_ecs.components.face import Mesh

from .parts import Deltas, F, mesh

STATIONS, RING = 22, 22
REST = ((72, -20), (60, 4), (38, 6), (20, 1), (13, -2), (7.5, -1.5))
POSES = {
    "tongueOut": ((68, -22), (48, 4), (14, 5), (-14, 4), (-30, 5), (-36, -3)),  # at 0.28 its tip is just past the teeth
    "tongueTipUp": ((72, -20), (60, 4), (40, 8), (24, -3), (12, 6), (4.5, 10.0)),  # with the jaw open by 0.2, on the ridge
    "tongueBodyUp": ((72, -18), (62, 16), (42, 24), (22, 12), (16, -3), (9.5, -3)),
}
"""Middle lines from root to tip."""
SLIM = {"tongueOut": (0.82, 0.80), "tongueTipUp": (0.94, 1.0), "tongueBodyUp": (1.02, 0.95)}
"""Width and thickness of a pose in relation to rest."""


def curve(points: tuple[tuple[float, float], ...], t: F) -> tuple[F, F]:
    """A Bezier curve at shares t of [0, 1]: points and unit tangents, f64[n, 2]."""
    p, n = np.array(points, float), len(points) - 1

    def at(q: F, m: int) -> F:
        return np.asarray(sum(math.comb(m, i) * (t**i * (1 - t) ** (m - i))[:, None] * q[i] for i in range(m + 1)))

    slope = at(np.diff(p, axis=0), n - 1)
    return at(p, n), slope / np.linalg.norm(slope, axis=1, keepdims=True)


def posed(points: tuple[tuple[float, float], ...], wide: float, thick: float) -> F:
    """The tube about a line, f64[STATIONS * RING, 3] in mm: aside, above and before the edge of the incisors."""
    s = np.linspace(0.0, 1.0, STATIONS) ** 0.8  # closer together toward the tip
    line, along = curve(points, s)
    tip = np.sqrt(np.clip(1.0 - np.clip((s - 0.72) / 0.28, 0, 1) ** 2.2, 1e-6, 1.0))
    half = 19.5 * wide * tip * np.interp(s, [0, 0.35, 1], [0.72, 1.0, 0.78])
    high = thick * np.interp(s, [0, 0.3, 0.6, 0.85, 1], [9.0, 10.0, 7.5, 3.4, 1.6]) * np.clip(tip, 0.12, 1) ** 0.5
    around = np.linspace(0, 2 * np.pi, RING, endpoint=False)
    across, up = np.cos(around), np.sin(around)
    across = np.sign(across) * np.abs(across) ** 0.8
    groove = 0.9 * np.exp(-((across / 0.16) ** 2)) * (up > 0)
    lift = high[:, None] * up - groove * np.clip(tip, 0, 1)[:, None] * np.interp(s, [0, 0.9, 1], [1, 1, 0])[:, None]
    out = np.empty((STATIONS, RING, 3))
    out[..., 0] = half[:, None] * across
    out[..., 1] = line[:, 1:] - lift * along[:, :1]  # the line runs forward: its left-hand normal is up
    out[..., 2] = -(line[:, :1] + lift * along[:, 1:])
    return out.reshape(-1, 3)


def tongue(incisor: F, follow: Deltas, scale: float = 1.0) -> Mesh:
    """The tongue behind the edge of the upper incisors f64[3] (metres).

    `follow`: blendshape -> affine map f64[4, 3] that takes (1, x, y, z) to the offset of a point of the jaw; `scale` of all
    lengths. It carries tongueOut and the two shapes of `components.face.TONGUE`.
    """
    unit = 1e-3 * scale
    rest = posed(REST, 1.0, 1.0)
    p = incisor * (0, 1, 1) + unit * rest
    terms = np.concatenate([np.ones((len(p), 1)), p], 1)
    moves = {name: terms @ m for name, m in follow.items()}
    moves |= {name: unit * (posed(line, *SLIM[name]) - rest) for name, line in POSES.items()}
    span = np.ptp(p, axis=0)
    uv = (p - p.min(0))[:, [0, 2]] / span[[0, 2]]
    return mesh("Tongue", "tongue", p, uv, tube(STATIONS, RING), moves)


def tube(stations: int, ring: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Triangles of rings of vertices that run counter-clockwise seen from the last; the ends stay open."""
    i, j = np.meshgrid(np.arange(stations - 1), np.arange(ring), indexing="ij")
    a, b = (i * ring + j).ravel(), (i * ring + (j + 1) % ring).ravel()
    return np.concatenate([np.stack([a, b, a + ring], 1), np.stack([b, b + ring, a + ring], 1)])
