"""A field that performs over and over while knobs are turned, and what a tuner shows of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from psi_ecs.components.oscillator import Core
from psi_ecs.systems.dynamics import Measures
from psi_ecs.systems.dynamics.wiring import Wiring
from psi_ecs.systems.formats.safe import OutputError, write_file
from psi_ecs.tools.faders import Board

from .desk import changed
from .gauge import bar, beside, spark
from .record import RATE, Source, named, opened

LATE = 12
"""Ticks that are made up for at most when the machine was slow; then the show is late."""
PAST = 24
"""Pictures that a meter's history goes back."""


class Screen(Protocol):
    """Where a tuner is seen and where its keys come from."""

    @property
    def size(self) -> tuple[int, int]:
        """Characters across and down."""
        ...

    def show(self, lines: list[str]) -> bool:
        """Draw; False once it was closed."""
        ...

    def keys(self, seconds: float) -> list[str]:
        """Keys pressed, as `Desk.press` names them, after waiting for one at most so long."""
        ...


class Show(Protocol):
    """A performance that goes on while faders move."""

    @property
    def open(self) -> bool:
        """Whether it can still be seen."""
        ...

    def step(self, ticks: int, /) -> Any:
        """Perform on; returns what is measured of it."""
        ...

    def meters(self, found: Any, width: int, /) -> list[str]:
        """Lines that show what was measured."""
        ...

    def take(self, thing: Any, /) -> None:
        """Go on with what the faders say now."""
        ...


class Stage:
    """The performance."""

    open = True

    def __init__(self, source: Source, who: str | None, core: Core) -> None:
        """Open it. PsiError in one line if it cannot be performed."""
        self.source, self.who, self.core = source, who, core
        self.past = dict[str, list[float]]()
        self._open()

    def _open(self) -> None:
        self.host = opened(self.source, self.core)
        self.avatar = self.host.avatars[named(self.host, self.who)]

    def take(self, core: Core) -> None:
        """Go on with another field."""
        if core is self.core:
            return
        for role, freq, amp in changed(self.core, core):
            self.host.drive(self.avatar, role, freq=freq, amp=amp)
        self.core = core
        self.host.app.add(core)
        self.host.app.world.resource(Wiring).forget()

    def step(self, ticks: int) -> Measures:
        """Perform on, from the beginning again when all is said."""
        for _ in range(ticks):
            if self.host.idle:
                self._open()
            self.host.step()
        return self.host.field(self.avatar)

    def meters(self, found: Measures, width: int) -> list[str]:
        """Locks, order of bands, coherence and energy, and where there is room, where they were."""
        wide = 10 if width < 100 else 14

        def meter(name: str, share: float, text: str) -> str:
            history = self.past.setdefault(name, [])
            history.append(share)
            del history[:-PAST]
            return f"{name:<17}{bar(share, wide)} {text}"

        left = [meter(name, value, f"{value:4.2f} {lag:+.3f}") for name, (value, lag) in found.locks.items()]
        right = [meter(name, value, f"{value:4.2f}") for name, (value, _) in found.order.items()]
        right += [meter("coherence", found.coherence, f"{found.coherence:4.2f}")]
        right = [f"{line}   {spark(self.past[line.split()[0]], PAST)}" for line in right]
        right += [f"{'V, dV/dt':<9} {found.energy:+.1f} rad/s, {found.slope:+.0f} rad/s²"]
        return beside(["locks: value, lag", *left], ["order of bands, coherence", *right])


def tune(desk: Board, stage: Show, screen: Screen, out: Path, clock: Callable[[], float]) -> None:
    """Let somebody move the desk's faders while the stage performs, until they leave; what they save goes to `out`."""
    made, begun = 0, clock()
    while not desk.done and stage.open:
        due = round((clock() - begun) * RATE) - made
        made += due
        width, height = screen.size
        meters = stage.meters(stage.step(min(max(due, 1), LATE)), width)
        room = height - len(meters) - 11
        if not screen.show(fit([*desk.lines(width, max(room, 4)), "", *meters], width, height)):
            return
        for key in screen.keys(0.1):
            desk.press(key)
        stage.take(desk.thing)
        if desk.save:
            _save(desk, out)


def _save(desk: Board, out: Path) -> None:
    try:
        write_file(out, desk.text)
    except OutputError as why:
        desk.save, desk.message = False, str(why)
        return
    desk.kept(out)


def fit(lines: list[str], width: int, height: int) -> list[str]:
    """Lines cut to a screen."""
    return [line[:width] for line in lines[: max(height - 1, 1)]]
