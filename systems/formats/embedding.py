"""What words and texts mean, as vectors: a table of 50 000 English words that comes along.

`assets/concepts/words.npz` is made by `tools/concepts/words.py`, which names its sources. The vector of a text is the mean of
its words', each by a / (a + p) with p how often the word comes (Arora, Liang & Ma 2017), function words left out.
"""

import re
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from psi_ecs import AssetError
from psi_ecs.asset import package_folder

F32 = NDArray[np.float32]

SIZE = 50
RARE = 100.0
"""Rank at which a word counts half: a = 1e-3 in the source, and p of the word of rank r is about 0.1 / r (Zipf)."""
KINDS = (
    "", "", "", "top", "act", "animal", "artifact", "attribute", "body", "cognition", "communication", "event", "feeling",
    "food", "group", "location", "motive", "object", "person", "phenomenon", "plant", "possession", "process", "quantity",
    "relation", "shape", "state", "substance", "time",
)  # fmt: skip
"""WordNet's kinds of nouns by number, lexnames(5WN)."""
WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*")


class Table(NamedTuple):
    """The words, most frequent first. n of them."""

    rank: dict[str, int]
    vectors: F32
    """f32[n, SIZE], unit length."""
    kind: list[int]
    """Index into KINDS of what can be a noun, below 0 if it is mainly something else; 0 for what cannot."""
    singular: dict[int, int]
    """Plural to singular."""
    words: list[str]


@cache
def table() -> Table:
    """The table, read at its first use (0.1 s). AssetError if it is missing or damaged."""
    path = package_folder("assets") / "concepts" / "words.npz"
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays: dict[str, NDArray[Any]] = {name: file[name] for name in file.files}
        words = arrays["words"].tobytes().decode().split("\n")
        vectors = arrays["vectors"].astype(np.float32)
        singular = dict(zip(arrays["plural"].tolist(), arrays["singular"].tolist(), strict=True))
        kind = arrays["kind"].tolist()
    except (OSError, ValueError, KeyError) as why:
        raise AssetError(f"{path}: cannot be read ({why}); install psi-ecs again") from why
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors.flags.writeable = False
    return Table({word: i for i, word in enumerate(words)}, vectors, kind, singular, words)


@cache
def function_words() -> frozenset[str]:
    """Words that say how other words go together, from assets/lexicon/function.tsv, and the commonest that say as little."""
    rows = (package_folder("assets") / "lexicon" / "function.tsv").read_text(encoding="utf-8").splitlines()
    more = "this these those here what how why not no yes so too very just also more most such then now oh well okay really"
    return frozenset(" ".join([*(row for row in rows if not row.startswith("#")), more]).split())


def listed(*lines: str) -> frozenset[str]:
    """The words of some lines."""
    return frozenset(" ".join(lines).split())


@lru_cache(maxsize=8192)
def plain(word: str) -> str:
    """A word in small letters without marks around it, nor an 's after it."""
    found = WORD.search(word.lower().replace("’", "'"))
    return found[0].removesuffix("'s") if found else ""


def vector(word: str) -> F32 | None:
    """f32[SIZE] of unit length, read-only; None for a word that is not in the table."""
    known = table()
    i = known.rank.get(plain(word))
    return None if i is None else known.vectors[i]


@lru_cache(maxsize=8192)
def kind(word: str, mainly: bool = True) -> str:
    """What kind of thing a word names, one of KINDS, if it is mainly a noun, or else if it can be one; "" for function words
    and what is not in the table."""
    known, word = table(), plain(word)
    number = known.kind[known.rank[word]] if word in known.rank and word not in function_words() else 0
    return KINDS[abs(number)] if number > 0 or not mainly else ""


@lru_cache(maxsize=8192)
def singular(word: str) -> str:
    """The singular of a plural, in small letters; any other word as it is."""
    known, word = table(), plain(word)
    i = known.rank.get(word)
    return known.words[known.singular[i]] if i in known.singular else word


@lru_cache(maxsize=4096)
def embed(text: str) -> F32:
    """The meaning of a text, f32[SIZE] of unit length, read-only; zeros if no word of it is in the table."""
    known, common = table(), function_words()
    total = np.zeros(SIZE, np.float32)
    for match in WORD.finditer(text.lower().replace("’", "'")):
        word = match[0]
        i = known.rank.get(word, known.rank.get(word.removesuffix("'s")))
        if i is not None and word not in common:
            total += known.vectors[i] * np.float32(i / (i + RARE))
    length = float(np.linalg.norm(total))
    total /= length or 1.0
    total.flags.writeable = False
    return total
