"""What tests of the command line share."""

import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from psi_ecs.tools import cli


@pytest.fixture
def psi(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """`psi ARGUMENTS` in an empty folder: (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    before = signal.getsignal(signal.SIGTERM)

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["psi", *arguments])
        try:
            with pytest.raises(SystemExit) as end:
                cli.main()
        finally:
            signal.signal(signal.SIGTERM, before)
        out, err = capsys.readouterr()
        return int(end.value.code or 0), out, err

    return call


@pytest.fixture
def refused(psi: Callable[..., tuple[int, str, str]]) -> Callable[..., None]:
    """`refused(*arguments, words=(...))`: one line on standard error that holds the words, and an exit code above 0."""

    def check(*arguments: str, words: tuple[str, ...]) -> None:
        code, out, err = psi(*arguments)
        assert code != 0 and out == "", (code, out)
        assert err.count("\n") == 1 and err.startswith("error: ") and "Traceback" not in err and len(err) < 500, err
        assert all(word in err for word in words), err

    return check
