"""Turning the knobs of a core asset, and hearing of the effect before it is used."""

from pathlib import Path

import numpy as np

from psi_ecs.systems.dynamics.core import build, find, read
from psi_ecs.systems.formats.safe import write_file

from .edit import edit, parse
from .record import Record, Source, record


def tune(name: str, knobs: tuple[str, ...], out: Path, source: Source) -> list[str]:
    """Write asset `name` with knobs such as `jaw.syllable.gain=40` turned, comments kept, to `out`; returns what to print:
    what changed, and what that does to the field over one performance. AssetError, and nothing written, if it cannot be."""
    text = read(find(name)).decode()
    changed, told = edit(text, [parse(knob) for knob in knobs], name)
    before, after = (record(source, core=build(t.encode(), name)) for t in (text, changed))
    write_file(out, changed)
    return [*told, "", *effect(before, after)]


def effect(before: Record, after: Record) -> list[str]:
    """Locking values and lags over two whole runs, and mean coherence and energy, side by side."""
    rows = [f"{'':<18}{'before':>16}{'after':>16}"]
    for i, name in enumerate(before.core.lock):
        a, b = ("{:.3f} at {:+.3f}".format(*locked(x, i)) for x in (before, after))
        rows.append(f"{name:<18}{a:>16}{b:>16}")
    for title, pick in (("coherence", "coherence"), ("energy, rad/s", "energy")):
        a, b = (f"{float(np.mean(getattr(x, pick))):.3f}" for x in (before, after))
        rows.append(f"{title:<18}{a:>16}{b:>16}")
    return rows


def locked(run: Record, pair: int) -> tuple[float, float]:
    """Locking value, 0 to 1, and lag in cycles of a measured pair over a whole run."""
    pulled, by, n, m = run.core.pairs[pair].tolist()
    mean = np.exp(2j * np.pi * (n * run.phase[:, by] - m * run.phase[:, pulled])).mean()
    return float(abs(mean)), float(np.angle(mean) / (2.0 * np.pi))
