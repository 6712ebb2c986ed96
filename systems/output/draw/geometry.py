"""What lies on the card: vertices, triangles and textures."""

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]


def _gl() -> Any:
    """OpenGL's functions; untyped, since pyglet types their arguments as the C types that ctypes converts to."""
    from pyglet import gl

    return gl


class Geometry:
    """Triangles on the card: streams of vertices that stay, and two (position, normal) that may change each frame."""

    WIDTHS = (3, 3, 4, 4, 3, 2)

    def __init__(self, triangle: NDArray[np.uint32], streams: list[F32]) -> None:
        """`streams`: position, normal, paint, extra, rest, uv."""
        gl = _gl()

        self.count = triangle.size
        self.array = gl.GLuint()
        gl.glGenVertexArrays(1, ctypes.byref(self.array))
        gl.glBindVertexArray(self.array)
        self.buffers = (gl.GLuint * 7)()
        gl.glGenBuffers(7, self.buffers)
        for i, (stream, width) in enumerate(zip(streams, self.WIDTHS, strict=True)):
            data = np.ascontiguousarray(stream, np.float32)
            gl.glBindBuffer(gl.GL_ARRAY_BUFFER, self.buffers[i])
            gl.glBufferData(
                gl.GL_ARRAY_BUFFER, data.nbytes, data.ctypes.data, gl.GL_STREAM_DRAW if i < 2 else gl.GL_STATIC_DRAW
            )
            gl.glEnableVertexAttribArray(i)
            stride = 4 * data.shape[1]  # positions and normals that the card writes itself have a fourth number
            gl.glVertexAttribPointer(i, width, gl.GL_FLOAT, gl.GL_FALSE, stride, 0)
        index = np.ascontiguousarray(triangle, np.uint32)
        gl.glBindBuffer(gl.GL_ELEMENT_ARRAY_BUFFER, self.buffers[6])
        gl.glBufferData(gl.GL_ELEMENT_ARRAY_BUFFER, index.nbytes, index.ctypes.data, gl.GL_STATIC_DRAW)

    def update(self, stream: int, data: F32) -> None:
        """Replace the beginning of one stream."""
        gl = _gl()

        gl.glBindBuffer(gl.GL_ARRAY_BUFFER, self.buffers[stream])
        gl.glBufferSubData(gl.GL_ARRAY_BUFFER, 0, data.nbytes, data.ctypes.data)

    def draw(self, first: int = 0, count: int | None = None) -> None:
        """Draw triangles with the current program, all if `count` is None."""
        gl = _gl()

        gl.glBindVertexArray(self.array)
        corners = self.count if count is None else 3 * count
        gl.glDrawElements(gl.GL_TRIANGLES, corners, gl.GL_UNSIGNED_INT, 12 * first)


def texture(data: NDArray[Any], smooth: bool = True) -> int:
    """A texture u8 or f32 [h, w, 3 or 4]; returns its GL name. u8 repeats, with mip-maps if `smooth`; f32 is for fetching."""
    gl = _gl()

    name = gl.GLuint()
    gl.glGenTextures(1, ctypes.byref(name))
    gl.glBindTexture(gl.GL_TEXTURE_2D, name)
    gl.glPixelStorei(gl.GL_UNPACK_ALIGNMENT, 1)
    h, w, channels = data.shape
    data = np.ascontiguousarray(data)
    if data.dtype == np.float32:
        gl.glTexImage2D(gl.GL_TEXTURE_2D, 0, gl.GL_RGBA32F, w, h, 0, gl.GL_RGBA, gl.GL_FLOAT, data.ctypes.data)
        smooth = False
    else:
        kind, store = (gl.GL_RGBA, gl.GL_RGBA8) if channels == 4 else (gl.GL_RGB, gl.GL_RGB8)
        gl.glTexImage2D(gl.GL_TEXTURE_2D, 0, store, w, h, 0, kind, gl.GL_UNSIGNED_BYTE, data.ctypes.data)
    if smooth:
        gl.glGenerateMipmap(gl.GL_TEXTURE_2D)
    gl.glTexParameteri(gl.GL_TEXTURE_2D, gl.GL_TEXTURE_MIN_FILTER, gl.GL_LINEAR_MIPMAP_NEAREST if smooth else gl.GL_NEAREST)
    gl.glTexParameteri(gl.GL_TEXTURE_2D, gl.GL_TEXTURE_MAG_FILTER, gl.GL_LINEAR if smooth else gl.GL_NEAREST)
    return int(name.value)


def noise_texture(seed: int = 5, size: int = 256) -> int:
    """A repeating texture of smooth noise in three channels; returns its GL name."""
    random = np.random.Generator(np.random.PCG64(seed))
    frequency = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None]) * size
    soft = 1.0 / (1.0 + (frequency / 40.0) ** 2)
    layers = []
    for _ in range(3):
        field = np.fft.irfft2(np.fft.rfft2(random.normal(size=(size, size))) * soft, (size, size))
        order = np.argsort(np.argsort(field.ravel())).reshape(size, size)  # flat histogram
        layers.append((255.0 * order / order.max()).astype(np.uint8))
    return texture(np.stack(layers, 2))
