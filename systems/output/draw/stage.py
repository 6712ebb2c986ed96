"""The stage: avatars drawn by camera and light, into a picture or a window."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.avatar import Look
from psi_ecs.components.face import BLENDSHAPES, FACE_ID, Head
from psi_ecs.components.scene import Camera, Light
from psi_ecs.systems.kernels.morph import Morph

from .chart import paint_chart, place_on, strand_texture
from .context import Canvas, Geometry, noise_texture, program, set_uniform, window
from .occlude import occlude
from .paint import MATERIALS, linear, paint
from .view import frame_camera, lights, rotation, view_projection

F32 = NDArray[np.float32]
SAMPLES = 4
CLOSED = ("skin", "eye", "teeth", "gum", "tongue", "cloth", "cap", "hair")
"""Materials whose back is never seen."""
SHEER = ("brow", "lash", "hair")
"""Materials that let through what is behind them, in the order in which they are drawn."""
INSIDE = ("teeth", "gum", "tongue")
PARTING = [
    i
    for name, i in FACE_ID.items()
    if name in ("jawOpen", "mouthFunnel", "tongueOut") or name.startswith(("mouthUpperUp", "mouthLowerDown", "mouthStretch"))
]
"""Shapes that may part the lips beside where their gap is measured."""
NECK = 0.075
"""Height over which a turn of the head fades out below the neck's joint, metres."""


class Actor:
    """One head on the card."""

    def __init__(self, head: Head, look: Look, place: tuple[float, float, float], facing: float, key: F32) -> None:
        """Morphs, paint and baked visibility of `head`."""
        self.head, self.place, self.iris = head, np.array(place, np.float32), linear(look.iris)
        self.body = rotation(facing, 0.0, 0.0)
        self.pivot = np.array(head.pivot["head"], np.float32)
        self.morphs = [_morph(m.position, m.triangle, m.delta) if m.delta else None for m in head.meshes]
        open_mouth = np.zeros(len(BLENDSHAPES), np.float32)
        open_mouth[FACE_ID["jawOpen"]] = 0.55
        rest = np.zeros_like(open_mouth)
        inner = ("teeth", "gum", "tongue")
        posed = [
            (m.position, m.normal) if f is None else f(open_mouth if m.material in inner else rest)
            for m, f in zip(head.meshes, self.morphs, strict=True)
        ]
        light = occlude(head, posed, np.asarray(self.body.T @ key, np.float32))
        self.shapes: list[Geometry] = []
        for mesh, visible in zip(head.meshes, light, strict=True):
            albedo, strand = paint(mesh, head, look)
            extra = np.zeros((len(mesh.position), 4), np.float32)
            if mesh.material in ("hair", "cap"):
                extra[:, :3], albedo[:, 3] = strand, visible[:, 0]
            else:
                extra[:, :2], extra[:, 2] = visible, 1.0
            extra[:, 3] = 0.0 if mesh.node == "body" else _head_share(mesh.position, self.pivot)
            uv = place_on(mesh.position) if mesh.material == "skin" else mesh.uv
            self.shapes.append(Geometry(mesh.triangle, [mesh.position, mesh.normal, albedo, extra, mesh.position, uv]))
        self.charts = [paint_chart(m, head, look) if m.material == "skin" else 0 for m in head.meshes]
        balls = {m.node: np.array(head.pivot[m.node]) for m in head.meshes if m.material == "eye" and m.node in head.pivot}
        self.balls = balls
        self.radius = [
            float(np.abs(m.position[:, 0] - balls[m.node][0]).max()) if m.node in balls else 0.012 for m in head.meshes
        ]

    def pose(self, weights: F32) -> None:
        """Send this frame's vertices to the card; `weights` f32[61]."""
        for mesh, morph, shape in zip(self.head.meshes, self.morphs, self.shapes, strict=True):
            if morph is not None:
                position, normal = morph(weights[:52])
                shape.update(0, position)
                if mesh.material not in ("lash", "brow"):
                    shape.update(1, normal)

    def shut(self, weights: F32) -> bool:
        """Whether the lips meet all along, so that nothing inside the mouth can be seen; `weights` f32[61]."""
        gap = self.head.rig["lip_gap"]
        return bool(weights[PARTING].max() < 0.02 and (gap[:, 0] + gap[:, 1:] @ weights[:52]).max() < 0.3)

    def draw(self, shader: Any, material: str, weights: F32, breath: float) -> None:
        """Draw the parts of one material."""
        from pyglet import gl

        if all(m.material != material for m in self.head.meshes):
            return
        turn = rotation(*(float(weights[FACE_ID[n]]) for n in ("headYaw", "headPitch", "headRoll")))
        set_uniform(shader, "head_turn", turn)
        set_uniform(shader, "head_pivot", self.pivot)
        set_uniform(shader, "body_turn", self.body)
        set_uniform(shader, "place", self.place)
        set_uniform(shader, "breath", float(breath))
        set_uniform(shader, "iris", self.iris)
        set_uniform(shader, "gape", float(weights[FACE_ID["jawOpen"]]))
        for mesh, shape, radius, chart in zip(self.head.meshes, self.shapes, self.radius, self.charts, strict=True):
            if mesh.material != material:
                continue
            if chart:
                gl.glBindTexture(gl.GL_TEXTURE_2D, chart)
            eye = np.eye(3)
            side = {"leftEye": "left", "rightEye": "right"}.get(mesh.node)
            if side:
                eye = rotation(*(float(weights[FACE_ID[f"{side}Eye{axis}"]]) for axis in ("Yaw", "Pitch", "Roll")))
                set_uniform(shader, "lid", float(weights[FACE_ID[f"eyeBlink{side.title()}"]]))
            centre = self.balls.get(mesh.node, np.zeros(3))
            if mesh.material in ("teeth", "gum", "tongue"):
                centre = np.array(self.head.landmarks["mouth"])
            set_uniform(shader, "eye_turn", eye)
            set_uniform(shader, "eye_pivot", centre)
            set_uniform(shader, "eye_radius", radius)
            shape.draw()


def _head_share(position: F32, pivot: F32) -> F32:
    """How much each vertex turns with the head: 1 above the neck, falling to 0 at the shoulders."""
    height = position[:, 1] - pivot[1]
    t = np.clip((height + 0.030) / NECK, 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def _morph(position: F32, triangle: NDArray[np.uint32], delta: dict[str, F32]) -> Morph:
    deltas = np.zeros((len(BLENDSHAPES), *position.shape), np.float32)
    for name, offset in delta.items():
        if name in FACE_ID:
            deltas[FACE_ID[name]] = offset
    return Morph(position, triangle, deltas)


class Stage:
    """Heads before a camera. `draw` gives pictures; `paint_to` draws into whatever is bound, such as a window."""

    def __init__(
        self,
        heads: list[Head],
        looks: list[Look],
        places: list[tuple[float, float, float]],
        facings: list[float],
        camera: Camera,
        light: Light,
        size: tuple[int, int] = (1280, 720),
        headless: bool = True,
    ) -> None:
        """Load everything onto the card. `facings` in radians. DrawError in one line if this machine cannot draw."""
        self.window = window(headless, size)
        numbers: dict[str, int | float] = {name.upper(): i for i, name in enumerate(MATERIALS)}
        present = {m.material for h in heads for m in h.meshes}
        self.shaders = {
            name: program("head.vert", "head.frag", numbers | {"MATERIAL": i})
            for i, name in enumerate(MATERIALS)
            if name in present
        }
        self.back = program("back.vert", "back.frag")
        self.noise, self.strands = noise_texture(), strand_texture()
        self.camera, self.light, self.places = camera, light, places
        self.way, self.colour, self.sky, self.ground = lights(light, len(heads))
        self.actors = [Actor(h, k, p, f, self.way[0]) for h, k, p, f in zip(heads, looks, places, facings, strict=True)]
        self.canvas = Canvas(size, SAMPLES) if headless else None

    def draw(self, weights: F32, breath: F32) -> NDArray[np.uint8]:
        """A picture u8[h, w, 3] of the avatars posed by `weights` f32[A, 61] and `breath` f32[A]."""
        assert self.canvas is not None, "a stage made for a window has no canvas"
        self.canvas.bind()
        self.paint_to(weights, breath, self.canvas.size)
        return self.canvas.pixels()

    def paint_to(self, weights: F32, breath: F32, size: tuple[int, int]) -> None:
        """Draw into the bound target of `size` pixels."""
        from pyglet import gl

        gl.glEnable(gl.GL_DEPTH_TEST)
        gl.glEnable(gl.GL_MULTISAMPLE)
        gl.glClear(gl.GL_DEPTH_BUFFER_BIT)
        aspect = size[0] / size[1]
        eye, target = frame_camera(self.camera, self.places, aspect)
        gl.glActiveTexture(gl.GL_TEXTURE0)
        for actor, row in zip(self.actors, weights, strict=True):
            actor.pose(row)
        matrix = view_projection(eye, target, self.camera.fov, aspect)
        shaders = self.shaders
        for material in (m for m in shaders if m not in SHEER):
            self._draw(material, matrix, eye, weights, breath)
        self._backdrop()  # after what is solid, so that only what stays free is filled
        gl.glEnable(gl.GL_BLEND)
        gl.glBlendFuncSeparate(gl.GL_SRC_ALPHA, gl.GL_ONE_MINUS_SRC_ALPHA, gl.GL_ONE, gl.GL_ONE)
        gl.glDepthMask(gl.GL_FALSE)
        for material in (m for m in shaders if m in SHEER):
            self._draw(material, matrix, eye, weights, breath)
        gl.glDepthMask(gl.GL_TRUE)
        gl.glDisable(gl.GL_BLEND)
        gl.glDisable(gl.GL_CULL_FACE)

    def _draw(self, material: str, matrix: F32, eye: NDArray[np.float64], weights: F32, breath: F32) -> None:
        """Draw all parts of one material."""
        from pyglet import gl

        (gl.glEnable if material in CLOSED else gl.glDisable)(gl.GL_CULL_FACE)
        shader = self.shaders[material]
        shader.use()
        gl.glBindTexture(gl.GL_TEXTURE_2D, self.strands if material in ("hair", "cap") else self.noise)
        for name, value in (
            ("image", 0),
            ("view_projection", matrix),
            ("camera", eye),
            ("light_way", self.way),
            ("light_colour", self.colour),
            ("sky", self.sky),
            ("ground", self.ground),
        ):
            set_uniform(shader, name, value)
        for actor, row, air in zip(self.actors, weights, breath, strict=True):
            if material not in INSIDE or not actor.shut(row):
                actor.draw(shader, material, row, float(air))

    def _backdrop(self) -> None:
        from pyglet import gl

        gl.glDisable(gl.GL_CULL_FACE)
        self.back.use()
        gl.glBindVertexArray(self.actors[0].shapes[0].array)
        set_uniform(self.back, "tone", np.array([int(self.light.background[i : i + 2], 16) / 255 for i in (1, 3, 5)]))
        gl.glDrawArrays(gl.GL_TRIANGLES, 0, 3)
