"""The one place that touches pyglet: a context with or without a screen, programs, buffers, and reading pictures back."""

import ctypes
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs import PsiError
from psi_ecs.asset import package_folder

REMEDY = (
    "install Mesa's EGL (Debian/Ubuntu: apt-get install libegl1 libegl-mesa0 libgl1 libgl1-mesa-dri libglx-mesa0 libopengl0)"
)


class DrawError(PsiError):
    """No picture can be drawn on this machine, and why."""


def _gl() -> Any:
    """OpenGL's functions; untyped, since pyglet types their arguments as the C types that ctypes converts to."""
    from pyglet import gl

    return gl


def available(headless: bool = True) -> str | None:
    """None if drawing works here, else one line that says what is missing and what to do."""
    if headless and sys.platform.startswith("linux"):
        for library in ("libEGL.so.1", "libGL.so.1"):
            try:
                ctypes.CDLL(library)
            except OSError:
                return f"no picture: {library} is missing; {REMEDY}"
    if (
        not headless
        and sys.platform.startswith("linux")
        and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    ):
        return "no window: there is no screen (DISPLAY is not set); use psi render to make a film"
    try:
        import pyglet  # noqa: F401
    except ImportError:
        return "no picture: pyglet is missing; install psi-ecs again"
    return None


_window: Any = None


def window(headless: bool, size: tuple[int, int], caption: str = "psi") -> Any:
    """A pyglet window (invisible and shared if headless) whose GL context is current. DrawError if there can be none."""
    global _window
    why = available(headless)
    if why:
        raise DrawError(why)
    import pyglet

    pyglet.options["audio"] = ("silent",)
    pyglet.options["shadow_window"] = False
    if headless:
        pyglet.options["headless"] = True
    try:
        from pyglet.window import Window

        Config: Any = pyglet.gl.Config  # abstract only to type checkers

        if not headless:
            for samples in (4, 0):
                try:
                    config = Config(
                        double_buffer=True,
                        sample_buffers=1 if samples else 0,
                        samples=samples,
                        depth_size=24,
                        major_version=3,
                        minor_version=3,
                    )
                    return Window(*size, caption=caption, resizable=True, config=config)
                except pyglet.window.NoSuchConfigException:
                    continue
        if _window is None:
            _window = Window(64, 64, visible=False, config=Config(double_buffer=False, major_version=3, minor_version=3))
        _window.switch_to()
        return _window
    except Exception as why_not:  # pyglet raises many kinds, and none of them has a common base
        raise DrawError(
            f"no picture: the graphics library refused ({type(why_not).__name__}: {why_not}); {REMEDY}"
        ) from why_not


def renderer(headless: bool = True) -> str:
    """What draws: renderer and OpenGL version. DrawError in one line if nothing does."""
    window(headless, (64, 64))
    from pyglet.gl import gl_info

    return f"{gl_info.get_renderer()}, OpenGL {'.'.join(map(str, gl_info.get_version()))}"


class Program:
    """A linked shader program that remembers where its uniforms are."""

    def __init__(self, made: Any) -> None:
        """Wrap pyglet's program."""
        self._made, self._places = made, dict[str, int]()

    def use(self) -> None:
        """Draw with it from now on."""
        self._made.use()

    def place(self, name: str) -> int:
        """Location of a uniform, -1 if there is none."""
        if name not in self._places:
            from pyglet import gl

            self._places[name] = int(gl.glGetUniformLocation(self._made.id, name.encode()))
        return self._places[name]


def program(vertex: str, fragment: str, defines: dict[str, int | float] | None = None) -> Program:
    """A linked shader program from two files of assets/shaders, with `#define`s after the version line."""
    from pyglet.graphics.shader import Shader, ShaderProgram

    folder: Path = package_folder("assets") / "shaders"
    given = "".join(f"#define {name} {value}\n" for name, value in (defines or {}).items())

    def source(file: str) -> str:
        version, _, rest = (folder / file).read_text(encoding="utf-8").partition("\n")
        return f"{version}\n{given}{rest}"

    return Program(ShaderProgram(Shader(source(vertex), "vertex"), Shader(source(fragment), "fragment")))


def set_uniform(shader: Program, name: str, value: Any) -> None:
    """Set a uniform from a number or an array; those that the compiler dropped are passed over."""
    gl = _gl()

    at = shader.place(name)
    if at < 0:
        return
    if isinstance(value, int):
        gl.glUniform1i(at, value)
        return
    if isinstance(value, float):
        gl.glUniform1f(at, value)
        return
    a = np.ascontiguousarray(value, np.float32)
    pointer = a.ctypes.data_as(ctypes.POINTER(gl.GLfloat))
    if a.shape == (4, 4):
        gl.glUniformMatrix4fv(at, 1, gl.GL_TRUE, pointer)
    elif a.shape == (3, 3) and not name.startswith("light"):
        gl.glUniformMatrix3fv(at, 1, gl.GL_TRUE, pointer)
    else:
        gl.glUniform3fv(at, a.size // 3, pointer)


class Geometry:
    """One mesh on the card: five static streams and two that change each frame."""

    WIDTHS = (3, 3, 4, 4, 3, 2)

    def __init__(self, triangle: NDArray[np.uint32], streams: list[NDArray[np.float32]]) -> None:
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
            gl.glVertexAttribPointer(i, width, gl.GL_FLOAT, gl.GL_FALSE, 0, 0)
        index = np.ascontiguousarray(triangle, np.uint32)
        gl.glBindBuffer(gl.GL_ELEMENT_ARRAY_BUFFER, self.buffers[6])
        gl.glBufferData(gl.GL_ELEMENT_ARRAY_BUFFER, index.nbytes, index.ctypes.data, gl.GL_STATIC_DRAW)

    def update(self, stream: int, data: NDArray[np.float32]) -> None:
        """Replace one stream."""
        gl = _gl()

        data = np.ascontiguousarray(data, np.float32)
        gl.glBindBuffer(gl.GL_ARRAY_BUFFER, self.buffers[stream])
        gl.glBufferSubData(gl.GL_ARRAY_BUFFER, 0, data.nbytes, data.ctypes.data)

    def draw(self) -> None:
        """Draw all triangles with the current program."""
        gl = _gl()

        gl.glBindVertexArray(self.array)
        gl.glDrawElements(gl.GL_TRIANGLES, self.count, gl.GL_UNSIGNED_INT, 0)


def noise_texture(seed: int = 5, size: int = 256) -> int:
    """A repeating texture of smooth noise in three channels; returns its GL name."""
    gl = _gl()

    random = np.random.Generator(np.random.PCG64(seed))
    frequency = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None]) * size
    soft = 1.0 / (1.0 + (frequency / 40.0) ** 2)
    layers = []
    for _ in range(3):
        field = np.fft.irfft2(np.fft.rfft2(random.normal(size=(size, size))) * soft, (size, size))
        order = np.argsort(np.argsort(field.ravel())).reshape(size, size)  # flat histogram
        layers.append((255.0 * order / order.max()).astype(np.uint8))
    data = np.ascontiguousarray(np.stack(layers, 2))
    name = gl.GLuint()
    gl.glGenTextures(1, ctypes.byref(name))
    gl.glBindTexture(gl.GL_TEXTURE_2D, name)
    gl.glPixelStorei(gl.GL_UNPACK_ALIGNMENT, 1)
    gl.glTexImage2D(gl.GL_TEXTURE_2D, 0, gl.GL_RGB8, size, size, 0, gl.GL_RGB, gl.GL_UNSIGNED_BYTE, data.ctypes.data)
    gl.glGenerateMipmap(gl.GL_TEXTURE_2D)
    gl.glTexParameteri(gl.GL_TEXTURE_2D, gl.GL_TEXTURE_MIN_FILTER, gl.GL_LINEAR_MIPMAP_LINEAR)
    gl.glTexParameteri(gl.GL_TEXTURE_2D, gl.GL_TEXTURE_MAG_FILTER, gl.GL_LINEAR)
    return int(name.value)


class Canvas:
    """An off-screen picture with depth, multisampled if the machine can."""

    def __init__(self, size: tuple[int, int], samples: int) -> None:
        """`samples` a pixel, 0 for none."""
        gl = _gl()

        self.size, self.samples = size, samples
        self.draw_to, self.read_from = self._target(samples), self._target(0)
        if gl.glCheckFramebufferStatus(gl.GL_FRAMEBUFFER) != gl.GL_FRAMEBUFFER_COMPLETE:
            raise DrawError(f"no picture: a {size[0]}x{size[1]} canvas was refused; choose a smaller size")
        self._pixels = np.empty((size[1], size[0], 3), np.uint8)

    def _target(self, samples: int) -> int:
        gl = _gl()

        name = gl.GLuint()
        gl.glGenFramebuffers(1, ctypes.byref(name))
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, name)
        for point, kind in ((gl.GL_COLOR_ATTACHMENT0, gl.GL_RGBA8), (gl.GL_DEPTH_ATTACHMENT, gl.GL_DEPTH_COMPONENT24)):
            store = gl.GLuint()
            gl.glGenRenderbuffers(1, ctypes.byref(store))
            gl.glBindRenderbuffer(gl.GL_RENDERBUFFER, store)
            if samples:
                gl.glRenderbufferStorageMultisample(gl.GL_RENDERBUFFER, samples, kind, *self.size)
            else:
                gl.glRenderbufferStorage(gl.GL_RENDERBUFFER, kind, *self.size)
            gl.glFramebufferRenderbuffer(gl.GL_FRAMEBUFFER, point, gl.GL_RENDERBUFFER, store)
        return int(name.value)

    def bind(self) -> None:
        """Draw into this canvas from now on."""
        gl = _gl()

        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self.draw_to)
        gl.glViewport(0, 0, *self.size)

    def pixels(self) -> NDArray[np.uint8]:
        """The picture, u8[h, w, 3], top row first."""
        gl = _gl()

        w, h = self.size
        gl.glBindFramebuffer(gl.GL_READ_FRAMEBUFFER, self.draw_to)
        gl.glBindFramebuffer(gl.GL_DRAW_FRAMEBUFFER, self.read_from)
        gl.glBlitFramebuffer(0, 0, w, h, 0, 0, w, h, gl.GL_COLOR_BUFFER_BIT, gl.GL_NEAREST)
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self.read_from)
        gl.glPixelStorei(gl.GL_PACK_ALIGNMENT, 1)
        gl.glReadPixels(0, 0, w, h, gl.GL_RGB, gl.GL_UNSIGNED_BYTE, self._pixels.ctypes.data)
        return np.ascontiguousarray(self._pixels[::-1])

    def depth(self) -> NDArray[np.float32]:
        """The depth buffer, f32[h, w], bottom row first, 0 near to 1 far."""
        gl = _gl()

        out = np.empty((self.size[1], self.size[0]), np.float32)
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self.draw_to)
        gl.glReadPixels(0, 0, *self.size, gl.GL_DEPTH_COMPONENT, gl.GL_FLOAT, out.ctypes.data)
        return out
