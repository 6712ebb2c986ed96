"""The set-up command: when it installs, what it says where it cannot."""

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

PATH = Path(__file__).parents[1] / "tools" / "bootstrap.py"


@pytest.fixture
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", PATH)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def calls(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Commands that would have been run; all of them succeed."""
    seen: list[list[str]] = []
    monkeypatch.setattr(bootstrap.subprocess, "call", lambda command, **_: seen.append(list(map(str, command))) or 0)
    return seen


def ended(capsys: pytest.CaptureFixture[str], fn: Callable[[], object]) -> str:
    """The one line with which it ended."""
    with pytest.raises(SystemExit) as caught:
        fn()
    assert caught.value.code == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    return said


def test_wrong_python(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(bootstrap, "sys", SimpleNamespace(**{**vars(sys), "version_info": (3, 9, 1)}))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    assert "Python 3.11, 3.12 or 3.13 is needed" in ended(capsys, bootstrap.right_python)


def test_another_python_on_the_path_is_used(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, calls: list[list[str]]
) -> None:
    monkeypatch.setattr(bootstrap, "sys", SimpleNamespace(**{**vars(sys), "version_info": (3, 14, 0), "argv": ["b.py", "psi"]}))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: "/usr/bin/python3.12" if name == "python3.12" else None)
    monkeypatch.setattr(bootstrap, "works", lambda python: True)
    with pytest.raises(SystemExit) as caught:
        bootstrap.right_python()
    assert caught.value.code == 0
    assert calls == [["/usr/bin/python3.12", "b.py", "psi"]]


def test_installs_only_when_something_changed(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, calls: list[list[str]], tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap.subprocess, "check_output", lambda *_, **__: f"{tmp_path}\n")

    def installs(extra: str) -> list[str]:
        calls.clear()
        bootstrap.install(Path("python"), extra)
        return [command[-1] for command in calls if "install" in command]

    assert installs("") == [str(tmp_path)]
    assert installs("") == []
    assert installs("dev") == [f"{tmp_path}[dev]"]
    assert installs("dev") == installs("") == []
    (tmp_path / "pyproject.toml").write_text("[project]\n# changed\n")
    assert installs("") == [str(tmp_path)]
    assert installs("dev") == [f"{tmp_path}[dev]"]


def test_mesa_without_rights_is_named_and_passed_over(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "sys", SimpleNamespace(**{**vars(sys), "platform": "linux"}))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}" if name != "sudo" else None)
    monkeypatch.setattr(bootstrap, "installed", lambda package: package != "libegl1")
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 1000)
    bootstrap.mesa()
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "apt-get install libegl1 (" in said


def test_mesa_goes_on_without_a_network(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "sys", SimpleNamespace(**{**vars(sys), "platform": "linux"}))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(bootstrap, "installed", lambda package: False)
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 0)
    monkeypatch.setattr(bootstrap.subprocess, "call", lambda *_, **__: 100)
    bootstrap.mesa()
    assert "going on without" in capsys.readouterr().err


def test_unknown_command_and_exit_codes() -> None:
    done = subprocess.run([sys.executable, PATH], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "psi render scenes/hello.toml" in done.stdout


def test_reads_on_any_python_3() -> None:
    """An old Python must get as far as the line that says so."""
    source = PATH.read_text(encoding="utf-8")
    compile(source, str(PATH), "exec", dont_inherit=True)
    assert "match " not in source.split('"""', 2)[2]
    assert ":=" not in source
    assert " | None" not in source
