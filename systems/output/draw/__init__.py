"""Drawing with pyglet (OpenGL 3.3), with a screen or without one."""

from .context import DrawError, available, renderer
from .stage import Stage

__all__ = ["DrawError", "Stage", "available", "renderer"]
