"""The pronouncing dictionary: CMUdict as a compact product, with own additions on top.

`words.gz` holds two blocks of lines: the sorted words, and for each its pronunciation, one character a symbol.
A *symbol* is an ARPAbet name with the stress digit on vowels, as CMUdict writes it ("AH0").
"""

import gzip
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from psi_ecs.components.phone import PHONES

SYMBOLS: tuple[str, ...] = tuple(p.name + digit for p in PHONES[1:] for digit in (("0", "1", "2") if p.vowel else ("",)))
"""Every phone of CMUdict, vowels with stress; index + 33 is its character in the product."""

_CODE = {s: chr(33 + i) for i, s in enumerate(SYMBOLS)}
_NAME = {c: s for s, c in _CODE.items()}


def encode(symbols: list[str]) -> str:
    """One character for each symbol. Raises KeyError for a name that is not in `SYMBOLS`."""
    return "".join(_CODE[s] for s in symbols)


def decode(code: str) -> list[str]:
    """The symbols of an encoded pronunciation."""
    return [_NAME[c] for c in code]


def asset(name: str) -> Traversable:
    """A file of assets/lexicon/."""
    return files("psi_ecs.assets") / "lexicon" / name


def table(name: str) -> list[list[str]]:
    """Rows of a tab-separated asset, without blank lines and `#` comments."""
    lines = asset(name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]


@cache
def signs(where: str) -> dict[str, list[str]]:
    """Sign -> its name in words, in a `text`, in an `address`, or as a Greek `letter`."""
    return {row[1]: row[2].split() for row in table("signs.tsv") if row[0] == where}


@cache
def entries() -> dict[str, str]:
    """Word in lower case -> encoded pronunciation."""
    words, codes = gzip.decompress(asset("words.gz").read_bytes()).decode("ascii").split("\n\n")
    found = dict(zip(words.split("\n"), codes.split("\n"), strict=True))
    found.update((word, encode(phones.split())) for word, phones in table("own.tsv"))
    return found


def lookup(word: str) -> list[str] | None:
    """Symbols of a word in lower case, or None when the dictionary does not hold it."""
    code = entries().get(word)
    return None if code is None else decode(code)
