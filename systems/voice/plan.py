"""From a sentence to its score: segments in time, then the gestures of pitch, source, tract and mouth, gathered into knots."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.avatar import Persona, VoiceStyle
from psi_ecs.components.phone import PHONE, PHONE_ID
from psi_ecs.components.regime import Stretch
from psi_ecs.components.score import ARTICULATORS, RATE, SOURCE, Channel, Score, Span
from psi_ecs.components.text import Sentence
from psi_ecs.components.voice import BLOCK

from .asset import TRACT, FormantTable
from .duration import pause_seconds, word_seconds
from .feeling import Effect, effect
from .gesture import Gestures, Segment
from .mouth import articulate, strengthen
from .pitch import intone
from .regime import colour, lengths, noise, stretches, utter
from .tract import Tract

HEAD = 0.12
"""Seconds before the first phone, in which the mouth gets ready."""
CHANNELS: tuple[Channel, ...] = SOURCE + TRACT + ARTICULATORS


def segment(sentence: Sentence, table: FormantTable, effects: list[Effect], rate: float, last: bool) -> list[Segment]:
    """Phones and pauses with their times."""
    out = [Segment(0, "SIL", 0, -1, -1, 0.0)]
    out[0].end = HEAD
    syllable = 0
    for w, word in enumerate(sentence.words):
        speed = rate * effects[w].rate * word.prosody.rate
        for name, stress, unit, seconds in _phones(table, sentence, w, speed):
            s = Segment(len(out), name, stress, syllable + unit, w, word.accent)
            s.start, s.end = out[-1].end, out[-1].end + seconds
            out.append(s)
        syllable = out[-1].syllable + 1
        final = w == len(sentence.words) - 1
        pause = pause_seconds(word, final, speed) + (0.1 if final and last else 0.0)
        if pause > 0.0:
            s = Segment(len(out), "SIL", 0, -1, -1, 0.0)
            s.start, s.end = out[-1].end, out[-1].end + pause
            out.append(s)
    return out


def _phones(table: FormantTable, sentence: Sentence, w: int, speed: float) -> Iterator[tuple[str, int, int, float]]:
    """Name, stress, syllable and seconds of each phone of a word, or of a sound that is none."""
    word = sentence.words[w]
    if word.regime is not None and (made := noise(word)) is not None:
        for name, seconds, unit in lengths(word, word.regime, made):
            yield name, 2 * PHONE[name].vowel, unit, seconds
        return
    yield from zip(word.phones, word.stress, word.syllable, word_seconds(table, sentence, w, speed), strict=True)


def lax(e: Effect, style: VoiceStyle, tense: float) -> float:
    """Shape of the glottal pulse, rd, of a feeling and a persona; `tense` is what a voice takes off for 1 dB of tilt."""
    return float(np.clip(1.0 - tense * e.tilt + 0.5 * style.breathiness + 0.8 * e.breath, 0.35, 2.6))


def _source(segments: list[Segment], sentence: Sentence, effects: list[Effect], persona: Persona, out: Gestures) -> None:
    """Loudness and voice quality, word by word."""
    style = persona.voice
    for s in segments:
        if s.word < 0:
            continue
        e, word = effects[s.word], sentence.words[s.word]
        stress = (1.5 if s.accent > 1.2 else 0.5 if s.accent >= 0.5 else -1.0) if s.stress else -1.0
        out.add(s.start, s.index, 30.0, loudness=e.loudness + word.prosody.volume + stress,
                rd=lax(e, style, 0.14))  # fmt: skip


def sounds(sentence: Sentence, segments: list[Segment], persona: Persona, out: Gestures) -> None:
    """Write the sounds that are no words."""
    style = persona.voice
    for w, word in enumerate(sentence.words):
        if word.regime is not None and (made := noise(word)) is not None:
            own = [s for s in segments if s.word == w]
            utter(own, word.regime, made, 12.0 * float(np.log2(style.pitch)), style.tract, out)


def plan(sentence: Sentence, persona: Persona, last: bool, table: FormantTable) -> Score:
    """The whole score of one sentence."""
    style = persona.voice
    effects = [effect(word.emotion) for word in sentence.words]
    segments = segment(sentence, table, effects, style.rate, last)
    out = Gestures(CHANNELS)
    register = effects[0].pitch + sentence.words[0].prosody.pitch
    out.add(0.0, 0, 20.0, pitch=12.0 * float(np.log2(style.pitch)) + register)
    tract = Tract(table, out, segments, style.tract, persona.manner.articulation)
    _source(segments, sentence, effects, persona, out)
    intone(segments, sentence, effects, style.pitch, style.span, out)
    tract.write()
    articulate(segments, out, tract.release)
    sounds(sentence, segments, persona, out)
    placed = place(sentence, segments)
    return score(sentence, segments, placed, out, out.knots(), table.name, persona.manner.articulation)


class Placed(NamedTuple):
    """Where segments and words are in samples, and what is said in which manner."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    words: list[Span]
    regimes: list[Stretch]
    length: int


def place(sentence: Sentence, segments: list[Segment]) -> Placed:
    """Samples of segments that have their times."""
    length = -(-round(segments[-1].end * RATE) // BLOCK) * BLOCK
    starts = np.array([round(s.start * RATE) for s in segments], np.int64)
    ends = np.append(starts[1:], length)
    words = [span(w, sentence, segments, starts, ends) for w in range(len(sentence.words))]
    return Placed(starts, ends, words, stretches(sentence.words, [w.start for w in words], [w.end for w in words]), length)


def score(
    sentence: Sentence, segments: list[Segment], placed: Placed, out: Gestures, knots: tuple[NDArray[Any], ...], voice: str,
    articulation: float, manners: list[Stretch] | None = None,
) -> Score:  # fmt: skip
    """The score of these segments and knots (as `Gestures.knots` gives them), words put in their manner: by `manners`, where
    it must reach further than the words. `articulation` is that of `Manner`."""
    knot, owner, target, rate = knots
    strengthen(target, rate, out.column, np.ones(len(knot), np.bool_), articulation, articulation, articulation**0.5)
    pauses = {start for s, start in zip(segments, placed.start.tolist(), strict=True) if s.name == "SIL"}
    colour(knot, target, rate, out.column, placed.regimes if manners is None else manners, pauses)
    edge = [w.start for w in placed.words] + [placed.words[-1].end]
    return Score(
        channels=out.channels,
        phone=np.array([PHONE_ID[s.name] for s in segments], np.int16),
        start=placed.start,
        end=placed.end,
        stress=np.array([s.stress for s in segments], np.int8),
        syllable=np.array([s.syllable for s in segments], np.int32),
        word=np.array([s.word for s in segments], np.int32),
        knot=knot,
        knot_phone=owner,
        target=target,
        rate=rate,
        words=placed.words,
        marks=[(m.name, edge[min(m.word, len(placed.words))]) for m in sentence.marks],
        length=placed.length,
        voice=voice,
        regimes=placed.regimes,
    )


def span(w: int, sentence: Sentence, segments: list[Segment], starts: np.ndarray, ends: np.ndarray) -> Span:
    """A word in time."""
    own = [s.index for s in segments if s.word == w]
    word = sentence.words[w]
    return Span(word.text + word.mark, int(starts[own[0]]), int(ends[own[-1]]), word.start, word.end)
