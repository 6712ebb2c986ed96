"""Feelings move a voice the way they move people's (RAVDESS medians in `feeling.py`), as heard in the score and the sound."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psi_ecs.components.text import EMOTIONS, Emotion
from psi_ecs.systems.voice.feeling import EFFECTS, Effect, effect


def measure(ear, emotion: Emotion | None) -> dict[str, float]:
    """Mean pitch and its deviation (semitones), seconds spoken, level (dB), brightness (dB) of one sentence."""
    said = ear.birds(emotion=emotion)
    score, path = ear.path(said)
    voiced = path["voicing"] > 0.5
    x = ear.sound(said).astype(np.float64)
    x = x[score.start[1] : score.end[-2]]
    power = np.abs(np.fft.rfft(x)) ** 2
    hertz = np.fft.rfftfreq(len(x), 1.0 / 24_000.0)
    return {
        "mean": float(path["pitch"][voiced].mean()),
        "range": float(path["pitch"][voiced].std()),
        "seconds": len(x) / 24_000.0,
        "level": float(10.0 * np.log10((x**2).mean())),
        "bright": float(10.0 * np.log10(power[(hertz > 1000) & (hertz < 5000)].sum() / power[hertz < 1000].sum())),
    }


@pytest.fixture(scope="module")
def neutral(ear) -> dict[str, float]:
    return measure(ear, None)


@pytest.mark.parametrize("name", EMOTIONS)
def test_every_feeling_is_heard(ear, neutral, name: str) -> None:
    """In the direction and about as far as the table of measured medians says."""
    felt, row = measure(ear, Emotion(names={name: 1.0})), EFFECTS[name]
    assert felt["mean"] - neutral["mean"] == pytest.approx(row.pitch, abs=1.2)
    assert np.sign(np.log(felt["range"] / neutral["range"])) == np.sign(row.span - 1.0)
    assert neutral["seconds"] / felt["seconds"] == pytest.approx(row.rate, abs=0.02)
    assert np.sign(felt["level"] - neutral["level"]) == np.sign(row.loudness)
    if abs(row.tilt) > 1.0:
        assert np.sign(felt["bright"] - neutral["bright"]) == np.sign(row.tilt)


@pytest.mark.parametrize("name", ["joy", "anger", "surprise"])
def test_aroused_voices_are_higher_wider_and_louder(ear, neutral, name: str) -> None:
    felt = measure(ear, Emotion(names={name: 1.0}))
    assert felt["mean"] > neutral["mean"] + 2.0
    assert felt["range"] > 1.1 * neutral["range"]
    assert felt["level"] > neutral["level"] + 3.0


def test_sadness_is_low_flat_slow_and_soft(ear, neutral) -> None:
    felt = measure(ear, Emotion(names={"sadness": 1.0}))
    assert felt["mean"] < neutral["mean"]
    assert felt["range"] < 0.9 * neutral["range"]
    assert felt["seconds"] > 1.05 * neutral["seconds"]
    assert felt["level"] < neutral["level"] - 1.0
    assert felt["bright"] < neutral["bright"]


def test_excitement_without_a_name(ear, neutral) -> None:
    """Arousal alone lifts pitch, range, speed and level; its absence lowers them."""
    up, down = (measure(ear, Emotion(valence=v, arousal=a)) for v, a in ((0.8, 0.9), (-0.6, -0.8)))
    for key in ("mean", "range", "level"):
        assert up[key] > neutral[key] > down[key]
    assert up["seconds"] < neutral["seconds"] < down["seconds"]


def test_surprise_ends_higher_than_neutral(ear) -> None:
    ends = []
    for emotion in (None, Emotion(names={"surprise": 1.0})):
        _, path = ear.path(ear.birds(emotion=emotion))
        voiced = path["pitch"][path["voicing"] > 0.3]
        ends.append(voiced[-1] - voiced.mean())
    assert ends[1] > ends[0] + 1.0


def test_no_feeling_no_effect() -> None:
    assert effect(Emotion()) == Effect()
    assert effect(Emotion(names={"boredom": 1.0, "joy": 0.0})) == Effect()


@settings(max_examples=60)
@given(st.sampled_from(EMOTIONS), st.floats(0.01, 0.99))
def test_more_of_a_feeling_is_more_of_its_effect(name: str, strength: float) -> None:
    """Continuous and monotone from none to all of it."""
    part, row = effect(Emotion(names={name: strength})), EFFECTS[name]
    assert part.pitch == pytest.approx(strength * row.pitch)
    assert part.loudness == pytest.approx(strength * row.loudness)
    assert part.rate == pytest.approx(row.rate**strength)
    assert part.span == pytest.approx(row.span**strength)


@settings(max_examples=100)
@given(
    st.dictionaries(st.sampled_from(EMOTIONS), st.floats(0.0, 1.0)),
    st.floats(-1.0, 1.0),
    st.floats(-1.0, 1.0),
    st.floats(-1.0, 1.0),
)
def test_mixtures_stay_between_their_parts(names: dict[str, float], valence: float, arousal: float, dominance: float) -> None:
    """Whatever is mixed, the voice stays one that a person could have."""
    got = effect(Emotion(valence=valence, arousal=arousal, dominance=dominance, names=names))
    assert -5.0 < got.pitch < 8.0
    assert 0.6 < got.span < 2.2
    assert 0.75 < got.rate < 1.3
    assert -10.0 < got.loudness < 15.0


def test_a_named_feeling_takes_the_place_of_its_dimensions() -> None:
    """Joy with its own arousal is not joy twice."""
    joy = Emotion(names={"joy": 1.0})
    assert effect(Emotion(valence=0.8, arousal=0.5, names={"joy": 1.0})) == effect(joy)
