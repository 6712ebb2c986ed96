"""Words written alike and said apart, told by the words around them. The table is assets/lexicon/heteronyms.tsv."""

from functools import cache
from typing import NamedTuple

from .lexicon import table
from .pronounce import plain, plural_ending, pronounce
from .token import Token

_WEIGHTS = (("<<", 1), ("^^", 3), ("<", 2), (">", 2), ("~", 3), ("^", 1), ("$", 1))


class Cue(NamedTuple):
    """A word (or a set of them) at a place, and how much it counts."""

    place: str
    words: frozenset[str]
    weight: int


class Sense(NamedTuple):
    """One reading of a word."""

    name: str
    symbols: tuple[str, ...]
    cues: list[Cue]


def _parse(text: str, classes: dict[str, frozenset[str]], macros: dict[str, list[Cue]]) -> list[Cue]:
    """Cues of a cell; words at one place with one weight become one cue each, so that each counts alone."""
    found: list[Cue] = []
    for item in text.split():
        if item.startswith("="):
            found += macros[item]
            continue
        place, weight = next(pair for pair in _WEIGHTS if item.startswith(pair[0]))
        name = item[len(place) :]
        found.append(Cue(place, classes[name] if name.startswith("@") else frozenset((name,)), weight))
    return found


@cache
def heteronyms() -> dict[str, list[Sense]]:
    """Word -> its senses, the default first."""
    classes: dict[str, frozenset[str]] = {}
    macros: dict[str, list[Cue]] = {}
    found: dict[str, list[Sense]] = {}
    for row in table("heteronyms.tsv"):
        if row[0].startswith("@"):
            classes[row[0]] = frozenset(row[1].split())
        elif row[0].startswith("="):
            macros[row[0]] = _parse(row[1], classes, macros)
        else:
            word, name, symbols, cues = row
            found.setdefault(word, []).append(Sense(name, tuple(symbols.split()), _parse(cues, classes, macros)))
    for word, senses in list(found.items()):
        if [s.name for s in senses] in (["noun", "verb"], ["verb", "noun"]) and not word.endswith("s"):
            ends = [Sense(s.name, s.symbols + plural_ending(s.symbols), macros[f"=@{s.name}s"]) for s in senses]
            found.setdefault(word + "s", sorted(ends))
    return found


def _matches(cue: Cue, words: list[str], i: int, capital: bool) -> bool:
    """True when the cue holds for word i of a sentence."""
    if cue.place == "~":
        return any(w in cue.words for w in words[:i]) or any(w in cue.words for w in words[i + 1 :])
    if cue.place == "^^":
        return capital and i > 0
    if cue.place == "^" or (cue.place == "<" and "^" in cue.words):
        return i == 0
    if cue.place == "$":
        return i == len(words) - 1
    if cue.place == ">":
        return i + 1 < len(words) and words[i + 1] in cue.words
    if cue.place == "<":
        return i > 0 and words[i - 1] in cue.words
    return any(w in cue.words for w in words[max(0, i - 3) : i])


def _score(sense: Sense, words: list[str], i: int, capital: bool) -> int:
    """Weight of all cues that hold; a word counts once however many cues name it."""
    held = {(c.place, c.words & set(words) or c.words): c.weight for c in sense.cues if _matches(c, words, i, capital)}
    return sum(held.values())


def settle(tokens: list[Token]) -> None:
    """Give every heteronym among the tokens its pronunciation."""
    known = heteronyms()
    words = [plain(t.text) for t in tokens]
    for i, t in enumerate(tokens):
        senses = known.get(words[i])
        if senses is None or t.symbols is not None:
            continue
        role = next((s for s in senses if s.name == t.role), None)
        if role is None:
            capital = t.text[:1].isupper() and not t.text.isupper()
            scores = [_score(s, words, i, capital) for s in senses]
            role = senses[scores.index(max(scores))]
        if role.symbols != pronounce(words[i]):
            t.symbols = list(role.symbols)
