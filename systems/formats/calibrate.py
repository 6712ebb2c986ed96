"""Measuring a head: which weights open, close, widen and blink it, in millimetres.

Blendshapes are linear, so the distance between two of its vertices along an axis is exactly affine in the 52 weights:
value = row[0] + row[1:] . weights. The vertices are found from the shapes themselves: the lips are what jawOpen parts, the
corners are what mouthStretch moves outward, the lids are what eyeBlink closes.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs import AssetError
from psi_ecs.components.face import BLENDSHAPES, Mesh

MM = 1000.0
Point = tuple[float, float, float]


def _point(p: NDArray[Any]) -> Point:
    return (float(p[0]), float(p[1]), float(p[2]))


def _skin(meshes: list[Mesh]) -> Mesh:
    """The mesh that jawOpen and eyeBlink move most: the face."""
    return max(
        meshes, key=lambda m: sum(s in m.delta for s in ("jawOpen", "eyeBlinkLeft", "mouthClose")) * 1e9 + len(m.position)
    )


def _delta(mesh: Mesh, name: str) -> NDArray[Any]:
    found = mesh.delta.get(name)
    return np.zeros_like(mesh.position) if found is None else found


WIDTHS = (0.003, 0.006, 0.012)
"""How far from a plane vertices are looked for, metres: meshes are fine or coarse."""
CROWD = 4_000_000
"""Pairs of vertices that are compared at most."""


def _apart(a: NDArray[Any], b: NDArray[Any]) -> NDArray[Any]:
    """Distances f[A, B] between points f[A, 3] and f[B, 3]."""
    if len(a) * len(b) > CROWD:
        raise AssetError("too many vertices lie about the mouth; export it with less detail")
    return np.asarray(np.linalg.norm(a[:, None] - b[None], axis=2))


TOUCH = 0.004
"""Lips that are further apart than this at rest were not found, metres."""


def lip_pair(face: Mesh, x: float) -> tuple[int, int]:
    """Vertices of the upper and lower inner lip nearest to the sagittal plane at `x` metres."""
    jaw = _delta(face, "jawOpen")[:, 1]
    most = jaw.min()
    if most > -0.003:
        raise AssetError("the head's jawOpen moves nothing; is it a face with ARKit shapes, in metres?")
    close = np.linalg.norm(_delta(face, "mouthClose"), axis=1)
    found: list[tuple[float, int, int]] = []
    # mouthClose moves both lips; where it was made up, it moves the lower one only, so then look everywhere
    for about in ([close > 0.05 * close.max()] if close.max() > 0 else []) + [jaw < 2]:
        for width in WIDTHS:
            near = (np.abs(face.position[:, 0] - x) < width) & about
            upper, lower = np.flatnonzero(near & (jaw > 0.35 * most)), np.flatnonzero(near & (jaw < 0.55 * most))
            if len(upper) and len(lower):
                found.append(_meeting(face.position, upper, lower))
                break
        if found and found[-1][0] < TOUCH:
            break
    if not found:
        raise AssetError("the head's lips could not be found: jawOpen does not part them")
    return min(found)[1:]


def _meeting(p: NDArray[Any], upper: NDArray[Any], lower: NDArray[Any]) -> tuple[float, int, int]:
    """(distance, vertex of `upper`, vertex of `lower`): of the pairs that nearly touch, the foremost is where lips meet."""
    apart = _apart(p[upper], p[lower])
    depth = p[upper][:, None, 2] + p[lower][None, :, 2]
    u, v = np.unravel_index(int(np.argmin(apart - 0.08 * depth)), apart.shape)
    return float(apart[u, v]), int(upper[u]), int(lower[v])


def corners(face: Mesh) -> tuple[int, int]:
    """Vertices of the left and right mouth corner."""
    out = []
    upper, lower = lip_pair(face, 0.0)
    height = 0.5 * (face.position[upper, 1] + face.position[lower, 1])
    for side, sign in (("Left", 1.0), ("Right", -1.0)):
        pull = np.linalg.norm(_delta(face, f"mouthSmile{side}") + _delta(face, f"mouthStretch{side}"), axis=1)
        near = (
            (np.abs(face.position[:, 1] - height) < 0.008)
            & (face.position[:, 0] * sign > 0.012)
            & (face.position[:, 0] * sign < 0.04)
        )
        out.append(int(np.argmax(np.where(near, pull, -1.0))))
    return out[0], out[1]


def _lids(face: Mesh, side: str) -> tuple[int, int]:
    """Upper and lower lid edge: the closest pair of which eyeBlink lowers one much more than the other, mid-eye."""
    blink = _delta(face, f"eyeBlink{side}")
    moved = np.linalg.norm(blink, axis=1)
    if moved.max() < 1e-3:
        raise AssetError(f"the head's eyeBlink{side} moves nothing")
    upper_most = int(np.argmin(blink[:, 1]))
    x, y, z = face.position[upper_most]
    for width in WIDTHS:
        column = np.abs(face.position[:, 0] - x) < width
        upper = np.flatnonzero(column & (blink[:, 1] < 0.8 * blink[:, 1].min()))
        below = column & (face.position[:, 1] < y - 0.004) & (face.position[:, 1] > y - 0.045)
        below &= np.abs(face.position[:, 2] - z) < 0.012
        lower = np.flatnonzero(below & (blink[:, 1] > 0.3 * blink[:, 1].min()))
        if len(lower):
            break
    else:
        raise AssetError(f"the head's eyelids could not be found from eyeBlink{side}")
    lowest = int(upper[np.argmin(face.position[upper, 1])])
    aside = np.abs(face.position[lower, 0] - face.position[lowest, 0])
    nearest = int(lower[np.argmax(face.position[lower, 1] + 0.5 * face.position[lower, 2] - aside)])
    return lowest, nearest


def _row(mesh: Mesh, vertex: int, other: Mesh, vertex2: int, axis: int) -> NDArray[np.float32]:
    """Affine row of (vertex - vertex2) along an axis, mm."""
    row = np.zeros(1 + len(BLENDSHAPES), np.float32)
    row[0] = mesh.position[vertex, axis] - other.position[vertex2, axis]
    for i, shape in enumerate(BLENDSHAPES):
        row[1 + i] = _delta(mesh, shape)[vertex, axis] - _delta(other, shape)[vertex2, axis]
    return row * np.float32(MM)


TUCKED = {"jawOpen": 0.12, "mouthClose": 0.06, "mouthRollLower": 1.0}
"""The pose in which lip and teeth are looked for: about that of /f/."""


def _incisor(at: NDArray[Any]) -> NDArray[np.int64]:
    """Vertices of the upper front teeth f[V, 3] that lie nearest the mid-line, or of their edges where a gap lies there."""
    front = (at[:, 2] > at[:, 2].max() - 0.004) & (np.abs(at[:, 0]) < 0.01)
    if not front.any():
        return np.flatnonzero(front)
    middle = front & (np.abs(at[:, 0]) < np.abs(at[front, 0]).min() + 0.0003)
    edge = front & (at[:, 1] < at[front, 1].min() + 0.0015)
    return np.flatnonzero(middle if at[middle, 1].min() < at[front, 1].min() + 0.003 else edge)


def _bite(meshes: list[Mesh], face: Mesh, middle: tuple[int, int]) -> tuple[Mesh, int, Mesh, int]:
    """The point of the lower lip and the point of the upper front teeth that meet in /f/: (mesh, vertex, mesh, vertex).

    They are the closest pair on the mid-line in the pose TUCKED.
    """
    teeth = [(m, np.flatnonzero(np.abs(_delta(m, "jawOpen")).max(axis=1) < 0.004)) for m in meshes if m.material == "teeth"]
    best: tuple[float, Mesh, int, Mesh, int] = (np.inf, face, middle[1], face, middle[0])
    rest = face.position[middle[1]]
    for soft in (m for m in meshes if m.material in ("skin", "gum")):
        at, lowered = soft.position, _delta(soft, "jawOpen")[:, 1] < 0.5 * _delta(face, "jawOpen")[middle[1], 1]
        lips = np.flatnonzero(lowered & (np.abs(at[:, 0]) < 0.003) & (np.abs(at - rest).max(axis=1) < 0.014))
        posed = soft.position + sum(w * _delta(soft, shape) for shape, w in TUCKED.items())
        for hard, upper in teeth:
            at = hard.position
            front = upper[_incisor(at[upper])] if len(upper) else upper
            if not len(lips) or not len(front):
                continue
            apart = _apart(posed[lips], at[front])
            i, j = np.unravel_index(int(np.argmin(apart)), apart.shape)
            if apart[i, j] < best[0]:
                best = (float(apart[i, j]), soft, int(lips[i]), hard, int(front[j]))
    return best[1:]


def measure(meshes: list[Mesh], name: str) -> dict[str, NDArray[Any]]:
    """The fields of `components.face.Rig` for a head. AssetError if its lips or lids cannot be found."""
    try:
        return _measure(meshes)
    except AssetError as why:
        raise AssetError(f"{name}.glb: {why}") from why


def _measure(meshes: list[Mesh]) -> dict[str, NDArray[Any]]:
    face = _skin(meshes)
    left, right = corners(face)
    half = 0.45 * 0.5 * float(face.position[left, 0] - face.position[right, 0])
    middle = lip_pair(face, 0.0)
    pairs = (middle, lip_pair(face, half), lip_pair(face, -half))
    lip, lip_at, tooth, tooth_at = _bite(meshes, face, middle)
    return {
        "lip_gap": np.stack([_row(face, u, face, v, 1) for u, v in pairs]),
        "tooth_gap": np.stack([_row(lip, lip_at, tooth, tooth_at, axis) for axis in range(3)]),
        "mouth_width": _row(face, left, face, right, 0),
        "lid_gap": np.stack([_row(face, u, face, v, 1) for u, v in (_lids(face, "Left"), _lids(face, "Right"))]),
        "eye_gain": np.radians([25.0, 30.0, 35.0, 35.0]).astype(np.float32),
    }


def landmarks_of(meshes: list[Mesh]) -> dict[str, Point]:
    """Named rest-space points of a head, for framing, pivots and shading."""
    face = _skin(meshes)
    p = face.position
    upper, lower = lip_pair(face, 0.0)
    left, right = corners(face)
    mouth = 0.5 * (p[upper] + p[lower])
    eyes = {}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        balls = [m.position[m.position[:, 0] * sign > 0] for m in meshes if m.material == "eye"]
        balls = [b for b in balls if len(b)]
        top, bottom = _lids(face, side.title())
        eyes[side] = np.concatenate(balls).mean(0) if balls else 0.5 * (p[top] + p[bottom]) - np.array((0, 0, 0.012))
    centre = np.abs(p[:, 0]) < 0.004
    nose = np.flatnonzero(centre & (p[:, 1] > mouth[1]) & (p[:, 1] < eyes["left"][1]))
    chin = np.flatnonzero(centre & (p[:, 1] < mouth[1] - 0.02) & (p[:, 1] > mouth[1] - 0.06) & (p[:, 2] > mouth[2] - 0.035))
    lift = {s: np.linalg.norm(_delta(face, f"browOuterUp{s.title()}"), axis=1) for s in eyes}
    face_height = float(eyes["left"][1] - mouth[1])
    return {
        "mouth": _point(mouth),
        "mouth_left": _point(p[left]),
        "mouth_right": _point(p[right]),
        "lip_upper": _point(p[upper]),
        "lip_lower": _point(p[lower]),
        "nose": _point(p[nose[np.argmax(p[nose, 2])]] if len(nose) else mouth),
        "chin": _point(p[chin[np.argmin(p[chin, 1])]] if len(chin) else mouth - (0, 0.04, 0)),
        "eye_left": _point(eyes["left"]),
        "eye_right": _point(eyes["right"]),
        "brow_left": _point(p[np.argmax(lift["left"])]),
        "brow_right": _point(p[np.argmax(lift["right"])]),
        "hairline": _point(np.array((0.0, eyes["left"][1] + 1.15 * face_height, mouth[2]))),
        "neck": _point(np.array((0.0, mouth[1] - 0.75 * face_height, mouth[2] - 0.11))),
    }
