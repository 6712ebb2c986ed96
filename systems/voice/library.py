"""The voices that personas may name: the formant voice, assets of the package, and files by their path."""

from functools import lru_cache
from pathlib import Path

from psi_ecs.asset import package_folder
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
    path = Path(name) if name.endswith(".voice") else package_folder("assets") / "voices" / f"{name}.voice"
    if not name.endswith(".voice") and not path.is_file():
        return None
    try:
        state = (path.parent if packed(path) else path).stat()
        changed = state.st_mtime_ns, state.st_size
    except OSError:
        changed = 0, 0  # whoever reads it says what is wrong
    return _learned(name, *changed)


@lru_cache(maxsize=2)
def _learned(name: str, _: int, __: int) -> Voice:
    """Voices are read once, and again when their file has changed; nobody writes into them."""
    from .learned import LearnedVoice
    from .learned.model import decode

    return LearnedVoice(name, decode(read_packed(Path(name)), name) if packed(name) else None)
