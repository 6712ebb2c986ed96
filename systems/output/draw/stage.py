"""The stage: avatars drawn by camera and light, into a picture or a window."""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.avatar import Look
from psi_ecs.components.face import Head
from psi_ecs.components.scene import Camera, Light

from .actor import INSIDE, Actor
from .canvas import Canvas
from .chart import strand_texture
from .context import Program, program, set_uniform, software, window
from .geometry import noise_texture
from .paint import MATERIALS
from .shadow import Shadow
from .view import FAR, NEAR, aperture, bands, focus, frame_camera, lights, tone, view_projection

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]
SMOOTH = {True: (4, 1.0), False: (0, 4 / 3)}
"""Samples a point, and points a pixel along each side, with a graphics card and without one. Multisampling costs a card next to
nothing; a program that stands in for one takes twice as long with it, and a grid 4/3 as fine comes as near to a picture of 16
samples a pixel (45.4 dB; multisampling: 45.7 dB) in two thirds of that time."""
CLOSED = ("cap", "cloth", "skin", "eye", "teeth", "gum", "tongue", "hair")
"""Materials whose back is never seen."""
SHEER = ("brow", "lash", "hair")
"""Materials that let through what is behind them."""
SHADOWED = ("skin", "cloth", "hair", "cap")
"""Materials on which a card casts shadows; what is in the mouth keeps its baked light."""
ORDER = (*CLOSED[:-1], *SHEER)
"""How they are drawn: what covers the rest first, what lets it through last."""


class Stage:
    """Heads before a camera. `draw` and `planes` give pictures; `show` draws into the window."""

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
        on_card: bool | None = None,
    ) -> None:
        """Load everything onto the card. `facings` in radians. `on_card`: whether the card blends shapes and casts shadows anew
        each frame; left out, a graphics card does and a program that stands in for one does not, since it would take longer
        than NumPy does and than baked shadows allow. DrawError in one line if this machine cannot draw."""
        self.window = window(headless, size)
        self.on_card = not software() if on_card is None else on_card
        self.way, self.colour, self.sky, self.ground = lights(light, len(heads))
        self.shadow = Shadow(self.way[0], places) if self.on_card else None
        numbers: dict[str, int | float] = {name.upper(): i for i, name in enumerate(MATERIALS)}
        present = {m.material for h in heads for m in h.meshes}
        self.shaders = {
            name: program("head.vert", "head.frag", numbers | {"MATERIAL": numbers[name.upper()]} | self._shadowed(name))
            for name in ORDER
            if name in present
        }
        self.noise, self.strands = noise_texture(), strand_texture()
        self.camera, self.light, self.places = camera, light, places
        self.actors = [
            Actor(h, k, p, f, self.way[0], self.on_card) for h, k, p, f in zip(heads, looks, places, facings, strict=True)
        ]
        self.canvas = self._canvas(size)

    def _shadowed(self, material: str) -> dict[str, int | float]:
        return self.shadow.defines if self.shadow and material in SHADOWED else {}

    def _canvas(self, size: tuple[int, int]) -> Canvas:
        return Canvas(size, *SMOOTH[self.on_card], tone(self.light), self.camera.dof > 0.0)

    def draw(self, weights: F32, breath: F32, tongue: F32 | None = None) -> U8:
        """A picture u8[h, w, 3] of the avatars posed by `weights` f32[A, 61], `breath` f32[A] and `tongue` f32[A, 2]; with a
        fourth channel, coverage, if the background is transparent."""
        self._picture(weights, breath, tongue)
        return self.canvas.pixels()

    def planes(self, weights: F32, breath: F32, tongue: F32 | None = None) -> U8:
        """The same as Y'CbCr 4:2:0 planes u8[h * 3 / 2, w], half of what must be read and what encoders take; where the size
        does not allow it (width in eights, height in fours) or the background is transparent, as `draw` gives it."""
        self._picture(weights, breath, tongue)
        return self.canvas.planar() if self.canvas.plane else self.canvas.pixels()

    def show(self, size: tuple[int, int], weights: F32, breath: F32, tongue: F32 | None = None) -> None:
        """Draw into the window, which is of `size` pixels."""
        if size != self.canvas.size:
            self.canvas.free()
            self.canvas = self._canvas(size)
        self._layers(weights, breath, tongue)
        self.canvas.show(size)

    def _picture(self, weights: F32, breath: F32, tongue: F32 | None) -> None:
        matrix = self._layers(weights, breath, tongue)
        if self.camera.dof > 0.0:  # blur spreads
            self.canvas.finish(None)
            return
        boxes = np.concatenate([a.bounds(row) for a, row in zip(self.actors, weights, strict=True)])
        self.canvas.finish(bands(boxes, matrix, self.canvas.size))

    def _layers(self, weights: F32, breath: F32, tongue: F32 | None) -> F32:
        """Draw the avatars; returns the matrix f32[4, 4] from world to clip space."""
        from pyglet import gl

        gl.glActiveTexture(gl.GL_TEXTURE0)
        for i, (actor, row) in enumerate(zip(self.actors, weights, strict=True)):
            actor.pose(row, None if tongue is None else tongue[i])
        width, height = self.canvas.size
        eye, target = frame_camera(self.camera, self.places, width / height)
        matrix = view_projection(eye, target, self.camera.fov, width / height)
        if self.shadow:
            self.shadow.cast(self.actors, weights, breath)
        self.canvas.begin()
        gl.glEnable(gl.GL_DEPTH_TEST)
        gl.glEnable(gl.GL_MULTISAMPLE)
        gl.glDisable(gl.GL_BLEND)
        for material, shader in self.shaders.items():
            if material in SHEER:
                gl.glEnable(gl.GL_BLEND)
                gl.glBlendFuncSeparate(gl.GL_SRC_ALPHA, gl.GL_ONE_MINUS_SRC_ALPHA, gl.GL_ONE, gl.GL_ONE_MINUS_SRC_ALPHA)
                gl.glDepthMask(gl.GL_FALSE)
            self._draw(material, shader, matrix, eye, weights, breath)
        gl.glDepthMask(gl.GL_TRUE)
        gl.glDisable(gl.GL_BLEND)
        gl.glDisable(gl.GL_CULL_FACE)
        if self.camera.dof > 0.0:
            sharp = focus(eye, target, self.places)
            self.canvas.blur(NEAR, FAR, sharp, aperture(self.camera, sharp, height))
        return matrix

    def _draw(self, material: str, shader: Program, matrix: F32, eye: NDArray[np.float64], weights: F32, breath: F32) -> None:
        """Draw all parts of one material."""
        from pyglet import gl

        (gl.glEnable if material in CLOSED else gl.glDisable)(gl.GL_CULL_FACE)
        shader.use()
        if self.shadow and material in SHADOWED:
            self.shadow.light(shader)
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
