"""A context with or without a screen, and shader programs."""

import ctypes
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

from psi_ecs import PsiError
from psi_ecs.asset import package_folder

REMEDY = (
    "install Mesa's EGL (Debian/Ubuntu: apt-get install libegl1 libegl-mesa0 libgl1 libgl1-mesa-dri libglx-mesa0 libopengl0)"
)

SOFTWARE = ("llvmpipe", "softpipe", "software", "swiftshader", "basic render", "gdi generic")
"""What renderers without a card call themselves."""


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
    pyglet.options["debug_gl"] = False  # asking for errors after each call costs a tenth of a frame's calls
    if headless:
        pyglet.options["headless"] = True
    try:
        from pyglet.window import Window

        Config: Any = pyglet.gl.Config  # abstract only to type checkers

        if not headless:
            config = Config(double_buffer=True, major_version=3, minor_version=3)  # the canvas smooths edges itself
            return Window(*size, caption=caption, resizable=True, config=config)
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


def software() -> bool:
    """Whether a program draws and not a graphics card; needs a context."""
    from pyglet.gl import gl_info

    return any(name in gl_info.get_renderer().lower() for name in SOFTWARE)


class Program:
    """A linked shader program that remembers where its uniforms are."""

    def __init__(self, made: Any) -> None:
        """Wrap pyglet's program."""
        self._made, self._places = made, dict[str, int]()
        self.given = dict[str, bytes]()
        """What its uniforms are."""

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
        shared = (folder / "pose.glsl").read_text(encoding="utf-8") if "POSE" in rest else ""
        return f"{version}\n{given}{rest.replace('POSE', shared, 1)}"

    return Program(ShaderProgram(Shader(source(vertex), "vertex"), Shader(source(fragment), "fragment")))


def set_uniform(shader: Program, name: str, value: Any) -> None:
    """Set a uniform of the program in use from a number or an array; those that the compiler dropped, and those that have this
    value already, are passed over."""
    gl = _gl()

    at = shader.place(name)
    if at < 0:
        return
    a = np.ascontiguousarray(value, None if isinstance(value, int) else np.float32)
    if shader.given.get(name) == (given := a.tobytes()):
        return
    shader.given[name] = given
    if isinstance(value, int):
        gl.glUniform1i(at, value)
        return
    if isinstance(value, float):
        gl.glUniform1f(at, value)
        return
    pointer = a.ctypes.data_as(ctypes.POINTER(gl.GLfloat))
    if a.shape == (4, 4):
        gl.glUniformMatrix4fv(at, 1, gl.GL_TRUE, pointer)
    elif a.shape == (3, 3) and name.endswith("turn"):
        gl.glUniformMatrix3fv(at, 1, gl.GL_TRUE, pointer)
    else:
        gl.glUniform3fv(at, a.size // 3, pointer)
