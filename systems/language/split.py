"""Where sentences end. Works from a place onward, so that a long text is never read as a whole."""

import re
import unicodedata

from .wordlist import listed

LIMIT = 600
"""Characters after which a sentence without an end is cut at a space."""
_END = re.compile(r"""[.!?\u2026。！？]+["'”’»)\]]*(?=\s|$)|\n\s*\n|\n(?=\s*[-*•\d])""")
_NEVER = frozenset(
    listed(
        "mr mrs ms dr prof st sr jr rev hon gen col capt lt sgt gov sen rep pres mt ft vs e.g i.e cf approx no nos vol fig eq",
        "pp jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thurs fri sat sun",
    )
)
"""Abbreviations after which a full stop ends no sentence when a word follows that could go on."""
_MAYBE = frozenset(
    listed(
        "st sr jr etc inc ltd co corp dept ave blvd rd a.m p.m u.s u.k u.n e.u d.c ph.d m.d b.a m.a no",
    )
)
"""Of these, and of others, a sentence may end with them when a capital follows."""
_FIRST_WORD = re.compile(
    r"(?:The|A|An|He|She|It|They|We|You|I|I'\w+|In|On|At|But|And|So|Then|This|That|These|Those|There|However|When|If|After|Before|My|"
    r"His|Her|Our|Their|What|Who|Where|Why|How|No|Yes|Now|As|For|To|Not|Next|Please|Is|Are|Do|Did|Can)(?![\w'’])"
)
"""Words that begin a sentence more often than they follow an abbreviation inside one."""
_TOKEN_BEFORE = re.compile(r"[^\s(\"“‘\[]+$")
_STARTS = re.compile(r"\s*[\"'“‘(\[]*([^\W_])")


def _goes_on(text: str, at: int, stop: int) -> bool:
    """True when the single full stop at [at, stop) belongs to an abbreviation, an initial or a number."""
    before = _TOKEN_BEFORE.search(text, max(0, at - 24), at)
    following = _STARTS.match(text, stop)
    if before is None or following is None:
        return False
    word, after = before.group().lower().rstrip("."), following.group(1)
    if after.islower():
        return True
    if word in _MAYBE and not (word in ("st", "no") and _name_follows(text, at, after)):
        return _FIRST_WORD.match(text, following.start(1)) is None
    if word in _NEVER:
        return True
    return len(word) == 1 and word.isalpha() and word != "i"


def _name_follows(text: str, at: int, after: str) -> bool:
    """True when "St." or "No." at this place stands before its name or number ("St. Louis"), not after ("Elm St.")."""
    words = text[max(0, at - 40) : at].split()
    if after.isdecimal():
        return True
    return len(words) < 2 or not words[-2][:1].isupper() or words[-2].lower() in ("in", "at", "to", "from", "the", "of", "and")


def next_end(text: str, start: int) -> int:
    """One past the last character of the sentence that begins at `start` (white space after it included)."""
    at = start
    while True:
        match = _END.search(text, at, start + LIMIT + 1)
        if match is None:
            return len(text) if len(text) - start <= LIMIT else _cut(text, start)
        at = match.end()
        mark = match.group()
        if mark[0] == "." and mark.count(".") == 1 and _goes_on(text, match.start(), at):
            continue
        if (mark[0] == "\u2026" or mark.startswith("..")) and (f := _STARTS.match(text, at)) and f.group(1).islower():
            continue
        while at < len(text) and (text[at].isspace() or unicodedata.category(text[at]) in ("So", "Sk", "Mn")):
            at += 1  # emoji colour the sentence before them
        return at


def _cut(text: str, start: int) -> int:
    """A place near the limit to break an endless sentence: after a comma, else a space, else anywhere."""
    window = text[start : start + LIMIT]
    for mark in (", ", "; ", " "):
        if (at := window.rfind(mark, LIMIT // 2)) > 0:
            return start + at + len(mark)
    return start + LIMIT
