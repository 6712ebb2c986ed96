"""An off-screen picture: drawn in layers of several samples a pixel, then laid over the backdrop and read back."""

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .context import DrawError, Program, program, set_uniform
from .view import BAND

U8 = NDArray[np.uint8]
I64 = NDArray[np.int64]


class Target:
    """A frame buffer with colour textures and perhaps a depth texture."""

    def __init__(
        self, size: tuple[int, int], kinds: tuple[str, ...] = ("GL_RGBA8",), depth: bool = False, samples: int = 0
    ) -> None:
        """`kinds` names each colour's format."""
        from pyglet import gl

        api: Any = gl
        self.size, self.samples = size, samples
        name = api.GLuint()
        api.glGenFramebuffers(1, ctypes.byref(name))
        self.name = int(name.value)
        api.glBindFramebuffer(api.GL_FRAMEBUFFER, self.name)
        points = [api.GL_COLOR_ATTACHMENT0 + i for i in range(len(kinds))]
        self.colours = [self._attach(point, getattr(api, kind)) for point, kind in zip(points, kinds, strict=True)]
        self.depth = self._attach(api.GL_DEPTH_ATTACHMENT, api.GL_DEPTH_COMPONENT24) if depth else 0
        api.glDrawBuffers(len(points), (api.GLenum * max(len(points), 1))(*points))
        if api.glCheckFramebufferStatus(api.GL_FRAMEBUFFER) != api.GL_FRAMEBUFFER_COMPLETE:
            raise DrawError(f"no picture: a {size[0]}x{size[1]} canvas was refused; choose a smaller size")

    def _attach(self, point: int, kind: int) -> int:
        from pyglet import gl

        api: Any = gl
        name = api.GLuint()
        api.glGenTextures(1, ctypes.byref(name))
        face = api.GL_TEXTURE_2D_MULTISAMPLE if self.samples else api.GL_TEXTURE_2D
        api.glBindTexture(face, name)
        if self.samples:
            api.glTexImage2DMultisample(face, self.samples, kind, *self.size, api.GL_TRUE)
        else:
            plain, number = {
                api.GL_DEPTH_COMPONENT24: (api.GL_DEPTH_COMPONENT, api.GL_FLOAT),
                api.GL_RGBA32F: (api.GL_RGBA, api.GL_FLOAT),
                api.GL_R8: (api.GL_RED, api.GL_UNSIGNED_BYTE),
            }.get(kind, (api.GL_RGBA, api.GL_UNSIGNED_BYTE))
            api.glTexImage2D(face, 0, kind, *self.size, 0, plain, number, None)
            smooth = api.GL_LINEAR if kind == api.GL_RGBA8 else api.GL_NEAREST
            for which, value in (
                (api.GL_TEXTURE_MIN_FILTER, smooth),
                (api.GL_TEXTURE_MAG_FILTER, smooth),
                (api.GL_TEXTURE_WRAP_S, api.GL_CLAMP_TO_EDGE),
                (api.GL_TEXTURE_WRAP_T, api.GL_CLAMP_TO_EDGE),
            ):
                api.glTexParameteri(face, which, value)
        api.glFramebufferTexture2D(api.GL_FRAMEBUFFER, point, face, name, 0)
        return int(name.value)

    def bind(self) -> None:
        """Draw into it from now on."""
        from pyglet import gl

        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self.name)
        gl.glViewport(0, 0, *self.size)

    @property
    def colour(self) -> int:
        """The first colour texture."""
        return self.colours[0]

    def read(self, kind: str, number: str, out: NDArray[Any], layer: int = 0) -> NDArray[Any]:
        """Fill `out` with the pixels of a colour or of the depth, bottom row first."""
        from pyglet import gl

        api: Any = gl
        api.glBindFramebuffer(api.GL_FRAMEBUFFER, self.name)
        if self.colours:
            api.glReadBuffer(api.GL_COLOR_ATTACHMENT0 + layer)
        api.glPixelStorei(api.GL_PACK_ALIGNMENT, 1)
        api.glReadPixels(0, 0, *self.size, getattr(api, kind), getattr(api, number), out.ctypes.data)
        return out

    def free(self) -> None:
        """Give its memory back."""
        from pyglet import gl

        api: Any = gl
        textures = (*self.colours, self.depth)
        api.glDeleteTextures(len(textures), (api.GLuint * len(textures))(*textures))
        api.glDeleteFramebuffers(1, ctypes.byref(api.GLuint(self.name)))


class Canvas:
    """The picture of a stage. Layers hold colours multiplied by their coverage; only where something was drawn are they
    laid over the backdrop anew."""

    def __init__(self, size: tuple[int, int], samples: int, scale: float, tone: NDArray[Any] | None, soft: bool) -> None:
        """Drawn with `samples` a point (0 for none) on a grid so many times finer; backdrop of `tone` f64[3], transparent if
        None; with a depth of field if `soft`."""
        from pyglet import gl

        self.size, self.tone, self.samples = size, tone, samples
        self.layers = Target((round(size[0] * scale), round(size[1] * scale)), depth=True, samples=samples)
        self.picture = Target(size, ("GL_RGBA8", "GL_R8"))
        numbers: dict[str, int | float] = {"SAMPLES": samples}
        self._blurred = (Target(self.layers.size), program("screen.vert", "blur.frag", numbers)) if soft else None
        if soft:
            numbers = {"SAMPLES": 0}
        self._finish = program("screen.vert", "finish.frag", numbers if tone is not None else numbers | {"CLEAR": 1})
        self._planar: tuple[Target, Program] | None = None
        self._array = gl.GLuint()
        gl.glGenVertexArrays(1, ctypes.byref(self._array))
        self._last: I64 | None = None
        self._backdrop = Target(size)
        if tone is not None:
            self._backdrop.bind()
            paper = program("screen.vert", "backdrop.frag")
            paper.use()
            set_uniform(paper, "tone", tone)
            self.cover()

    @property
    def plane(self) -> bool:
        """Whether `planar` can be had: rows of colour must fill whole points of the card."""
        return self.size[0] % 8 == 0 and self.size[1] % 2 == 0 and self.tone is not None

    def begin(self) -> None:
        """Empty the layers and draw into them."""
        from pyglet import gl

        self.layers.bind()
        gl.glClearColor(0.0, 0.0, 0.0, 0.0)
        gl.glClear(gl.GL_COLOR_BUFFER_BIT | gl.GL_DEPTH_BUFFER_BIT)

    def blur(self, near: float, far: float, sharp: float, aperture: float) -> None:
        """Blur what lies before and behind `sharp` metres; see `view.aperture`, in pixels of the picture."""
        from pyglet import gl

        assert self._blurred is not None, "a canvas made without a depth of field"
        target, shader = self._blurred
        target.bind()
        shader.use()
        face = gl.GL_TEXTURE_2D_MULTISAMPLE if self.samples else gl.GL_TEXTURE_2D
        gl.glActiveTexture(gl.GL_TEXTURE1)
        gl.glBindTexture(face, self.layers.depth)
        gl.glActiveTexture(gl.GL_TEXTURE0)
        gl.glBindTexture(face, self.layers.colour)
        set_uniform(shader, "layers", 0)
        set_uniform(shader, "depths", 1)
        set_uniform(shader, "lens", np.array((near, far, sharp)))
        set_uniform(shader, "aperture", aperture * target.size[1] / self.size[1])
        self.cover()

    def finish(self, bands: I64 | None) -> None:
        """Lay what was drawn, all of it within `bands` (see `view.bands`; None: anywhere), over the backdrop, and where
        something was before too."""
        from pyglet import gl

        everywhere = np.tile(np.array((0, self.size[0])), (-(-self.size[1] // BAND), 1))
        bands = everywhere if bands is None else bands
        old, self._last = everywhere if self._last is None else self._last, bands
        self.picture.bind()
        self._ready()
        gl.glEnable(gl.GL_SCISSOR_TEST)
        first, last = np.minimum(bands[:, 0], old[:, 0]), np.maximum(bands[:, 1], old[:, 1])
        for row, (left, right) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
            if left < right:
                gl.glScissor(left, BAND * row, right - left, BAND)
                self.cover()
        gl.glDisable(gl.GL_SCISSOR_TEST)

    def show(self, size: tuple[int, int]) -> None:
        """Lay what was drawn over the backdrop of the window's own frame buffer."""
        from pyglet import gl

        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, 0)
        gl.glViewport(0, 0, *size)
        self._ready()
        self.cover()

    def _ready(self) -> None:
        """Use the program that lays layers over the backdrop."""
        from pyglet import gl

        self._finish.use()
        if self._blurred:
            gl.glBindTexture(gl.GL_TEXTURE_2D, self._blurred[0].colour)
        else:
            gl.glBindTexture(gl.GL_TEXTURE_2D_MULTISAMPLE if self.samples else gl.GL_TEXTURE_2D, self.layers.colour)
        gl.glActiveTexture(gl.GL_TEXTURE1)
        gl.glBindTexture(gl.GL_TEXTURE_2D, self._backdrop.colour)
        gl.glActiveTexture(gl.GL_TEXTURE0)
        set_uniform(self._finish, "layers", 0)
        set_uniform(self._finish, "backdrop", 1)

    def free(self) -> None:
        """Give its memory back."""
        more = [made[0] for made in (self._planar, self._blurred) if made]
        for target in (self.layers, self.picture, self._backdrop, *more):
            target.free()

    def cover(self) -> None:
        """Run the current program for every pixel of what is bound."""
        from pyglet import gl

        gl.glDisable(gl.GL_DEPTH_TEST)
        gl.glDisable(gl.GL_CULL_FACE)
        gl.glDisable(gl.GL_BLEND)
        gl.glBindVertexArray(self._array)
        gl.glDrawArrays(gl.GL_TRIANGLES, 0, 3)

    def pixels(self) -> U8:
        """The picture, u8[h, w, 3 or, if transparent, 4], top row first."""
        w, h = self.size
        kind, channels = ("GL_RGB", 3) if self.tone is not None else ("GL_RGBA", 4)
        out = self.picture.read(kind, "GL_UNSIGNED_BYTE", np.empty((h, w, channels), np.uint8))
        return np.ascontiguousarray(out[::-1])

    def planar(self) -> U8:
        """The picture as films want it, Y'CbCr 4:2:0 planes (ITU-R BT.709, limited range), u8[h * 3 / 2, w]."""
        from pyglet import gl

        w, h = self.size
        if self._planar is None:
            self._planar = Target((w // 8, h // 2), ("GL_RGBA8", "GL_RGBA8")), program("screen.vert", "planar.frag")
        target, shader = self._planar
        target.bind()
        gl.glBindTexture(gl.GL_TEXTURE_2D, self.picture.colour)
        shader.use()
        set_uniform(shader, "picture", 0)
        set_uniform(shader, "size", np.array((w, h, 0.0)))
        self.cover()
        out = np.empty((h * 3 // 2, w), np.uint8)
        out[:h] = self.picture.read("GL_RED", "GL_UNSIGNED_BYTE", np.empty((h, w), np.uint8), 1)[::-1]
        for plane, part in enumerate(np.split(out[h:].reshape(-1), 2)):
            target.read("GL_RGBA", "GL_UNSIGNED_BYTE", part, plane)
        return out
