"""The field in motion, and the score's state read for each tick.

`evaluate` reads scores, `advance` turns every oscillator under its couplings, `turn_knobs` does what hosts ask, `recall` and
`draw` bring back patterns, `study` and `form` let couplings form, and `measure` tells how the field of an avatar is doing.
"""

from psi_ecs import App
from psi_ecs.components.oscillator import Tuning
from psi_ecs.components.pattern import Patterns
from psi_ecs.components.switch import switches

from .ahead import mouth, phases
from .core import load as load_core
from .field import advance, awaken, checked, turn_knobs
from .measure import Measures, measure
from .memory import draw, form, observe, recall, study
from .score import evaluate
from .trace import attended, note
from .wiring import Wiring

__all__ = ["Measures", "attended", "checked", "dynamics", "load_core", "measure", "mouth", "observe", "phases"]


def dynamics(app: App) -> None:
    """Plugin: the field and the score move."""
    app.add(load_core(), Wiring(), Tuning({}), Patterns(), switches)
    app.add(awaken, turn_knobs, recall, study, evaluate, advance, draw, form, note)
