"""Plugin groups: what a world needs to speak."""

from psi_ecs import App

from .director import director
from .dynamics import dynamics
from .face import face
from .grammar import grammar
from .language import language
from .memory import Reruns, memory, travel
from .planner import planner
from .resonance import resonance
from .voice import voice


def body(app: App) -> None:
    """Plugin: planned sentences in, sound and face out."""
    app.add(planner, grammar, dynamics, travel, face, voice)


def speaker(app: App) -> None:
    """Plugin: text in, sound and face out."""
    app.add(director, language, body, resonance, memory, Reruns(body))
