"""From a recipe to a head: identity, crop, subdivision, parts, measured rig."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from psi_ecs.asset import package_folder
from psi_ecs.components.face import BLENDSHAPES, Head, Mesh
from psi_ecs.systems.formats.calibrate import corners, landmarks_of, lip_pair, measure
from psi_ecs.systems.formats.glb import normals, write_head

from . import creature, parts
from .brows import brows
from .cloth import Collar, cloth, covered
from .creature import Stylised
from .hair import hair
from .lashes import lashes, strips
from .recipe import Recipe, identity, load_recipe
from .scalp import deep
from .source import Source, located
from .subdivide import catmull_clark
from .surface import Surface
from .tongue import tongue

F = NDArray[np.float64]
METRES = 0.1
"""The source is in decimetres."""
FINE = 0.0115
"""Length of an edge above which a face is divided, metres."""
SHOWN = 0.0022
"""How much lower than in the source the upper teeth stand, metres, so that a little of them shows in speech."""


def build(name: str, recipe: Path | None = None, out: Path | None = None, source: Path | None = None) -> Path:
    """Bake a head; returns the file written."""
    recipe = recipe or package_folder("assets") / "heads" / f"{name}.toml"
    head = head_of(name, load_recipe(recipe), source)
    out = out or recipe.with_suffix(".glb")
    out.write_bytes(write_head(head))
    return out


def head_of(name: str, recipe: Recipe | Stylised, source: Path | None = None) -> Head:
    """A head from a recipe of either kind; only a person needs the source."""
    return creature.make(name, recipe) if isinstance(recipe, Stylised) else make(name, recipe, Source(located(source)))


def make(name: str, recipe: Recipe, source: Source) -> Head:
    """A head from a recipe."""
    random = np.random.Generator(np.random.PCG64(recipe.seed))
    shape = identity(source, recipe)
    eyes = {s: shape[source.vertices(f"helper-{s[0]}-eye")] for s in ("left", "right")}
    origin = np.concatenate(list(eyes.values())).mean(0)
    shape = (shape - origin) * METRES
    units = {s: source.target(f"faceunits/{s}") * METRES for s in BLENDSHAPES}
    skin, deltas, made_from, quads = _skin(source, shape, units)
    inside = _inside_mouth(source, quads)[made_from]
    _seal(skin[0], skin[1], deltas, skin[1][~inside])
    surface = Surface(skin[0], skin[1][~inside])
    neck = shape[source.vertices("joint-neck")].mean(0)
    collar = Collar(surface, neck, recipe.collar)
    eye = {s: (p.mean(0) - origin) * METRES for s, p in eyes.items()}
    radius = {s: 0.5 * float(np.ptp(p[:, 0])) * METRES for s, p in eyes.items()}
    locks = hair(surface, recipe.hair, random)
    hidden = covered(surface, collar)
    if locks:
        hidden |= deep(surface.centre, float(recipe.hair.get("raise", 0.0)))
    meshes = [
        _part("Skin", "skin", skin[0], skin[2], surface.triangle[~hidden], deltas),
        _part("Mouth", "gum", skin[0], skin[2], skin[1][inside], deltas),
        *[parts.eyeball(s.title(), eye[s], radius[s]) for s in ("left", "right")],
        *_teeth(source, shape, units),
        _tongue(source, shape, units),
        lashes(strips(source, shape, units), recipe.lash, random),
        brows(surface, deltas, eye, recipe.brow, random),
        *locks,
        *cloth(surface, collar),
    ]
    marks = landmarks_of(meshes)
    marks |= _commissures(meshes[0], marks)
    marks["collar"] = (0.0, float(collar.height(np.array([[0.0, 0.0, 0.03]]))[0]), 0.03)
    for side in ("left", "right"):
        marks[f"eye_{side}"] = tuple(float(v) for v in eye[side])  # type: ignore[assignment]
    pivot = {"body": (0.0, 0.0, 0.0), "head": _tuple(neck), "leftEye": _tuple(eye["left"]), "rightEye": _tuple(eye["right"])}
    marks["neck"] = _tuple(neck)
    return Head(name=name, meshes=meshes, pivot=pivot, rig=measure(meshes, name), landmarks=marks)


def _tuple(p: F) -> tuple[float, float, float]:
    return (float(p[0]), float(p[1]), float(p[2]))


def _commissures(skin: Mesh, marks: dict[str, tuple[float, float, float]]) -> dict[str, tuple[float, float, float]]:
    """Where the red of the lips ends: just outside the last points that face each other across the seam."""
    p, mouth, out = skin.position, np.array(marks["mouth"]), {}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        far = np.array(marks[f"mouth_{side}"])
        seam = mouth[1] + (far[1] - mouth[1]) * (p[:, 0] / far[0]) ** 2
        lip = (np.abs(p[:, 1] - seam) < 0.0025) & (np.abs(skin.normal[:, 1]) > 0.9) & (np.abs(p[:, 0]) < abs(far[0]))
        last = p[lip][np.argmax(sign * p[lip, 0])]
        out[f"mouth_{side}"] = _tuple(np.array((last[0] + sign * 0.0022, last[1], last[2])))
    return out


def _skin(
    source: Source, shape: F, units: dict[str, F]
) -> tuple[tuple[F, NDArray[np.int64], F], dict[str, F], NDArray[np.int64], NDArray[np.int64]]:
    """Head and shoulders, subdivided where faces are large and seen: ((positions, triangles, uv), deltas, source face,
    kept faces)."""
    quads, corners = source.quads["body"], source.corners["body"]
    centre = source.base[quads].mean(1)
    keep = np.flatnonzero((centre[:, 1] > 2.6) & (np.abs(centre[:, 0]) < 3.3))
    used, compact = np.unique(quads[keep], return_inverse=True)
    local = compact.reshape(-1, 4)
    ring = shape[used][local]
    size = np.linalg.norm(ring - np.roll(ring, 1, 1), axis=2).max(1)
    seen = (ring.mean(1)[:, 2] > -0.07) & (ring.mean(1)[:, 1] > -0.16)
    triangle, smooth, made_from = catmull_clark(local, len(used), (size > FINE) & seen & ~_inside_mouth(source, keep))
    uv = np.zeros((len(used), 2))
    uv[local.ravel()] = source.coordinate[corners[keep].ravel()]
    # smoothing draws lids and lips back a little; put the finest points, which were dense enough, where they were
    position = smooth(shape[used])
    deltas = {name: smooth(d[used]) for name, d in units.items()}
    return (position, triangle, smooth(uv)), deltas, made_from, keep


def _seal(position: F, triangle: NDArray[np.int64], deltas: dict[str, F], outer: NDArray[np.int64]) -> None:
    """Bring lips together that stand apart at rest, or cross, all along the mouth; in place. `outer`: triangles of the skin
    without the lining of the mouth."""
    needed = ("jawOpen", "mouthClose", "mouthSmileLeft", "mouthSmileRight", "mouthStretchLeft", "mouthStretchRight")
    used, compact = np.unique(outer, return_inverse=True)
    moves = {n: deltas[n][used] for n in needed}

    def face() -> Mesh:
        return parts.mesh("Skin", "skin", position[used], position[used, :2], compact.reshape(-1, 3), moves)

    corner = position[used[list(corners(face()))]]
    reach = float(np.abs(corner[:, 0]).mean())
    middle = 0.5 * position[used[list(lip_pair(face(), 0.0))]].sum(0)
    stations = np.linspace(-0.9 * reach, 0.9 * reach, 37)
    at = gap = seam = off = up = np.zeros(1)
    for _ in range(4):
        up = normals(position.astype(np.float32), triangle.astype(np.uint32))[:, 1].astype(np.float64)
        line = middle[1] + (corner[:, 1].mean() - middle[1]) * (position[:, 0] / reach) ** 2
        lips = (np.abs(position[:, 1] - line) < 0.005) & (np.abs(up) > 0.25) & (position[:, 2] > corner[:, 2].mean() - 0.012)
        found = []
        for x in stations:
            near = lips & (np.abs(position[:, 0] - x) < 0.002)
            front = near & (position[:, 2] > position[near, 2].max(initial=-1.0) - 0.0055)
            above, below = position[front & (up < 0), 1], position[front & (up > 0), 1]
            if len(above) and len(below):
                found.append((x, above.min() - below.max(), 0.5 * (above.min() + below.max())))
        at, gap, seam = np.array(found).T
        gap = np.convolve(np.pad(np.clip(gap, -0.001, 0.002), 1, mode="edge"), (0.25, 0.5, 0.25), "valid")
        off = position[:, 1] - np.interp(position[:, 0], at, seam)
        _press(position, off, up, np.interp(position[:, 0], at, gap) + 1e-4, corner)
    _close_corners(position, triangle, middle[1] + (corner[:, 1].mean() - middle[1]) * (position[:, 0] / reach) ** 2, reach)
    now = face()
    pairs = [(x, *used[list(lip_pair(now, x))]) for x in (-0.45 * reach, 0.0, 0.45 * reach)]
    left = [float(np.clip(position[u, 1] - position[v, 1], 0.0, 0.001)) for _, u, v in pairs]
    off = position[:, 1] - np.interp(position[:, 0], at, seam)
    _press(position, off, up, np.interp(position[:, 0], [x for x, _, _ in pairs], left), corner)


def _close_corners(position: F, triangle: NDArray[np.int64], line: F, reach: float) -> None:
    """Bring the lips together where their seam runs out, in place: there they face each other across less than two
    millimetres. `line`: height of the seam at each vertex."""
    for _ in range(3):
        up = normals(position.astype(np.float32), triangle.astype(np.uint32))[:, 1]
        near = (np.abs(position[:, 1] - line) < 0.003) & (np.abs(position[:, 0]) > 0.45 * reach) & (np.abs(up) > 0.55)
        near &= position[:, 2] > position[near, 2].max(initial=-1.0) - 0.012
        upper, lower = np.flatnonzero(near & (up < 0)), np.flatnonzero(near & (up > 0))
        flat = position[:, [0, 2]]
        weight = np.exp(-((np.linalg.norm(flat[upper][:, None] - flat[lower][None], axis=2) / 0.0009) ** 2)) + 1e-9
        gap = position[upper, 1][:, None] - position[lower, 1][None]
        weight *= (gap > 0) & (gap < 0.002)
        position[upper, 1] -= 0.5 * (weight * gap).sum(1) / (weight.sum(1) + 1e-3)
        position[lower, 1] += 0.5 * (weight * gap).sum(0) / (weight.sum(0) + 1e-3)


def _press(position: F, off: F, up: F, gap: F, corner: F) -> None:
    """Move lips toward their seam by half of `gap` f64[V]; `off` is the height above the seam, `up` the normal's y."""
    reach = float(np.abs(corner[:, 0]).mean())
    near = np.exp(-((off / 0.006) ** 2)) * np.clip((reach - np.abs(position[:, 0])) / 0.002, 0, 1)
    near *= np.clip((position[:, 2] - corner[:, 2].mean() + 0.020) / 0.008, 0, 1)
    lower = np.where(np.abs(off) < 0.0015, np.where(up > 0, 1.0, -1.0), -np.sign(off))
    position[:, 1] += 0.5 * gap * lower * near


def _inside_mouth(source: Source, faces: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of these body faces line the mouth, by the source's texture mask."""
    from PIL import Image

    mask = np.array(Image.open(source.folder / "mpfb2" / "textures" / "mpfb_inside-mouth.jpg").convert("L"))
    uv = source.coordinate[source.corners["body"][faces]].mean(1)
    row = np.clip(((1 - uv[:, 1]) * mask.shape[0]).astype(int), 0, mask.shape[0] - 1)
    column = np.clip((uv[:, 0] * mask.shape[1]).astype(int), 0, mask.shape[1] - 1)
    return np.asarray(mask[row, column] > 100)


def _part(name: str, material: str, position: F, uv: F, triangle: NDArray[np.int64], deltas: dict[str, F]) -> Mesh:
    """The vertices that these triangles use, with normals of the whole surface so that no seam shows."""
    used, compact = np.unique(triangle, return_inverse=True)
    made = parts.mesh(name, material, position[used], uv[used], compact.reshape(-1, 3), {k: d[used] for k, d in deltas.items()})
    return made


def _teeth(source: Source, shape: F, units: dict[str, F]) -> list[Mesh]:
    out: list[Mesh] = []
    for jaw in ("upper", "lower"):
        at = source.vertices(f"helper-{jaw}-teeth")
        strip = shape[at]
        follow = {n: parts.affine(strip, d[at]) for n, d in units.items() if np.abs(d[at]).max() > 1e-6}
        front = strip[strip[:, 2] > strip[:, 2].max() - 0.012]
        edge = front[:, 1].min() - SHOWN if jaw == "upper" else front[:, 1].max()
        out += parts.teeth(strip, float(edge), jaw == "upper", follow)
    return out


def _tongue(source: Source, shape: F, units: dict[str, F]) -> Mesh:
    """Our own tongue where the source's lies; it follows the jaw as that one does."""
    at, strip = source.vertices("helper-tongue"), shape[source.vertices("helper-upper-teeth")]
    follow = {n: parts.affine(shape[at], d[at]) for n, d in units.items() if n != "tongueOut" and np.abs(d[at]).max() > 1e-6}
    front = strip[strip[:, 2] > strip[:, 2].max() - 0.012]
    return tongue(np.array([0.0, front[:, 1].min(), strip[:, 2].max()]), follow)
