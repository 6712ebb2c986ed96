"""Numbers as English words. Pure functions: digits in, lower-case words out."""

from .wordlist import listed

ONES = listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen",
    "eighteen nineteen",
)
TENS = listed(
    "zero ten twenty thirty forty fifty sixty seventy eighty ninety",
)
SCALES = (
    "",
    "thousand",
    "million",
    "billion",
    "trillion",
    "quadrillion",
    "quintillion",
    "sextillion",
    "septillion",
    "octillion",
)
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth", "twelve": "twelfth",
}  # fmt: skip
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}


def digits(text: str, zero: str = "zero") -> list[str]:
    """Digit by digit; other characters are skipped. `zero` is how 0 is said ("oh" in phone numbers and years)."""
    return [zero if c == "0" else ONES[int(c)] for c in text if c in "0123456789"]


def _below_hundred(n: int) -> list[str]:
    if n < 20:
        return [ONES[n]]
    return [TENS[n // 10]] + ([ONES[n % 10]] if n % 10 else [])


def _below_thousand(n: int) -> list[str]:
    if n < 100:
        return _below_hundred(n)
    return [ONES[n // 100], "hundred"] + (_below_hundred(n % 100) if n % 100 else [])


def cardinal(n: int) -> list[str]:
    """37 -> thirty seven. Numbers of more than 30 digits are read digit by digit."""
    if n < 0:
        return ["minus", *cardinal(-n)]
    if n >= 1000 ** len(SCALES):
        return digits(str(n)[:400])
    if n < 1000:
        return _below_thousand(n)
    words: list[str] = []
    for power in range(len(SCALES) - 1, -1, -1):
        group = n // 1000**power % 1000
        if group:
            words += _below_thousand(group) + ([SCALES[power]] if power else [])
    return words


def ordinal(n: int) -> list[str]:
    """21 -> twenty first."""
    *head, last = cardinal(n)
    if last in _ORDINALS:
        last = _ORDINALS[last]
    elif last.endswith("y"):
        last = last[:-1] + "ieth"
    else:
        last += "th"
    return [*head, last]


def decimal(text: str) -> list[str]:
    """`3.14` -> three point one four; commas between thousands are allowed; "007" digit by digit."""
    whole, _, part = text.replace(",", "").partition(".")
    if len(whole) > 30 or (len(whole) > 1 and whole[0] == "0"):
        words = digits(whole[:400])
    else:
        words = cardinal(int(whole)) if whole else []
    return words + (["point", *digits(part[:400])] if part else [])


def year(n: int) -> list[str]:
    """1984 -> nineteen eighty four; 1905 -> nineteen oh five; 2007 -> two thousand seven; 1900 -> nineteen hundred."""
    high, low = divmod(n, 100)
    if n < 1000 or n > 9999 or 2000 <= n < 2010 or n % 1000 == 0:
        return cardinal(n)
    if low == 0:
        return [*_below_hundred(high), "hundred"]
    return [*_below_hundred(high), *(["oh"] if low < 10 else []), *_below_hundred(low)]


def plural(words: list[str]) -> list[str]:
    """The last word made plural: nineteen nineties, two thirds, sixes."""
    *head, last = words
    if last.endswith("y"):
        last = last[:-1] + "ies"
    else:
        last += "es" if last.endswith(("x", "s", "ch", "sh")) else "s"
    return [*head, last]


def fraction(top: int, bottom: int) -> list[str]:
    """3, 4 -> three quarters; 1, 2 -> one half; 7, 100 -> seven hundredths."""
    name = {2: ["half"], 4: ["quarter"]}.get(bottom) or ordinal(bottom)
    if top != 1:
        name = ["halves"] if bottom == 2 else plural(name)
    return [*cardinal(top), *name]


def roman(text: str) -> int | None:
    """Value of a Roman numeral in capitals in its usual form (up to 3999), else None."""
    total = 0
    for c, following in zip(text, text[1:] + " ", strict=True):
        if c not in _ROMAN:
            return None
        total += -_ROMAN[c] if _ROMAN.get(following, 0) > _ROMAN[c] else _ROMAN[c]
    return total if 0 < total < 4000 and to_roman(total) == text else None


def to_roman(n: int) -> str:
    """Roman numeral of 1 to 3999."""
    steps = zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        listed(
            "M CM D CD C XC L XL X IX V IV I",
        ),
        strict=True,
    )
    text = ""
    for value, name in steps:
        text += name * (n // value)
        n %= value
    return text
