"""Bad input to `psi core`, patterns and --core, through the real command: one clear line, exit code not 0, nothing written."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

Refused = Callable[..., None]


@pytest.mark.parametrize(
    "command",
    [("say", "Hi.", "-o", "x.wav"), ("render", "hello", "-o", "x.wav"), ("run", "hello"), ("eval",), ("core", "plot"),
     ("core", "watch"), ("core", "learn", "-o", "p.toml"), ("core", "tune", "--set", "jaw.freq=1")],
    ids=" ".join,
)  # fmt: skip
def test_a_core_that_is_none(command: tuple[str, ...], refused: Refused) -> None:
    refused(*command, "--core", "cor", words=("no core 'cor'; did you mean 'core'?",))
    refused(*command, "--core", "gone.toml", words=("no core 'gone.toml'",))
    Path("bad.toml").write_text("window = nan\n[oscillator]\n")
    refused(*command, "--core", "bad.toml", words=("bad.toml: ",))
    Path("bad.toml").write_bytes(b"\xff\xfe")
    refused(*command, "--core", "bad.toml", words=("bad.toml: not UTF-8 text",))
    assert os.listdir() == ["bad.toml"]


@pytest.mark.parametrize("more", [("--hours", "1"), ("--ablation",), ("--forecast", "x")])
def test_a_core_where_none_is_used(more: tuple[str, ...], refused: Refused) -> None:
    refused("eval", "--core", "core", *more, words=("--core goes with the figures",))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--window", "99"), "give a --window"), (("--window", "nan"), "is no moment"), (("--bound", "nan"), "bound is nan"),
        (("--at", "500"), "give a moment within it"), (("--bound", "2"), "not in the range"), (("--window", "x"), "no number"),
        (("--tolerance", "-1"), "not in the range"), (("--window", "0.2"), "no two kept their phase for 0.2 s; try a shorter"),
        (("--name", 'a"b'), "cannot name a pattern"), (("--who", "nobody"), "nobody is called 'nobody'"),
        (("--persona", "mora"), "did you mean 'mira'?"),
    ],
)  # fmt: skip
def test_nothing_to_learn(options: tuple[str, ...], says: str, refused: Refused) -> None:
    moment = ("--at", "0.5") if "--name" in options else ()
    refused("core", "learn", "--text", "Good morning to you.", "-o", "p.toml", *moment, *options, words=(says,))
    assert os.listdir() == []


def test_tuning_without_a_terminal_or_with_a_wrong_knob(refused: Refused) -> None:
    refused("core", "tune", "-o", "mine.toml", words=("no terminal to turn knobs in; turn them with --set",))
    refused("core", "tune", "--set", "emotion.angr.gain=2", words=("did you mean emotion.anger.gain?",))
    refused("core", "tune", "--set", "jaw.syllable.gain=nan", words=("is no knob",))
    assert os.listdir() == []


@pytest.mark.parametrize("command", [("core", "tune"), ("core", "watch")])
def test_no_screen(command: tuple[str, ...], refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("psi_ecs.systems.output.draw.context.available", lambda headless=True: "no window: there is no screen")
    refused(*command, "--window", words=("no window: there is no screen",))


def test_patterns_of_a_folder_that_is_none(refused: Refused) -> None:
    refused("core", "patterns", "gone", words=("'gone' does not exist",))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('name = "x"\n[state]\nbrw = { phase = 0.1 }\n', "s.toml:4: p.toml:3: no role 'brw'; did you mean 'brow'?"),
        ("[state]\nbrow = { phase = nan }\n", "s.toml:4: p.toml:2: state.brow.phase is nan; give a finite number"),
        ("[state\n", "s.toml:4: p.toml:1: not valid TOML"), ("", "s.toml:4: p.toml"),
    ],
)  # fmt: skip
def test_a_scene_with_a_damaged_pattern(text: str, says: str, refused: Refused) -> None:
    Path("p.toml").write_text(text)
    Path("s.toml").write_text('seed = 1\n[[avatar]]\nname = "mira"\npattern = "p.toml"\n[[line]]\nwho = "mira"\ntext = "Hi."\n')
    refused("render", "s.toml", "-o", "x.wav", words=(says,))


def test_parts_that_cannot_be_switched_off(refused: Refused) -> None:
    refused("core", "plot", "--ablate", "memry", words=("no part 'memry' to switch off; there are koopman", "memory"))
