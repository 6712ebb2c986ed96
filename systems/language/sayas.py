"""What `say-as` asks for: one way to read a stretch of text, whatever it looks like."""

import re

from . import dates, numerals
from .pieces import Piece, Spoken
from .pronounce import affixes, plain
from .wordlist import listed

_SIGN_NAMES = {
    "-": "dash",
    ".": "dot",
    "/": "slash",
    "@": "at",
    "_": "underscore",
    "#": "hash",
    "+": "plus",
    "*": "star",
    "&": "and",
}


def _characters(text: str) -> Spoken:
    words: Spoken = []
    for c in text:
        if c in "0123456789":
            words.append(numerals.ONES[int(c)])
        elif plain(c) in affixes("letter"):
            words.append(Piece(c.upper(), list(affixes("letter")[plain(c)])))
        elif c in _SIGN_NAMES:
            words.append(_SIGN_NAMES[c])
    return words


def _telephone(text: str) -> Spoken:
    groups = re.findall(r"\d+", text)
    words: Spoken = ["plus"] if text.strip().startswith("+") else []
    for group in groups:
        *head, last = numerals.digits(group)
        words += [*head, Piece(last, mark=",")]
    return words


def _date(text: str, order: str) -> Spoken | None:
    parts = re.findall(r"\d+", text)
    order = order.lower() or ("ymd" if parts and len(parts[0]) == 4 else "mdy")
    if len(parts) != len(order) or not set(order) <= set("ymd"):
        return None
    values = dict(zip(order, map(int, parts), strict=True))
    if set(values) == {"y", "m", "d"}:
        return dates.said(values["y"], values["m"], values["d"])
    words: Spoken = []
    if 1 <= values.get("m", 0) <= 12:
        words.append(dates.MONTHS[values["m"] - 1])
    words += numerals.ordinal(values["d"]) if "d" in values else []
    return words + (list(numerals.year(values["y"])) if "y" in values else [])


def read(text: str, kind: str, detail: str) -> Spoken | None:
    """Spoken words of the text read as `kind`; None when it cannot be read so, or is best read as plain text."""
    number = re.sub(r"[\s,]", "", text)
    if kind in ("characters", "spell-out", "verbatim", "letters"):
        return _characters(text)
    if kind in ("digits", "number_digit"):
        return list(numerals.digits(text)) or None
    if kind in ("cardinal", "number") and re.fullmatch(r"[+-]?\d+(?:\.\d+)?", number):
        return [*(["minus"] if number[0] == "-" else []), *numerals.decimal(number.lstrip("+-"))]
    if kind == "ordinal" and (m := re.fullmatch(r"(\d+)(?:st|nd|rd|th)?", number)):
        return list(numerals.ordinal(int(m[1])))
    if kind == "ordinal" and (n := numerals.roman(number)):
        return list(numerals.ordinal(n))
    if kind == "fraction" and (m := re.fullmatch(r"(?:(\d+)\+)?(\d+)/(\d+)", number)) and int(m[3]):
        whole: Spoken = [*numerals.cardinal(int(m[1])), "and"] if m[1] else []
        return [*whole, *numerals.fraction(int(m[2]), int(m[3]))]
    if kind == "telephone":
        return _telephone(text)
    if kind == "date":
        return _date(text, detail)
    if kind in ("expletive", "bleep"):
        return ["beep"]
    return None


KINDS = frozenset(
    listed(
        "characters spell-out verbatim letters digits number_digit cardinal number ordinal fraction telephone date expletive",
        "bleep time currency unit address name",
    )
)
"""Values of interpret-as that are known; those without a rule of their own are read as plain text."""
EXTRA = frozenset(("time", "currency", "unit", "address", "name"))
