"""Harmonic grammar: named constraints with weights, whose violations are measured and whose energy the state goes down."""

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

OBSERVED = (
    "lip_gap", "lip_teeth", "smile", "pucker", "blink", "wide", "head_yaw", "head_pitch", "eye_yaw", "eye_pitch", "pitch",
    "loudness", "f1", "f2", "f3", "f4",
)  # fmt: skip
"""What constraints may speak of. In mm: gap of the inner lips at its middle, and distance from lower lip to upper teeth. As
weights, of the stronger side: smile, pucker, blink, widened lids. In radians: head and eyes. Pitch in semitones from the
persona's own, loudness in dB, formants in Hz."""
CONTEXTS = ("always", "speaking", "closure", "labiodental", "vowel")
"""When a constraint counts."""


@dataclass(frozen=True)
class Grammar:
    """Resource, read from an asset and not saved: constraints a . x <= b + shift . feeling, C rows."""

    name: tuple[str, ...]
    unit: tuple[str, ...]
    why: tuple[str, ...]
    hard: tuple[bool, ...]
    a: NDArray[Any]
    """f64[C, len(OBSERVED)]."""
    b: NDArray[Any]
    """f64[C], in the constraint's unit."""
    shift: NDArray[Any]
    """f64[C, 10]: what one unit of each feeling adds to b; feelings as in `components.avatar.Feeling`."""
    weight: NDArray[Any]
    """f64[C], energy a squared unit."""
    when: NDArray[Any]
    """i64[C], index into CONTEXTS."""
