"""From a sentence to its score: the network says once a phone where its attractors lie."""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.avatar import Persona
from psi_ecs.components.phone import BILABIAL_CLOSED, LABIODENTAL, PHONE
from psi_ecs.components.score import ARTICULATORS, RATE, SOURCE, Channel, Score
from psi_ecs.components.text import Sentence
from psi_ecs.components.voice import BLOCK
from psi_ecs.systems.kernels import framecode, relax
from psi_ecs.systems.voice.feeling import Effect, effect
from psi_ecs.systems.voice.gesture import Gestures, Segment
from psi_ecs.systems.voice.mouth import articulate
from psi_ecs.systems.voice.plan import HEAD, span

from .context import describe
from .model import Model
from .net import PLACES

F64 = NDArray[np.float64]

STEP = 200
"""Samples between the knots of the tract: 8.3 ms."""
LEAST, LEAST_VOWEL = 0.025, 0.06
"""Seconds of a consonant and of a stressed vowel at least, at any speed."""
FOLLOW = 300.0
"""1/s, rate of pitch, voicing and tract between their knots."""
BETWEEN, AFTER = 0.16, 0.32
"""Seconds of silence at a break within a sentence, and after it."""
HUSH = 8.0
"""Natural log of the amplitude by which pauses are quieter than those of the recordings, whose room is not to be heard."""
OPEN = 0.55
"""Share of a stop that is closure."""
TRACT: tuple[Channel, ...] = (
    Channel("c0", "tract", "ln amplitude per root Hz, warped cepstrum", -30.0, 8.0, -14.0),
    *(Channel(f"c{i}", "tract", "1, warped cepstrum", -8.0, 8.0, 0.0) for i in range(1, framecode.ORDER)),
    *(Channel(f"noise{i}", "tract", "1, share of noise in the voice", 0.0, 1.0, 1.0) for i in range(len(framecode.HERTZ))),
    *(Channel(f"turn{i}", "tract", "1, phase beside the minimum phase", -4.0, 4.0, float(i == 0))
      for i in range(2 * framecode.TURNS)),
)  # fmt: skip
CHANNELS: tuple[Channel, ...] = SOURCE + TRACT + ARTICULATORS


def segment(sentence: Sentence) -> list[Segment]:
    """Phones and pauses, still without times; the first and the last are pauses."""
    out, syllable = [Segment(0, "SIL", 0, -1, -1, 0.0)], 0
    for w, word in enumerate(sentence.words):
        for name, stress, unit in zip(word.phones, word.stress, word.syllable, strict=True):
            out.append(Segment(len(out), name, stress, syllable + unit, w, word.accent))
        syllable = out[-1].syllable + 1
        if word.break_after >= 3 or word.pause or w == len(sentence.words) - 1:
            out.append(Segment(len(out), "SIL", 0, -1, -1, 0.0))
    return out


def time(segments: list[Segment], sentence: Sentence, seconds: F64, effects: list[Effect], rate: float, last: bool) -> None:
    """Set when each segment begins and ends, from the seconds f64[P] that are expected."""
    at, before = 0.0, -1
    for s, expected in zip(segments, seconds.tolist(), strict=True):
        if s.word >= 0:
            length = max(expected / (rate * effects[s.word].rate * sentence.words[s.word].prosody.rate), _least(segments, s))
        elif s.index == 0:
            length = HEAD
        else:
            length = _pause(sentence, before, s.index == len(segments) - 1, last, rate * effects[before].rate)
        s.start, s.end = at, at + length
        at, before = s.end, s.word if s.word >= 0 else before


def _least(segments: list[Segment], s: Segment) -> float:
    """Seconds in which a mouth can still do what it has to: lips part for every vowel, also between two sounds of the lips."""
    phone = PHONE[s.name]
    if not phone.vowel:
        return LEAST
    if all(segments[i].name in BILABIAL_CLOSED | LABIODENTAL for i in (s.index - 1, s.index + 1)):
        return 2.0 * LEAST_VOWEL
    return LEAST_VOWEL if s.stress else 0.8 * LEAST_VOWEL


def _pause(sentence: Sentence, word: int, final: bool, last: bool, rate: float) -> float:
    """Seconds of silence after a word."""
    asked = sentence.words[word].pause
    seconds = asked if asked is not None else (AFTER if final else BETWEEN) / rate
    return seconds + (0.1 if final and last else 0.0)


def plan(sentence: Sentence, persona: Persona, last: bool, model: Model) -> Score:
    """The whole score of one sentence."""
    style = persona.voice
    effects = [effect(word.emotion) for word in sentence.words]
    segments = segment(sentence)
    context = describe(segments, sentence.kind)
    hidden = model.hidden(context)
    time(segments, sentence, model.seconds(hidden), effects, style.rate, last)
    length = -(-round(segments[-1].end * RATE) // BLOCK) * BLOCK
    times: F64 = np.arange(length // STEP + 1) * np.float64(STEP / RATE)
    frames = laid(model, context.phone, hidden, segments, times)
    frames[:, framecode.PITCH] = _tune(frames[:, framecode.PITCH], segments, sentence, effects, persona, model, times)
    out = Gestures(CHANNELS)
    out.add(0.0, 0, 20.0, pitch=frames[0, framecode.PITCH])
    _source(segments, sentence, effects, persona, out)
    articulate(segments, out, lambda s: s.start + OPEN * s.seconds, persona.manner.articulation)
    knot, owner, target, rate = weave(out, frames, segments)
    starts = np.array([round(s.start * RATE) for s in segments], np.int64)
    ends = np.append(starts[1:], length)
    words = [span(w, sentence, segments, starts, ends) for w in range(len(sentence.words))]
    edge = [w.start for w in words] + [words[-1].end]
    return Score(
        channels=CHANNELS,
        phone=context.phone.astype(np.int16),
        start=starts,
        end=ends,
        stress=context.stress.astype(np.int8),
        syllable=np.array([s.syllable for s in segments], np.int32),
        word=np.array([s.word for s in segments], np.int32),
        knot=knot,
        knot_phone=owner,
        target=target,
        rate=rate,
        words=words,
        marks=[(m.name, edge[min(m.word, len(words))]) for m in sentence.marks],
        length=length,
        voice=model.name,
    )


def laid(model: Model, phone: NDArray[np.int64], hidden: NDArray[np.float32], segments: list[Segment], times: F64) -> F64:
    """Frames f64[T, D] at `times`, straight from knot to knot. Args: phone i64[P]; hidden f32[P, H] of the network."""
    start = np.array([s.start for s in segments])
    seconds = np.array([s.seconds for s in segments])
    knots = model.frames(phone, hidden, seconds)
    knots[[s.word < 0 for s in segments], :, framecode.ENVELOPE.start] -= HUSH
    place = (start[:, None] + seconds[:, None] * PLACES).ravel()
    knots = knots.reshape(len(place), -1)
    i = np.clip(np.searchsorted(place, times) - 1, 0, len(place) - 2)
    u = np.clip((times - place[i]) / np.maximum(place[i + 1] - place[i], 1e-6), 0.0, 1.0)[:, None]
    return np.asarray(knots[i] * (1.0 - u) + knots[i + 1] * u)


def _tune(
    pitch: F64, segments: list[Segment], sentence: Sentence, effects: list[Effect], persona: Persona, model: Model, times: F64
) -> F64:
    """Pitch f64[T] in semitones, brought from the speaker to the persona, the markup and the feeling of each word."""
    word = np.array([s.word for s in segments])
    word = np.maximum.accumulate(np.where(word < 0, 0, word))
    at = word[np.clip(np.searchsorted([s.start for s in segments], times, side="right") - 1, 0, len(segments) - 1)]
    shift = np.array([e.pitch + w.prosody.pitch for e, w in zip(effects, sentence.words, strict=True)])
    wide = np.array([e.span * w.prosody.span for e, w in zip(effects, sentence.words, strict=True)])
    return np.asarray(12.0 * np.log2(persona.voice.pitch) + shift[at] + persona.voice.span * wide[at] * (pitch - model.pitch))


def _source(segments: list[Segment], sentence: Sentence, effects: list[Effect], persona: Persona, out: Gestures) -> None:
    """Loudness and voice quality, word by word; the recordings bring their own, so feeling and persona are what is added."""
    for s in segments:
        if s.word >= 0:
            e = effects[s.word]
            out.add(s.start, s.index, 30.0, loudness=e.loudness + sentence.words[s.word].prosody.volume,
                    rd=float(np.clip(1.0 - 0.14 * e.tilt + 0.5 * persona.voice.breathiness, 0.35, 2.6)))  # fmt: skip


def weave(out: Gestures, frames: F64, segments: list[Segment]) -> tuple[NDArray[np.int64], NDArray[np.int32], F64, F64]:
    """Knots of gestures and of frames f64[N + 1, D], STEP samples apart: sample, phone, targets and rates of each."""
    moment, _, goal, speed = out.knots()
    columns = np.concatenate(([0, 1], np.arange(len(SOURCE), len(SOURCE) + len(TRACT))))
    aims, _ = relax.aims(frames, FOLLOW, STEP / RATE, np.zeros(frames.shape[1]))
    grid = np.arange(len(aims)) * STEP
    knot = np.unique(np.concatenate((moment, grid)))
    knot = knot[knot < len(aims) * STEP]
    gesture = np.searchsorted(moment, knot, side="right") - 1
    target, rate = goal[gesture], speed[gesture]
    target[:, columns], rate[:, columns] = aims[knot // STEP], FOLLOW
    owner = np.searchsorted([round(s.start * RATE) for s in segments], knot, side="right") - 1
    return knot, owner.astype(np.int32), target, rate
