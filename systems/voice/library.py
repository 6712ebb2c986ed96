"""The voices that personas may name: the formant voice, assets of the package, and files by their path."""

from importlib.resources import files
from pathlib import Path

from psi_ecs.components.voice import Voice, Voices
from psi_ecs.systems.formats.pack import packed, read_packed

from .formant import FormantVoice


def library() -> Voices:
    """The formant voice, and learned ones once they are asked for."""
    voices, formant = Voices(learned), FormantVoice()
    voices.by_name[formant.name] = formant
    return voices


def learned(name: str) -> Voice | None:
    """The voice assets/voices/NAME.voice, or in the file of a path that ends so, which may lead into a pack; None if it
    is neither. VoiceError or AssetError in one line if it cannot be used."""
    if not name.endswith(".voice") and not (files("psi_ecs.assets") / "voices" / f"{name}.voice").is_file():
        return None
    from .learned import LearnedVoice
    from .learned.model import decode

    return LearnedVoice(name, decode(read_packed(Path(name)), name) if packed(name) else None)
