"""TOML that people write: every error names file, line, key and remedy."""

import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psi_ecs import AssetError
from psi_ecs.components.scene import Scene
from psi_ecs.systems.formats.toml import line_of, load_toml, parse_toml, read_text, spell

TEXT = '''# title = "no"
title = "a # b"

[camera]
# fov = 3
fov = 3.0

[[line]]
who = "text = 3" # text =
text = """
fov = 9
a"""
emotion = { joy = 1, calm = 2 }
[[line]]
text = "b"
numbers = [
1,
2,
]
after = 3
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("title", 2), ("camera", 4), ("camera.fov", 6), ("line[0]", 8), ("line[0].who", 9), ("line[0].text", 10),
        ("line[0].emotion", 13), ("line[0].emotion.joy", 13), ("line[1]", 14), ("line[1].text", 15), ("line[1].numbers", 16),
        ("line[1].after", 20), ("line[1].absent", 14), ("absent", 0),
    ],
)  # fmt: skip
def test_line_of_a_key(path: str, line: int) -> None:
    assert line_of(TEXT, path) == line


@given(st.lists(st.sampled_from(["", "# x = 1", "y = 2", "[t]", '[[l]]\nx = """\nx\n"""'])), st.integers(0, 3))
def test_line_of_whatever_comes_before(before: list[str], blank: int) -> None:
    seen = [part for i, part in enumerate(before) if part not in before[:i] or part.startswith(("#", "[[")) or not part]
    lead = "\n".join(seen) + "\n" * (1 + blank)
    text = lead + "[here]\nkey = 7\n"
    assert line_of(text, "here.key") == lead.count("\n") + 2


def test_line_of_gives_up_on_a_giant_value_in_bounded_work() -> None:
    assert line_of("x = [\n" + "1,\n" * 50_000 + "]\n[camera]\nfov = 1\n", "camera.fov") >= 0


def refusal(text: str) -> str:
    with pytest.raises(AssetError) as error:
        parse_toml(text, Scene, "s.toml")
    message = str(error.value)
    assert "\n" not in message
    return message


AVATAR = '[[avatar]]\nname = "mira"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[line]\n", r"s.toml:1: not valid TOML: .+; mend"),
        ('title = "abc\n', r"s.toml:1: not valid TOML"),
        ("a = 1\na = 2\n", r"s.toml:2: not valid TOML: Cannot overwrite"),
        ("x = " + "9" * 5000, r"s.toml: not valid TOML"),
        ("x = " + "[" * 5000, r"s.toml: (nested too deeply|not valid)"),
        (AVATAR + "[camera]\nfov = nan\n", r"s.toml:4: camera.fov is nan; give a finite number"),
        (AVATAR + "[camera]\nposition = [0, -inf, 0.0]\n", r"s.toml:4: camera.position.+ is -inf; give a finite number"),
        (AVATAR + "[camera]\nfoov = 3\n", r"s.toml:4: unknown key 'foov' in camera; did you mean 'fov'\?"),
        ("sed = 3\n" + AVATAR, r"s.toml:1: unknown key 'sed'; did you mean 'seed'\?"),
        ("zzzz = 3\n" + AVATAR, r"s.toml:1: unknown key 'zzzz'; known keys are title, seed"),
        (AVATAR + 'emotoin = "joy"\n', r"s.toml:3: unknown key 'emotoin' in avatar 1; known keys are name, persona"),
        ("", r"s.toml: 'avatar' is missing at the top; add it"),
        (AVATAR + '[[line]]\ntext = "Hi."\n', r"s.toml:3: 'who' is missing in line 1; add it"),
        ("seed = -1\n" + AVATAR, r"s.toml:1: seed is -1; it must be at least 0"),
        ("[camera]\nfov = 120.5\n" + AVATAR, r"s.toml:2: camera.fov is 120.5; it must be less than 120"),
        ('[camera]\nframing = "grup"\n' + AVATAR, r"s.toml:2: camera.framing is 'grup'; did you mean 'group'\?"),
        ('[camera]\nframing = "x"\n' + AVATAR, r"s.toml:2: camera.framing is 'x'; use one of close, portrait"),
        ('[light]\nbackground = "red"\n' + AVATAR, r'write a colour as "#rrggbb"'),
        ("[camera]\ntarget = [1, 2]\n" + AVATAR, r"s.toml:2: camera.target has 2 entries; it needs exactly 3"),
        (AVATAR * 17, r"s.toml:1: avatar has 17 entries; it needs at most 16"),
        ('[avatar]\nname = "mira"\n', r"s.toml:1: avatar is a table; it must be a list; write \[\[avatar\]\]"),
        ("title = 3\n" + AVATAR, r"s.toml:1: title is a whole number; it must be text in quotes"),
        ('seed = "1"\n' + AVATAR, r"s.toml:1: seed is text in quotes; it must be a whole number"),
    ],
)
def test_every_error_is_one_line_with_place_and_remedy(text: str, message: str) -> None:
    assert re.match(message if message.startswith("s") else ".*" + message, refusal(text))


@given(st.text(max_size=60))
def test_any_text_is_a_scene_or_one_clear_line(text: str) -> None:
    try:
        parse_toml(text, Scene, "s.toml")
    except AssetError as error:
        assert str(error).startswith("s.toml") and "\n" not in str(error)


def test_a_file_is_a_record(tmp_path: Path) -> None:
    class Thing(msgspec.Struct):
        size: float = 1.0

    path = tmp_path / "thing.toml"
    path.write_bytes(b"\xef\xbb\xbfsize = 2\r\n")  # as Windows editors write it
    assert load_toml(path, Thing).size == 2.0


def test_files_that_are_no_text(tmp_path: Path) -> None:
    binary, big = tmp_path / "b", tmp_path / "big"
    binary.write_bytes(b"ab\xff\xfe")
    big.write_bytes(b" " * 4_000_001)
    cases = {binary: "not UTF-8 text (byte 2); save it as UTF-8", big: "larger than 4 MB; split it", tmp_path: "is a folder"}
    for path, message in (cases | {tmp_path / "none": "no such file", Path("a\0b"): "null"}).items():
        with pytest.raises(AssetError, match=re.escape(message)):
            read_text(path)


def test_paths_are_spelled_as_people_count() -> None:
    assert [spell(p) for p in ("line[0].emotion", "cue[2]", "camera.fov", "avatar[1].place[2]")] == [
        "emotion of line 1",
        "cue 3",
        "camera.fov",
        "place[2] of avatar 2",
    ]
