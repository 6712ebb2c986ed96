"""What a user writes. `# type:` is what both checkers must reveal, `# error:` where both must object."""

from typing import reveal_type

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from psi_ecs import App, Clock, Col, Query, Reader, Res, Sparse, Write, Writer, component, f32, f64, field, system
from psi_ecs.backend import kernel


@component
class Phase:
    """A phase."""

    theta: Col[f64] = field(unit="cycle")
    amp: Col[f32] = field(default=1.0)


class Beat(Struct):
    """An event."""

    at: int = 0


class Note(Struct):
    """A sparse component."""

    text: str = ""


@system("simulate")
def advance(
    phases: Query[Write[Phase]], clock: Res[Clock], heard: Reader[Beat], out: Writer[Beat], notes: Sparse[Write[Note]]
) -> None:
    """A system."""
    for (phase,) in phases:
        reveal_type(phase.theta)  # type: float64
        phase.theta += clock.value.dt
        phase.thetta += 1.0  # error: no such column
    for beat in heard:
        reveal_type(beat.at)  # type: int
        out.send(Beat(at=clock.value.sample))
        out.send(Note())  # error: another event
    for _, note in notes.items():
        reveal_type(note.text)  # type: str


def _sample(n: int) -> tuple[NDArray[f32], float]:
    return np.ones(n, f32), 0.5


@kernel(size=lambda x, rate: len(x), writes=("x",), sample=_sample)
def decay(x: NDArray[f32], rate: float) -> None:
    """A kernel keeps its signature."""
    x *= np.exp(-rate)


decay(np.ones(3, f32), 0.5)
decay(np.ones(3, f32), "fast")  # error: not a number
app = App(seed=7).add(Clock(), advance)
reveal_type(app)  # type: App
app.step(3)
