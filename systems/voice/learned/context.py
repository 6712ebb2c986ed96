"""Phones in context, as the score network is told of them: what is taught and what is spoken are described alike."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.phone import PHONE, PHONE_ID
from psi_ecs.systems.voice.gesture import Segment

FEATURES = 14
"""Numbers that describe a phone beside its name and stress; see `describe`."""


class Context(NamedTuple):
    """P phones, the first and the last of them pauses."""

    phone: NDArray[np.int64]
    """i64[P], index into `components.phone.PHONES`."""
    stress: NDArray[np.int64]
    """i64[P], 0, 1 or 2."""
    features: NDArray[np.float32]
    """f32[P, FEATURES]."""


def describe(segments: Sequence[Segment], kind: str) -> Context:
    """The context of each phone of a sentence of this kind (`components.text.Sentence.kind`).

    Features of a phone in a word: in the onset, in the coda; syllables of its word over 4, place of its syllable among them,
    in the last one; stress of its syllable, accent of its word, their product; e^-(syllables since the pause before / 4) and
    e^-(syllables to the pause after / 2); in the last word before a pause, in the last stretch of the sentence, there in a
    question for yes or no, in an exclamation. Of a pause: the last two say that it is the first or the last.
    """
    rows = np.zeros((len(segments), FEATURES), np.float32)
    pauses = [i for i, s in enumerate(segments) if s.word < 0]
    members: dict[int, list[int]] = {}
    words: dict[int, list[int]] = {}
    for i, s in enumerate(segments):
        if s.word >= 0:
            members.setdefault(s.syllable, []).append(i)
            if s.syllable not in words.setdefault(s.word, []):
                words[s.word].append(s.syllable)
    rows[0, 12] = rows[-1, 13] = 1.0
    for left, right in pairwise(pauses):
        within = range(left + 1, right)
        order = list(dict.fromkeys(segments[i].syllable for i in within))
        final = right == len(segments) - 1
        for i in within:
            s = segments[i]
            rows[i, :8] = _within(segments, i, members[s.syllable], words[s.word])
            since = order.index(s.syllable)
            rows[i, 8:] = (
                np.exp(-since / 4.0), np.exp(-(len(order) - since) / 2.0), s.word == segments[right - 1].word, final,
                final and kind == "yes-no-question", kind == "exclamation",
            )  # fmt: skip
    return Context(
        np.array([PHONE_ID[s.name] for s in segments], np.int64), np.array([s.stress for s in segments], np.int64), rows
    )


def _within(segments: Sequence[Segment], i: int, syllable: list[int], word: list[int]) -> tuple[float, ...]:
    """The first eight features: place in the syllable and the word, stress and accent."""
    s = segments[i]
    nucleus = next((k for k in syllable if PHONE[segments[k].name].vowel), syllable[0])
    place = word.index(s.syllable)
    grades = [segments[k].stress for k in syllable]
    stress = 1.0 if 1 in grades else 0.5 if 2 in grades else 0.0
    return (
        float(i < nucleus), float(i > nucleus), min(len(word), 5) / 4.0, place / max(len(word) - 1, 1),
        float(place == len(word) - 1), stress, s.accent, stress * s.accent,
    )  # fmt: skip
