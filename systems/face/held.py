"""What the grammar asks of faces at this tick, and faces held to it as they are mixed."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.avatar import Limit, Persona
from psi_ecs.components.face import FACE
from psi_ecs.components.grammar import Grammar, Part
from psi_ecs.systems.formats.grammar import own_bounds
from psi_ecs.systems.kernels.grammar import bounds, project, rows_of
from psi_ecs.systems.kernels.rowwise import rowwise

F64 = NDArray[np.float64]


class Held(NamedTuple):
    """The rows of one part that hold for faces."""

    part: Part
    a: F64
    """f64[61, R]: the rows over all channels."""
    b: F64
    """f64[A, R]: their bounds as persona and feeling have them."""


class Limits(NamedTuple):
    """What holds as a face is mixed, and once its head stands."""

    face: Held
    eyes: Held


class Bounds:
    """Resource, derived and not saved: the bounds of every persona, found once for a grammar and what personas change in it."""

    def __init__(self) -> None:
        """Nothing found yet."""
        self._of: tuple[Grammar | None, list[dict[str, Limit]]] = None, []
        self._found = dict[tuple[int, ...], Limits]()

    def limits(
        self, rules: Grammar, personas: Sequence[Persona], who: NDArray[np.int32], feeling: NDArray[np.float32]
    ) -> Limits:
        """Limits of the faces of personas `who` i32[A], who feel `feeling` f32[A, 10]."""
        if self._of[0] is not rules or self._of[1] != [p.grammar for p in personas]:
            self._of = rules, [dict(p.grammar) for p in personas]
            self._found.clear()
        row = tuple(who.tolist())
        found = self._found.get(row)
        if found is None:
            own = own_bounds(rules, personas)
            found = self._found[row] = Limits(*(_held(rules.parts[name], own[name][who]) for name in Limits._fields))
        return Limits(*(_felt(held, feeling) for held in found)) if any(held.part.felt for held in found) else found


def _held(part: Part, b: F64) -> Held:
    a = np.zeros((len(FACE), len(part.a)))
    a[part.columns] = part.a.T
    return Held(part, a, b)


def _felt(held: Held, feeling: NDArray[np.float32]) -> Held:
    return held._replace(b=bounds(held.b, held.part.shift, feeling.astype(np.float64)))


def hold(w: F64, held: Held) -> bool:
    """Move weights f64[A, 61] in place to the nearest that keep the rows within their bounds; whether any had to."""
    if not np.count_nonzero(rowwise(w, held.a) > held.b):
        return False
    columns = held.part.columns
    w[:, columns] = project(w.take(columns, axis=1), rows_of(held.part), held.b)
    return True
