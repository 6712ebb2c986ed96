"""What type checkers see of the public names: mypy and pyright agree on one page of user code."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
USER = ROOT / "tests" / "typing" / "user.py"


@pytest.fixture(scope="module")
def farm() -> Path:
    """The folder of links through which checkers see the packages."""
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        from typecheck import link_farm
    finally:
        sys.path.pop(0)
    return Path(link_farm())


def marked(kind: str) -> dict[int, str]:
    """Line number -> text of each `# kind: text` comment of the page."""
    lines = enumerate(USER.read_text(encoding="utf-8").splitlines(), 1)
    found = ((number, re.search(rf"# {kind}: (.+)$", line)) for number, line in lines)
    return {number: match[1].strip() for number, match in found if match}


def test_mypy(farm: Path, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file",
        os.devnull,
        "--cache-dir",
        str(tmp_path),
        "--no-pretty",
    ]
    done = subprocess.run(
        [*command, USER], env={**os.environ, "MYPYPATH": str(farm)}, capture_output=True, text=True, check=False
    )
    said = re.findall(r"user\.py:(\d+): (error|note): (.+)", done.stdout)
    errors = {int(line) for line, kind, _ in said if kind == "error"}
    revealed = {int(line): text for line, kind, text in said if kind == "note" and text.startswith("Revealed type")}
    assert errors == set(marked("error")), done.stdout + done.stderr
    assert set(revealed) == set(marked("type"))
    for line, text in marked("type").items():
        assert text in revealed[line], revealed[line]


def test_pyright(farm: Path, tmp_path: Path) -> None:
    (tmp_path / "user.py").write_bytes(USER.read_bytes())
    config = {"extraPaths": [str(farm)], "pythonVersion": "3.11", "typeCheckingMode": "standard"}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(config))
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, "-p", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = json.loads(done.stdout)["generalDiagnostics"]
    at = {item["range"]["start"]["line"] + 1: item for item in said}
    assert {line for line, item in at.items() if item["severity"] == "error"} == set(marked("error")), said
    for line, text in marked("type").items():
        assert text.rpartition(".")[2] in at[line]["message"]
