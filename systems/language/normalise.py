"""From characters to the words that are said, each with the place in the source it stands for.

Rules are tried in order at each place of a sentence; a rule gives the spoken words of the stretch it matched, or None to
let the next rule try.
"""

import re
from collections.abc import Callable

from . import numerals
from .token import Token

Match = re.Match[str]
Rule = tuple[re.Pattern[str], Callable[[Match], list[str] | None]]


def _number(m: Match) -> list[str] | None:
    return numerals.decimal(m.group())


RULES: list[Rule] = [
    (re.compile(r"\d[\d,]*(?:\.\d+)?"), _number),
    (re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*"), lambda m: [m.group()]),
]
_MARKS = ".,;:!?…—–()[]\"“”"


def tokens(text: str, start: int, end: int) -> list[Token]:
    """Tokens of text[start:end]; offsets index `text`."""
    found: list[Token] = []
    at = start
    while at < end:
        for pattern, rule in RULES:
            match = pattern.match(text, at, end)
            if match and (words := rule(match)) is not None:
                found += [Token(text=w, start=match.start(), end=match.end()) for w in words]
                at = match.end()
                break
        else:
            if text[at] in _MARKS and found:
                found[-1].mark += text[at]
            at += 1
    return found
