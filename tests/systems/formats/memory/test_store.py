"""What is added is found again, before and after it is written, and after the file is opened anew."""

import os
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest
from made import TOPICS, entry, same

from psi_ecs.components.memory import KEY, STYLE, Entry, Found, Wish
from psi_ecs.systems.formats.memory import MemoryFileError, Store
from psi_ecs.systems.formats.memory.rows import fits

WISHES = (
    Wish(), Wish(limit=3), Wish(tags=("greeting",)), Wish(tags=("greeting", "talk")), Wish(concepts=("rain", "tea"), limit=40),
    Wish(person="Ann", concepts=("cats",)), Wish(person="Mira", limit=2), Wish(scene="scene 1", kind="utterance"),
    Wish(text="NUMBER 1", limit=20), Wish(text="about tea", person="Ann"), Wish(since=1.7e9 + 50.0, until=1.7e9 + 60.0),
    Wish(ids=(3, 77, 9)), Wish(ids=(4, 5, 6), tags=("talk",)), Wish(name="none"), Wish(tags=("unheard of",)),
    Wish(key=entry(7).key, limit=5), Wish(feeling=entry(11).feeling, limit=5), Wish(key=entry(3).key, tags=("talk",)),
    Wish(key=entry(3).key, feeling=entry(9).feeling), Wish(limit=0), Wish(key=np.zeros(KEY, np.float32)),
)  # fmt: skip


def shown(found: list[Found]) -> list[tuple[int, float, str]]:
    return [(f.entry.id, f.nearness, f.reason) for f in found]


def filled(path: Path | None, count: int = 100, **options: bool) -> Store:
    store = Store(path, "mira", **options)
    for n in range(count):
        store.add(entry(n))
    return store


@pytest.mark.parametrize("kept", [True, False], ids=["file", "RAM"])
def test_everything_comes_back(tmp_path: Path, kept: bool) -> None:
    with filled(tmp_path / "mira.psimem" if kept else None) as store:
        assert [store.get(n + 1).id for n in range(100)] == list(range(1, 101)) and len(store) == 100
        assert all(same(store.get(n + 1), entry(n)) for n in range(100))
        assert store.flush() == store.acknowledged == 100
        assert all(same(store.get(n + 1), entry(n)) for n in range(100))
        assert [e.id for e in store.iterate(after=97)] == [98, 99, 100]
    if kept:
        with Store(tmp_path / "mira.psimem", "mira") as store:
            assert all(same(a, entry(n)) for n, a in enumerate(store.iterate()))
            assert store.add(entry(100)) == 101
            assert store.verify(deep=True).sound


@pytest.mark.parametrize("wish", WISHES)
def test_what_is_found_does_not_depend_on_the_writing(tmp_path: Path, wish: Wish) -> None:
    """Not written, half written, written, opened anew, opened for reading: the same, and what brute force finds."""
    path = tmp_path / "mira.psimem"
    with filled(path, 60, threaded=False) as store:
        store.flush()
        for n in range(60, 100):
            store.add(entry(n))
        half = shown(store.find(wish))
        store.flush()
        whole = shown(store.find(wish))
    with filled(None, threaded=False) as store:
        waiting = shown(store.find(wish))
    with Store(path, "mira") as store:
        again = shown(store.find(wish))
        every = [e for e in store.iterate() if fits(wish, e)]
    with Store(path, "mira", readonly=True) as store:
        assert shown(store.find(wish)) == again == whole == half == waiting
    assert [id for id, _, _ in again] == [e.id for e in expected(every, wish)]


def expected(every: list[Entry], wish: Wish) -> list[Entry]:
    """In the right order, by the book."""
    if wish.key is None and wish.feeling is None:
        return sorted(every, key=lambda e: (-e.time, -e.id))[: wish.limit]

    def score(e: Entry) -> float:
        felt = np.array(e.feeling, float)
        asked = np.zeros(10) if wish.feeling is None else np.array(wish.feeling) / np.linalg.norm(wish.feeling)
        return float((0.0 if wish.key is None else e.key @ wish.key) + asked @ felt / np.linalg.norm(felt))

    return [] if wish.key is not None and not wish.key.any() else sorted(every, key=lambda e: -score(e))[: wish.limit]


def test_reasons_are_plain_words(tmp_path: Path) -> None:
    with filled(None) as store:
        (found,) = store.find(Wish(tags=("greeting",), since=1.7e9 + 88.0, limit=1))
        assert found.reason == "tag greeting, in that time; latest of 2" and found.nearness == 1.0
        style = entry(6).key.copy()
        style[len(STYLE) :] = 0.0
        first, second = store.find(Wish(key=style, limit=2))
        assert (first.entry.id, first.reason) == (7, "nearest in style, 1.00")
        assert second.reason.startswith("2nd nearest in style, 0.") and second.nearness < first.nearness <= 1.0


def test_latest_is_by_time_not_by_number() -> None:
    with Store(None, "mira") as store:
        for second in (5.0, 9.0, 7.0):
            store.add(entry(0, time=second))
        assert [f.entry.time for f in store.find(Wish())] == [9.0, 7.0, 5.0]


@pytest.mark.parametrize("kept", [True, False], ids=["file", "RAM"])
def test_states_are_kept_and_replaced(tmp_path: Path, kept: bool) -> None:
    path = tmp_path / "mira.psimem" if kept else None
    with Store(path, "mira") as store:
        store.put("mood", b"one")
        assert store.take("mood") == b"one"
        store.flush()
        store.put("mood", b"two")
        store.put("graph", b"")
        assert (store.take("mood"), store.take("graph"), store.take("none")) == (b"two", b"", None)
        assert store.states() == ["graph", "mood"]
        store.flush()
        assert store.take("mood") == b"two"
        store.put("mood", None)
        assert store.take("mood") is None and store.states() == ["graph"]
    if kept:
        with Store(path, "mira") as store:
            assert (store.take("mood"), store.take("graph")) == (None, b"")


def test_a_moment_may_be_finished_by_the_writer() -> None:
    calls = []

    def finish(e: Entry) -> Entry:
        calls.append(e.id)
        return msgspec.structs.replace(e, moment=b"late", digest=b"d" * 16)

    with Store(None, "mira", threaded=False) as store:
        first, second = store.add_lazily(entry(0), finish), store.add_lazily(entry(1), finish)
        assert calls == []
        assert store.get(second).moment == b"late" and calls == [second]
        store.flush()
        assert (store.get(first).moment, store.get(first).digest) == (b"late", b"d" * 16)
        assert sorted(calls) == [first, second]


def test_a_moment_that_cannot_be_finished_is_told_and_keeps_nothing_up(tmp_path: Path) -> None:
    with Store(tmp_path / "mira.psimem", "mira") as store:
        store.add_lazily(entry(0), lambda e: 1 / 0)  # type: ignore[arg-type,return-value]
        store.add(entry(1))
        with pytest.raises(MemoryFileError, match=r"number 1 is kept, but .*ZeroDivisionError: division by zero"):
            store.flush()
        assert store.flush() == 2 and store.get(1).moment == b"" and store.get(2).moment


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"time": float("nan")}, "not finite"), ({"style": np.zeros(3)}, "float64[3]; give 40 numbers"),
        ({"key": np.full(KEY, np.inf)}, "not finite"), ({"key": np.full(KEY, np.nan)}, "not finite"),
        ({"text": "\ud800"}, "surrogate"), ({"turn": 10**30}, "cannot be kept"), ({"bands": np.full(10, 1e9)}, "above 65504"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_at_once(change: dict[str, object], words: str) -> None:
    with Store(None, "mira") as store:
        with pytest.raises(MemoryFileError) as why:
            store.add(entry(0, **change))
        assert words in str(why.value) and "\n" not in str(why.value)
        assert len(store) == 0 and store.add(entry(0)) == 1


def test_what_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    store = filled(None, 2)
    with pytest.raises(MemoryFileError, match="number 9 is not there"):
        store.get(9)
    with pytest.raises(MemoryFileError, match="key has shape"):
        store.find(Wish(key=np.zeros(3, np.float32)))
    store.close()
    with pytest.raises(MemoryFileError, match="is closed"):
        store.add(entry(1))
    store.close()


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows has no such modes")
    before = os.umask(0)
    try:
        with filled(tmp_path / "new" / "mira.psimem", 3) as store:
            store.flush()
            store.reindex()
            modes = {p.name: p.stat().st_mode & 0o777 for p in (tmp_path / "new").iterdir()}
    finally:
        os.umask(before)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert set(modes.values()) == {0o600} and len(modes) == 5, modes


def test_topics_are_found_however_many(tmp_path: Path) -> None:
    with filled(None, 400) as store:
        for topic in TOPICS:
            assert len(store.find(Wish(concepts=(topic,), limit=400))) == 100
