"""A window that shows a stage."""

from typing import Any

from psi_ecs.components.scene import Scene
from psi_ecs.systems.host import Frame, Host
from psi_ecs.systems.play import placed

from .stage import Stage


class Screen:
    """A resizable window; Esc or its close button ends the show."""

    def __init__(self, host: Host, scene: Scene, size: tuple[int, int]) -> None:
        """Open it. DrawError in one line if there is no screen."""
        spots = placed(scene)
        looks = [p.look for p in host.personas]
        self.stage = Stage(host.heads, looks, [s[0] for s in spots], [s[1] for s in spots], scene.camera, scene.light, size, headless=False)
        self.window: Any = self.stage.window
        self.window.set_caption(scene.title or "psi")

    def show(self, frame: Frame) -> bool:
        """Draw one frame; False once the window was closed."""
        from pyglet import gl

        self.window.switch_to()
        self.window.dispatch_events()
        if self.window.has_exit:
            self.window.close()
            return False
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, 0)
        size = self.window.get_framebuffer_size()
        gl.glViewport(0, 0, *size)
        self.stage.paint_to(frame.weights, frame.breath, size)
        self.window.flip()
        return True
