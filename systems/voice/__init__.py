"""The voice: from the state of the score to the sound of each tick.

A voice asset (`components.voice.Voice`) plans scores and reads spectra off their states; `sing` makes sound of them.
Voices come from the `library`: the formant voice, and learned ones from their assets.
"""

from psi_ecs import App, Clock, Entities, Query, Res, Rng, Sparse, Write, system
from psi_ecs.components.avatar import Avatar, Cast
from psi_ecs.components.voice import Larynx, Sound, Speech, Voices

from .asset import VoiceError
from .formant import FormantVoice
from .library import library
from .speak import speak
from .synth import block, silent

__all__ = ["FormantVoice", "VoiceError", "sing", "speak", "voice"]


@system("express")
def sing(
    mouths: Query[Entities, Avatar, Write[Sound]],
    speech: Sparse[Speech],
    larynx: Sparse[Write[Larynx]],
    voices: Res[Voices],
    cast: Res[Cast],
    clock: Res[Clock],
    rng: Res[Rng],
) -> None:
    """Sound of this tick for every avatar; what is interrupted fades within 100 samples."""
    for ents, avatar, sound in mouths:
        for row, entity in enumerate(ents.id.tolist()):
            said, carry = speech.get(entity), larynx.get(entity)
            states = None if said is None else said.states
            if states is None and (carry is None or not (carry.re.any() or carry.noise_re.any())):
                sound.block[row] = 0.0
                continue
            if carry is None:
                carry = larynx[entity] = silent()
            index = int(avatar.index[row])
            persona = cast.value.personas[index]
            seed = rng.value.seed * 1024 + index
            voice, folds = voices.value[persona.voice.asset], None if said is None else said.folds
            sound.block[row] = block(carry, states, voice, persona, clock.value.sample, seed, folds)


def voice(app: App) -> None:
    """Plugin: mouths that sound."""
    app.add(library(), sing)
