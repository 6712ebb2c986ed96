"""Expressions: patterns of muscle and oscillation with a course in time, in the terms of FACS."""

from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta, Struct
from msgspec import field as default
from numpy.typing import NDArray

from .text import EMOTIONS

Share = Annotated[float, Meta(ge=0.0, le=1.0)]
Signed = Annotated[float, Meta(ge=-1.0, le=1.0)]
Side = float | tuple[float, ...]
"""Strength of an action unit on both sides, or on the face's own left and right. What reads the file checks it: msgspec mixes
up bounds within a union."""
Override = Annotated[str, Meta(pattern="^(none|blend|block)$")]

AXES: tuple[str, ...] = ("pleasure", "displeasure", "arousal", "languor", "dominance", "submission")
"""The ends of the three dimensions of a feeling, each an expression."""
FELT: tuple[str, ...] = (*AXES, *EMOTIONS)
"""Expressions that the continuous feeling of an avatar drives; they come first in `Expressions`."""
ROOM = 64
"""Expressions that a face may have, those of feelings among them."""


class Wave(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an oscillator of the field adds while the expression is shown: amount * amp * sin 2 pi (times theta + phase). A
    shape is held at least as high as it swings."""

    of: str
    """Role of the oscillator, in small letters."""
    times: Annotated[int, Meta(ge=1, le=8)] = 1
    """Cycles of the wave in one of the oscillator's."""
    phase: Signed = 0.0
    """Cycles."""
    units: dict[str, Side] = default(default_factory=dict)
    """Amount by action unit, -1 to 1."""
    channels: dict[str, Signed] = default(default_factory=dict)
    """Amount by channel of the face."""


class Expression(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An expression asset: `assets/expressions/NAME.toml`, or a file of one's own."""

    about: str = ""
    """What it says, for people."""
    onset: Annotated[float, Meta(ge=0.04, le=5.0)] = 0.3
    """Seconds in which it comes: 91 % of its way."""
    offset: Annotated[float, Meta(ge=0.04, le=10.0)] = 0.5
    """Seconds in which it goes."""
    apex: Annotated[float, Meta(ge=0.0, le=60.0)] = 0.0
    """Seconds after which it sinks toward `hold`, though it is still asked for; 0: it stays."""
    hold: Share = 1.0
    """What is left of it then."""
    blink: Override = "none"
    """What it does to blinks, as VRM 1.0 expressions do: none; blend, they fade as it grows; block, there are none."""
    look: Override = "none"
    """Likewise to the gaze."""
    mouth: Override = "none"
    """Likewise to the mouth of speech; lips that must meet still do."""
    units: dict[str, Side] = default(default_factory=dict)
    """FACS action units, by name in assets/facs.toml: AU12 = 0.6, or [left, right]; 0 to 1."""
    channels: dict[str, Signed] = default(default_factory=dict)
    """What FACS has no unit for: ARKit weights, and turns of the head in radians."""
    wave: list[Wave] = default(default_factory=list)
    """What moves in it."""


class Repertoire(Struct):
    """Resource: expressions beside those that come along, by the name that cues use."""

    own: dict[str, Expression] = default(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Expressions:
    """Resource, read from assets and not saved: every expression of a face as arrays. E is ROOM, W waves, 61 channels."""

    names: tuple[str, ...]
    """FELT, then the others in the order of the alphabet, then a repertoire's own."""
    matrix: NDArray[Any]
    """f64[E, 61]: weights and radians at full strength."""
    onset: NDArray[Any]
    """f64[E], relaxation rate while it grows, 1/s."""
    offset: NDArray[Any]
    """f64[E], likewise while it fades."""
    wear: NDArray[Any]
    """f64[E], rate at which it sinks after its apex, 1/s; 0 for never."""
    lost: NDArray[Any]
    """f64[E], the share of it that is then lost."""
    override: NDArray[Any]
    """f64[E, 3]: what a full one takes from blinks, gaze and speech: 0, 1 for blend, BLOCK for block."""
    wave_row: NDArray[Any]
    """i64[W], expression of each wave."""
    wave_role: NDArray[Any]
    """i64[W]."""
    wave_turn: NDArray[Any]
    """f64[W, 1], 2 pi times cycles of the wave in one of the oscillator's."""
    wave_shift: NDArray[Any]
    """f64[W, 1], radians."""
    wave_matrix: NDArray[Any]
    """f64[W, 61]."""
    own: dict[str, Expression]
    """The repertoire that it was made with."""


BLOCK = 8.0
"""An expression that blocks does so from an eighth of its strength on, so that nothing jumps."""
