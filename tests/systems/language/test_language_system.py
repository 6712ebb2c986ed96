"""The plugin: Say events become sentences in the queue."""

import pytest

from psi_ecs import App, Reader, Sparse, System, Write, system
from psi_ecs.components.event import Say, Spoken, Stop
from psi_ecs.components.text import Waiting
from psi_ecs.components.voice import Speech
from psi_ecs.systems.language import TextError, language

heard: list[Spoken] = []


@system("express")
def listen(spoken: Reader[Spoken]) -> None:
    heard.extend(spoken)


@pytest.fixture
def app() -> App:
    heard.clear()
    return App(seed=1).add(language, listen)


def taker(limit: int = 1) -> tuple[System, list[str]]:
    """Stands in for the planner: takes a sentence each tick and ends turns."""
    said: list[str] = []

    @system("plan", after=("language",))
    def take(speech: Sparse[Write[Speech]]) -> None:
        for entity, s in speech.items():
            if s.queue:
                said.append(f"{s.turns.pop(0)}: " + " ".join(w.text for w in s.queue.pop(0).words))
            else:
                del speech[entity]

    return take, said


def test_sentences_are_queued_a_few_ahead(app: App) -> None:
    who = int(app.world.spawn(1)[0])
    app.send(Say(avatar=who, turn=3, text="One. Two. Three. Four. Five. Six."))
    app.step()
    speech = app.world.get_sparse(who, Speech)
    assert speech is not None and speech.turn == 3
    assert [s.words[0].text for s in speech.queue] == ["One", "Two", "Three"]
    speech.queue.pop(0)
    app.step()
    assert [s.words[0].text for s in speech.queue] == ["Two", "Three", "Four"]


def test_turns_follow_one_another(app: App) -> None:
    take, said = taker()
    app.add(take)
    who = int(app.world.spawn(1)[0])
    app.send(Say(avatar=who, turn=0, text="One. Two."))
    app.send(Say(avatar=who, turn=1, text="Three."))
    app.step(8)
    assert said == ["0: One", "0: Two", "1: Three"]
    assert app.world.get_sparse(who, Waiting) is None


def test_stop_drops_what_waits_and_a_new_line_may_follow(app: App) -> None:
    take, said = taker()
    app.add(take)
    who = int(app.world.spawn(1)[0])
    app.send(Say(avatar=who, turn=0, text="One. " * 50))
    app.step(2)
    app.send(Stop(avatar=who))
    app.send(Say(avatar=who, turn=1, text="New."))
    app.step(1)
    waiting = app.world.get_sparse(who, Waiting)
    assert waiting is not None and [line.text for line in waiting.lines] == ["New."]
    app.step(9)
    assert said[-1] == "1: New"
    assert said.count("0: One") < 10


def test_a_turn_without_words_ends_at_once(app: App) -> None:
    who = int(app.world.spawn(1)[0])
    app.send(Say(avatar=who, turn=7, text="😀"))
    app.step()
    assert [(e.turn, e.kind) for e in heard] == [(7, "turn-start"), (7, "turn-end")]
    assert app.world.get_sparse(who, Speech) is None


def test_a_long_text_is_spread_over_ticks_and_survives_a_snapshot(app: App) -> None:
    who = int(app.world.spawn(1)[0])
    app.send(Say(avatar=who, turn=0, text="A short sentence. " * 6000))
    app.step()
    waiting = app.world.get_sparse(who, Waiting)
    assert waiting is not None and waiting.lines[0].at < 200
    copy = App(seed=1).add(language, listen).load(app.save())
    assert copy.save() == app.save()
    copy.step()
    app.step()
    assert copy.digest() == app.digest()


def test_malformed_ssml_is_an_error(app: App) -> None:
    who = int(app.world.spawn(1)[0])
    app.send(Say(avatar=who, turn=0, text="<speak><p>"))
    with pytest.raises(TextError, match="line 1"):
        app.step()
