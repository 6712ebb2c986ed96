import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psi_ecs.components.memory import Bias, Biases, Tone
from psi_ecs.components.regime import Regime
from psi_ecs.components.text import Emotion, Prosody, Sentence, Word
from psi_ecs.systems.memory import tone

share = st.floats(0.0, 1.0)
tones = st.builds(
    Tone, st.lists(st.floats(0.0, 1.0), min_size=10, max_size=10).map(tuple), st.floats(0.3, 3.0), st.floats(-12.0, 12.0),
    st.floats(0.1, 3.0), st.floats(-20.0, 20.0),
)  # fmt: skip


def word(rate: float = 1.0, joy: float = 0.0, **more: object) -> Word:
    return Word(text="x", start=0, end=1, phones=["AH"], stress=[1], syllable=[0], prosody=Prosody(rate=rate),
                emotion=Emotion(names={"joy": joy} if joy else {}), **more)  # type: ignore[arg-type]  # fmt: skip


@given(tones, tones, share)
def test_a_blend_lies_on_the_straight_line_between_its_ends(a: Tone, b: Tone, s: float) -> None:
    x, y, mid = (tone.coordinates(t) for t in (a, b, tone.blended(a, b, s)))
    np.testing.assert_allclose(mid, x + s * (y - x), atol=1e-9)


@given(tones)
def test_the_ends_of_a_blend_are_the_tones(a: Tone) -> None:
    b = Tone(rate=0.5, regime="whisper")
    np.testing.assert_allclose(tone.coordinates(tone.blended(a, b, 0.0)), tone.coordinates(a), atol=1e-12)
    assert tone.blended(a, b, 1.0).regime == "whisper" and tone.blended(a, b, 0.0).regime == ""


def test_manners_fade_one_into_the_other() -> None:
    a, b = Tone(regime="whisper", strength=1.0), Tone(regime="shout", strength=0.8)
    found = [(t.regime, round(t.strength, 3)) for t in (tone.blended(a, b, s) for s in (0.0, 0.25, 0.5, 0.75, 1.0))]
    assert found == [("whisper", 1.0), ("whisper", 0.5), ("", 1.0), ("shout", 0.4), ("shout", 0.8)]
    same = tone.blended(a, Tone(regime="whisper", strength=0.5), 0.5)
    assert (same.regime, same.strength) == ("whisper", 0.75)


@given(tones)
def test_a_point_is_its_tone(a: Tone) -> None:
    back = tone.at(tone.coordinates(a))
    np.testing.assert_allclose(tone.coordinates(back), tone.coordinates(a), atol=1e-9)


def test_the_tone_of_words_is_their_mean() -> None:
    found = tone.tone_of([word(0.5, 1.0), word(2.0)])
    assert found.rate == pytest.approx(1.0) and found.feeling[3] == 0.5
    assert tone.tone_of([]) == Tone() and tone.salience(Tone()) == 0.0
    whisper, alone = Regime(name="whisper"), Regime(name="laugh", alone=True)
    assert tone.tone_of([word(regime=whisper), word(regime=whisper), word()]).regime == "whisper"
    assert tone.tone_of([word(regime=whisper), word()]).regime == ""
    assert tone.tone_of([word(regime=alone)]).regime == ""


def test_words_follow_a_bias_as_far_as_its_weight() -> None:
    bias = Bias(tone=Tone(feeling=(0.0,) * 3 + (1.0,) + (0.0,) * 6, rate=0.64), weight=0.5)
    found = tone.drawn(word(), bias, {})
    assert found.emotion.names == {"joy": 0.5} and found.prosody.rate == pytest.approx(0.8)
    assert tone.drawn(word(), Bias(tone=bias.tone, weight=0.0), {}) == word()
    whisper = Bias(tone=Tone(regime="whisper", strength=0.7), weight=1.0)
    wholly = tone.drawn(word(), whisper, {"whisper": Regime(name="whisper")})
    assert wholly.regime is not None and wholly.regime.strength == pytest.approx(0.7)
    laugh = word(regime=Regime(name="laugh", alone=True))
    assert tone.drawn(laugh, bias, {}) is laugh


def test_what_stands_yields_to_what_words_ask_for_and_what_is_called_does_not() -> None:
    sad = Tone(feeling=(0.0,) * 5 + (1.0,) + (0.0,) * 4)
    said = Sentence(words=[word(), word(joy=1.0), word(joy=1.0, like="farewell")])
    found = tone.biased(said, Biases(standing={"topic": Bias(tone=sad, weight=0.5)},
                                     called={"farewell": Bias(tone=sad, weight=1.0)}), {}).words  # fmt: skip
    assert found[0].emotion.names == {"sadness": 0.5}
    assert found[1].emotion.names == {"joy": 1.0}
    assert found[2].emotion.names == {"sadness": 1.0}
    assert said.words[0].emotion.names == {}  # the sentence itself stays
