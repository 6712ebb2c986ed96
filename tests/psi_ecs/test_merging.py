"""Merging: what another world holds, under new ids."""

from living import SavedBody, SavedCount, SavedGaze, SavedLit, SavedNote, SavedTie, live, living, push, same

from psi_ecs import App, Disabled, merge
from psi_ecs.column import NOBODY


def test_merging_renames_fields_relations_and_owners() -> None:
    source, target = living(), living(3)
    target.step(3)
    blob, ticks = source.save(), target.world.tick
    before = {e: target.world.get(e, SavedBody).x.tolist() for e in range(8) if target.world.alive(e) and e != 4}
    resource, edges = target.world.resource(SavedCount), len(target.world.relation(SavedTie))
    new = merge(target.world, blob, target.types())
    world = target.world
    old = [0, 1, 2, 3, 5, 6, 7]  # 4 died
    assert len(new) == len(old) and world.alive(new).all() and len(set(new.tolist()) & set(before)) == 0
    name = dict(zip(old, new.tolist(), strict=True))
    gaze = world.get(name[7], SavedGaze)
    assert gaze.at.tolist() == [name[2]] and gaze.eyes.tolist() == [[name[3], NOBODY]]  # 4 is dead there, too
    ties = world.relation(SavedTie)
    mine = ties.source == name[1]
    assert ties.target[mine].tolist() == [name[3]] and ties.value.via[mine].tolist() == [name[6]]
    assert len(ties) == edges + 2 and ties.value.weight[mine].tolist() == [2.0]
    note = world.get_sparse(name[3], SavedNote)
    assert note is not None and note.text == "hello" and note.wave.tolist() == [0.0, 1.0, 2.0]
    assert world.tagged_with(name[1], SavedLit) and world.tagged_with(name[5], Disabled)
    assert not world.tagged_with(name[0], SavedLit)
    assert before == {e: world.get(e, SavedBody).x.tolist() for e in before}
    assert world.resource(SavedCount) is resource and world.tick == ticks
    again = App().add(push, live, SavedCount()).saves(SavedNote).load(target.save())
    again.step(3)
    target.step(3)
    assert same(again, target)


def test_hooks_of_a_merge_see_renamed_fields() -> None:
    source, target = living(), App()
    target.world.spawn(10)
    seen: list[int] = []
    target.world.on_add(SavedGaze, lambda ids: seen.extend(int(target.world.get(e, SavedGaze).at[0]) for e in ids))
    new = merge(target.world, source.save(), source.types())
    assert seen == new[:3].tolist()


def test_merging_nothing() -> None:
    app = living()
    before = app.save()
    assert merge(app.world, App().save(), app.types()).tolist() == [] and len(app.save()) >= len(before)
