"""The field in motion, and that the world sounds exactly as its parts do."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs import App, Reader, Res, Write, system
from psi_ecs.components.avatar import Avatar, Cast, Feeling, Persona, VoiceStyle
from psi_ecs.components.event import Say, Spoken, Stop
from psi_ecs.components.face import Articulation
from psi_ecs.components.oscillator import Oscillator, Part, Role
from psi_ecs.components.phone import PHONES
from psi_ecs.components.score import ARTICULATOR_REST, RATE
from psi_ecs.components.voice import BLOCK, Larynx, Sound, Speech
from psi_ecs.systems.dynamics import dynamics
from psi_ecs.systems.dynamics.core import load
from psi_ecs.systems.dynamics.moment import beat, marks, offsets, ride
from psi_ecs.systems.dynamics.score import LEAD, TREMORS, effort, phone_at
from psi_ecs.systems.language import analyse, language
from psi_ecs.systems.planner import planner
from psi_ecs.systems.voice import FormantVoice, speak, voice

F64 = NDArray[np.float64]
TEXT = "Bob may pop up. Is Mary home?"


class Heard:
    """Resource: every event that was sent."""

    def __init__(self) -> None:
        self.events: list[Spoken] = []


@system("output")
def listen(spoken: Reader[Spoken], heard: Res[Write[Heard]]) -> None:
    heard.value.events += list(spoken)


class Stage:
    """Avatars with a voice and no face."""

    def __init__(self, *personas: Persona, seed: int = 3) -> None:
        self.personas = list(personas) or [Persona(name="plain", voice=VoiceStyle(asset="formant"))]
        self.heard = Heard()
        cast = Cast(personas=self.personas)
        self.app = App(seed=seed).add(cast, self.heard, language, planner, dynamics, voice, listen)
        self.ids = [
            int(self.app.world.spawn(1, Avatar(index=i), Feeling(), Articulation(now=ARTICULATOR_REST), Sound())[0])
            for i in range(len(self.personas))
        ]

    def say(self, text: str, avatar: int = 0) -> None:
        self.app.send(Say(avatar=self.ids[avatar], turn=1, text=text))

    def column(self, cls: type, name: str) -> NDArray[np.float32]:
        table = next(t for t in self.app.world.tables.values() if Avatar in t.key and t.n)
        return np.array(table.cols[cls][name][: table.n])

    def run(self, ticks: int) -> NDArray[np.float32]:
        """Sound f32[avatars, samples] of some ticks."""
        out = []
        for _ in range(ticks):
            self.app.step()
            out.append(self.column(Sound, "block"))
        return np.concatenate(out, axis=1)

    def oscillators(self, avatar: int = 0) -> dict[Role, tuple[float, float]]:
        """Phase and frequency of each role."""
        found = {}
        for table in self.app.world.tables.values():
            if Oscillator in table.key:
                for i in range(table.n):
                    if int(table.cols[Part]["avatar"][i]) == self.ids[avatar]:
                        role = Role(int(table.cols[Part]["role"][i]))
                        found[role] = float(table.cols[Oscillator]["theta"][i]), float(table.cols[Oscillator]["freq"][i])
        return found


def test_the_world_sounds_as_its_parts_do() -> None:
    """Sample for sample what `speak` makes, with tick-wise states and blocks, if nothing trembles and both folds are alike."""
    stage = Stage()
    still = load().amp.copy()
    still[TREMORS] = 0.0
    one = replace(load(), amp=still, noise=np.zeros(len(Role)), lag=np.zeros(len(load().lag)), freq=load().freq.copy())
    one.freq[Role.FOLD] = one.freq[Role.GLOTTIS]
    stage.app.add(one)
    stage.say(TEXT)
    heard = stage.run(330)[0]
    alone, _ = speak(analyse(TEXT).sentences, stage.personas[0], FormantVoice(), seed=3 * 1024)
    assert len(alone) < len(heard)
    np.testing.assert_allclose(heard[: len(alone)], alone, atol=1e-6)
    assert not heard[len(alone) + BLOCK :].any()


def test_two_runs_are_the_same_and_seeds_differ() -> None:
    runs = []
    for seed in (3, 3, 4):
        stage = Stage(seed=seed)
        stage.say("Bob may.")
        runs.append((stage.run(90).tobytes(), tuple(stage.oscillators().values())))
    assert runs[0] == runs[1]
    assert runs[0][0] != runs[2][0]


def test_avatars_do_not_disturb_each_other() -> None:
    both = Stage(Persona(name="a"), Persona(name="b", voice=VoiceStyle(pitch=110.0)))
    both.say("Bob may pop up.", 0)
    both.say("Is Mary home?", 1)
    alone = Stage(Persona(name="a"))
    alone.say("Bob may pop up.")
    two = both.run(100)
    np.testing.assert_array_equal(two[0], alone.run(100)[0])
    assert two[1].any()


def test_nobody_speaks_nothing_sounds() -> None:
    stage = Stage()
    assert not stage.run(60).any()
    assert stage.column(Articulation, "now")[0].tolist() == pytest.approx(ARTICULATOR_REST.tolist())
    assert not stage.heard.events


def test_stop_fades_within_100_samples_and_the_mouth_comes_to_rest() -> None:
    stage = Stage()
    stage.say("Ah, well, I never knew that.")
    while np.abs(stage.run(1)).max() < 0.05:
        pass
    stage.app.send(Stop(avatar=stage.ids[0]))
    fade = stage.run(2)[0]
    assert np.abs(np.diff(fade)).max() < 0.2
    assert not fade[100:].any()
    stage.run(90)
    np.testing.assert_allclose(stage.column(Articulation, "now")[0], ARTICULATOR_REST, atol=1e-3)


def test_everything_said_is_announced_once_and_in_time() -> None:
    stage = Stage()
    stage.say(TEXT)
    stage.run(330)
    events = stage.heard.events
    said = analyse(TEXT).sentences
    words = [e for e in events if e.kind == "word"]
    assert [e.text.strip(".?") for e in words] == [w.text for s in said for w in s.words]
    assert [(e.char_start, e.char_end) for e in words] == [(w.start, w.end) for s in said for w in s.words]
    phones = [e for e in events if e.kind == "phone"]
    assert [e.text for e in phones if e.text != "SIL"] == [p for s in said for w in s.words for p in w.phones]
    assert all(a.end == b.start for a, b in pairwise(phones))
    assert all(a.start <= b.start for a, b in pairwise(words))
    assert [e.kind for e in events if e.kind.startswith(("turn", "sentence"))] == [
        "turn-start", "sentence", "sentence", "turn-end",
    ]  # fmt: skip
    assert all(e.start < e.end for e in (*words, *phones))


def test_an_event_comes_in_the_tick_that_it_names() -> None:
    stage = Stage()
    stage.say(TEXT)
    for tick in range(200):
        before = len(stage.heard.events)
        stage.app.step()
        for event in stage.heard.events[before:]:
            if event.kind != "turn-start":
                assert tick * BLOCK <= event.start < (tick + 1) * BLOCK or event.kind == "turn-end"


def test_the_mouth_is_ahead_of_the_sound() -> None:
    """Articulators are those of the score LEAD later, and lips are shut while /m/ sounds."""
    stage = Stage()
    stage.say("My mum may hum.")
    stage.app.step()
    said = stage.app.world.sparse[Speech][stage.ids[0]]
    assert said.score is not None
    score, shut = said.score, 0
    for tick in range(1, 90):
        stage.app.step()
        at = tick * BLOCK + round(LEAD * RATE)
        assert stage.column(Articulation, "phone")[0] == score.phone[phone_at(score, at)]
        sounding = phone_at(score, tick * BLOCK)
        name = PHONES[int(score.phone[sounding])].name
        if name == "M" and score.start[sounding] + 600 < tick * BLOCK < score.end[sounding] - 240:
            shut += 1
            assert stage.column(Articulation, "now")[0, 1] < 0.3
    assert shut >= 2


def test_the_glottal_oscillator_is_the_one_that_sounds() -> None:
    """Its phase is that of the voice's own, k:1, and its frequency the pitch."""
    stage = Stage()
    stage.say("Ah, well, I never knew that.")
    stage.run(30)
    apart = []
    for _ in range(20):
        stage.app.step()
        larynx = stage.app.world.sparse[Larynx][stage.ids[0]]
        theta, freq = stage.oscillators()[Role.GLOTTIS]
        apart.append((theta - larynx.theta) % 1.0)
        assert freq == pytest.approx(larynx.pitch, rel=0.1)
    np.testing.assert_allclose(np.exp(2j * np.pi * np.array(apart)), np.exp(2j * np.pi * apart[0]), atol=1e-6)


def test_the_syllable_oscillator_turns_once_a_syllable_and_the_jaw_with_it() -> None:
    stage = Stage()
    stage.say("Banana, banana, banana, banana.")
    stage.app.step()
    said = stage.app.world.sparse[Speech][stage.ids[0]]
    assert said.score is not None
    score = said.score
    nuclei = score.start[np.array([PHONES[int(p)].vowel for p in score.phone])]
    syllable, jaw = [], []
    for tick in range(1, int(nuclei[-1]) // BLOCK):
        stage.app.step()
        if (tick + 1) * BLOCK > nuclei[1]:
            drive = beat(marks(score)[0], (tick + 1) * BLOCK, BLOCK)[0]
            phases = stage.oscillators()
            syllable.append((phases[Role.SYLLABLE][0] - drive + 0.5) % 1.0 - 0.5)
            jaw.append((phases[Role.JAW][0] - phases[Role.SYLLABLE][0] + 0.5) % 1.0 - 0.5)
    assert len(syllable) > 60
    assert np.abs(syllable).max() < 0.09
    assert np.abs(jaw).max() < 0.09


def test_the_beat_is_whole_at_each_nucleus() -> None:
    score = FormantVoice().plan(analyse("Bob may pop up.").sentences[0], Persona(name="x"), True)
    nuclei = score.start[np.array([PHONES[int(p)].vowel for p in score.phone])]
    for place in nuclei[:-1].tolist():
        phase, hertz = beat(marks(score)[0], place, BLOCK)
        assert min(phase, 1.0 - phase) < 1e-9
        assert 1.0 < hertz < 15.0
    middle = int((nuclei[0] + nuclei[1]) // 2)
    assert beat(marks(score)[0], middle, BLOCK)[0] == pytest.approx(0.5, abs=0.01)


def test_the_accent_clock_is_whole_at_stressed_vowels_alone() -> None:
    score = FormantVoice().plan(analyse("A banana above the potato.").sentences[0], Persona(name="x"), True)
    vowel = np.array([PHONES[int(p)].vowel for p in score.phone])
    for place, stress in zip(score.start[vowel].tolist(), score.stress[vowel].tolist(), strict=True):
        phase = beat(marks(score)[1], place, BLOCK)[0]
        assert (min(phase, 1.0 - phase) < 1e-9) == (stress == 1)


def test_parts_are_as_far_along_as_their_phases() -> None:
    assert offsets([0.05, 0.1], [(0.95, 5.0), (0.2, 2.0)]) == pytest.approx([0.02, -0.05])
    assert offsets([0.3, 0.3], [(0.0, 0.0), (np.nan, np.nan)]) == [0.0, 0.0]


def test_open_lips_ride_on_the_jaw_and_shut_ones_do_not() -> None:
    def lips(gap: float, jaw: float) -> float:
        mouth = np.array([6.0, gap, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
        ride(mouth, jaw)
        assert mouth[0] == jaw
        return float(mouth[1])

    assert lips(8.0, 4.0) == pytest.approx(6.0) and lips(8.0, 7.0) == pytest.approx(9.0)
    assert lips(-1.5, 2.0) == -1.5 and lips(1.0, 0.0) == 1.0
    assert lips(3.0, 0.0) == 2.0  # a vowel stays open


def test_every_avatar_has_one_oscillator_of_each_role() -> None:
    stage = Stage(Persona(name="a"), Persona(name="b"))
    stage.run(3)
    for avatar in (0, 1):
        assert set(stage.oscillators(avatar)) == set(Role)
    slow = [r for r in Role if load().spread[r] > 0.0]
    assert len(slow) > 5
    assert all(stage.oscillators(0)[r][1] != stage.oscillators(1)[r][1] for r in slow)  # nobody moves in step
    total = sum(t.n for t in stage.app.world.tables.values() if Oscillator in t.key)
    assert total == 2 * len(Role)


def test_at_rest_phases_advance_by_their_frequencies() -> None:
    stage = Stage()
    stage.run(1)
    before = stage.oscillators()
    stage.run(60)
    pulled = set(load().pulled.tolist())
    for role, (theta, freq) in stage.oscillators().items():
        if role not in pulled and role is not Role.GLOTTIS:
            apart = (theta - before[role][0] - freq + 0.5) % 1.0 - 0.5
            assert abs(apart) < 1e-6, role


def test_effort_is_that_of_voice_and_level() -> None:
    def of(voicing: float, breath: float, loudness: float) -> float:
        return effort(np.array([90.0, voicing, breath, loudness, 1.0]))

    assert of(1.0, 0.0, 0.0) == pytest.approx(0.5)
    assert of(0.0, 0.0, 10.0) == 0.0
    assert of(1.0, 0.0, 60.0) == 1.0 and of(1.0, 0.0, -60.0) == 0.0
    assert 0.0 < of(0.0, 0.5, 0.0) < of(0.5, 0.0, 0.0) < of(1.0, 0.0, 6.0)


def test_the_phone_at_a_sample() -> None:
    score = FormantVoice().plan(analyse("Hello.").sentences[0], Persona(name="x"), True)
    for i in range(len(score.start)):
        assert phone_at(score, int(score.start[i])) == phone_at(score, int(score.end[i]) - 1) == i
    assert phone_at(score, -5) == 0
    assert phone_at(score, score.length + 5) == len(score.start) - 1
