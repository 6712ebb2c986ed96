"""A window that shows a stage."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs.systems.output.draw.stage import Stage


class Screen:
    """A resizable window; Esc or its close button ends the show."""

    def __init__(self, stage: Stage, title: str) -> None:
        """Show a stage that was made with `headless=False`."""
        self.stage = stage
        self.window: Any = stage.window
        self.window.set_caption(title)

    def show(self, weights: NDArray[np.float32], breath: NDArray[np.float32]) -> bool:
        """Draw one frame: weights f32[A, 61], breath f32[A]; False once the window was closed."""
        from pyglet import gl

        self.window.switch_to()
        self.window.dispatch_events()
        if self.window.has_exit:
            self.window.close()
            return False
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, 0)
        size = self.window.get_framebuffer_size()
        gl.glViewport(0, 0, *size)
        self.stage.paint_to(weights, breath, size)
        self.window.flip()
        return True
