"""Other ways to keep and recall memories, each as its documentation says."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from psi_ecs.components.memory import KEY, Entry
from psi_ecs.systems.formats.memory.rows import content

from . import memory, workload
from .workload import F32, TOP

Told = Callable[[float], None]


def _filled(count: int, told: Told, add: Callable[[int, F32, list[Entry]], None], whole: bool = True) -> float:
    """Add all by chunks; entries a second. Not `whole`: keys alone."""
    spent = 0.0
    for low, found, topics in workload.chunks(count):
        made = workload.entries(low, found, topics) if whole else []
        begun = time.perf_counter()
        add(low, found, made)
        spent += time.perf_counter() - begun
        told(0.7 * (low + len(found)) / count)
    return count / spent


def _figures(folder: Path, count: int, rate: float, told: Told, opened: Callable[[], Any], most: int = 50) -> dict[str, float]:
    """What all have in common; `opened` gives what finds the numbers nearest to a query."""
    figures = {"added a second": rate, "bytes an entry with cells": memory.size(folder) / count}
    begun = time.perf_counter()
    find = opened()
    figures["open: ms"] = 1e3 * (time.perf_counter() - begun)
    asked = workload.truth(count)
    told(0.8)
    figures |= workload.recalled(asked, find, most)
    told(1.0)
    return figures


def _scan(matrix: F32, query: F32) -> list[int]:
    score = matrix @ query
    return list(map(int, np.argpartition(-score, TOP)[:TOP]))


def lmdb(folder: Path, count: int, told: Told) -> dict[str, float]:
    """A key-value store; recalling scans a matrix in RAM, read when it is opened."""
    import lmdb

    env = lmdb.open(str(folder / "lmdb"), map_size=4096 * count + (64 << 20))

    def add(low: int, found: F32, made: list[Entry]) -> None:
        with env.begin(write=True) as transaction:
            for k, entry in enumerate(made):
                half = found[k].astype("<f2").tobytes()
                transaction.put((low + k).to_bytes(8, "big"), half + content(entry)[0], append=True)

    rate = _filled(count, told, add)

    def opened() -> Callable[[F32], list[int]]:
        matrix = np.empty((count, KEY), np.float32)
        with env.begin() as transaction:
            for k, (_, value) in enumerate(transaction.cursor()):
                matrix[k] = np.frombuffer(value[: 2 * KEY], "<f2")
        return lambda query: _scan(matrix, query)

    return _figures(folder, count, rate, told, opened)


def faiss(folder: Path, count: int, told: Told) -> dict[str, float]:
    """Vectors alone, all scanned."""
    import faiss

    faiss.omp_set_num_threads(1)
    index, path = faiss.IndexFlatIP(KEY), str(folder / "flat.faiss")

    rate = _filled(count, told, lambda low, found, made: index.add(found), whole=False)
    faiss.write_index(index, path)

    def opened() -> Callable[[F32], list[int]]:
        again = faiss.read_index(path)
        return lambda query: list(map(int, again.search(query[None], TOP)[1][0]))

    return _figures(folder, count, rate, told, opened)


def usearch(folder: Path, count: int, told: Told) -> dict[str, float]:
    """Vectors alone, in a graph (HNSW) of f16, as its documentation has it."""
    from usearch.index import Index

    index, path = Index(ndim=KEY, metric="ip", dtype="f16"), str(folder / "graph.usearch")

    def add(low: int, found: F32, made: list[Entry]) -> None:
        index.add(np.arange(low, low + len(found)), found, threads=1)

    rate = _filled(count, told, add, whole=False)
    index.save(path)

    def opened() -> Callable[[F32], list[int]]:
        again: Any = Index.restore(path, view=True)
        return lambda query: list(map(int, again.search(query, TOP, threads=1).keys))

    return _figures(folder, count, rate, told, opened, workload.QUERIES)


def sqlite_vec(folder: Path, count: int, told: Told) -> dict[str, float]:
    """A table of vectors within SQLite, all scanned. All keys are of the same length, so the least distance is the highest
    inner product."""
    import apsw
    import sqlite_vec

    def connect() -> Any:
        db = apsw.Connection(str(folder / "vec.db"))
        db.enable_load_extension(True)
        db.load_extension(sqlite_vec.loadable_path())
        return db

    db = connect()
    db.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    db.execute(f"CREATE VIRTUAL TABLE keys USING vec0(place float[{KEY}])")
    db.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, record BLOB)")

    def add(low: int, found: F32, made: list[Entry]) -> None:
        with db:
            numbers = range(low, low + len(made))
            db.executemany("INSERT INTO keys (rowid, place) VALUES (?, ?)", ((n, found[n - low].tobytes()) for n in numbers))
            db.executemany("INSERT INTO entry VALUES (?, ?)", ((n, content(made[n - low])[0]) for n in numbers))

    rate = _filled(count, told, add)
    db.close()

    def opened() -> Callable[[F32], list[int]]:
        again = connect()
        sql = "SELECT rowid FROM keys WHERE place MATCH ? AND k = ?"
        return lambda query: [row[0] for row in again.execute(sql, (query.tobytes(), TOP))]

    return _figures(folder, count, rate, told, opened, 20)
