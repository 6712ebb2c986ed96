"""The soft shell of a head that is made by code: rings about the mouth, from the seam of the lips to the back of the head.

Confocal ellipses about the seam, laid on a superellipsoid: the innermost ring is the seam itself, its upper half the upper
lip and its lower half the lower one. Units: millimetres.
"""

import numpy as np
from msgspec import Struct

from .muscles import CORNER, Anatomy, Flesh
from .parts import F
from .surface import Ints

AROUND = 48
"""Vertices of a ring; they begin at the left corner and go over the upper lip."""
OUTWARD = (0.0, 0.7, 1.8, 3.4, 5.6, 8.5, 12.5, 18, 25, 34, 44, 56, 70, 86, 103, 121, 141, 162, 184, 207, 230, 250, 270)
"""How far from the seam the rings are."""
SEAM = 0.05
"""Half the gap of the lips at rest."""
DEPTH, HEIGHT = (2.5, 7.0, 14.0, 28.0, 46.0), (1.0, 5.0, 11.0, 15.0, 11.0)
"""How far behind the seam the rings of the lining are, and how far above and below it."""


class ShellStyle(Struct, kw_only=True, forbid_unknown_fields=True):
    """The outline of a head, mm."""

    width: float = 98.0
    """Half axes: aside, up and forward."""
    height: float = 80.0
    depth: float = 92.0
    power: float = 2.2
    """2 an ellipsoid; more is squarer."""
    centre_y: float = -26.0
    centre_z: float = -74.0
    snout: float = 7.0
    """How far the muzzle stands out."""
    mound: float = 8.0
    """How far the head swells around the eyes."""
    cheeks: float = 0.10
    """How much wider the lower half is, as a share."""


class MouthStyle(Struct, kw_only=True, forbid_unknown_fields=True):
    """The mouth, mm."""

    width: float = 66.0
    height: float = -60.0
    """y of the seam."""
    smile: float = 4.0
    """How much higher the corners are than the middle."""
    lips: float = 2.8
    """How far the lips stand out."""


class Shell:
    """Places on the head."""

    def __init__(self, style: ShellStyle, mouth: MouthStyle, eye: F) -> None:
        """`eye`: middle of the left eye, f64[3]."""
        self.style, self.mouth, self.eye = style, mouth, eye
        self.centre = np.array((0.0, style.centre_y, style.centre_z))
        self.half = 0.5 * mouth.width
        z = self.front(np.zeros(1), np.array([mouth.height]))[0]
        self.seam = np.array((0.0, mouth.height, z))
        d = self.seam - self.centre
        self.reach = float(np.linalg.norm(d))
        self.way = d / self.reach
        self.up = np.cross(self.way, (1.0, 0.0, 0.0))

    def radius(self, way: F) -> F:
        """Distance of the surface from the centre in unit directions f64[..., 3]."""
        s = self.style
        wide = s.width * (1.0 - s.cheeks * np.clip(way[..., 1] * 1.6, -1.0, 1.0))
        q = np.abs(way / np.stack([wide, np.full_like(wide, s.height), np.full_like(wide, s.depth)], -1)) ** s.power
        r = q.sum(-1) ** (-1.0 / s.power)
        for sign in (1.0, -1.0):
            to_eye = self.eye * (sign, 1.0, 1.0) + np.array((0.0, 0.0, 4.0)) - self.centre
            r = r + s.mound * np.exp((way @ to_eye / np.linalg.norm(to_eye) - 1.0) / 0.045)
        muzzle = np.array((0.0, self.mouth.height + 4.0, 8.0)) - self.centre
        return np.asarray(r + s.snout * np.exp((way @ muzzle / np.linalg.norm(muzzle) - 1.0) / 0.09))

    def front(self, x: F, y: F) -> F:
        """z of the surface before the centre at x and y, by bisection."""
        low, high = np.full(len(x), self.centre[2]), np.full(len(x), 90.0)
        for _ in range(40):
            z = 0.5 * (low + high)
            d = np.stack([x, y, z], 1) - self.centre
            far = np.linalg.norm(d, axis=1)
            inside = far < self.radius(d / far[:, None])
            low, high = np.where(inside, z, low), np.where(inside, high, z)
        return np.asarray(0.5 * (low + high), np.float64)

    def skin(self) -> tuple[Flesh, Ints, F]:
        """The outside: flesh of all rings and the back, triangles, and how far from the seam each vertex is."""
        turn = 2 * np.pi * np.arange(AROUND) / AROUND
        d = np.array(OUTWARD)[:, None] * np.ones(AROUND)
        cos, sin = np.cos(turn), np.sin(turn)
        x = np.sqrt(self.half**2 + d**2) * cos
        y = d * sin + SEAM * np.sign(np.round(sin, 9)) * np.exp(-d) + self.mouth.smile * cos**2 * np.exp(-((d / 40.0) ** 2))
        arc, angle = np.hypot(x, y), np.arctan2(y, x)
        tilt = arc / self.reach
        way = (
            np.cos(tilt)[..., None] * self.way
            + (np.sin(tilt) * np.cos(angle))[..., None] * np.array((1.0, 0.0, 0.0))
            + (np.sin(tilt) * np.sin(angle))[..., None] * self.up
        )
        plump = 0.30 + 0.70 * np.abs(sin) ** 0.7
        lips = self.mouth.lips * (d / 4.0) * np.exp(1.0 - d / 4.0) * plump - 3.2 * np.exp(-d / 1.3)
        p = self.centre + (self.radius(way) + lips)[..., None] * way
        flat = np.concatenate([p.reshape(-1, 3), [self.centre - self.radius(-self.way[None])[0] * self.way]])
        side = np.append((np.sign(np.round(sin, 9)) * np.abs(sin) ** 0.6 * np.ones_like(d)).ravel(), 0.0)
        distance = np.append(d.ravel(), OUTWARD[-1] + 25.0)
        return (
            Flesh(flat, self.jaw(flat, side, distance), np.exp(-((distance / 9.0) ** 2)), side),
            rings(len(OUTWARD)),
            distance,
        )

    def jaw(self, p: F, side: F, distance: F) -> F:
        """Share of the jaw's movement."""
        chin = p - self.seam
        below = np.clip(-side, 0, 1)
        lip = np.where(side > 0, CORNER * (1 - side), CORNER + (1 - CORNER) * below)
        far = np.clip((-chin[:, 2] - 12.0) / 55.0, 0.0, 1.0)  # toward neck and ears it fades
        low = 1.0 / (1.0 + np.exp(np.clip((chin[:, 1] + 10.0) / 7.0, -30, 30)))
        near = np.exp(-((distance / 16.0) ** 2))
        return np.asarray((near * lip + (1 - near) * low) * (1 - far * far * (3 - 2 * far)))

    def lining(self, skin: Flesh) -> tuple[Flesh, Ints, F]:
        """The inside of the mouth, from the seam to the throat: flesh, triangles, and how deep each vertex is, 0 to 1."""
        seam = skin.p[:AROUND]
        side = skin.side[:AROUND]
        rows, deep = [seam], [np.zeros(AROUND)]
        for depth, height in zip(DEPTH, HEIGHT, strict=True):
            share = depth / DEPTH[-1]
            row = seam * (1.0 - 0.45 * share**2, 1.0, 1.0)
            row[:, 1] = seam[:, 1] + height * side
            row[:, 2] = seam[:, 2] - depth * (1.0 - 0.55 * (1 - np.abs(side)) * share)
            rows.append(row)
            deep.append(np.full(AROUND, share))
        back = self.seam + np.array((0.0, 0.0, -DEPTH[-1] - 6.0))
        p, inner = np.concatenate([*rows, [back]]), np.append(np.concatenate(deep), 1.0)
        both = np.append(np.tile(side, len(rows)), 0.0)
        jaw = np.append(np.tile(skin.jaw[:AROUND], len(rows)), CORNER)
        lip = np.clip(1.0 - inner / 0.32, 0.0, 1.0)
        return Flesh(p, jaw, lip, both), rings(len(rows))[:, ::-1], inner

    def anatomy(self, skin: Flesh) -> Anatomy:
        """Where things are."""
        nose = np.array((0.0, 0.42 * self.mouth.height, 0.0))
        nose[2] = self.front(nose[:1], nose[1:2])[0]
        hinge = np.array((0.0, self.mouth.height + 14.0, self.seam[2] - 100.0))
        return Anatomy(self.seam, self.half, skin.p[0], hinge, nose, self.eye)


def rings(count: int) -> Ints:
    """Triangles between rings from the innermost outward, and from the last to one more vertex, seen from before."""
    i, j = np.meshgrid(np.arange(count - 1), np.arange(AROUND), indexing="ij")
    a, b = (i * AROUND + j).ravel(), (i * AROUND + (j + 1) % AROUND).ravel()
    side = np.concatenate([np.stack([a, a + AROUND, b], 1), np.stack([b, a + AROUND, b + AROUND], 1)])
    last = (count - 1) * AROUND + np.arange(AROUND)
    cap = np.stack([last, np.full(AROUND, count * AROUND), np.roll(last, -1)], 1)
    return np.concatenate([side, cap])
