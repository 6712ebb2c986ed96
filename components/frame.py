"""What a host gives out: a tick, and an avatar at a later moment."""

from typing import Any

from msgspec import Struct
from numpy.typing import NDArray

from .event import Spoken


class Frame(Struct, kw_only=True):
    """What one tick gives out. Arrays belong to the caller."""

    tick: int
    audio: NDArray[Any]
    """f32[400], every mouth mixed, full scale 1."""
    sounds: NDArray[Any]
    """f32[A, 400], each mouth alone."""
    weights: NDArray[Any]
    """f32[A, 61] in the order of `components.face.FACE`."""
    tongue: NDArray[Any]
    """f32[A, 2] in the order of `components.face.TONGUE`."""
    breath: NDArray[Any]
    """f32[A], chest expansion, 0 to 1."""
    events: list[Spoken]


class Prediction(Struct, kw_only=True):
    """An avatar at a later moment, as far as it is known now. Arrays belong to the caller."""

    weights: NDArray[Any]
    """f64[61] in the order of `components.face.FACE`."""
    articulators: NDArray[Any]
    """f64[8] in the order of `components.score.ARTICULATORS`."""
    trust: NDArray[Any]
    """f64[61], 1 for what follows in closed form from score, field and feelings, 0 for what may be drawn anew meanwhile."""
