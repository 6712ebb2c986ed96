"""What words stir: concepts, the modes they are tied to, and how awake each is in an avatar."""

from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta, Struct
from msgspec import field as default
from numpy.typing import NDArray

from psi_ecs import Col, component, f64, field

CONCEPTS = 64
"""Room for concepts."""


class Concept(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of `assets/concepts/resonance.toml`."""

    words: list[str]
    """Words that wake it, in small letters; one that ends in * stands for all that begin so."""
    face: dict[str, Annotated[float, Meta(ge=0.0, le=1.0)]] = default(default_factory=dict)
    """Expressions that it raises, with their strength when it is wide awake."""
    field: dict[str, Annotated[float, Meta(ge=0.1, le=10.0)]] = default(default_factory=dict)
    """Oscillators whose amplitude it raises, with the factor when it is wide awake."""
    seconds: Annotated[float, Meta(ge=0.1, le=600.0)] = 4.0
    """Time constant with which it falls asleep again."""


@dataclass(frozen=True, eq=False)
class Concepts:
    """Resource, read from an asset and not saved: every concept as arrays. C is CONCEPTS."""

    names: tuple[str, ...]
    whole: dict[str, tuple[int, ...]]
    """Concepts of a word."""
    begun: dict[str, tuple[int, ...]]
    """Concepts of the beginning of a word."""
    face: NDArray[Any]
    """f64[C, E] by `Expressions.names`."""
    pump: NDArray[Any]
    """f64[C, R]: square of the factor on each role's amplitude, less 1."""
    fade: NDArray[Any]
    """f64[C], 1/s."""


@component
class Resonance:
    """How awake each concept is in an avatar. `systems.resonance` gives one to every avatar that lacks it."""

    stirred: Col[f64] = field(shape=(CONCEPTS,), unit="1", low=0.0, high=1.0, default=0, doc="jumps at a word, then fades")
    level: Col[f64] = field(shape=(CONCEPTS,), unit="1", low=0.0, high=1.0, default=0, doc="follows smoothly; is what acts")
    heard: Col[f64] = field(unit="s", default=-1.0, doc="up to where in its own sentence words have acted")


class Due(Struct, kw_only=True):
    """Sparse component of an avatar with gestures to come: absolute sample, expression or movement, strength, seconds."""

    rows: list[tuple[int, str, float, float]] = default(default_factory=list)
