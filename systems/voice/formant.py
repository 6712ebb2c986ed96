"""The formant voice: the smallest voice, and one that can be explained number by number."""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.avatar import Persona
from psi_ecs.components.score import Channel, Score
from psi_ecs.components.text import Sentence

from .asset import TRACT, load
from .plan import plan
from .spectrum import spectrum


class FormantVoice:
    """A `components.voice.Voice` made of rules and the tables of assets/voices/NAME.toml."""

    def __init__(self, name: str = "formant") -> None:
        """Read the tables; `VoiceError` when they are missing or wrong."""
        self.name = name
        self.table = load(name)
        self.channels: tuple[Channel, ...] = TRACT
        self.pulse = 0.55  # Hermes (1991): noise is heard as voice only if pulsed in step

    def plan(self, sentence: Sentence, persona: Persona, last: bool) -> Score:
        """Knots from phones in context."""
        return plan(sentence, persona, last, self.table)

    def spectrum(
        self, states: NDArray[np.float64], persona: Persona, partials: int
    ) -> tuple[NDArray[np.complex128], NDArray[np.float64]]:
        """Partial and noise amplitudes from tract state."""
        return spectrum(states, persona.voice, self.table, partials)
