"""What is forgotten is gone, to the last byte."""

from pathlib import Path

import numpy as np
import pytest
from made import entry

from psi_ecs.components.memory import Wish
from psi_ecs.systems.formats.memory import Store, erase

CANARY = "Xylophone-Zeppelin-4711"


def raw(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(folder.iterdir()))


@pytest.mark.parametrize("reopened", [False, True])
def test_no_byte_is_left(tmp_path: Path, reopened: bool) -> None:
    """Text, tag, topic, person and the vectors: among many others, in an order that makes pages split."""
    path = tmp_path / "mira.psimem"
    store = Store(path, "mira")
    order = np.random.default_rng(3).permutation(1500)
    for n in order:
        gone = n % 10 == 3
        change = {"text": f"{CANARY} {n}", "tags": (f"{CANARY}-tag",), "concepts": (f"{CANARY}{n}",), "people": (f"{CANARY}!",)}
        store.add(entry(int(n), **(change if gone else {}), moment=CANARY.encode() * 40 if gone else b"m" * 700))
        if n % 50 == 0:
            store.flush()
    store.flush()
    store.reindex()
    if reopened:
        store.close()
        store = Store(path, "mira")
    assert CANARY.encode() in raw(tmp_path) and CANARY.casefold().encode() in raw(tmp_path)
    key = entry(13).key.astype("<f2").tobytes()
    assert key in raw(tmp_path)
    assert store.forget(Wish(person=f"{CANARY}!", limit=1)) == 150
    left = raw(tmp_path)
    assert CANARY.encode() not in left and CANARY.casefold().encode() not in left and key not in left
    assert len(store) == 1350 and store.find(Wish(text=CANARY)) == [] and store.find(Wish(tags=(f"{CANARY}-tag",))) == []
    near = store.find(Wish(key=entry(13).key, limit=3))
    assert len(near) == 3 and all(f.entry.turn % 10 != 3 for f in near)
    assert store.verify(deep=True).sound
    assert store.add(entry(1)) == 1501
    store.close()
    with Store(path, "mira") as again:
        assert len(again) == 1351 and again.verify(deep=True).sound


def test_numbers_are_not_given_again(tmp_path: Path) -> None:
    with Store(tmp_path / "mira.psimem", "mira") as store:
        for n in range(5):
            store.add(entry(n))
        assert store.forget(Wish()) == 5 and len(store) == 0
        assert store.forget(Wish()) == 0
    with Store(tmp_path / "mira.psimem", "mira") as store:
        assert store.add(entry(9)) == 6 and store.find(Wish())[0].entry.turn == 9


def test_an_interrupted_forgetting_is_finished_when_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mira.psimem"
    store = Store(path, "mira")
    for n in range(300):
        store.add(entry(n, text=CANARY if n < 50 else "else"))
    monkeypatch.setattr(erase, "scrub", lambda store: None)  # the power goes
    assert store.forget(Wish(text=CANARY)) == 50
    monkeypatch.undo()
    store.close()
    with Store(path, "mira") as store:
        assert CANARY.encode() not in raw(tmp_path) and len(store) == 250


def test_what_is_added_and_not_written_is_forgotten_too(tmp_path: Path) -> None:
    with Store(tmp_path / "mira.psimem", "mira", threaded=False) as store:
        store.add(entry(0))
        assert store.forget(Wish(ids=(1,))) == 1 and len(store) == 0
