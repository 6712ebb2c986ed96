"""From a spelled word to symbols: dictionary, then its parts, then letter-to-sound."""

import unicodedata
from functools import lru_cache

from .letters import sound_out
from .lexicon import entries, lookup

LETTER_NAMES: dict[str, str] = {
    "a": "EY1", "b": "B IY1", "c": "S IY1", "d": "D IY1", "e": "IY1", "f": "EH1 F", "g": "JH IY1", "h": "EY1 CH", "i": "AY1",
    "j": "JH EY1", "k": "K EY1", "l": "EH1 L", "m": "EH1 M", "n": "EH1 N", "o": "OW1", "p": "P IY1", "q": "K Y UW1", "r": "AA1 R",
    "s": "EH1 S", "t": "T IY1", "u": "Y UW1", "v": "V IY1", "w": "D AH1 B AH0 L Y UW0", "x": "EH1 K S", "y": "W AY1", "z": "Z IY1",
}  # fmt: skip
_SIBILANT = frozenset(("S", "Z", "SH", "ZH", "CH", "JH"))
_VOICELESS = frozenset(("P", "T", "K", "F", "TH"))
_PREFIXES: dict[str, str] = {
    "un": "AH0 N", "non": "N AA1 N", "re": "R IY0", "pre": "P R IY0", "anti": "AE2 N T IY0", "mis": "M IH0 S", "over": "OW2 V ER0",
    "under": "AH2 N D ER0", "inter": "IH2 N T ER0", "super": "S UW2 P ER0", "multi": "M AH2 L T IY0", "micro": "M AY2 K R OW0",
    "cyber": "S AY2 B ER0", "crypto": "K R IH2 P T OW0", "hyper": "HH AY2 P ER0", "auto": "AO2 T OW0", "photo": "F OW2 T OW0",
    "semi": "S EH2 M IY0", "counter": "K AW2 N T ER0", "bio": "B AY2 OW0", "nano": "N AE2 N OW0", "neuro": "N UH2 R OW0", "out": "AW2 T",
}  # fmt: skip
_SUFFIXES: dict[str, str] = {
    "ness": "N AH0 S", "less": "L AH0 S", "ful": "F AH0 L", "ly": "L IY0", "ment": "M AH0 N T", "ship": "SH IH2 P", "able": "AH0 B AH0 L",
    "ish": "IH0 SH", "like": "L AY2 K", "wise": "W AY2 Z", "hood": "HH UH2 D", "er": "ER0", "ers": "ER0 Z", "est": "AH0 S T", "proof": "P R UW2 F",
}  # fmt: skip
_VOWELS = frozenset("aeiouy")


def plain(word: str) -> str:
    """Lower case, accents taken off, letters a-z and straight apostrophes only."""
    low = word.lower().replace("’", "'").replace("ß", "ss").replace("æ", "ae").replace("ø", "o").replace("œ", "oe").replace("ł", "l")
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
    for ending, tail in _SUFFIXES.items():
        if word.endswith(ending) and len(word) - len(ending) > 2:
            for stem in _stems(word, ending):
                if len(stem) > 2 and (base := _known(stem) or _inflected_past(stem)):
                    return base + tuple(tail.split())
    return None


def _inflected_past(word: str) -> tuple[str, ...] | None:
    """A stem of a suffix that is itself a suffixed word ("unfriendli-ness")."""
    if word.endswith("i"):
        return _known(word[:-1] + "y") or _inflected(word[:-1] + "y")
    return None


def _weaken(symbols: tuple[str, ...]) -> tuple[str, ...]:
    """Primary stress made secondary: the second part of a compound."""
    return tuple(s.replace("1", "2") for s in symbols)


def _compound(word: str) -> tuple[str, ...] | None:
    """Two dictionary words of at least three letters written together; the most even cut wins."""
    for cut in sorted(range(3, len(word) - 2), key=lambda c: abs(2 * c - len(word))):
        left, right = word[:cut], word[cut:]
        if (len(left) > 3 or len(right) > 3) and (a := _known(left)) and (b := _known(right) or (len(right) > 4 and _inflected(right))):
            return a + _weaken(b)
    return None


def _prefixed(word: str) -> tuple[str, ...] | None:
    for prefix, head in _PREFIXES.items():
        rest = word[len(prefix) :]
        if word.startswith(prefix) and len(rest) > 3 and (base := _known(rest) or _inflected(rest)):
            return tuple(head.replace("1", "2").split()) + base
    return None


def spell(letters: str) -> list[str]:
    """Letter names with the stress on the last letter: FBI -> EH2 F B IY2 AY1."""
    names = [LETTER_NAMES[c].split() for c in plain(letters) if c in LETTER_NAMES]
    return [s.replace("1", "2") for name in names[:-1] for s in name] + (names[-1] if names else [])


@lru_cache(maxsize=50_000)
def pronounce(word: str) -> tuple[str, ...]:
    """Symbols of a word as the dictionary or the rules give them; () when it has no letter that can be said."""
    low = plain(word).strip("'") if word.startswith("'") and plain(word) not in entries() else plain(word)
    if not low.strip("'"):
        return ()
    if len(low) == 1 and low != "a":
        return tuple(LETTER_NAMES[low].split())
    if not any(c in _VOWELS for c in low) and low not in entries() and len(low) <= 5:
        return tuple(spell(low))
    return _known(low) or _inflected(low) or _prefixed(low) or _compound(low) or sound_out(low)
