"""The field in one picture: phases, order, energy, locks, and what linear modes there are in it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs import PsiError
from psi_ecs.components.oscillator import BANDS, Role
from psi_ecs.systems.kernels import lift, resdmd
from psi_ecs.tools.plotting import GRID, INK, PAPER, figure, logarithmic, plain, png

from .record import Record

F64 = NDArray[np.float64]

COLOURS = ("#e0705a", "#5aa9e0", "#7bc47f", "#c58be0", "#e0b65a", "#62d0c4", "#e07fb0", "#9aa7b5")
FAST = (Role.GLOTTIS,)
"""Turn too fast for a sample a tick."""
DELAYS = 2
"""Ticks that an observable looks at."""


def modes(record: Record) -> tuple[NDArray[np.complex128], F64]:
    """Eigenvalues a tick and their residuals, best first, of extended DMD over psi of the slow roles and the articulators,
    each now and a tick before. PsiError if it is too short for that."""
    slow = [r for r in Role if r not in FAST]
    psi = record.amp[:, slow] * np.exp(2j * np.pi * record.phase[:, slow])
    track = np.concatenate((psi.real, psi.imag, record.mouth), axis=1)
    look = lift.delays(track, DELAYS)
    if len(look) < 2 * look.shape[1]:
        raise PsiError(
            f"{len(record.phase) / 60.0:.1f} s are too short for modes; give at least {2 * look.shape[1] // 60 + 1} s of speech"
        )
    seen = lift.affine(lift.scale(look).to(look))
    mu, _, residual = resdmd.pairs(seen[:-1], seen[1:], span=1e-6)
    return mu, residual


def picture(record: Record, title: str) -> bytes:
    """PNG of 1600 x 1200 pixels. PsiError if the plotting library is not there."""
    page = figure(16, 12, title)
    rows = page.subplot_mosaic(
        [["raster", "raster", "disc"], ["order", "order", "disc"], ["energy", "energy", "locks"], ["slope", "slope", "locks"]],
        height_ratios=[2.6, 1.0, 1.0, 1.0],
    )
    heads = {
        "raster": "phase of each oscillator (cycles)", "order": "order parameter of each band", "energy": "energy V (rad/s)",
        "slope": "dV/dt (rad/s²) and coherence", "locks": "locks at the end: locking value and lag (cycles)",
        "disc": "eigenvalues a tick, by residual",
    }  # fmt: skip
    for name, axes in rows.items():
        plain(axes, heads[name])
    _raster(page, rows["raster"], record)
    _order(rows["order"], record)
    _energy(rows["energy"], rows["slope"], record)
    _locks(rows["locks"], record)
    _disc(page, rows["disc"], record)
    return png(page)


def _span(record: Record) -> tuple[float, float]:
    return 0.0, len(record.phase) / 60.0


def _raster(figure: Any, axes: Any, record: Record) -> None:
    """Rows sorted by band; colour goes once around with the phase."""
    rows = np.argsort(record.core.band, kind="stable")
    names = [f"{Role(r).name.lower()} · {BANDS[record.core.band[r]]}" for r in rows]
    shown = axes.imshow(
        record.phase[:, rows].T, aspect="auto", cmap="twilight", vmin=0.0, vmax=1.0, interpolation="nearest",
        extent=(*_span(record), len(rows) - 0.5, -0.5),
    )  # fmt: skip
    axes.set_yticks(range(len(rows)), names)
    for border in np.flatnonzero(np.diff(record.core.band[rows])):
        axes.axhline(border + 0.5, color=PAPER, lw=3)
    figure.colorbar(shown, ax=axes, pad=0.01, aspect=40).ax.tick_params(colors=INK, labelsize=8)


def _order(axes: Any, record: Record) -> None:
    for k, band in enumerate(BANDS):
        axes.plot(record.seconds, record.order[:, k], color=COLOURS[k], lw=1.3, label=band)
    axes.set(xlim=_span(record), ylim=(0.0, 1.05))
    _legend(axes, len(BANDS))


def _energy(axes: Any, below: Any, record: Record) -> None:
    axes.plot(record.seconds, record.energy, color=COLOURS[1], lw=1.3)
    axes.set(xlim=_span(record))
    low = max(float(np.percentile(np.abs(record.slope), 98.0)), 1e-9)
    below.plot(record.seconds, record.slope, color=COLOURS[0], lw=0.9, label="dV/dt")
    below.axhline(0.0, color=GRID, lw=1)
    below.set(xlim=_span(record), ylim=(-1.2 * low, 1.2 * low))
    below.set_xlabel("seconds", color=INK)
    beside = below.twinx()
    beside.plot(record.seconds, record.coherence, color=COLOURS[2], lw=1.3, label="coherence")
    beside.set(ylim=(0.0, 1.05))
    beside.tick_params(colors=COLOURS[2], labelsize=9)
    lines = [*below.get_lines()[:1], *beside.get_lines()]
    below.legend(lines, [line.get_label() for line in lines], loc="upper right", ncols=2, frameon=False, labelcolor=INK)


def _locks(axes: Any, record: Record) -> None:
    """Who pulls (columns) whom (rows): locking value as colour, with lag in cycles."""
    pairs, value = record.core.pairs, record.locks[-1]
    down, across = sorted(set(pairs[:, 0].tolist())), sorted(set(pairs[:, 1].tolist()))
    grid = np.full((len(down), len(across)), np.nan)
    for (pulled, by, n, m), (held, lag) in zip(pairs.tolist(), value.tolist(), strict=True):
        y, x = down.index(pulled), across.index(by)
        grid[y, x] = held
        ratio = "" if n == m else f"\n{n}:{m}"
        axes.text(
            x, y, f"{held:.2f}\n{lag:+.3f}{ratio}", ha="center", va="center", fontsize=10, color="w" if held < 0.6 else "k"
        )
    if grid.size:
        axes.imshow(grid, cmap="viridis", vmin=0.0, vmax=1.0, aspect="auto")
    axes.set_xticks(range(len(across)), [Role(r).name.lower() for r in across], rotation=20)
    axes.set_yticks(range(len(down)), [Role(r).name.lower() for r in down])


def _disc(figure: Any, axes: Any, record: Record) -> None:
    around = 2.0 * np.pi * np.linspace(0.0, 1.0, 200)
    axes.plot(np.cos(around), np.sin(around), color=INK, lw=0.8)
    axes.set(aspect="equal", xlim=(-1.15, 1.15), ylim=(-1.15, 1.15))
    for hertz in (1, 2, 5, 10, 20):
        at = 1.06 * np.exp(2j * np.pi * hertz / 60.0)
        axes.text(at.real, at.imag, f"{hertz} Hz", color=INK, fontsize=8, ha="center", va="center")
    try:
        mu, residual = modes(record)
    except PsiError as why:
        axes.text(0.0, 0.0, str(why).partition(";")[0], color=INK, ha="center")
        return
    low = max(float(residual.min()), 1e-6)
    worst_first = np.argsort(-residual)
    dots = axes.scatter(
        mu.real[worst_first], mu.imag[worst_first], c=np.clip(residual[worst_first], low, 1.0), cmap="plasma_r", s=34,
        norm=logarithmic(min(low, 0.1), 4.0), edgecolors="none",
    )  # fmt: skip
    bar = figure.colorbar(dots, ax=axes, orientation="horizontal", pad=0.02, aspect=40)
    bar.set_label("ResDMD residual: small for true modes, near 1 for spurious ones", color=INK, fontsize=9)
    bar.ax.tick_params(colors=INK, labelsize=8)


def _legend(axes: Any, columns: int) -> None:
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 0.96), ncols=columns, frameon=False, labelcolor=INK, fontsize=9)
