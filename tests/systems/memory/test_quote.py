import dataclasses

import numpy as np
import pytest
from msgspec.structs import replace
from spoken import run, turn

from psi_ecs import PsiError, SnapshotError
from psi_ecs.components.memory import Wish
from psi_ecs.components.moment import Moment
from psi_ecs.systems.dynamics import load_core
from psi_ecs.systems.host import Host
from psi_ecs.systems.memory.moment import opened, sealed
from psi_ecs.systems.memory.rerun import fitting


@pytest.fixture(scope="module")
def said() -> tuple[Host, int, list[bytes]]:
    """A turn with feelings, two sentences, cues, a driven face, and somebody who talks meanwhile."""
    host = Host(seed=3)
    me, other = host.avatar("mira"), host.avatar("theo", place=(0.5, 0.0, 0.0))
    host.step(20)
    host.say(other, "My home was in danger.")  # words that stir concepts
    host.step(9)
    number = host.say(me, "[remember greeting][joy] Hello, friend! [/] A joke?")
    host.pose(me, {"browInnerUp": 0.5}, owner="tracker")
    frames = [host.step() for _ in range(30)]
    host.cue(me, "nod")
    host.drive(me, "brow", kick=1.5)
    host.look_at(me, (0.2, 0.1, 1.0))
    host.articulate(me, jaw=1.2)
    host.release(me, owner="tracker")
    frames += run(host)
    return host, me, turn(frames, number)


def test_a_quote_is_the_same_bytes(said: tuple[Host, int, list[bytes]]) -> None:
    host, me, then = said
    number = host.quote(me, "greeting")
    assert turn(run(host), number) == then


def test_a_quote_is_the_same_alone_and_with_another_seed(said: tuple[Host, int, list[bytes]]) -> None:
    host, me, then = said
    found = host.memory(me).find(Wish(tags=("greeting",)))[0]
    alone = Host(seed=99)
    who = alone.avatar("mira")
    alone.memory(who).store.add(found.entry)
    alone.step(11)
    number = alone.quote(who, "greeting")
    assert turn(run(alone), number) == then != []


def test_the_face_goes_to_a_quote_and_back_without_a_jump(said: tuple[Host, int, list[bytes]]) -> None:
    host, me, _ = said
    host.quote(me, "greeting")
    shown = np.stack([f.weights[0] for f in run(host)])
    moved = np.abs(np.diff(shown[:, :52], axis=0))
    assert moved.max() < 0.35  # a blink closes by less in a tick, and so does a lip


def test_a_quote_waits_for_what_is_being_said_and_is_waited_for(said: tuple[Host, int, list[bytes]]) -> None:
    host, me, then = said
    first = host.say(me, "One.")
    second = host.quote(me, "greeting")
    host.step(5)
    third = host.say(me, "Two.")
    frames = run(host)
    begun = {e.turn: k for k, f in enumerate(frames) for e in f.events if e.kind == "turn-start"}
    over = {e.turn: k for k, f in enumerate(frames) for e in f.events if e.kind == "turn-end"}
    assert over[first] <= begun[third] and over[third] <= begun[second]  # what is said comes first
    assert turn(frames, second) == then


def test_a_stop_ends_a_quote(said: tuple[Host, int, list[bytes]]) -> None:
    host, me, _ = said
    number = host.quote(me, "greeting")
    host.step(40)
    host.stop(me)
    frames = run(host)
    assert [e.turn for f in frames for e in f.events if e.kind == "turn-end"] == [number]
    assert len(frames) < 5 and not np.abs(frames[-1].audio).any()


def test_a_world_saved_within_a_quote_goes_on_the_same(said: tuple[Host, int, list[bytes]]) -> None:
    host, me, _ = said
    host.quote(me, "greeting")
    host.step(50)
    saved = host.save()
    straight = [f.weights.tobytes() for f in run(host)]
    again = Host().load(saved)
    assert [f.weights.tobytes() for f in run(again)] == straight


def test_a_world_that_was_loaded_remembers_the_same(said: tuple[Host, int, list[bytes]]) -> None:
    host, me, then = said
    again = Host().load(host.save())
    assert len(again.memory(me).find(Wish(limit=99))) == len(host.memory(me).find(Wish(limit=99)))
    for one in (host, again):
        one.say(me, "[like greeting] Nine. [/]")
    assert [f.audio.tobytes() for f in run(again)] == [f.audio.tobytes() for f in run(host)]
    number = again.quote(me, "greeting")
    assert turn(run(again), number) == then


def test_a_field_of_ones_own_is_quoted_and_another_is_told(caplog: pytest.LogCaptureFixture) -> None:
    own = load_core()
    own = dataclasses.replace(own, freq=own.freq * 1.05)
    host = Host(seed=3, core=own)
    me = host.avatar("mira")
    host.step(20)
    number = host.say(me, "[remember one] Nine.")
    then = turn(run(host), number)
    number = host.quote(me, "one")
    assert turn(run(host), number) == then and "not just what it was" not in caplog.text
    other = Host()
    who = other.avatar("mira")
    other.memory(who).store.add(host.memory(me).find(Wish(tags=("one",)))[0].entry)
    number = other.quote(who, "one")
    assert turn(run(other), number) != then and "entry 1: this is not just what it was" in caplog.text


def test_what_is_not_remembered_cannot_be_quoted(said: tuple[Host, int, list[bytes]]) -> None:
    host, me, _ = said
    with pytest.raises(PsiError, match="quote the coronation: Mira remembers nothing of that; psi memory list"):
        host.quote(me, "the coronation")
    entry = host.memory(me).find(Wish(tags=("greeting",)))[0].entry
    host.memory(me).store.add(replace(entry, id=0, tags=("rain",), moment=b""))
    with pytest.raises(PsiError, match="quote rain: Mira cannot replay that"):
        host.quote(me, "rain")


def test_moments_are_small_and_come_back(said: tuple[Host, int, list[bytes]]) -> None:
    host, me, _ = said
    entry = host.memory(me).find(Wish(tags=("greeting",)))[0].entry
    assert len(entry.moment) < 8192
    moment = opened(entry.moment)
    assert isinstance(moment, Moment) and sealed(moment) == entry.moment
    for bad in (b"", b"PK\3\4", entry.moment[:-9], entry.moment + b"x", bytes(200)):
        with pytest.raises(SnapshotError):
            opened(bad)


def test_moments_of_another_version_are_refused(said: tuple[Host, int, list[bytes]], caplog: pytest.LogCaptureFixture) -> None:
    host, me, _ = said
    entry = host.memory(me).find(Wish(tags=("greeting",)))[0].entry
    for name, bad in (("body", b"x"), ("ticks", 0), ("sentences", []), ("index", -1), ("tick", -5)):
        with pytest.raises(PsiError, match="contradicts itself"):
            fitting(replace(opened(entry.moment), **{name: bad}))
    moment = opened(entry.moment)
    moment.layout = "00000000"
    other = Host()
    who = other.avatar("mira")
    entry.moment = sealed(moment)
    other.memory(who).store.add(entry)
    number = other.quote(who, "greeting")
    frames = run(other)
    assert [e.kind for f in frames for e in f.events if e.turn == number] == ["turn-end"]
    assert "another version" in caplog.text
