"""A voice learned from recordings of a person, played by oscillators.

A network says, once a phone, how long it lasts and where its attractors lie, as widely apart as the speaker moves; the score
leads the state through them in closed form. Assets are made by `psi voice train`.
"""

from typing import Any

from numpy.typing import NDArray

from psi_ecs.components.avatar import Persona
from psi_ecs.components.score import Channel, Score
from psi_ecs.components.text import Sentence

from .model import Model, load
from .plan import plan
from .spectrum import TRACT, spectrum


class LearnedVoice:
    """A `components.voice.Voice` from an asset assets/voices/NAME.voice."""

    def __init__(self, name: str = "", model: Model | None = None) -> None:
        """Read the asset, unless a model is given; `VoiceError` when it is missing or damaged."""
        self.model = load(name) if model is None else model
        self.name = self.model.name
        self.channels: tuple[Channel, ...] = TRACT
        self.pulse = 0.0  # the envelope follows the recordings border by border

    def plan(self, sentence: Sentence, persona: Persona, last: bool) -> Score:
        """Knots from phones in context."""
        return plan(sentence, persona, last, self.model)

    def spectrum(self, states: NDArray[Any], persona: Persona, partials: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """Partial and noise amplitudes from tract state."""
        return spectrum(states, persona.voice, partials)
