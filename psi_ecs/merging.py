"""Merging: the entities of a snapshot come into another world under new ids, and what points at them follows."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .column import NOBODY, Columns, fields
from .snapshot import Types, loaded
from .world import World

Ids = NDArray[np.uint64]


def merge(world: World, blob: bytes, types: Types) -> Ids:
    """Add the entities of a snapshot to a world under new ids; entity columns, edges, tags and sparse components follow.

    Returns u64[n], the new ids in the order of the old ones. A column that points at none of them comes out as `NOBODY`.
    Resources, events and random streams stay the world's own. SnapshotError, and nothing is changed, if the bytes are bad.
    """
    other = loaded(blob, types)
    old = np.sort(np.concatenate([np.zeros(0, np.uint64), *(t.ids for t in other._order)]))
    new = world.spawn(len(old))

    def value(cls: type, columns: Columns) -> Any:
        found: object = object.__new__(cls)
        for name, spec in fields(cls).items():
            found.__dict__[name] = _renamed(columns[name], old, new) if spec.entity else columns[name]
        return found

    for table in other._order:
        ids = _renamed(table.ids, old, new)
        world.insert(ids, *(value(c, table.cols[c]) for c in table.key))
        for tag, bit in other.tags.items():
            if len(marked := ids[(table.bits & bit) != 0]):
                world.tag(marked, tag)
    for owned in other.sparse.values():
        for entity, record in sorted(owned.items()):
            world.set_sparse(int(_renamed(np.uint64(entity), old, new)), record)
    for edges in other.edges.values():
        world.link(value(edges.cls, edges.cols), _renamed(edges.source, old, new), _renamed(edges.target, old, new))
    return new


def _renamed(ids: Ids | np.uint64, old: Ids, new: Ids) -> Ids:
    """New ids for old ones, whatever the shape; `NOBODY` for any other."""
    if not len(old):
        return np.full(np.shape(ids), NOBODY, np.uint64)
    at = np.minimum(np.searchsorted(old, ids), len(old) - 1)
    return np.where(old[at] == ids, new[at], np.uint64(NOBODY))
