"""The last step before a file: how loud it is, and at what rate.

Face and sound come from one state; this is a gain over the whole file and nothing else, so that a whisper stays below a shout.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.avatar import Persona
from psi_ecs.components.score import RATE
from psi_ecs.systems.formats.media import resampled
from psi_ecs.systems.host import Host
from psi_ecs.systems.kernels.loudness import gain

CALIBRATION = (
    "The birch canoe slid on the smooth planks. Glue the sheet to the dark blue background. "
    "Four hours of steady work faced us. A large size in stockings is hard to sell."
)
"""Harvard sentences, list 1 (IEEE 1969)."""


@dataclass(frozen=True)
class Master:
    """How files sound."""

    lufs: float | None = None
    """Loudness of a file by EBU R 128; None leaves it as it is."""
    rate: int = RATE
    """Hz."""

    def apply(self, audio: NDArray[Any]) -> NDArray[np.float32]:
        """A whole programme f32[N] at 24 kHz, as it goes into its file. OutputError if it cannot be resampled here."""
        sound = resampled(audio, self.rate)
        return sound if self.lufs is None else sound * np.float32(10.0 ** (gain(sound, self.rate, self.lufs) / 20.0))


AS_IT_IS = Master()


def calibrated(persona: Persona, lufs: float | None) -> float:
    """The factor that brings a persona to about `lufs`, measured on a calibration text that it says unheard: what is played
    as it is made cannot be measured before."""
    if lufs is None:
        return 1.0
    host = Host()
    host.say(host.avatar(persona), CALIBRATION)
    sound = []
    while not host.idle:
        sound.append(host.step().audio)
    return float(10.0 ** (gain(np.concatenate(sound), RATE, lufs) / 20.0))
