"""A picture of a memory: moods and styles over time, and a map of styles."""

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.memory import STYLE, Entry
from psi_ecs.components.text import EMOTIONS, FEELINGS
from psi_ecs.tools.plotting import GRID, INK, figure, plain, png

from .words import mood

F64 = NDArray[np.float64]

COLOURS = {
    "joy": "#f2c14e", "anger": "#e0533d", "sadness": "#4a7fc1", "fear": "#9a6fc4", "disgust": "#7aa34a", "surprise": "#f08ab1",
    "calm": "#63c5b5", "pleasant": "#c9d38a", "unpleasant": "#8b6a5c", "neutral": "#7d8794",
}  # fmt: skip


def picture(entries: list[Entry], title: str) -> bytes:
    """PNG of 1600 x 1300 pixels."""
    entries = sorted(entries, key=lambda e: (e.time, e.id))
    made = figure(16, 13, title)
    axes = made.subplot_mosaic([["mood", "mood"], ["style", "style"], ["map", "map"]], height_ratios=[1.0, 1.8, 2.2])
    moods = [mood(e) for e in entries]
    _moods(axes["mood"], entries)
    _styles(axes["style"], entries)
    _map(axes["map"], entries, moods)
    return png(made)


def _moods(axes: Any, entries: list[Entry]) -> None:
    """Feelings as dots, the mood of the conversation as a line, by order: a night's pause would squeeze what was said."""
    at = np.arange(len(entries))
    felt = np.array([(*e.feeling, *[0.0] * len(FEELINGS))[: len(FEELINGS)] for e in entries]).reshape(-1, len(FEELINGS))
    for name in EMOTIONS:
        values = felt[:, FEELINGS.index(name)]
        shown = values > 0.02
        axes.scatter(at[shown], values[shown], s=16.0, color=COLOURS[name], label=name, lw=0.0)
    axes.plot(at, [e.valence for e in entries], color=INK, lw=1.2, label="mood (valence)")
    axes.axhline(0.0, color=GRID, lw=0.8)
    axes.set_ylim(-1.05, 1.05)
    plain(axes, "feelings of each memory, and the running mood; the latest at the right")
    _times(axes, entries)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), labelcolor=INK, fontsize=9, frameon=False)


def _styles(axes: Any, entries: list[Entry]) -> None:
    score = standard(np.array([e.style for e in entries], np.float64).reshape(-1, len(STYLE)))
    shown = axes.imshow(
        score.T, aspect="auto", cmap="RdBu_r", vmin=-2.5, vmax=2.5, interpolation="nearest",
        extent=(-0.5, len(entries) - 0.5, len(STYLE) - 0.5, -0.5),
    )  # fmt: skip
    axes.set_yticks(range(len(STYLE)), STYLE)
    plain(axes, "style: standard deviations from the mean (red above)")
    axes.tick_params(axis="y", labelsize=6.5)
    _times(axes, entries)
    scale = axes.figure.colorbar(shown, ax=axes, pad=0.01)
    scale.ax.tick_params(colors=INK, labelsize=9)


def _times(axes: Any, entries: list[Entry]) -> None:
    places = np.unique(np.linspace(0, len(entries) - 1, min(7, len(entries))).round().astype(int))
    axes.set_xticks(places, [time.strftime("%d %b %H:%M", time.localtime(entries[k].time)) for k in places])
    axes.set_xlim(-0.5, len(entries) - 0.5)


def _map(axes: Any, entries: list[Entry], moods: list[str]) -> None:
    points, share = plane(np.array([e.style for e in entries], np.float64).reshape(-1, len(STYLE)))
    for name, colour in COLOURS.items():
        rows = [k for k, found in enumerate(moods) if found == name]
        if rows:
            label = f"{name} ({len(rows)})"
            axes.scatter(points[rows, 0], points[rows, 1], s=34.0, color=colour, label=label, lw=0.0, alpha=0.85)
    axes.axhline(0.0, color=GRID, lw=0.6, zorder=0)
    axes.axvline(0.0, color=GRID, lw=0.6, zorder=0)
    told = f"({share[0]:.0%} and {share[1]:.0%} of what differs)"
    plain(axes, f"map of styles: their two main directions {told}, coloured by mood")
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), labelcolor=INK, fontsize=9, frameon=False)


def standard(values: F64) -> F64:
    """Columns less their mean, over their standard deviation; 0 where nothing differs."""
    spread = values.std(axis=0)
    return np.asarray((values - values.mean(axis=0)) / np.where(spread > 1e-9, spread, np.inf))


def plane(values: F64) -> tuple[F64, tuple[float, float]]:
    """Principal components (Hotelling 1933) of standardised columns: f64[N, 2], and the share of variance of each."""
    score = standard(values)
    _, size, axes = np.linalg.svd(score, full_matrices=False)
    axes = axes * np.where(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)] < 0.0, -1.0, 1.0)[:, None]
    points = np.zeros((len(values), 2))
    points[:, : min(2, len(axes))] = score @ axes[:2].T
    total = float((size**2).sum()) or 1.0
    share = np.pad(size**2 / total, (0, 2))
    return points, (float(share[0]), float(share[1]))
