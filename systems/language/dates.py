"""Rules for dates and times of day."""

import re

from . import numerals
from .pieces import Match, Piece, Rule, Spoken, after, before, letters, word_before
from .wordlist import listed

MONTHS = listed(
    "January February March April May June July August September October November December",
)
_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?|Aug(?:ust|\.)?"
    r"|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_AFTER_MONTH = re.compile(_MONTH + r"\s+$")
_BEFORE_MONTH = re.compile(r"\s+(?:of\s+)?" + _MONTH + r"(?![a-z])")


def said(year: int, month: int, day: int) -> Spoken | None:
    """March fourteenth, twenty twenty five; None when there is no such day."""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    *head, last = numerals.ordinal(day)
    return [MONTHS[month - 1], *head, Piece(last, mark=","), *numerals.year(year)]


def _iso(m: Match) -> Spoken | None:
    return said(int(m[1]), int(m[2]), int(m[3]))


def _slashed(m: Match) -> Spoken | None:
    first, second, year = int(m[1]), int(m[3]), int(m[4])
    if year < 100:
        year += 2000 if year < 50 else 1900
    return said(year, first, second) if first <= 12 and m[2] != "." else said(year, second, first)


def _day(m: Match) -> Spoken | None:
    """A day beside the name of its month: March 3 -> third; 3 March -> the third of."""
    day = int(m[1])
    if not 1 <= day <= 31:
        return None
    if _AFTER_MONTH.search(before(m)):
        return list(numerals.ordinal(day))
    following = _BEFORE_MONTH.match(after(m))
    if following is None:
        return None
    the = [] if word_before(m).lower() in ("the", "this", "next") else ["the"]
    return [*the, *numerals.ordinal(day), *([] if " of " in following.group() else ["of"])]


def half_day(text: str | None) -> Spoken:
    """a.m. and p.m., letter by letter."""
    return [letters("AM" if text[0] in "aA" else "PM")] if text else []


def _clock(m: Match) -> Spoken | None:
    hour, minute, second, half = int(m["h"]), int(m["m"]), m["s"], m["half"]
    if m["sep"] == "." and not half:
        return None
    words: Spoken = list(numerals.cardinal(hour))
    if minute:
        words += [*(["oh"] if minute < 10 else []), *numerals.cardinal(minute)]
    elif not half and not second:
        words += ["o'clock"] if 1 <= hour <= 12 else ["hundred"]
    if second:
        words += ["and", *numerals.cardinal(int(second)), "second" if int(second) == 1 else "seconds"]
    return words + half_day(half)


def _hour(m: Match) -> Spoken | None:
    return [*numerals.cardinal(int(m[1])), *half_day(m[2])]


_HALF = r"(?P<half>[aApP](?:\.\s?[mM]\.|[mM](?![A-Za-z])))"
RULES: list[Rule] = [
    (re.compile(r"(\d{4})-(\d{2})-(\d{2})(?![\d-])"), _iso),
    (re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?![\d/]|[.-]\d)"), _slashed),
    (
        re.compile(r"(?P<h>[01]?\d|2[0-4])(?P<sep>[:.])(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d))?(?:\s?" + _HALF + r")?(?![\d:]|\.\d)"),
        _clock,
    ),
    (re.compile(r"(1[0-2]|0?[1-9])\s?" + _HALF.replace("?P<half>", "")), _hour),
    (re.compile(r"(\d{1,2})(?:st|nd|rd|th)?(?![\d:/]|[.,]\d|\w)"), _day),
]
