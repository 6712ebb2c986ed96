"""Faders for the numbers of a text file, in pages, like those of an equaliser. Keys go in, lines and the edited text come
out; it knows neither terminal nor window."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import asinh, sinh
from typing import Any

from psi_ecs import AssetError

from .core.gauge import column

FINE, COARSE = 1.0 / 120.0, 1.0 / 20.0
"""Steps of a fader, as shares of its way."""
CELL = 11
"""Characters of a fader's column."""
HELP = "←→↑↓ PgUp PgDn  Tab page  u undo  r redo  0 as in the file  s save  q leave"


@dataclass(frozen=True)
class Fader:
    """One knob, and how far along its way a value is: even in asinh(value / knee), so that small values are as fine."""

    path: str
    """As `parse` reads it."""
    below: tuple[str, str]
    """Two short lines that name it."""
    unit: str
    low: float
    high: float
    knee: float

    def share(self, value: float) -> float:
        """0 to 1."""
        a, b, x = (asinh(v / self.knee) for v in (self.low, self.high, value))
        return (x - a) / (b - a)

    def moved(self, value: float, by: float) -> float:
        """The value that lies `by` of the whole way further, to three digits, within bounds."""
        a, b = asinh(self.low / self.knee), asinh(self.high / self.knee)
        at = min(max(self.share(value) + by, 0.0), 1.0)
        raw = self.knee * sinh(a + at * (b - a))
        near = 0.0 if self.low <= 0.0 and abs(at - self.share(0.0)) < 0.5 * FINE else float(f"{raw:.3g}")
        return min(max(near, self.low), self.high)


class Board(ABC):
    """The state of all faders; what they belong to is told by a subclass."""

    thing: Any
    """What the text says, as a performance takes it."""

    @abstractmethod
    def read(self, text: str) -> Any:
        """The thing that a text says. AssetError in one line if it says none."""

    @abstractmethod
    def paged(self) -> dict[str, list[Fader]]:
        """Every fader, by page."""

    @abstractmethod
    def value(self, fader: Fader, text: str | None = None) -> float:
        """What the text says of a fader now, or another text."""

    @abstractmethod
    def edited(self, fader: Fader, value: float) -> tuple[str, str]:
        """The text with another value, and what to tell of it. AssetError in one line if it cannot be."""

    def __init__(self, text: str, where: str) -> None:
        """Begin with an asset's text; `where` names it. AssetError if it is none."""
        self.where = where
        self.thing = self.read(text)
        self.text = self.first = self.saved = text
        self.pages = self.paged()
        self.page = 0
        self.at = [0] * len(self.pages)
        self.past: list[str] = []
        self.ahead: list[str] = []
        self.message = HELP
        self.save = self.done = self.again = False
        """Whether saving is asked for; whether all is over; whether leaving was asked for once, with something unsaved."""

    @property
    def title(self) -> str:
        """Name of the page."""
        return list(self.pages)[self.page]

    @property
    def faders(self) -> list[Fader]:
        """Those of the page."""
        return self.pages[self.title]

    @property
    def fader(self) -> Fader | None:
        """The one that is chosen; None on a page without any."""
        return self.faders[self.at[self.page]] if self.faders else None

    def press(self, key: str) -> None:
        """One key: a character, or left, right, up, down, pageup, pagedown, home, end, tab, backtab, escape."""
        again, self.again = self.again, False
        self.message = HELP
        if key in ("left", "right", "home", "end") and self.faders:
            last = len(self.faders) - 1
            here = self.at[self.page]
            self.at[self.page] = {"left": max(here - 1, 0), "right": min(here + 1, last), "home": 0, "end": last}[key]
        elif key in ("tab", "backtab"):
            self.page = (self.page + (1 if key == "tab" else -1)) % len(self.pages)
        elif key.isdigit() and 1 <= int(key) <= len(self.pages):
            self.page = int(key) - 1
        elif key in ("up", "down", "pageup", "pagedown"):
            size = FINE if key in ("up", "down") else COARSE
            self._turn(size if key in ("up", "pageup") else -size)
        elif key == "0" and self.fader is not None:
            self._set(self.fader, self.value(self.fader, self.first))
        elif key in ("u", "r"):
            self._undo(*((self.past, self.ahead) if key == "u" else (self.ahead, self.past)))
        elif key == "s":
            self.save = True
        elif key in ("q", "escape"):
            self.done = again or self.text == self.saved
            self.again = not self.done
            self.message = "not saved: q again leaves, s saves" if self.again else HELP

    def kept(self, path: object) -> None:
        """The asset was written."""
        self.save, self.saved, self.message = False, self.text, f"saved to {path}"

    def _turn(self, by: float) -> None:
        if self.fader is not None:
            self._set(self.fader, self.fader.moved(self.value(self.fader), by))

    def _set(self, fader: Fader, value: float) -> None:
        try:
            text, told = self.edited(fader, value)
        except AssetError as why:
            self.message = str(why)
            return
        if text != self.text:
            self.past.append(self.text)
            self.ahead.clear()
            self._take(text)
        self.message = told

    def _undo(self, source: list[str], target: list[str]) -> None:
        if not source:
            self.message = "nothing to undo or redo"
            return
        target.append(self.text)
        self._take(source.pop())

    def _take(self, text: str) -> None:
        self.text, self.thing = text, self.read(text)

    def lines(self, width: int, height: int) -> list[str]:
        """The page: faders `height` lines high, as many as there is room for about the one that is chosen."""
        tabs = "  ".join(f"[{i} {name}]" if name == self.title else f" {i} {name} " for i, name in enumerate(self.pages, 1))
        out = [f"{self.where}{' *' if self.text != self.saved else ''}   {tabs}", ""]
        room, here = max(1, width // CELL), self.at[self.page]
        first = min(max(0, here - room // 2), max(0, len(self.faders) - room))
        shown = self.faders[first : first + room]
        columns = [self._fader(f, self.value(f), i == here, height) for i, f in enumerate(shown, first)]
        out += ["".join(cells).rstrip() for cells in zip(*columns, strict=True)] if columns else ["nothing on this page"]
        if self.fader is not None:
            now, then = self.value(self.fader), self.value(self.fader, self.first)
            more = f"  ({here + 1} of {len(self.faders)})" if len(self.faders) > room else ""
            out += [
                f"{self.fader.path} = {now:g} {self.fader.unit}" + (f"   in the file {then:g}" if now != then else "") + more
            ]
        return [line[:width] for line in [*out, self.message]]

    def _fader(self, fader: Fader, value: float, chosen: bool, height: int) -> list[str]:
        zero = fader.share(min(max(0.0, fader.low), fader.high))
        cells = column(min(max(fader.share(value), 0.0), 1.0), zero, height, 4 if chosen else 2)
        names = [f"{value:.3g}", *fader.below, "▲" if chosen else ""]
        return [cell.center(CELL) for cell in cells] + [name[: CELL - 1].center(CELL) for name in names]
