"""`psi memory`: what is shown, removed, carried over and drawn, and what is refused."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from made import entry, same
from PIL import Image

from psi_ecs.components.memory import STYLE
from psi_ecs.components.text import FEELINGS
from psi_ecs.systems.formats.memory import MemoryFileError, Store, memory_file, open_memory
from psi_ecs.tools.memory import fuzz, survive, words
from psi_ecs.tools.memory.picture import plane

Psi = Callable[..., tuple[int, str, str]]


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a memory of forty entries, that the environment names."""
    monkeypatch.setenv("PSI_MEMORY", str(tmp_path / "memories"))
    monkeypatch.setenv("TZ", "UTC")
    feelings = [tuple(float(name == felt) for name in FEELINGS) for felt in ("joy", "sadness", "valence")]
    with open_memory("mira") as store:
        for n in range(40):
            store.add(entry(n, feeling=feelings[n % 3]))
        store.put("mood", b"fair")
    return tmp_path / "memories"


def test_list_has_filters_and_reasons(memory: Path, psi: Psi) -> None:
    code, out, err = psi("memory", "list", "--tag", "greeting", "--topic", "tea", "-n", "1")
    assert (code, err) == (0, "") and len(out.splitlines()) == 3
    head, line, foot = out.splitlines()
    assert head.split()[:3] == ["when", "who", "mood"] and "This is number 35, about tea." in line and line.split()[0] == "36"
    assert foot == "1 shown, 2 of that kind, 40 in all"
    assert "nothing of that kind" in psi("memory", "list", "--person", "Zoe")[1]
    _, out, _ = psi("memory", "list", "--like", "12", "--by", "style", "-n", "2")
    assert out.splitlines()[1].split()[0] == "12" and "[nearest in style, 1.00]" in out and "[2nd nearest in style" in out
    _, out, _ = psi("memory", "list", "--feeling", "joy", "-n", "40")
    assert [line.split()[0] for line in out.splitlines()[1:14]] == [str(n + 1) for n in range(39, -1, -3)][:13]


def test_show_tells_all_of_one_and_of_all(memory: Path, psi: Psi) -> None:
    _, out, _ = psi("memory", "show", "7")
    assert '"This is number 6, about cats."' in out and "felt   joy +1.00" in out
    assert all(name in out for name in STYLE) and "60 bytes" in out and entry(6).digest.hex() in out
    _, out, _ = psi("memory", "show")
    assert "40 utterances" in out and "Ann (14)" in out and "states mood" in out


def test_bars_reach_two_standard_deviations() -> None:
    others = np.array([-1.0, 1.0])
    assert words.bar(2.0, others) == " " * 10 + "│" + "█" * 10
    assert words.bar(-1.0, others) == " " * 5 + "█" * 5 + "│"
    assert words.bar(0.0, others) == words.bar(5.0, np.ones(3)) == " " * 10 + "│"


def test_moments_in_time() -> None:
    assert words.moment("3d", 1e6) == 1e6 - 3 * 86400.0
    assert words.moment("2026-05-01 14:30", 0.0) - words.moment("2026-05-01", 0.0) == 14.5 * 3600.0


def test_forget_asks_and_removes(memory: Path, psi: Psi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    code, out, err = psi("memory", "forget", "--topic", "cats")
    assert code == 130 and "remove 10 of 40 entries for good?" in out + err
    assert b"cats" in memory_file("mira").read_bytes()
    code, out, _ = psi("memory", "forget", "--topic", "cats", "--yes")
    assert code == 0 and out.startswith("10 removed, 30 left")
    assert b"cats" not in b"".join(p.read_bytes() for p in memory.iterdir())
    assert psi("memory", "forget", "1", "2", "--yes")[1].startswith("2 removed, 28 left")
    assert psi("memory", "forget", "--person", "Nobody", "--yes")[1] == "nothing of that kind; nothing was removed\n"
    assert psi("memory", "forget", "--all", "--yes")[1].startswith("28 removed, and 1 states, 0 left")
    with open_memory("mira", readonly=True) as store:
        assert len(store) == 0 and store.states() == []


def test_export_carries_everything_over(memory: Path, psi: Psi, tmp_path: Path) -> None:
    assert psi("memory", "export", "-o", "all.jsonl")[1] == "all.jsonl: 40 entries\n"
    assert psi("memory", "import", "all.jsonl")[1] == "0 added, 40 were there already\n"
    assert psi("memory", "import", "all.jsonl", "--memory", "other")[1] == "40 added, 0 were there already\n"
    with open_memory("mira", tmp_path / "other", readonly=True) as store:
        assert all(same(e, entry(e.turn, feeling=e.feeling)) for e in store.iterate()) and store.take("mood") == b"fair"
        assert store.verify(deep=True).sound


def test_a_changed_export_is_refused_whole(memory: Path, psi: Psi, tmp_path: Path) -> None:
    psi("memory", "export", "-o", "all.jsonl")
    whole = (tmp_path / "all.jsonl").read_bytes()
    other = whole.replace(b"mira", b"theo", 1)
    for changed in (whole[:-300], whole.replace(b"tea", b"tee", 1), whole + b"{}\n", b"", b"\0" * 50, other):
        (tmp_path / "all.jsonl").write_bytes(changed)
        with Store(None, "mira") as store:
            with pytest.raises(MemoryFileError) as why:
                store.load(tmp_path / "all.jsonl")
            assert "\n" not in str(why.value) and len(store) == 0


def test_verify_tells_and_repairs(memory: Path, psi: Psi) -> None:
    assert psi("memory", "verify", "--deep") == (0, "40 entries are whole, 0 damaged; all is sound\n", "")
    path = memory_file("mira")
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"This is number 17, ") + 3] ^= 1
    path.write_bytes(raw)
    code, out, _ = psi("memory", "verify")
    assert code == 1 and "damaged, never served: 18" in out and "39 entries are whole, 1 damaged" in out
    assert psi("memory", "forget", "18", "--yes")[1].startswith("1 removed, 39 left")
    assert psi("memory", "verify", "--repair", "--deep")[0] == 0


def test_plot_draws(memory: Path, psi: Psi, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    assert psi("memory", "plot", "-o", "a.png")[1] == "a.png\n"
    picture = np.asarray(Image.open(tmp_path / "a.png").convert("RGB"))
    assert picture.shape == (1300, 1600, 3) and (picture == (242, 193, 78)).all(axis=2).sum() > 100, "joy is drawn"
    first = (tmp_path / "a.png").read_bytes()
    psi("memory", "plot", "-o", "b.png")
    assert (tmp_path / "b.png").read_bytes() == first


def test_the_map_keeps_the_main_directions() -> None:
    rng = np.random.default_rng(0)
    spread = rng.normal(size=(200, 2)) @ rng.normal(size=(2, 40))
    points, share = plane(spread)
    assert sum(share) == pytest.approx(1.0) and share[0] > share[1] > 0.0
    a, b = points[0] - points[1], (spread / spread.std(0))[0] - (spread / spread.std(0))[1]
    assert np.linalg.norm(a) == pytest.approx(np.linalg.norm(b)), "distances within the plane stay"


def test_what_is_wrong_is_one_line(memory: Path, refused: Callable[..., None], tmp_path: Path) -> None:
    (tmp_path / "no.jsonl").write_bytes(b"\x00\xff" * 20)
    refused("memory", "show", "--persona", "theo", words=("theo has no memory here", "mira"))
    refused("memory", "show", "99", words=("number 99 is not there",))
    refused("memory", "list", "--since", "soon", words=("no moment", "2026-05-01"))
    refused("memory", "list", "--feeling", "hunger", words=("no feeling", "joy"))
    refused("memory", "list", "--persona", "../x", words=("is no name of a persona",))
    refused("memory", "forget", words=("say what", "--all"))
    refused("memory", "import", "no.jsonl", words=("line 1", "psi memory export"))
    refused("memory", "import", "none.jsonl", words=("none.jsonl", "no such file"))
    refused("memory", "plot", "--person", "Zoe", words=("too few to draw",))
    refused("memory", "new", words=("is there already",))
    refused("memory", "show", "--memory", "none", words=("has no memory here",))


def test_a_memory_in_use_is_read_but_not_changed(memory: Path, psi: Psi, refused: Callable[..., None]) -> None:
    with open_memory("mira") as store:
        store.add(entry(40))
        store.flush()
        assert psi("memory", "list", "-n", "1")[1].splitlines()[1].split()[0] == "41"
        refused("memory", "forget", "1", "--yes", words=("is open for writing in process",))


def test_killing_the_writer_loses_nothing() -> None:
    found = survive.survive(5, seed=3)
    assert found.passed() and found.kills == 5 and found.acknowledged >= 5 * 64


def test_a_loss_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tool that looks for losses finds one."""
    monkeypatch.setattr(survive, "killed", lambda path, seconds: (7, {3}))
    found = survive.survive(1)
    assert found.lost > 0 and not found.passed()


def test_hostile_memories_are_refused_or_right() -> None:
    tally = fuzz.fuzz(600, seed=1)
    assert tally.failures == []
    assert {"row: refused", "row: all served", "export: refused", "file: refused"} <= set(tally.outcome)


def test_an_encrypted_memory_by_a_key_file(tmp_path: Path, psi: Psi, refused: Callable[..., None]) -> None:
    pytest.importorskip("sqlcipher3")
    at = ("--memory", "secret", "--key", "mira.key")
    assert psi("memory", "new", "--encrypt", *at)[1].endswith("encrypted; its key is in mira.key\n")
    with open_memory("mira", tmp_path / "secret", key=tmp_path / "mira.key") as store:
        store.add(entry(0))
    assert "This is number 0" in psi("memory", "list", *at)[1]
    assert b"number" not in memory_file("mira", tmp_path / "secret").read_bytes()
    (tmp_path / "mira.key").write_text("00" * 32)
    refused("memory", "list", *at, words=("mira.psimem", "key"))
    refused("memory", "new", "--key", "a", "--memory", "b", words=("--encrypt",))
