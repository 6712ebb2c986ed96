"""Pictures of tracks and of differences."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.score import RATE
from psi_ecs.systems.formats.track import SPAN, Track
from psi_ecs.systems.kernels import framecode
from psi_ecs.systems.kernels.formants import NARROW, modes, shape
from psi_ecs.tools.plotting import GRID, figure, plain, png

from .analyse import code, replay
from .check import NOISIEST, NOISY, QUIETEST, Checked
from .compare import HOP, Difference, power

F64 = NDArray[np.float64]

COLOURS = ("#e0705a", "#5aa9e0")
DEPTH = 70.0
"""dB from the loudest to the darkest."""


def picture(track: Track, audio: F64, title: str) -> bytes:
    """PNG of 1600 x 1300 pixels: the recording and its formants, pitch and pulse, partials, noise, and what the bank leaves."""
    heads = {
        "recording": "recording and F1 to F4, width by bandwidth (Hz)",
        "pitch": "pitch (Hz), coloured where there is a voice; Rd of the pulse, tense 0.3 to breathy 2.7 (right)",
        "partials": "level of partials by number", "noise": "share of noise in the bands of the frame code (Hz)",
        "left": "recording less replay (Hz), on the scale of the recording",
    }  # fmt: skip
    page, rows = _page(list(heads), title, [2.2, 1.0, 1.4, 0.7, 1.4])
    loud = float(power(audio).max())
    _spectrogram(rows["recording"], audio, loud)
    _formants(rows["recording"], track)
    _pitch(rows["pitch"], track)
    seconds = track.samples / RATE
    level = 20.0 * np.log10(np.abs(track.tones[:, :80]).T + 1e-7)
    rows["partials"].imshow(
        level, aspect="auto", origin="lower", cmap="magma", extent=(0.0, seconds, 0.5, level.shape[0] + 0.5),
        vmin=level.max() - DEPTH, vmax=level.max(),
    )  # fmt: skip
    seen = code(track)
    share = 1.0 - seen[:, framecode.VOICE : framecode.VOICE + 1] * (1.0 - seen[:, framecode.NOISE])
    rows["noise"].imshow(
        share.T, aspect="auto", origin="lower", cmap="viridis", vmin=0.0, vmax=1.0, interpolation="nearest",
        extent=(0.0, seconds, -0.5, share.shape[1] - 0.5),
    )  # fmt: skip
    rows["noise"].set_yticks(range(share.shape[1]), [f"{hertz:.0f}" for hertz in framecode.HERTZ])
    _spectrogram(rows["left"], audio - replay(track), loud)
    return _finish(page, rows, heads, seconds)


def _formants(axes: Any, track: Track) -> None:
    found = modes(track.tones, track.pitch)
    at = np.arange(len(found)) * (SPAN / RATE)
    for k in range(found.shape[1]):
        hertz, width = found[:, k].imag / (2.0 * np.pi), -found[:, k].real / np.pi
        shown = track.voiced & (width < NARROW)
        axes.scatter(at[shown], hertz[shown], s=np.clip(width[shown] / 40.0, 0.5, 12.0), color="#7bdcff", lw=0.0, alpha=0.7)
    axes.set_ylim(0.0, 0.5 * RATE)


def _pitch(axes: Any, track: Track) -> None:
    at = np.arange(len(track.pitch)) * (SPAN / RATE)
    axes.plot(at, track.pitch, color=GRID, lw=1.0)
    axes.plot(at, np.where(track.voiced, track.pitch, np.nan), color=COLOURS[0], lw=1.6)
    rd = shape(track.tones, track.pitch, modes(track.tones, track.pitch))
    smooth = np.convolve(np.pad(rd, 5, mode="edge"), np.full(11, 1.0 / 11.0), "valid")
    beside = axes.twinx()
    beside.plot(at, np.where(track.voiced, smooth, np.nan), color=COLOURS[1], lw=1.0)
    beside.set_ylim(0.0, 3.0)
    beside.tick_params(colors=COLOURS[1], labelsize=9)


def difference(first: F64, second: F64, found: Difference, title: str) -> bytes:
    """PNG: both sounds and the difference of their levels."""
    page, rows = _page(["first", "second", "apart"], title, [1.0, 1.0, 1.0])
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


def quality(takes: list[Checked], title: str) -> bytes:
    """PNG: level, noise and length of recordings in their order; those left out are red."""
    rows: dict[str, tuple[list[float], tuple[float, ...], str]] = {
        "level": ([t.level for t in takes], (QUIETEST,), "level of the speech (dB re full scale)"),
        "snr": ([t.snr for t in takes], (NOISIEST, NOISY), "speech above noise (dB)"),
        "seconds": ([t.seconds for t in takes], (), "length (s)"),
    }
    page, axes = _page(list(rows), title, [1.0, 1.0, 1.0])
    colour = [COLOURS[0] if t.bad else COLOURS[1] for t in takes]
    for name, (values, limits, head) in rows.items():
        axes[name].scatter(range(1, len(takes) + 1), values, s=14.0, c=colour)
        for limit in limits:
            axes[name].axhline(limit, color=COLOURS[0], lw=0.8)
        plain(axes[name], head)
    return png(page)


def _page(names: list[str], title: str, heights: list[float]) -> tuple[Any, dict[str, Any]]:
    page = figure(16, 13, title)
    return page, page.subplot_mosaic([[name] for name in names], height_ratios=heights)


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
