"""Figures as PNG: the one place that knows the plotting library."""

import io
from typing import Any

from psi_ecs import PsiError

INK, PAPER, GRID = "#dfe6ee", "#12161c", "#2c3440"


def figure(width: float, height: float, title: str) -> Any:
    """An empty figure, hundreds of pixels wide and high. PsiError if the plotting library is not there."""
    try:
        from matplotlib.figure import Figure
    except ImportError as why:
        raise PsiError("the plotting library is missing; pip install 'psi-ecs[plot]'") from why
    made = Figure(figsize=(width, height), dpi=100, facecolor=PAPER, layout="constrained")
    short = title if len(title) <= 100 else title[:99] + "…"
    made.suptitle(short.replace("$", r"\$"), color=INK, fontsize=15)
    return made


def plain(axes: Any, title: str) -> None:
    """The look that all axes share."""
    axes.set_facecolor(PAPER)
    axes.tick_params(colors=INK, labelsize=9)
    for spine in axes.spines.values():
        spine.set_color(GRID)
    axes.set_title(title, color=INK, fontsize=11, loc="left")


def logarithmic(low: float, high: float) -> Any:
    """A scale of colours over the logarithm."""
    from matplotlib.colors import LogNorm

    return LogNorm(low, high)


def png(made: Any) -> bytes:
    """The figure's bytes; the same figure gives the same bytes."""
    out = io.BytesIO()
    made.savefig(out, format="png", facecolor=PAPER, metadata={"Software": None})
    return out.getvalue()
