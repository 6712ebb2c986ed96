"""Intonation: what rises, what falls, and where."""

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.components.text import Prosody

F64 = NDArray[np.float64]


def spoken(ear, said) -> F64:
    """Pitch in semitones re the persona's, over the voiced part."""
    _, path = ear.path(said)
    return np.asarray(path["pitch"][path["voicing"] > 0.3] - 12.0 * np.log2(ear.persona.voice.pitch))


def word_pitch(ear, said, index: int) -> float:
    """Highest pitch within a word."""
    score, path = ear.path(said)
    span = score.words[index]
    return float(path["pitch"][span.start // 100 : span.end // 100].max())


def test_questions_rise_and_statements_fall(ear) -> None:
    """Over the last quarter second of voice."""
    ends = {kind: spoken(ear, ear.birds(kind)) for kind in ("statement", "yes-no-question", "wh-question", "exclamation")}
    moves = {kind: float(p[-3:].mean() - p[-50:-40].mean()) for kind, p in ends.items()}
    assert moves["yes-no-question"] > 3.0
    assert all(moves[kind] < -1.5 for kind in ("statement", "wh-question", "exclamation"))
    assert ends["yes-no-question"][-1] == pytest.approx(ends["yes-no-question"].max(), abs=0.5)
    assert ends["statement"][-1] == pytest.approx(ends["statement"].min(), abs=0.5)


def test_a_continuation_ends_above_a_statement(ear) -> None:
    assert spoken(ear, ear.birds("continuation"))[-1] > spoken(ear, ear.birds())[-1] + 2.0


def test_a_comma_rises_more_than_a_full_stop(ear) -> None:
    said = ear.sentence(ear.word("D AA G Z", break_after=3), "R AH N")
    score, path = ear.path(said)
    at = score.words[0].end // 100
    assert path["pitch"][at - 8] > path["pitch"][score.words[1].end // 100 - 8] + 2.0


def test_pitch_declines(ear) -> None:
    """Equal accents, lower and lower (declination)."""
    said = ear.sentence(*["M AA"] * 7)
    peaks = [word_pitch(ear, said, i) for i in range(1, 6)]
    assert np.all(np.diff(peaks) < 0.0)
    assert 1.0 < peaks[0] - peaks[-1] < 4.0


def test_an_accent_is_high_and_emphasis_higher(ear) -> None:
    def middle(accent: float) -> float:
        """Where the syllable has had time: targets are reached at its end."""
        score, path = ear.path(ear.sentence("DH AH", "M AA", ear.word("B AA", accent=accent), "M AA", "L AA"))
        return float(path["pitch"][score.words[2].end // 100 - 8])

    weak, plain, strong = middle(0.1), middle(1.0), middle(2.0)
    assert plain > weak + 1.5
    assert strong > plain + 1.5


def test_the_accent_is_on_the_stressed_syllable(ear) -> None:
    for stressed in (0, 1):
        said = ear.sentence(ear.word("M AA M AA M AA", stressed=stressed), "N AW", "N AW")
        score, path = ear.path(said)
        nuclei = [i for i, n in enumerate(ear.names(score)) if n == "AA"][:3]
        heights = [path["pitch"][score.start[i] // 100 : score.end[i] // 100 + 1].max() for i in nuclei]
        assert int(np.argmax(heights)) == stressed


def test_the_register_is_the_persona_s(ear_of) -> None:
    for name in ("mira", "june", "theo", "otis"):
        assert abs(float(np.median(spoken(ear_of(name), ear_of(name).birds())))) < 2.5


def test_markup_shifts_and_widens(ear) -> None:
    plain, high, wide, flat = (
        spoken(ear, ear.birds(prosody=p)) for p in (Prosody(), Prosody(pitch=5.0), Prosody(span=2.0), Prosody(span=0.0))
    )
    np.testing.assert_allclose(high - plain, 5.0, atol=0.05)
    assert wide.std() == pytest.approx(2.0 * plain.std(), rel=0.1)
    assert flat.std() < 0.05


def test_pitch_is_smooth(ear) -> None:
    """Targets are approached, never jumped to: below 120 st/s, which Xu & Sun (2002) find people hardly reach."""
    for kind in ("statement", "yes-no-question", "exclamation"):
        _, path = ear.path(ear.birds(kind))
        assert np.abs(np.diff(path["pitch"]) * 240.0).max() < 120.0
