"""What is nearest: keys in memory, scanned, and beyond some ten thousand of them a file of cells beside the database.

The file can be made again from the database at any time. It says up to which row it goes and how many forgettings it knows
of; if that does not fit, it is not used. It takes part in a search from when the store is opened (or is told to make it) until
it is closed, so what is found never depends on how far something in the background has got.
"""

import os
from contextlib import suppress
from math import isfinite
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from psi_ecs.codec import checksum
from psi_ecs.components.memory import KEY, MEANING, STYLE

from .cells import Cells, build, top

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]

MAGIC = b"psi-cells\0\1"
TAIL = 32768
"""Keys that are scanned at most before cells are worth their while: 2 ms."""
HALF = KEY // 2
PARTS = {
    "style": np.arange(len(STYLE)),
    "meaning": HALF + np.arange(MEANING),
    "key": np.concatenate([np.arange(len(STYLE)), HALF + np.arange(MEANING)]),
    "feeling": HALF - 10 + np.arange(10),
}
"""Columns of a position that cells are made of; a query goes to the first part that holds all of its own."""

FIELDS = {"centres": "<f4", "starts": "<i4", "rows": "<i4", "vectors": "|i1"}
"""Arrays of cells, and of what they are."""


class Tag(Struct, frozen=True):
    """Which rows a file of cells is of."""

    last: int
    """Highest number of a row."""
    count: int
    generation: int
    """How often something had been forgotten."""


class Header(Struct):
    """What stands before the arrays of the file."""

    tag: Tag
    scales: dict[str, float]
    arrays: dict[str, tuple[str, tuple[int, ...], int, bytes]]
    """dtype, shape, first byte after the header, checksum."""


TOGETHER = 1024
"""Keys of a block: small, so that a new one costs who adds no more than a page of memory."""


class Tail:
    """Positions f32[N, KEY] with numbers, in blocks, so that adding never copies what is there."""

    def __init__(self) -> None:
        """None."""
        self.count = 0
        self._blocks: list[tuple[I64, F32]] = []

    def add(self, id: int, place: F32) -> None:
        """One more; its number is above all others."""
        block, row = divmod(self.count, TOGETHER)
        if block == len(self._blocks):
            self._blocks.append((np.empty(TOGETHER, np.int64), np.empty((TOGETHER, KEY), np.float32)))
        ids, places = self._blocks[block]
        ids[row], places[row] = id, place
        self.count += 1  # last: a search in another thread sees whole rows only

    def blocks(self) -> list[tuple[I64, F32]]:
        """Numbers and positions of all so far."""
        count = self.count
        blocks = enumerate(list(self._blocks))
        return [(ids[: count - k * TOGETHER], places[: count - k * TOGETHER]) for k, (ids, places) in blocks]

    def keep(self, gone: I64) -> None:
        """Without these numbers."""
        left = [(id, place) for ids, places in self.blocks() for id, place in zip(ids, places, strict=True)]
        bad = set(gone.tolist())
        fresh = Tail()
        for id, place in left:
            if int(id) not in bad:
                fresh.add(int(id), place)
        self._blocks, self.count = fresh._blocks, fresh.count


class Frozen:
    """A file of cells, mapped."""

    def __init__(self, tag: Tag, ids: I64, parts: dict[str, Cells]) -> None:
        """`ids` i64[N] rising."""
        self.tag, self.ids, self.parts = tag, ids, parts
        self._places: dict[str, NDArray[np.int32]] = {}

    def nearest(self, query: F32, count: int) -> tuple[I64, F32]:
        """Numbers and inner products, roughly, of the `count` nearest."""
        used = set(np.flatnonzero(query).tolist())
        name = next((n for n, columns in PARTS.items() if used <= set(columns.tolist())), "")
        if name:
            rows, scores = self.parts[name].nearest(query[PARTS[name]], count)
            return self.ids[rows], scores
        both = [self.parts[n].nearest(query[PARTS[n]], 4 * count)[0] for n in ("key", "feeling")]  # scored again by who asks
        rows = np.unique(np.concatenate(both))
        return self.ids[rows], np.full(len(rows), np.inf, np.float32)

    def score(self, query: F32, rows: I64) -> F32:
        """Inner products, roughly, with some rows."""
        total = np.zeros(len(rows), np.float32)
        for name in ("key", "feeling"):
            columns, cells = PARTS[name], self.parts[name]
            if query[columns].any():
                if name not in self._places:
                    self._places[name] = inverse(cells.rows)
                near = cells.vectors[self._places[name][rows]].astype(np.float32)
                total += near @ (query[columns] * np.float32(cells.scale))
        return total

    def without(self, gone: I64) -> "Frozen":
        """Made again without these numbers, and as of one more forgetting."""
        left = ~np.isin(self.ids, gone)
        places = np.zeros((int(left.sum()), KEY), np.float16)
        for name in ("key", "feeling"):
            cells = self.parts[name]
            order = inverse(cells.rows)[left]
            places[:, PARTS[name]] = cells.vectors[order] * np.float32(cells.scale)
        tag = Tag(self.tag.last, len(places), self.tag.generation + 1)
        return build_frozen(tag, np.asarray(self.ids[left]), places)


def inverse(rows: NDArray[np.int32]) -> NDArray[np.int32]:
    """Where each row is."""
    places = np.zeros_like(rows)
    places[rows] = np.arange(len(rows), dtype=rows.dtype)
    return places


def build_frozen(tag: Tag, ids: I64, places: Any) -> Frozen:
    """Cells of positions f16[N, KEY] with their numbers i64[N]."""
    return Frozen(tag, ids, {name: build(places, columns) for name, columns in PARTS.items()})


def write(path: Path, frozen: Frozen) -> None:
    """Whole or not at all, and safe from a loss of power. OSError if it cannot be written."""
    arrays = {"ids": frozen.ids}
    for name, cells in frozen.parts.items():
        arrays |= {f"{name}.{field}": getattr(cells, field) for field in FIELDS}
    header, at = Header(frozen.tag, {n: c.scale for n, c in frozen.parts.items()}, {}), 0
    for name, array in arrays.items():
        header.arrays[name] = (array.dtype.str, array.shape, at, checksum(array.reshape(-1).view(np.uint8).data))
        at += -(-array.nbytes // 64) * 64
    body = msgspec.msgpack.encode(header)
    part = path.with_name(path.name + ".part")
    with suppress(FileNotFoundError):
        part.unlink()
    with open(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        head = MAGIC + checksum(body) + len(body).to_bytes(8, "little") + body
        file.write(head + b"\0" * (-len(head) % 64))
        for array in arrays.values():
            file.write(array.reshape(-1).view(np.uint8).data)
            file.write(b"\0" * (-array.nbytes % 64))
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def read(path: Path, deep: bool = False) -> Frozen | None:
    """Cells from a file; None if it is missing, damaged or not ours. `deep` reads every byte, else they are mapped."""
    try:
        data = np.memmap(path, np.uint8, "r")
        start = len(MAGIC) + 24
        head = bytes(data[:start])
        length = int.from_bytes(head[-8:], "little")
        body = bytes(data[start : start + min(length, 1 << 20)])
        if head[: len(MAGIC)] != MAGIC or checksum(body) != head[len(MAGIC) : -8]:
            return None
        header = msgspec.msgpack.decode(body, type=Header)
        found = {name: _array(data[-(-(start + length) // 64) * 64 :], *spec, deep) for name, spec in header.arrays.items()}
        parts = {n: Cells(*(found[f"{n}.{field}"] for field in FIELDS), scale=header.scales[n]) for n in PARTS}  # type: ignore
    except (OSError, ValueError, KeyError, TypeError, msgspec.MsgspecError):
        return None
    frozen = Frozen(header.tag, found["ids"], parts)
    return frozen if _sound(frozen) else None


def _array(data: Any, dtype: str, shape: tuple[int, ...], at: int, digest: bytes, deep: bool) -> Any:
    if dtype not in ("<i8", *FIELDS.values()) or any(n < 0 for n in shape) or at < 0:
        raise ValueError(dtype)
    size = int(np.dtype(dtype).itemsize * np.prod([float(n) for n in shape]))
    raw = data[at : at + size]
    if len(raw) != size or (deep and checksum(raw.data) != digest):
        raise ValueError("damaged")
    return raw.view(dtype).reshape(shape)


def _sound(frozen: Frozen) -> bool:
    """Whether sizes fit each other, and cells and numbers lie where they may."""
    count = len(frozen.ids)
    if frozen.ids.dtype != np.int64 or frozen.ids.ndim != 1:
        return False
    for name, cells in frozen.parts.items():
        width, centres = len(PARTS[name]), cells.centres
        if any(getattr(cells, field).dtype.str != dtype for field, dtype in FIELDS.items()) or not isfinite(cells.scale):
            return False
        if centres.shape[1:] != (width,) or cells.vectors.shape != (count, width) or cells.rows.shape != (count,):
            return False
        if cells.starts.shape != (len(centres) + 1,) or (np.diff(cells.starts) < 0).any():
            return False
        if cells.starts[0] != 0 or cells.starts[-1] != count or not np.isfinite(centres).all():
            return False
        if count and (cells.rows.min() < 0 or cells.rows.max() >= count):
            return False
    return count == frozen.tag.count


def among(frozen: Frozen | None, tail: Tail, query: F32, ids: I64, count: int) -> I64:
    """Of these numbers, about the `count` nearest, in no order: they are to be scored again, exactly."""
    found = [(ids[:0], query[:0])]
    if frozen is not None and len(frozen.ids):
        rows = np.searchsorted(frozen.ids, ids).clip(0, len(frozen.ids) - 1)
        rows = rows[frozen.ids[rows] == ids]
        found.append((frozen.ids[rows], frozen.score(query, rows)))
    for numbers, places in tail.blocks():
        rows = np.flatnonzero(np.isin(numbers, ids, kind="sort"))
        found.append((numbers[rows], places[rows] @ query))
    numbers, scores = (np.concatenate(part) for part in zip(*found, strict=True))
    return np.asarray(numbers[top(scores, count)], np.int64)


def nearest(frozen: Frozen | None, tail: Tail, query: F32, count: int) -> I64:
    """Numbers of about the `count` nearest of all, in no order: they are to be scored again, exactly."""
    found = [frozen.nearest(query, count)] if frozen is not None else []
    found += [(ids, places @ query) for ids, places in tail.blocks() if len(ids)]
    if not found:
        return np.zeros(0, np.int64)
    ids, scores = (np.concatenate(part) for part in zip(*found, strict=True))
    if np.isinf(scores).any():  # a query for key and feeling: all of them are candidates
        return np.concatenate([ids[np.isinf(scores)], ids[np.isfinite(scores)][top(scores[np.isfinite(scores)], count)]])
    return np.asarray(ids[top(scores, count)], np.int64)
