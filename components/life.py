"""What keeps a face alive: its smoothed drives, its swings, its fixation, and the map from feeling to blendshapes."""

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from psi_ecs import Col, component, f32, f64, field, i64

NAMED = 24
"""Room for named expressions."""
DRIVES = 13 + NAMED + 7
"""Smoothed drives of a face; `systems.face.state` names them."""
SWINGS = 4
"""Decaying oscillations of a face: accent nod, accent brow, nod and shake."""


@component
class Life:
    """The inner state of one face. `systems.face` gives one to every face that lacks it."""

    drive: Col[f64] = field(shape=(DRIVES,), default=0, doc="each relaxes to its goal along a critically damped mode")
    speed: Col[f64] = field(shape=(DRIVES,), default=0, doc="rate of change of drive, per second")
    swing: Col[f64] = field(shape=(SWINGS, 2), default=0, doc="real and imaginary part of each decaying oscillation")
    want: Col[f32] = field(
        shape=(NAMED,), unit="1", low=0.0, high=1.0, default=0, doc="strength asked of each named expression"
    )
    until: Col[i64] = field(shape=(NAMED,), unit="sample", default=0, doc="when that ends")
    glance: Col[f32] = field(shape=(3,), unit="m", default=0, doc="world point of the gaze cue under way")
    glance_until: Col[i64] = field(unit="sample", default=0, doc="when the gaze cue ends")
    wander: Col[f32] = field(
        shape=(2,), unit="rad", default=0, doc="yaw and pitch of the fixation away from what is attended to"
    )
    scan: Col[f32] = field(shape=(2,), unit="rad", default=0, doc="yaw and pitch of the fixation within what is attended to")
    beaten: Col[i64] = field(unit="sample", default=0, doc="up to where its head has answered accents")
    tuck: Col[f32] = field(shape=(52,), unit="1", default=0, doc="weights that put this rig's lower lip on its upper teeth")
    reach: Col[f64] = field(shape=(3,), unit="mm", default=1.0, doc="how far the lip raisers part this rig's lips")
    standing: Col[f32] = field(shape=(61,), unit="1 | rad", default=0, doc="the persona's standing pose")
    blink: Col[f32] = field(unit="1/min", default=17.0, doc="the persona's blinks at rest")
    gesture: Col[f32] = field(unit="1", default=1.0, doc="the persona's factor on movement with speech")
    sway: Col[f32] = field(unit="1", default=1.0, doc="the persona's factor on idle movement")


@dataclass(frozen=True)
class Expressions:
    """Resource, read from assets and not saved: what each feeling and each named expression does to the face. Rows:
    pleasure, displeasure, arousal, languor, dominance, submission, then EMOTIONS, then `names`."""

    matrix: NDArray[Any]
    """f64[13 + NAMED, 61], weights and radians at full strength."""
    damp: NDArray[Any]
    """f64[61], the share of each channel that is left to expression while speaking."""
    rate: NDArray[Any]
    """f64[NAMED], relaxation rate of each named expression, 1/s."""
    names: tuple[str, ...] = ()
