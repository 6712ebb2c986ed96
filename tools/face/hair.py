"""Hair: a solid sheet of combed strands that gives the body, and narrow cards that break its edges, its parting and tips."""

import numpy as np

from psi_ecs import AssetError
from psi_ecs.components.face import Mesh
from psi_ecs.systems.formats.glb import normals

from .comb import CUTS, ROWS, Style, number
from .parts import F, grid, mesh
from .scalp import CENTRE, Skull
from .surface import Ints, Surface

COLUMNS = 112
STRANDS = 26.0
"""Widths of the strand texture once round the head."""


class Field:
    """The combed sheet, to be sampled at (s, t)."""

    def __init__(self, skull: Skull, style: Style) -> None:
        """Comb hair of this style over a skull. AssetError for an unknown cut."""
        self.cut = str(style.get("cut", "bob"))
        if self.cut not in CUTS:
            raise AssetError(f"hair.cut {self.cut!r}: no such cut; choose one of {', '.join(CUTS)}")
        self.closed = self.cut == "short"
        self.s = np.linspace(0, 1, COLUMNS)
        self.solid = 0.95 if self.closed else 0.97
        """How far along the strands the solid body reaches; cards go on to the tips."""
        self.strand = CUTS[self.cut](skull, style, self.s)
        flat = self.strand.reshape(-1, 3).astype(np.float32)
        self.triangle = grid(COLUMNS, ROWS)
        n = normals(flat, self.triangle.astype(np.uint32)).reshape(COLUMNS, ROWS, 3).astype(np.float64)
        if self.closed:
            n[0] = n[-1] = n[0] + n[-1]
        inward = (n * (self.strand - CENTRE)).sum() < 0
        n *= -1.0 if inward else 1.0
        n[:, 0] = self.strand[:, 0] - CENTRE
        self.normal = n / np.linalg.norm(n, axis=2, keepdims=True)
        if inward:
            self.triangle = self.triangle[:, ::-1]

    def at(self, s: F, t: F, values: F) -> F:
        """Values f64[COLUMNS, ROWS, k] at points, bilinearly, a little past the edges of an open sheet too."""
        x = (s - np.floor(s) if self.closed and np.any((s < 0) | (s > 1)) else np.clip(s, -0.02, 1.02)) * (COLUMNS - 1)
        y = np.clip(t, 0, 1) * (ROWS - 1)
        i, j = np.clip(x.astype(int), 0, COLUMNS - 2), np.minimum(y.astype(int), ROWS - 2)
        f, g = (x - i)[..., None], (y - j)[..., None]
        near = values[i, j] * (1 - g) + values[i, j + 1] * g
        far = values[i + 1, j] * (1 - g) + values[i + 1, j + 1] * g
        return np.asarray(near * (1 - f) + far * f)


def hair(surface: Surface, style: Style, random: np.random.Generator) -> list[Mesh]:
    """The meshes of one head's hair. `style.cut` is `bob`, `short` or `none`; the rest is told in `comb`."""
    if style.get("cut") == "none":
        return []
    corner = np.repeat(surface.normal, 3, axis=0)
    normal = np.zeros_like(surface.position)
    np.add.at(normal, surface.triangle.ravel(), corner)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
    field = Field(Skull(surface.position, normal), style)
    if field.closed:
        return [_sheet(field, style, random), _cards(field, _tufts(style, random), random)]
    return [_sheet(field, style, random), _cards(field, _locks(style, random), random)]


def _waves(s: F, t: F, random: np.random.Generator) -> F:
    """Locks: a smooth height over (s, t), about -1 to 1, that follows the strands."""
    out = np.zeros(np.broadcast(s, t).shape)
    for count, share in ((7, 0.30), (17, 0.35), (38, 0.35)):
        phase, turn = random.uniform(0, 2 * np.pi, 2)
        out += share * np.sin(2 * np.pi * count * s + phase + 1.6 * np.sin(2 * np.pi * 3 * s + turn) + 0.9 * t)
    return out


def _sheet(field: Field, style: Style, random: np.random.Generator) -> Mesh:
    """The solid body. uv: u round the head in widths of the strand texture, v from root to tip."""
    s, t = np.meshgrid(field.s, field.solid * np.linspace(0, 1, ROWS), indexing="ij")
    if not field.closed:  # the edges beside the face are left to cards
        inset = 0.016 * np.clip((t - 0.2) / 0.4, 0, 1)
        s = inset + (1 - 2 * inset) * s
    depth = number(style, "locks", 0.0013)
    rise = np.clip(t * 4, 0, 1) * (np.clip((1 - t) * 6, 0, 1) if field.closed else 1.0)
    p = field.at(s, t, field.strand) + field.at(s, t, field.normal) * (depth * rise * _waves(s, t, random))[..., None]
    uv = np.stack([STRANDS * s, t], 2).reshape(-1, 2)
    if not field.closed:
        return _lined(p, uv, field)
    made = mesh("HairBody", "cap", p.reshape(-1, 3), uv, field.triangle)
    n = made.normal.reshape(COLUMNS, ROWS, 3)
    n[0] = n[-1] = (n[0] + n[-1]) / np.maximum(np.linalg.norm(n[0] + n[-1], axis=1, keepdims=True), 1e-6)
    n[:, 0] = field.normal[:, 0]
    return made


def _lined(p: F, uv: F, field: Field) -> Mesh:
    """A sheet f64[COLUMNS, ROWS, 3] with a lining inside its lower half, where one sees behind it."""
    half = ROWS // 2
    inner = p[:, half:] - 0.001 * field.normal[:, half:]
    rows = ROWS - half
    lining = grid(COLUMNS, rows)
    if (field.triangle[0] == grid(COLUMNS, ROWS)[0]).all():
        lining = lining[:, ::-1]
    both = np.concatenate([p.reshape(-1, 3), inner.reshape(-1, 3)])
    uvs = np.concatenate([uv, uv.reshape(COLUMNS, ROWS, 2)[:, half:].reshape(-1, 2)])
    made = mesh("HairBody", "cap", both, uvs, np.concatenate([field.triangle, lining + len(uv)]))
    share = np.interp(np.arange(ROWS), [0, 5], [1.0, 0.0])[:, None]  # hair rolls over at the parting: no edge in its light
    n = made.normal[: len(uv)].reshape(COLUMNS, ROWS, 3)
    n[:] = n * (1 - share) + field.normal[:, :1] * share
    n /= np.linalg.norm(n, axis=2, keepdims=True)
    return made


class Cards:
    """Cards to lay on a field: arrays f64[n] of where each begins and ends, how it stands off, and how wide it is."""

    def __init__(self, s: F, begin: F, end: F, rise: F, tip: F, width: F, drift: F) -> None:
        """`rise` and `tip`: metres off the sheet in the middle and at the tip; `drift`: change of s from root to tip."""
        self.s, self.begin, self.end, self.rise, self.tip, self.width, self.drift = s, begin, end, rise, tip, width, drift


def _locks(style: Style, random: np.random.Generator) -> Cards:
    """Cards of long hair: along both edges beside the face, over the parting and crown, and at the tips."""
    n = int(number(style, "cards", 280))
    edge, top = int(0.46 * n), int(0.24 * n)
    rest = n - edge - top

    def each(*ranges: tuple[float, float]) -> F:
        return np.concatenate([random.uniform(*r, k) for r, k in zip(ranges, (edge, top, rest), strict=True)])

    side = np.where(random.uniform(0, 1, edge) < 0.5, 0.0, 1.0)
    inward = 0.060 * random.uniform(0, 1, edge) ** 1.3 - 0.009  # a few strands lie before the edge
    s_edge = np.where(side < 0.5, inward, 1 - inward)
    s = np.concatenate([s_edge, random.uniform(0, 1, n - edge)])
    rise = each((-0.0005, 0.0022), (0.0006, 0.0020), (0.0, 0.0020))
    drift = random.normal(0, 0.006, n)
    drift[:edge] = np.where(side < 0.5, 1, -1) * random.normal(0.006, 0.010, edge)
    end = 1.0 + random.uniform(-0.06, 0.0, n)
    end[:edge] -= random.uniform(0, 0.5, edge) ** 3
    return Cards(
        s,
        each((0.0, 0.22), (0.0, 0.4), (0.5, 0.72)),
        end,
        rise,
        rise + random.normal(0, 0.002, n),
        each((0.0025, 0.0055), (0.005, 0.009), (0.005, 0.010)),
        drift,
    )


def _tufts(style: Style, random: np.random.Generator) -> Cards:
    """Cards of short hair: over the top, and a soft row along the hairline."""
    n = int(number(style, "cards", 640))
    line = int(0.86 * n)
    top = n - line

    def each(a: tuple[float, float], b: tuple[float, float]) -> F:
        return np.concatenate([random.uniform(*a, line), random.uniform(*b, top)])

    s = np.concatenate([np.arange(line) / line + random.uniform(0, 1 / line, line), random.uniform(0, 1, top)])
    front = np.clip(np.cos(2 * np.pi * s - np.pi), 0, 1)
    begin = each((0.80, 0.93), (0.08, 0.78))
    long = np.concatenate([random.uniform(0.07, 0.15, line), 0.12 + 0.14 * front[line:] + random.uniform(0, 0.08, top)])
    end = np.minimum(begin + long, each((0.965, 1.0), (0.90, 0.95)))  # the edge is left to the fine ones
    rise = each((0.0002, 0.0007), (0.0004, 0.0012))
    tip = rise + each((0.0, 0.0008), (0.0, 0.0022)) * (0.35 + 0.65 * front)
    drift = random.normal(0, 1, n) * np.where(np.arange(n) < line, 0.002, 0.008)  # fine hair lies in line
    return Cards(s, begin, end, rise, tip, each((0.0014, 0.0030), (0.0045, 0.0080)), drift)


def _cards(field: Field, cards: Cards, random: np.random.Generator) -> Mesh:
    """Cards as one mesh of strips. uv: u across (with a card's own offset), v from root to tip."""
    n, steps = len(cards.s), 4 if field.closed else 8
    f = np.linspace(0, 1, steps)
    t = cards.begin[:, None] + (cards.end - cards.begin)[:, None] * f
    s = cards.s[:, None] + cards.drift[:, None] * f
    middle, normal = field.at(s, t, field.strand), field.at(s, t, field.normal)
    normal /= np.linalg.norm(normal, axis=2, keepdims=True)
    stand = cards.rise[:, None] * np.sin(np.pi * np.clip(f * 1.2, 0, 1)) ** 0.5 + np.clip(f - 0.35, 0, 1) * cards.tip[:, None]
    middle = middle + normal * stand[..., None]
    side = np.cross(np.gradient(middle, axis=1), normal)
    side /= np.maximum(np.linalg.norm(side, axis=2, keepdims=True), 1e-9)
    half = 0.5 * cards.width[:, None, None] * np.interp(f, [0, 0.25, 0.75, 1], [0.6, 1, 0.85, 0.25])[None, :, None]
    p = np.stack([middle - half * side, middle + half * side], 2)
    u = np.floor(random.uniform(0, 64, n))[:, None, None] + np.broadcast_to(np.array([0.02, 0.98]), (n, steps, 2))
    v = np.broadcast_to(f[None, :, None], (n, steps, 2))
    triangle = np.concatenate([strip(steps, 2 * steps * i) for i in range(n)])
    card = mesh("Hair", "hair", p.reshape(-1, 3), np.stack([u, v], 3).reshape(-1, 2), triangle)
    tilt = (normal[:, :, None] + np.array([-0.3, 0.3])[None, None, :, None] * side[:, :, None]).reshape(-1, 3)
    card.normal = (tilt / np.linalg.norm(tilt, axis=1, keepdims=True)).astype(np.float32)
    return card


def strip(steps: int, start: int) -> Ints:
    """Triangles of a strip of two columns."""
    a = start + 2 * np.arange(steps - 1)
    return np.concatenate([np.stack([a, a + 1, a + 2], 1), np.stack([a + 2, a + 1, a + 3], 1)])
