"""Events: each reader sees each one once, for as long as they are kept."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from psi_ecs import App, Reader, Writer, system
from psi_ecs.event import Channel
from psi_ecs.schedule import System


class EventTick(Struct):
    at: int


def reader(name: str, stage: str, seen: list[tuple[int, int]], app: App, every: int = 1) -> System:
    """A system that notes (tick now, tick of the event)."""

    def read(ticks: Reader[EventTick]) -> None:
        seen.extend((app.world.tick, event.at) for event in ticks)

    read.__name__ = name
    return System(read, stage, (), (), (), every, None)


def test_two_readers_early_and_late_each_see_each_event_once() -> None:
    app = App()
    early: list[tuple[int, int]] = []
    late: list[tuple[int, int]] = []

    @system("plan")
    def send(out: Writer[EventTick]) -> None:
        out.send(EventTick(app.world.tick))

    app.add(send, reader("early", "input", early, app), reader("late", "output", late, app)).step(4)
    assert late == [(0, 0), (1, 1), (2, 2), (3, 3)]
    assert early == [(1, 0), (2, 1), (3, 2)]


def test_events_are_kept_for_two_ticks() -> None:
    """A reader that runs each second tick misses none; one that rests longer misses the oldest, and sees none twice."""
    app = App()
    second: list[tuple[int, int]] = []
    fourth: list[tuple[int, int]] = []

    @system("plan")
    def send(out: Writer[EventTick]) -> None:
        out.send(EventTick(app.world.tick))

    app.add(send, reader("second", "output", second, app, 2), reader("fourth", "output", fourth, app, 4)).step(9)
    assert [at for _, at in second] == list(range(9))
    assert fourth == [(0, 0), (4, 3), (4, 4), (8, 7), (8, 8)]


def test_a_reader_that_comes_late_sees_what_is_kept() -> None:
    app = App()
    seen: list[tuple[int, int]] = []

    @system("plan")
    def send(out: Writer[EventTick]) -> None:
        out.send(EventTick(app.world.tick))

    app.add(send).step(5)
    app.add(reader("late", "input", seen, app)).step(2)
    assert seen == [(5, 4), (6, 5)]


def test_inputs_come_at_the_start_of_the_next_tick() -> None:
    app = App()
    seen: list[tuple[int, int]] = []
    app.add(reader("first", "input", seen, app)).step()
    app.send(EventTick(7))
    assert app.pending and seen == []
    app.step()
    assert seen == [(1, 7)] and not app.pending


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.booleans(), st.booleans()), max_size=40))
def test_a_channel_is_a_queue_with_cursors(steps: list[tuple[int, int, bool, bool]]) -> None:
    """Against a plain list: ticks pass, events are sent, two cursors read now and then."""
    channel: Channel[int] = Channel()
    everything: list[tuple[int, int]] = []
    cursors, read = [0, 0], [0, 0]
    tick = 0
    for pass_, send, *reads in steps:
        tick += pass_
        channel.forget(tick - 1)
        for _ in range(send):
            channel.send(tick, len(everything))
            everything.append((tick, len(everything)))
        for i, now in enumerate(reads):
            if now:
                events, cursors[i] = channel.since(cursors[i])
                assert events == [n for at, n in everything[read[i] :] if at >= tick - 1]
                read[i] = len(everything)


@given(st.lists(st.lists(st.integers(1, 3), max_size=6), min_size=1, max_size=3))
def test_events_of_a_tick_stand_in_the_order_of_places(ticks: list[list[int]]) -> None:
    channel: Channel[tuple[int, int, int]] = Channel()
    sent = []
    for tick, places in enumerate(ticks):
        for i, place in enumerate(places):
            channel.send(tick, (tick, place, i), place)
            sent.append((tick, place, i))
        channel.send(tick, (tick, 9, 0))  # without a place: after all others
        sent.append((tick, 9, 0))
    assert channel.since(0)[0] == sorted(sent)
