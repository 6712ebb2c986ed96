"""Plugin groups: what a world needs to speak."""

from psi_ecs import App

from .director import director
from .dynamics import dynamics
from .face import face
from .grammar import grammar
from .language import language
from .planner import planner
from .resonance import resonance
from .voice import voice


def speaker(app: App) -> None:
    """Plugin: text in, sound and face out. The voice, which sweeps the processor's caches, comes last."""
    app.add(director, language, planner, grammar, dynamics, resonance, face, voice)
