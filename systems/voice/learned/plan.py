"""From a sentence to its score: the network says once a phone where its attractors lie."""

from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.avatar import Persona
from psi_ecs.components.phone import BILABIAL_CLOSED, LABIODENTAL, PHONE
from psi_ecs.components.regime import Regime, Vocal
from psi_ecs.components.score import RATE, SOURCE, Score
from psi_ecs.components.text import Sentence
from psi_ecs.systems.kernels import framecode, relax
from psi_ecs.systems.voice.feeling import Effect, effect
from psi_ecs.systems.voice.gesture import Gestures, Segment
from psi_ecs.systems.voice.mouth import articulate
from psi_ecs.systems.voice.pitch import PITCH_RATE
from psi_ecs.systems.voice.plan import HEAD, lax, place, score, sounds
from psi_ecs.systems.voice.regime import lengths, noise, utter

from .context import describe
from .manner import through_pauses, tint, voiceless, vowel
from .model import Model
from .net import PLACES
from .spectrum import CHANNELS, TRACT

F64 = NDArray[np.float64]

STEP = 200
"""Samples between the knots of the tract: 8.3 ms."""
LEAST, LEAST_VOWEL = 0.025, 0.06
"""Seconds of a consonant and of a stressed vowel at least, at any speed."""
FOLLOW = 300.0
"""1/s, rate of pitch, voicing and tract between their knots."""
BETWEEN, AFTER = 0.16, 0.32
"""Seconds of silence at a break within a sentence, and after it."""
VOICE_RATE = 180.0
"""1/s, of a voice that sets in without words."""
LAST = 0.25
"""Seconds before the end in which a feeling raises the tune."""
AIRY = 0.8
"""Breath of a feeling's breath and, half as much, of its roughness."""
HUSH = 8.0
"""Natural log of the amplitude by which pauses are quieter than those of the recordings, whose room is not to be heard."""
TENSE = 0.08
"""Off rd for a feeling's dB of tilt."""
OPEN = 0.55
"""Share of a stop that is closure."""
LONG = 12
"""Words to the next pause from which on breath is taken before them: about the 4 s of a breath group in reading (Winkworth,
Davis, Ellis & Adams 1994)."""
INTAKE = Vocal(
    caption="", seconds=0.28,
    course={"breath": [(0.0, 0.02), (0.45, 0.06), (0.9, 0.0)], "f1": [(0.0, 560.0), (1.0, 680.0)],
            "f2": [(0.0, 1500.0), (1.0, 1750.0)], "jaw": [(0.0, 2.5), (0.9, 1.0)], "lips": [(0.0, 2.5), (0.9, 1.0)]},
)  # fmt: skip
"""Breath that is taken before a phrase: softer and shorter than the sound that text may ask for."""
EASE = 0.03
"""Seconds between it and the words."""


def segment(sentence: Sentence) -> list[Segment]:
    """Phones and pauses, the first and the last are pauses; still without times, but sounds that are no words end where they
    would if they began at 0."""
    out, syllable = [Segment(0, "SIL", 0, -1, -1, 0.0)], 0
    for w, word in enumerate(sentence.words):
        if (made := noise(word)) is not None:
            assert word.regime is not None
            for name, seconds, unit in lengths(word, word.regime, made):
                out.append(Segment(len(out), name, int(PHONE[name].vowel), syllable + unit, w, word.accent))
                out[-1].end = seconds
        else:
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
        if s.seconds > 0.0:
            length = s.seconds
        elif s.word >= 0:
            length = max(expected / (rate * effects[s.word].rate * sentence.words[s.word].prosody.rate), _least(segments, s))
        elif s.index == 0:
            length = HEAD + (INTAKE.seconds - HEAD + 2.0 * EASE if _ahead(segments, 0) >= LONG else 0.0)
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
    placed = place(sentence, segments)
    times: F64 = np.arange(placed.length // STEP + 1) * np.float64(STEP / RATE)
    frames = laid(model, context.phone, hidden, segments, times)
    frames[:, framecode.PITCH] = _tune(frames[:, framecode.PITCH], segments, sentence, effects, persona, model, times)
    manners = through_pauses(placed.regimes, segments)
    tint(frames, times, manners)
    out = Gestures(CHANNELS)
    out.add(0.0, 0, 20.0, pitch=frames[0, framecode.PITCH])
    _source(segments, sentence, effects, persona, out)
    articulate(segments, out, lambda s: s.start + OPEN * s.seconds)
    own = _wordless(frames, times, segments, sentence, persona, model, out)
    breath = AIRY * np.array([max(e.breath, 0.0) + 0.5 * e.rough for e in effects])[spoken(segments, times)]
    breath *= np.clip(frames[:, framecode.VOICE], 0.0, 1.0)
    return score(sentence, segments, placed, out, weave(out, frames, breath, segments, own), model.name,
                 persona.manner.articulation, manners)


def _wordless(
    frames: F64, times: F64, segments: list[Segment], sentence: Sentence, persona: Persona, model: Model, out: Gestures
) -> list[tuple[float, float]]:
    """Sounds without words, and breath taken in pauses that have room for it: gestures of source and mouth, frames of the
    tract. Returns their spans in seconds."""
    sounds(sentence, segments, persona, out)
    made = list[tuple[float, float, Vocal]]()
    for w, word in enumerate(sentence.words):
        if (sound := noise(word)) is not None:
            mine = [s for s in segments if s.word == w]
            for s in mine:
                out.add(s.start, s.index, VOICE_RATE, voicing=float(PHONE[s.name].voiced))
                if PHONE[s.name].voiced:
                    out.add(s.start, s.index, VOICE_RATE, breath=0.0)
            out.add(mine[-1].end, mine[-1].index, VOICE_RATE, voicing=0.0, breath=0.0)
            made.append((mine[0].start, mine[-1].end, sound))
    for start, end, s in inhaled(segments):
        breath = Segment(s.index, s.name, 0, -1, -1, 0.0)
        breath.start, breath.end = start, end
        utter([breath], Regime(), INTAKE, 0.0, 1.0, out)
        made.append((start, end, INTAKE))
    if made:
        tract = vowel(model)
        for start, end, sound in made:
            voiceless(frames, times, start, end, sound, tract)
    return [(start, end) for start, end, _ in made]


def inhaled(segments: list[Segment]) -> list[tuple[float, float, Segment]]:
    """When breath is taken: seconds of start and end, and the pause that each lies in."""
    room = INTAKE.seconds + EASE
    return [
        (s.end - room, s.end - EASE, s)
        for s in segments
        if s.word < 0 and s.seconds >= room and _ahead(segments, s.index) >= LONG
    ]


def _ahead(segments: list[Segment], pause: int) -> int:
    """Words from a pause to the next."""
    following = (s.word for s in segments[pause + 1 :])
    return len(set(takewhile(lambda word: word >= 0, following)))


def laid(model: Model, phone: NDArray[np.int64], hidden: NDArray[np.float32], segments: list[Segment], times: F64) -> F64:
    """Frames f64[T, D] at `times`, straight from knot to knot. Args: phone i64[P]; hidden f32[P, H] of the network."""
    start = np.array([s.start for s in segments])
    seconds = np.array([s.seconds for s in segments])
    knots = model.frames(phone, hidden, seconds)
    pauses = [s.word < 0 for s in segments]
    knots[pauses, :, framecode.ENVELOPE.start] -= HUSH
    knots[pauses, :, framecode.VOICE] = 0.0
    place = (start[:, None] + seconds[:, None] * PLACES).ravel()
    knots = knots.reshape(len(place), -1)
    i = np.clip(np.searchsorted(place, times) - 1, 0, len(place) - 2)
    u = np.clip((times - place[i]) / np.maximum(place[i + 1] - place[i], 1e-6), 0.0, 1.0)[:, None]
    return np.asarray(knots[i] * (1.0 - u) + knots[i + 1] * u)


def spoken(segments: list[Segment], times: F64) -> NDArray[np.int64]:
    """The word that is heard, or was last, at each of these times; the first one before it."""
    word = np.array([s.word for s in segments])
    word = np.maximum.accumulate(np.where(word < 0, 0, word))
    at = np.searchsorted([s.start for s in segments], times, side="right") - 1
    return np.asarray(word[np.clip(at, 0, len(segments) - 1)], np.int64)


def _tune(
    pitch: F64, segments: list[Segment], sentence: Sentence, effects: list[Effect], persona: Persona, model: Model, times: F64
) -> F64:
    """Pitch f64[T] in semitones, brought from the speaker to the persona, the markup and the feeling of each word.

    Nimble voices are where they are going sooner: as formant voices relax to targets at PITCH_RATE, which is late by 2 / rate.
    """
    at = spoken(segments, times)
    shift = np.array([e.pitch + w.prosody.pitch for e, w in zip(effects, sentence.words, strict=True)])
    wide = np.array([e.span * w.prosody.span for e, w in zip(effects, sentence.words, strict=True)])
    sooner = 2.0 / PITCH_RATE * (1.0 - 1.0 / np.array([e.agility for e in effects]))
    moved = np.interp(times + sooner[at], times, pitch) - model.pitch
    tune = 12.0 * np.log2(persona.voice.pitch) + shift[at] + persona.voice.span * wide[at] * moved
    if sentence.kind not in ("yes-no-question", "continuation"):
        end = segments[-1].start
        tune += effects[-1].final * np.clip((times - end + LAST) / LAST, 0.0, 1.0) * (times <= end)
    return np.asarray(tune, np.float64)


def _source(segments: list[Segment], sentence: Sentence, effects: list[Effect], persona: Persona, out: Gestures) -> None:
    """Loudness and voice quality, word by word; the recordings bring their own, so feeling and persona are what is added."""
    for s in segments:
        if s.word >= 0:
            e = effects[s.word]
            out.add(s.start, s.index, 30.0, loudness=e.loudness + sentence.words[s.word].prosody.volume,
                    rd=lax(e, persona.voice, TENSE))


def weave(
    out: Gestures, frames: F64, breath: F64, segments: list[Segment], own: list[tuple[float, float]]
) -> tuple[NDArray[np.int64], NDArray[np.int32], F64, F64]:
    """Knots of gestures and of frames f64[N + 1, D] with breath f64[N + 1], STEP samples apart: sample, phone, targets and
    rates of each. Within the spans `own` (seconds) the source goes by gestures alone."""
    moment, _, goal, speed = out.knots()
    way = np.concatenate((
        frames[:, :2], breath[:, None], frames[:, 2:], frames[:, framecode.VOICE : framecode.VOICE + 1],
        np.ones((len(frames), 1)),
    ), axis=1)  # fmt: skip
    for start, end in own:
        way[round(start * RATE) // STEP : round(end * RATE) // STEP + 1, [1, 2, -1]] = 0.0
    columns = np.concatenate(((0, 1, 2), np.arange(len(SOURCE), len(SOURCE) + len(TRACT))))
    aims, _ = relax.aims(way, FOLLOW, STEP / RATE, np.zeros(way.shape[1]))
    grid = np.arange(len(aims)) * STEP
    edge = np.array([round(seconds * RATE) for span in own for seconds in span], np.int64)
    knot = np.unique(np.concatenate((moment, grid, edge)))
    knot = knot[knot < len(aims) * STEP]
    gesture = np.searchsorted(moment, knot, side="right") - 1
    target, rate = goal[gesture], speed[gesture]
    sung = np.zeros(len(knot), np.bool_)
    for start, end in own:
        sung |= (round(start * RATE) <= knot) & (knot < round(end * RATE))
    kept = target[sung, :3], rate[sung, :3]
    target[:, columns], rate[:, columns] = aims[knot // STEP], FOLLOW
    target[sung, :3], rate[sung, :3] = kept
    owner = np.searchsorted([round(s.start * RATE) for s in segments], knot, side="right") - 1
    return knot, owner.astype(np.int32), target, rate
