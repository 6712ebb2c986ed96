"""`psi memory play`, `blend` and `pack`: moments and tones on their way out of a memory."""

from collections.abc import Callable
from pathlib import Path

import pytest

from psi_ecs.components.memory import Wish
from psi_ecs.systems.formats.memory import open_memory

Psi = Callable[..., tuple[int, str, str]]
SCENE = """
[[avatar]]
name = "mira"
[[line]]
who = "mira"
text = "Good day!"
emotion = "joy"
remember = "greeting"
[[line]]
who = "mira"
text = "[slow] Alas. [/]"
emotion = "sadness"
remember = "sigh"
"""


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a scene that was rendered with a memory."""
    return tmp_path_factory.mktemp("spoken")


def memories(spoken: Path, psi: Psi) -> str:
    """The folder of memories, made once."""
    folder = spoken / "memories"
    if not folder.exists():
        (spoken / "s.toml").write_text(SCENE, encoding="utf-8")
        assert psi("render", str(spoken / "s.toml"), "-o", str(spoken / "s.wav"), "--memory", str(folder))[0] == 0
    return str(folder)


def test_a_moment_is_played_and_nothing_is_added(spoken: Path, psi: Psi) -> None:
    where = memories(spoken, psi)
    first, second = (spoken / f"{n}.wav" for n in "ab")
    for what, out in (("greeting", first), ("1", second)):
        code, told, err = psi("memory", "play", what, "--memory", where, "-o", str(out))
        assert (code, told.strip(), err) == (0, str(out), "")
    assert first.read_bytes() == second.read_bytes()
    with open_memory("mira", Path(where), readonly=True) as store:
        assert len(store) == 2
    code, _, err = psi("memory", "play", "the coronation", "--memory", where, "-o", str(spoken / "c.wav"))
    assert code == 2 and len(err.splitlines()) == 1 and "remembers nothing of that" in err


def test_a_blend_tells_its_tones(spoken: Path, psi: Psi) -> None:
    where, out = memories(spoken, psi), spoken / "blend.wav"
    what = ("blend", "greeting", "2", "--ratio", "0.5", "--text", "Nine.")
    code, told, _ = psi("memory", *what, "--memory", where, "-o", str(out))
    assert code == 0 and out.stat().st_size > 10_000
    assert told.splitlines()[0].split()[:5] == ["0.50", "joy", "0.50,", "sadness", "0.50;"] and "rate 0.89" in told


def test_a_pack_carries_persona_and_memory(spoken: Path, psi: Psi) -> None:
    where, out, there = memories(spoken, psi), spoken / "mira.zip", spoken / "elsewhere"
    assert psi("memory", "pack", "--memory", where, "-o", str(out))[0] == 0
    code, told, _ = psi("memory", "import", str(out), "--memory", str(there))
    assert code == 0 and told.startswith("2 added")
    with open_memory("mira", Path(where), readonly=True) as a, open_memory("mira", there, readonly=True) as b:
        old, new = (s.find(Wish(tags=("greeting",)))[0].entry for s in (a, b))
        assert old.moment == new.moment and old.digest == new.digest
        assert a.take("self") == b.take("self") and a.take("concepts") == b.take("concepts")
    code, told, err = psi("say", "Nine.", "--persona", str(out), "-o", str(spoken / "n.wav"))
    assert code == 0, err
