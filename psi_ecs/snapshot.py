"""Snapshots: a whole world to bytes and back exactly.

Rows come back in the same tables in the same order with the same ids, so saving what was loaded gives the same bytes.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from .codec import convert, seal, unseal
from .column import REGISTRY, TAGS, Columns, fields, schema
from .error import PsiError, SnapshotError
from .rng import Rng
from .table import Table, longer
from .world import INDEX, SHIFT, World

T = TypeVar("T")
WORLD = b"psi-world\x01"
"""What a snapshot begins with: a name, and the number of the format."""
Saved = tuple[str, int, Columns]
"""Columns as they were saved: schema, version, values."""


class Types(Struct):
    """The record classes that a snapshot may hold, by name: sparse components and events, and resources."""

    records: dict[str, type]
    resources: dict[str, type]


class Document(Struct):
    """What a snapshot holds, as msgpack brings it."""

    tick: int
    gen: np.ndarray
    free: np.ndarray
    tags: list[str]
    tagged: bool
    tables: list[tuple[np.ndarray, np.ndarray, dict[str, tuple[str, int, dict[str, np.ndarray]]], list[int]]]
    """ids, tag bits, columns, tick of each component's last change."""
    edges: list[tuple[str, np.ndarray, np.ndarray, tuple[str, int, dict[str, np.ndarray]]]]
    sparse: list[tuple[str, list[tuple[int, Any]]]]
    resources: list[tuple[str, Any]]
    rng: dict[str, Any]
    events: list[tuple[str, int, list[tuple[int, int, Any]]]]
    cursors: dict[str, int]
    inbox: list[tuple[str, Any]]


def dump(world: World) -> bytes:
    """A world as bytes."""
    return seal(
        WORLD,
        Document(
            tick=world.tick,
            gen=world._gen[: world._count],
            free=np.array(world._free, np.int64),
            tags=[t.__name__ for t in world.tags],
            tagged=world.tagged,
            tables=[_dump_table(t) for t in world._order],
            edges=[(c.__name__, e.source, e.target, _saved(c, e.cols)) for c, e in _by_name(world.edges) if len(e)],
            sparse=[(c.__name__, sorted(owned.items())) for c, owned in _by_name(world.sparse) if owned],
            resources=[(c.__name__, r) for c, r in _by_name(world.resources) if isinstance(r, Struct)],
            rng=world.resources[Rng].save(),
            events=[(c.__name__, ch.first, ch.items) for c, ch in _by_name(world.channels) if ch.items or ch.first],
            cursors=dict(sorted(world.cursors.items())),
            inbox=[(type(e).__name__, e) for e in world.inbox],
        ),
    )


def _by_name(owned: dict[type, T]) -> list[tuple[type, T]]:
    return sorted(owned.items(), key=lambda pair: pair[0].__name__)


def _saved(cls: type, columns: Columns) -> Saved:
    return schema(cls), cls.__psi_version__, columns  # type: ignore[attr-defined]


def _dump_table(table: Table) -> tuple[NDArray[np.uint64], NDArray[np.uint64], dict[str, Saved], list[int]]:
    n = table.n
    columns = {c.__name__: _saved(c, {name: a[:n] for name, a in table.cols[c].items()}) for c in table.key}
    return table.ids[:n], table.bits[:n], columns, [table.changed[c] for c in table.key]


def restore(world: World, blob: bytes, types: Types) -> None:
    """Replace the state of `world`; hooks and resources that are not Structs stay. Nothing changes if the bytes are bad."""
    fresh = loaded(blob, types)
    fresh.resources = {**world.resources, **fresh.resources}
    fresh.added, fresh.removed = world.added, world.removed
    fresh.shape = world.shape + 1  # so that queries look again
    for cls, edges in world.edges.items():
        fresh.relation(cls).changed = edges.changed + 1
    world.__dict__.update(fresh.__dict__)
    for edges in world.edges.values():
        edges.alive = world.alive


def loaded(blob: bytes, types: Types) -> World:
    """A new world from a snapshot. SnapshotError if it is damaged or does not fit this program."""
    saved: Document = unseal(WORLD, "a saved world", blob, Document)
    world = World()
    world.tick, world.tagged = saved.tick, saved.tagged
    tags = [known(TAGS, name) for name in saved.tags]
    _sure(0 < len(tags) == len(set(tags)) <= 64, "tags")
    world.tags = {tag: np.uint64(1 << i) for i, tag in enumerate(tags)}
    _load_entities(world, saved)
    _load_edges(world, saved)
    for name, owned in saved.sparse:
        cls = known(types.records, name)
        owners = [entity for entity, _ in owned]
        _sure(all(0 <= e < 2**64 for e in owners) and bool(world.alive(owners).all()), "sparse components")
        world.sparse[cls] = {entity: convert(value, cls) for entity, value in owned}
    for name, value in saved.resources:
        cls = known(types.resources, name)
        world.resources[cls] = convert(value, cls)
    world.resources[Rng] = Rng.load(saved.rng)
    for name, first, items in saved.events:
        cls = known(types.records, name)
        channel = world.channels[cls]
        channel.first, channel.items = first, [(tick, place, convert(value, cls)) for tick, place, value in items]
    world.cursors = saved.cursors
    world.inbox = [convert(value, known(types.records, name)) for name, value in saved.inbox]
    return world


def _load_entities(world: World, saved: Document) -> None:
    _sure(_is(saved.gen, np.uint64), "generations")
    n = len(saved.gen)
    room = max(n, len(world._gen))
    world._count, world._gen = n, saved.gen if n == room else longer(saved.gen, room)
    world._table, world._row = np.full(room, -1, np.int32), np.full(room, -1, np.int64)
    for ids, bits, columns, changed in saved.tables:
        classes = [known(REGISTRY, name) for name in columns]
        table = world._table_for(classes)
        _sure(_is(ids, np.uint64) and _is(bits, np.uint64, len(ids)) and not table.n and len(changed) == len(classes), "tables")
        index = _run((ids & INDEX).astype(np.int64), n)
        _sure(bool((saved.gen[index] == ids >> SHIFT).all()), "ids")
        table.adopt(ids, bits, {c: _fitted(c, columns[c.__name__], len(ids)) for c in table.key})
        table.changed = dict(zip(table.key, changed, strict=True))
        world._table[index], world._row[index] = world._order.index(table), np.arange(len(ids))
    living = int(np.count_nonzero(world._table >= 0))
    _sure(living == sum(t.n for t in world._order), "ids")  # else one stands in two rows
    free = saved.free
    _sure(_is(free, np.int64, n - living) and bool(((free >= 0) & (free < n)).all()), "free ids")
    _sure(len(np.unique(free)) == len(free) and bool((world._table[free] < 0).all()), "free ids")
    world._free = free.tolist()


def _run(index: NDArray[np.int64], n: int) -> NDArray[np.int64] | slice:
    """Indexes below `n`, as a slice where they stand one after the other: several times as fast to read and write."""
    _sure(not len(index) or bool(index.max() < n), "ids")
    if len(index) and (np.diff(index) == 1).all():
        return slice(int(index[0]), int(index[-1]) + 1)
    return index


def _load_edges(world: World, saved: Document) -> None:
    for name, source, target, columns in saved.edges:
        edges = world.relation(known(REGISTRY, name))
        _sure(hasattr(edges.cls, "__psi_on_delete__"), "relations")
        _sure(_is(source, np.uint64) and _is(target, np.uint64, len(source)), "relations")
        _sure(bool(world.alive(source).all() and world.alive(target).all()), "relations")
        rises = (source[1:] > source[:-1]) | ((source[1:] == source[:-1]) & (target[1:] > target[:-1]))
        _sure(bool(rises.all()), "relations")
        edges.source, edges.target, edges.cols = source, target, _fitted(edges.cls, columns, len(source))


def _fitted(cls: type, saved: Saved, n: int) -> Columns:
    """Saved columns as the class has them today, `n` rows each. SnapshotError if that cannot be done."""
    made_by, version, columns = saved
    upgrade = cls.__psi_upgrade__  # type: ignore[attr-defined]
    now = cls.__psi_version__  # type: ignore[attr-defined]
    if made_by != schema(cls):
        if version > now:
            raise SnapshotError(f"{cls.__name__} was saved by version {version}; this program has version {now}")
        if upgrade is None:
            raise SnapshotError(
                f"the fields of {cls.__name__} have changed since this was saved; give it a version and an upgrade"
            )
        try:
            columns = upgrade(version, columns)
        except (LookupError, TypeError, ValueError) as why:
            raise SnapshotError(f"the upgrade of {cls.__name__} from version {version} failed: {why!r}") from why
    if set(columns) != set(fields(cls)):
        raise SnapshotError(f"saved {cls.__name__} must have exactly the fields {', '.join(fields(cls))}")
    for name, spec in fields(cls).items():
        column = columns[name]
        if column.dtype.kind not in "biuf" or column.shape != (n, *spec.shape):
            raise SnapshotError(f"saved {cls.__name__}.{name} is {column.dtype} of shape {column.shape}, which does not fit")
    return {name: np.ascontiguousarray(columns[name], spec.dtype) for name, spec in fields(cls).items()}


def _is(array: NDArray[Any], dtype: type, n: int | None = None) -> bool:
    return array.dtype == dtype and array.ndim == 1 and (n is None or len(array) == n)


def _sure(sound: bool, where: str) -> None:
    if not sound:
        raise SnapshotError(f"the saved world contradicts itself in its {where}; use another copy")


def known(names: dict[str, Any], name: str) -> Any:
    """What a saved name means. SnapshotError if this app does not know it."""
    if name not in names:
        raise SnapshotError(f"the saved data hold {name!r}, which this app does not know; add the plugin that brings it")
    return names[name]


def named(classes: Iterable[type]) -> dict[str, type]:
    """Classes by name. PsiError if two have the same, for a snapshot could not tell them apart."""
    found: dict[str, type] = {}
    for cls in classes:
        if found.setdefault(cls.__name__, cls) is not cls:
            raise PsiError(f"two saved classes are called {cls.__name__}; rename one")
    return found
