"""Snapshots: a whole world to bytes and back exactly, merging one world into another, and journals to replay.

A snapshot is the magic, a checksum of what follows, and one msgpack document. Rows come back in the same tables in the same
order with the same ids, so saving what was loaded gives the same bytes.
"""

from hashlib import blake2b
from typing import Any

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from .codec import convert, decode, encode
from .component import REGISTRY, TAGS, Columns, fields, schema
from .error import SnapshotError
from .rng import Rng
from .table import Table
from .world import INDEX, World

MAGIC = b"psi-world\x01"


class Types(Struct):
    """The record classes that a snapshot may hold, by name: sparse components and events, and resources."""

    records: dict[str, type]
    resources: dict[str, type]


class Journal(Struct):
    """A run: where it began, what came in from outside at which tick, and digests to prove a replay."""

    start: bytes
    every: int = 60
    inputs: dict[int, list[Any]] = field(default_factory=dict)
    digests: dict[int, str] = field(default_factory=dict)

    def note(self, tick: int, events: list[Any]) -> None:
        """Keep the inputs of a tick."""
        if events:
            self.inputs[tick] = list(events)

    def save(self) -> bytes:
        """Bytes of the journal."""
        named = {t: [[type(e).__name__, e] for e in events] for t, events in self.inputs.items()}
        return encode([self.start, self.every, named, self.digests])

    @classmethod
    def load(cls, blob: bytes, types: Types) -> "Journal":
        """The inverse of `save`; `types` as from `App.types()`."""
        start, every, named, digests = decode(blob, tuple[bytes, int, dict[int, list[tuple[str, Any]]], dict[int, str]])
        inputs = {t: [convert(v, _known(types.records, name)) for name, v in events] for t, events in named.items()}
        return cls(start, every, inputs, digests)


def dump(world: World) -> bytes:
    """A world as bytes."""
    body = encode(
        {
            "tick": world.tick,
            "gen": world._gen[: world._count],
            "free": np.array(world._free, np.int64),
            "tags": [t.__name__ for t in world.tags],
            "tagged": world.tagged,
            "tables": [_dump_table(t) for t in world._order],
            "edges": [
                [c.__name__, schema(c), e.source, e.target, e.cols]
                for c, e in sorted(world.edges.items(), key=lambda pair: pair[0].__name__)
            ],
            "sparse": [[c.__name__, sorted(owned.items())] for c, owned in sorted(world.sparse.items(), key=_by_name) if owned],
            "resources": [[c.__name__, r] for c, r in sorted(world.resources.items(), key=_by_name) if isinstance(r, Struct)],
            "rng": world.resources[Rng].save(),
            "events": [
                [c.__name__, ch.first, ch.items]
                for c, ch in sorted(world.channels.items(), key=_by_name)
                if ch.items or ch.first
            ],
            "cursors": sorted(world.cursors.items()),
        }
    )
    return b"".join((MAGIC, checksum(body), body))


def checksum(body: bytes | memoryview) -> bytes:
    """16 bytes that change when the body is damaged or cut short; several times as fast as a CRC.

    The bytes are laid out as a table of 64-bit words; any change shows in a row sum and in a column sum.
    """
    end = len(body) // 4096 * 4096
    words = np.frombuffer(body, "<u8", count=end // 8).reshape(-1, 512)
    sums = words.sum(axis=0).tobytes() + words.sum(axis=1).tobytes()
    return blake2b(sums + bytes(body[end:]), digest_size=16).digest()


def _by_name(pair: tuple[type, Any]) -> str:
    return pair[0].__name__


def _dump_table(table: Table) -> list[Any]:
    columns = {
        c.__name__: [schema(c), c.__psi_version__, {name: a[: table.n] for name, a in table.cols[c].items()}]  # type: ignore[attr-defined]
        for c in table.key
    }
    return [table.ids[: table.n], table.bits[: table.n], columns]


def parse(blob: bytes) -> dict[str, Any]:
    """The checked document of a snapshot. SnapshotError if it is not one, or damaged."""
    if blob[:9] != MAGIC[:9]:
        raise SnapshotError("these bytes are not a saved world")
    if blob[: len(MAGIC)] != MAGIC:
        raise SnapshotError(
            f"the saved world is of format {blob[9] if len(blob) > 9 else '?'}; this program reads format {MAGIC[9]}"
        )
    start = len(MAGIC) + 16
    body = memoryview(blob)[start:]
    if checksum(body) != blob[len(MAGIC) : start]:
        raise SnapshotError("the saved world is damaged or cut short; use another copy")
    document: dict[str, Any] = decode(body, dict[str, Any])
    return document


def restore(world: World, blob: bytes, types: Types) -> None:
    """Replace the state of `world`; hooks and resources that are not Structs stay. Nothing changes if the bytes are bad."""
    data = parse(blob)
    fresh = World()
    fresh.tick, fresh.tagged = data["tick"], data["tagged"]
    fresh.tags = {_known(TAGS, name): np.uint64(1 << i) for i, name in enumerate(data["tags"])}
    n = len(data["gen"])
    fresh._count, fresh._gen = n, data["gen"]
    fresh._table, fresh._row = np.full(n, -1, np.int32), np.full(n, -1, np.int64)
    fresh._free = data["free"].tolist()
    for ids, bits, columns in data["tables"]:
        table = _load_table(fresh, ids, bits, columns)
        index = (ids & INDEX).astype(np.int64)
        fresh._table[index], fresh._row[index] = fresh._order.index(table), np.arange(len(ids))
    _load_edges(fresh, data["edges"])
    for name, owned in data["sparse"]:
        cls = _known(types.records, name)
        fresh.sparse[cls] = {entity: convert(value, cls) for entity, value in owned}
    resources = {_known(types.resources, name): value for name, value in data["resources"]}
    fresh.resources = {**world.resources, **{c: convert(v, c) for c, v in resources.items()}, Rng: Rng.load(data["rng"])}
    for name, first, items in data["events"]:
        cls = _known(types.records, name)
        channel = fresh.channels[cls]
        channel.first, channel.items = first, [(tick, convert(value, cls)) for tick, value in items]
    fresh.cursors = dict(data["cursors"])
    fresh.added, fresh.removed = world.added, world.removed
    world.__dict__.update(fresh.__dict__)


def merge(world: World, blob: bytes, types: Types) -> NDArray[np.uint64]:
    """Add the entities of a snapshot to a world under new ids; entity columns, edges and sparse components follow.

    Returns u64[n], the new ids in the order of the old ones. Resources, events and random streams stay the world's own.
    """
    other = World()
    restore(other, blob, Types(types.records, types.resources | {c.__name__: c for c in other.resources}))
    old = np.sort(np.concatenate([np.zeros(0, np.uint64), *(t.ids[: t.n] for t in other._order)]))
    new = np.zeros(len(old), np.uint64)

    def renamed(ids: NDArray[np.uint64]) -> NDArray[np.uint64]:
        at = np.minimum(np.searchsorted(old, ids), max(len(old) - 1, 0))
        found = (old[at] == ids) if len(old) else np.zeros(ids.shape, bool)
        return np.where(found, new[at], ids) if len(old) else ids

    spawned = []
    for table in other._order:
        values = [_row_values(c, table) for c in table.key]
        ids = world.spawn(table.n, *values)
        new[np.searchsorted(old, table.ids[: table.n])] = ids
        for tag, bit in other.tags.items():
            marked = ids[(table.bits[: table.n] & bit) != 0]
            if len(marked):
                world.tag(marked, tag)
        spawned.append((table, ids))
    for table, ids in spawned:
        for cls in table.key:
            for name, spec in fields(cls).items():
                if spec.entity:
                    setattr_rows(world, ids, cls, name, renamed(table.cols[cls][name][: table.n]))
    for _, owned in sorted(other.sparse.items(), key=_by_name):
        for entity, value in sorted(owned.items()):
            world.set_sparse(int(renamed(np.array([entity], np.uint64))[0]), value)
    for edges in other.edges.values():
        world.link(edges.value, renamed(edges.source), renamed(edges.target))
    return new


def setattr_rows(world: World, ids: NDArray[np.uint64], cls: type, name: str, values: NDArray[Any]) -> None:
    """Write one field of some entities of one table."""
    index = (ids & INDEX).astype(np.int64)
    if len(index):
        world._order[world._table[index[0]]].cols[cls][name][world._row[index]] = values


def _row_values(cls: type, table: Table) -> object:
    value: object = object.__new__(cls)
    value.__dict__.update({name: a[: table.n] for name, a in table.cols[cls].items()})
    return value


def _load_table(world: World, ids: NDArray[np.uint64], bits: NDArray[np.uint64], columns: dict[str, Any]) -> Table:
    table = world._table_for(_known(REGISTRY, name) for name in columns)
    table.append(ids)
    table.bits[: table.n] = bits
    for name, (made_by, version, saved) in columns.items():
        cls = REGISTRY[name]
        for field_name, values in _upgraded(cls, made_by, version, saved).items():
            table.cols[cls][field_name][: table.n] = values
    return table


def _load_edges(world: World, saved: list[Any]) -> None:
    for name, made_by, source, target, columns in saved:
        cls = _known(REGISTRY, name)
        edges = world.relation(cls)
        edges.source, edges.target, edges.cols = source, target, _upgraded(cls, made_by, 1, columns)


def _upgraded(cls: type, made_by: str, version: int, saved: Columns) -> Columns:
    """Saved columns as the class has them today. SnapshotError if that cannot be done."""
    if made_by == schema(cls):
        return saved
    upgrade = cls.__psi_upgrade__  # type: ignore[attr-defined]
    now = cls.__psi_version__  # type: ignore[attr-defined]
    if version > now:
        raise SnapshotError(f"{cls.__name__} was saved by version {version}; this program has version {now}")
    if upgrade is None:
        raise SnapshotError(f"the fields of {cls.__name__} have changed since this was saved; give it a version and an upgrade")
    columns: Columns = upgrade(version, saved)
    if set(columns) != set(fields(cls)):
        raise SnapshotError(f"the upgrade of {cls.__name__} must return exactly the fields {', '.join(fields(cls))}")
    return columns


def _known(names: dict[str, Any], name: str) -> Any:
    if name not in names:
        raise SnapshotError(f"the saved data hold {name}, which this app does not know; add the plugin that brings it")
    return names[name]
