"""A face that shows an expression over and over while its faders move."""

from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from psi_ecs.asset import package_folder
from psi_ecs.components.expression import Expression
from psi_ecs.components.face import BLENDSHAPES
from psi_ecs.components.scene import Camera, Light
from psi_ecs.systems.formats.expression import load_expression
from psi_ecs.systems.formats.toml import read_text
from psi_ecs.systems.host import Host
from psi_ecs.tools.core.gauge import bar
from psi_ecs.tools.face.picture import subject

NAME = "edited"
SHOWN, REST = 4.0, 1.6
"""Seconds for which it is shown, and between one show and the next."""
RATE = 60


class View(Protocol):
    """What shows a face."""

    def show(self, weights: NDArray[np.float32], breath: NDArray[np.float32], tongue: NDArray[np.float32]) -> bool:
        """Draw one frame; False once it was closed."""
        ...


class FaceShow:
    """The performance, as `tools.core.live.tune` takes it."""

    open = True

    def __init__(self, persona: str, expression: Expression, view: View | None) -> None:
        """Open it. PsiError in one line if it cannot be performed."""
        self.host = Host(seed=4)
        self.avatar = self.host.avatar(persona)
        self.view, self.now = view, expression
        self.host.learn_expression(NAME, expression)
        self.ticks = 0
        self.frame = self.host.step()

    def step(self, ticks: int) -> NDArray[np.float32]:
        """Perform on and draw the last of it; returns the channels f32[61]."""
        for _ in range(ticks):
            if self.ticks % round(RATE * (SHOWN + REST)) == 0:
                self.host.cue(self.avatar, "expression", name=NAME, seconds=SHOWN)
            self.frame = self.host.step()
            self.ticks += 1
        if self.view is not None and not self.view.show(self.frame.weights, self.frame.breath, self.frame.tongue):
            self.open = False
        return np.asarray(self.frame.weights[0], np.float32)

    def meters(self, found: NDArray[np.float32], width: int) -> list[str]:
        """The strongest channels."""
        strong = sorted(zip(found[:52].tolist(), BLENDSHAPES, strict=True), reverse=True)[:5]
        return [f"{name:<20}{bar(value, 20)} {value:4.2f}" for value, name in strong]

    def take(self, thing: Any) -> None:
        """Show another expression from now on."""
        if thing is not self.now:
            self.now = thing
            self.host.learn_expression(NAME, thing)


def source(name: str) -> str:
    """The text of an expression that comes along, or of a TOML file. AssetError in one line if it cannot be used."""
    load_expression(name)
    return read_text(Path(name) if name.endswith(".toml") else package_folder("assets") / "expressions" / f"{name}.toml")


def opened(persona: str, name: str) -> tuple[View, Any]:
    """A window with the persona's face, and one with faders. DrawError in one line if there is no screen."""
    from psi_ecs.systems.output.draw import Stage
    from psi_ecs.systems.output.draw.cells import Cells
    from psi_ecs.systems.output.draw.window import Screen

    head, look, _ = subject(persona)
    stage = Stage([head], [look], [(0.0, 0.0, 0.0)], [0.0], Camera(framing="close"), Light(), (560, 560), headless=False)
    return Screen(stage, f"psi expression: {name}"), Cells(f"psi expression edit: {name}", (120, 30))
