"""The nearest among many: cells find what brute force finds, whatever half of the key is asked for."""

from pathlib import Path
from threading import Thread

import msgspec
import numpy as np
import pytest
from made import entry, same

from psi_ecs.components.memory import KEY, STYLE, Entry, Wish
from psi_ecs.systems.formats.memory import Store, cells, index
from psi_ecs.systems.formats.memory.rows import joined

COUNT = 6000


@pytest.fixture(scope="module")
def places() -> np.ndarray:
    """Positions in clusters, with feelings."""
    rng = np.random.default_rng(8)
    out = np.zeros((COUNT, KEY), np.float32)
    for columns in (index.PARTS["style"], index.PARTS["meaning"], index.PARTS["feeling"]):
        centres = rng.normal(size=(60, len(columns)))
        part = centres[rng.integers(0, 60, COUNT)] + 0.5 * rng.normal(size=(COUNT, len(columns)))
        out[:, columns] = part / np.linalg.norm(part, axis=1, keepdims=True)
    return out.astype(np.float16).astype(np.float32)


@pytest.fixture(scope="module")
def frozen(places: np.ndarray) -> index.Frozen:
    tag = index.Tag(2 * COUNT, COUNT, 0)
    return index.build_frozen(tag, np.arange(COUNT) * 2 + 1, places.astype(np.float16))


def asked(places: np.ndarray, columns: np.ndarray, n: int) -> np.ndarray:
    query = np.zeros(KEY, np.float32)
    near = places[n, columns] + 0.2 * np.random.default_rng(n).normal(size=len(columns))
    query[columns] = near / np.linalg.norm(near)
    return query


@pytest.mark.parametrize("part", [*index.PARTS, "key and feeling"])
def test_recall(places: np.ndarray, frozen: index.Frozen, part: str) -> None:
    """At least 95 of 100 of the ten nearest, with some behind the cells in the tail."""
    both = np.concatenate([index.PARTS["key"], index.PARTS["feeling"]])
    columns = index.PARTS.get(part, both)
    tail = index.Tail()
    for n in range(0, COUNT, 40):
        tail.add(10**6 + n, places[n] * 0.999)
    ids = np.concatenate([frozen.ids, 10**6 + np.arange(0, COUNT, 40)])
    every = np.concatenate([places, places[::40] * 0.999])
    hits = 0
    for n in range(0, COUNT, 97):
        query = asked(places, columns, n)
        exact = set(ids[np.argsort(-(every @ query))[:10]].tolist())
        hits += len(exact & set(index.nearest(frozen, tail, query, 64).tolist()))
    assert hits / (10 * len(range(0, COUNT, 97))) >= 0.95


def test_among_some_the_nearest_are_exact(places: np.ndarray, frozen: index.Frozen) -> None:
    tail = index.Tail()
    tail.add(10**6, places[5])
    some = np.sort(np.concatenate([np.random.default_rng(1).choice(frozen.ids, 500, replace=False), [10**6, 10**6 + 1, 4]]))
    for part in ("style", "key", "feeling"):
        query = asked(places, index.PARTS[part], 5)
        inside = some[np.isin(some, frozen.ids)]
        scores = dict(zip(inside.tolist(), (places[(inside - 1) // 2] @ query).tolist(), strict=True))
        scores[10**6] = float(places[5] @ query)
        exact = set(sorted(scores, key=lambda id: -scores[id])[:10])
        assert exact <= set(index.among(frozen, tail, query, some, 40).tolist())


def test_a_file_of_cells_comes_back(places: np.ndarray, frozen: index.Frozen, tmp_path: Path) -> None:
    index.write(tmp_path / "cells", frozen)
    first = (tmp_path / "cells").read_bytes()
    index.write(tmp_path / "cells", index.build_frozen(frozen.tag, frozen.ids, places.astype(np.float16)))
    assert (tmp_path / "cells").read_bytes() == first, "the same keys give the same bytes"
    for deep in (False, True):
        again = index.read(tmp_path / "cells", deep)
        assert again is not None and again.tag == frozen.tag
        query = asked(places, index.PARTS["key"], 3)
        assert sorted(again.nearest(query, 50)[0].tolist()) == sorted(frozen.nearest(query, 50)[0].tolist())


def test_a_file_made_to_mislead_is_not_used(frozen: index.Frozen, tmp_path: Path) -> None:
    """Its checksums hold, but it says what cannot be."""
    good = frozen.parts["style"]
    for change in (
        {"rows": good.rows.astype(np.float32)}, {"rows": good.rows + 1}, {"scale": float("nan")}, {"starts": good.starts + 1},
        {"starts": good.starts[::-1].copy()}, {"centres": good.centres[:, :-1].copy()}, {"vectors": good.vectors[:-1].copy()},
        {"centres": good.centres * np.float32(np.nan)}, {"vectors": good.vectors.astype(np.int32)},
    ):  # fmt: skip
        parts = {**frozen.parts, "style": msgspec.structs.replace(good, **change)}
        index.write(tmp_path / "cells", index.Frozen(frozen.tag, frozen.ids, parts))
        assert index.read(tmp_path / "cells") is None, change
    index.write(tmp_path / "cells", index.Frozen(frozen.tag, frozen.ids.astype(np.float32).view(np.int32), frozen.parts))
    assert index.read(tmp_path / "cells") is None


@pytest.mark.parametrize("count", [1, 2, 3, 10])
def test_few_or_equal_vectors(count: int) -> None:
    same_ones = np.ones((count, 4), np.float16)
    made = cells.build(same_ones, np.arange(4))
    rows, scores = made.nearest(np.ones(4, np.float32), 5)
    assert sorted(rows.tolist()) == list(range(min(count, 5))) or count > 5
    assert np.allclose(scores, 4.0, rtol=0.02)


def test_without_some_they_are_gone(places: np.ndarray, frozen: index.Frozen) -> None:
    gone = frozen.ids[10:20]
    left = frozen.without(gone)
    assert left.tag == index.Tag(2 * COUNT, COUNT - 10, 1) and not np.isin(left.ids, gone).any()
    found, _ = left.nearest(asked(places, index.PARTS["style"], 12), 20)
    assert not np.isin(found, gone).any() and len(found) == 20


def test_a_store_makes_cells_where_they_pay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When it is closed; what is found stays the same, with and without them, and after more was added and some forgotten."""
    monkeypatch.setattr(index, "TAIL", 300)
    path = tmp_path / "mira.psimem"
    style = entry(17).key.copy()
    style[len(STYLE) :] = 0.0
    wishes = (Wish(key=entry(40).key), Wish(key=style), Wish(feeling=entry(7).feeling), Wish(key=style, tags=("talk",)))

    def found(store: Store) -> list[list[int]]:
        return [[f.entry.id for f in store.find(wish)] for wish in wishes]

    with Store(path, "mira") as store:
        for n in range(400):
            store.add(entry(n))
        before = found(store)
    assert path.with_name("mira.psimem-cells").exists()
    with Store(path, "mira") as store:
        assert found(store) == before
        again = store.add(entry(17, time=2e9))
        assert found(store)[1][:2] == [again, 18], "of equal ones the latest first"
        store.forget(Wish(ids=(18, again)))
        assert found(store)[1] == [id for id in before[1] if id != 18] + found(store)[1][9:]
    with Store(path, "mira") as store:
        assert store.verify(deep=True).sound and found(store)[0] == before[0]


def test_threads_share_a_store(tmp_path: Path) -> None:
    """Four add while two find: every number is given once, and everything is there."""
    store = Store(tmp_path / "mira.psimem", "mira")
    numbers: list[int] = []
    wrong: list[Entry] = []

    def add(low: int) -> None:
        numbers.extend(store.add(entry(n)) for n in range(low, low + 100))

    def find() -> None:
        for n in range(30):
            wrong.extend(f.entry for f in store.find(Wish(key=entry(n).key)) if not same(f.entry, entry(f.entry.turn)))

    threads = [Thread(target=add, args=(k * 100,)) for k in range(4)] + [Thread(target=find) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.flush() == 400 and sorted(numbers) == list(range(1, 401)) and wrong == []
    assert {e.turn for e in store.iterate()} == set(range(400))
    near = store.find(Wish(key=joined(entry(3).key, None)))
    assert near[0].entry.turn == 3
    store.close()
