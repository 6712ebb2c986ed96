"""One head on the card: its meshes as one body of vertices, posed each frame."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.avatar import Look
from psi_ecs.components.face import BLENDSHAPES, FACE_ID, SHAPES, Head, Mesh
from psi_ecs.systems.kernels.morph import Ball, Morph

from .chart import paint_chart, place_on
from .context import set_uniform
from .geometry import Geometry
from .morphing import ROW, morphing
from .occlude import occlude
from .paint import linear, paint
from .view import rotation

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
INSIDE = ("teeth", "gum", "tongue")
PARTING = [
    i
    for name, i in FACE_ID.items()
    if name in ("jawOpen", "mouthFunnel", "tongueOut") or name.startswith(("mouthUpperUp", "mouthLowerDown", "mouthStretch"))
]
"""Shapes that may part the lips beside where their gap is measured."""
NECK = 0.075
"""Height over which a turn of the head fades out below the neck's joint, metres."""
SLICE = 0.03
"""Height of the slices whose bounds are known one by one, metres."""
LIDS = ("eyeBlink", "eyeLookDown", "eyeLookIn", "eyeLookOut", "eyeLookUp", "eyeSquint", "eyeWide")
"""Shapes that move lids over the eyeball."""
FAINT = 1e-4
"""Weight below which a shape, a few micrometres by then, is left out."""
HIDDEN = 0.004
"""Share of the sky that skin under hair and clothes sees at most."""


@dataclass
class Part:
    """One mesh among the vertices of its actor."""

    mesh: Mesh
    first: int
    """Its first vertex."""
    start: int
    """Its first triangle."""
    count: int
    """Triangles that are drawn."""
    chart: int
    """Texture of its skin, 0 for none."""
    centre: F64
    """What it turns about, or, inside the mouth, where the lips are."""
    radius: float
    """Of an eyeball, metres."""


class Actor:
    """One head, its paint and its place."""

    def __init__(
        self, head: Head, look: Look, place: tuple[float, float, float], facing: float, key: F32, on_card: bool
    ) -> None:
        """Bake paint and visibility of `head`, which stands at `place` and faces `facing` radians; `key` is the way to the key
        light; shapes are blended on the card or not."""
        self.head, self.place, self.iris = head, np.array(place, np.float32), linear(look.iris)
        self.body = rotation(facing, 0.0, 0.0)
        self.pivot = np.array(head.pivot["head"], np.float32)
        meshes = sorted(head.meshes, key=lambda m: not m.delta)  # those that move first, so that one upload does
        sizes = [len(m.position) for m in meshes]
        moving = sum(n for n, m in zip(sizes, meshes, strict=True) if m.delta)
        gap = -moving % ROW  # the card writes whole rows
        firsts = [int(sum(sizes[:i])) + (0 if m.delta else gap) for i, m in enumerate(meshes)]
        morph = _morph(head, meshes, firsts, moving)
        posed = _posed(meshes, firsts, morph)
        light = occlude(head, meshes, posed, np.asarray(self.body.T @ key, np.float32))
        count = sum(sizes) + gap
        streams = [np.zeros((count, width), np.float32) for width in Geometry.WIDTHS]
        triangles, self.parts = list[NDArray[np.uint32]](), list[Part]()
        for mesh, first, visible in zip(meshes, firsts, light, strict=True):
            own = _streams(mesh, head, look, self.pivot, visible)
            for stream, values in zip(streams, own, strict=True):
                stream[first : first + len(values)] = values
            shown = mesh.triangle[_shown(mesh, visible, own[3][:, 3])]
            chart = paint_chart(mesh, head, look) if mesh.material == "skin" else 0
            start = sum(map(len, triangles))
            triangles.append((shown + first).astype(np.uint32))
            self.parts.append(Part(mesh, first, start, len(shown), chart, *_turning(mesh, head)))
        self.morphing = morphing(morph, streams, on_card)
        self.shape = Geometry(np.concatenate(triangles), streams)
        self.corners = _corners(head)

    def pose(self, weights: F32, tongue: F32 | None = None) -> None:
        """Send this frame's vertices to the card: `weights` f32[61], `tongue` f32[2]."""
        rest = np.zeros(len(SHAPES) - len(BLENDSHAPES), np.float32) if tongue is None else tongue
        shapes = np.concatenate([weights[: len(BLENDSHAPES)], rest]).astype(np.float32)
        shapes[np.abs(shapes) < FAINT] = 0.0
        self.morphing(self.shape, shapes)

    def shut(self, weights: F32) -> bool:
        """Whether the lips meet all along, so that nothing inside the mouth can be seen; `weights` f32[61]."""
        gap = self.head.rig["lip_gap"]
        return bool(weights[PARTING].max() < 0.02 and (gap[:, 0] + gap[:, 1:] @ weights[:52]).max() < 0.3)

    def turn(self, weights: F32) -> F64:
        """The head's turn f64[3, 3]."""
        return rotation(*(float(weights[FACE_ID[n]]) for n in ("headYaw", "headPitch", "headRoll")))

    def bounds(self, weights: F32) -> F64:
        """World points f64[n, 8, 3] whose hulls hold the body and what turns with the head."""
        head, body = self.corners
        turned = (head - self.pivot) @ self.turn(weights).T + self.pivot
        return np.concatenate([turned, body]) @ self.body.T + self.place

    def stand(self, shader: Any, weights: F32, breath: float) -> None:
        """Tell a program where head and body are."""
        set_uniform(shader, "head_turn", self.turn(weights))
        set_uniform(shader, "head_pivot", self.pivot)
        set_uniform(shader, "body_turn", self.body)
        set_uniform(shader, "place", self.place)
        set_uniform(shader, "breath", float(breath))

    def cast(self, shader: Any, weights: F32, breath: float) -> None:
        """Draw what is solid, whatever its material; eyes, round and behind lids, need not turn."""
        self.stand(shader, weights, breath)
        set_uniform(shader, "eye_turn", np.eye(3))
        for part in self.parts:
            if part.mesh.material not in ("lash", "brow"):
                self.shape.draw(part.start, part.count)

    def draw(self, shader: Any, material: str, weights: F32, breath: float) -> None:
        """Draw the parts of one material."""
        from pyglet import gl

        parts = [part for part in self.parts if part.mesh.material == material]
        if not parts:
            return
        self.stand(shader, weights, breath)
        set_uniform(shader, "iris", self.iris)
        set_uniform(shader, "gape", float(weights[FACE_ID["jawOpen"]]))
        for part in parts:
            if part.chart:
                gl.glBindTexture(gl.GL_TEXTURE_2D, part.chart)
            eye = np.eye(3)
            side = {"leftEye": "left", "rightEye": "right"}.get(part.mesh.node)
            if side:
                eye = rotation(*(float(weights[FACE_ID[f"{side}Eye{axis}"]]) for axis in ("Yaw", "Pitch", "Roll")))
                set_uniform(shader, "lid", float(weights[FACE_ID[f"eyeBlink{side.title()}"]]))
            set_uniform(shader, "eye_turn", eye)
            set_uniform(shader, "eye_pivot", part.centre)
            set_uniform(shader, "eye_radius", part.radius)
            self.shape.draw(part.start, part.count)


def _streams(mesh: Mesh, head: Head, look: Look, pivot: F32, visible: F32) -> list[F32]:
    """The six streams of one mesh; `visible` f32[V, 2], share of sky and of key light seen."""
    albedo, strand = paint(mesh, head, look)
    extra = np.zeros((len(mesh.position), 4), np.float32)
    if mesh.material in ("hair", "cap"):
        extra[:, :3], albedo[:, 3] = strand, visible[:, 0]
    else:
        extra[:, :2], extra[:, 2] = visible, 1.0
    extra[:, 3] = 0.0 if mesh.node == "body" else _head_share(mesh.position, pivot)
    uv = place_on(mesh.position) if mesh.material == "skin" else mesh.uv
    return [mesh.position, mesh.normal, albedo, extra, mesh.position, uv]


def _shown(mesh: Mesh, visible: F32, share: F32) -> NDArray[np.bool_]:
    """Which triangles can be seen at all: what hair and clothes cover cannot, if it moves with them (`share` f32[V] is 1 or 0)
    and no shape moves it."""
    if mesh.material not in ("skin", "cap", "hair"):
        return np.ones(len(mesh.triangle), bool)
    moves = (share != np.round(share)) | ((share == 0.0) & (mesh.material == "skin"))
    for offset in mesh.delta.values():
        moves |= np.abs(offset).max(1) > 2e-4
    return np.asarray(((visible[:, 0] > HIDDEN) | moves)[mesh.triangle].any(1))


def _turning(mesh: Mesh, head: Head) -> tuple[F64, float]:
    """Centre and radius of `Part`."""
    if mesh.material == "eye" and mesh.node in head.pivot:
        centre = np.array(head.pivot[mesh.node])
        return centre, float(np.abs(mesh.position[:, 0] - centre[0]).max())
    return np.array(head.landmarks["mouth"]) if mesh.material in INSIDE else np.zeros(3), 0.012


def _head_share(position: F32, pivot: F32) -> F32:
    """How much each vertex turns with the head: 1 above the neck, falling to 0 at the shoulders."""
    height = position[:, 1] - pivot[1]
    t = np.clip((height + 0.030) / NECK, 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def _morph(head: Head, meshes: list[Mesh], firsts: list[int], count: int) -> Morph:
    """The blendshapes of all meshes that have any, over their `count` vertices."""
    where = {name: i for i, name in enumerate(SHAPES)}
    moving = [(m, first) for m, first in zip(meshes, firsts, strict=True) if m.delta]
    deltas = np.zeros((len(SHAPES), count, 3), np.float32)
    for mesh, first in moving:
        for name, offset in mesh.delta.items():
            deltas[where[name], first : first + len(offset)] = offset
    flat = ("lash", "brow")  # single cards: they keep their normals
    triangle = [m.triangle + first for m, first in moving if m.material not in flat]
    balls = [
        Ball(np.array(head.pivot[node], np.float32), tuple(where[name + side] for name in LIDS))
        for node, side in (("leftEye", "Left"), ("rightEye", "Right"))
        if node in head.pivot
    ]
    blank = np.zeros((0, 3), np.float32)
    return Morph(
        np.concatenate([m.position for m, _ in moving] or [blank]),
        np.concatenate([m.normal for m, _ in moving] or [blank]),
        np.concatenate(triangle or [np.zeros((0, 3), np.uint32)]).astype(np.uint32),
        deltas,
        tuple(balls),
    )


def _posed(meshes: list[Mesh], firsts: list[int], morph: Morph) -> list[tuple[F32, F32]]:
    """Positions and normals of each mesh as its light is baked: at rest, but the inside of the mouth with the jaw open and the
    tongue's tip raised, which shows its underside."""
    weights = np.zeros((2, len(SHAPES)), np.float32)
    weights[1, FACE_ID["jawOpen"]] = 0.55
    weights[1, SHAPES.index("tongueTipUp")] = 0.6
    poses = [morph(row) for row in weights]
    out = []
    for mesh, first in zip(meshes, firsts, strict=True):
        at = slice(first, first + len(mesh.position))
        position, normal = poses[int(mesh.material in INSIDE)]
        out.append((position[at], normal[at]) if mesh.delta else (mesh.position, mesh.normal))
    return out


def _corners(head: Head, margin: float = 0.012) -> tuple[F64, F64]:
    """Corners f64[n, 8, 3] of boxes about what turns with the head and about the rest, one a slice of `SLICE`, wider by
    `margin` metres than any one shape makes them."""
    fades = head.pivot["head"][1] - 0.03 + NECK
    spans = list[F64]()
    for mesh in head.meshes:
        moves = np.stack([np.zeros_like(mesh.position), *mesh.delta.values()])
        corners = np.stack([mesh.position + moves.min(0), mesh.position + moves.max(0)])[:, mesh.triangle]
        spans.append(np.stack([corners[0].min(1), corners[1].max(1)], 1).astype(np.float64))
    on_body = [m.node == "body" for m in head.meshes]
    turned = np.concatenate([s for s, still in zip(spans, on_body, strict=True) if not still])
    still = [s for s, still in zip(spans, on_body, strict=True) if still]
    rest = np.concatenate([*still, turned[turned[:, 0, 1] < fades]])
    return _slices(turned, margin), _slices(rest if len(rest) else turned, margin)


def _slices(spans: F64, margin: float) -> F64:
    """Boxes f64[n, 8, 3] about what of spans (least and greatest corner, f64[T, 2, 3]) lies in each slice."""
    first, last = np.floor(spans[:, :, 1] / SLICE).astype(int).T
    signs = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)])
    boxes = list[F64]()
    for k in range(first.min(), last.max() + 1):
        part = spans[(first <= k) & (k <= last)]
        if len(part):
            low, high = part[:, 0].min(0), part[:, 1].max(0)
            low[1], high[1] = max(low[1], k * SLICE), min(high[1], (k + 1) * SLICE)
            boxes.append(low - margin + signs * (high - low + 2 * margin))
    return np.stack(boxes)
