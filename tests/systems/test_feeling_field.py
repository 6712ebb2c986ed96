"""What feelings do to the field, seen and heard: each map of assets/field/core.toml in what comes out, and monotone."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.components.face import FACE_ID
from psi_ecs.components.oscillator import Core, Role
from psi_ecs.components.text import FEELINGS, Emotion
from psi_ecs.systems.dynamics import load_core
from psi_ecs.systems.formats.persona import load_persona
from psi_ecs.systems.host import Host

F64 = NDArray[np.float64]
TEXT = "The quick brown fox jumps over the lazy dog, and then it sleeps all day in the warm sun by the old river bank."
JAW, TURNS = FACE_ID["jawOpen"], slice(FACE_ID["headYaw"], FACE_ID["headRoll"] + 1)
VOICED = "We were all away a year ago, in a long yellow limousine."
STEPS = (0.0, 0.5, 1.0)


def taken(
    emotion: Emotion, core: Core | None = None, text: str = TEXT, most: int = 1000, voice: str = "", seed: int = 5
) -> tuple[F64, F64]:
    """Face f64[T, 61] and sound f64[N] of at most so many ticks of a text said with a feeling."""
    host = Host(seed=seed, core=core)
    persona = load_persona("mira")
    persona.voice.asset = voice or persona.voice.asset
    host.say(host.avatar(persona), text, emotion)
    frames = []
    while not host.idle and len(frames) < most:
        frames.append(host.step())
    return np.array([f.weights[0] for f in frames], np.float64), np.concatenate([f.audio for f in frames]).astype(np.float64)


def without(**parts: F64) -> Core:
    return replace(load_core(), **parts)


def unfelt(feel: str, rows: slice) -> Core:
    """The core without what a feeling does to some of its rows."""
    table = load_core().feel.copy()
    table[rows, FEELINGS.index(feel)] = 0.0
    return without(feel=table)


def named(feel: str, x: float) -> Emotion:
    return Emotion(arousal=x) if feel == "arousal" else Emotion(names={feel: x} if x else {})


def falling(values: list[float], share: float) -> bool:
    """Each lower than the one before, the last at most `share` of the first."""
    return values == sorted(values, reverse=True) and len(set(values)) == len(values) and values[-1] <= share * values[0]


def test_anger_tightens_the_jaw_to_the_sound() -> None:
    """How far the jaw strays from where it would be without noise falls as couplings grow, over three streams of noise."""
    quiet = load_core().noise.copy()
    quiet[Role.JAW] = 0.0
    strays = []
    for x in STEPS:
        squares = []
        for seed in (5, 6, 7):
            loose, exact = (taken(named("anger", x), core, seed=seed)[0][:, JAW] for core in (None, without(noise=quiet)))
            squares.append(((loose - exact) ** 2).mean() / exact.var())
        strays.append(float(np.sqrt(np.mean(squares))))
    assert falling(strays, 0.9), strays


def test_calm_lets_the_jaw_lag_by_tens_of_milliseconds() -> None:
    c = len(load_core().pulled)
    late = []
    for x in STEPS:
        (lazy, _), (prompt, _) = (taken(named("calm", x), core) for core in (None, unfelt("calm", slice(c, 2 * c))))
        a, b = (np.interp(np.arange(0.0, len(w), 0.05), np.arange(len(w)), w[:, JAW]) for w in (lazy, prompt))
        fit = [float(((a[200:-200] - b[200 - k : len(b) - 200 - k]) ** 2).sum()) for k in range(80)]
        late.append(np.argmin(fit) * 0.05 * 1000.0 / 60.0)
    assert late[0] < late[1] < late[2] and 10.0 < late[2] < 40.0, late


@pytest.mark.parametrize("feel", ["arousal", "joy"])
def test_excitement_adds_tremolo(feel: str) -> None:
    """What the tremor adds to loudness at 4 to 8 Hz, in the sound itself (of the rules: their level hangs on nothing else)."""
    still, table = load_core().amp.copy(), []
    still[Role.TREMOR : Role.FLUTTER + 1] = 0.0
    for x in STEPS:
        sounds = [taken(named(feel, x), core, VOICED, voice="formant")[1] for core in (None, without(amp=still))]
        loud = [np.sqrt((s.reshape(-1, 200) ** 2).mean(axis=1)) for s in sounds]
        ratio = np.log(np.maximum(loud[0], 1e-3) / np.maximum(loud[1], 1e-3))
        wave, hertz = np.fft.rfft(ratio), np.fft.rfftfreq(len(ratio), 200 / 24_000)
        wave[(hertz < 4.0) | (hertz > 8.0)] = 0.0
        table.append(float(np.fft.irfft(wave, len(ratio))[loud[1] > 0.02].std()))
    assert table[0] < table[1] < table[2] and table[2] > 1.15 * table[0], table


def test_sadness_slows_and_damps() -> None:
    takes = [taken(named("sadness", x))[0] for x in STEPS]
    speed = [float(np.abs(np.diff(w[:, TURNS], axis=0)).mean()) for w in takes]
    assert falling(speed, 0.8), speed
    assert len(takes[0]) < len(takes[1]) < len(takes[2])


@pytest.mark.parametrize("feel", ["anger", "calm", "joy", "arousal", "sadness"])
def test_a_little_of_a_feeling_does_a_little(feel: str) -> None:
    """Nothing jumps as a feeling begins: a tenth of it moves the mouth by no more than a third of what all of it does."""
    faces = [taken(named(feel, x), most=60)[0][:, JAW] for x in (0.0, 0.1, 1.0)]
    little, all_of_it = (float(np.abs(f - faces[0]).mean()) for f in faces[1:])
    assert 0.0 < little < 0.33 * all_of_it
