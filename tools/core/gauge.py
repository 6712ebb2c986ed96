"""Bars, columns and short histories made of characters, for a terminal or a window of cells."""

from collections.abc import Sequence

ACROSS = " ▏▎▍▌▋▊▉█"
"""Eighths of a cell, from the left."""
UP = " ▁▂▃▄▅▆▇█"
"""Eighths of a cell, from below."""


def bar(share: float, width: int = 40) -> str:
    """A bar for a share of 0 to 1, eighths of a character fine."""
    full, rest = divmod(round(8 * width * min(max(share, 0.0), 1.0)), 8)
    return ("█" * full + (ACROSS[rest] if rest else "")).ljust(width)


def spark(shares: Sequence[float], width: int) -> str:
    """The last of some shares of 0 to 1 side by side, newest at the right."""
    return "".join(UP[round(8 * min(max(s, 0.0), 1.0))] for s in shares[-width:] if width).rjust(width)


def column(share: float, zero: float, height: int, width: int) -> list[str]:
    """An upright bar from share `zero` to `share`, both 0 to 1, top line first; a line where zero is."""
    at, base = share * height, zero * height
    out = []
    for row in reversed(range(height)):
        if at >= base:
            cell = UP[round(8 * min(max(at - row, 0.0), 1.0))] if row + 1 > base else " "
        else:
            cell = "█" if at <= row + 0.5 < base else " "
        if cell == " " and row == min(int(base), height - 1):
            cell = "▁" if base < 1.0 else "─"
        out.append(cell * width)
    return out


def beside(left: list[str], right: list[str], gap: int = 3) -> list[str]:
    """Two blocks of lines side by side."""
    wide = max((len(line) for line in left), default=0) + gap
    rows = max(len(left), len(right))
    left, right = (block + [""] * (rows - len(block)) for block in (left, right))
    return [(a.ljust(wide) + b).rstrip() for a, b in zip(left, right, strict=True)]
