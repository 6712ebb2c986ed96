"""Camera and light: framing, matrices, presets."""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.scene import CLEAR, Camera, Light

from .paint import linear

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
BAND = 32
"""Rows of a picture of which it is known from where to where something was drawn."""

FRAMING = {"close": (0.150, -0.022), "portrait": (0.215, -0.035), "bust": (0.30, -0.07), "group": (0.30, -0.05)}
"""Half the height that must be seen about an avatar, metres, and how far below the eyes the middle lies."""
AXIS = -0.075
"""What the camera goes round, metres from the eyes."""
NEAR, FAR = 0.05, 20.0
"""Metres between which things are drawn."""
BESIDE = 0.21
"""Room to leave beside the outermost of several heads, metres."""
LOWEST = -0.34
"""Lower edge of a picture in relation to the eyes, below which a bust ends, metres."""
PRESETS: dict[str, tuple[tuple[tuple[float, float, float], tuple[float, float, float]], ...]] = {
    "studio": (
        ((0.55, 0.62, 0.75), (1.30, 1.25, 1.17)),
        ((-0.85, 0.15, 0.55), (0.30, 0.33, 0.39)),
        ((-0.45, 0.55, -0.8), (1.0, 1.08, 1.2)),
    ),
    "warm": (
        ((0.50, 0.55, 0.75), (1.45, 1.20, 0.95)),
        ((-0.9, 0.10, 0.5), (0.36, 0.28, 0.24)),
        ((-0.4, 0.6, -0.8), (1.3, 1.0, 0.75)),
    ),
    "cool": (
        ((0.50, 0.70, 0.65), (1.10, 1.20, 1.36)),
        ((-0.9, 0.10, 0.5), (0.25, 0.31, 0.43)),
        ((-0.5, 0.5, -0.8), (0.8, 1.1, 1.6)),
    ),
    "dramatic": (
        ((0.90, 0.55, 0.40), (1.70, 1.55, 1.35)),
        ((-0.9, 0.10, 0.4), (0.09, 0.11, 0.15)),
        ((-0.6, 0.4, -0.8), (1.2, 1.35, 1.75)),
    ),
}
"""Three lights each: direction toward the light, colour times strength (linear)."""


def rotation(yaw: float, pitch: float, roll: float) -> F64:
    """Turn by yaw (positive to the avatar's left), pitch (positive down) and roll (positive to its left shoulder), radians."""
    cy, sy, cp, sp, cr, sr = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch), np.cos(roll), np.sin(roll)
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    about_z = np.array([[cr, sr, 0], [-sr, cr, 0], [0, 0, 1]])
    return np.asarray(about_y @ about_x @ about_z)


def frame_camera(camera: Camera, places: list[tuple[float, float, float]], aspect: float) -> tuple[F64, F64]:
    """(eye, target) in metres: as given, or so that the avatars fill the framing."""
    half, below = FRAMING[camera.framing]
    spots = np.array(places) if places else np.zeros((1, 3))
    middle = 0.5 * (spots.max(0) + spots.min(0))
    spread = 0.5 * np.ptp(spots, axis=0)
    slope = np.tan(np.radians(camera.fov) / 2)
    back = (half + spread[1]) / slope
    if len(spots) > 1:
        back = max(back, (spread[0] + BESIDE) / (slope * aspect)) + spread[2]
    low = max(below, LOWEST + back * slope - spread[1])
    around = rotation(np.radians(camera.angle), 0.0, 0.0)
    axis = middle + np.array((0.0, low, AXIS))
    front = axis + around @ (0.0, 0.0, -0.02 - AXIS)
    target = np.array(camera.target) if camera.target else front
    eye = np.array(camera.position) if camera.position else target + around @ (0.0, 0.012, back)
    return eye, target


def focus(eye: F64, target: F64, places: list[tuple[float, float, float]]) -> float:
    """Distance along the view to the nearest face, metres."""
    forward = (target - eye) / np.linalg.norm(target - eye)
    return float(min((np.array(place) - eye) @ forward for place in places))


def aperture(camera: Camera, sharp: float, height: int) -> float:
    """Radius in pixels of the circle that a point infinitely far away becomes, for a picture so many pixels high that is sharp
    at `sharp` metres: an opening f / N wide, where f = 12 mm / tan(fov / 2), over the height seen there."""
    slope = np.tan(np.radians(camera.fov) / 2)
    return float(0.5 * (0.012 / slope / camera.dof) / (2.0 * sharp * slope) * height)


def view_projection(eye: F64, target: F64, fov: float, aspect: float) -> F32:
    """Column-vector matrix f32[4, 4] from world to clip space; `fov` vertical, degrees."""
    forward = target - eye
    forward = forward / np.linalg.norm(forward)
    right = np.cross(forward, (0.0, 1.0, 0.0))
    right /= np.linalg.norm(right)
    up = np.cross(right, forward)
    view = np.eye(4)
    view[:3, :3] = np.stack([right, up, -forward])
    view[:3, 3] = -view[:3, :3] @ eye
    f, near, far = 1.0 / np.tan(np.radians(fov) / 2), NEAR, FAR
    project = np.zeros((4, 4))
    project[0, 0], project[1, 1] = f / aspect, f
    project[2, 2], project[2, 3] = (far + near) / (near - far), 2 * far * near / (near - far)
    project[3, 2] = -1.0
    return np.asarray(project @ view, np.float32)


def orthographic(way: F64, centre: F64, reach: float) -> F64:
    """Matrix f64[4, 4] that looks at `centre` from direction `way`; depth 0 near to 1 far over 2 * reach."""
    w = way / np.linalg.norm(way)
    right = np.cross((0.0, 1.0, 0.0) if abs(w[1]) < 0.95 else (1.0, 0.0, 0.0), w)
    right /= np.linalg.norm(right)
    up = np.cross(w, right)
    out = np.eye(4)
    out[:3, :3] = np.stack([right, up, -w]) / reach
    out[:3, 3] = -out[:3, :3] @ centre
    return out


def bands(boxes: F64, matrix: F32, size: tuple[int, int]) -> I64:
    """The first pixel, and the one after the last, of each band of `BAND` rows of a picture (bottom first) within which world
    points f64[n, 8, 3] and their hulls lie: i64[ceil(height / BAND), 2], (width, 0) where there are none."""
    width, height = size
    out = np.tile(np.array((width, 0)), (-(-height // BAND), 1))
    clip = np.concatenate([boxes, np.ones((*boxes.shape[:2], 1))], 2) @ np.asarray(matrix, np.float64).T
    if (clip[..., 3] < 0.01).any():  # behind the camera
        out[:] = (0, width)
        return out
    at = (0.5 + 0.5 * clip[..., :2] / clip[..., 3:]) * size
    low, high = np.clip(at.min(1) - 1.0, 0, size).astype(int), np.clip(at.max(1) + 2.0, 0, size).astype(int)
    for (left, bottom), (right, top) in zip(low.tolist(), high.tolist(), strict=True):
        if bottom < top:
            rows = out[bottom // BAND : -(-top // BAND)]
            np.minimum(rows[:, 0], left, out=rows[:, 0])
            np.maximum(rows[:, 1], right, out=rows[:, 1])
    return out


def _backdrop(light: Light) -> str:
    return Light().background if light.background == CLEAR else light.background


def tone(light: Light) -> F64 | None:
    """Colour of the backdrop f64[3] in sRGB, None if it is transparent."""
    if light.background == CLEAR:
        return None
    return np.array([int(light.background[i : i + 2], 16) / 255 for i in (1, 3, 5)])


def lights(light: Light, heads: int = 1) -> tuple[F32, F32, F32, F32]:
    """(directions f32[3, 3], colours f32[3, 3], sky f32[3], ground f32[3]) of a preset.

    Several heads turn to each other, so for them the key light comes from the middle and the fill is stronger.
    """
    rows = PRESETS[light.preset]
    way = np.array([r[0] for r in rows])
    if heads > 1:
        way[0, 0] *= 0.3
        way[1, 0] *= 0.6
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    colour = np.array([r[1] for r in rows]) * light.strength
    if heads > 1:
        colour[1] *= 1.5
    backdrop = linear(_backdrop(light))
    fill = colour[1] * 0.42 + 0.06 * light.strength
    up, down = fill + 0.25 * backdrop, 0.45 * fill + 0.10 * backdrop * light.strength
    return way.astype(np.float32), colour.astype(np.float32), up.astype(np.float32), down.astype(np.float32)
