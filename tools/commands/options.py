"""Options that several commands share."""

import io
import sys
from collections.abc import Iterable, Iterator
from math import isfinite
from pathlib import Path
from typing import Any, TextIO

import click

LARGEST_SEED = 2**53 - 1
SEED = click.IntRange(0, LARGEST_SEED)
PARTS = "koopman, grammar, coupling, emotion or memory"
ABLATE = click.option("--ablate", multiple=True, metavar="PART", help=f"Do without {PARTS}; may be given several times.")
CORE = click.option("--core", metavar="NAME", help="Field asset, or the path of a core TOML, such as psi core tune writes.")
MEMORY = click.option(
    "--memory", type=click.Path(path_type=Path), metavar="DIR",
    help="Folder in which everyone goes on remembering from scene to scene: DIR/PERSONA.psimem, made if need be.",
)  # fmt: skip
RATES = ("16000", "22050", "24000", "44100", "48000")
RATE = click.option(
    "--rate", type=click.Choice(RATES), default="24000", show_default=True,
    help="Samples a second of the sound. It is made at 24000 and resampled: a higher rate adds nothing above 12 kHz.",
)  # fmt: skip
HELP: dict[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def terminal() -> TextIO:
    """Where progress is drawn: standard error if somebody looks at it, else nowhere, so that logs hold errors only."""
    return sys.stderr if sys.stderr.isatty() else io.StringIO()


def loudness(_: click.Context, __: click.Parameter, text: str) -> float | None:
    """Callback: LUFS from -70 to -5; None for "none" and 0."""
    try:
        level = 0.0 if text == "none" else float(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no loudness; write LUFS such as -23, or none") from None
    if level and not -70.0 <= level <= -5.0:
        raise click.BadParameter(f"{text} LUFS is out of reach; write -70 to -5, or none")
    return level or None


LUFS = click.option(
    "--lufs", callback=loudness, default="-23", show_default=True, metavar="L",
    help='Loudness by EBU R 128, true peaks held below -1 dBTP; "none" leaves it as it is.',
)  # fmt: skip


def watch(label: str, items: Iterable[Any], length: int | None = None) -> Iterator[Any]:
    """The items one by one, with a bar of how far it is where somebody looks; `length` is how many, if they cannot tell."""
    with click.progressbar(items, length=length, label=label, file=terminal()) as bar:
        yield from bar


def moment(_: click.Context, option: click.Parameter, text: str | None) -> float | None:
    """Callback: seconds of scene time, a finite number from 0 to an hour; the option `--to` is more than 0."""
    if text is None:
        return None
    end = option.name == "end"
    try:
        seconds = float(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no number of seconds; write one such as 2.5") from None
    if not isfinite(seconds) or not 0.0 <= seconds <= 3600.0 or (end and seconds == 0.0):
        raise click.BadParameter(f"{text} is no moment of a scene; write seconds {'above' if end else 'from'} 0 to 3600")
    return seconds


def size(_: click.Context, __: click.Parameter, text: str) -> tuple[int, int]:
    """Callback: WIDTHxHEIGHT as two even numbers."""
    parts = text.lower().split("x")
    if len(parts) != 2 or not all(p.isascii() and p.isdigit() and len(p) < 6 for p in parts):
        raise click.BadParameter(f"{text!r} is no size; write WIDTHxHEIGHT, such as 1280x720")
    width, height = (int(p) for p in parts)
    if not (64 <= width <= 4096 and 64 <= height <= 4096) or width % 2 or height % 2:
        raise click.BadParameter(f"{text}: width and height must be even and between 64 and 4096")
    return width, height
