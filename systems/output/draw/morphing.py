"""Where shapes are blended: by NumPy or on the card, one choice for a whole stage. Both do what `kernels.morph` says."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs.systems.kernels.morph import Morph, lengthening

from .canvas import Target
from .context import program, set_uniform
from .geometry import Geometry, texture

F32 = NDArray[np.float32]
ROW = 1024
"""Vertices in a row of the card's textures."""


def morphing(morph: Morph, streams: list[F32], on_card: bool) -> "OnHost | OnCard":
    """The way to blend. On the card, streams of positions and normals are widened to the four numbers that it writes."""
    if not on_card or not len(morph.position):
        return OnHost(morph)
    for i in (0, 1):
        streams[i] = np.pad(streams[i], ((0, 0), (0, 1)))
    return OnCard(morph)


class OnHost:
    """NumPy blends and the vertices are sent: the faster way where a program draws, which would blend with the same cores."""

    def __init__(self, morph: Morph) -> None:
        """Blend with `morph`."""
        self.morph = morph
        self._last: F32 | None = None

    def __call__(self, shape: Geometry, weights: F32) -> None:
        """Send what moved."""
        if self._last is not None and np.array_equal(weights, self._last):
            return
        self._last = weights
        if len(self.morph.position):
            for i, stream in enumerate(self.morph(weights)):
                shape.update(i, stream)


class OnCard:
    """The card blends: offsets lie in a texture, one block of rows a shape, and only shapes with weight are fetched. One pass
    gives positions, a second one normals from the triangles around; both are packed into the buffers that are drawn from."""

    def __init__(self, morph: Morph) -> None:
        """Load the shapes of `morph`."""
        self.morph = morph
        self.rows = -(-len(morph.position) // ROW)
        side = np.zeros(len(morph.position), np.float32)
        for i, lid in enumerate(morph.lids):
            side[lid.at] = i + 1
        self._flag = np.zeros(len(morph.deltas), np.int32)
        longer = np.zeros(morph.deltas.shape[:2], np.float32)
        for i, ball in enumerate(morph.balls):
            self._flag[list(ball.shapes)] = i + 1
            longer[list(ball.shapes)] = lengthening(morph.position, morph.deltas[list(ball.shapes)], ball.centre)
        around, valence = _around(morph.triangle, len(morph.position))
        grid = self._grid
        self._textures = [
            texture(grid(np.concatenate([morph.position, side[:, None]], 1)[None])),
            texture(grid(np.concatenate([morph.deltas, longer[..., None]], 2))),
            texture(grid(np.concatenate([morph.normal, valence[:, None]], 1)[None])),
            texture(grid(around)),
        ]
        self._centre = np.zeros((2, 3), np.float32)
        for i, ball in enumerate(morph.balls):
            self._centre[i] = ball.centre
        size = (ROW, self.rows)
        self._targets = Target(size, ("GL_RGBA32F",)), Target(size, ("GL_RGBA32F",))
        self._programs = [program("screen.vert", name, {"SHAPES": len(morph.deltas)}) for name in ("morph.frag", "normal.frag")]
        self._array = Geometry(np.zeros((1, 3), np.uint32), [np.zeros((1, w), np.float32) for w in Geometry.WIDTHS])

    def _grid(self, data: F32) -> F32:
        """f32[n, V, 4] as rows f32[n * rows, ROW, 4]."""
        out = np.zeros((len(data), self.rows * ROW, 4), np.float32)
        out[:, : data.shape[1]] = data
        return out.reshape(-1, ROW, 4)

    def __call__(self, shape: Geometry, weights: F32) -> None:
        """Blend and pack."""
        from pyglet import gl

        api: Any = gl
        some = np.flatnonzero(weights)
        for state in (gl.GL_DEPTH_TEST, gl.GL_CULL_FACE, gl.GL_BLEND):
            gl.glDisable(state)
        first, second = self._programs
        base, delta, normal, around = self._textures
        self._run(first, 0, {"base": base, "delta": delta}, weights, some)
        self._run(second, 1, {"base": normal, "around": around, "moved": self._targets[0].colour}, weights, some)
        for stream, target in enumerate(self._targets):
            gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, target.name)
            gl.glBindBuffer(gl.GL_PIXEL_PACK_BUFFER, shape.buffers[stream])
            api.glReadPixels(0, 0, ROW, self.rows, gl.GL_RGBA, gl.GL_FLOAT, 0)
        gl.glBindBuffer(gl.GL_PIXEL_PACK_BUFFER, 0)
        gl.glActiveTexture(gl.GL_TEXTURE0)

    def _run(self, shader: Any, pass_: int, pictures: dict[str, int], weights: F32, some: NDArray[np.int64]) -> None:
        from pyglet import gl

        self._targets[pass_].bind()
        shader.use()
        for unit, (name, picture) in enumerate(pictures.items()):
            gl.glActiveTexture(gl.GL_TEXTURE0 + unit)
            gl.glBindTexture(gl.GL_TEXTURE_2D, picture)
            set_uniform(shader, name, unit)
        set_uniform(shader, "rows", self.rows)
        set_uniform(shader, "count", len(some))
        set_uniform(shader, "centre", self._centre)
        used = np.zeros((len(weights), 3), np.float32)
        used[: len(some)] = np.stack([some, weights[some], self._flag[some]], 1)
        set_uniform(shader, "used", used)
        gl.glBindVertexArray(self._array.array)
        gl.glDrawArrays(gl.GL_TRIANGLES, 0, 3)

    def vertices(self) -> tuple[F32, F32]:
        """Positions and normals of the last call, f32[rows * ROW, 3]."""
        read = [t.read("GL_RGBA", "GL_FLOAT", np.empty((self.rows, ROW, 4), np.float32)) for t in self._targets]
        return read[0].reshape(-1, 4)[:, :3], read[1].reshape(-1, 4)[:, :3]


def _around(triangle: NDArray[np.uint32], count: int) -> tuple[F32, F32]:
    """(the other two corners of each triangle around each vertex, f32[most, V, 4]; how many there are, f32[V])."""
    corner = triangle.astype(np.int64)
    ring = np.concatenate([np.roll(corner, -k, 1) for k in range(3)])  # (vertex, next, one after)
    ring = ring[np.argsort(ring[:, 0], kind="stable")]
    valence = np.bincount(ring[:, 0], minlength=count) if len(ring) else np.zeros(count, np.int64)
    out = np.zeros((max(int(valence.max(initial=0)), 1), count, 4), np.float32)
    turn = np.arange(len(ring)) - np.repeat(np.cumsum(valence) - valence, valence)
    out[turn, ring[:, 0], :2] = ring[:, 1:]
    return out, valence.astype(np.float32)
