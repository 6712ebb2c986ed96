"""A window that shows a stage."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs.systems.formats.png import write_png
from psi_ecs.systems.formats.safe import write_file
from psi_ecs.systems.output.draw.stage import Stage

F32 = NDArray[np.float32]


class Screen:
    """A resizable window; S writes a picture of it, Esc or its close button ends the show."""

    def __init__(self, stage: Stage, title: str, pictures: Path = Path()) -> None:
        """Show a stage that was made with `headless=False`; pictures go to the folder `pictures`."""
        self.stage, self.pictures = stage, pictures
        self.window: Any = stage.window
        self.window.set_caption(title)
        self.window.push_handlers(on_key_press=self._press)
        self._snap = False

    def show(self, weights: F32, breath: F32, tongue: F32 | None = None) -> bool:
        """Draw one frame: weights f32[A, 61], breath f32[A], tongue f32[A, 2]; False once the window was
        closed. OutputError in one line if a picture could not be written."""
        self.window.switch_to()
        self.window.dispatch_events()
        if self.window.has_exit:
            self.window.close()
            return False
        size = self.window.get_framebuffer_size()
        self.stage.show(size, weights, breath, tongue)
        if self._snap:
            self._snap = False
            write_file(free(self.pictures), write_png(self.stage.draw(weights, breath, tongue)))
        self.window.flip()
        return True

    def _press(self, symbol: int, modifiers: int) -> bool | None:
        from pyglet.window import key

        if symbol != key.S:
            return None  # the window's own Escape closes it
        self._snap = True
        return True


def free(folder: Path) -> Path:
    """The first of psi-1.png, psi-2.png ... that is not there yet."""
    number = 1
    while (folder / f"psi-{number}.png").exists():
        number += 1
    return folder / f"psi-{number}.png"
