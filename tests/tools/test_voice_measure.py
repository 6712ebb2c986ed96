"""Measures of a voice on sounds that have known ones."""

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.components.score import RATE
from psi_ecs.tools.voice import emotions
from psi_ecs.tools.voice.emotions import ACTORS, Shift, agree, shift, table
from psi_ecs.tools.voice.measure import Prosody, clicks, jumps, prosody

F64 = NDArray[np.float64]


def buzz(hertz: F64 | float, seconds: float, high: float = 0.0) -> F64:
    """Five partials, and one about 2 kHz, on a pitch; each of power 0.005, the last `high` dB above it."""
    count = int(seconds * RATE)
    theta = np.cumsum(np.broadcast_to(hertz, count)) / RATE
    top = round(2000.0 / float(np.mean(hertz)))
    out = sum(0.1 * np.sin(2.0 * np.pi * k * theta) for k in range(1, 5))
    return np.asarray(out + 0.1 * 10.0 ** (high / 20.0) * np.sin(2.0 * np.pi * top * theta))


def test_prosody_of_a_known_sound() -> None:
    sweep = 200.0 * 2.0 ** (np.sin(2.0 * np.pi * np.arange(2 * RATE) / RATE) / 6.0)  # +-2 semitones
    phones = [("SIL", 0, 100), ("AA", 100, RATE), ("M", RATE, 2 * RATE)]
    found = prosody(buzz(sweep, 2.0), phones)
    assert found.pitch == pytest.approx(12.0 * np.log2(200.0), abs=0.1)
    assert found.spread == pytest.approx(np.sqrt(2.0), abs=0.1) and found.span == pytest.approx(4.0, abs=0.2)
    assert found.rate == pytest.approx(2.0 / (2.0 - 100.0 / RATE)) and found.hnr > 20.0
    assert found.level == pytest.approx(10.0 * np.log10(5 * 0.005), abs=0.2)
    assert found.alpha == pytest.approx(-10.0 * np.log10(4.0), abs=0.3)
    brighter = prosody(buzz(sweep, 2.0, 6.0), phones)
    assert brighter.alpha - found.alpha == pytest.approx(6.0, abs=0.2)


def test_a_sound_without_a_voice_has_no_pitch() -> None:
    found = prosody(np.zeros(RATE), [])
    assert np.isnan([found.pitch, found.spread, found.rate, found.level, found.hnr]).all()


def test_a_step_at_a_join_is_told_from_movement_within_phones() -> None:
    half = RATE // 2
    phones = [("SIL", 0, 240), ("AA", 240, half), ("IY", half, RATE), ("SIL", RATE, RATE + 240)]
    still = jumps(buzz(200.0, 1.01), phones)
    assert still[0] == pytest.approx(still[1], abs=0.3) and still[0] < 1.0
    stepped = jumps(np.concatenate((buzz(200.0, 0.5), buzz(200.0, 0.51, 30.0))), phones)
    assert stepped[0] > 5.0 and stepped[1] == pytest.approx(still[1], abs=0.3)
    assert np.isnan(jumps(buzz(200.0, 0.3), [])[0])


def test_clicks_are_found_and_speech_like_sounds_have_none() -> None:
    rng = np.random.default_rng(1)
    noise = 0.05 * rng.normal(size=RATE)
    pulses = np.convolve((np.arange(RATE) % 120 == 0).astype(float), np.exp(-np.arange(200) / 20.0))[:RATE]
    for clean in (buzz(200.0, 1.0), noise, pulses, np.zeros(RATE), np.concatenate((np.zeros(9000), noise))):
        assert clicks(clean)[0] == 0
    broken = buzz(200.0, 1.0)
    broken[[5000, 5001, 15000]] += 0.5
    count, worst = clicks(broken)
    assert count == 2 and worst > 20.0


def test_shifts_are_means_over_utterances() -> None:
    quiet, loud = Prosody(92.0, 2.0, 8.0, 10.0, -30.0, -10.0, 15.0), Prosody(95.0, 2.5, 10.0, 9.0, -25.0, -8.0, 14.0)
    found = shift([quiet, quiet], [loud, quiet])
    assert found == Shift(1.5, 12.5, pytest.approx(-5.0), 2.5, 1.0, -0.5)


def test_signs_agree_where_actors_moved() -> None:
    assert set(ACTORS) < set(emotions.FEELINGS)
    assert all(v is not False for name, moved in ACTORS.items() for v in agree(name, moved).values())
    found = agree("sadness", Shift(1.0, 5.0, -1.0, 1.0, -1.0, 0.0))
    assert found == {"pitch": None, "span": False, "rate": True, "level": False, "alpha": True, "hnr": None}
    lines = table(dict(ACTORS))
    assert lines[-1].startswith("signs that agree: 22 of 22") and len(lines) == 7
