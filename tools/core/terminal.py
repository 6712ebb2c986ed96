"""A terminal as a screen of characters with keys: Linux, macOS and Windows."""

import os
import re
import shutil
import sys
import time
from typing import Any

from psi_ecs import PsiError

NAMES = {
    "\x1b[A": "up", "\x1b[B": "down", "\x1b[C": "right", "\x1b[D": "left", "\x1bOA": "up", "\x1bOB": "down", "\x1bOC": "right",
    "\x1bOD": "left", "\x1b[5~": "pageup", "\x1b[6~": "pagedown", "\x1b[H": "home", "\x1b[F": "end", "\x1b[1~": "home",
    "\x1b[4~": "end", "\x1bOH": "home", "\x1bOF": "end", "\x1b[Z": "backtab", "\t": "tab", "\x1b": "escape",
}  # fmt: skip
"""What terminals send (ECMA-48 and xterm)."""
CODES = {"H": "up", "P": "down", "K": "left", "M": "right", "I": "pageup", "Q": "pagedown", "G": "home", "O": "end"}
"""Second character of Windows' special keys."""
ONE = re.compile(r"\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Z]|[\x00\xe0].|.", re.DOTALL)


def decode(data: str) -> list[str]:
    """Keys in what a terminal sent; what is not known is left out."""
    out = []
    for found in ONE.findall(data):
        if found[0] in "\x00\xe0" and len(found) == 2:
            out += [CODES[found[1]]] if found[1] in CODES else []
        elif found in NAMES:
            out.append(NAMES[found])
        elif len(found) == 1 and found.isprintable():
            out.append(found)
    return out


class Terminal:
    """The whole terminal, while it is entered. What stood there comes back afterwards."""

    def __init__(self) -> None:
        """PsiError if nobody sits at one."""
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise PsiError("no terminal to turn knobs in; turn them with --set, as in --set jaw.syllable.gain=40 -o mine.toml")
        self._before: Any = None

    def __enter__(self) -> "Terminal":
        """Take over."""
        if sys.platform == "win32":
            os.system("")  # lets the console obey escape sequences
        else:
            import termios
            import tty

            self._before = termios.tcgetattr(sys.stdin.fileno())
            tty.setcbreak(sys.stdin.fileno())
        self._write("\x1b[?1049h\x1b[?25l\x1b[2J")  # another screen, no cursor
        return self

    def __exit__(self, *_: object) -> None:
        """Give back."""
        self._write("\x1b[?25h\x1b[?1049l")
        if sys.platform != "win32":
            import termios

            termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, self._before)

    @property
    def size(self) -> tuple[int, int]:
        """Characters across and down."""
        found = shutil.get_terminal_size((80, 24))
        return found.columns, found.lines

    def show(self, lines: list[str]) -> bool:
        """Draw over what stood there."""
        self._write("\x1b[H" + "\x1b[K\r\n".join(lines) + "\x1b[K\x1b[J")
        return True

    def keys(self, seconds: float) -> list[str]:
        """Keys pressed, after waiting for one at most so long."""
        if sys.platform == "win32":
            import msvcrt

            until, data = time.monotonic() + seconds, ""
            while not msvcrt.kbhit() and time.monotonic() < until:
                time.sleep(0.01)
            while msvcrt.kbhit():
                data += msvcrt.getwch()
            return decode(data)
        import select

        ready, _, _ = select.select([sys.stdin], [], [], seconds)
        return decode(os.read(sys.stdin.fileno(), 256).decode("utf-8", "ignore")) if ready else []

    def _write(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()
