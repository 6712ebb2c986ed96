"""`psi doctor` tells the truth: what is there is tried, and what is missing has a remedy."""

import subprocess
from importlib.metadata import PackageNotFoundError

import pytest
from click.testing import CliRunner

from psi_ecs.systems.formats import media
from psi_ecs.systems.formats.safe import OutputError
from psi_ecs.systems.output import film
from psi_ecs.tools import doctor
from psi_ecs.tools.cli import psi

NAMES = ["python", "packages", "assets", "taichi", "film", "picture", "window", "sound", "espeak"]


def test_every_line_has_a_state_a_name_and_a_finding() -> None:
    found = doctor.checks()
    assert [name for name, _, _ in found] == NAMES
    for name, state, text in found:
        assert state in ("ok", "miss", "opt") and text and "\n" not in text
        if state != "ok":
            assert any(word in text for word in ("install", "use ", "connect", "try ", "work")), f"{name} has no remedy: {text}"


def test_the_command_prints_them_and_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "checks", lambda: [("a", "ok", "fine"), ("b", "miss", "install b"), ("c", "opt", "c too")])
    done = CliRunner().invoke(psi, ["doctor"])
    assert done.exit_code == 0
    assert done.output == "ok    a         fine\nmiss  b         install b\nopt   c         c too\n" + (
        "missing: b; what does not need them works\n"
    )
    monkeypatch.setattr(doctor, "checks", lambda: [("a", "ok", "fine"), ("c", "opt", "c too")])
    assert CliRunner().invoke(psi, ["doctor"]).output.endswith("everything is there\n")


def test_missing_packages_are_named_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name in ("wetext", "click"):
            raise PackageNotFoundError(name)
        return "1.0"

    monkeypatch.setattr(doctor, "version", version)
    monkeypatch.setattr(doctor, "find_spec", lambda name: None)
    assert doctor._packages() == ("packages", "miss", "missing: pip install click wetext")
    assert doctor._espeak() == ("espeak", "opt", "other languages: pip install 'psi-ecs[espeak]' (GPL-3)")


def test_no_film_without_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "find_spec", lambda name: None)
    assert doctor._film() == ("film", "miss", "no film: the package av is missing; install it with pip install av")
    with pytest.raises(OutputError, match="pip install av"):
        film.encoder()


def test_a_driver_that_ends_the_program_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "available", lambda headless: None)
    ended = subprocess.CompletedProcess([], -11, "", "")
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: ended)
    assert doctor._picture()[1:] == (
        "miss", "no picture: the graphics driver ended the program (-11); try LIBGL_ALWAYS_SOFTWARE=1",
    )  # fmt: skip
    told = subprocess.CompletedProcess(
        [], 1, "", "Traceback\npsi_ecs.systems.output.draw.DrawError: no picture: because; do x\n"
    )
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: told)
    assert doctor._window() == ("window", "miss", "no picture: because; do x")

    def hang(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("psi", 1)

    monkeypatch.setattr(subprocess, "run", hang)
    assert "does not answer" in doctor._window()[2]


def test_no_sound_says_whether_library_or_device_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "device_name", lambda: (None, "no sound: x; connect one"))
    assert doctor._sound() == ("sound", "miss", "no sound: x; connect one")
    monkeypatch.setattr(doctor, "device_name", lambda: ("Card", "OpenAL 1.1 from cyal"))
    assert doctor._sound() == ("sound", "ok", "Card; OpenAL 1.1 from cyal")
