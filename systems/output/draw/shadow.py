"""The shadow that the key light casts, drawn anew each frame: of nose and hair, and of the jaw on the neck."""

import numpy as np
from numpy.typing import NDArray

from .actor import Actor
from .canvas import Target
from .context import Program, program, set_uniform
from .view import orthographic

F32 = NDArray[np.float32]
SIZE = 1024
ROUND = 0.30
"""Metres about the middle of a head that can cast a shadow on it."""
SOFTNESS = 0.005
"""How far a shadow's border spreads, metres."""


class Shadow:
    """How far the key light reaches, as a depth picture."""

    def __init__(self, way: F32, places: list[tuple[float, float, float]]) -> None:
        """`way` f32[3] leads to the light; heads are at `places`, metres."""
        spots = np.array(places)
        middle = 0.5 * (spots.max(0) + spots.min(0)) + (0.0, -0.06, -0.06)
        self.reach = ROUND + 0.5 * float(np.linalg.norm(np.ptp(spots, axis=0)))
        self.matrix = orthographic(np.asarray(way, np.float64), middle, self.reach)
        self._target = Target((SIZE, SIZE), (), depth=True)
        self._shader = program("shadow.vert", "depth.frag")

    @property
    def defines(self) -> dict[str, int | float]:
        """What the shaders of materials must know."""
        return {"SHADOW": 1, "SOFT": SOFTNESS / (2 * self.reach)}

    def cast(self, actors: list[Actor], weights: F32, breath: F32) -> None:
        """Draw the actors as the light sees them."""
        from pyglet import gl

        self._target.bind()
        gl.glEnable(gl.GL_DEPTH_TEST)
        gl.glDisable(gl.GL_CULL_FACE)
        gl.glClear(gl.GL_DEPTH_BUFFER_BIT)
        self._shader.use()
        set_uniform(self._shader, "view_projection", self.matrix)
        for actor, row, air in zip(actors, weights, breath, strict=True):
            actor.cast(self._shader, row, float(air))

    def light(self, shader: Program) -> None:
        """Give a material's program the picture."""
        from pyglet import gl

        gl.glActiveTexture(gl.GL_TEXTURE1)
        gl.glBindTexture(gl.GL_TEXTURE_2D, self._target.depth)
        gl.glActiveTexture(gl.GL_TEXTURE0)
        set_uniform(shader, "depths", 1)
        set_uniform(shader, "key_view", self.matrix)
