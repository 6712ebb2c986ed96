"""Phones, stress and syllables."""

import re
import zlib

import pytest

from psi_ecs.components.phone import PHONE
from psi_ecs.systems.language import analyse, lexicon
from psi_ecs.systems.language.letters import sound_out
from psi_ecs.systems.language.pronounce import pronounce
from psi_ecs.systems.language.syllable import syllables
from psi_ecs.tools.lexicon import errors, parse


@pytest.mark.parametrize(
    ("word", "symbols"),
    [
        ("hello", "HH AH0 L OW1"),
        ("blog's", "B L AO1 G Z"),
        ("podcasts", "P AA1 D K AE2 S T S"),
        ("selfie's", "S EH1 L F IY0 Z"),
        ("googled", "G UW1 G AH0 L D"),
        ("hashtagging", "HH AE1 SH T AE2 G IH0 NG"),
        ("blogger", "B L AO1 G ER0"),
        ("unfriendliness", "AH0 N F R EH1 N D L IY0 N AH0 S"),
        ("smartwatch", "S M AA1 R T W AA2 CH"),
        ("café", "K AH0 F EY1"),
        ("boys'", "B OY1 Z"),
        ("sooo", "S OW1"),
        ("desirably", "D IH0 Z AY1 R AH0 B L IY0"),
        ("frothily", "F R AO1 TH AH0 L IY0"),
        ("heyyy", "HH EY1"),
        ("psst", "P S T"),
        ("accredit", "AH0 K R EH1 D AH0 T"),
        ("vxz", "V IY2 EH2 K S Z IY1"),
    ],
)
def test_words_outside_the_dictionary_are_built_from_their_parts(word: str, symbols: str) -> None:
    assert list(pronounce(word)) == symbols.split()


def test_letter_to_sound_gives_legal_words_with_one_primary_stress() -> None:
    for word in ("zyrqon", "flibbertine", "kowalczykova", "snorflax", "mabelode", "quizzaciously"):
        symbols = sound_out(word)
        assert all(s in lexicon.SYMBOLS for s in symbols)
        assert sum(s.endswith("1") for s in symbols) == 1


def test_letter_to_sound_knows_most_of_what_it_was_trained_on() -> None:
    words = [w for w in lexicon.entries() if re.fullmatch("[a-z]{3,}", w) and zlib.crc32(w.encode()) % 700 == 0]
    wrong = sum(errors(lexicon.lookup(w) or [], list(sound_out(w))) for w in words)
    assert len(words) > 100
    assert wrong / sum(len(lexicon.lookup(w) or []) for w in words) < 0.08


def test_every_symbol_of_the_dictionary_is_in_the_inventory() -> None:
    used = set("".join(lexicon.entries().values()))
    assert {lexicon.decode(c)[0].rstrip("012") for c in used} <= set(PHONE)
    assert len(lexicon.entries()) > 120_000


def test_words_of_several_syllables_have_a_primary_stress() -> None:
    voiceless = {w for w in lexicon.entries() if w.isalpha() and not any(s[-1].isdigit() for s in pronounce(w))}
    assert voiceless == {"fs", "hmmm", "pfft", "psst", "sh", "shh", "ths", "zzz"}
    for word in list(lexicon.entries())[::50]:
        vowels = [s for s in pronounce(word) if s[-1].isdigit()]
        assert len(vowels) < 2 or any(s.endswith("1") for s in vowels), word


def test_the_builder_reads_the_first_pronunciation_and_skips_comments() -> None:
    text = "read R EH1 D\nread(2) R IY1 D\naalen AE1 L AH0 N # place, german\n"
    assert parse(text) == [("aalen", ["AE1", "L", "AH0", "N"]), ("read", ["R", "EH1", "D"])]


@pytest.mark.parametrize(
    ("phones", "index"),
    [
        ("K AE T", [0, 0, 0]),
        ("AE S T R AH", [0, 1, 1, 1, 1]),
        ("AE T L AH S", [0, 0, 1, 1, 1]),
        ("S IH NG ER", [0, 0, 0, 1]),
        ("IH K S T R AO R D AH N EH R IY", [0, 0, 1, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4]),
        ("S", [0]),
    ],
)
def test_onsets_are_maximal(phones: str, index: list[int]) -> None:
    assert syllables(phones.split()) == index


def test_each_syllable_has_one_vowel() -> None:
    for text in ("Extraordinary international communication.", "Rhythm and squirrels, strengths!"):
        for word in (w for s in analyse(text).sentences for w in s.words):
            for n in range(word.syllable[-1] + 1):
                inside = [p for p, s in zip(word.phones, word.syllable, strict=True) if s == n]
                assert sum(PHONE[p].vowel for p in inside) == 1, (word.text, inside)
            assert all(st == 0 or PHONE[p].vowel for p, st in zip(word.phones, word.stress, strict=True))
