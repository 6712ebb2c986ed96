"""Syllables by maximal onset: as many consonants as English allows at a word's start go with the vowel that follows."""

from itertools import pairwise

from psi_ecs.components.phone import PHONE

from .wordlist import listed

ONSETS = frozenset(
    tuple(onset.split("-"))
    for onset in listed(
        "P-R P-L P-Y B-R B-L B-Y T-R T-W T-Y D-R D-W D-Y K-R K-L K-W K-Y G-R G-L G-W G-Y F-R F-L F-Y V-R V-Y V-L",
        "TH-R TH-W TH-Y SH-R HH-Y HH-W M-Y N-Y L-Y S-P S-T S-K S-M S-N S-F S-L S-W S-Y Z-Y",
        "S-P-R S-P-L S-P-Y S-T-R S-T-Y S-K-R S-K-L S-K-W S-K-Y",
    )
)
"""Consonant clusters that begin English words (Harris 1994; Selkirk 1982)."""


def _legal(onset: tuple[str, ...]) -> bool:
    """True when English words may begin with these consonants."""
    return len(onset) == 0 or (len(onset) == 1 and onset[0] not in ("NG", "ZH")) or onset in ONSETS


def syllables(phones: list[str]) -> list[int]:
    """Syllable index of each phone (ARPAbet without stress), from 0, rising; a word without a vowel is one syllable."""
    nuclei = [i for i, p in enumerate(phones) if PHONE[p].vowel]
    index = [0] * len(phones)
    for number, (left, right) in enumerate(pairwise(nuclei), start=1):
        start = right
        while start - 1 > left and _legal(tuple(phones[start - 1 : right])):
            start -= 1
        index[start:] = [number] * (len(phones) - start)
    return index
