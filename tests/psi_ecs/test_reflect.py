"""What `describe` tells is true, and plain enough for JSON."""

import json

import numpy as np
from msgspec import Struct, field

from psi_ecs import (
    App,
    Clock,
    Col,
    Commands,
    Edges,
    Query,
    Reader,
    Res,
    Sparse,
    World,
    Write,
    Writer,
    component,
    describe,
    f32,
    relation,
    system,
)
from psi_ecs import field as col


@component
class ToldPart:
    """A part
    of something."""

    x: Col[f32] = col(unit="m", low=-1.0, high=1.0, shape=(2,), doc="Where.")


@relation()
class ToldTie:
    w: Col[f32]


class ToldNote(Struct):
    wave: np.ndarray = field(default_factory=lambda: np.zeros(2))


class ToldEvent(Struct):
    n: int = 0


@system("plan", every=4)
def told(
    parts: Query[Write[ToldPart]],
    ties: Edges[ToldTie],
    clock: Res[Clock],
    notes: Sparse[Write[ToldNote]],
    heard: Reader[ToldEvent],
    cmd: Commands,
) -> None:
    """First line.

    More.
    """


@system("output")
def tells(out: Writer[ToldEvent], world: World) -> None: ...


def test_describe_tells_the_world_as_plain_data() -> None:
    app = App().add(told, tells, ToldNote())
    ids = app.world.spawn(3, ToldPart())
    app.world.link(ToldTie(), ids[0], ids[1:])
    app.world.set_sparse(int(ids[0]), ToldNote())
    app.step(2)
    said = json.loads(json.dumps(describe(app)))
    assert said["tick"] == 1
    assert said["components"]["ToldPart"] == {
        "doc": "A part\nof something.",
        "fields": {"x": {"dtype": "float32", "shape": [2], "unit": "m", "range": [-1.0, 1.0], "doc": "Where."}},
    }
    assert {"ToldPart", "ToldTie"} <= set(said["known"]) and set(said["components"]) == {"ToldPart", "ToldTie"}
    assert said["tables"] == [{"components": ["ToldPart"], "rows": 3}]
    assert said["relations"] == {"ToldTie": 2} and said["sparse"] == {"ToldNote": 1}
    one, two = said["systems"]
    assert one.pop("last_ms") >= 0
    assert one == {
        "name": "told",
        "stage": "plan",
        "doc": "First line.",
        "reads": ["Edges[ToldTie]", "Event[ToldEvent]", "Res[Clock]"],
        "writes": ["Sparse[ToldNote]", "ToldPart"],
        "every": 4,
    }
    assert two["writes"] == ["Event[ToldEvent]", "World"] and two["doc"] == ""
    assert said["resources"]["Clock"] == {"tick": 2, "rate": 24000, "block": 400}
    assert said["resources"]["Rng"] == "Rng" and "array" in said["resources"]["ToldNote"]["wave"]


def test_describing_changes_nothing() -> None:
    app = App().add(told, tells)
    app.world.spawn(3, ToldPart())
    before = app.save()
    describe(app)
    assert app.save() == before
