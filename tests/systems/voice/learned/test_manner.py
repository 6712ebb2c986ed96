"""A learned voice does what the formant voice does: regimes, breath, personas and feelings.

Measured on a voice whose every phone is the same vowel, and on a toy of random weights.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.components.avatar import Persona, VoiceStyle
from psi_ecs.components.score import ARTICULATORS, RATE, SOURCE, Score
from psi_ecs.components.text import EMOTIONS, Emotion
from psi_ecs.components.voice import Voice, Voices
from psi_ecs.systems.host import Host
from psi_ecs.systems.kernels import envelope, framecode
from psi_ecs.systems.language import analyse
from psi_ecs.systems.voice import FormantVoice
from psi_ecs.systems.voice.learned import LearnedVoice
from psi_ecs.systems.voice.learned.model import decode, encode
from psi_ecs.systems.voice.learned.plan import INTAKE, LONG
from psi_ecs.systems.voice.speak import states
from psi_ecs.tools.perturbation import Perturbation, perturbation
from psi_ecs.tools.voice.emotions import agree, shift
from psi_ecs.tools.voice.measure import Prosody, prosody

F64 = NDArray[np.float64]
TEXT = "We were all away a year ago."
LONG_TEXT = "Every evening after the long rain we walked along the quiet river to the bridge, and nobody said a word."


def who(**style: Any) -> Persona:
    return Persona(name="toy", voice=VoiceStyle(pitch=200.0, asset="steady")) if not style else Persona(
        name="toy", voice=VoiceStyle(**{"pitch": 200.0, "asset": "steady"} | style)
    )  # fmt: skip


def score(voice: Voice, text: str, persona: Persona | None = None) -> tuple[Score, dict[str, F64]]:
    """A score, and each channel at 240 borders a second."""
    planned = voice.plan(analyse(text).sentences[0], persona or who(), True)
    path = states(planned)[0]
    return planned, {c.name: path[:, i] for i, c in enumerate(planned.channels)}


def inside(planned: Score, start: int, end: int) -> NDArray[np.bool_]:
    at = np.arange(planned.length // 100 + 1) * 100
    return np.asarray((start <= at) & (at < end))


def said(voice: Voice, persona: Persona, feeling: Emotion | None = None, text: str = TEXT) -> tuple[F64, Prosody]:
    """By an avatar with its field."""
    host, phones, sound = Host(seed=3), list[tuple[str, int, int]](), []
    host.app.world.resource(Voices).by_name["steady"] = voice
    host.say(host.avatar(persona), text, feeling)
    while not host.idle:
        frame = host.step()
        sound.append(frame.audio)
        phones += [(e.text, e.start, e.end) for e in frame.events if e.kind == "phone"]
    audio = np.concatenate(sound).astype(np.float64)
    return audio, prosody(audio, phones)


def spectra(voice: Voice, planned: Score, persona: Persona, count: int = 60) -> tuple[F64, F64]:
    """Amplitudes of partials and of noise at every border."""
    tones, noise = voice.spectrum(states(planned)[0], persona, count)
    return np.abs(tones), noise


@pytest.fixture(scope="module")
def random(toy: Callable[..., Any]) -> LearnedVoice:
    return LearnedVoice(model=decode(encode(toy(2)), "toy"))


# ---- regimes
@pytest.mark.parametrize("name", ["steady", "random"])
def test_a_whisper_has_no_partials_in_any_phone(name: str, request: pytest.FixtureRequest) -> None:
    voice: LearnedVoice = request.getfixturevalue(name)
    planned, path = score(voice, f"[whisper]{TEXT}[/]")
    tones, noise = spectra(voice, planned, who())
    plain, _ = score(voice, TEXT)
    loud, _ = spectra(voice, plain, who())
    span = inside(planned, planned.words[0].start + 1200, planned.words[-1].end)  # by then the pause is over
    assert tones[span].max() < 1e-3 * loud.max() and loud.max() > 0.0
    assert np.abs(path["voicing"][span]).max() < 1e-3
    assert (noise[span].max(axis=1) > 0.0).all()


def test_a_whisper_is_softer_and_keeps_more_of_its_highs(steady: LearnedVoice) -> None:
    plain, soft = score(steady, TEXT)[0], score(steady, f"[whisper]{TEXT}[/]")[0]
    tones, _ = spectra(steady, plain, who())
    _, noise = spectra(steady, soft, who())
    middle = plain.length // 200, soft.length // 200
    hertz = 2.0 ** (states(plain)[0][middle[0], 0] / 12.0) * np.arange(1, 61)
    density = np.interp(framecode.bins(), hertz, tones[middle[0]] ** 2 / hertz[0])
    left = 10.0 * np.log10(noise[middle[1], 4:30] ** 2 / framecode.BIN / density[4:30])
    assert left[0] < -15.0 and left[-1] > left[0] + 10.0


@pytest.mark.parametrize("kind", ["formant", "learned"])
def test_manners_act_alike_on_source_and_mouth_of_both_voices(kind: str, steady: LearnedVoice) -> None:
    voice: Voice = FormantVoice() if kind == "formant" else steady
    for regime, factor in (("shout", 1.35), ("whisper", 0.9)):
        planned, path = score(voice, f"[{regime}]{TEXT}[/]")
        none, bare = score(voice, f"[{regime}:0]{TEXT}[/]")
        assert [(s.start, s.end) for s in planned.regimes] == [(planned.words[0].start, planned.words[-1].end)]
        jaw = planned.index("jaw")
        assert planned.target[:, jaw].max() == pytest.approx(factor * none.target[:, jaw].max())
        assert none.regimes[0].regime.strength == 0.0
        if regime == "shout":
            assert np.median(path["rd"]) < np.median(bare["rd"]) - 0.3
        else:
            assert path["breath"].max() > 0.6 and bare["breath"].max() < 0.05


def test_a_shout_moves_the_first_formant_up(steady: LearnedVoice) -> None:
    peaks = []
    for text in (TEXT, f"[shout]{TEXT}[/]"):
        planned, _ = score(steady, text)
        code = states(planned)[0][planned.length // 200, len(SOURCE) : len(SOURCE) + framecode.ORDER]
        level, hertz = envelope.spectrum(code[None])[0][0], envelope.places() * 12_000.0
        low = (hertz > 150.0) & (hertz < 1500.0)
        weight = np.exp(2.0 * level[low])
        peaks.append(float((weight * hertz[low]).sum() / weight.sum()))
    assert peaks[1] > 1.05 * peaks[0]


def test_a_laugh_has_the_same_course_in_both_voices(steady: LearnedVoice) -> None:
    found = []
    for voice in (FormantVoice(), steady):
        planned, path = score(voice, "[laugh]", who())
        span = inside(planned, planned.words[0].start, planned.words[0].end)
        found.append({name: x[span] for name, x in path.items()})
    begins = [int(((x["voicing"][1:] > 0.4) & (x["voicing"][:-1] <= 0.4)).sum()) for x in found]
    assert begins == [7, 7]
    for name, most in (("pitch", 0.5), ("loudness", 1.0), ("rd", 0.1), ("breath", 0.1), ("jaw", 1.5)):
        a, b = found[0][name][48:], found[1][name][48:]  # once the first burst is reached
        assert np.abs(a - b).max() < most, name


@pytest.mark.parametrize("name", ["laugh", "chuckle", "giggle", "cry", "sigh", "gasp", "breath"])
def test_sounds_without_words_are_heard_and_end(name: str, steady: LearnedVoice) -> None:
    planned, path = score(steady, f"[{name}]")
    tones, noise = spectra(steady, planned, who())
    word = planned.words[0]
    span = inside(planned, word.start, word.end)
    assert noise[span].max() > 1e-4
    assert (tones[span].max() > 1e-3) == (name in ("laugh", "chuckle", "giggle", "cry"))
    assert np.isfinite(tones).all() and np.isfinite(planned.target).all()
    assert np.abs(path["breath"][inside(planned, word.end + 1200, planned.length)]).max() < 0.02


# ---- breath
def test_breath_is_taken_before_long_phrases_and_never_in_a_word(random: LearnedVoice) -> None:
    planned, path = score(random, LONG_TEXT)
    assert len(LONG_TEXT.split(",")[0].split()) >= LONG
    air = np.abs(path["breath"]) > 1e-3
    assert 0.15 * 240 < air[: planned.words[0].start // 100].sum() < (INTAKE.seconds + 0.1) * 240
    for word in planned.words:
        assert not air[inside(planned, word.start, word.end)].any(), word.text
    assert path["jaw"][: planned.words[0].start // 100].max() > 0.3
    short, quiet = score(random, "A lamp on the hill.")
    assert np.abs(quiet["breath"]).max() < 1e-6 and short.words[0].start < planned.words[0].start


def test_it_is_soft(steady: LearnedVoice) -> None:
    audio, _ = said(steady, who(), text=LONG_TEXT)
    breath = audio[: int(0.3 * RATE)]
    level = [20.0 * np.log10(np.sqrt((x**2).mean())) for x in (breath, audio[RATE // 2 : 2 * RATE])]
    assert -50.0 < level[0] - level[1] < -25.0


# ---- personas
@cache
def measured(voice: LearnedVoice, **style: float) -> tuple[Perturbation, Prosody]:
    audio, how = said(voice, who(**style))
    return perturbation(audio), how


def test_roughness_raises_jitter_and_breathiness_lowers_hnr(steady: LearnedVoice) -> None:
    plain, rough, breathy = (measured(steady, **s)[0] for s in ({}, {"roughness": 0.6}, {"breathiness": 1.0}))
    assert rough.jitter > 1.5 * plain.jitter
    assert breathy.hnr < plain.hnr - 1.0


def test_breathiness_lifts_the_first_partial_and_brightness_the_highs(steady: LearnedVoice) -> None:
    def balance(**style: float) -> tuple[float, float]:
        planned, _ = score(steady, TEXT, who(**style))
        tones = spectra(steady, planned, who(**style))[0][planned.length // 200]
        db = 20.0 * np.log10(tones)
        return float(db[0] - db[1]), float(db[9:20].mean() - db[:5].mean())

    pressed, plain, breathy, bright = (
        balance(**s) for s in ({"breathiness": -0.8}, {}, {"breathiness": 0.8}, {"brightness": 3.0})
    )
    assert pressed[0] < plain[0] - 1.0 and breathy[0] > plain[0] + 1.0
    assert breathy[1] < plain[1] - 2.0 and bright[1] > plain[1] + 4.0


def test_tract_scales_the_frequencies_of_the_envelope(steady: LearnedVoice) -> None:
    planned, _ = score(steady, TEXT)
    at = states(planned)[0][planned.length // 200][None]
    pitch, long = 2.0 ** (at[0, 0] / 12.0), at.copy()
    long[0, 0] += 12.0 * np.log2(0.85)
    one = np.abs(steady.spectrum(at, who(), 40)[0][0]) / np.sqrt(pitch)
    other = np.abs(steady.spectrum(long, who(tract=0.85), 40)[0][0]) / np.sqrt(0.85 * pitch)
    np.testing.assert_allclose(other, one, rtol=1e-6)


# ---- feelings
@pytest.mark.parametrize("name", ["joy", "anger", "sadness", "fear", "calm"])
def test_feelings_move_the_voice_as_they_move_actors(name: str, steady: LearnedVoice) -> None:
    """Pitch, range, rate, level and brightness; one vowel has no room for harmonics-to-noise."""
    assert name in EMOTIONS
    felt = said(steady, who(), Emotion(names={name: 1.0}))[1]
    signs = agree(name, shift([neutral(steady)], [felt]))
    signs.pop("hnr")
    assert all(sign is not False for sign in signs.values()), (name, signs)


@cache
def neutral(voice: LearnedVoice) -> Prosody:
    return said(voice, who())[1]


def test_the_voice_does_not_depend_on_when_the_mouth_moves(random: LearnedVoice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Source and tract are the same with no gesture of the mouth and with one a millisecond, also through a breath before the
    words."""
    module, found = import_module("psi_ecs.systems.voice.learned.plan"), []
    for count in (0, 2000):

        def move(_: Any, out: Any, *__: Any, n: int = count) -> None:
            for i in range(n):
                out.add(0.001 * i, 0, 20.0, jaw=1.0)

        with monkeypatch.context() as patch:
            patch.setattr(module, "articulate", move)
            found.append(score(random, LONG_TEXT)[0])
    kept = len(found[0].channels) - len(ARTICULATORS)
    assert len(found[1].knot) > len(found[0].knot) + 1000
    np.testing.assert_allclose(*(states(planned)[0][:, :kept] for planned in found), rtol=0.0, atol=1e-9)
