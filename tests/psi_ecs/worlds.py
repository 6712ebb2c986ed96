"""Components and tags for tests of the world."""

from typing import Any

import numpy as np
from hypothesis import strategies as st
from msgspec import Struct

from psi_ecs import (
    Col,
    Disabled,
    Tag,
    component,
    f32,
    field,
    i32,
    i64,
)


@component
class WorldSpot:
    at: Col[f32] = field(shape=(2,), default=(1.0, 2.0))
    size: Col[f32]


@component
class WorldLoad:
    n: Col[i32] = field(default=3)


@component
class WorldAge:
    ticks: Col[i64]


class WorldHot(Tag): ...


class WorldCold(Tag): ...


class WorldNote(Struct):
    text: str


KINDS: tuple[type, ...] = (WorldAge, WorldLoad, WorldSpot)
TAGS: tuple[type[Tag], ...] = (WorldHot, WorldCold, Disabled)
kinds = st.sets(st.sampled_from(KINDS))
filters = st.sets(st.sampled_from((*KINDS, *TAGS)), max_size=2)
some = st.lists(st.integers(-8, 7), max_size=6)
"""Picks of entities, by place in the list of all that ever were, from either end; the same may come twice."""


def columns(cls: type, n: int, start: int) -> dict[str, np.ndarray]:
    """n rows of each field, all different."""
    count = start + np.arange(n)
    if cls is WorldSpot:
        return {"at": np.stack([count, -count], 1).astype(np.float32), "size": count.astype(np.float32) / 4}
    return {"n" if cls is WorldLoad else "ticks": count}


def row(made: dict[str, np.ndarray], i: int) -> dict[str, Any]:
    return {name: column[i].tolist() for name, column in made.items()}
