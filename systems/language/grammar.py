"""The edge to `wetext`, whose grammar knows units and signs that our own rules lack. Imported on first use."""

from functools import cache, lru_cache
from typing import Protocol


class _Normalizer(Protocol):
    def normalize(self, text: str) -> object: ...


@cache
def _normalizer() -> _Normalizer:
    """The grammar, about a second to build."""
    from wetext import Normalizer

    made: _Normalizer = Normalizer(lang="en", operator="tn")
    return made


@lru_cache(maxsize=1024)
def normalise(text: str) -> tuple[str, ...] | None:
    """The spoken words of a short expression ("5 W/m²"), or None when the grammar leaves signs or figures in it."""
    try:
        said = str(_normalizer().normalize(text))
    except AssertionError:  # wetext's way of saying that its grammar does not cover the text
        return None
    words = said.split()
    return tuple(words) if words and all(w.isascii() and w.isalpha() for w in words) else None


def warm() -> None:
    """Build the grammar now."""
    _normalizer()
