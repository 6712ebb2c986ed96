"""What keeps a face alive: its smoothed drives, its swings, its bursts, where it looks and what it is doing."""

from typing import Any

from msgspec import Struct
from msgspec import field as default
from numpy.typing import NDArray

from psi_ecs import Col, component, f32, f64, field, i8, i64

from .expression import ROOM

DRIVES = ROOM + 9
"""Smoothed drives of a face: its expressions, then what `systems.face.state` names."""
SWINGS = 4
"""Decaying oscillations of a face: accent nod, accent brow, nod and shake."""


@component
class Life:
    """The inner state of one face. `systems.face` gives one to every face that lacks it."""

    drive: Col[f64] = field(shape=(DRIVES,), default=0, doc="each relaxes to its goal along a critically damped mode")
    speed: Col[f64] = field(shape=(DRIVES,), default=0, doc="rate of change of drive, per second")
    worn: Col[f64] = field(shape=(ROOM,), default=0, doc="running mean of each expression, by which it sinks after its apex")
    swing: Col[f64] = field(shape=(SWINGS, 2), default=0, doc="real and imaginary part of each decaying oscillation")
    want: Col[f32] = field(shape=(ROOM,), unit="1", low=0.0, high=1.0, default=0, doc="strength asked of each expression")
    until: Col[i64] = field(shape=(ROOM,), unit="sample", default=0, doc="when that ends")
    raised: Col[f32] = field(shape=(ROOM,), unit="1", default=0, doc="strength of each expression that words stir")
    burst: Col[i8] = field(default=-1, doc="expression of the burst under way, -1 for none")
    burst_size: Col[f32] = field(unit="1", default=0, doc="its peak")
    burst_span: Col[i64] = field(shape=(2,), unit="sample", default=0, doc="its beginning and end")
    leading: Col[i8] = field(default=-1, doc="strongest feeling that it was heading for, -1 for none")
    glance: Col[f32] = field(shape=(3,), unit="m", default=0, doc="world point of the gaze cue under way")
    glance_until: Col[i64] = field(unit="sample", default=0, doc="when the gaze cue ends")
    wander: Col[f32] = field(
        shape=(2,), unit="rad", default=0, doc="yaw and pitch of the fixation away from what is attended to"
    )
    scan: Col[f32] = field(shape=(2,), unit="rad", default=0, doc="yaw and pitch of the fixation within what is attended to")
    saccade: Col[f64] = field(unit="1/s", default=100.0, doc="relaxation rate of the eyes in the saccade under way")
    aim: Col[f64] = field(shape=(2,), unit="rad", default=0, doc="where that saccade is meant to end")
    doing: Col[i64] = field(shape=(2,), unit="sample", default=0, doc="until when it has been told to listen, and to read")
    reply: Col[i64] = field(unit="sample", default=0, doc="when it nods to what it hears, 0 for not")
    easy: Col[f64] = field(unit="Hz", default=0, doc="frequency of its breath when it does not speak; 0 while it does not")
    led: Col[f64] = field(unit="Hz", default=0, doc="frequency that its breath was led at last")
    beaten: Col[i64] = field(unit="sample", default=0, doc="up to where its head has answered accents")
    drawn: Col[i64] = field(default=0, doc="random numbers that it has drawn so far")
    lip_gap: Col[f64] = field(shape=(3, 53), unit="mm", default=0, doc="`Rig.lip_gap` in the precision it is used in")
    tuck: Col[f64] = field(shape=(52,), unit="1", default=0, doc="weights that put this rig's lower lip on its upper teeth")
    reach: Col[f64] = field(
        shape=(4, 3), unit="mm", default=1.0, doc="its lip gap at rest, and what jaw, mouthClose and lip raisers add to it"
    )
    standing: Col[f32] = field(shape=(61,), unit="1 | rad", default=0, doc="the persona's standing pose")
    blink: Col[f32] = field(unit="1/min", default=17.0, doc="the persona's blinks at rest")
    gesture: Col[f32] = field(unit="1", default=1.0, doc="the persona's factor on movement with speech")
    sway: Col[f32] = field(unit="1", default=1.0, doc="the persona's factor on idle movement")


class Claim(Struct, kw_only=True):
    """Channels that one owner drives."""

    owner: str
    priority: int
    """The higher one wins where two claim a channel; of equals, the later."""
    value: NDArray[Any]
    """f64[61], weights and radians; what is not claimed is ignored."""
    want: NDArray[Any]
    """f64[61], 1 for channels that it drives, 0 for those it never did or hands back."""
    share: NDArray[Any]
    """f64[61], how much of each it has now: relaxes to `want` along a critically damped mode, so that nothing pops."""
    speed: NDArray[Any]
    """f64[61], per second."""
    rate: float
    """1/s of that mode."""


class Claims(Struct, kw_only=True):
    """Sparse component of a face that others drive: their claims in the order of priority."""

    rows: list[Claim] = default(default_factory=list)
