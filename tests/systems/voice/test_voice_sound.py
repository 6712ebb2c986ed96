"""What is heard: levels, spectra, people, and that it is the same every time."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.components.avatar import Persona, VoiceStyle
from psi_ecs.components.phone import PHONES
from psi_ecs.components.voice import BLOCK, CONTROL
from psi_ecs.systems.voice.asset import NASAL_POLE, TRACT
from psi_ecs.systems.voice.speak import states
from psi_ecs.systems.voice.spectrum import BIN, BINS, response
from psi_ecs.systems.voice.synth import KNEE, block, limit, silent

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
PEOPLE = ("mira", "june", "theo", "otis")


def bands(x: F32 | F64, edges: tuple[int, ...]) -> F64:
    """Level in dB between the edges (Hz)."""
    power = np.abs(np.fft.rfft(x * np.hanning(len(x)))) ** 2 / len(x)
    hertz = np.fft.rfftfreq(len(x), 1.0 / 24_000.0)
    return np.array([10.0 * np.log10(power[(hertz >= a) & (hertz < b)].sum() + 1e-12) for a, b in pairwise(edges)])


def middle(ear, phones: str, name: str, low: float = 0.3, high: float = 0.8) -> F64:
    """Sound of the inner part of a phone."""
    said = ear.sentence(phones)
    score = ear.plan(said)
    i = ear.names(score).index(name)
    length = score.end[i] - score.start[i]
    x = ear.sound(said)
    return np.asarray(x[int(score.start[i] + low * length) : int(score.start[i] + high * length)], np.float64)


def pairs() -> list[str]:
    """Every phone after every other, each pair once (a walk over all edges, Hierholzer 1873)."""
    names = [p.name for p in PHONES if p.name != "SIL"]
    left = {n: list(names) for n in names}
    stack, walk = ["AA"], list[str]()
    while stack:
        if left[stack[-1]]:
            stack.append(left[stack[-1]].pop())
        else:
            walk.append(stack.pop())
    return walk[::-1]


def test_every_pair_of_phones_is_sound(ear) -> None:
    walk = pairs()
    assert len(set(pairwise(walk))) == 39 * 39
    words = [" ".join(walk[i : i + 6]) for i in range(0, len(walk) - 1, 5)]  # each begins as the one before ends
    said = [ear.sentence(*words[k : k + 12]) for k in range(0, len(words), 12)]
    x = ear.sound(said)
    assert np.isfinite(x).all()
    assert 0.1 < np.abs(x).max() < 1.0
    jump = np.abs(np.diff(x))
    assert jump.max() < 0.5  # no clicks


@pytest.mark.parametrize("name", PEOPLE)
def test_everyone_can_speak(ear_of, name: str) -> None:
    ear = ear_of(name)
    x = ear.sound([ear.birds(), ear.birds("yes-no-question"), ear.birds("exclamation")])
    assert x.dtype == np.float32 and len(x) % BLOCK == 0
    assert np.isfinite(x).all()
    assert 0.12 < np.abs(x).max() < 1.0
    loud = x[np.abs(x) > 0.02].astype(np.float64)
    assert -28.0 < 10.0 * np.log10((loud**2).mean()) < -14.0
    assert abs(x.astype(np.float64).mean()) < 1e-3  # no offset


def pitch_of(x: F32) -> F64:
    """Median of the best lag of autocorrelation in loud frames, Hz."""
    found = []
    for start in range(0, len(x) - 1200, 600):
        frame = x[start : start + 1200].astype(np.float64)
        if (frame**2).mean() < 1e-3:
            continue
        corr = np.fft.irfft(np.abs(np.fft.rfft(frame * np.hanning(1200), 4096)) ** 2)
        lags = np.arange(60, 400)
        found.append(24_000.0 / lags[corr[60:400].argmax()])
    return np.asarray(np.median(found))


def test_women_speak_higher_than_men(ear_of) -> None:
    heard = {name: float(pitch_of(ear_of(name).sound(ear_of(name).birds()))) for name in PEOPLE}
    assert min(heard["mira"], heard["june"]) > 1.4 * max(heard["theo"], heard["otis"])
    assert heard["june"] > heard["mira"] and heard["theo"] > heard["otis"]


def test_sound_is_a_function_of_text_persona_and_seed(ear) -> None:
    one, same, other = ear.sound(ear.birds(), 1), ear.sound(ear.birds(), 1), ear.sound(ear.birds(), 2)
    assert one.tobytes() == same.tobytes()
    assert one.tobytes() != other.tobytes() and len(one) == len(other)


def test_silence_before_and_after(ear) -> None:
    said = ear.birds()
    score, x = ear.plan(said), ear.sound(said)
    assert not x[:800].any()
    assert np.abs(x[score.end[-2] + 4800 :]).max() < 1e-3


def test_nothing_said_is_silence(ear, voice) -> None:
    carry = silent()
    for tick in range(3):
        assert not block(carry, None, voice, ear.persona, tick * BLOCK, 1).any()
    rest = np.tile([c.rest for c in ear.plan(ear.birds()).channels], (CONTROL + 1, 1))
    assert not block(carry, rest, voice, ear.persona, 3 * BLOCK, 1).any()


def test_an_interruption_fades_within_a_border(ear, voice) -> None:
    path, carry = states(ear.plan(ear.sentence("AA")))[0], silent()
    for tick in range(16):
        x = block(carry, path[tick * CONTROL : (tick + 1) * CONTROL + 1], voice, ear.persona, tick * BLOCK, 1)
    assert np.abs(x).max() > 0.1
    faded = block(carry, None, voice, ear.persona, 16 * BLOCK, 1)
    assert abs(float(faded[0] - x[-1])) < 0.1  # goes on from where it was
    assert not faded[100:].any()
    assert not block(carry, None, voice, ear.persona, 17 * BLOCK, 1).any()


def test_the_limiter() -> None:
    ramp = np.linspace(-4.0, 4.0, 4001).astype(np.float32)
    bent = limit(ramp)
    inside = np.abs(ramp) <= KNEE
    np.testing.assert_array_equal(bent[inside], ramp[inside])
    assert np.abs(bent).max() <= 1.0
    assert np.all(np.diff(bent) >= 0.0) and np.diff(bent).max() < 0.0021  # monotone, nowhere steeper than 1
    np.testing.assert_allclose(bent, -bent[::-1], atol=1e-6)


def moving(**values: float) -> F64:
    """Gain of the moving tract in dB at 0, 5, 10 ... 6000 Hz, from rest with some channels set."""
    row = np.zeros((1, 5 + len(TRACT)))
    for i, channel in enumerate(TRACT):
        row[0, 5 + i] = values.get(channel.name, channel.rest)
    hertz = np.arange(0.0, 6000.0, 5.0)[None]
    return np.asarray(20.0 * np.log10(np.abs(response(hertz, row, np.array([220.0, 280.0]))))[0])


@pytest.mark.parametrize("formants", [(300.0, 2600.0, 3100.0), (800.0, 1300.0, 2800.0), (340.0, 900.0, 2600.0)])
def test_formants_are_where_they_were_asked_for(formants: tuple[float, float, float]) -> None:
    gain = moving(f1=formants[0], f2=formants[1], f3=formants[2], b1=60.0, b2=70.0, b3=90.0)
    peaks = 5.0 * (np.flatnonzero((gain[1:-1] > gain[:-2]) & (gain[1:-1] > gain[2:])) + 1)
    for f in formants:
        assert np.abs(peaks - f).min() < 25.0


def test_the_nose_takes_away_at_its_zero_and_nothing_when_it_is_shut() -> None:
    shut, open_ = moving(nasal_zero=NASAL_POLE), moving(nasal_zero=420.0)
    at = round(420.0 / 5.0)
    change = open_ - shut
    assert change[at] < -8.0
    assert change[: 2 * at].argmin() == pytest.approx(at, abs=4)
    assert change[round(NASAL_POLE / 5.0)] > 3.0
    np.testing.assert_allclose(moving(side_pole=1500.0, side_zero=1500.0), moving(), atol=1e-9)
    side = moving(side_pole=2000.0, side_zero=1750.0) - moving()
    assert side[350] < -2.0 and side[400] > side[350] + 2.0


def test_a_closure_is_dull() -> None:
    lost = moving() - moving(dull=30.0)
    np.testing.assert_allclose(lost[[0, 60, 480, 1000]], [0.0, 0.0, 30.0, 30.0], atol=0.1)


def test_noise_follows_the_bands(voice, ear) -> None:
    """The oscillators at a band's centre have the level that the state asks for, voice off."""
    row = np.array([[c.rest for c in ear.plan(ear.birds()).channels]])
    levels = np.linspace(-70.0, -40.0, 16)
    row[0, 5 + 12 : 5 + 28] = levels
    tones, noise = voice.spectrum(row, ear.persona, 60)
    assert noise.shape == (1, BINS) and not tones.any()
    for centre, level in zip(voice.table.bands[1:-1], levels[1:-1], strict=True):
        got = np.interp(centre, np.arange(BINS) * BIN, 20.0 * np.log10(np.maximum(noise[0], 1e-9) / np.sqrt(2.0)))
        assert got == pytest.approx(level, abs=1.0)
    assert noise[0, 0] == noise[0, -1] == 0.0


def test_sibilants_hiss_where_they_should(ear) -> None:
    """/s/ above 4 kHz, /sh/ from 2 to 4; both far above /f/; and voiced ones keep a voice bar."""
    edges = (100, 500, 2000, 4000, 11000)
    s, sh, f, z = (bands(middle(ear, f"AA {n} AA", n), edges) for n in ("S", "SH", "F", "Z"))
    assert s[3] > s[2] + 6.0 and s[3] > s[0] + 15.0
    assert sh[2] > s[2] + 8.0
    assert s[3] > f[3] + 10.0 and sh[2] > f[2] + 10.0
    assert z[0] > s[0] + 15.0 and z[3] > f[3]


def test_closures_are_quiet_and_bursts_are_not(ear) -> None:
    vowel = bands(middle(ear, "AA T AA", "AA"), (100, 11000))[0]
    shut = bands(middle(ear, "AA T AA", "T", 0.15, 0.35), (100, 11000))[0]
    burst = bands(middle(ear, "AA T AA", "T", 0.45, 0.9), (2000, 11000))[0]
    assert shut < vowel - 30.0
    assert burst > shut + 15.0


def test_vowels_have_their_formants_in_the_sound(ear) -> None:
    """/i/ against /a/ against /u/, by where the energy lies below 4 kHz."""
    edges = (200, 500, 1000, 1600, 2200, 3200)
    i, a, u = (bands(middle(ear, f"HH {n} D", n, 0.4, 0.8), edges) for n in ("IY", "AA", "UW"))
    assert i[0] - i[1] > 8.0 and i[4] - i[2] > 8.0
    assert a[1] > a[0] and a[2] > a[4]
    assert u[0] - u[4] > 20.0


def test_breathiness_adds_noise_and_takes_high_partials(voice, ear) -> None:
    plain, breathy = (type(ear)(voice, Persona(name="x", voice=VoiceStyle(breathiness=b))) for b in (0.0, 1.0))
    levels = []
    for other in (plain, breathy):
        score, path = other.path(other.sentence("AA N OW"))
        i = other.names(score).index("OW")
        row = np.array([[v[(score.start[i] + score.end[i]) // 200] for v in path.values()]])
        tones, noise = voice.spectrum(row, other.persona, 50)
        levels.append(
            (20.0 * np.log10(np.abs(tones[0, 9])), 20.0 * np.log10(np.abs(tones[0, 0])), 20.0 * np.log10(noise[0, 20]))
        )
    (high, low, hiss), (high1, low1, hiss1) = levels
    assert hiss1 > hiss + 10.0
    assert (high1 - low1) < (high - low) - 4.0
