"""Patterns of the field: a state that it was in, with a name, to be recalled."""

from typing import Annotated, Any

from msgspec import Meta, Struct
from msgspec import field as default
from numpy.typing import NDArray


class State(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One oscillator in a pattern."""

    phase: float
    """Cycles, -1 to 1."""
    amp: float = 1.0
    """0 to 100."""
    shift: float = 0.0
    """Hz that its own frequency lay above the one in the core asset."""


class Tie(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A coupling that formed; as in a core asset."""

    pulled: str
    by: str
    gain: Annotated[float, Meta(ge=-10_000.0, le=10_000.0)]
    """rad/s."""
    lag: Annotated[float, Meta(ge=-1.0, le=1.0)] = 0.0
    """Cycles."""
    ratio: tuple[Annotated[int, Meta(ge=1, le=1000)], Annotated[int, Meta(ge=1, le=1000)]] = (1, 1)


class Pattern(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A pattern asset: `assets/patterns/NAME.toml`, or a file of one's own."""

    name: str = ""
    state: dict[str, State]
    """By role, in small letters; a role that is left out is left alone."""
    coupling: list[Tie] = default(default_factory=list)


class Patterns(Struct):
    """Resource: the patterns that can be recalled, by the name that cues use."""

    known: dict[str, Pattern] = default(default_factory=dict)


class Recalled(Struct, kw_only=True):
    """Sparse component of an avatar whose field is drawn to a pattern: where the pattern is by now. R roles, NaN where it says
    nothing."""

    theta: NDArray[Any]
    """f64[R], cycles."""
    freq: NDArray[Any]
    """f64[R], Hz, before feelings."""
    goal: NDArray[Any]
    """f64[R]: amplitudes that it settles to afterwards."""
    strength: float
    """0 to 1."""
    until: int
    """Absolute sample."""
