"""Pattern files: written and read back, those that come along, and what is wrong in one line."""

from pathlib import Path

import pytest

from psi_ecs import AssetError
from psi_ecs.components.oscillator import Role
from psi_ecs.components.pattern import Pattern, State, Tie
from psi_ecs.systems.formats.pattern import load_pattern, parse_pattern, pattern_text, patterns

GOOD = 'name = "x"\n[state]\nbrow = { phase = 0.25, amp = 1.5, shift = -0.01 }\n'
TIE = '[[coupling]]\npulled = "brow"\nby = "mouth"\ngain = 1.5\n'


def test_what_is_written_is_read_back() -> None:
    pattern = Pattern(
        name="evening", state={"brow": State(phase=0.25, amp=1.5, shift=-0.01), "jaw": State(phase=0.5)},
        coupling=[Tie(pulled="brow", by="mouth", gain=1.5, lag=0.25, ratio=(3, 2)), Tie(pulled="jaw", by="brow", gain=0.5)],
    )  # fmt: skip
    assert parse_pattern(pattern_text(pattern), "x") == pattern


def test_those_that_come_along_can_be_used() -> None:
    names = [path.stem for path in patterns()]
    assert {"lively", "subdued"} <= set(names)
    for name in names:
        found = load_pattern(name)
        assert found.name == name and set(found.state) <= {r.name.lower() for r in Role} and "breath" in found.state


def test_a_folder_is_listed(tmp_path: Path) -> None:
    for name in ("b.toml", "a.toml", "c.txt"):
        (tmp_path / name).write_text(GOOD)
    assert [path.name for path in patterns(tmp_path)] == ["a.toml", "b.toml"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD.replace("brow", "brw"), "x:3: no role 'brw'; did you mean 'brow'?"),
        (GOOD.replace("0.25", "nan"), "x:3: state.brow.phase is nan; give a finite number"),
        (GOOD.replace("0.25", "7"), "x:3: phase of brow is 7; give a number from -1 to 1"),
        (GOOD.replace("1.5", "-1"), "x:3: amp of brow is -1; give a number from 0 to 100"),
        (GOOD.replace("phase = 0.25, ", ""), "'phase' is missing"),
        (GOOD.replace("shift", "shft"), "did you mean 'shift'?"),
        ('name = "x"\n[state]\n', r"x: \[state\] is empty; name at least one oscillator"),
        ('name = "x"\n', "'state' is missing"),
        (GOOD + TIE.replace("brow", "glottis"), "x:5: glottis is set by the score and cannot be pulled"),
        (GOOD + TIE.replace("mouth", "brow"), "x:5: brow cannot pull itself"),
        (GOOD + TIE.replace("mouth", "muoth"), "x:5: no role 'muoth'; did you mean 'mouth'?"),
        (GOOD + TIE + "ratio = [0, 1]\n", "ratio"),
        (GOOD + TIE.replace("1.5", "1e9"), "gain of coupling 1 is 1000000000.0; it must be at most 10000"),
        ("[state\n", "x:1: not valid TOML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_line_with_its_place(text: str, says: str) -> None:
    with pytest.raises(AssetError, match=says) as caught:
        parse_pattern(text, "x")
    assert "\n" not in str(caught.value)


def test_names_that_cannot_be_written_are_refused() -> None:
    for name in ('a"b', "", " ", "x" * 61, "a\nb"):
        with pytest.raises(AssetError, match="cannot name a pattern"):
            pattern_text(Pattern(name=name, state={"brow": State(phase=0.0)}))


def test_files_that_are_missing_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match=r"gone\.toml: no such file"):
        load_pattern("gone.toml", tmp_path)
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(AssetError, match="not UTF-8"):
        load_pattern("b.toml", tmp_path)
