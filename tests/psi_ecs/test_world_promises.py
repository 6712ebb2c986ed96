"""What the world promises beside the model."""


import numpy as np
import pytest
from worlds import WorldAge, WorldHot, WorldLoad, WorldNote, WorldSpot

from psi_ecs import (
    App,
    Commands,
    EntityError,
    PsiError,
    Query,
    Tag,
    World,
)


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
