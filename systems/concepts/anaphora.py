"""Words that stand for something mentioned before: it, they, this, that city, the former. Text in, no world.

What must not be taken for one: it of the weather, time and "it is good to see you", and that between clauses.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from psi_ecs.systems.formats.embedding import function_words, kind, listed, plain, singular

ONE, MANY = ("it", "itself", "its"), ("they", "them", "their", "themselves", "theirs")
POINTING = {"this": 0, "that": 0, "these": 1, "those": 1}
"""1 for the plural."""
_BE = listed(
    "is was are were will would can could may might must has had does did do be isn't wasn't aren't won't"
)
_VERB = _BE | listed(
    "sounds sound looks look seems feels makes helps works means reminds hurts matters happens happened"
)
_MODAL = listed(
    "will would can could may might must shall should do does did don't doesn't didn't won't can't couldn't i'll you'll we'll",
    "they'll he'll she'll i'd you'd we'd they'd let's please not never",
)
_SUBJECTS = listed("i he she we they who nobody somebody everybody anybody no-one someone everyone anyone")
_EITHER = listed("you it us")
"""Pronouns that verbs follow, and those that may be objects as well: "you play", "told you stories"."""
_ADVERBS = listed("still often always also just really sometimes usually only even already soon rarely hardly")
"""What may stand between a subject and its verb."""
_NOTHING = listed(
    "raining snowing sunny cloudy windy freezing cold hot warm dark late early time noon midnight monday friday true possible",
    "impossible clear important",
)
"""What follows "it is" where it stands for nothing."""
_JUDGED = listed("good nice great fine hard easy best better lovely wonderful sad strange funny pity pleasure fun")
"""What follows "it is" where it stands for the clause to come, if that begins with to or that."""
_PREPOSITIONS = listed(
    "in on at to near of with from for by under over behind beside along through across into onto around between after",
    "before during without inside outside above below beyond past toward towards like than as",
)
FACES = {"it's": "it", "it'll": "it", "it'd": "it", "that's": "that", "that'll": "that", "they're": "they", "they'll": "they",
         "they've": "they", "they'd": "they"}  # fmt: skip
"""Contractions, and what stands in them."""


PRONOUNS = frozenset((*ONE, *MANY, *POINTING, *FACES, "former", "latter"))


class Anaphor(NamedTuple):
    """A word that stands for something."""

    word: str
    """it, they, this, that, these, those, former or latter."""
    noun: str = ""
    """The noun after it, in the singular."""
    many: bool = False


def anaphor(words: Sequence[str], k: int) -> Anaphor | None:
    """What word number `k` of a sentence stands for something as, if it does. Words are in small letters without marks."""
    word, next_, third = _face(words[k]), *(words[i] if i < len(words) else "" for i in (k + 1, k + 2))
    if word in ("former", "latter") and k and words[k - 1] == "the":
        return Anaphor(word)
    if word in ONE:
        return None if _of_nothing(words, k) else Anaphor("it")
    if word in MANY:
        return Anaphor("they", many=True)
    if word not in POINTING:
        return None
    many = bool(POINTING[word])
    if next_ and words[k] in POINTING:
        for noun in (next_, third):  # an adjective may stand between
            if noun and kind(noun, False):
                return Anaphor(word, singular(noun), many or singular(noun) != noun)
            if noun in function_words() or noun in _VERB:
                break
    bare = words[k] not in POINTING or not next_ or next_ in _VERB
    between = word == "that" and k > 0 and next_ not in _VERB and bool(next_)
    return Anaphor(word, many=many) if bare and not between else None


def _face(word: str) -> str:
    return FACES.get(word, word)


def _of_nothing(words: Sequence[str], k: int) -> bool:
    """Whether this "it" stands for nothing that was mentioned."""
    rest = list(words[k + 1 :])
    if words[k] == "it" and rest and rest[0] in _BE:
        rest.pop(0)
    elif words[k] != "it's":
        return False
    while rest and rest[0] in ("so", "very", "really", "too", "a", "not", "been", "be"):
        rest.pop(0)
    if not rest:
        return False
    return rest[0] in _NOTHING or (rest[0] in _JUDGED and any(w in ("to", "that") for w in rest[1:4]))


def verbal(words: Sequence[str], k: int) -> bool:
    """Whether word number `k` of a sentence is used as a verb, though it may be a noun: after a subject or a modal verb, or, of
    words that are mainly no nouns, where no noun can be."""
    word, before = words[k], next((w for w in reversed(words[:k]) if w not in _ADVERBS), "")
    if before in _EITHER and not kind(word):
        return True
    if before in _SUBJECTS or before in _MODAL or (before in POINTING and word.endswith("s") and singular(word) != word):
        return True
    if word.endswith("ing") and before in _BE | {"am", "i'm", "you're", "we're", "they're", "he's", "she's", "it's", "been"}:
        return True
    return not kind(word) and (k == 0 or before in ("to", "and", "or", "but") or before in _BE or bool(kind(before)))


def prominence(words: Sequence[str], k: int) -> float:
    """How much in the foreground word number `k` of a sentence is: 1 for its first noun, 0.85 for later ones, 0.55 after a
    preposition. Subjects before objects before the rest, as in centering theory (Grosz, Joshi & Weinstein 1995)."""
    for back in range(k - 1, max(k - 4, -1), -1):
        if words[back] in _PREPOSITIONS:
            return 0.55
        if words[back] in _VERB:
            break
    return 0.85 if any(map(kind, words[:k])) else 1.0


def split(text: str) -> list[str]:
    """The words of a text in small letters without marks."""
    return [w for w in (plain_kept(t) for t in text.split()) if w]


@lru_cache(maxsize=8192)
def plain_kept(word: str) -> str:
    """As `plain`, but contractions such as it's stay whole."""
    low = word.lower().replace("’", "'").strip(".,;:!?…\"'()[]-–—")
    return low if low in FACES else plain(word)
