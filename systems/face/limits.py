"""What the grammar asks of faces at this tick, and faces held to it as they are mixed."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.avatar import Persona
from psi_ecs.components.face import FACE_ID
from psi_ecs.components.grammar import Grammar, Part
from psi_ecs.systems.formats.grammar import own_bounds
from psi_ecs.systems.kernels.grammar import bounds, nearest

F64 = NDArray[np.float64]


YAW_PITCH = slice(FACE_ID["headYaw"], FACE_ID["headYaw"] + 2)


class Limits(NamedTuple):
    """The rows that hold for faces, and their bounds f64[A, R] as persona and feeling have them."""

    face: tuple[Part, F64]
    eyes: tuple[Part, F64]


def limits(rules: Grammar, personas: Sequence[Persona], who: NDArray[np.int32], feeling: NDArray[np.float32]) -> Limits:
    """Limits of the faces of personas `who` i32[A], who feel `feeling` f32[A, 10]."""
    own, face, eyes = own_bounds(rules, personas), rules.parts["face"], rules.parts["eyes"]
    return Limits(
        (face, bounds(own["face"][who], face.shift, feeling)), (eyes, bounds(own["eyes"][who], eyes.shift, feeling))
    )


def hold(w: F64, part: Part, b: F64) -> None:
    """Move weights f64[A, 61] in place to the nearest that keep the rows of a part within b f64[A, R]."""
    x = w[:, part.columns]
    if (x @ part.a.T > b).any():
        w[:, part.columns] = nearest(x, part.a, b, part.weight, part.hard, part.step)


def aimed(goal: F64, held: Limits) -> F64:
    """Yaw and pitch f64[A, 2] that a head may be asked for."""
    w = np.zeros((len(goal), len(FACE_ID)))
    w[:, YAW_PITCH] = goal
    hold(w, *held.face)
    return w[:, YAW_PITCH]
