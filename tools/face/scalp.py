"""The scalp: where hair grows, and the shape of the skull under it, as functions of direction from the skull's middle."""

import numpy as np
from numpy.typing import NDArray

from .parts import F

CENTRE = np.array([0.0, 0.022, -0.082])
"""Middle of the skull in head space (the eyes lie at its origin), metres."""
AZIMUTH = np.radians([0, 20, 34, 44, 52, 58, 64, 70, 80, 84, 92, 104, 114, 125, 150, 180])
LINE = np.radians([30, 31, 32, 28, 19, 9, -4, -15, -17, -6, 0, -4, -20, -30, -38, -40])
"""Elevation of the hairline seen from the middle of the skull, by angle from the front: forehead, temple, ear, nape."""


def angles(p: F) -> tuple[F, F]:
    """Azimuth (0 ahead, positive to the head's left) and elevation of points f64[..., 3], radians."""
    d = p - CENTRE
    return np.arctan2(d[..., 0], d[..., 2]), np.arctan2(d[..., 1], np.hypot(d[..., 0], d[..., 2]))


def toward(azimuth: F, elevation: F) -> F:
    """Unit directions f64[..., 3]."""
    c = np.cos(elevation)
    return np.stack([c * np.sin(azimuth), np.sin(elevation), c * np.cos(azimuth)], -1)


def hairline(azimuth: F, raise_by: float = 0.0) -> F:
    """Elevation of the hairline at azimuths, radians; `raise_by` lifts it in front."""
    a = np.abs((azimuth + np.pi) % (2 * np.pi) - np.pi)
    return np.interp(a, AZIMUTH, LINE) + raise_by * np.clip(1.2 - a, 0, 1)


def above(p: F, raise_by: float = 0.0) -> NDArray[np.bool_]:
    """Which points f64[n, 3] of the head are scalp."""
    azimuth, elevation = angles(p)
    return np.asarray(elevation > hairline(azimuth, raise_by))


def deep(p: F, raise_by: float = 0.0, margin: float = 0.16) -> NDArray[np.bool_]:
    """Which points f64[n, 3] lie so far inside the hairline that hair always hides them; `margin` in radians."""
    azimuth, elevation = angles(p)
    line = np.max([hairline(azimuth + aside, raise_by) for aside in (-0.26, -0.13, 0.0, 0.13, 0.26)], axis=0)
    return np.asarray(elevation > line + margin)


class Skull:
    """Distance of the smoothed surface of the head from its middle, by direction; ears and mouth are smoothed away."""

    def __init__(self, position: F, normal: F) -> None:
        """Skin vertices and their normals f64[V, 3]."""
        d = position - CENTRE
        r = np.linalg.norm(d, axis=1)
        way = d / r[:, None]
        azimuth, elevation = angles(position)
        ear = (np.abs(np.abs(azimuth) - np.radians(98)) < 0.42) & (elevation < -0.02) & (np.abs(position[:, 0]) > 0.070)
        keep = ((normal * way).sum(1) > 0.35) & (elevation > -0.9) & ~ear
        self._way, self._r = way[keep], r[keep]

    def __call__(self, way: F, width: float = 0.09) -> F:
        """Radius in metres for unit directions f64[..., 3]; `width` of the smoothing in radians."""
        flat = way.reshape(-1, 3)
        out = np.empty(len(flat))
        for at in range(0, len(flat), 512):
            cosine = flat[at : at + 512] @ self._way.T
            weight = np.exp((cosine - 1.0) / (0.5 * width**2)) + 1e-12
            out[at : at + 512] = (weight @ self._r) / weight.sum(1)
        return out.reshape(way.shape[:-1])


def between(a: F, b: F, t: F) -> F:
    """Points along the great circle from unit directions a to b, f64[..., 3], at shares t."""
    angle = np.arccos(np.clip((a * b).sum(-1), -1, 1))[..., None]
    s = np.maximum(np.sin(angle), 1e-6)
    return np.asarray((np.sin((1 - t)[..., None] * angle) * a + np.sin(t[..., None] * angle) * b) / s)
