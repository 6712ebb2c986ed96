"""From characters to the words that are said, each with the place in the source it stands for.

Rules are tried in order at each place of a sentence; a rule gives the spoken words of the stretch it matched, or None to
let the next rule try. What no rule can say is dropped and noted.
"""

import re
import unicodedata
from functools import cache, lru_cache

from . import dates, names, quantities
from .lexicon import signs
from .pieces import Match, Piece, Rule, Spoken, before
from .pronounce import pronounce
from .token import Token

_SOFT = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_QUICK = re.compile(r"[a-z]+(?=[ ,;!?\n]|$)")
_WORD = re.compile(rf"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f{_SOFT}])*(?:['’][^\W\d_]+)*")
_CLIPPED = re.compile(r"['’](?:em|til|tis|twas|cause|bout|n|round|cept)(?![\w])", re.IGNORECASE)
_EMOJI = re.compile(
    r"[\U0001F000-\U0001FAFF\u2600-\u27BF\u2B00-\u2BFF\uFE0E\uFE0F\u20E3\U000E0020-\U000E007F\u2190-\u21FF"
    r"\u2300-\u23FF\u25A0-\u25FF]"
)
_MARKS = '.,;:!?…—–()[]"“”。！？、，；：'
_SAME = str.maketrans("。！？、，；：", ".!?,,;:")


def _symbol(m: Match) -> Spoken | None:
    return list(signs("text")[m.group()])


_OPERATORS = {
    "*": "times",
    "<": "less than",
    ">": "greater than",
    "^": "to the power of",
    "<=": "less than or equal to",
    ">=": "greater than or equal to",
    "!=": "not equal to",
    "==": "equals",
}


def _operator(m: Match) -> Spoken | None:
    """Signs that are spoken between numbers or single names only; a slash also between words."""
    left, right = before(m), m.string[m.end() : m.endpos]
    sign = m.group()
    if sign == "/":
        return ["slash"] if left[-1:].isalnum() and right[:1].isalnum() else None
    return list(_OPERATORS[sign].split()) if left.rstrip()[-1:].isalnum() and right.lstrip()[:1].isalnum() else None


def _greek(m: Match) -> Spoken | None:
    name = signs("letter").get(m.group().lower())
    return None if name is None else list(name)


def _about(m: Match) -> Spoken | None:
    return ["about"]


@cache
def rules() -> list[Rule]:
    """All rules in the order they are tried."""
    last: list[Rule] = [
        (_CLIPPED, lambda m: [m.group()]),
        (re.compile(r"[α-ωΑ-Ω](?![^\W\d_])"), _greek),
        (_WORD, lambda m: [m.group()] if pronounce(m.group()) else None),
        (re.compile(r"[<>!=]=|[*/^<>]"), _operator),
        (re.compile("[" + "".join(map(re.escape, signs("text"))) + "]"), _symbol),
        (re.compile(r"~(?=\s?\d)"), _about),
    ]
    return [*names.RULES, *dates.RULES, *quantities.rules(), *last]


@lru_cache(maxsize=4096)
def _folded(c: str) -> str:
    """A character in the form the rules know: full-width and other decimal figures to ASCII, unusual spaces to a space."""
    if c.isdecimal():
        return str(unicodedata.decimal(c))
    plain = c if unicodedata.category(c) == "No" else unicodedata.normalize("NFKC", c)
    if len(plain) == 1 and plain.isascii():
        return " " if plain.isspace() and c not in "\n" else plain
    return c


def fold(text: str) -> str:
    """The text with every character in the form the rules know; never changes its length."""
    return text if text.isascii() else "".join(map(_folded, text))


def _describe(run: str) -> str:
    """What a dropped run of characters is, for a note."""
    c = run[0]
    shown = run if len(run) <= 24 else run[:24] + "…"
    if unicodedata.category(c).startswith("C"):
        return f"control character U+{ord(c):04X} is dropped"
    script = unicodedata.name(c, "UNKNOWN").split()[0].capitalize()
    return f"{shown!r} ({script} script) cannot be spoken in English and is dropped; use [espeak] for other languages"


class _Scanner:
    """One pass over a sentence."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text, self.at, self.end = text, start, end
        self.found: list[Token] = []
        self.notes: list[str] = []

    def run(self) -> None:
        """Fill `found` and `notes`."""
        abbreviations = names.abbreviations()
        while self.at < self.end:
            c = self.text[self.at]
            if c in " \n\t":
                self.at += 1
                continue
            quick = _QUICK.match(self.text, self.at, self.end)
            if quick and quick.group() not in abbreviations:
                self._take(quick, [quick.group()])
            elif not self._rule():
                self._punctuation(c)

    def _take(self, m: Match, words: Spoken) -> None:
        for word in words:
            piece = word if isinstance(word, Piece) else Piece(word)
            spelled = piece.symbols is not None
            self.found.append(Token(piece.text, m.start(), m.end(), piece.mark, spelled=spelled, symbols=piece.symbols))
        self.at = m.end()

    def _rule(self) -> bool:
        for pattern, handler in rules():
            m = pattern.match(self.text, self.at, self.end)
            if m and m.end() > self.at and (words := handler(m)) is not None:
                self._take(m, words)
                return True
        return False

    def _punctuation(self, c: str) -> None:
        """One character that no rule takes: a mark on the word before, or nothing."""
        if c in _MARKS:
            if self.found:
                self.found[-1].mark += c.translate(_SAME)
        elif c in "-" and (self.text[self.at - 1 : self.at].isspace() or self.text[self.at + 1 : self.at + 2] == "-"):
            if self.found:
                self.found[-1].mark += "—"
        elif c.isalpha() or (
            unicodedata.category(c) in ("Cc", "Lm", "Lo", "Mn", "Co", "Cs", "Cn")
            and c not in "\r\f\v\x1f"
            and not _EMOJI.match(c)
        ):
            self._drop()
            return
        self.at += 1

    def _drop(self) -> None:
        """Skip a run of characters of another script, or a control character."""
        start = self.at
        self.at += 1
        while (
            self.at < self.end
            and self.text[start].isalpha()
            and self.text[self.at].isalpha()
            and not self.text[self.at].isascii()
        ):
            self.at += 1
        self.notes.append(_describe(self.text[start : self.at]))


def tokens(text: str, start: int, end: int) -> tuple[list[Token], list[str]]:
    """Tokens of text[start:end], and notes on what was dropped; offsets index `text`, which `fold` has been over."""
    scanner = _Scanner(text, start, end)
    scanner.run()
    return scanner.found, list(dict.fromkeys(scanner.notes))
