"""A window of character cells, with keys: bars and blocks are drawn as rectangles, so that it needs no particular font."""

import time
from typing import Any

from .context import window

WIDE, HIGH = 8, 19
"""Pixels of a cell."""
EDGE = 12
"""Pixels left free at the left and above."""
THICK = 0.84
"""Share of its cell that a block fills, so that bars one above the other stay apart."""
ACROSS, UP = "▏▎▍▌▋▊▉█", "▁▂▃▄▅▆▇█"
INK, BAR, PAPER = (223, 230, 238, 255), (90, 169, 224), (18, 22, 28)
KEYS = {
    "LEFT": "left", "RIGHT": "right", "UP": "up", "DOWN": "down", "PAGEUP": "pageup", "PAGEDOWN": "pagedown", "HOME": "home",
    "END": "end", "TAB": "tab", "ESCAPE": "escape",
}  # fmt: skip


def blocks(line: str) -> list[tuple[float, float, float, float]]:
    """Rectangles of a line's block characters: left, bottom, width and height in cells; runs of the same are one."""
    out: list[tuple[float, float, float, float]] = []
    before = ""
    for i, c in enumerate(line):
        if c in UP:
            high = (UP.index(c) + 1) / 8.0 * THICK
            if c == before:
                x, y, w, h = out[-1]
                out[-1] = (x, y, w + 1.0, h)
            else:
                out.append((float(i), 0.5 - THICK / 2.0, 1.0, high))
        elif c in ACROSS:
            out.append((float(i), 0.5 - THICK / 2.0, (ACROSS.index(c) + 1) / 8.0, THICK))
        before = c
    return out


def words(line: str) -> list[tuple[int, str]]:
    """Runs of text and the cells they begin at, blocks left out."""
    out: list[tuple[int, str]] = []
    plain = "".join(" " if c in ACROSS or c in UP else c for c in line)
    at = 0
    for word in plain.split(" "):
        if word:
            out.append((at, word))
        at += len(word) + 1
    return out


class Cells:
    """The window. DrawError in one line if there is no screen."""

    def __init__(self, title: str, size: tuple[int, int] = (120, 36)) -> None:
        """Open it, so many characters across and down."""
        self.window: Any = window(False, (size[0] * WIDE + 2 * EDGE, size[1] * HIGH + EDGE), title)
        self._keys: list[str] = []
        from pyglet.graphics import Batch

        self._batch: Any = Batch()
        self._labels = dict[tuple[int, int, str], Any]()
        self._boxes: list[Any] = []
        self.window.push_handlers(on_text=self._text, on_key_press=self._press)

    @property
    def size(self) -> tuple[int, int]:
        """Characters across and down."""
        width, height = self.window.get_size()
        return max((width - 2 * EDGE) // WIDE, 1), max((height - EDGE) // HIGH, 1)

    def show(self, lines: list[str]) -> bool:
        """Draw lines from the top; False once the window was closed."""
        from pyglet import gl

        if not self._look():
            return False
        self.window.switch_to()
        red, green, blue = (c / 255.0 for c in PAPER)
        gl.glClearColor(red, green, blue, 1.0)
        self.window.clear()
        top = self.window.get_size()[1] - EDGE
        self._bars([(EDGE + x * WIDE, top - (row + 1 - y) * HIGH, w * WIDE, h * HIGH)
                    for row, line in enumerate(lines) for x, y, w, h in blocks(line)])  # fmt: skip
        seen = {(at, row, word) for row, line in enumerate(lines) for at, word in words(line)}
        for key in [key for key in self._labels if key not in seen]:
            self._labels.pop(key).delete()
        for at, row, word in seen:
            if (at, row, word) not in self._labels:
                self._labels[at, row, word] = self._label(word)
            self._labels[at, row, word].position = (EDGE + at * WIDE, top - (row + 1) * HIGH + 5, 0)
        self._batch.draw()
        self.window.flip()
        return True

    def keys(self, seconds: float) -> list[str]:
        """Keys pressed, after waiting for one at most so long."""
        until = time.monotonic() + seconds
        while not self._keys and time.monotonic() < until and self._look():
            time.sleep(0.01)
        out, self._keys = self._keys, []
        return out

    def close(self) -> None:
        """Close the window."""
        self.window.close()

    def _look(self) -> bool:
        self.window.dispatch_events()
        return not self.window.has_exit

    def _bars(self, boxes: list[tuple[float, float, float, float]]) -> None:
        """Put rectangles in these places, pixels: left, bottom, width and height."""
        from pyglet.shapes import Rectangle

        self._boxes += [Rectangle(0, 0, 1, 1, BAR, batch=self._batch) for _ in range(len(boxes) - len(self._boxes))]
        for i, box in enumerate(self._boxes):
            box.visible = i < len(boxes)
            if box.visible:
                box.x, box.y, box.width, box.height = boxes[i]

    def _label(self, word: str) -> Any:
        from pyglet.text import Label

        names: Any = ("DejaVu Sans Mono", "Menlo", "Consolas", "Courier New")  # typed as a list, taken as any sequence
        label = Label(word, font_name=names, font_size=10, color=INK, batch=self._batch)
        over = label.content_width / (len(word) * WIDE)
        if over > 1.0:  # no such font here: what is there must not run into its neighbour
            label.font_size = 10 / over
        return label

    def _text(self, text: str) -> bool:
        self._keys += [c for c in text if c.isprintable()]
        return True

    def _press(self, symbol: int, modifiers: int) -> bool | None:
        from pyglet.window import key

        name = KEYS.get(key.symbol_string(symbol))
        if name is None:
            return None
        self._keys.append("backtab" if name == "tab" and modifiers & key.MOD_SHIFT else name)
        return True  # the window's own Escape would close it
