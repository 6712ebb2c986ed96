"""A learned voice on a toy: what is kept in a file, how widely it moves, and that the score leads through its knots."""

from collections.abc import Callable

import numpy as np
import pytest

from psi_ecs.components.avatar import Persona, VoiceStyle
from psi_ecs.components.phone import PHONE_ID
from psi_ecs.components.score import RATE
from psi_ecs.systems.kernels import framecode
from psi_ecs.systems.language import analyse
from psi_ecs.systems.voice.asset import VoiceError
from psi_ecs.systems.voice.learned import LearnedVoice
from psi_ecs.systems.voice.learned.context import describe
from psi_ecs.systems.voice.learned.model import Document, decode, encode, load
from psi_ecs.systems.voice.learned.net import PLACES
from psi_ecs.systems.voice.learned.plan import HUSH, STEP, laid, segment
from psi_ecs.systems.voice.learned.spectrum import CHANNELS
from psi_ecs.systems.voice.speak import speak, states

COLUMNS = framecode.COLUMNS
Toy = Callable[..., Document]


@pytest.fixture(scope="module")
def voice(toy: Toy) -> LearnedVoice:
    return LearnedVoice(model=decode(encode(toy()), "toy"))


def test_damaged_files_get_one_line(toy: Toy) -> None:
    blob = encode(toy())
    for bad in (b"", b"hello", blob[:200], blob[:-9], blob[:90] + bytes([blob[90] ^ 1]) + blob[91:]):
        with pytest.raises(VoiceError, match=r"^mine\.voice: .*psi voice train$"):
            decode(bad, "mine.voice")
    with pytest.raises(VoiceError, match="no such file"):
        load("missing.voice")
    wrong = toy()
    wrong.spread = wrong.spread[:5]
    with pytest.raises(VoiceError, match="spread"):
        decode(encode(wrong), "mine.voice")


def test_frames_are_spread_about_their_centre_by_voicing(toy: Toy) -> None:
    """A gain of 2 doubles the way from the centre, where there is no voice alone if it is that of voiceless sounds."""
    plain, wide = toy(3), toy(3)
    wide.gain = np.stack((np.full(COLUMNS, 2.0), np.ones(COLUMNS))).astype(np.float32)
    wide.gain[:, framecode.VOICE] = 1.0
    wide.centre += 0.25
    context = describe(segment(analyse("A lamp on the hill.").sentences[0]), "statement")
    frames = []
    for document in (plain, wide):
        model = decode(encode(document), "toy")
        frames.append(model.frames(context.phone, model.hidden(context), np.full(len(context.phone), 0.08)))
    voice = np.clip(frames[0][..., framecode.VOICE], 0.0, 1.0)[..., None]
    centre = plain.mean + 0.25 * plain.spread
    expected = np.where(np.arange(COLUMNS) == framecode.VOICE, 0.0, (1.0 - voice) * (frames[0] - centre))
    assert 0.05 < voice.mean() < 0.95
    np.testing.assert_allclose(frames[1] - frames[0], expected, atol=1e-4)


def test_frames_go_straight_from_knot_to_knot(voice: LearnedVoice) -> None:
    sentence = analyse("A lamp.").sentences[0]
    segments = segment(sentence)
    for s in segments:
        s.start, s.end = 0.1 * s.index, 0.1 * (s.index + 1)
    context = describe(segments, sentence.kind)
    hidden = voice.model.hidden(context)
    knots = voice.model.frames(context.phone, hidden, np.full(len(segments), 0.1))
    knots[[0, -1], :, framecode.ENVELOPE.start] -= HUSH
    knots[[0, -1], :, framecode.VOICE] = 0.0
    knots = knots.reshape(-1, COLUMNS)
    place = (0.1 * np.arange(len(segments))[:, None] + 0.1 * PLACES).ravel()
    np.testing.assert_allclose(laid(voice.model, context.phone, hidden, segments, place), knots, atol=1e-9)
    middle = laid(voice.model, context.phone, hidden, segments, 0.5 * (place[1:] + place[:-1]))
    np.testing.assert_allclose(middle, 0.5 * (knots[1:] + knots[:-1]), atol=1e-9)


def test_context_tells_the_last_word_and_the_question() -> None:
    sentence = analyse("Did the sun rise?").sentences[0]
    segments = segment(sentence)
    context = describe(segments, sentence.kind)
    names = [s.name for s in segments]
    assert names[0] == names[-1] == "SIL" and context.phone[0] == PHONE_ID["SIL"]
    rise = [i for i, s in enumerate(segments) if s.word == 3]
    assert context.features[rise, 10].all() and context.features[rise, 12].all() and not context.features[1, 10]
    assert context.features[0, 12] == context.features[-1, 13] == 1.0
    assert context.features[rise[0], 0] == 1.0 and context.features[rise[-1], 1] == 1.0  # onset, coda


def test_the_score_leads_through_the_knots(voice: LearnedVoice) -> None:
    persona = Persona(name="toy", voice=VoiceStyle(pitch=200.0, asset="toy"))
    score = voice.plan(analyse("A lamp on the hill.").sentences[0], persona, True)
    assert score.channels == CHANNELS and score.length % 400 == 0 and np.isfinite(score.target).all()
    assert (np.diff(score.knot) > 0).all() and set(score.knot.tolist()) >= set(range(0, score.length, STEP))
    path, *_ = states(score)
    again = voice.plan(analyse("A lamp on the hill.").sentences[0], persona, True)
    assert np.array_equal(score.target, again.target)
    assert 10.0 < np.exp2(np.median(path[:, 0]) / 12.0) < 1000.0
    assert score.words[-1].end <= score.length and score.words[0].start > 0.05 * RATE


def test_it_speaks_and_personas_differ(voice: LearnedVoice) -> None:
    sentences = analyse("A lamp.").sentences
    sounds = []
    for pitch, tract in ((200.0, 1.0), (110.0, 0.85)):
        persona = Persona(name="toy", voice=VoiceStyle(pitch=pitch, tract=tract, asset="toy"))
        audio, _ = speak(sentences, persona, voice, seed=1)
        assert np.isfinite(audio).all() and 0.0 < np.abs(audio).max() <= 1.0
        sounds.append(audio)
    assert not np.array_equal(*sounds)
