"""A small world with a bit of everything, for the tests of saving, replaying and merging."""

import numpy as np
from msgspec import Struct, field

from psi_ecs import (
    App,
    Col,
    Commands,
    Disabled,
    Entities,
    Query,
    Reader,
    Res,
    Rng,
    Tag,
    Write,
    Writer,
    component,
    f32,
    f64,
    i64,
    relation,
    system,
    u64,
)
from psi_ecs import field as col


@component
class SavedBody:
    x: Col[f64] = col(shape=(2,))
    age: Col[i64]


@component
class SavedGaze:
    at: Col[u64] = col(entity=True)
    eyes: Col[u64] = col(entity=True, shape=(2,))


@component
class SavedEmpty: ...


@relation()
class SavedTie:
    weight: Col[f32]
    via: Col[u64] = col(entity=True)


class SavedLit(Tag): ...


class SavedNote(Struct):
    text: str = ""
    wave: np.ndarray = field(default_factory=lambda: np.arange(3.0))


class SavedPush(Struct):
    by: float


class SavedCount(Struct):
    total: float = 0.0
    table: dict[str, list[int]] = field(default_factory=dict)


@system("input")
def push(pushes: Reader[SavedPush], bodies: Query[Write[SavedBody]], count: Res[Write[SavedCount]]) -> None:
    for event in pushes:
        count.value.total += event.by
        for (body,) in bodies:
            body.x += event.by


@system("simulate")
def live(bodies: Query[Entities, Write[SavedBody]], rng: Res[Rng], cmd: Commands, out: Writer[SavedPush]) -> None:
    for ids, body in bodies:
        body.x += rng.value.stream("life").normal(size=body.x.shape)
        body.age += 1
        cmd.despawn(ids.id[body.age > 4])
    cmd.spawn(1, SavedBody())
    if rng.value.stream("life").random() < 0.5:
        out.send(SavedPush(0.25))


def living(seed: int = 0) -> App:
    """An app with a bit of everything."""
    app = App(seed).add(push, live, SavedCount(table={"a": [1, 2]})).saves(SavedNote)
    world = app.world
    ids = world.spawn(5, SavedBody(age=np.arange(5)))
    more = world.spawn(3, SavedBody(), SavedGaze(ids[:3], ids[[[0, 1], [1, 2], [3, 4]]]), SavedEmpty())
    world.tag(ids[1:3], SavedLit)
    world.tag(more[:1], Disabled)
    world.link(SavedTie([1, 2], more[:2]), ids[:2], ids[2:4])
    world.set_sparse(int(ids[3]), SavedNote("hello"))
    world.despawn(ids[4])
    app.send(SavedPush(1.0))
    return app


def same(a: App, b: App) -> bool:
    return a.save() == b.save() and a.digest() == b.digest()


LIVING = living()
GOOD = LIVING.save()
"""Its first snapshot."""
