"""Rules for numbers, money, measures, fractions, ranges and telephone numbers."""

import re
import unicodedata
from functools import cache

from . import grammar, numerals
from .lexicon import table
from .pieces import Handler, Match, Piece, Rule, Spoken, after, before, letters, word_before
from .wordlist import listed

_NUM = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_SCALE = {"k": "thousand", "m": "million", "b": "billion", "t": "trillion"}
"""First letter of what stands after an amount -> the word."""
_BY_DIGIT = frozenset(listed("highway route room flight interstate area bus apartment suite apt code pin agent unit gate"))
_SPECIAL = {
    ("24", "7"): "twenty four seven",
    ("9", "11"): "nine eleven",
    ("50", "50"): "fifty fifty",
    ("7", "11"): "seven eleven",
}


@cache
def money() -> dict[str, list[str]]:
    """Sign of a currency -> one, many, one hundredth, hundredths."""
    return {sign: names for sign, *names in table("money.tsv")}


@cache
def units() -> dict[str, tuple[str, str]]:
    """Unit symbol -> spoken after one and after other numbers."""
    return {symbol: (one, many) for symbol, one, many in table("units.tsv")}


def _money(m: Match) -> Spoken | None:
    one, many, cent, cents = money()[m["sign"]]
    amount, scale = m["amount"], (m["scale"] or "").lower()
    if scale:
        return [*numerals.decimal(amount), "thousand" if scale.startswith("th") else _SCALE[scale[0]], many]
    whole, _, part = amount.replace(",", "").partition(".")
    if len(part) != 2 or len(whole) > 30:
        return [*numerals.decimal(amount), one if amount == "1" else many]
    small: Spoken = [*numerals.cardinal(int(part)), cent if int(part) == 1 else cents] if int(part) else []
    big: Spoken = [*numerals.cardinal(int(whole)), one if int(whole) == 1 else many] if int(whole or 0) or not small else []
    return [*big, *(["and"] if big and small else []), *small]


def _measure(m: Match) -> Spoken | None:
    amount, space, unit = m["amount"], m["space"], m["unit"]
    decade = unit == "s" and not space and amount.endswith("0")
    if decade or (space and unit in ("x", "N", "h", "l", "in.")):
        return None
    one, many = units()[unit]
    return [*numerals.decimal(amount), *(one if amount == "1" else many).split()]


def _compound_measure(m: Match) -> Spoken | None:
    """A unit over a unit (watts per square meter), or one that only the grammar of wetext knows."""
    if m["over"] in units() and m["under"] in units():
        above = units()[m["over"]][0 if m["amount"] == "1" else 1]
        return [*numerals.decimal(m["amount"]), *above.split(), "per", *units()[m["under"]][0].split()]
    words = grammar.normalise(m.group())
    return None if words is None else list(words)


def _fraction(m: Match) -> Spoken | None:
    whole, top, bottom = m[1], m[2], m[3]
    if (top, bottom) in _SPECIAL and not whole:
        return list(_SPECIAL[top, bottom].split())
    if not 0 < int(top) < int(bottom):
        return None
    words = numerals.fraction(int(top), int(bottom))
    if whole:
        return [*numerals.cardinal(int(whole)), "and", *(["a", *words[1:]] if int(top) == 1 else words)]
    return list(words)


def _vulgar(m: Match) -> Spoken | None:
    top, _, bottom = unicodedata.normalize("NFKC", m[2]).partition("\u2044")
    if not (top.isdecimal() and bottom.isdecimal()) or int(bottom) == 0:
        return None
    words = numerals.fraction(int(top), int(bottom))
    one, many = units().get(m["unit"] or "", ("", ""))
    if m[1]:
        return [*numerals.decimal(m[1]), "and", *(["a", *words[1:]] if int(top) == 1 else words), *many.split()]
    return [*words, *one.split()]


def _telephone(m: Match) -> Spoken | None:
    groups = re.findall(r"\d+", m.group())
    words: Spoken = ["plus"] if m.group().startswith("+") else []
    for group in groups:
        *head, last = numerals.digits(group)
        words += [*head, Piece(last, mark=",")]
    end = words[-1]
    words[-1] = end.text if isinstance(end, Piece) else end
    return words


def _dotted(m: Match) -> Spoken | None:
    """Versions and addresses: 2.1.3 -> two point one point three."""
    parts = m.group().split(".")
    words: Spoken = []
    for i, part in enumerate(parts):
        words += [*(["dot" if len(parts) == 4 else "point"] if i else [])]
        words += numerals.digits(part) if len(part) > 2 else numerals.decimal(part)
    return words


def _decade(m: Match) -> Spoken | None:
    n = int(m[1])
    if n < 100:
        return list(numerals.plural(numerals.cardinal(n))) if n >= 20 else None
    return list(numerals.plural(numerals.year(n)))


def _ordinal(m: Match) -> Spoken | None:
    n = m[1].replace(",", "")
    return list(numerals.ordinal(int(n))) if len(n) <= 30 else None


def _feet(m: Match) -> Spoken | None:
    return [*numerals.cardinal(int(m[1])), "foot", *numerals.cardinal(int(m[2]))]


def _by_digit(text: str) -> list[str]:
    """Names in figures: 101 -> one oh one, 287 -> two eighty seven, 1600 -> sixteen hundred."""
    if len(text) == 3 and text[1:] != "00":
        return [
            numerals.ONES[int(text[0])],
            *(["oh", numerals.ONES[int(text[2])]] if text[1] == "0" else numerals.cardinal(int(text[1:]))),
        ]
    return numerals.year(int(text)) if len(text) == 4 else numerals.decimal(text)


def _plain(m: Match) -> Spoken | None:
    """A bare number; four figures between 1100 and 2099 are a year."""
    text = m.group()
    last = word_before(m).lower()
    if text in ("911", "999", "112") and last in ("call", "called", "dial", "dialed", "calling"):
        return list(numerals.digits(text))
    if text.isdecimal() and len(text) in (3, 4) and text[0] != "0" and last in _BY_DIGIT:
        return list(_by_digit(text))
    if len(text) == 4 and text[:2] == "10" and last in ("in", "since", "by", "until", "year", "from", "of", "before", "after"):
        return list(numerals.year(int(text)))
    if re.fullmatch(r"1[1-9]\d\d|20\d\d", text) and not re.match(r"\s*(?:percent|dollars|euros|pounds)", after(m)):
        return list(numerals.year(int(text)))
    if text.isdecimal() and len(text) > 12:
        return list(numerals.digits(text[:400]))
    return list(numerals.decimal(text))


def _minus(m: Match) -> Spoken | None:
    """A sign before a number, unless something stands right before it."""
    return None if re.search(r"[\w)]$", before(m)) else ["minus"]


def _to(m: Match) -> Spoken | None:
    """A dash between numbers."""
    return ["to"] if re.search(r"[\d%°][A-Za-z]{0,3}\s?$", before(m)) else None


def _ratio(m: Match) -> Spoken | None:
    return ["to"] if re.search(r"\d$", before(m)) else None


def _codes(m: Match) -> Spoken | None:
    """Letters and figures mixed: MP3, H2O, 4K."""
    words: Spoken = []
    for part in re.findall(r"\d+|[A-Za-z]+", m.group()):
        if part.isdecimal():
            words += numerals.decimal(part) if len(part) < 3 else _by_digit(part)
        elif len(part) <= 3 or part.isupper():
            words.append(letters(part))
        else:
            words.append(part)
    return words


_SIGN = r"(?:US|A|C|NZ)?(?P<sign>[$£€¥₹₩₽₿])"
_AMOUNT = rf"(?P<amount>{_NUM})(?:\s?(?P<scale>thousand|million|billion|trillion|[kKmMbBtT]n?)(?![A-Za-z]))?"


@cache
def rules() -> list[Rule]:
    """Rules for everything written in figures, in the order they are to be tried."""
    names = "|".join(re.escape(u) for u in sorted(units(), key=lambda u: (-len(u), u)))
    measure = rf"(?P<amount>{_NUM})(?P<space>\s?)(?P<unit>{names})(?![\w²³]|/\w)"
    vulgar = rf"(\d*)([¼-¾⅐-⅞])(?:\s?(?P<unit>{names})(?![\w²³]|/\w))?"
    own = ((vulgar, _vulgar), (measure, _measure))
    return [(re.compile(pattern), handler) for pattern, handler in (*_EXACT, *own, *_LOOSE)]


_EXACT: tuple[tuple[str, Handler], ...] = (
    (
        r"(?:\+?\d{1,3}[-. ])?(?:\(\d{3}\)\s?|\d{3}[-. ])\d{3}[-. ]\d{4}(?![\d-])|\+\d{1,3}(?:[-. ]\d{2,4}){2,5}(?!\d)",
        _telephone,
    ),
    (r"\d{3}-\d{4}(?![\d-])", _telephone),
    (r"\d+(?:\.\d+){2,}(?!\d)", _dotted),
    (_SIGN + r"\s?" + _AMOUNT, _money),
    (_AMOUNT + r"\s?(?P<sign>[$£€¥₹₩₽₿]|(?:USD|EUR|GBP|JPY|CHF)(?!\w))", _money),
    (r"(\d)['′’](\d{1,2})(?:[\"″”])?(?!\w)", _feet),
    (r"['’]?(\d{1,3}0)['’]?s(?!\w)", _decade),
    (r"(\d[\d,]*)(?:st|nd|rd|th)(?!\w)", _ordinal),
    (r"(?:(\d+)\s)?(\d{1,3})/(\d{1,3})(?![/\d]|\.\d)", _fraction),
)
_LOOSE: tuple[tuple[str, Handler], ...] = (
    (r"(\d+)\s?[xX×]\s?(\d+)(?!\w)", lambda m: [*numerals.decimal(m[1]), "by", *numerals.decimal(m[2])]),
    (rf"(?P<amount>{_NUM})\s?(?P<over>[A-Za-zµμΩ°]+[²³]?)/(?P<under>[A-Za-zµμΩ°]+[²³]?)(?![\w/])", _compound_measure),
    (r"(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z\d]+", _codes),
    ("❤\ufe0f?", lambda m: ["love"] if word_before(m).lower() in ("i", "we", "you", "they") else None),
    (r"[-−–](?=\.?\d|[$£€¥])", _to),
    (r"[-−](?=\.?\d|[$£€¥])", _minus),
    (r":(?=\d)", _ratio),
    (_NUM, _plain),
)
