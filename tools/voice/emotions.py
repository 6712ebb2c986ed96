"""How feelings change a voice, beside how they change the voices of actors."""

from collections.abc import Callable

import numpy as np
from msgspec import Struct

from .measure import Prosody

FEELINGS = ("neutral", "joy", "anger", "sadness", "fear", "calm")


class Shift(Struct, frozen=True):
    """What a feeling changes, from the same speaker's neutral reading of the same words."""

    pitch: float
    """Semitones."""
    span: float
    """%, of the range of the pitch."""
    rate: float
    """%, of the speed."""
    level: float
    """dB."""
    alpha: float
    """dB, of the energy from 1 to 5 kHz over that below."""
    hnr: float
    """dB."""


ACTORS = {
    "joy": Shift(2.8, 22.0, 1.0, 5.2, 1.8, -0.1),
    "anger": Shift(3.2, 20.0, -10.0, 9.7, 3.3, -1.3),
    "sadness": Shift(0.0, -7.0, -5.0, -1.8, -1.6, -0.2),
    "fear": Shift(3.7, -7.0, 0.0, 5.3, -0.1, -0.1),
    "calm": Shift(-0.7, -2.0, -10.0, -2.7, -2.2, 0.4),
}
"""RAVDESS (Livingstone & Russo 2018, doi:10.1371/journal.pone.0196391), speech of ordinary intensity: 24 actors, 96 recordings
of each feeling, measured with Praat; the difference to each actor's neutral, median by actor, mean over actors."""
SMALL = Shift(0.5, 5.0, 3.0, 1.0, 0.5, 0.3)
"""Below these the actors did not move to speak of, and no sign is compared."""
COLUMNS = (
    ("pitch", "pitch, st"), ("span", "range, %"), ("rate", "rate, %"), ("level", "level, dB"), ("alpha", "1-5 kHz, dB"),
    ("hnr", "HNR, dB"),
)  # fmt: skip


def shift(neutral: list[Prosody], felt: list[Prosody]) -> Shift:
    """Mean over utterances of what changed; utterances in the same order."""

    def mean(change: Callable[[Prosody, Prosody], float]) -> float:
        found = np.array([change(a, b) for a, b in zip(neutral, felt, strict=True)])
        return float(np.nanmean(found)) if np.isfinite(found).any() else float("nan")

    return Shift(
        mean(lambda a, b: b.pitch - a.pitch), 100.0 * mean(lambda a, b: b.span / a.span - 1.0),
        100.0 * mean(lambda a, b: b.rate / a.rate - 1.0), mean(lambda a, b: b.level - a.level),
        mean(lambda a, b: b.alpha - a.alpha), mean(lambda a, b: b.hnr - a.hnr),
    )  # fmt: skip


def agree(name: str, found: Shift) -> dict[str, bool | None]:
    """Of each measure, whether it moved to the side to which the actors' did; None where theirs hardly moved."""
    out: dict[str, bool | None] = {}
    for key, _ in COLUMNS:
        known = getattr(ACTORS[name], key)
        out[key] = None if abs(known) < getattr(SMALL, key) else bool(known * getattr(found, key) > 0.0)
    return out


def table(found: dict[str, Shift]) -> list[str]:
    """Lines for people: what was measured, what the actors did, and whether the signs agree."""
    lines = [f"{'shift from neutral (actors)':30}" + "".join(f"{title:>19}" for _, title in COLUMNS)]
    hits = total = 0
    for name, moved in found.items():
        signs, cells = agree(name, moved), ""
        for key, _ in COLUMNS:
            mark = {True: " ok", False: " no", None: "   "}[signs[key]]
            cells += f"{f'{getattr(moved, key):+.1f} ({getattr(ACTORS[name], key):+.1f})':>16}{mark}"
        hits, total = hits + sum(s is True for s in signs.values()), total + sum(s is not None for s in signs.values())
        lines.append(f"{name:30}{cells}")
    return [*lines, f"signs that agree: {hits} of {total}"]
