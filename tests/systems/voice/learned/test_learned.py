"""A learned voice on a toy: what is recalled, what is kept in a file, and that the score leads through it."""

import numpy as np
import pytest

from psi_ecs.components.avatar import Persona, VoiceStyle
from psi_ecs.components.phone import PHONE_ID, PHONES
from psi_ecs.components.score import RATE
from psi_ecs.systems.kernels import framecode
from psi_ecs.systems.language import analyse
from psi_ecs.systems.voice.asset import VoiceError
from psi_ecs.systems.voice.learned import LearnedVoice
from psi_ecs.systems.voice.learned.context import FEATURES, describe
from psi_ecs.systems.voice.learned.model import Document, decode, encode, load, pack, unpack
from psi_ecs.systems.voice.learned.net import KNOTS
from psi_ecs.systems.voice.learned.plan import CHANNELS, STEP, segment
from psi_ecs.systems.voice.learned.recall import Memory, Weights
from psi_ecs.systems.voice.speak import speak, states

COLUMNS = framecode.COLUMNS
WIDE, HIDDEN = 12, 6


def toy(seed: int = 0) -> Document:
    """A voice that knows one take in which every phone is said twice, and a network of random weights."""
    rng = np.random.default_rng(seed)
    phone = np.tile(np.arange(len(PHONES)), 2).astype(np.uint8)
    length = rng.integers(12, 30, len(phone))
    begin = np.concatenate(([0], np.cumsum(length)[:-1]))
    frames = rng.normal(0.0, 0.3, (int(length.sum()) + 1, COLUMNS)).astype(np.float32)
    frames[:, framecode.PITCH] += 92.0
    frames[:-1, framecode.VOICE] = np.repeat(np.array([p.voiced for p in PHONES] * 2, np.float32), length)
    frames[:, framecode.ENVELOPE.start] -= 8.0
    mean, spread = frames.mean(axis=0), frames.std(axis=0) + 1e-3
    step = np.full(COLUMNS, 0.05, np.float32)

    def normal(*shape: int) -> np.ndarray:
        return rng.normal(0.0, 0.3, shape).astype(np.float16)

    weights = {"phone.weight": normal(len(PHONES), 5), "stress.weight": normal(3, 2)}
    weights |= {"enter.weight": normal(WIDE, 7 + FEATURES), "enter.bias": normal(WIDE)}
    for i in range(3):
        weights |= {f"conv.{i}.weight": normal(WIDE, WIDE, 5), f"conv.{i}.bias": normal(WIDE)}
        weights |= {f"norm.{i}.weight": normal(WIDE), f"norm.{i}.bias": normal(WIDE)}
    for way in ("", "_reverse"):
        weights |= {f"gru.weight_ih_l0{way}": normal(3 * HIDDEN, WIDE), f"gru.weight_hh_l0{way}": normal(3 * HIDDEN, HIDDEN)}
        weights |= {f"gru.bias_ih_l0{way}": normal(3 * HIDDEN), f"gru.bias_hh_l0{way}": normal(3 * HIDDEN)}
    for name, wide, deep in (("duration", 2 * HIDDEN, 2), ("knots", 2 * HIDDEN + 1, KNOTS * COLUMNS)):
        last = "2" if name == "duration" else "3"
        weights |= {f"{name}.0.weight": normal(8, wide), f"{name}.0.bias": normal(8)}
        weights |= {f"{name}.{last}.weight": normal(deep, 8), f"{name}.{last}.bias": normal(deep)}
    weights |= {"spread.weight": normal(COLUMNS, 2 * HIDDEN), "spread.bias": normal(COLUMNS)}
    return Document(
        name="toy", licence="CC0", weights=weights, mean=mean, spread=spread, duration=(-2.5, 0.4), pitch=92.0, step=step,
        count=len(frames), packed=pack(frames, mean, step), phone=phone, begin=(begin * 16).astype(np.uint32),
        length=(length * 16).astype(np.uint16), take=np.zeros(len(phone), np.uint16),
    )  # fmt: skip


@pytest.fixture(scope="module")
def voice() -> LearnedVoice:
    return LearnedVoice(model=decode(encode(toy()), "toy"))


def test_frames_come_back_to_half_a_step() -> None:
    rng = np.random.default_rng(1)
    frames, step = rng.normal(2.0, 1.0, (300, 7)).astype(np.float32), np.full(7, 0.05, np.float32)
    mean = frames.mean(axis=0)
    again = unpack(pack(frames, mean, step), 300, mean, step)
    assert np.abs(again - frames).max() <= 0.0251
    with pytest.raises(VoiceError, match="cut short"):
        unpack(pack(frames[:200], mean, step), 300, mean, step)


def test_damaged_files_get_one_line() -> None:
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


def test_what_was_said_in_one_go_is_recalled_in_one_go() -> None:
    """Expecting exactly the frames of a stretch of the take, in its order, its halves come back, and lie where they lay."""
    document = toy(3)
    frames = unpack(document.packed, document.count, document.mean, document.step)
    first = document.begin / 16.0
    last = first + document.length / 16.0
    memory = Memory(frames, document.phone.astype(np.int64), first, last, document.take.astype(np.int64), document.mean,
                    document.spread)  # fmt: skip
    some = np.arange(20, 30)
    place = (np.arange(KNOTS) + 0.5) / KNOTS
    at = (first[some, None] + (last - first)[some, None] * place).ravel()
    knots = ((memory.at(at) - document.mean) / document.spread).reshape(len(some), KNOTS, -1)
    seconds = ((last - first)[some] / 240.0).astype(np.float32)
    spread = np.ones((len(some), COLUMNS), np.float32)
    found = memory.candidates(document.phone[some].astype(np.int64), seconds, knots, spread, Weights(), 240.0)
    path = memory.path(found, Weights())
    assert path.tolist() == list(range(40, 60))
    border = np.append(first[some], last[some[-1]]) / 240.0
    halves = np.append(np.stack((border[:-1], 0.5 * (border[:-1] + border[1:])), axis=1).ravel(), border[-1])
    laid = memory.lay(path, halves, np.arange(first[20], last[29]) / 240.0)
    np.testing.assert_allclose(laid, frames[int(first[20]) : int(last[29])], atol=2e-3)


def test_a_join_is_shared_out() -> None:
    document = toy(4)
    frames = unpack(document.packed, document.count, document.mean, document.step)
    first = document.begin / 16.0
    memory = Memory(frames, document.phone.astype(np.int64), first, first + document.length / 16.0,
                    document.take.astype(np.int64), document.mean, document.spread)  # fmt: skip
    path, border = np.array([10, 61]), np.array([0.0, 0.05, 0.1])
    before, after = memory.lay(path, border, np.array([0.05 - 1e-9, 0.05]))
    np.testing.assert_allclose(before, after, atol=1e-4)
    np.testing.assert_allclose(before, 0.5 * (memory.at(memory.last[10:11]) + memory.at(memory.first[61:62]))[0], atol=1e-4)


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


def test_the_score_leads_through_what_is_recalled(voice: LearnedVoice) -> None:
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
