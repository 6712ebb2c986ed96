"""Weak forms, accents, breaks and the type of a sentence."""

import pytest

from psi_ecs.components.text import Word
from psi_ecs.systems.language import analyse


def words(text: str) -> list[Word]:
    return analyse(text).sentences[0].words


def test_the_changes_before_a_vowel() -> None:
    assert words("the cat")[0].phones == ["DH", "AH"]
    assert words("the apple")[0].phones == ["DH", "IY"]
    assert words("to eat")[0].phones == ["T", "UW"]
    assert words("to go")[0].phones == ["T", "AH"]


def test_function_words_are_weak_inside_a_phrase_and_strong_at_its_end() -> None:
    assert words("a cup of tea")[2].phones == ["AH", "V"]
    assert words("What is it for?")[-1].phones == ["F", "AO", "R"]


def test_content_words_are_accented_and_repeated_ones_less() -> None:
    found = words("A dog met a dog.")
    assert [w.accent for w in found] == [0.0, 1.0, 1.0, 0.0, 0.6]


def test_breaks_follow_punctuation() -> None:
    found = words("Well, I came (late) and left; then I slept.")
    assert {w.text: w.break_after for w in found if w.break_after >= 3} == {
        "Well": 3,
        "came": 3,
        "late": 3,
        "left": 3,
        "slept": 4,
    }


def test_a_long_phrase_is_broken_before_a_preposition() -> None:
    found = words("One two three four five six seven eight nine ten red dogs in the big old house")
    assert [w.text for w in found if w.break_after == 3] == ["dogs"]


def test_a_long_phrase_is_broken_before_a_conjunction() -> None:
    found = words("The tired old man from the village walked home because the last train had already left")
    assert found[8].text == "home" and found[8].break_after == 3


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("It rains.", "statement"),
        ("Where is it?", "wh-question"),
        ("Is it here?", "yes-no-question"),
        ("Do you know where it is?", "yes-no-question"),
        ("And what is that?", "wh-question"),
        ("Go!", "exclamation"),
        ("Because of this,", "continuation"),
    ],
)
def test_type_of_sentence(text: str, kind: str) -> None:
    assert analyse(text).sentences[0].kind == kind
