"""Intonation by target approximation (Prom-on, Xu & Thipakorn 2009): a target a syllable, reached along critically
damped modes.

Targets follow the tone-sequence view of American English (Pierrehumbert 1980; ToBI): H* on accented syllables within a
declining register, L-L% at the end of statements and wh-questions, H-H% after yes-no questions, L-H% before a continuation.
"""

from dataclasses import dataclass
from math import log2

from psi_ecs.components.phone import PHONE
from psi_ecs.components.text import Sentence

from .feeling import Effect
from .gesture import Gestures, Segment

PITCH_RATE = 32.0
"""1/s; a movement of 91 % takes 125 ms (Xu & Sun 2002: 6 st take 120 to 150 ms)."""
DECLINATION = 3.0
"""Semitones from the first to the last syllable of a sentence of ordinary length."""
ACCENT = 3.2
VALLEY = -0.8


@dataclass(slots=True)
class Syllable:
    """A syllable as intonation sees it."""

    start: float
    nucleus: float
    end: float
    phone: int
    accent: float
    """0 when it bears no pitch accent."""
    word: int
    last: int
    """Break index at its end; 0 inside a word."""


def syllables(segments: list[Segment], sentence: Sentence) -> list[Syllable]:
    """Syllables of the planned segments; each word's accent sits on its first most stressed one."""
    groups = dict[int, list[Segment]]()
    for s in segments:
        if s.syllable >= 0:
            groups.setdefault(s.syllable, []).append(s)
    out = list[Syllable]()
    for group in groups.values():
        regime = sentence.words[group[0].word].regime
        if regime is not None and regime.alone:  # sings a tune of its own
            continue
        nucleus = next((s for s in group if PHONE[s.name].vowel), group[0])
        out.append(Syllable(group[0].start, nucleus.start, group[-1].end, nucleus.index, 0.0, group[0].word, 0))
    for w, word in enumerate(sentence.words):
        own = [s for s in out if s.word == w]
        if not own:
            continue
        own[-1].last = 4 if w == len(sentence.words) - 1 else word.break_after if word.break_after >= 3 else 0
        best = max(own, key=lambda s: (segments[s.phone].stress == 1, segments[s.phone].stress == 2))
        best.accent = word.accent
    return out


def intone(
    segments: list[Segment], sentence: Sentence, effects: list[Effect], pitch: float, span: float, out: Gestures
) -> None:
    """Write the pitch gestures. `pitch` is the persona's median in Hz; `span` scales every movement; effects are one a word."""
    found = syllables(segments, sentence)
    base, count = 12.0 * log2(pitch), max(len(found) - 1, 1)
    nuclear = max((i for i, s in enumerate(found) if s.accent >= 0.5), default=len(found) - 1)
    high = ACCENT * (1.25 if sentence.kind == "exclamation" else 1.0)
    for i, s in enumerate(found):
        effect, word = effects[s.word], sentence.words[s.word]
        register = base + effect.pitch + word.prosody.pitch
        wide = span * effect.span * word.prosody.span
        slope = DECLINATION * min(1.0, 0.4 + 0.05 * count)
        line = slope * (0.5 - i / count)
        step = VALLEY + (high - VALLEY) * min(s.accent, 2.0) * (0.85 if i == nuclear else 1.0) if s.accent >= 0.4 else VALLEY
        speed = PITCH_RATE * effect.agility
        begin = max(s.start - 0.02, 0.0)
        rising = sentence.kind == "yes-no-question" and i >= nuclear
        if rising:
            step = -1.5 if i == nuclear and i < len(found) - 1 else 2.0
        out.add(begin, s.phone, speed, pitch=register + wide * (line + step))
        _edge(s, sentence.kind, register, wide, line, effect, speed, out)


def _edge(
    s: Syllable, kind: str, register: float, wide: float, line: float, effect: Effect, speed: float, out: Gestures
) -> None:
    """The boundary tone at a phrase's end, within its last syllable."""
    if not s.last:
        return
    turn = s.nucleus + (0.45 if s.accent >= 0.4 else 0.1) * (s.end - s.nucleus)
    if s.last >= 4 and kind == "yes-no-question":
        goal = 7.0
    elif s.last >= 4 and kind != "continuation":
        goal = -4.5 + effect.final
    else:
        goal = 0.8
    out.add(turn, s.phone, speed * 0.9, pitch=register + wide * (line + goal))
