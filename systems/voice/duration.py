"""How long phones last: the rules of Klatt (1976; 1979, as in MITalk).

Duration = K (inherent - minimum) + minimum, where K is a product of factors, one for each rule that applies.
"""

from collections.abc import Sequence

from psi_ecs.components.phone import PHONE, Manner
from psi_ecs.components.text import Sentence, Word

from .asset import FormantTable

SPEED = 1.0
"""Factor on all durations, so that running speech comes at 4 to 5 syllables a second."""

_POSTVOCALIC = {
    Manner.STOP: (0.75, 1.2),
    Manner.FRICATIVE: (0.85, 1.35),
    Manner.AFFRICATE: (0.75, 1.2),
    Manner.NASAL: (1.0, 0.95),
}
"""Vowel before an unvoiced and a voiced consonant of its own word (rule 9; shares rather less than Klatt's for
connected speech)."""


def _in_cluster(names: Sequence[str], i: int) -> float:
    """Rule 10: consonants beside consonants shorten."""
    if PHONE[names[i]].vowel:
        return 1.0
    before = i > 0 and not PHONE[names[i - 1]].vowel
    after = i + 1 < len(names) and not PHONE[names[i + 1]].vowel
    return 0.6 if before and after else 0.75 if before or after else 1.0


def _vowel_context(names: Sequence[str], i: int, final: bool) -> float:
    """Rule 9: postvocalic voicing, full strength only before a boundary."""
    if i + 1 >= len(names):
        return 1.15 if final else 1.0
    following = PHONE[names[i + 1]]
    unvoiced, voiced = _POSTVOCALIC.get(following.manner, (1.0, 1.0))
    factor = voiced if following.voiced else unvoiced
    return factor if final else 1.0 + 0.6 * (factor - 1.0)


def _factor(word: Word, i: int, syllables: int, phrase_final: bool, utterance_final: bool) -> float:
    """Product of the rules for phone i of a word."""
    names = word.phones
    phone, own = PHONE[names[i]], word.syllable[i]
    stressed = max((word.stress[j] for j in range(len(names)) if word.syllable[j] == own), default=0)
    last = own == word.syllable[-1]
    rhyme = last and all(not PHONE[names[j]].vowel for j in range(i + 1, len(names)))
    factor = _in_cluster(names, i)
    if phone.vowel:
        factor *= _vowel_context(names, i, phrase_final and last)
        if not last:
            factor *= 0.85  # rule 4: not word-final
        if syllables > 2:
            factor *= 0.85  # rule 5: polysyllabic
    elif i > 0:
        factor *= 0.85  # rule 6: not word-initial
    if not stressed:
        factor *= 0.6 if phone.vowel else 0.75  # rule 7: unstressed
    elif word.accent > 1.0 and phone.vowel:
        factor *= 1.0 + 0.4 * (word.accent - 1.0)  # rule 8: emphasis
    elif word.accent < 0.5 and phone.vowel:
        factor *= 0.75  # a function word's stress is weak
    if phrase_final and rhyme:
        factor *= 1.4 if phone.vowel else 1.25 if utterance_final else 1.15  # rule 2: phrase-final lengthening
    return factor


def word_seconds(table: FormantTable, sentence: Sentence, index: int, rate: float) -> list[float]:
    """Duration of each phone of a word; `rate` is the speed factor."""
    word = sentence.words[index]
    boundary = word.break_after >= 3 or word.pause is not None or index == len(sentence.words) - 1
    final = index == len(sentence.words) - 1 or word.break_after >= 4
    syllables = word.syllable[-1] + 1
    out = list[float]()
    for i, name in enumerate(word.phones):
        inherent, minimum = table.phone[name].ms
        k = _factor(word, i, syllables, boundary, final)
        low = minimum * (0.6 if not word.stress[i] and PHONE[name].vowel else 1.0)
        out.append((k * (inherent - low) + low) * 1e-3 * SPEED / rate)
    return out


def pause_seconds(word: Word, last: bool, rate: float) -> float:
    """Silence after a word: what was asked for, or by its break index."""
    if word.pause is not None:
        return word.pause
    if last or word.break_after >= 4:
        return 0.32 / rate
    return 0.18 / rate if word.break_after == 3 else 0.0
