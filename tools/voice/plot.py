"""Pictures of tracks and of differences."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.score import RATE
from psi_ecs.systems.formats.track import SPAN, Track
from psi_ecs.tools.plotting import GRID, figure, plain, png

from .analyse import replay
from .compare import HOP, Difference, power

F64 = NDArray[np.float64]

COLOURS = ("#e0705a", "#5aa9e0", "#7bc47f", "#c58be0", "#e0b65a")
DEPTH = 70.0
"""dB from the loudest to the darkest."""


def picture(track: Track, audio: F64, title: str) -> bytes:
    """PNG of 1600 x 1300 pixels: the recording, its pitch, partials and noise, and what the bank leaves of it."""
    page, rows = _page(["recording", "pitch", "partials", "left"], title)
    seconds = track.samples / RATE
    loud = float(power(audio).max())
    _spectrogram(rows["recording"], audio, loud)
    at = np.arange(len(track.pitch)) * (SPAN / RATE)
    rows["pitch"].plot(at, track.pitch, color=GRID, lw=1.0)
    rows["pitch"].plot(at, np.where(track.voiced, track.pitch, np.nan), color=COLOURS[0], lw=1.6)
    level = 20.0 * np.log10(np.abs(track.tones[:, :80]).T + 1e-7)
    rows["partials"].imshow(
        level, aspect="auto", origin="lower", cmap="magma", extent=(0.0, seconds, 0.5, level.shape[0] + 0.5),
        vmin=level.max() - DEPTH, vmax=level.max(),
    )  # fmt: skip
    _spectrogram(rows["left"], audio - replay(track), loud)
    heads = {
        "recording": "recording (Hz)", "pitch": "pitch (Hz), coloured where there is a voice",
        "partials": "level of partials by number", "left": "recording less replay (Hz), same scale",
    }  # fmt: skip
    return _finish(page, rows, heads, seconds)


def difference(first: F64, second: F64, found: Difference, title: str) -> bytes:
    """PNG: both sounds and the difference of their levels."""
    page, rows = _page(["first", "second", "apart"], title)
    a, b = first[max(0, -found.delay) :], second[max(0, found.delay) :]
    count = min(len(a), len(b))
    a, b = a[:count], b[:count]
    seen, copied = power(a), power(b)
    loud = float(seen.max())
    _spectrogram(rows["first"], a, loud)
    _spectrogram(rows["second"], b, loud)
    floor = 1e-6 * loud
    apart = 10.0 * np.log10((copied + floor) / (seen + floor))
    rows["apart"].imshow(
        apart.T, aspect="auto", origin="lower", cmap="RdBu_r", vmin=-20.0, vmax=20.0,
        extent=(0.0, len(apart) * HOP / RATE, 0.0, RATE / 2.0),
    )  # fmt: skip
    heads = {"first": "recording (Hz)", "second": "copy (Hz)", "apart": "copy over recording, -20 dB blue to 20 dB red (Hz)"}
    return _finish(page, rows, heads, count / RATE)


def _page(names: list[str], title: str) -> tuple[Any, dict[str, Any]]:
    page = figure(16, 13, title)
    return page, page.subplot_mosaic([[name] for name in names])


def _spectrogram(axes: Any, audio: F64, loud: float) -> None:
    level = 10.0 * np.log10(power(audio) / loud + 1e-12)
    axes.imshow(
        level.T, aspect="auto", origin="lower", cmap="magma", vmin=-DEPTH, vmax=0.0,
        extent=(0.0, len(level) * HOP / RATE, 0.0, RATE / 2.0),
    )  # fmt: skip


def _finish(page: Any, rows: dict[str, Any], heads: dict[str, str], seconds: float) -> bytes:
    for name, axes in rows.items():
        plain(axes, heads[name])
        axes.set_xlim(0.0, seconds)
    return png(page)
