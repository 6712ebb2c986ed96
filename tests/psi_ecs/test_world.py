"""The world against a dict of dicts, and what it promises beside that."""

from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec import Struct

from psi_ecs import (
    App,
    Col,
    Commands,
    Disabled,
    Entities,
    EntityError,
    PsiError,
    Query,
    Tag,
    World,
    component,
    f32,
    field,
    i32,
    i64,
)


@component
class WorldSpot:
    at: Col[f32] = field(shape=(2,), default=(1.0, 2.0))
    size: Col[f32]


@component
class WorldLoad:
    n: Col[i32] = field(default=3)


@component
class WorldAge:
    ticks: Col[i64]


class WorldHot(Tag): ...


class WorldCold(Tag): ...


class WorldNote(Struct):
    text: str


KINDS: tuple[type, ...] = (WorldAge, WorldLoad, WorldSpot)
TAGS: tuple[type[Tag], ...] = (WorldHot, WorldCold, Disabled)
kinds = st.sets(st.sampled_from(KINDS))
filters = st.sets(st.sampled_from((*KINDS, *TAGS)), max_size=2)
some = st.lists(st.integers(-8, 7), max_size=6)
"""Picks of entities, by place in the list of all that ever were, from either end; the same may come twice."""


def columns(cls: type, n: int, start: int) -> dict[str, np.ndarray]:
    """n rows of each field, all different."""
    count = start + np.arange(n)
    if cls is WorldSpot:
        return {"at": np.stack([count, -count], 1).astype(np.float32), "size": count.astype(np.float32) / 4}
    return {"n" if cls is WorldLoad else "ticks": count}


def row(made: dict[str, np.ndarray], i: int) -> dict[str, Any]:
    return {name: column[i].tolist() for name, column in made.items()}


class WorldMachine(RuleBasedStateMachine):
    """Each rule does the same to a world and to `alive`: id -> parts {class: {field: value}}, tags, note."""

    @initialize()
    def begin(self) -> None:
        self.app = App().saves(WorldNote)
        self.world = self.app.world
        self.alive: dict[int, dict[str, Any]] = {}
        self.ever: list[int] = []
        self.count = 0

    def picked(self, places: list[int]) -> list[int]:
        return [self.ever[p % len(self.ever)] for p in places] if self.ever else []

    def living(self, places: list[int]) -> list[int]:
        return [e for e in self.picked(places) if e in self.alive]

    def made(self, classes: set[type], n: int) -> dict[type, dict[str, np.ndarray]]:
        self.count += 100
        return {c: columns(c, n, self.count) for c in classes}

    @rule(n=st.sampled_from([0, 1, 2, 3, 20]), classes=kinds)
    def spawn(self, n: int, classes: set[type]) -> None:
        made = self.made(classes, n)
        ids = self.world.spawn(n, *(c(**values) for c, values in made.items())).tolist()
        assert len(set(ids)) == n and not set(ids) & set(self.ever)
        self.ever += ids
        for i, e in enumerate(ids):
            self.alive[e] = {"parts": {c: row(values, i) for c, values in made.items()}, "tags": set(), "note": None}

    @rule(places=some, later=st.booleans())
    def despawn(self, places: list[int], later: bool) -> None:
        ids = self.picked(places)
        if later:
            commands = Commands()
            commands.despawn(ids)
            assert self.world.alive(list(self.alive)).all()
            commands.apply(self.world)
        else:
            self.world.despawn(ids)
        for e in ids:
            self.alive.pop(e, None)

    @rule(places=some, classes=kinds, later=st.booleans())
    def insert(self, places: list[int], classes: set[type], later: bool) -> None:
        ids = self.picked(places) if later else self.living(places)
        made = self.made(classes, len(ids))
        if later:
            commands = Commands()
            commands.insert(ids, *(c(**values) for c, values in made.items()))
            commands.apply(self.world)
        else:
            self.world.insert(ids, *(c(**values) for c, values in made.items()))
        for i, e in enumerate(ids):
            if e in self.alive:
                self.alive[e]["parts"].update({c: row(values, i) for c, values in made.items()})

    @rule(places=some, classes=kinds)
    def remove(self, places: list[int], classes: set[type]) -> None:
        self.world.remove(self.living(places), *classes)
        for e in self.living(places):
            self.alive[e]["parts"] = {c: v for c, v in self.alive[e]["parts"].items() if c not in classes}

    @rule(places=some, tag=st.sampled_from(TAGS), on=st.booleans())
    def tag(self, places: list[int], tag: type[Tag], on: bool) -> None:
        self.world.tag(self.living(places), tag, on)
        for e in self.living(places):
            (self.alive[e]["tags"].add if on else self.alive[e]["tags"].discard)(tag)

    @rule(places=some)
    def note(self, places: list[int]) -> None:
        for e in self.living(places):
            self.count += 1
            self.world.set_sparse(e, WorldNote(str(self.count)))
            self.alive[e]["note"] = str(self.count)

    @rule(require=filters, without=filters)
    def write(self, require: set[type], without: set[type]) -> None:
        """Add one to a field of what a filtered query gives; each entity that fits is given once, no other."""
        terms = [(Entities, False), (WorldLoad, True)]
        query: Query[Entities, WorldLoad] = Query(self.world, terms, tuple(require), tuple(without))
        given = []
        for ids, load in query:
            given += ids.id.tolist()
            load.n += 1
        hidden = without | ({Disabled} - require)
        has = {e: {*of["parts"], *of["tags"]} for e, of in self.alive.items()}
        fits = {e for e in has if {WorldLoad, *require} <= has[e] and not hidden & has[e]}
        assert sorted(given) == sorted(fits)
        for e in fits:
            self.alive[e]["parts"][WorldLoad]["n"] += 1

    @rule()
    def save_and_load(self) -> None:
        blob = self.app.save()
        other = App().saves(WorldNote).load(blob)
        assert other.save() == blob
        self.app, self.world = other, other.world

    @invariant()
    def same(self) -> None:
        world = self.world
        assert world.alive(self.ever).tolist() == [e in self.alive for e in self.ever]
        assert sum(t.n for t in world.tables.values()) == len(self.alive)
        for e, of in self.alive.items():
            for cls in KINDS:
                assert bool(world.has([e], cls)[0]) == (cls in of["parts"])
            for cls, values in of["parts"].items():
                view = world.get(e, cls)
                assert {name: getattr(view, name)[0].tolist() for name in values} == values
            assert {t for t in TAGS if world.tagged_with(e, t)} == of["tags"]
            found = world.get_sparse(e, WorldNote)
            assert (found and found.text) == of["note"]

    @invariant()
    def queries(self) -> None:
        for cls in KINDS:
            seen = [e for (ids, _) in Query(self.world, [(Entities, False), (cls, False)]) for e in ids.id.tolist()]
            fits = [e for e, of in self.alive.items() if cls in of["parts"] and Disabled not in of["tags"]]
            assert sorted(seen) == sorted(fits)


WorldMachine.TestCase.settings = settings(max_examples=100, stateful_step_count=30, deadline=None, derandomize=True)
TestWorldMachine = WorldMachine.TestCase


def test_values_left_out_take_their_defaults() -> None:
    world = World()
    ids = world.spawn(2, WorldSpot(size=[5, 6]), WorldLoad())
    assert world.get(ids[1], WorldSpot).at.tolist() == [[1.0, 2.0]]
    assert world.get(ids[1], WorldSpot).size.tolist() == [6.0]
    assert world.get(ids[0], WorldLoad).n.tolist() == [3]
    world.insert(ids, WorldAge())
    assert world.get(ids[0], WorldAge).ticks.tolist() == [0]


def test_rows_keep_the_order_in_which_they_came() -> None:
    world = World()
    ids = world.spawn(6, WorldLoad(np.arange(6)))
    world.despawn(ids[[1, 3]])
    ((load,),) = list(Query(world, [(WorldLoad, False)]))
    assert load.n.tolist() == [0, 2, 4, 5]


def test_a_row_used_again_carries_no_tags() -> None:
    world = World()
    ids = world.spawn(3)
    world.tag(ids, WorldHot)
    world.despawn(ids)
    assert not any(world.tagged_with(e, WorldHot) for e in world.spawn(3))


def test_the_id_of_a_dead_entity_stays_dead() -> None:
    world = World()
    old = world.spawn(3)
    world.despawn(old)
    new = world.spawn(3)
    assert set((new & np.uint64(0xFFFFFFFF)).tolist()) == set((old & np.uint64(0xFFFFFFFF)).tolist())
    assert not world.alive(old).any() and world.alive(new).all()
    with pytest.raises(EntityError, match="is not alive"):
        world.get(old[0], WorldLoad)


@pytest.mark.parametrize(
    "value", [WorldSpot(size=[1, 2, 3]), WorldSpot(at=[1, 2, 3]), WorldSpot(size="wide"), WorldLoad(2**40)]
)
def test_a_value_that_does_not_fit_changes_nothing(value: object) -> None:
    app = App()
    ids = app.world.spawn(2, WorldAge(), WorldLoad())
    before = app.save()
    with pytest.raises(EntityError, match=rf"{type(value).__name__}\.\w+ wants 2") as why:
        app.world.spawn(2, WorldAge(), value)
    assert "\n" not in str(why.value)
    with pytest.raises(EntityError):
        app.world.insert(ids, value)
    with pytest.raises(EntityError):
        Commands().spawn(2, value)
    assert app.save() == before


def test_asking_something_of_a_dead_entity_changes_nothing() -> None:
    app = App()
    ids = app.world.spawn(2, WorldLoad())
    app.world.despawn(ids[0])
    before = app.save()
    for act in (
        lambda: app.world.insert(ids, WorldLoad(9)),
        lambda: app.world.remove(ids, WorldLoad),
        lambda: app.world.set_sparse(int(ids[0]), WorldNote("")),
    ):
        with pytest.raises(EntityError, match=f"entity {ids[0]} is not alive"):
            act()
        assert app.save() == before
    with pytest.raises(EntityError):
        app.world.tag(ids, WorldHot)
    assert not app.world.tagged_with(ids[1], WorldHot)


def test_what_an_entity_lacks_is_said_with_what_it_has() -> None:
    world = World()
    (entity,) = world.spawn(1, WorldLoad(), WorldAge())
    with pytest.raises(EntityError, match="has no WorldSpot; its components: WorldAge, WorldLoad"):
        world.get(entity, WorldSpot)


def test_hooks_are_called_once_for_each_batch() -> None:
    world = World()
    told: list[tuple[str, list[int]]] = []
    world.on_add(WorldLoad, lambda ids: told.append(("add", sorted(ids.tolist()))))
    world.on_remove(WorldLoad, lambda ids: told.append(("remove", sorted(ids.tolist()))))
    first = world.spawn(3, WorldLoad())
    plain = world.spawn(2)
    aged = world.spawn(2, WorldAge())
    world.insert([*plain, *aged, first[0]], WorldLoad(7))  # out of three tables; first[0] has one already
    world.remove([*first, *aged, aged[0]], WorldLoad)
    world.remove(first, WorldLoad)
    world.despawn([*first, *plain])
    assert told == [
        ("add", first.tolist()),
        ("add", [*plain.tolist(), *aged.tolist()]),
        ("remove", [*first.tolist(), *aged.tolist()]),
        ("remove", plain.tolist()),
    ]


def test_a_hook_sees_what_goes_and_may_end_others_of_the_batch() -> None:
    world = World()
    ids = world.spawn(3, WorldLoad([4, 5, 6]))
    seen: list[int] = []

    def goes(gone: np.ndarray) -> None:
        seen.extend(int(world.get(e, WorldLoad).n[0]) for e in gone)
        if ids[0] in gone:
            world.despawn(ids[1:])

    world.on_remove(WorldLoad, goes)
    world.despawn(ids[:2])
    assert not world.alive(ids).any() and seen == [4, 5, 5, 6]
    assert len(set(world.spawn(4).tolist())) == 4


def test_commands_take_their_values_when_they_are_given() -> None:
    world = World()
    values = np.array([1, 2])
    commands = Commands()
    (first,) = world.spawn(1)
    (second,) = world.spawn(1)
    commands.spawn(2, WorldLoad(values))
    commands.insert([first, second], WorldLoad(values))
    values += 10
    world.despawn(first)
    assert not len(list(Query(world, [(WorldLoad, False)])))
    commands.apply(world)
    assert world.get(second, WorldLoad).n.tolist() == [2]
    assert sorted(n for (load,) in Query(world, [(WorldLoad, False)]) for n in load.n.tolist()) == [1, 2, 2]


def test_there_is_room_for_64_tags() -> None:
    world = World()
    ids = world.spawn(2)
    many = [type(f"WorldTag{i}", (Tag,), {}) for i in range(64)]
    for tag in many[:63]:
        world.tag(ids[:1], tag)
    assert world.tagged_with(ids[0], many[62]) and not world.tagged_with(ids[1], many[62])
    with pytest.raises(PsiError, match="room for 64"):
        world.tag(ids, many[63])


def test_a_resource_that_is_missing_says_how_to_add_it() -> None:
    with pytest.raises(PsiError, match=r"no resource WorldNote; add one with app\.add\(WorldNote"):
        World().resource(WorldNote)


def test_spawning_nothing_and_less() -> None:
    world = World()
    assert world.spawn(0, WorldLoad()).tolist() == []
    with pytest.raises(EntityError):
        world.spawn(-1)
    assert world.spawn(2).tolist() == [0, 1]
