"""The field in one picture: phases, order, energy, locks, and what linear modes there are in it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs import PsiError
from psi_ecs.components.oscillator import BANDS, Role
from psi_ecs.systems.kernels import lift, resdmd
from psi_ecs.tools.plotting import GRID, INK, PAPER, figure, logarithmic, plain, png

from .record import RATE, Record

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
    halves: Any = page.subfigures(1, 2, width_ratios=[1.7, 1.0])
    left, right = halves
    for part in (left, right):
        part.set_facecolor(PAPER)
    course = left.subplots(4, 1, sharex=True, height_ratios=[2.8, 1.3, 1.0, 1.2])
    rows = dict(zip(("raster", "order", "energy", "slope"), course, strict=True))
    rows |= dict(zip(("disc", "locks"), right.subplots(2, 1, height_ratios=[1.25, 1.0]), strict=True))
    heads = {
        "raster": "phase of each oscillator", "order": "order parameter (bold: mean of 1 s)",
        "energy": "energy V (rad/s)", "slope": "dV/dt (rad/s², linear up to 10), and coherence",
        "locks": "locks at the end: value and lag (cycles)", "disc": "eigenvalues a tick on the unit disc, by residual",
    }  # fmt: skip
    for name, axes in rows.items():
        plain(axes, heads[name])
    _raster(left, rows["raster"], record)
    _order(rows["order"], record)
    _energy(rows["energy"], rows["slope"], record)
    _disc(right, rows["disc"], record)
    _locks(right, rows["locks"], record)
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
    bar = figure.colorbar(shown, ax=axes, pad=0.01, aspect=40, ticks=[0.0, 0.25, 0.5, 0.75, 1.0])
    _ticks(bar, "cycles")


def _order(axes: Any, record: Record) -> None:
    """Faint as it is; strong as the mean over a second, since fast oscillators meet and part many times in one."""
    for k, band in enumerate(BANDS):
        course = record.order[:, k]
        axes.plot(record.seconds, course, color=COLOURS[k], lw=0.7, alpha=0.25)
        axes.plot(record.seconds, steady(course, RATE), color=COLOURS[k], lw=1.8, label=band)
    axes.set(xlim=_span(record), ylim=(0.0, 1.05))
    axes.legend(
        loc="lower right", bbox_to_anchor=(1.0, 0.99), ncols=len(BANDS), frameon=False, labelcolor=INK, fontsize=9,
        borderpad=0.1,
    )


def steady(course: F64, ticks: int) -> F64:
    """Running mean f64[T] over so many ticks, over fewer at both ends."""
    ones = np.ones(min(ticks, len(course)))
    return np.convolve(course, ones, "same") / np.convolve(np.ones(len(course)), ones, "same")


def _energy(axes: Any, below: Any, record: Record) -> None:
    axes.plot(record.seconds, record.energy, color=COLOURS[1], lw=1.3)
    below.plot(record.seconds, record.slope, color=COLOURS[0], lw=0.9, label="dV/dt")
    below.axhline(0.0, color=GRID, lw=1)
    below.set_yscale("symlog", linthresh=10.0)
    most = max(float(np.abs(record.slope).max()), 10.0)
    below.set(ylim=(-1.5 * most, 1.5 * most))
    below.tick_params(axis="y", colors=COLOURS[0])
    below.set_xlabel("seconds", color=INK)
    beside = below.twinx()
    beside.plot(record.seconds, record.coherence, color=COLOURS[2], lw=1.3, label="coherence")
    beside.set(ylim=(0.0, 1.05))
    beside.tick_params(colors=COLOURS[2], labelsize=9)
    lines = [*below.get_lines()[:1], *beside.get_lines()]
    below.legend(
        lines, [line.get_label() for line in lines], loc="lower right", bbox_to_anchor=(1.0, 0.99), ncols=2, frameon=False,
        labelcolor=INK, fontsize=9, borderpad=0.1,
    )  # fmt: skip


def _locks(figure: Any, axes: Any, record: Record) -> None:
    """Who pulls (columns) whom (rows): locking value as colour, with lag in cycles; empty where nothing is measured."""
    pairs, value = record.core.pairs, record.locks[-1]
    if not len(pairs):
        axes.text(0.5, 0.5, "the asset measures no locks", color=INK, ha="center", transform=axes.transAxes)
        return
    down, across = sorted(set(pairs[:, 0].tolist())), sorted(set(pairs[:, 1].tolist()))
    grid = np.full((len(down), len(across)), np.nan)
    size = min(10.0, 60.0 / max(len(across), 1))
    for (pulled, by, n, m), (held, lag) in zip(pairs.tolist(), value.tolist(), strict=True):
        y, x = down.index(pulled), across.index(by)
        grid[y, x] = held
        ratio = "" if n == m else f"\n{n}:{m}"
        ink = "w" if held < 0.6 else "k"
        axes.text(x, y, f"{held:.2f}\n{lag:+.3f}{ratio}", ha="center", va="center", fontsize=size, color=ink)
    shown = axes.imshow(grid, cmap="viridis", vmin=0.0, vmax=1.0, aspect="auto")
    axes.set_xticks(np.arange(len(across)), [Role(r).name.lower() for r in across], rotation=30, ha="right")
    axes.set_yticks(np.arange(len(down)), [Role(r).name.lower() for r in down])
    axes.set_xticks(np.arange(len(across) + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(down) + 1) - 0.5, minor=True)
    axes.grid(which="minor", color=GRID, lw=1)
    axes.tick_params(which="minor", length=0)
    axes.set_xlabel("by", color=INK)
    axes.set_ylabel("pulled", color=INK)
    _ticks(figure.colorbar(shown, ax=axes, pad=0.02, aspect=30), "phase-locking value")


def _disc(figure: Any, axes: Any, record: Record) -> None:
    """All of them, and in the corner those near 1: what turns slowly and fades slowly."""
    axes.set(aspect="equal", xlim=(-1.25, 1.25), ylim=(-1.2, 1.2))
    _circle(axes, (2, 5, 10, 20), 1.06)
    try:
        mu, residual = modes(record)
    except PsiError as why:
        axes.text(0.0, 0.0, str(why).partition(";")[0], color=INK, ha="center")
        return
    near = axes.inset_axes((0.12, 0.27, 0.38, 0.46), facecolor=PAPER)
    near.set(xlim=(0.86, 1.012), ylim=(-0.02, 0.28))
    near.set_title("near 1", color=INK, fontsize=9, loc="left")
    near.tick_params(colors=INK, labelsize=8)
    for spine in near.spines.values():
        spine.set_color(INK)
    _circle(near, (0.5, 1, 2), 0.97)
    order = np.argsort(-residual)  # worst first, so that true modes lie on top
    shade = logarithmic(max(float(residual.min()), 1e-6), 4.0)
    for where, size in ((axes, 26), (near, 40)):
        dots = where.scatter(
            mu.real[order], mu.imag[order], c=np.clip(residual[order], 1e-6, 4.0), cmap="plasma_r", s=size, norm=shade,
            edgecolors=GRID, linewidths=0.5,
        )  # fmt: skip
    bar = figure.colorbar(dots, ax=axes, orientation="horizontal", pad=0.02, aspect=40)
    _ticks(bar, "ResDMD residual: small for true modes, near 1 for spurious ones")


def _circle(axes: Any, hertz: tuple[float, ...], reach: float) -> None:
    """The unit circle with frequencies written at `reach` from the middle."""
    around = 2.0 * np.pi * np.linspace(0.0, 1.0, 720)
    axes.plot(np.cos(around), np.sin(around), color=INK, lw=0.8)
    for f in hertz:
        at = np.exp(2j * np.pi * f / RATE)
        axes.plot([at.real], [at.imag], marker="+", color=INK, ms=7)
        at *= reach
        side = "right" if reach < 1.0 else "left" if at.real > 0.0 else "right"
        axes.text(at.real, at.imag, f"{f:g} Hz", color=INK, fontsize=8, ha=side, va="center")


def _ticks(bar: Any, label: str) -> None:
    bar.set_label(label, color=INK, fontsize=9)
    bar.ax.tick_params(colors=INK, labelsize=8)
    bar.outline.set_edgecolor(GRID)
