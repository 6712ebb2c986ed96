"""Text to sentences: words with phones and stress, accents, phrase breaks and feeling (English)."""

from psi_ecs.components.text import Emotion, Sentence, Utterance

from .document import Document
from .normalise import fold, tokens
from .prosody import build, kind
from .split import next_end
from . import heteronyms


def sentence(document: Document, start: int, end: int, emotion: Emotion | None) -> Sentence | None:
    """The sentence at [start, end) of a document, or None when nothing in it can be said."""
    found, notes = tokens(fold(document.text), start, end)
    heteronyms.settle(found)
    words = [w for w in build(found, document, emotion or Emotion()) if w.phones]
    return Sentence(words=words, kind=kind(found)) if words else None


def analyse(text: str, emotion: Emotion | None = None) -> Utterance:
    """Everything that is to be said. Empty sentences when nothing in the text can be spoken."""
    document, at, sentences = Document(text=text), 0, list[Sentence]()
    while at < len(document.text):
        end = next_end(document.text, at)
        if (found := sentence(document, at, end, emotion)) is not None:
            sentences.append(found)
        at = end
    return Utterance(text=document.text, sentences=sentences)


def warm() -> None:
    """Load everything that the first sentence would otherwise wait for."""
    analyse("Warm zzyrq 3.")
