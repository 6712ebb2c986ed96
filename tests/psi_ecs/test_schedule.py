"""Systems and their order: what conflicts is refused, what is ordered runs in order, what is open does not matter."""

from itertools import chain
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from psi_ecs import (
    App,
    Clock,
    Col,
    Commands,
    Edges,
    Entities,
    Query,
    Reader,
    Res,
    Rng,
    ScheduleError,
    Sparse,
    System,
    Tag,
    World,
    Write,
    Writer,
    component,
    f32,
    i64,
    relation,
    system,
)
from psi_ecs.schedule import STAGES, arrange


@component
class StageA:
    x: Col[f32]


@component
class StageB:
    x: Col[f32]


@component
class StageMade:
    by: Col[i64]


@relation()
class StageTie:
    w: Col[f32]


class StageLit(Tag): ...


class StageNote(Struct):
    text: str = ""


class StageEvent(Struct):
    by: str = ""


def sys(name: str, stage: str = "simulate", after: tuple[Any, ...] = (), **hints: Any) -> System:
    """A system that does nothing, with these parameters."""
    body = f"def {name}({', '.join(hints)}): pass"
    made: dict[str, Any] = {}
    exec(body, made)
    made[name].__annotations__ = hints
    return system(stage, after=after)(made[name])


def names(stages: list[list[System]]) -> list[list[str]]:
    return [[s.name for s in stage] for stage in stages if stage]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (Query[Write[StageA]], Query[StageA]),
        (Query[Write[StageA]], Query[StageB, Write[StageA]]),
        (Res[Write[Clock]], Res[Clock]),
        (Sparse[Write[StageNote]], Sparse[StageNote]),
        (Edges[Write[StageTie]], Edges[StageTie]),
        (Writer[StageEvent], Reader[StageEvent]),
        (World, Query[StageA]),
        (World, World),
    ],
)
def test_a_conflict_without_an_order_is_refused_by_name(one: Any, two: Any) -> None:
    app = App().add(sys("first", a=one), sys("second", a=two))
    with pytest.raises(ScheduleError, match=r"first and second both touch .+ say after=\(.first.,\) on second"):
        app.build()
    App().add(sys("first", a=one), sys("second", after=("first",), a=two)).build()
    App().add(sys("first", a=one), sys("second", "express", a=two)).build()


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (Query[StageA], Query[StageA]),
        (Query[Write[StageA]], Query[Write[StageB]]),
        (Query[Write[StageA], Entities], Query[StageB, Entities]),
        (Writer[StageEvent], Writer[StageEvent]),
        (Reader[StageEvent], Reader[StageEvent]),
        (Res[Clock], Sparse[Write[StageNote]]),
        (Commands, Commands),
    ],
)
def test_what_does_not_conflict_needs_no_order(one: Any, two: Any) -> None:
    App().add(sys("first", a=one), sys("second", a=two)).build()


def test_two_senders_of_which_one_reads_conflict() -> None:
    both = sys("both", a=Writer[StageEvent], b=Reader[StageEvent])
    with pytest.raises(ScheduleError, match=r"touch Event\[StageEvent\]"):
        App().add(sys("first", a=Writer[StageEvent]), both).build()


def test_filters_count_as_reads() -> None:
    def run(a: Query[StageB]) -> None: ...

    for made in (system("plan", with_=(StageA,))(run), system("plan", without=(StageA,))(run)):
        with pytest.raises(ScheduleError, match="StageA"):
            arrange([sys("writer", "plan", a=Query[Write[StageA]]), made])


def test_an_order_through_a_third_system_counts() -> None:
    write = Query[Write[StageA]]
    three = [sys("c", after=("b",), a=write), sys("b", after=("a",)), sys("a", a=write)]
    assert names(arrange(three)) == [["a", "b", "c"]]


def test_systems_run_by_stage_then_as_added_then_by_after() -> None:
    some = [sys("late", "output"), sys("two", after=("four",)), sys("one"), sys("early", "input"), sys("four"), sys("three")]
    assert names(arrange(some)) == [["early"], ["one", "four", "two", "three"], ["late"]]


def test_after_an_absent_system_does_not_matter_after_a_later_stage_does() -> None:
    arrange([sys("one", after=("nowhere",))])
    arrange([sys("one", "output", after=("two",)), sys("two", "input")])
    with pytest.raises(ScheduleError, match="one of stage input cannot run after two of stage output"):
        arrange([sys("one", "input", after=("two",)), sys("two", "output")])


def test_a_cycle_is_refused_by_name() -> None:
    with pytest.raises(ScheduleError, match="a, b wait for each other"):
        arrange([sys("a", after=("b",)), sys("b", after=("a",)), sys("c")])


@pytest.mark.parametrize(
    ("hint", "said"),
    [
        (int, "'odd' must be a Query, Res, Sparse, Edges, Reader, Writer, Commands or World"),
        (Rng, "'odd' must be a Query"),
        (Query[StageNote], "asks for StageNote, which is not a component"),
        (Query[StageLit], "asks for StageLit, which is not a component"),
    ],
)
def test_parameters_that_mean_nothing_are_refused(hint: Any, said: str) -> None:
    with pytest.raises(ScheduleError, match=said):
        sys("one", odd=hint)


def test_an_unknown_stage_is_refused_with_those_there_are() -> None:
    with pytest.raises(ScheduleError, match="no stage 'dream'; stages are input, sense, plan"):
        sys("one", "dream")


@given(data=st.data())
def test_any_plan_that_is_accepted_obeys(data: st.DataObject) -> None:
    """Random systems: either refused, or `after` holds and each conflicting pair has the same order however it is mixed."""
    parts = [StageA, StageB, StageMade]
    kinds = [Query[Write[p]] for p in parts] + [Query[p] for p in parts]
    systems = []
    for i in range(data.draw(st.integers(1, 6))):
        hints = data.draw(st.lists(st.sampled_from(kinds), max_size=2))
        after = tuple(f"s{j}" for j in data.draw(st.sets(st.integers(0, 6), max_size=2)) if j != i)
        systems.append(sys(f"s{i}", after=after, **{f"p{k}": h for k, h in enumerate(hints)}))
    try:
        plain = list(chain(*arrange(systems)))
    except ScheduleError as why:
        assert "\n" not in str(why)
        return
    mixed = list(chain(*arrange(systems, np.random.default_rng(data.draw(st.integers(0, 99))).shuffle)))
    for order in (plain, mixed):
        at = {s.name: i for i, s in enumerate(order)}
        assert sorted(at) == sorted(s.name for s in systems)
        assert all(at[a] < at[s.name] for s in order for a in s.after if a in at)
    where = {s.name: i for i, s in enumerate(mixed)}
    for i, s in enumerate(plain):
        assert all(where[s.name] < where[t.name] for t in plain[i + 1 :] if s.clash(t))


@pytest.mark.parametrize("seed", range(6))
def test_mixing_what_is_open_changes_nothing(seed: int) -> None:
    """Writers of different components, senders of the same event, several that spawn: the digests stay the same."""

    def run(shuffle: int | None) -> list[str]:
        seen: list[str] = []
        app = App(seed=1, shuffle=shuffle).saves(StageEvent)

        @system("simulate")
        def drift(a: Query[Write[StageA]], rng: Res[Rng], out: Writer[StageEvent], cmd: Commands) -> None:
            for (part,) in a:
                part.x += rng.value.stream("drift").random(len(part.x))
            out.send(StageEvent("drift"))
            cmd.spawn(1, StageMade(1))

        @system("simulate")
        def swing(b: Query[Write[StageB]], rng: Res[Rng], out: Writer[StageEvent], cmd: Commands) -> None:
            for (part,) in b:
                part.x -= rng.value.stream("swing").random(len(part.x))
            out.send(StageEvent("swing"))
            out.send(StageEvent("again"))
            cmd.spawn(2, StageMade(2), StageA())

        @system("simulate")
        def other(made: Query[Entities, StageMade], out: Writer[StageEvent], cmd: Commands) -> None:
            out.send(StageEvent("other"))
            cmd.despawn([e for ids, _ in made for e in ids.id[:1]])

        @system("express")
        def hear(events: Reader[StageEvent]) -> None:
            seen.extend(e.by for e in events)

        app.add(drift, swing, other, hear)
        app.world.spawn(3, StageA(), StageB())
        digests = []
        for _ in range(6):
            app.step()
            digests.append(app.digest())
        assert seen == ["drift", "swing", "again", "other"] * 6
        return digests

    assert run(seed) == run(None)


def test_conditions() -> None:
    ran: list[tuple[str, int]] = []

    @system("plan", every=3)
    def third(world: World) -> None:
        ran.append(("third", world.tick))

    @system("simulate", run_if=lambda world: world.tick > 3)
    def later(world: World) -> None:
        ran.append(("later", world.tick))

    App().add(third, later).step(7)
    assert ran == [("third", 0), ("third", 3), ("later", 4), ("later", 5), ("third", 6), ("later", 6)]
    assert STAGES.index("plan") < STAGES.index("simulate")
