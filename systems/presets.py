"""Plugin groups: what a world needs to speak."""

from psi_ecs import App

from .concepts import concepts, remembered, restore
from .director import director
from .dynamics import dynamics
from .face import face
from .grammar import grammar
from .language import language
from .memory import Library, Mind, Reruns, memory, travel
from .planner import planner
from .voice import voice


def minded(app: App) -> None:
    """Plugin: what concepts have learned goes with the memory."""
    app.world.resource(Library).mind = Mind(remembered, restore)


def body(app: App) -> None:
    """Plugin: planned sentences in, sound and face out. The voice, which sweeps the processor's caches, comes last."""
    app.add(planner, grammar, dynamics, travel, face, voice)


def speaker(app: App) -> None:
    """Plugin: text in, sound and face out."""
    app.add(director, language, body, concepts, memory, Reruns(body), minded)
