"""Durations: what lengthens and what shortens, in one word against another that differs in nothing else."""

import pytest

from psi_ecs.components.phone import PHONE, PHONES
from psi_ecs.components.text import Prosody


def test_a_phrase_ends_slowly(ear) -> None:
    """Phrase-final lengthening: the last rhyme, and nothing before it (Klatt 1976)."""
    inside, final = ear.sentence("M IY T", "D AA G Z"), ear.sentence("D AA G Z", "M IY T")
    assert ear.seconds(final, "IY") > 1.1 * ear.seconds(inside, "IY")
    assert ear.seconds(final, "T") > 1.05 * ear.seconds(inside, "T")
    assert ear.seconds(final, "M") == pytest.approx(ear.seconds(inside, "M"), abs=1e-4)
    comma = ear.sentence(ear.word("M IY T", break_after=3), "D AA G Z")
    assert ear.seconds(comma, "IY") > 1.1 * ear.seconds(inside, "IY")


@pytest.mark.parametrize(("unvoiced", "voiced"), [("T", "D"), ("S", "Z"), ("P", "B"), ("K", "G"), ("F", "V"), ("CH", "JH")])
def test_vowels_are_longer_before_voiced_consonants(ear, unvoiced: str, voiced: str) -> None:
    for rest in ((), ("AA N",)):  # at the phrase's end and, less, inside it
        short = ear.seconds(ear.sentence(f"B IY {unvoiced}", *rest), "IY")
        long = ear.seconds(ear.sentence(f"B IY {voiced}", *rest), "IY")
        assert long > (1.15 if rest else 1.3) * short


def test_more_syllables_are_shorter_ones(ear) -> None:
    said = [ear.sentence(p, "N AW") for p in ("S P IY D", "S P IY D IY", "S P IY D AH L IY")]
    first, second, third = (ear.seconds(s, "IY") for s in said)
    assert first > second > third


def test_stress_lengthens(ear) -> None:
    strong, weak = (ear.sentence(ear.word("B EY B EY B EY", stressed=k), "N AW") for k in (1, 0))
    assert ear.seconds(strong, "EY", 1) > 1.15 * ear.seconds(weak, "EY", 1)


def test_emphasis_lengthens_and_function_words_are_short(ear) -> None:
    weak, plain, strong = (ear.seconds(ear.sentence(ear.word("B IY", accent=a), "N AW"), "IY") for a in (0.2, 1.0, 2.0))
    assert weak < 0.95 * plain < plain < 0.9 * strong


def test_consonants_crowd(ear) -> None:
    alone = ear.seconds(ear.sentence("S IY", "N AW"), "S")
    two = ear.seconds(ear.sentence("S T IY", "N AW"), "S")
    assert two < 0.9 * alone
    inner = ear.seconds(ear.sentence("AA S T R IY", "N AW"), "T")
    assert inner < ear.seconds(ear.sentence("AA T IY", "N AW"), "T")


@pytest.mark.parametrize("name", [p.name for p in PHONES if p.name != "SIL"])
def test_nothing_is_shorter_than_its_least(ear, voice, name: str) -> None:
    """However many rules shorten it; a weak vowel may go to 0.6 of it."""
    long = f"S P AH {name} T AH N AH L AH T IY" if PHONE[name].vowel else f"AH S {name} T AH N AH L AH T IY"
    said = ear.sentence(ear.word(long, accent=0.2, stressed=5), "N AW")
    least = voice.table.phone[name].ms[1] * (0.6 if PHONE[name].vowel else 1.0)
    assert 1000.0 * ear.seconds(said, name) >= least - 0.1


def test_rate_divides_everything(ear) -> None:
    once, twice = (ear.plan(ear.birds(prosody=Prosody(rate=r))) for r in (1.0, 2.0))
    spoken = [int(s.end[-2] - s.start[1]) for s in (once, twice)]
    assert spoken[0] == pytest.approx(2 * spoken[1], rel=0.01)


def test_running_speech_is_neither_hasty_nor_slow(ear) -> None:
    """Nine syllables at 3.5 to 6 a second (Tauroza & Allison 1990: 5.2 in conversation, less when read)."""
    score = ear.plan(ear.birds())
    rate = 9 / (float(score.end[-2] - score.start[1]) / 24_000.0)
    assert 3.5 < rate < 6.0


def test_pauses(ear) -> None:
    def silence(break_after: int, pause: float | None) -> float:
        score = ear.plan(ear.sentence(ear.word("B IY", break_after=break_after, pause=pause), "N AW"))
        gaps = [i for i, n in enumerate(ear.names(score)) if n == "SIL"][1:-1]
        return sum(float(score.end[i] - score.start[i]) for i in gaps) / 24_000.0

    assert silence(1, None) == 0.0
    assert 0.1 < silence(3, None) < 0.3
    assert silence(1, 0.7) == pytest.approx(0.7, abs=1e-3)
    assert silence(3, 0.0) == 0.0


def test_the_last_sentence_of_a_turn_rings_out(ear) -> None:
    assert ear.plan(ear.birds(), last=True).length > ear.plan(ear.birds(), last=False).length
