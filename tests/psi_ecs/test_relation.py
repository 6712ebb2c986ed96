"""Relations: edges that stay sorted and unique, follow the living and die with the dead."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psi_ecs import App, Col, Edges, EntityError, PsiError, World, Write, component, f32, relation, system


@relation()
class LinkPull:
    weight: Col[f32]


@relation(on_delete="cascade")
class LinkParent:
    order: Col[f32]


@component
class LinkPart:
    x: Col[f32]


pairs = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=8)


@given(st.lists(st.tuples(st.sampled_from(["link", "unlink", "despawn"]), pairs), max_size=8))
def test_edges_against_a_dict(steps: list[tuple[str, list[tuple[int, int]]]]) -> None:
    world = World()
    ids = world.spawn(6)
    alive = set(range(6))
    model: dict[tuple[int, int], float] = {}
    edges = world.relation(LinkPull)
    for n, (what, some) in enumerate(steps):
        some = [(a, b) for a, b in some if {a, b} <= alive]
        if what == "link" and some:
            weights = 10.0 * n + np.arange(len(some))
            world.link(LinkPull(weights), *np.array([(ids[a], ids[b]) for a, b in some]).T)
            model.update(zip(some, weights.tolist(), strict=True))
        elif what == "unlink":
            for a, b in some:
                edges.unlink(ids[a], ids[b])
                model.pop((a, b), None)
        else:
            dead = {a for a, _ in some[:1]}
            world.despawn([ids[a] for a in dead])
            alive -= dead
            model = {pair: w for pair, w in model.items() if not dead & set(pair)}
        got = list(zip(edges.source.tolist(), edges.target.tolist(), strict=True))
        assert got == sorted(got) == sorted((int(ids[a]), int(ids[b])) for a, b in model)
        assert edges.value.weight.tolist() == [model[pair] for pair in sorted(model)]
        for a in range(6):
            assert edges.target[edges.of(ids[a])].tolist() == sorted(int(ids[b]) for s, b in model if s == a)


def test_values_are_written_in_place_and_broadcast() -> None:
    world = World()
    ids = world.spawn(3)
    world.link(LinkPull(2.0), ids[0], ids[1:])
    edges = world.relation(LinkPull)
    edges.value.weight *= 3.0
    assert edges.value.weight.tolist() == [6.0, 6.0] and len(edges) == 2


def test_children_die_with_their_parents_and_with_theirs() -> None:
    world = World()
    told: list[int] = []
    world.on_remove(LinkPart, lambda gone: told.extend(gone.tolist()))
    ids = world.spawn(6, LinkPart())
    world.link(LinkParent(), ids[1:5], ids[:4])  # 4 -> 3 -> 2 -> 1 -> 0; 5 stands alone
    world.link(LinkPull(), ids[5], ids[4])
    world.despawn(ids[1])
    assert world.alive(ids).tolist() == [True, False, False, False, False, True]
    assert len(world.relation(LinkParent)) == len(world.relation(LinkPull)) == 0
    assert told == ids[1:5].tolist()


def test_all_children_die() -> None:
    world = World()
    ids = world.spawn(6)
    world.link(LinkParent(), ids[1:4], ids[0])
    world.link(LinkParent(), ids[4:], ids[1:3])
    world.despawn(ids[0])
    assert not world.alive(ids).any() and world.spawn(6).tolist() != ids.tolist()


def test_a_ring_of_parents_dies_whole() -> None:
    world = World()
    ids = world.spawn(3)
    world.link(LinkParent(), ids, np.roll(ids, 1))
    world.despawn(ids[0])
    assert not world.alive(ids).any()


def test_the_next_user_of_an_index_inherits_no_edges() -> None:
    world = World()
    ids = world.spawn(2)
    world.link(LinkPull(), ids[0], ids[1])
    world.despawn(ids[0])
    (again,) = world.spawn(1)
    assert again & np.uint64(0xFFFFFFFF) == ids[0] and len(world.relation(LinkPull)) == 0


def test_the_dead_cannot_be_linked() -> None:
    world = World()
    ids = world.spawn(2)
    world.despawn(ids[1])
    for ends in ((ids[0], ids[1]), (ids[1], ids[0])):
        with pytest.raises(EntityError, match="is not alive"):
            world.link(LinkPull(), *ends)
    with pytest.raises(EntityError, match=r"LinkPull\.weight wants 1"):
        world.link(LinkPull([1, 2, 3]), ids[0], ids[0])
    edges = world.relation(LinkPull)
    for ends in ((ids[0], ids[1]), (ids[1], ids[0])):
        with pytest.raises(EntityError, match="cannot be linked by LinkPull"):
            edges.link(LinkPull(), *ends)
    app = App()
    app.load(app.save())
    both = app.world.spawn(2)  # after a load, edges ask the world as it is now
    app.world.link(LinkPull(), both[0], both[1])
    assert len(edges) == 0 and len(app.world.relation(LinkPull)) == 1


def test_edges_never_part_tables() -> None:
    world = World()
    ids = world.spawn(50, LinkPart())
    for e in ids[1:]:
        world.link(LinkParent(), e, ids[0])
    assert len(world.tables) == 1


def test_edges_without_write_are_read_only() -> None:
    ran: list[int] = []

    @system("sense")
    def change(pulls: Edges[Write[LinkPull]]) -> None:
        pulls.link(LinkPull(4.0), np.uint64(0), np.uint64(1))
        pulls.value.weight += 1.0

    @system("plan")
    def look(pulls: Edges[LinkPull]) -> None:
        with pytest.raises(ValueError, match="read-only"):
            pulls.value.weight += 1.0
        for act in (
            lambda: pulls.link(LinkPull(), np.uint64(1), np.uint64(0)),
            lambda: pulls.unlink(0, 1),
            lambda: pulls.keep(np.zeros(len(pulls), bool)),
        ):
            with pytest.raises(PsiError, match=r"Edges\[Write\[LinkPull\]\]"):
                act()
        ran.append(int(pulls.value.weight[0]))

    app = App().add(change, look)
    app.world.spawn(2)
    app.step(2)
    assert ran == [5, 5] and app.world.relation(LinkPull).value.weight.flags.writeable


def test_edits_are_counted_for_caches_also_when_a_snapshot_comes_back() -> None:
    app = App()
    ids = app.world.spawn(3)
    seen = {app.world.relation(LinkPull).changed}
    for act in (
        lambda: app.world.link(LinkPull(), ids[0], ids[1]),
        lambda: app.world.relation(LinkPull).unlink(0, 1),
        lambda: app.load(App().save()),
    ):
        act()
        assert app.world.relation(LinkPull).changed not in seen
        seen.add(app.world.relation(LinkPull).changed)


def test_on_delete_is_one_of_two() -> None:
    with pytest.raises(ValueError, match="drop"):
        relation(on_delete="forget")
