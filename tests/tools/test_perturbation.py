"""Perturbation: known sounds give known jitter, shimmer, noise and tremor, and the voice is within the human range."""

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.systems.formats.persona import load_persona
from psi_ecs.systems.host import Host
from psi_ecs.tools.perturbation import HUMAN, NONE, RATE, Perturbation, perturbation, strangeness, waver

F64 = NDArray[np.float64]


def pulses(jitter: float = 0.0, shimmer: float = 0.0, noise: float = 0.0, hertz: float = 200.0) -> F64:
    """Two seconds of a decaying mode, excited once a period; jitter and shimmer are standard deviations, as shares."""
    rng = np.random.default_rng(1)
    x, at, t = np.zeros(2 * RATE), 10.0, np.arange(400)
    while at < len(x) - 500:
        since = t - (at - int(at))
        wave = np.where(since >= 0.0, np.exp(-np.maximum(since, 0.0) / 40.0) * np.sin(2.0 * np.pi * 0.03 * since), 0.0)
        x[int(at) : int(at) + 400] += (1.0 + shimmer * rng.standard_normal()) * wave
        at += RATE / hertz * (1.0 + jitter * rng.standard_normal())
    return x + noise * rng.standard_normal(len(x))


def test_a_steady_voice_has_next_to_none() -> None:
    found = perturbation(pulses())
    assert found.jitter < 0.1 and found.shimmer < 0.05 and found.hnr > 25.0


@pytest.mark.parametrize("share", [0.005, 0.01, 0.02])
def test_jitter_is_that_of_the_periods(share: float) -> None:
    """Independent periods: mean |T(i) - T(i+1)| is 2 / sqrt(pi) standard deviations."""
    assert perturbation(pulses(jitter=share)).jitter == pytest.approx(100.0 * share * 2.0 / np.sqrt(np.pi), rel=0.25)


def test_shimmer_and_noise_grow_with_what_makes_them() -> None:
    few, more = (perturbation(pulses(shimmer=s)).shimmer for s in (0.02, 0.06))
    assert 0.05 < few < 0.5 * more
    clean, noisy = (perturbation(pulses(noise=s)).hnr for s in (0.01, 0.05))
    assert clean > noisy + 5.0


@pytest.mark.parametrize(("hertz", "cents"), [(6.0, 7.07), (2.0, 0.0), (25.0, 0.0)])
def test_waver_is_the_band_from_4_to_13_hertz(hertz: float, cents: float) -> None:
    t = np.arange(480) / 240.0
    assert waver(0.1 * np.sin(2.0 * np.pi * hertz * t), 240) == pytest.approx(cents, abs=1.1)  # a short piece leaks a little


def test_silence_and_noise_are_no_voice() -> None:
    for x in (np.zeros(RATE), np.random.default_rng(2).standard_normal(RATE)):
        assert all(np.isnan(v) for v in (perturbation(x).jitter, perturbation(x).shimmer))
    assert strangeness([perturbation(np.zeros(RATE))])["jitter"] == NONE


def test_strangeness_is_in_human_deviations() -> None:
    mean, spread = HUMAN
    found = strangeness([mean, Perturbation(mean.jitter + 2.0 * spread.jitter, mean.shimmer, mean.hnr, mean.tremor)])
    assert found["jitter"] == pytest.approx(1.0) and found["hnr"] == 0.0


def said(voice: str) -> Perturbation:
    persona, host = load_persona("mira"), Host(seed=7)
    persona.voice.asset = voice
    host.say(host.avatar(persona), "The quick brown fox jumps over the lazy dog, and then it sleeps all day in the warm sun.")
    sound = []
    while not host.idle:
        sound.append(host.step().audio)
    return perturbation(np.concatenate(sound).astype(np.float64))


def test_the_rules_voice_is_near_the_human_range_and_no_rougher() -> None:
    """It is kept a little smoother than a human's: at full human jitter the rules' voice is judged worse, and misheard more."""
    heard = said("formant")
    assert max(strangeness([heard]).values()) < 4.0, heard
    mean, spread = HUMAN
    assert 0.4 * mean.jitter < heard.jitter < mean.jitter + spread.jitter
    assert mean.hnr - spread.hnr < heard.hnr and heard.shimmer < mean.shimmer + 2.0 * spread.shimmer


def test_the_learned_voice_is_in_the_human_range() -> None:
    """But for shimmer, which comes from its loudness moving somewhat wider than the speaker's."""
    found = strangeness([said("kathleen")])
    assert found["jitter"] < 1.0 and found["hnr"] < 1.5 and found["tremor"] < 1.0 and found["shimmer"] < 3.5, found
