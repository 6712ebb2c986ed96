"""What the grammar asks of faces at this tick, and faces held to it as they are mixed."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.avatar import Limit, Persona
from psi_ecs.components.grammar import Grammar, Part
from psi_ecs.systems.formats.grammar import own_bounds
from psi_ecs.systems.kernels.grammar import bounds, project, rows_of

F64 = NDArray[np.float64]


class Limits(NamedTuple):
    """The rows that hold for faces, and their bounds f64[A, R] as persona and feeling have them."""

    face: tuple[Part, F64]
    eyes: tuple[Part, F64]
    felt: bool
    """Whether feelings move any of them."""


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
            own, face, eyes = own_bounds(rules, personas), rules.parts["face"], rules.parts["eyes"]
            found = Limits((face, own["face"][who]), (eyes, own["eyes"][who]), face.felt or eyes.felt)
            self._found[row] = found
        return Limits(_felt(*found.face, feeling), _felt(*found.eyes, feeling), True) if found.felt else found


def _felt(part: Part, b: F64, feeling: NDArray[np.float32]) -> tuple[Part, F64]:
    return part, bounds(b, part.shift, feeling.astype(np.float64)) if part.felt else b


def hold(w: F64, part: Part, b: F64) -> bool:
    """Move weights f64[A, 61] in place to the nearest that keep the rows of a part within b f64[A, R]; whether any moved."""
    x = w.take(part.columns, axis=1)
    y = project(x, rows_of(part), b)
    if y is x:
        return False
    w[:, part.columns] = y
    return True
