"""From a document to sentences, one at a time."""

import re
from collections.abc import Iterator

from psi_ecs.components.text import Emotion, Mark, Sentence, Word

from . import emotion as feeling
from . import espeak, heteronyms, markup, sayas, ssml
from .document import Document, Override
from .normalise import fold, tokens
from .pieces import Piece
from .prosody import build, kind
from .split import next_end
from .token import Token

_WORD = re.compile(r"[^\w]*(\w+(?:['’-]\w+)*)([^\w]*)")


def parse(text: str, language: str = "en") -> Document:
    """Text, tagged text or SSML as a document; `language` holds unless SSML names another. TextError for malformed SSML."""
    start = text[:200].lstrip("\ufeff \t\r\n")
    document = ssml.parse(text) if start.startswith(("<speak", "<?xml", "<!DOCTYPE")) else markup.parse(text)
    document.folded = fold(document.text)
    if document.language == "en":
        document.language = language
    return document


def end_of(document: Document, start: int) -> int:
    """One past the sentence that begins at `start`: its own end, a boundary that markup set, never inside an override."""
    end = next_end(document.folded, start)
    for point in document.points:
        if point.boundary and start < point.at < end:
            end = point.at
            break
    for override in document.overrides:
        if override.start < end < override.end:
            end = override.end
    return end


def _pieces(document: Document, start: int, end: int) -> Iterator[tuple[int, int, Override | None]]:
    """The stretches of a sentence, with the override that settles each."""
    at = start
    for override in document.overrides:
        if override.start >= end or override.end <= at:
            continue
        if override.start > at:
            yield at, override.start, None
        yield override.start, override.end, override
        at = override.end
    if at < end:
        yield at, end, None


def _overridden(document: Document, o: Override) -> tuple[list[Token], list[str]]:
    """Tokens of a stretch that markup has settled."""
    text = document.text[o.start : o.end].strip()
    if o.regime is not None:
        return [Token(text, o.start, o.end, symbols=o.value.split(), regime=o.regime)], []
    if o.kind == "phones":
        return [Token(text, o.start, o.end, symbols=o.value.split())], []
    if o.kind == "sub":
        found, notes = tokens(fold(o.value), 0, len(o.value))
        return [Token(t.text, o.start, o.end, t.mark, t.spelled, t.symbols) for t in found], notes
    if o.kind == "say-as" and (words := sayas.read(text, o.value, o.detail)) is not None:
        pieces = [w if isinstance(w, Piece) else Piece(w) for w in words]
        return [Token(p.text, o.start, o.end, p.mark, p.symbols is not None, p.symbols) for p in pieces], []
    found, notes = tokens(document.folded, o.start, o.end)
    if o.kind == "role":
        for t in found:
            t.role = o.value
    elif o.value not in sayas.EXTRA:
        notes.append(f"say-as {o.value!r} cannot read {text[:24]!r}; it is read as plain text")
    return found, notes


def _foreign(document: Document, start: int, end: int) -> list[Token]:
    """Words of another language, pronounced by espeak-ng."""
    found: list[Token] = []
    for left, right, override in _pieces(document, start, end):
        if override is not None and override.regime is not None:
            found += _overridden(document, override)[0]
            continue
        for m in _WORD.finditer(document.text, left, right):
            if symbols := espeak.pronounce(m[1], document.language):
                found.append(Token(m[1], m.start(1), m.end(1), m[2].strip(), symbols=list(symbols)))
    return found


def _scan(document: Document, start: int, end: int) -> tuple[list[Token], list[str]]:
    """All tokens of a sentence, in order, and notes."""
    if document.language != "en":
        return _foreign(document, start, end), []
    found: list[Token] = []
    notes: list[str] = []
    for left, right, override in _pieces(document, start, end):
        more, said = _overridden(document, override) if override else tokens(document.folded, left, right)
        notes += said
        if found and not override and right > left:  # punctuation right after a settled stretch belongs to it
            lead = document.folded[left:right].lstrip("\"'”’)")
            found[-1].mark += lead[:1] if lead[:1] in tuple(".,;:!?…") else ""
        found += more
    return found, notes


def _pauses(document: Document, words: list[Word], start: int, end: int) -> None:
    """Give each pause that markup asked for to the word before it."""
    for point in document.points:
        if point.pause is None or not start < point.at <= end:
            continue
        before = [w for w in words if w.start < point.at]
        if before:
            before[-1].pause = (before[-1].pause or 0.0) + point.pause
            before[-1].break_after = max(before[-1].break_after, 3)


def _marks(document: Document, words: list[Word], start: int, end: int) -> list[Mark]:
    """Named places of the sentence; a mark at its end belongs to the next, unless the text ends there."""
    last = end == len(document.text)
    return [
        Mark(p.mark, sum(w.start < p.at for w in words))
        for p in document.points
        if p.mark is not None and (start <= p.at < end or (last and p.at == end))
    ]


def sentence(document: Document, start: int, end: int, emotion: Emotion | None) -> tuple[Sentence | None, list[str]]:
    """The sentence at [start, end) of a document, None when nothing in it can be said; and notes on what was dropped."""
    found, notes = _scan(document, start, end)
    if document.language == "en":
        heteronyms.settle(found)
    if not found:
        return None, notes
    mood = emotion if emotion is not None else feeling.read(document.text[start:end])
    words = [w for w in build(found, document, mood) if w.phones]
    if not words:
        return None, notes
    words[-1].break_after = 4
    _pauses(document, words, start, end)
    spoken = [t for t in found if t.regime is None]
    tags = tuple(p.tag for p in document.points if p.tag and (start <= p.at < end or p.at == end == len(document.text)))
    return Sentence(words=words, kind=kind(spoken or found), marks=_marks(document, words, start, end), tags=tags), notes
