"""Whatever is wrong with a file: one clear line, or correct service. Never a traceback, nothing lost."""

import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from made import entry, refused, same

from psi_ecs.components.memory import Wish
from psi_ecs.systems.formats.memory import MemoryFileError, Store, file

WISHES = (Wish(), Wish(tags=("talk",)), Wish(text="about"), Wish(key=entry(3).key), Wish(person="Ann", concepts=("rain",)))


def used(path: Path, readonly: bool) -> tuple[int, bool]:
    """Use a store in every way: how many entries were served, each of them right, and whether it says that it is sound.
    MemoryFileError is an answer too."""
    served = 0
    try:
        store = Store(path, "mira", readonly=readonly)
    except MemoryFileError as why:
        assert "\n" not in str(why)
        return served, False
    for call in (*(lambda w=w: store.find(w) for w in WISHES), lambda: store.take("mood"), lambda: store.get(5)):
        try:
            found = call()
        except MemoryFileError as why:
            assert "\n" not in str(why)
            continue
        if isinstance(found, list):
            assert all(same(f.entry, entry(f.entry.id - 1)) for f in found)
        elif isinstance(found, bytes):
            assert found == b"fair"
    for e in store.iterate():
        assert same(e, entry(e.id - 1))
        served += 1
    report = store.verify(deep=True)
    try:
        store.close()
    except MemoryFileError as why:
        assert "\n" not in str(why)
        store._base.shut()
    return served, report.sound


def test_flipped_bytes_are_never_served(tmp_path: Path) -> None:
    """At 200 random places, one by one: what is served is right, and what is not served is told."""
    path = tmp_path / "mira.psimem"
    with Store(path, "mira") as store:
        for n in range(20):
            store.add(entry(n))
        store.put("mood", b"fair")
    whole, rng = path.read_bytes(), np.random.default_rng(1)
    served = []
    for place in rng.integers(0, len(whole), 200):
        changed = bytearray(whole)
        changed[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(changed)
        count, sound = used(path, readonly=True)
        assert count == 20 or not sound
        served.append(count)
    assert np.mean(served) > 15.0, "one byte takes one entry, seldom more"
    path.write_bytes(whole)
    assert used(path, readonly=False) == (20, True)


def test_many_flipped_bytes_and_writing(path: Path) -> None:
    whole, rng = path.read_bytes(), np.random.default_rng(2)
    for _ in range(20):
        changed = bytearray(whole)
        for place in rng.integers(100, len(whole), 40):
            changed[place] = int(rng.integers(256))
        path.write_bytes(changed)
        for other in path.parent.glob("mira.psimem-*"):
            other.unlink()
        used(path, readonly=False)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.01, 0.3, 0.7, 0.99])
def test_a_truncated_file(path: Path, share: float) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    assert not used(path, readonly=True)[1]
    if share == 0.0:
        with Store(path, "mira") as store:  # nothing at all is what a loss of power leaves of a new file
            assert len(store) == 0


def test_a_damaged_row_is_skipped_counted_and_named(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("UPDATE entry SET record = replace(record, CAST('number 7,' AS BLOB), CAST('number 9,' AS BLOB)) WHERE id = 8")
    db.execute("UPDATE entry SET id = 1000 WHERE id = 20")
    db.commit()
    db.close()
    with Store(path, "mira") as store:
        assert [f.entry.id for f in store.find(Wish(since=1.7e9 + 6.0, until=1.7e9 + 8.0))] == [9, 7]
        refused("number 8 is damaged", lambda: store.get(8))
        assert 8 in store.damaged
        report = store.verify()
        assert report.bad == [8, 1000] and report.entries == 198 and not report.sound
        assert len(list(store.iterate())) == 198


def test_tables_that_do_not_belong_are_told_and_made_again(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("DELETE FROM mention WHERE entry = 17")
    db.execute("UPDATE timeline SET folded = 'else' WHERE entry = 3")
    db.commit()
    db.close()
    with Store(path, "mira") as store:
        problems = " ".join(store.verify().problems)
        assert "mention" in problems and "timeline" in problems
        assert 3 not in [f.entry.id for f in store.find(Wish(text="else", limit=200))]
        store.repair()
        assert store.verify(deep=True).sound
        assert [f.entry.id for f in store.find(Wish(text="number 2,"))] == [3]


def test_what_is_no_memory(tmp_path: Path, path: Path) -> None:
    refused("folder", lambda: Store(tmp_path, "mira"))
    refused("no such memory", lambda: Store(tmp_path / "none.psimem", "mira", readonly=True))
    refused("'mira', not of 'theo'", lambda: Store(path, "theo"))
    other = tmp_path / "other.psimem"
    other.write_bytes(b"hello" * 100)
    refused("no memory file", lambda: Store(other, "mira"))
    other.unlink()
    sqlite3.connect(other).execute("CREATE TABLE x (y)").connection.close()
    before = other.read_bytes()
    refused("another program", lambda: Store(other, "mira"))
    assert other.read_bytes() == before
    refused("is no path", lambda: Store(Path("a\0b"), "mira"))
    lost = tmp_path / "lost.psimem"
    lost.with_name("lost.psimem-wal").write_bytes(b"log" * 100)
    refused("is missing, but its log", lambda: Store(lost, "mira"))


def test_a_newer_schema_is_refused_and_untouched(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA user_version = {file.SCHEMA + 1}")
    db.execute("ALTER TABLE entry ADD COLUMN future TEXT")
    db.close()
    before = path.read_bytes()
    for readonly in (False, True):
        refused(f"has schema {file.SCHEMA + 1}", lambda readonly=readonly: Store(path, "mira", readonly=readonly))
    assert path.read_bytes() == before


def test_the_oldest_schema_is_renewed(tmp_path: Path, path: Path) -> None:
    """Version 0 had entries alone; what they are found by is made of them. Twice the same, and all or nothing."""
    old = tmp_path / "old.psimem"
    with Store(path, "mira", readonly=True) as store:
        rows = store._base.all("SELECT * FROM entry")
    db = sqlite3.connect(old)
    for sql in file.TABLES[0]:
        db.execute(sql)
    db.execute("INSERT INTO meta VALUES ('persona', 'mira')")
    db.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)", rows)
    db.execute(f"PRAGMA application_id = {file.APPLICATION}")
    db.commit()
    db.close()
    refused("older schema 0", lambda: Store(old, "mira", readonly=True))
    before = old.read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(file.MIGRATIONS, 0, lambda db, rebuild: (db.execute(file.STATE), 1 / 0))
        with pytest.raises(ZeroDivisionError):
            Store(old, "mira")
    assert old.read_bytes() == before
    for _ in range(2):
        with Store(old, "mira") as store:
            assert store.verify(deep=True).sound and len(store) == 200
            assert [f.entry.id for f in store.find(Wish(text="number 66"))] == [67]
            assert store.take("mood") is None
            assert all(same(e, entry(e.id - 1)) for e in store.iterate())


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TRIGGER evil AFTER INSERT ON entry BEGIN DELETE FROM entry; END",
        "CREATE VIEW evil AS SELECT 1", "CREATE TABLE evil (x)", "CREATE INDEX evil ON entry (length(record))",
        "ALTER TABLE entry ADD COLUMN evil AS (length(record))",
    ],
)  # fmt: skip
def test_what_is_not_ours_in_a_file_is_refused(path: Path, sql: str) -> None:
    db = sqlite3.connect(path)
    db.execute(sql)
    db.commit()
    db.close()
    refused("which is not ours", lambda: Store(path, "mira"))
    refused("which is not ours", lambda: Store(path, "mira", readonly=True))


def test_a_schema_that_is_no_text_is_told_in_words(path: Path) -> None:
    whole = path.read_bytes()
    for bad in (b"CREATE T\xdf\xffLE state", b"CREATE TABLE sta\xc0\x80", b"\xff" * 18):
        path.write_bytes(whole.replace(b"CREATE TABLE state", bad))
        for readonly in (False, True):
            with pytest.raises(MemoryFileError) as why:
                Store(path, "mira", readonly=readonly)
            assert "\n" not in str(why.value)
            assert "damaged" in str(why.value) or "not ours" in str(why.value)


def test_a_number_beyond_all_reason_is_not_counted_up_to(path: Path) -> None:
    """A flipped bit can make the number of a row huge; whoever counts up to it never comes back."""
    db = sqlite3.connect(path)
    db.execute(f"UPDATE entry SET id = {2**60} WHERE id = 200")
    db.commit()
    db.close()
    with Store(path, "mira", readonly=True) as store:
        assert len(list(store.iterate())) == 199 and store.verify().bad == [2**60]
        assert len(store.find(Wish(key=entry(3).key))) == 10
    refused("the number of an entry is damaged", lambda: Store(path, "mira"))


def test_a_copy_taken_while_it_is_written_is_whole_or_told(path: Path, tmp_path: Path) -> None:
    with Store(path, "mira") as store:
        for n in range(200, 400):
            store.add(entry(n))
        store.flush()
        (tmp_path / "copy").mkdir()
        for name in ("mira.psimem", "mira.psimem-wal"):
            shutil.copy(path.with_name(name), tmp_path / "copy" / name)
    with Store(tmp_path / "copy" / "mira.psimem", "mira") as copy:
        assert len(copy) == 400 and copy.verify(deep=True).sound


def test_damaged_cells_are_not_used(path: Path) -> None:
    """The cache beside the file is flipped, cut, exchanged and of another state: searches stay right."""
    with Store(path, "mira") as store:
        store.reindex()
        expected = [f.entry.id for f in store.find(Wish(key=entry(3).key))]
    beside = path.with_name(path.name + "-cells")
    whole, rng = beside.read_bytes(), np.random.default_rng(4)
    for _ in range(60):
        changed = bytearray(whole)
        for place in rng.integers(0, len(whole) if rng.random() < 0.5 else 600, int(rng.integers(1, 9))):
            changed[place] ^= 1 << int(rng.integers(8))
        beside.write_bytes(bytes(changed[: int(rng.integers(1, len(whole)))] if rng.random() < 0.3 else changed))
        with Store(path, "mira", readonly=True) as store:
            found = store.find(Wish(key=entry(3).key))
            assert found[0].entry.id == 4 and all(same(f.entry, entry(f.entry.id - 1)) for f in found)
            if not store.verify(deep=True).problems:
                assert [f.entry.id for f in found] == expected
    beside.write_bytes(whole)
    with Store(path, "mira") as store:
        store.forget(Wish(ids=(4,)))
    beside.write_bytes(whole)  # of before the forgetting
    with Store(path, "mira") as store:
        assert [f.entry.id for f in store.find(Wish(key=entry(3).key))][:9] == expected[1:]
