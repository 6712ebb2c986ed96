"""The voices that personas may name: the formant voice, assets of the package, and files by their path."""

from importlib.resources import files

from psi_ecs.components.voice import Voice, Voices

from .formant import FormantVoice


def library() -> Voices:
    """The formant voice, and learned ones once they are asked for."""
    voices, formant = Voices(learned), FormantVoice()
    voices.by_name[formant.name] = formant
    return voices


def learned(name: str) -> Voice | None:
    """The voice assets/voices/NAME.voice, or in the file of a path that ends so; None if it is neither. VoiceError in one line
    if it cannot be used."""
    if not name.endswith(".voice") and not (files("psi_ecs.assets") / "voices" / f"{name}.voice").is_file():
        return None
    from .learned import LearnedVoice

    return LearnedVoice(name)
