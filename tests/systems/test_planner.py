"""Sentences become scores one after the other, turns begin and end, and nothing jumps in between."""

import numpy as np
import pytest

from psi_ecs import App, PsiError, Reader, Res, Write, system
from psi_ecs.components.avatar import Avatar, Cast, Feeling, Persona, VoiceStyle
from psi_ecs.components.event import Spoken, Stop
from psi_ecs.components.score import RATE
from psi_ecs.components.text import EMOTIONS, Emotion
from psi_ecs.components.voice import BLOCK, Speech, Voices
from psi_ecs.systems.kernels import relax
from psi_ecs.systems.language import analyse
from psi_ecs.systems.planner import begin, mood, planner
from psi_ecs.systems.voice import FormantVoice


class Heard:
    """Resource: every event that was sent."""

    def __init__(self) -> None:
        self.events: list[Spoken] = []


@system("output")
def listen(spoken: Reader[Spoken], heard: Res[Write[Heard]]) -> None:
    heard.value.events += list(spoken)


class Stage:
    """One avatar and the planner, without sound."""

    def __init__(self, persona: Persona | None = None) -> None:
        self.heard, voices = Heard(), Voices()
        voices.by_name["formant"] = FormantVoice()
        cast = Cast(personas=[persona or Persona(name="plain", voice=VoiceStyle(asset="formant"))])
        self.app = App(seed=1).add(cast, voices, self.heard, planner, listen)
        self.entity = int(self.app.world.spawn(1, Avatar(index=0), Feeling(now=0.0, goal=0.0))[0])

    def say(self, *texts: str, turns: list[int] | None = None) -> Speech:
        queue = [s for text in texts for s in analyse(text).sentences]
        said = Speech(turn=1, start=0, score=None, x=np.zeros(0), v=np.zeros(0), queue=queue, turns=turns or [])
        self.app.world.sparse[Speech][self.entity] = said
        return said

    def kinds(self) -> list[tuple[str, int, int]]:
        return [(e.kind, e.turn, e.start) for e in self.heard.events]

    def until_silent(self) -> int:
        for tick in range(2000):
            if self.entity not in self.app.world.sparse[Speech]:
                return tick
            self.app.step()
        raise AssertionError("never silent")


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_a_turn_begins_at_once_and_ends_when_its_last_score_is_over(stage: Stage) -> None:
    said = stage.say("One. Two.")
    stage.app.step()
    first = said.score
    assert first is not None and said.start == 0
    stage.app.step(first.length // BLOCK)
    second = said.score
    assert second is not None and second is not first
    assert said.start == first.length  # gapless, on a tick
    stage.until_silent()
    assert stage.kinds() == [("turn-start", 1, 0), ("turn-end", 1, first.length + second.length)]


def test_turns_follow_each_other(stage: Stage) -> None:
    stage.say("One.", "Two.", "Three.", turns=[4, 4, 9])
    stage.until_silent()
    kinds = stage.kinds()
    assert [k[:2] for k in kinds] == [("turn-start", 4), ("turn-end", 4), ("turn-start", 9), ("turn-end", 9)]
    assert kinds[1][2] == kinds[2][2]  # the next begins as the one before ends


def test_only_the_last_sentence_of_a_turn_rings_out(stage: Stage) -> None:
    lengths = []
    for turns in ([1, 1], [1, 2]):
        said = stage.say("One.", "Two.", turns=turns)
        stage.app.step()
        assert said.score is not None
        lengths.append(said.score.length)
        stage.until_silent()
        stage.app.step()
    assert lengths[1] > lengths[0]


def test_stop_ends_the_turn_in_the_same_tick(stage: Stage) -> None:
    stage.say("This would have been a long sentence.", "And another one.")
    stage.app.step(7)
    stage.app.send(Stop(avatar=stage.entity))
    stage.app.step()
    assert stage.entity not in stage.app.world.sparse[Speech]
    assert stage.kinds()[-1] == ("turn-end", 1, 7 * BLOCK)
    table = next(t for t in stage.app.world.tables.values() if Avatar in t.key)
    assert table.cols[Avatar]["turn"][0] == -1


def test_state_and_speed_pass_over_from_score_to_score() -> None:
    """The first instant of a score is the last of the one before, in every channel."""
    voices, persona = Voices(), Persona(name="plain", voice=VoiceStyle(asset="formant"))
    voices.by_name["formant"] = FormantVoice()
    queue = [s for text in ("Is it true? No.", "Wow, wonderful!") for s in analyse(text).sentences]
    said = Speech(turn=1, start=0, score=None, x=np.zeros(0), v=np.zeros(0), queue=queue)
    begin(said, persona, voices, 800)
    while said.queue:
        old, start = said.score, said.start
        assert old is not None
        dt = (old.length - int(old.knot[-1])) / RATE
        x, v = relax.step(said.x[-1], said.v[-1], old.target[-1], old.rate[-1], dt)
        begin(said, persona, voices, start + old.length)
        np.testing.assert_allclose(said.x[0], x, atol=1e-12)
        np.testing.assert_allclose(said.v[0], v, atol=1e-9)


def test_the_first_score_starts_from_rest_at_its_own_pitch() -> None:
    voices = Voices()
    voices.by_name["formant"] = FormantVoice()
    said = Speech(turn=1, start=0, score=None, x=np.zeros(0), v=np.zeros(0), queue=list(analyse("Hello.").sentences))
    begin(said, Persona(name="low", voice=VoiceStyle(asset="formant", pitch=90.0)), voices, 0)
    assert said.score is not None
    assert said.x[0, 0] == said.score.target[0, 0] == pytest.approx(12.0 * np.log2(90.0), abs=3.0)
    np.testing.assert_allclose(said.x[0, 1:], [c.rest for c in said.score.channels[1:]])
    assert not said.v[0].any()


def test_feelings_go_to_the_face_with_the_persona_s_mood() -> None:
    stage = Stage(Persona(name="glad", voice=VoiceStyle(asset="formant"), mood={"joy": 0.2, "valence": 0.1}))
    said = stage.say("I am so sad.")
    for word in said.queue[0].words:
        word.emotion = Emotion(valence=-0.5, names={"sadness": 0.8})
    stage.app.step()
    table = next(t for t in stage.app.world.tables.values() if Avatar in t.key)
    goal = dict(zip(("valence", "arousal", "dominance", *EMOTIONS), table.cols[Feeling]["goal"][0].tolist(), strict=True))
    assert goal["sadness"] == pytest.approx(0.8)
    assert goal["joy"] == pytest.approx(0.2)
    assert goal["valence"] == pytest.approx(-0.4)
    stage.until_silent()
    np.testing.assert_allclose(table.cols[Feeling]["goal"][0], mood(Persona(name="x", mood={"joy": 0.2, "valence": 0.1})))


def test_an_unknown_voice_is_named() -> None:
    stage = Stage(Persona(name="x", voice=VoiceStyle(asset="trumpet")))
    stage.say("Hello.")
    with pytest.raises(PsiError, match="no voice named 'trumpet'; there are formant"):
        stage.app.step()
