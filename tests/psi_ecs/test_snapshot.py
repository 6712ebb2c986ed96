"""Snapshots: what comes back is what was saved, bit for bit, and bad bytes are one clear line."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from living import (
    GOOD,
    LIVING,
    SavedBody,
    SavedCount,
    SavedGaze,
    SavedLit,
    SavedNote,
    SavedPush,
    SavedTie,
    live,
    living,
    push,
    same,
)
from msgspec import Struct

from psi_ecs import App, Col, Journal, PsiError, Query, Rng, SnapshotError, component, f32, f64, merge
from psi_ecs.codec import checksum, seal, unseal
from psi_ecs.column import Columns
from psi_ecs.snapshot import WORLD, Document


def test_a_world_comes_back_bit_for_bit() -> None:
    app = living()
    for _ in range(12):
        again = App().add(push, live, SavedCount()).saves(SavedNote).load(app.save())
        assert same(app, again)
        app.step()


def test_what_comes_back_goes_on_as_the_first() -> None:
    """From any tick on, also with inputs waiting, into an app that has run before, and into itself."""
    app = living()
    other = living(9)
    other.step(4)
    for _ in range(4):
        app.step(2)
        app.send(SavedPush(0.5))
        other.load(app.save())
        app.step(3)
        other.step(3)
        assert same(app, other)
    mid, digests = app.save(), []
    for _ in range(5):
        app.step()
        digests.append(app.digest())
    app.load(mid)
    for want in digests:
        app.step()
        assert app.digest() == want


def test_the_digest_shows_any_bit() -> None:
    app = living()
    seen = {app.digest()}
    changes: list[Callable[[], object]] = [
        lambda: app.world.get(1, SavedBody).x.view(np.uint64).__ixor__(1),
        lambda: app.world.tag(2, SavedLit, False),
        lambda: app.world.resource(Rng).stream("life").random(),
        lambda: app.world.resource(Rng).stream("new"),
        lambda: setattr(app.world.get_sparse(3, SavedNote), "text", "hullo"),
        lambda: app.world.relation(SavedTie).unlink(0, 2),
        lambda: setattr(app.world.resource(SavedCount), "total", -0.0),
        lambda: app.world.despawn(app.world.spawn(1)),
        lambda: app.send(SavedPush(2.0)),
        lambda: app.step(),
    ]
    for change in changes:
        change()
        assert app.digest() not in seen
        seen.add(app.digest())


def test_looking_changes_no_digest() -> None:
    app = living()
    before = app.digest()
    app.build()
    app.save()
    list(Query(app.world, [(SavedBody, False)]))
    assert app.world.get_sparse(1, SavedNote) is None and before == app.digest()


def test_change_ticks_come_back() -> None:
    app = living()
    app.step(3)
    again = App().add(push, live, SavedCount()).saves(SavedNote).load(app.save())
    for one in (app, again):
        gaze = Query(one.world, [(SavedGaze, False)])
        assert Query(one.world, [(SavedBody, False)]).changed_since(1) and not gaze.changed_since(0)


def test_queries_and_hooks_of_before_see_what_came_back() -> None:
    app = living()
    told: list[int] = []
    app.world.on_add(SavedBody, lambda ids: told.extend(ids.tolist()))
    bodies = Query(app.world, [(SavedBody, False)])
    blob = app.save()
    rows = sum(len(b.age) for (b,) in bodies)
    app.world.despawn(range(8))
    assert sum(len(b.age) for (b,) in bodies) == 0
    app.load(blob)
    assert sum(len(b.age) for (b,) in bodies) == rows and not told
    assert app.world.spawn(1, SavedBody()).tolist() == told


def test_a_query_looks_again_even_if_the_worlds_are_of_one_shape() -> None:
    one, two = App(), App()
    one.world.spawn(1, SavedBody(age=1))
    two.world.spawn(1, SavedBody(age=2))
    bodies = Query(one.world, [(SavedBody, False)])
    first, second = one.save(), two.save()
    for blob, age in ((first, 1), (second, 2), (first, 1)):
        one.load(blob)
        assert [b.age.tolist() for (b,) in bodies] == [[age]]


def test_indexes_are_used_again_in_the_same_order() -> None:
    app = App()
    ids = app.world.spawn(9)
    for e in ids[[5, 2, 7]]:
        app.world.despawn(e)
    again = App().load(app.save())
    assert again.world.spawn(5).tolist() == app.world.spawn(5).tolist()


# ---- migration
def declared(columns: dict[str, type], version: int = 1, upgrade: Any = None) -> type:
    """The component SavedMigrant as it is in one release of a program."""
    body = {"__annotations__": {n: Col[t] for n, t in columns.items()}, "__module__": __name__, "__doc__": "It changes."}
    return component(version=version, upgrade=upgrade)(type("SavedMigrant", (), body))


def moved(blob: bytes, cls: type) -> Any:
    app = App().load(blob)
    assert same(app, App().load(app.save()))
    return app.world.get(1, cls)


def test_fields_that_were_added_removed_or_retyped_are_upgraded() -> None:
    first = declared({"x": f32, "gone": f32})
    app = App()
    app.world.spawn(3, first(x=[1, 2, 3], gone=7))
    blob = app.save()

    def add(version: int, old: Columns) -> Columns:
        assert version == 1 and set(old) == {"x", "gone"}
        return {"x": old["x"], "gone": old["gone"], "y": 2 * old["x"]}

    view = moved(blob, declared({"x": f32, "gone": f32, "y": f64}, 2, add))
    assert (view.x.tolist(), view.y.tolist(), view.y.dtype) == ([2.0], [4.0], np.float64)
    view = moved(blob, declared({"x": f64}, 2, lambda version, old: {"x": old["x"]}))
    assert view.x.tolist() == [2.0] and view.x.dtype == np.float64 and not hasattr(view, "gone")


@pytest.mark.parametrize(
    ("version", "upgrade", "said"),
    [
        (1, None, "fields of SavedMigrant have changed since this was saved; give it a version and an upgrade"),
        (2, lambda version, old: old, "saved SavedMigrant must have exactly the fields x, y"),
        (2, lambda version, old: {"x": old["z"]}, "upgrade of SavedMigrant from version 1 failed: KeyError"),
        (2, lambda version, old: {"x": old["x"], "y": old["x"][:1]}, r"SavedMigrant\.y is float32 of shape \(1,\)"),
        (2, lambda version, old: {"x": old["x"], "y": np.array(list("abc"))}, r"SavedMigrant\.y is <U1"),
    ],
)
def test_an_upgrade_that_does_not_fit_is_one_line(version: int, upgrade: Any, said: str) -> None:
    app = App()
    app.world.spawn(3, declared({"x": f32})(x=[1, 2, 3]))
    blob = app.save()
    declared({"x": f32, "y": f32}, version, upgrade)
    refused(living(), blob, said)


def test_a_later_version_is_refused() -> None:
    app = App()
    app.world.spawn(1, declared({"x": f32}, 3)())
    blob = app.save()
    declared({"x": f32}, 2)
    refused(living(), blob, "SavedMigrant was saved by version 3; this program has version 2")


# ---- bad bytes
def refused(app: App, blob: bytes, said: str) -> None:
    """Loading and merging give one SnapshotError of one line and leave the world as it was."""
    before = app.save()
    for act in (lambda: app.load(blob), lambda: merge(app.world, blob, app.types())):
        with pytest.raises(SnapshotError, match=said) as why:
            act()
        assert "\n" not in str(why.value) and len(str(why.value)) < 400
        assert app.save() == before


BAD = r"saved world|saved data"


def test_what_is_not_a_world_says_so() -> None:
    app = living()
    refused(app, b"", "not a saved world")
    refused(app, b"hello, this is something else", "not a saved world")
    refused(app, Journal(GOOD).save(), "not a saved world")
    refused(app, WORLD[:-1] + b"\x07" + GOOD[10:], "of format 7; this program reads format 1")
    refused(app, WORLD[:-1], "of format")
    refused(app, GOOD + b"x", "more after its end")


@given(st.integers(0, len(GOOD) - 1))
def test_a_snapshot_cut_short_is_refused(length: int) -> None:
    refused(LIVING, GOOD[:length], BAD)


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 7))
def test_a_flipped_bit_is_refused(at: int, bit: int) -> None:
    bad = bytearray(GOOD)
    bad[at] ^= 1 << bit
    refused(LIVING, bytes(bad), BAD)


@given(st.binary(max_size=200), st.booleans())
def test_garbage_is_refused(tail: bytes, sealed: bool) -> None:
    refused(LIVING, WORLD + (checksum(tail) + len(tail).to_bytes(8, "little") if sealed else b"") + tail, BAD)


@given(st.data())
def test_a_lie_under_a_right_checksum_is_refused_or_harmless(data: st.DataObject) -> None:
    """Bytes of the document changed, and the checksum made to fit: a SnapshotError of one line, or a world that works."""
    start = len(WORLD) + 24
    end = start + int.from_bytes(GOOD[start - 8 : start], "little")
    body = bytearray(GOOD[start:end])
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    blob = WORLD + checksum(bytes(body)) + GOOD[start - 8 : start] + bytes(body) + GOOD[end:]
    app, before = living(), LIVING.save()
    try:
        app.load(blob)
    except SnapshotError as why:
        assert "\n" not in str(why) and app.save() == before
    else:
        assert same(app, App().add(push, live, SavedCount()).saves(SavedNote).load(app.save()))


def lie(change: Callable[[Document], object]) -> bytes:
    """A snapshot whose document was changed before it was sealed."""
    document: Document = unseal(WORLD, "a saved world", GOOD, Document)
    change(document)
    return seal(WORLD, document)


LIES: dict[str, Callable[[Document], object]] = {
    "an unknown tag": lambda d: d.tags.append("SavedNever"),
    "a tag twice": lambda d: d.tags.append("Disabled"),
    "an unknown component": lambda d: d.tables[0][2].update(SavedNever=("", 1, {})),
    "a table twice": lambda d: d.tables.append(d.tables[0]),
    "an id of no entity": lambda d: d.tables[0][0].__setitem__(0, 99),
    "an id of a dead generation": lambda d: d.tables[0][0].__setitem__(0, 5 << 32),
    "one entity in two rows": lambda d: d.tables[0][0].__setitem__(0, 1),
    "a free index in use": lambda d: d.free.__setitem__(0, 0),
    "a free index far off": lambda d: d.free.__setitem__(0, -3),
    "no free index": lambda d: setattr(d, "free", d.free[:0]),
    "generations of another kind": lambda d: setattr(d, "gen", d.gen.astype(np.float32)),
    "too few rows": lambda d: d.tables[0][2]["SavedBody"][2].update(age=np.zeros(1, np.int64)),
    "too few bits": lambda d: d.tables.__setitem__(0, (d.tables[0][0], d.tables[0][1][:1], *d.tables[0][2:])),
    "no change ticks": lambda d: d.tables[0][3].clear(),
    "a column less": lambda d: d.tables[0][2]["SavedBody"][2].pop("age"),
    "a relation that is none": lambda d: d.edges.__setitem__(0, ("SavedBody", *d.edges[0][1:])),
    "edges with one end": lambda d: d.edges.__setitem__(0, (d.edges[0][0], d.edges[0][1][:1], *d.edges[0][2:])),
    "edges of the dead": lambda d: d.edges[0][1].__setitem__(0, 4),
    "edges out of order": lambda d: d.edges[0][1].__setitem__(0, 3),
    "a record of nobody": lambda d: d.sparse[0][1].append((4, {})),
    "an unknown record": lambda d: d.sparse.append(("SavedNever", [])),
    "a record that does not fit": lambda d: d.sparse.append(("SavedNote", [(1, {"text": 5})])),
    "a resource that does not fit": lambda d: d.resources.append(("SavedCount", {"total": "much"})),
    "random streams of no kind": lambda d: setattr(d, "rng", {"seed": 0, "streams": {"a": [1]}}),
    "an unknown input": lambda d: d.inbox.append(("SavedNever", {})),
}


@pytest.mark.parametrize("change", LIES.values(), ids=LIES.keys())
def test_a_world_that_contradicts_itself_is_refused(change: Callable[[Document], object]) -> None:
    refused(living(), lie(change), "saved|know")


def test_what_cannot_be_saved_is_said() -> None:
    class SavedOpen(Struct):
        file: object

    with pytest.raises(SnapshotError, match="object cannot be saved; keep it in a msgspec Struct"):
        App().add(SavedOpen(object())).save()


def test_two_saved_classes_of_one_name_are_refused() -> None:
    twin = type("SavedNote", (Struct,), {})
    with pytest.raises(PsiError, match="two saved classes are called SavedNote"):
        App().saves(SavedNote, twin).types()
