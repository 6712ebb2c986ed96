"""What is asked for in a few words ("earlier", "the greeting", "about home 0.7"), as a `Wish`.

    earlier, before             the last thing said in a tone of its own, or else the last thing said
    #12                         the entry of that number
    about TOPIC                 what was said about a concept
    with PERSON                 what was said with somebody, or by them
    feeling NAME                what was felt most like that
    saying WORDS                what held those words
    NAME                        what was kept under that name or tag; else what spoke of it
    between THIS and THAT       two of these, blended

Behind it a number from 0 to 1 may stand: how far words are drawn to it or, of two, how far it is from the first to the second.
"""

import re
from difflib import get_close_matches
from typing import NamedTuple

from psi_ecs import PsiError
from psi_ecs.components.memory import Wish
from psi_ecs.components.text import EMOTIONS, MOODS

MANY = 32
"""Entries that are looked at for the one that is meant."""
EARLIER = frozenset(("earlier", "before", "last time", "a moment ago"))
_NUMBER = re.compile(r"\s+(0(?:\.\d+)?|1(?:\.0+)?|\.\d+)$")
_ARTICLE = re.compile(r"^(?:in |as |as in |from |at )?(?:the |a |an |my |your |our )?")


class Phrase(NamedTuple):
    """One thing asked for."""

    text: str
    wishes: list[Wish]
    """In the order in which they are tried."""
    toned: bool = False
    """Whether something said in a tone of its own comes before what is not."""


class Asked(NamedTuple):
    """What is asked for: one thing and its weight, or two and where between them."""

    phrases: list[Phrase]
    share: float


def asked(what: str) -> Asked:
    """What a phrase asks for. PsiError in one line if it is nothing."""
    text = " ".join(what.lower().split())
    number = _NUMBER.search(text)
    text = text[: number.start()] if number else text
    if text.startswith("between ") and " and " in text:
        first, _, second = text.removeprefix("between ").partition(" and ")
        return Asked([phrase(first), phrase(second)], float(number[1]) if number else 0.5)
    return Asked([phrase(text)], float(number[1]) if number else 1.0)


def phrase(text: str) -> Phrase:
    """One thing, without a number. PsiError in one line if it is nothing."""
    if not text:
        raise PsiError("like what? write [like earlier], [like greeting], [like about home] or [like feeling joy]")
    if text in EARLIER:
        return Phrase(text, [Wish(kind="utterance", limit=MANY)], toned=True)
    if re.fullmatch(r"#\d{1,18}", text):
        return Phrase(text, [Wish(ids=(int(text[1:]),))])
    head, _, rest = text.partition(" ")
    rest = _ARTICLE.sub("", rest)
    if rest and head == "about":
        return Phrase(text, [Wish(concepts=(rest,), limit=MANY), Wish(text=rest, limit=MANY)])
    if rest and head in ("with", "to"):
        return Phrase(text, [Wish(person=rest, limit=MANY)])
    if rest and head == "feeling":
        return Phrase(text, [Wish(feeling=_feeling(rest), limit=MANY)])
    if rest and head == "saying":
        return Phrase(text, [Wish(text=rest, limit=MANY)])
    name = _ARTICLE.sub("", text)
    return Phrase(text, [Wish(name=name, limit=MANY), Wish(tags=(name,), limit=MANY), Wish(concepts=(name,), limit=MANY),
                         Wish(text=name, limit=MANY)])  # fmt: skip


def _feeling(name: str) -> tuple[float, ...]:
    """A feeling by its name, as FEELINGS. PsiError with the nearest one if there is none."""
    if name not in EMOTIONS:
        near = get_close_matches(name, EMOTIONS, 1, 0.4)
        raise PsiError(f"feeling {name}: {f'did you mean {near[0]}?' if near else 'there are ' + ', '.join(EMOTIONS)}")
    return (*MOODS[name], *(float(n == name) for n in EMOTIONS))
