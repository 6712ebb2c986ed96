"""Scores: their times, that nothing gets lost, and what the tract and the mouth are told."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from psi_ecs.components.phone import PHONE, PHONES
from psi_ecs.components.score import ARTICULATORS, SOURCE
from psi_ecs.components.text import Mark, Prosody
from psi_ecs.components.voice import BLOCK
from psi_ecs.systems.language import analyse
from psi_ecs.systems.voice.gesture import Gestures

F64 = NDArray[np.float64]
TEXTS = (
    "Hello there.",
    "Is it, in fact, half past nine?",
    "Wow! The strengths of twelfths, she asked, were changed.",
    "I.",
    "Well... no; the judge's beige garage, though, measured 250 square feet on March 3rd.",
)


def sentences() -> list:
    return [s for text in TEXTS for s in analyse(text).sentences]


@pytest.mark.parametrize("said", sentences(), ids=lambda s: s.words[0].text)
def test_a_score_is_whole(ear, said) -> None:
    score = ear.plan(said)
    names = ear.names(score)
    assert [n for n in names if n != "SIL"] == [p for w in said.words for p in w.phones]  # every phone, in order
    assert score.start[0] == 0 and names[0] == "SIL" and names[-1] == "SIL"
    np.testing.assert_array_equal(score.start[1:], score.end[:-1])  # contiguous
    assert np.all(score.end - score.start > 100)  # nothing shorter than 4 ms
    assert score.end[-1] == score.length and score.length % BLOCK == 0
    assert score.knot[0] == 0 and np.all(np.diff(score.knot) > 0) and score.knot[-1] < score.length
    assert score.target.shape == score.rate.shape == (len(score.knot), len(score.channels))
    assert np.all(score.rate > 0.0) and np.isfinite(score.target).all()
    assert np.all((score.knot_phone >= 0) & (score.knot_phone < len(names)))
    low, high = (np.array([getattr(c, side) for c in score.channels]) for side in ("low", "high"))
    assert np.all((score.target >= low) & (score.target <= high))
    assert score.channels[: len(SOURCE)] == SOURCE and score.channels[-len(ARTICULATORS) :] == ARTICULATORS
    assert len(score.words) == len(said.words)
    for w, (span, word) in enumerate(zip(score.words, said.words, strict=True)):
        own = np.flatnonzero(score.word == w)
        assert (span.start, span.end) == (score.start[own[0]], score.end[own[-1]])
        assert span.text.startswith(word.text) and (span.char_start, span.char_end) == (word.start, word.end)
    assert np.all(np.diff([s.start for s in score.words]) > 0)
    silent = np.array([n == "SIL" for n in names])
    assert np.all(score.syllable[silent] == -1) and np.all(np.diff(score.syllable[~silent]) >= 0)


def test_planning_is_a_pure_function(ear) -> None:
    first, again = ear.plan(ear.birds()), ear.plan(ear.birds())
    for name in ("start", "knot", "target", "rate", "phone"):
        assert getattr(first, name).tobytes() == getattr(again, name).tobytes()


def test_marks_lie_where_their_words_begin(ear) -> None:
    said = ear.birds()
    said.marks = [Mark("a", 0), Mark("b", 3), Mark("end", len(said.words))]
    score = ear.plan(said)
    assert score.marks == [("a", score.words[0].start), ("b", score.words[3].start), ("end", score.words[-1].end)]


NAMES = [p.name for p in PHONES if p.name != "SIL"]


@settings(max_examples=25)
@given(st.lists(st.lists(st.sampled_from(NAMES), min_size=1, max_size=7), min_size=1, max_size=5), st.floats(0.3, 3.5))
def test_any_phones_at_any_speed_make_a_score(ear, words: list[list[str]], rate: float) -> None:
    """Even words without a vowel, and clusters that no language has."""
    said = ear.sentence(*(ear.word(" ".join(w), prosody=Prosody(rate=rate)) for w in words))
    score, path = ear.path(said)
    assert [n for n in ear.names(score) if n != "SIL"] == [p for w in words for p in w]
    assert np.all(np.diff(score.start) > 0) and np.all(np.diff(score.knot) > 0)
    assert all(np.isfinite(v).all() for v in path.values())


def at(ear, phones: str, name: str, channel: str, share: float = 0.5) -> float:
    """A channel's value at a share of a phone's time."""
    score, path = ear.path(ear.sentence(phones))
    i = ear.names(score).index(name)
    return float(path[channel][round((score.start[i] + share * (score.end[i] - score.start[i])) / 100)])


@pytest.mark.parametrize("name", ["IY", "AE", "AA", "AO", "UW", "EH", "ER"])
def test_vowels_reach_their_targets(ear, voice, name: str) -> None:
    """In an ordinary stressed syllable, by its middle: within 8 %."""
    asked = voice.table.phone[name].formants[-1]
    for k in range(3):
        assert at(ear, f"HH {name} D", name, f"f{k + 1}", 0.65) == pytest.approx(asked[k], rel=0.08)


def test_diphthongs_travel(ear) -> None:
    assert at(ear, "B AY", "AY", "f2", 0.9) > at(ear, "B AY", "AY", "f2", 0.25) + 500.0
    assert at(ear, "B AW", "AW", "f2", 0.9) < at(ear, "B AW", "AW", "f2", 0.25) - 300.0
    assert at(ear, "B OY", "OY", "f2", 0.9) > at(ear, "B OY", "OY", "f2", 0.25) + 800.0


def test_place_of_articulation_is_in_the_transitions(ear) -> None:
    """F2 at a stop's release: low for lips, by the ridge in between, high for a front velar; F1 low in every closure."""
    f2 = {s: at(ear, f"{s} EH", s, "f2", 0.9) for s in ("B", "D", "G")}
    assert f2["B"] < f2["D"] < f2["G"]
    assert all(at(ear, f"AH {s} AA", s, "f1", 0.5) < 380.0 for s in ("B", "D", "G", "P", "T", "K", "M", "N"))


def test_coarticulation_goes_both_ways(ear) -> None:
    """The same /k/ before /i/ and before /u/ is made elsewhere, and /h/ has the shape of what follows."""
    assert at(ear, "K IY", "K", "f2", 0.8) > at(ear, "K UW", "K", "f2", 0.8) + 500.0
    assert at(ear, "HH IY", "HH", "f2", 0.8) > at(ear, "HH UW", "HH", "f2", 0.8) + 500.0


def test_voicing(ear) -> None:
    for name in NAMES:
        context = f"B {name} D" if PHONE[name].vowel else f"AA {name} AA"
        if PHONE[name].vowel:
            assert at(ear, context, name, "voicing", 0.7) > 0.7
        elif PHONE[name].voiced:
            assert at(ear, context, name, "voicing", 0.45) > 0.15
        else:
            assert at(ear, context, name, "voicing", 0.45) < 0.1


def test_nasals_open_the_velum_and_move_the_zero(ear) -> None:
    for name in ("M", "N", "NG"):
        assert at(ear, f"AA {name} AA", name, "velum") > 0.8
        assert at(ear, f"AA {name} AA", name, "nasal_zero", 0.7) > 310.0
        assert at(ear, f"AA {name} AA", name, "side_zero") != pytest.approx(at(ear, f"AA {name} AA", name, "side_pole"), abs=20)
    assert at(ear, "AA D AA", "D", "velum") < 0.1
    assert at(ear, "AA D AA", "D", "nasal_zero") == pytest.approx(280.0, abs=5.0)


def test_lips_shut_for_bilabials_and_tuck_for_labiodentals(ear) -> None:
    for name in ("P", "B", "M"):
        assert at(ear, f"AA {name} AA", name, "lips") < 0.0
        assert at(ear, f"AA {name} AA", name, "tuck") < 0.3
    for name in ("F", "V"):
        assert at(ear, f"AA {name} AA", name, "tuck") > 0.8
    for name in ("T", "K", "S", "L"):
        assert at(ear, f"AA {name} AA", name, "lips") > 2.0


def test_the_jaw_is_low_in_open_vowels_and_lips_are_round_in_round_ones(ear) -> None:
    assert at(ear, "B AA", "AA", "jaw", 0.7) > at(ear, "B EH", "EH", "jaw", 0.7) > at(ear, "B IY", "IY", "jaw", 0.7)
    assert at(ear, "B UW", "UW", "rounding", 0.7) > 0.7
    assert at(ear, "B IY", "IY", "rounding", 0.7) < 0.1
    assert at(ear, "B IY", "IY", "spread", 0.7) > 0.5


def test_the_later_of_two_requests_for_one_moment_wins(voice) -> None:
    out = Gestures(SOURCE)
    out.add(0.1, 1, 50.0, pitch=90.0)
    out.add(0.1, 2, 60.0, pitch=91.0, voicing=1.0)
    out.add(-5.0, 0, 70.0, pitch=80.0)  # before the score: at its start
    sample, owner, target, rate = out.knots()
    assert sample.tolist() == [0, 2400] and owner[1] == 2
    np.testing.assert_allclose(target[:, 0], [80.0, 91.0])
    np.testing.assert_allclose(rate[:, 0], [70.0, 60.0])
    np.testing.assert_allclose(target[:, 1], [0.0, 1.0])
    out.add(0.2, 3, 50.0, pitch=9999.0)
    assert out.knots()[2][-1, 0] == SOURCE[0].high  # held in its range
