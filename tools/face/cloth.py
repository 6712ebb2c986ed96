"""Clothing: a sweater over the shoulders with a ribbed collar."""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.face import Mesh
from psi_ecs.systems.formats.glb import normals

from .parts import F, mesh
from .surface import Surface

TURNS, RING = 56, 10
"""Points round the neck, and round the collar's own thickness."""


class Collar:
    """Where a collar lies: a plane that is lower in front, and how far from the neck's middle it runs."""

    def __init__(self, surface: Surface, neck: F, style: dict[str, float]) -> None:
        """`neck`: the joint, f64[3]; `style`: drop, tilt, thick, tall (metres) of a recipe's [collar]."""
        self.neck, self.style = neck, style
        p = surface.position
        near = p[np.abs(self.height(p) - p[:, 1]) < 0.012]
        near = near[np.linalg.norm(near[:, [0, 2]] - (0.0, -0.09), axis=1) < 0.085]
        self.middle = np.array([0.0, near[:, 2].mean()])
        angle, distance = self._polar(near)
        at = np.linspace(-np.pi, np.pi, TURNS, endpoint=False)
        gap = np.abs((angle[None] - at[:, None] + np.pi) % (2 * np.pi) - np.pi)
        radius = np.array([distance[row < 0.22].max() if (row < 0.22).any() else distance.max() for row in gap])
        spectrum = np.fft.rfft(radius)
        spectrum[3:] = 0
        smooth = np.fft.irfft(spectrum, TURNS)
        self.at, self.radius = at, smooth + 0.0025 + 0.4 * float((radius - smooth).max())

    def _polar(self, p: F) -> tuple[F, F]:
        d = p[:, [0, 2]] - self.middle
        return np.arctan2(d[:, 0], d[:, 1]), np.linalg.norm(d, axis=1)

    def height(self, p: F) -> F:
        """y of the plane at f64[n, 3]."""
        drop, tilt = self.style.get("drop", 0.012), self.style.get("tilt", 0.42)
        return np.asarray(self.neck[1] - drop - tilt * (p[:, 2] - self.neck[2]))

    def beyond(self, p: F) -> F:
        """How much farther from the neck's middle than the collar points lie, metres."""
        angle, distance = self._polar(p)
        return np.asarray(distance - np.interp(angle, self.at, self.radius, period=2 * np.pi))

    def outside(self, p: F, margin: float = 0.0) -> NDArray[np.bool_]:
        """Which points lie farther from the neck's middle than the collar, and not as high as the jaw."""
        high = p[:, 1] < self.height(p) + 0.035
        return np.asarray((self.beyond(p) > margin) & (self.aside(p) > 0.02) & high)

    def aside(self, p: F) -> F:
        """0 in front, where cloth ends at the plane, 1 beside and behind the neck, where shoulders rise above it."""
        return np.asarray(1 - np.clip(1.6 * np.cos(self._polar(p)[0]), 0, 1))


def cloth(surface: Surface, collar: Collar) -> list[Mesh]:
    """A sweater over the shoulders, and its collar."""
    p = surface.position
    worn = (collar.height(p) > p[:, 1]) | collar.outside(p)
    triangle = surface.triangle[worn[surface.triangle].any(1)]
    used, compact = np.unique(triangle, return_inverse=True)
    compact = compact.reshape(-1, 3)
    p = p[used]
    under = (collar.height(p) - p[:, 1] - 0.007) / 0.004
    off = 0.006 * np.clip(np.maximum((collar.beyond(p) + 0.002) / 0.004, under), -0.5, 1.0)  # inside, cloth dives under skin
    p = p + off[:, None] * normals(p.astype(np.float32), compact.astype(np.uint32))
    rise = 2.5 * collar.aside(p) * np.maximum(collar.beyond(p), 0.0)
    p[:, 1] = np.minimum(p[:, 1], collar.height(p) + rise)  # the collar covers this edge
    return [mesh("Sweater", "cloth", p, p[:, :2] * 8.0, compact, node="body"), _rim(collar)]


def covered(surface: Surface, collar: Collar) -> NDArray[np.bool_]:
    """Triangles of the skin that no one sees for the cloth."""
    c = surface.centre
    return np.asarray((collar.height(c) - 0.03 > c[:, 1]) | collar.outside(c, 0.014))


def _rim(collar: Collar) -> Mesh:
    """A tube round the neck where the cloth begins."""
    thick, tall = collar.style.get("thick", 0.0055), collar.style.get("tall", 0.009)
    around = np.linspace(0, 2 * np.pi, RING, endpoint=False)
    sine, cosine = np.sin(collar.at), np.cos(collar.at)
    r = collar.radius[:, None] + thick * np.cos(around)
    x, z = r * sine[:, None], collar.middle[1] + r * cosine[:, None]
    base = collar.height(np.stack([collar.radius * sine, 0 * sine, collar.middle[1] + collar.radius * cosine], 1))
    y = base[:, None] + tall * np.sin(around)
    p = np.stack([x, y, z], 2).reshape(-1, 3)
    i, j = np.meshgrid(np.arange(TURNS), np.arange(RING), indexing="ij")
    a, b = (i * RING + j).ravel(), ((i + 1) % TURNS * RING + j).ravel()
    c, d = (i * RING + (j + 1) % RING).ravel(), ((i + 1) % TURNS * RING + (j + 1) % RING).ravel()
    triangle = np.concatenate([np.stack([a, b, c], 1), np.stack([c, b, d], 1)])
    uv = np.stack([np.repeat(np.arange(TURNS) * 108.0 / TURNS, RING), np.tile(around / (2 * np.pi), TURNS)], 1)
    return mesh("Collar", "cloth", p, np.asarray(uv, np.float64), triangle, node="body")
