"""Meanings of words and texts."""

import numpy as np
import pytest

from psi_ecs.systems.formats.embedding import KINDS, SIZE, embed, kind, plain, singular, table, vector


def test_the_table() -> None:
    """50 000 words of unit length, and plurals that point at other words."""
    known = table()
    assert known.vectors.shape == (50_000, SIZE) and len(known.rank) == 50_000 == len(known.words)
    assert np.allclose(np.linalg.norm(known.vectors, axis=1), 1.0, atol=1e-5)
    assert all(a != b for a, b in known.singular.items()) and len(known.singular) > 3000
    assert {abs(k) for k in known.kind if k} == set(range(3, len(KINDS))) and min(known.kind) < 0


def test_like_means_near() -> None:
    """Each text is nearer to the one of its subject than to the other's."""
    pairs = [
        ("a dog in the park", "my cat sleeps in the garden", "interest rates of the central bank"),
        ("the violin concerto", "an orchestra played a symphony", "a bowl of tomato soup"),
        ("the train is late", "buses and trams", "the king and his daughter"),
    ]
    for text, like, other in pairs:
        assert embed(text) @ embed(like) > embed(text) @ embed(other) + 0.15


def test_texts_are_means_without_function_words() -> None:
    """Case, marks, order and function words do not matter; a text without known words is nothing; length is 1."""
    assert np.allclose(embed("The dog, and the CAT!"), embed("cat dog"), atol=1e-6)
    assert np.linalg.norm(embed("a dog")) == pytest.approx(1.0, abs=1e-5)
    for text in ("", "the of and", "qwrtzpfgh", "１２ — 😀"):
        assert not embed(text).any()
    assert not embed("dog").flags.writeable and vector("qwrtzpfgh") is None


@pytest.mark.parametrize(
    ("word", "base"),
    [("Cities,", "city"), ("mice", "mouse"), ("children", "child"), ("dog's", "dog"), ("glass", "glass"), ("news", "news")],
)
def test_plurals(word: str, base: str) -> None:
    assert singular(word) == base


@pytest.mark.parametrize(
    ("word", "what"),
    [("dog", "animal"), ("Paris", "location"), ("soup", "food"), ("teacher", "person"), ("idea", "cognition"), ("quickly", ""),
     ("qwrtzpfgh", "")],
)  # fmt: skip
def test_kinds(word: str, what: str) -> None:
    assert kind(word) == what


def test_plain() -> None:
    assert [plain(w) for w in ("Don't!", "«Anna’s»", "well-known", "—", "3rd")] == ["don't", "anna", "well-known", "", "rd"]
