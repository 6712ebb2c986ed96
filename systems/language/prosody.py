"""From tokens to words with accents and breaks: weak forms, pitch accents, phrase breaks, the type of a sentence."""

from functools import cache

from psi_ecs.components.text import Emotion, Word

from .document import Document
from .lexicon import table
from .pronounce import plain, pronounce
from .syllable import syllables
from .token import Token
from .wordlist import listed

_WH = frozenset(
    listed(
        "what who whom whose which when where why how what's who's where's how's when's why's",
    )
)
_AUXILIARY = frozenset(
    listed(
        "is are am was were do does did have has had can could will would shall should may might must isn't aren't wasn't",
        "weren't don't doesn't didn't haven't hasn't hadn't can't couldn't won't wouldn't shan't shouldn't mustn't ain't",
    )
)
_PHRASE_STARTS = frozenset(
    listed(
        "and but or because although though while when where which who that if so until unless since after before",
    )
)
_MINOR = frozenset(",;:—–()[]")
_PREPOSITIONS = frozenset(listed("in on at with from for by of to about into under over during without between through across"))
PAUSE = 0.1
"""Seconds before a laugh, a sigh and the like."""
PHRASE = 6
"""Words after which a phrase may break before a conjunction, and twice as many after which before a preposition."""


@cache
def weak_forms() -> dict[str, tuple[list[str], list[str] | None]]:
    """Function word -> reduced symbols, and those before a vowel where they differ."""
    return {row[0]: (row[1].split(), row[2].split() if len(row) > 2 else None) for row in table("weak.tsv")}


@cache
def function_words() -> frozenset[str]:
    """Words that carry no accent unless they are asked to."""
    return frozenset(word for row in table("function.tsv") for word in row[0].split())


def kind(tokens: list[Token]) -> str:
    """Type of a sentence from its last mark and first words."""
    if not tokens:
        return "statement"
    end = tokens[-1].mark
    words = [plain(t.text) for t in tokens]
    if "?" in end:
        first = next((i for i, w in enumerate(words[:6]) if w in _WH), None)
        auxiliary = next((i for i, w in enumerate(words[:6]) if w in _AUXILIARY), None)
        wh = first is not None and (auxiliary is None or first < auxiliary) and first <= 2
        return "wh-question" if wh else "yes-no-question"
    if "!" in end:
        return "exclamation"
    return "statement" if "." in end or not end.strip("\"'”’)") else "continuation"


def _vowel_first(symbols: list[str] | tuple[str, ...]) -> bool:
    return bool(symbols) and symbols[0][-1].isdigit()


def _accents(tokens: list[Token]) -> list[float]:
    """0 for function words, 1 for content words, more for capitals and emphasis, less for what was just said."""
    functions, seen, out = function_words(), set[str](), []
    shouting = sum(t.text.isupper() and len(t.text) > 1 and not t.spelled for t in tokens) > len(tokens) / 2
    for t in tokens:
        low = plain(t.text)
        if low in functions and not t.spelled:
            accent = 0.0
        elif low in seen:
            accent = 0.6  # given: mentioned before in this sentence (Prince 1981)
        else:
            accent = 1.0
        if t.text.isupper() and len(low) > 1 and not t.spelled and not shouting and t.symbols is None:
            accent = 1.6
        seen.add(low)
        out.append(accent)
    return out


def _break(tokens: list[Token], i: int, since: int) -> int:
    """Break index after token i; `since` words lie behind in its phrase."""
    mark = tokens[i].mark
    if all(t.regime is not None for t in tokens[i + 1 :]):
        return 4
    if tokens[i].regime is not None or (tokens[i + 1].regime is not None and not any(c in ".!?" for c in mark)):
        return 3
    if "…" in mark or "..." in mark:
        return 3
    if any(c in ".!?" for c in mark):
        return 4
    if any(c in _MINOR for c in mark):
        return 3
    following, left = plain(tokens[i + 1].text), len(tokens) - 1 - i
    if left > 3 and ((since >= PHRASE and following in _PHRASE_STARTS) or (since >= 2 * PHRASE and following in _PREPOSITIONS)):
        return 3
    return 0 if plain(tokens[i].text) in function_words() else 1


def build(tokens: list[Token], document: Document, mood: Emotion) -> list[Word]:
    """Words with phones, accents and breaks. `mood` is the feeling of what markup leaves open."""
    symbols = [t.symbols if t.symbols is not None else list(pronounce(t.text)) for t in tokens]
    accents, words, since = _accents(tokens), list[Word](), 0
    for i, t in enumerate(tokens):
        style = document.style(t.start)
        since += 1
        index = _break(tokens, i, since)
        since = 0 if index >= 3 else since
        accent = accents[i] if style.accent is None else style.accent
        sound = symbols[i]
        weak = weak_forms().get(plain(t.text))
        if weak and t.symbols is None and accent == 0.0 and index < 3:
            before_vowel = i + 1 < len(tokens) and _vowel_first(symbols[i + 1])
            sound = weak[1] if before_vowel and weak[1] is not None else weak[0]
        beside = i + 1 < len(tokens) and tokens[i + 1].regime is not None
        words.append(_word(t, sound, accent, index, style.emotion or mood, document, beside))
    return words


def _word(t: Token, symbols: list[str], accent: float, index: int, emotion: Emotion, document: Document, beside: bool) -> Word:
    """One word; symbols carry stress digits, and `beside` says that a sound follows."""
    phones = [s.rstrip("012") for s in symbols]
    return Word(
        text=t.text,
        start=t.start,
        end=t.end,
        phones=phones,
        stress=[int(s[-1]) if s[-1].isdigit() else 0 for s in symbols],
        syllable=syllables(phones),
        mark="".join(c for c in t.mark if c in ".,;:!?…"),
        accent=accent,
        break_after=index,
        pause=PAUSE if beside else None,
        prosody=document.style(t.start).prosody,
        regime=t.regime or document.style(t.start).regime,
        emotion=emotion,
        like=document.style(t.start).like,
    )
