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
        self.window.switch_to()
        self.window.dispatch_events()
        if self.window.has_exit:
            self.window.close()
            return False
        self.stage.show(self.window.get_framebuffer_size(), weights, breath)
        self.window.flip()
        return True
