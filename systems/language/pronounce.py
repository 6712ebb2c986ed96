"""From a spelled word to symbols: dictionary, then its parts, then letter-to-sound.

Two dictionary words written together have no rule of their own: letter-to-sound makes fewer errors on them.
"""

import re
import unicodedata
from functools import cache, lru_cache

from .letters import sound_out
from .lexicon import entries, lookup, table

_SIBILANT = frozenset(("S", "Z", "SH", "ZH", "CH", "JH"))
_VOICELESS = frozenset(("P", "T", "K", "F", "TH"))
_VOWELS = frozenset("aeiouy")
_HELD = re.compile(r"([a-z])\1{2,}")


@cache
def affixes(kind: str) -> dict[str, tuple[str, ...]]:
    """Spelling -> symbols of every `letter`, `prefix` or `suffix`."""
    return {row[1]: tuple(row[2].split()) for row in table("affixes.tsv") if row[0] == kind}


def plain(word: str) -> str:
    """Lower case, accents taken off, letters a-z and straight apostrophes only."""
    low = (
        word.lower()
        .replace("’", "'")
        .replace("ß", "ss")
        .replace("æ", "ae")
        .replace("ø", "o")
        .replace("œ", "oe")
        .replace("ł", "l")
    )
    return "".join(c for c in unicodedata.normalize("NFKD", low) if c == "'" or "a" <= c <= "z")


def plural_ending(symbols: tuple[str, ...]) -> tuple[str, ...]:
    """-s after these symbols: IH0 Z after sibilants, S after voiceless, else Z."""
    last = symbols[-1]
    return ("IH0", "Z") if last in _SIBILANT else ("S",) if last in _VOICELESS else ("Z",)


def past_ending(symbols: tuple[str, ...]) -> tuple[str, ...]:
    """-ed after these symbols: IH0 D after T and D, T after voiceless, else D."""
    last = symbols[-1]
    return ("IH0", "D") if last in ("T", "D") else ("T",) if last in _VOICELESS or last in ("S", "SH", "CH") else ("D",)


def _stems(word: str, ending: str) -> list[str]:
    """What may stand before an inflection: the bare stem, with a silent e, with y for i, with a doubled consonant undone."""
    stem = word[: -len(ending)]
    found = [stem, stem + "e"] if ending[0] in "ei" else [stem]
    if stem.endswith("i") and ending[0] == "e":
        found.insert(0, stem[:-1] + "y")
    if len(stem) > 2 and stem[-1] == stem[-2] and stem[-1] not in _VOWELS and ending[0] in "ei":
        found.insert(0, stem[:-1])
    return [s for s in found if len(s) > 1]


def _known(word: str) -> tuple[str, ...] | None:
    found = lookup(word)
    return None if found is None else tuple(found)


def _inflected(word: str) -> tuple[str, ...] | None:
    """Possessives, plurals, -ed, -ing and a few frequent suffixes on a word that the dictionary holds."""
    for ending in ("'s", "s'", "'", "es", "s"):
        if word.endswith(ending) and not word.endswith("ss"):
            for stem in _stems(word, ending):
                if base := _known(stem):
                    return base if ending == "'" and stem.endswith("s") else base + plural_ending(base)
    for ending in ("ed", "ing", "in'"):
        if word.endswith(ending):
            for stem in _stems(word, ending):
                if len(stem) > 2 and (base := _known(stem)):
                    return base + (past_ending(base) if ending == "ed" else ("IH0", "NG") if ending == "ing" else ("AH0", "N"))
    for ending, tail in affixes("suffix").items():
        if word.endswith(ending) and len(word) - len(ending) > 2:
            for stem in _stems(word, ending):
                if len(stem) > 2 and (base := _known(stem) or _inflected_past(stem)):
                    return base + tail
    return None


def _inflected_past(word: str) -> tuple[str, ...] | None:
    """A stem of a suffix that is itself a suffixed word ("unfriendli-ness")."""
    if word.endswith("i"):
        return _known(word[:-1] + "y") or _inflected(word[:-1] + "y")
    return None


def _adverb(word: str) -> tuple[str, ...] | None:
    """-ly on words in -y, -le and -ic: shiftily, desirably, basically; after L it adds only the vowel."""
    for ending, letters, cut, tail in (
        ("ily", "y", 1, "AH0 L IY0"),
        ("bly", "ble", 2, "L IY0"),
        ("ically", "ic", 0, "L IY0"),
        ("lly", "l", 0, "IY0"),
    ):
        if word.endswith(ending) and (base := _known(word[: -len(ending)] + letters)):
            return base[: len(base) - cut] + tuple(tail.split())
    return None


def _prefixed(word: str) -> tuple[str, ...] | None:
    for prefix, head in affixes("prefix").items():
        rest = word[len(prefix) :]
        if word.startswith(prefix) and len(rest) > 3 and (base := _known(rest) or _inflected(rest)):
            return head + base
    return None


def spell(letters: str) -> list[str]:
    """Letter names with the stress on the last letter: FBI -> EH2 F B IY2 AY1."""
    names = [list(affixes("letter")[c]) for c in plain(letters) if c != "'"]
    return [s.replace("1", "2") for name in names[:-1] for s in name] + (names[-1] if names else [])


def _stressed(symbols: tuple[str, ...]) -> tuple[str, ...]:
    """A word of several syllables without primary stress gets it on a secondary one, else on its first full vowel."""
    vowels = [i for i, s in enumerate(symbols) if s[-1].isdigit()]
    if len(vowels) < 2 or any(symbols[i][-1] == "1" for i in vowels):
        return symbols
    best = max(vowels, key=lambda i: (symbols[i][-1] == "2", symbols[i][:2] not in ("AH", "ER", "IH"), -i))
    return (*symbols[:best], symbols[best][:-1] + "1", *symbols[best + 1 :])


def _drawn_out(word: str) -> tuple[str, ...] | None:
    """A word with a letter held ("sooo", "heyyy"): the dictionary's, with the letter written twice or once."""
    for shorter in (_HELD.sub(r"\1\1", word), _HELD.sub(r"\1", word)):
        if shorter != word and (found := _known(shorter)):
            return found
    return None


@lru_cache(maxsize=50_000)
def pronounce(word: str) -> tuple[str, ...]:
    """Symbols of a word as the dictionary or the rules give them; () when it has no letter that can be said."""
    low = plain(word).strip("'") if word.startswith("'") and plain(word) not in entries() else plain(word)
    if not low.strip("'"):
        return ()
    if len(low) == 1 and low != "a":
        return affixes("letter")[low]
    if not any(c in _VOWELS for c in low) and low not in entries() and len(low) <= 5 and not _HELD.search(low):
        return tuple(spell(low))
    found = _known(low) or _drawn_out(low) or _adverb(low) or _inflected(low) or _prefixed(low) or sound_out(low)
    return _stressed(found)
