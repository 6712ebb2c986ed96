"""Queries: what is handed out, what may be written, and that a filter changes neither."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from psi_ecs import App, Col, Disabled, Entities, PsiError, Query, Res, Sparse, Tag, World, Write, component, f32, field, system
from psi_ecs.query import CACHE


@component
class QueryPlace:
    x: Col[f32] = field(shape=(3,))
    spin: Col[f32]


@component
class QuerySpeed:
    x: Col[f32] = field(shape=(3,))


@component
class QueryExtra:
    n: Col[f32]


class QueryLit(Tag): ...


class QueryNote(Struct):
    text: str = ""


def world_of(n: int, lit: list[int] | None = None) -> World:
    """n entities with a place and a speed; those of `lit` carry a tag, so that queries go the filtered way."""
    world = World()
    ids = world.spawn(n, QueryPlace(spin=np.arange(n)), QuerySpeed(np.ones((n, 3))))
    if lit is not None:
        world.tag(ids[lit], QueryLit)
    return world


def query(world: World, *terms: Any, **filters: Any) -> Query[Any, Any]:
    return Query(world, [t if isinstance(t, tuple) else (t, False) for t in terms], **filters)


@pytest.mark.parametrize("lit", [None, [0], [0, 1, 2, 3]], ids=["plain", "some rows", "every row"])
def test_what_is_not_asked_with_write_is_read_only(lit: list[int] | None) -> None:
    world = world_of(4, lit)
    filters = {} if lit is None else {"require": (QueryLit,)}
    for ids, place, speed in query(world, Entities, (QueryPlace, True), QuerySpeed, **filters):
        place.x += 1.0
        place.spin = 7.0
        for refused in (ids.id, speed.x):
            with pytest.raises(ValueError, match="read-only"):
                refused[:] = 0
        with pytest.raises(ValueError, match="read-only"):
            speed.x += 1.0
        with pytest.raises(ValueError, match="read-only"):
            speed.x = 0.0
    rows = 4 if lit is None else len(lit)
    ((place, speed),) = query(world, QueryPlace, QuerySpeed)
    assert (place.spin == 7.0).sum() == rows and (place.x == 1.0).sum() == 3 * rows
    assert (speed.x == 1.0).all()
    assert world.get(0, QueryPlace).x.flags.writeable  # looking read-only did not lock the table itself


def test_one_component_read_by_one_query_and_written_by_another() -> None:
    world = world_of(3)
    for read, write in zip(query(world, QueryPlace), query(world, (QueryPlace, True)), strict=True):
        write[0].x = 5.0
        assert (read[0].x == 5.0).all() and not read[0].x.flags.writeable


@given(
    kinds=st.lists(st.sets(st.sampled_from([QueryPlace, QuerySpeed, QueryExtra])), max_size=6),
    lit=st.sets(st.integers(0, 11)),
    hidden=st.sets(st.integers(0, 11)),
    need=st.sampled_from([(), (QueryLit,), (QueryExtra,), (QueryExtra, QueryLit), (Disabled,)]),
    without=st.sampled_from([(), (QueryLit,), (QueryExtra,)]),
)
def test_filters_select_exactly(
    kinds: list[set[type]], lit: set[int], hidden: set[int], need: tuple[type, ...], without: tuple[type, ...]
) -> None:
    world = World()
    has: dict[int, set[type]] = {}
    for classes in kinds:
        for e in world.spawn(2, *(c() for c in classes)).tolist():
            has[e] = set(classes)
    for tag, marked in ((QueryLit, lit), (Disabled, hidden)):
        world.tag([e for e in has if e in marked], tag)
        for e in marked & set(has):
            has[e].add(tag)
    got = [e for (ids, _) in query(world, Entities, QuerySpeed, require=need, without=without) for e in ids.id.tolist()]
    refused = {*without} | ({Disabled} - {*need})
    assert sorted(got) == [e for e, h in has.items() if {QuerySpeed, *need} <= h and not refused & h]


def test_what_was_written_before_a_break_or_an_error_is_kept() -> None:
    world = world_of(4, [1, 2])
    for (place,) in query(world, (QueryPlace, True), require=(QueryLit,)):
        place.spin = 9.0
        break
    with pytest.raises(ZeroDivisionError):
        for (place,) in query(world, (QueryPlace, True), require=(QueryLit,)):
            place.x = 1 / 0
    ((place,),) = query(world, QueryPlace)
    assert place.spin.tolist() == [0.0, 9.0, 9.0, 3.0]


def test_moving_rows_under_a_written_copy_is_refused() -> None:
    world = world_of(4, [1, 2])
    with pytest.raises(PsiError, match="use Commands"):
        for (place,) in query(world, (QueryPlace, True), require=(QueryLit,)):
            place.spin = 9.0
            world.despawn(0)
    ((place,),) = query(world, QueryPlace)
    assert place.spin.tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("lit", [False, True])
def test_a_long_table_comes_in_runs_that_cover_it_once(lit: bool) -> None:
    n = 3 * CACHE // (16 + 12) + 7
    world = world_of(n, [0, n - 1] if lit else None)
    sizes = []
    for ids, place, speed in query(world, Entities, (QueryPlace, True), QuerySpeed):
        assert len(ids.id) == len(place.spin) == len(speed.x)
        assert np.array_equal(ids.id, place.spin.astype(np.uint64))
        place.spin += speed.x[:, 0]
        sizes.append(len(ids.id))
    assert sum(sizes) == n and len(sizes) > 3
    marked = query(world, QueryPlace, require=(QueryLit,))
    assert [place.spin.tolist() for (place,) in marked] == ([[1.0], [n]] if lit else [])
    assert np.array_equal(np.concatenate([p.spin for (p,) in query(world, QueryPlace)]), np.arange(n, dtype=np.float32) + 1)


def test_queries_follow_the_world() -> None:
    world = World()
    places = query(world, QueryPlace)
    assert list(places) == []
    first = world.spawn(2, QueryPlace())
    assert [len(p.spin) for (p,) in places] == [2]
    world.spawn(40, QueryPlace())  # beyond the table's room, so its arrays are new ones
    world.get(first[0], QueryPlace).spin[:] = 4.0
    assert [(len(p.spin), float(p.spin[0])) for (p,) in places] == [(42, 4.0)]
    world.insert(first, QueryExtra())
    assert sorted(len(p.spin) for (p,) in places) == [2, 40]
    world.despawn(first)
    assert [len(p.spin) for (p,) in places] == [40]


def test_the_first_run_of_a_long_table_follows_when_the_table_moves() -> None:
    world = world_of(CACHE // 16)
    places = query(world, QueryPlace, QuerySpeed)
    assert sum(len(p.spin) for p, _ in places) == CACHE // 16
    world.spawn(2 * CACHE // 16, QueryPlace(), QuerySpeed())  # beyond the table's room
    world.get(0, QueryPlace).spin[:] = 77.0
    first, _ = next(iter(places))
    assert first.spin[0] == 77.0


def test_writes_leave_their_tick() -> None:
    world = world_of(2)
    other = world.spawn(1, QueryPlace(), QueryExtra())
    places, speeds, extras = query(world, QueryPlace), query(world, QuerySpeed), query(world, QueryPlace, QueryExtra)
    world.tick = 5
    for place, _ in query(world, (QueryPlace, True), QuerySpeed):
        place.spin = 1.0
    assert places.changed_since(4) and not places.changed_since(5)
    assert not speeds.changed_since(0) and not extras.changed_since(0)
    world.tick = 6
    for _ in query(world, (QueryPlace, True), require=(QueryLit,)):
        raise AssertionError("none carries the tag")
    assert not places.changed_since(5)
    world.insert(other, QueryExtra(2.0))
    assert extras.changed_since(5) and not places.changed_since(5)


def test_resources_and_sparse_components_ask_for_write() -> None:
    said: list[str] = []

    @system("plan")
    def look(note: Res[QueryNote], notes: Sparse[QueryNote], ids: Query[Entities]) -> None:
        with pytest.raises(PsiError, match=r"declare the parameter as Res\[Write\[QueryNote\]\]"):
            note.value = QueryNote("no")
        with pytest.raises(PsiError, match=r"Sparse\[Write\[QueryNote\]\]"):
            notes[0] = QueryNote("no")
        with pytest.raises(PsiError, match=r"Sparse\[Write\[QueryNote\]\]"):
            del notes[0]
        said.append(note.value.text + notes[0].text)
        assert 0 in notes and 1 not in notes and notes.get(1) is None and notes.items() == [(0, QueryNote("b"))]

    @system("sense")
    def change(note: Res[Write[QueryNote]], notes: Sparse[Write[QueryNote]], ids: Query[Entities]) -> None:
        note.value = QueryNote("a")
        ((ids_,),) = ids
        notes[int(ids_.id[0])] = QueryNote("b")
        del notes[1]

    app = App().add(QueryNote(), look, change)
    app.world.spawn(1)
    app.step()
    assert said == ["ab"]
