"""The command line: help that teaches, names that are nearly right, one line for every error, exit codes."""

import importlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import click
import pytest
from click.testing import CliRunner

from psi_ecs import AssetError
from psi_ecs.tools import cli
from psi_ecs.tools.cli import COMMANDS, psi

HEAVY = (
    "numpy",
    "msgspec",
    "taichi",
    "pyglet",
    "openal",
    "av",
    "wetext",
    "vaderSentiment",
    "PIL",
    "psi_ecs.systems.host",
    "psi_ecs.tools.take",
)


@pytest.fixture(autouse=True)
def _same_signals() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def command(name: str) -> click.Command:
    found: click.Command = importlib.import_module(f"psi_ecs.tools.commands.{COMMANDS[name][0]}").command
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_every_command_has_an_example_that_parses(name: str) -> None:
    done = CliRunner().invoke(psi, [name, "--help"])
    assert done.exit_code == 0 and f"Usage: psi {name}" in done.output
    examples = [line.strip() for line in done.output.splitlines() if line.strip().startswith(f"psi {name}")]
    assert examples, "no example"
    options = {o for p in command(name).params for o in (*p.opts, *p.secondary_opts)}
    group = command(name)
    subcommands = list(group.commands.values()) if isinstance(group, click.Group) else []
    for sub in subcommands:
        options |= {o for p in sub.params for o in p.opts}
    used = {word for line in examples for word in line.split("   ")[0].split() if word.startswith("-")}
    assert used <= options


def test_help_names_every_command() -> None:
    done = CliRunner().invoke(psi, ["--help"])
    assert all(f"  {name} " in done.output and text in done.output for name, (_, text) in COMMANDS.items())
    assert 'psi say "Good morning." -o morning.wav' in done.output


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys; from psi_ecs.tools.cli import main\n"
        "try: main()\nexcept SystemExit as end: code = end.code\n"
        f"print(code, sorted(set(sys.modules) & set({HEAVY!r})), file=sys.stderr)"
    )
    for arguments in (["--help"], [], ["render", "--help"], ["say", "--help"], ["run", "-h"]):
        done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True)
        assert done.stderr == "0 []\n" and done.stdout.startswith("Usage: psi")


def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[Any, str, str]:
    """The entry point in this process: (exit code, stdout, stderr)."""
    monkeypatch.setattr(sys, "argv", ["psi", *arguments])
    with pytest.raises(SystemExit) as end:
        cli.main()
    out, err = capsys.readouterr()
    return end.value.code, out, err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rendr"], "error: no command 'rendr'; did you mean 'render'?; see psi --help"),
        (["zzzz"], "error: no command 'zzzz'; use one of run, render"),
        (["--arhc", "numpy"], "error: No such option"),
        (["--arch", "abacus", "doctor"], "error: Invalid value for '--arch'"),
        (["render"], "error: Missing argument 'SCENE'; see psi render --help"),
        (["face"], "error: Missing command; see psi face --help"),
        (["face", "inof"], "error: No such command 'inof'"),
        (["render", "hello", "--fps", "61"], "error: Invalid value for '--fps'"),
        (["say", "Hi", "--out"], "error: Option '--out' requires an argument"),
    ],
)
def test_slips_are_one_line(
    arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = call(monkeypatch, capsys, *arguments)
    assert code == 2 and out == "" and err.startswith(message) and err.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (AssetError("x.toml:3: wrong\nthere\x07; mend it"), 2, "error: x.toml:3: wrong there\\x07; mend it\n"),
        (KeyboardInterrupt(), 130, "interrupted; nothing unfinished was kept\n"),
        (PermissionError(13, "Permission denied", "/a"), 2, "error: /a: permission denied; check that the file and its folder"),
        (click.UsageError("give a text"), 2, "error: give a text; see psi doctor --help\n"),
    ],
)
def test_what_goes_wrong_in_a_command_is_one_line(
    error: BaseException, code: int, text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(command("doctor"), "callback", fail)
    assert call(monkeypatch, capsys, "doctor")[0] == code
    monkeypatch.setattr(command("doctor"), "callback", fail)
    err = call(monkeypatch, capsys, "doctor")[2]
    assert err.startswith(text) and err.count("\n") == 1


def test_the_exit_code_is_the_commands(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(command("doctor"), "callback", lambda: 1)
    assert call(monkeypatch, capsys, "doctor")[0] == 1
    monkeypatch.setattr(command("doctor"), "callback", lambda: None)
    assert call(monkeypatch, capsys, "doctor")[0] == 0


def test_version(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(monkeypatch, capsys, "--version")[1].startswith("psi, version ")
