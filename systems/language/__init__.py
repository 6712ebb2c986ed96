"""Text to sentences: words with phones and stress, accents, phrase breaks and feeling (English).

`analyse` is the pure front door; `language` is the plugin that does the same a sentence at a time for `Say` events.
"""

from psi_ecs import App
from psi_ecs.components.regime import Manners
from psi_ecs.components.text import Emotion, Sentence, Utterance

from . import sentences as _sentences
from .emotion import mixed, named
from .error import TextError
from .regimes import regimes
from .system import language as _system

__all__ = ["TextError", "analyse", "language", "mixed", "named", "speakable", "warm"]


def analyse(text: str, emotion: Emotion | None = None, language: str = "en") -> Utterance:
    """Everything that is to be said: plain text, text with inline tags, or SSML.

    `emotion` is the feeling of whatever markup leaves open; None reads it from the text. There are no sentences when
    nothing in the text can be spoken; `notes` says what was dropped. A `language` other than "en" needs the extra [espeak].
    Raises TextError for malformed SSML and for a language that cannot be spoken.
    """
    document, at, found = _sentences.parse(text, language), 0, list[Sentence]()
    notes = list(document.notes)
    while at < len(document.text):
        end = _sentences.end_of(document, at)
        made, said = _sentences.sentence(document, at, end, emotion)
        found += [made] if made is not None else []
        notes += said
        at = end
    return Utterance(text=document.text, sentences=found, notes=list(dict.fromkeys(notes)))


def speakable(text: str, language: str = "en") -> str | None:
    """None if something in a text can be spoken, else why not. Reads on to the first sentence that can, no further.

    Raises TextError as `analyse` does.
    """
    document, at, notes = _sentences.parse(text, language), 0, list[str]()
    notes += document.notes
    while at < len(document.text):
        end = _sentences.end_of(document, at)
        made, said = _sentences.sentence(document, at, end, None)
        if made is not None:
            return None
        notes += said
        at = end
    return "; ".join(list(dict.fromkeys(notes))[:1]) or "it holds no word"


def warm() -> None:
    """Load everything that a first sentence would otherwise wait for: dictionary, letter-to-sound, feelings, units."""
    from . import grammar

    analyse("Warm zzyrq 3 kg :)")
    grammar.warm()


def language(app: App) -> None:
    """Plugin: `Say` events become sentences in `Speech.queue`."""
    app.add(Manners({name: r for name, r in regimes().items() if r.words}), _system)
