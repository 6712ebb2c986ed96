"""The state of an avatar's body as bytes, and back: its columns and oscillators, without what follows from persona and rig."""

from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs.column import fields, schema
from psi_ecs.components.avatar import Attention, Feeling, Place
from psi_ecs.components.face import Articulation
from psi_ecs.components.life import Life
from psi_ecs.components.oscillator import Oscillator, Part, Role

DERIVED = {"lip_gap", "tuck", "reach", "standing", "blink", "gesture", "sway"}
"""Of `Life`: what persona and rig tell."""
BODY = (Articulation, Attention, Feeling, Life, Place)
"""What a body's state is made of, in this order, with the oscillators after them."""
LAYOUT = blake2b("/".join(map(schema, (*BODY, Oscillator))).encode(), digest_size=4).hexdigest()
"""Changes with what the bytes hold."""
KEPT = [(cls, name) for cls in BODY for name in fields(cls) if cls is not Life or name not in DERIVED]
"""Columns of a body."""
SIZE = sum(fields(cls)[name].dtype.itemsize * int(np.prod(fields(cls)[name].shape)) for cls, name in KEPT) + len(Role) * sum(
    spec.dtype.itemsize for spec in fields(Oscillator).values()
)
"""Bytes that its state takes."""
Columns = list[tuple[NDArray[Any], Any]]
"""Columns of a world, and which rows of them are meant."""


def columns(row: int, views: tuple[Any, ...], osc: Oscillator, part: Part, avatar: int) -> Columns | None:
    """Where the state of an avatar lies: `row` of views of BODY, and its oscillators by role; None while it has none."""
    rows = field_rows(part, avatar)
    if not len(rows):
        return None
    of = dict(zip(BODY, views, strict=True))
    own: Columns = [(getattr(of[cls], name), slice(row, row + 1)) for cls, name in KEPT]
    return own + [(getattr(osc, name), rows) for name in fields(Oscillator)]


def field_rows(part: Part, avatar: int) -> NDArray[np.intp]:
    """Rows of an avatar's oscillators by role, intp[R]; none while it has none."""
    rows = np.flatnonzero(part.avatar == avatar)
    return rows[np.argsort(part.role[rows])]


def state(where: Columns) -> bytes:
    """What stands there."""
    return b"".join(column[rows].tobytes() for column, rows in where)


def put(where: Columns, data: bytes) -> None:
    """The inverse; `data` are SIZE bytes."""
    at = 0
    for column, rows in where:
        like = column[rows]
        column[rows] = np.frombuffer(data, like.dtype, like.size, at).reshape(like.shape)
        at += like.nbytes
