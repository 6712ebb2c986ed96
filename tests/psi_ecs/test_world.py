"""The world against a dict of dicts."""

from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from worlds import (
    KINDS,
    TAGS,
    WorldLoad,
    WorldNote,
    columns,
    filters,
    kinds,
    row,
    some,
)

from psi_ecs import (
    App,
    Commands,
    Disabled,
    Entities,
    Query,
    Tag,
)


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
