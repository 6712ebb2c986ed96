"""Options that several commands share."""

import io
import sys
from math import isfinite
from typing import Any, TextIO

import click

LARGEST_SEED = 2**53 - 1
SEED = click.IntRange(0, LARGEST_SEED)
HELP: dict[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def terminal() -> TextIO:
    """Where progress is drawn: standard error if somebody looks at it, else nowhere, so that logs hold errors only."""
    return sys.stderr if sys.stderr.isatty() else io.StringIO()


class Moment(click.ParamType):
    """Seconds of scene time: a finite number from 0 to an hour; an end is more than 0."""

    name = "seconds"

    def __init__(self, end: bool = False) -> None:
        """`end` refuses 0."""
        self.end = end

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number that is written."""
        try:
            seconds = float(value)
        except ValueError:
            self.fail(f"{value!r} is no number of seconds; write one such as 2.5", param, ctx)
        if not isfinite(seconds) or not 0.0 <= seconds <= 3600.0 or (self.end and seconds == 0.0):
            self.fail(f"{value} is no moment of a scene; write seconds {'above' if self.end else 'from'} 0 to 3600", param, ctx)
        return seconds


class Size(click.ParamType):
    """WIDTHxHEIGHT as two even numbers."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """The two numbers that are written."""
        if isinstance(value, tuple):
            return (int(value[0]), int(value[1]))
        parts = str(value).lower().split("x")
        if len(parts) != 2 or not all(p.isascii() and p.isdigit() and len(p) < 6 for p in parts):
            self.fail(f"{value!r} is no size; write WIDTHxHEIGHT, such as 1280x720", param, ctx)
        width, height = (int(p) for p in parts)
        if not (64 <= width <= 4096 and 64 <= height <= 4096) or width % 2 or height % 2:
            self.fail(f"{value}: width and height must be even and between 64 and 4096", param, ctx)
        return width, height
