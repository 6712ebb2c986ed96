"""What a normalisation rule gives, and what rules share."""

import re
from collections.abc import Callable
from typing import NamedTuple

from .pronounce import spell

Match = re.Match[str]


class Piece(NamedTuple):
    """One spoken word of a rule's result."""

    text: str
    symbols: list[str] | None = None
    mark: str = ""


Spoken = list[str | Piece]
Handler = Callable[[Match], Spoken | None]
Rule = tuple[re.Pattern[str], Handler]

_LAST_WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*(?=[\s\"'“‘(-]*$)")


def letters(text: str) -> Piece:
    """A word said letter by letter."""
    return Piece(text, spell(text))


def before(m: Match) -> str:
    """The text before a match, the last 40 characters."""
    return m.string[max(m.start() - 40, 0) : m.start()]


def after(m: Match) -> str:
    """The text after a match, 40 characters at most."""
    return m.string[m.end() : min(m.endpos, m.end() + 40)]


def word_before(m: Match) -> str:
    """The last word before a match, or ""."""
    found = _LAST_WORD.search(before(m))
    return found.group() if found else ""
