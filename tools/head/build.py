"""From a recipe to a head: identity, crop, subdivision, parts, measured rig."""

import itertools
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct, ValidationError, convert, field
from numpy.typing import NDArray

from psi_ecs import AssetError
from psi_ecs.asset import package_folder
from psi_ecs.components.face import BLENDSHAPES, Head, Mesh
from psi_ecs.systems.formats.calibrate import landmarks_of, lip_pair, measure
from psi_ecs.systems.formats.glb import normals, write_head

from . import parts
from .hair import Surface, above_hairline, brows, hair
from .source import Source, fetch
from .subdivide import catmull_clark

F = NDArray[np.float64]
METRES = 0.1
"""The source is in decimetres."""


class Recipe(Struct, kw_only=True, forbid_unknown_fields=True):
    """What makes one head, as in `assets/heads/NAME.toml`."""

    seed: int = 1
    gender: str = "female"
    age: float = 0.0
    """0 young adult to 1 old."""
    race: dict[str, float] = field(default_factory=lambda: {"caucasian": 0.5, "asian": 0.25, "african": 0.25})
    """Mix of the source's macro shapes; shares are scaled to sum to 1."""
    target: dict[str, float] = field(default_factory=dict)
    """Local shapes of the source, by path below its targets folder."""
    brow: dict[str, float] = field(default_factory=dict)
    hair: dict[str, float | str] = field(default_factory=dict)
    collar: dict[str, float] = field(default_factory=dict)


def load_recipe(path: Path) -> Recipe:
    """A recipe file. AssetError with file and key if it is wrong."""
    try:
        return convert(tomllib.loads(path.read_text(encoding="utf-8")), Recipe)
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as why:
        raise AssetError(f"{path}: {why}") from why


def build(name: str, recipe: Path | None = None, out: Path | None = None, source: Path | None = None) -> Path:
    """Bake a head; returns the file written."""
    recipe = recipe or package_folder("assets") / "heads" / f"{name}.toml"
    head = make(name, load_recipe(recipe), Source(source or fetch()))
    out = out or recipe.with_suffix(".glb")
    out.write_bytes(write_head(head))
    return out


def identity(source: Source, recipe: Recipe) -> F:
    """The neutral mesh of this person, decimetres."""
    share = sum(recipe.race.values()) or 1.0
    shape = source.base.copy()
    for age, weight in (("young", 1.0 - recipe.age), ("old", recipe.age)):
        if weight:
            universal = f"macrodetails/universal-{recipe.gender}-{age}-averagemuscle-averageweight"
            shape += weight * source.target(universal)
            for race, part in recipe.race.items():
                shape += weight * part / share * source.target(f"macrodetails/{race}-{recipe.gender}-{age}")
    for path, weight in recipe.target.items():
        for side in ("l-", "r-") if "/@" in path else ("",):
            shape += weight * source.target(path.replace("@", side))
    return shape


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
    _seal(skin[0], skin[1], deltas)
    surface = Surface(skin[0], skin[1][~inside])
    collar = _collar_height(shape, source, recipe)
    under = collar(surface.position) > surface.position[:, 1]
    below = under[surface.triangle].any(1)
    eye = {s: (p.mean(0) - origin) * METRES for s, p in eyes.items()}
    radius = {s: 0.5 * float(np.ptp(p[:, 0])) * METRES for s, p in eyes.items()}
    meshes = [
        _part("Skin", "skin", skin[0], skin[2], surface.triangle[_near(collar, surface)], deltas),
        _part("Mouth", "gum", skin[0], skin[2], skin[1][inside], deltas),
        *[parts.eyeball(s.title(), eye[s], radius[s]) for s in ("left", "right")],
        *_teeth(source, shape, units),
        _tongue(source, shape, units),
        parts.lashes(_lash_strips(source, shape, units), random),
        brows(surface, deltas, eye, recipe.brow, random),
        *hair(surface, recipe.hair, random),
        *_cloth(surface, below, collar, recipe),
    ]
    marks = landmarks_of(meshes)
    marks["collar"] = (0.0, float(collar(np.array([[0.0, 0.0, 0.03]]))[0]), 0.03)
    for side in ("left", "right"):
        marks[f"eye_{side}"] = tuple(float(v) for v in eye[side])  # type: ignore[assignment]
    neck = shape[_joint(source, "joint-neck")].mean(0)
    pivot = {"body": (0.0, 0.0, 0.0), "head": _tuple(neck), "leftEye": _tuple(eye["left"]), "rightEye": _tuple(eye["right"])}
    marks["neck"] = _tuple(neck)
    return Head(name=name, meshes=meshes, pivot=pivot, rig=measure(meshes, name), landmarks=marks)


def _tuple(p: F) -> tuple[float, float, float]:
    return (float(p[0]), float(p[1]), float(p[2]))


def _joint(source: Source, name: str) -> NDArray[np.int64]:
    return source.vertices(name)


def _skin(
    source: Source, shape: F, units: dict[str, F]
) -> tuple[tuple[F, NDArray[np.int64], F], dict[str, F], NDArray[np.int64], NDArray[np.int64]]:
    """Head and shoulders, subdivided where faces are large and seen: ((positions, triangles, uv), deltas, source face,
    kept faces)."""
    quads, corners = source.quads["body"], source.corners["body"]
    centre = source.base[quads].mean(1)
    keep = np.flatnonzero((centre[:, 1] > 4.0) & (np.abs(centre[:, 0]) < 2.7))
    used, compact = np.unique(quads[keep], return_inverse=True)
    local = compact.reshape(-1, 4)
    ring = shape[used][local]
    size = np.linalg.norm(ring - np.roll(ring, 1, 1), axis=2).max(1)
    seen = (ring.mean(1)[:, 2] > -0.07) & (ring.mean(1)[:, 1] > -0.16)
    triangle, smooth, made_from = catmull_clark(local, len(used), (size > 0.0062) & seen)
    uv = np.zeros((len(used), 2))
    uv[local.ravel()] = source.coordinate[corners[keep].ravel()]
    # smoothing draws lids and lips back a little; put the finest points, which were dense enough, where they were
    position = smooth(shape[used])
    deltas = {name: smooth(d[used]) for name, d in units.items()}
    return (position, triangle, smooth(uv)), deltas, made_from, keep


def _seal(position: F, triangle: NDArray[np.int64], deltas: dict[str, F]) -> None:
    """Close lips that stand apart at rest: a little of mouthClose becomes part of the neutral face, in place."""
    face = parts.mesh(
        "Skin", "skin", position, position[:, :2], triangle, {n: deltas[n] for n in ("jawOpen", "mouthClose", "eyeBlinkLeft")}
    )
    upper, lower = lip_pair(face, 0.0)
    gap = position[upper, 1] - position[lower, 1]
    closes = deltas["mouthClose"][lower, 1] - deltas["mouthClose"][upper, 1]
    if gap > 1e-4 and closes > 1e-3:
        position += min(gap / closes, 0.1) * deltas["mouthClose"]


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
        edge = front[:, 1].min() if jaw == "upper" else front[:, 1].max()
        out += parts.teeth(strip, float(edge), jaw == "upper", follow)
    return out


def _tongue(source: Source, shape: F, units: dict[str, F]) -> Mesh:
    quads = source.quads["helper-tongue"]
    used, compact = np.unique(quads, return_inverse=True)
    triangle, smooth, _ = catmull_clark(compact.reshape(-1, 4), len(used), np.ones(len(quads), bool))
    p = smooth(shape[used])
    span = p.max(0) - p.min(0)
    uv = np.stack([(p[:, 0] - p[:, 0].min()) / span[0], (p[:, 2] - p[:, 2].min()) / span[2]], 1)
    return parts.mesh("Tongue", "tongue", p, uv, triangle, {n: smooth(d[used]) for n, d in units.items()})


def _lash_strips(source: Source, shape: F, units: dict[str, F]) -> list[tuple[F, dict[str, F], bool]]:
    """Root and tip rows of the four lash strips, ordered along the lid."""
    out = []
    for side in "lr":
        ball = shape[source.vertices(f"helper-{side}-eye")].mean(0)
        for part, upper in (("1", False), ("2", True)):
            at = source.vertices(f"helper-{side}-eyelashes-{part}")
            p = shape[at]
            reach = np.linalg.norm(p - ball, axis=1)
            x = (p[:, 0] - ball[0]) * (1 if side == "l" else -1)
            slots = np.linspace(x.min(), x.max(), 15)
            rows: list[list[int]] = [[], []]
            for a, b in itertools.pairwise(slots):
                bin_ = np.flatnonzero((x >= a - 1e-4) & (x <= b + 1e-4))
                if len(bin_):
                    rows[0].append(int(at[bin_[np.argmin(reach[bin_])]]))
                    rows[1].append(int(at[bin_[np.argmax(reach[bin_])]]))
            pick = np.array(rows)
            out.append((shape[pick], {n: d[pick] for n, d in units.items()}, upper))
    return out


def _collar_height(shape: F, source: Source, recipe: Recipe) -> Any:
    """y of the collar as a function of position: a plane that is lower in front."""
    neck = shape[_joint(source, "joint-neck")].mean(0)
    drop, tilt = recipe.collar.get("drop", 0.012), recipe.collar.get("tilt", 0.42)
    return lambda p: neck[1] - drop - tilt * (p[:, 2] - neck[2])


def _near(collar: Any, surface: Surface) -> NDArray[np.bool_]:
    """Skin that must stay under the collar's rim."""
    return np.asarray(collar(surface.centre) - 0.03 < surface.centre[:, 1])


def _cloth(surface: Surface, below: NDArray[np.bool_], collar: Any, recipe: Recipe) -> list[Mesh]:
    """A sweater over the shoulders, and its ribbed collar."""
    triangle = surface.triangle[below]
    used, compact = np.unique(triangle, return_inverse=True)
    compact = compact.reshape(-1, 3)
    p = surface.position[used]
    p = p + 0.006 * normals(p.astype(np.float32), compact.astype(np.uint32))
    p[:, 1] = np.minimum(p[:, 1], collar(p))  # a clean edge, which the collar covers
    body = parts.mesh("Sweater", "cloth", p, p[:, :2] * 8.0, compact, node="body")
    return [body, _rim(surface, collar, recipe)]


def _rim(surface: Surface, collar: Any, recipe: Recipe) -> Mesh:
    """A tube round the neck where the cloth begins."""
    turns, ring = 72, 12
    thick, tall = recipe.collar.get("thick", 0.0055), recipe.collar.get("tall", 0.009)
    near = surface.position[np.abs(collar(surface.position) - surface.position[:, 1]) < 0.012]
    near = near[np.linalg.norm(near[:, [0, 2]] - (0.0, -0.09), axis=1) < 0.085]
    middle = np.array([0.0, near[:, 2].mean()])
    angle = np.arctan2(near[:, 0], near[:, 1] * 0 + near[:, 2] - middle[1])
    distance = np.linalg.norm(near[:, [0, 2]] - middle, axis=1)
    at = np.linspace(-np.pi, np.pi, turns, endpoint=False)
    gap = np.abs((angle[None] - at[:, None] + np.pi) % (2 * np.pi) - np.pi)
    radius = np.array([distance[row < 0.22].max() if (row < 0.22).any() else distance.max() for row in gap])
    spectrum = np.fft.rfft(radius)
    spectrum[5:] = 0
    radius = np.fft.irfft(spectrum, turns) + 0.0035
    around = np.linspace(0, 2 * np.pi, ring, endpoint=False)
    r = radius[:, None] + thick * np.cos(around)
    x, z = r * np.sin(at)[:, None], middle[1] + r * np.cos(at)[:, None]
    base = collar(np.stack([radius * np.sin(at), 0 * at, middle[1] + radius * np.cos(at)], 1))
    y = base[:, None] + tall * np.sin(around)
    p = np.stack([x, y, z], 2).reshape(-1, 3)
    i, j = np.meshgrid(np.arange(turns), np.arange(ring), indexing="ij")
    a, b = (i * ring + j).ravel(), ((i + 1) % turns * ring + j).ravel()
    c, d = (i * ring + (j + 1) % ring).ravel(), ((i + 1) % turns * ring + (j + 1) % ring).ravel()
    triangle = np.concatenate([np.stack([a, b, c], 1), np.stack([c, b, d], 1)])
    uv = np.stack([np.repeat(np.arange(turns) * 1.5, ring), np.tile(around / (2 * np.pi), turns)], 1)
    return parts.mesh("Collar", "cloth", p, uv, triangle, node="body")


__all__ = ["Recipe", "above_hairline", "build", "identity", "load_recipe", "make"]
