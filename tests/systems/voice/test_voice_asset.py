"""Voice assets: what is wrong with one is said in one line."""

from pathlib import Path

import pytest

from psi_ecs.components.phone import PHONES
from psi_ecs.systems.voice import VoiceError
from psi_ecs.systems.voice import asset as module
from psi_ecs.systems.voice.asset import BANDS, load


def test_the_formant_voice_has_every_phone() -> None:
    table = load("formant")
    assert set(table.phone) == {p.name for p in PHONES} - {"SIL"}
    for name, phone in table.phone.items():
        assert 0.0 < phone.ms[1] <= phone.ms[0] < 400.0, name
        assert all(len(row) == 4 and row == sorted(row) for row in phone.formants), name
        for levels in (phone.noise, phone.burst, phone.burst_front, phone.burst_back):
            assert len(levels) in (0, BANDS), name
            assert all(-120.0 <= level <= 0.0 for level in levels), name


def test_a_missing_voice_says_what_to_do() -> None:
    with pytest.raises(VoiceError, match=r"no voice named 'trumpet'; put assets/voices/trumpet\.toml there"):
        load("trumpet")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "formant"', "name = 3", "name"),
        ("[phone.AA]", "[phone.QQ]", "no table for AA"),
        ("gain = -22.0", "", "gain"),
        ("bands = [250, ", "bands = [", "15 entries instead of 16"),
        ("gain = -22.0", "gain = [", "line 2"),
    ],
)
def test_a_broken_voice_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, said: str) -> None:
    text = (Path(module.__file__).parents[2] / "assets/voices/formant.toml").read_text("utf-8")
    assert old in text
    (tmp_path / "voices").mkdir()
    (tmp_path / "voices" / "bad.toml").write_text(text.replace(old, new), "utf-8")
    monkeypatch.setattr(module, "files", lambda _: tmp_path)
    with pytest.raises(VoiceError, match=said):
        load("bad")
