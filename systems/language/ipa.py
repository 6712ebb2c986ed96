"""Phones from markup: IPA and ARPAbet to symbols."""

import re
import unicodedata
from functools import cache

from psi_ecs.components.phone import PHONE

from .lexicon import SYMBOLS, table

_STRESS = {"ˈ": "1", "'": "1", "ˌ": "2", ",": "2"}
_IGNORED = frozenset("ːˑ.‿|ʰʷʲˠˤ̩̯̥̬̪̺̻̃͡ ͜ˡⁿ-_ˈˌ',")


@cache
def _sounds() -> dict[str, list[str]]:
    return {unicodedata.normalize("NFD", ipa): phones.split() for ipa, phones in table("ipa.tsv")}


@cache
def _longest() -> int:
    return max(map(len, _sounds()))


def from_ipa(text: str) -> list[str] | None:
    """Symbols of an IPA transcription ("təˈmeɪtoʊ"), nearest English phones for foreign sounds; None when a sign is unknown."""
    found = sounds_of(text)
    return None if found is None else _stressed(found)


def sounds_of(text: str) -> list[str] | None:
    """As `from_ipa`, of any piece of a word: what is not marked has no stress."""
    text, at, stress, found = unicodedata.normalize("NFD", text.strip().strip("/[]")), 0, "", list[str]()
    while at < len(text):
        for length in range(min(_longest(), len(text) - at), 0, -1):
            phones = _sounds().get(text[at : at + length])
            if phones:
                break
        else:
            if text[at] in _STRESS:
                stress = _STRESS[text[at]]
            elif text[at] not in _IGNORED and not unicodedata.combining(text[at]):
                return None
            at += 1
            continue
        for p in phones:
            found.append(p + (stress or "0") if PHONE[p].vowel else p)
            stress = "" if PHONE[p].vowel else stress
        at += length
    return found


def from_arpabet(text: str) -> list[str] | None:
    """Symbols of "T AH0 M EY1 T OW0" (stress digits may be left out); None when a name is unknown."""
    found: list[str] = []
    for name in re.split(r"[\s.\-]+", text.strip().upper()):
        bare = name.rstrip("012")
        name = name + "0" if bare == name and bare in PHONE and PHONE[bare].vowel else name
        if name not in SYMBOLS:
            return None
        found.append(name)
    return _stressed(found)


def _stressed(symbols: list[str]) -> list[str]:
    """A word without any stress is stressed on its first vowel."""
    if not any(s[-1] == "1" for s in symbols):
        first = next((i for i, s in enumerate(symbols) if s[-1] == "0"), None)
        if first is not None:
            symbols[first] = symbols[first][:-1] + "1"
    return symbols
