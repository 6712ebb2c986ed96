"""The wheel: one top-level name, every module, every asset, and it works from where it is installed."""

import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = {"psi_ecs": "", "components": "components/", "systems": "systems/", "tools": "tools/"}
DATA = ("assets", "scenes")
LITTER = shutil.ignore_patterns("__pycache__", "*.egg-info", ".*")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a copy of the sources, so that the checkout stays clean."""
    source, out = tmp_path_factory.mktemp("source") / "psi", tmp_path_factory.mktemp("wheel")
    source.mkdir()
    for name in (*FOLDERS, *DATA):
        shutil.copytree(ROOT / name, source / name, ignore=LITTER)
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, source)
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--disable-pip-version-check"]
    done = subprocess.run([*command, "-w", out, source], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, installed in a folder of its own."""
    target = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--quiet",
        "--disable-pip-version-check",
        "--target",
        target,
    ]
    subprocess.run([*command, wheel], check=True)
    return target


def expected() -> set[str]:
    """Path in the wheel of every source file and asset."""
    paths = set()
    for name, place in FOLDERS.items():
        paths |= {f"psi_ecs/{place}{p.relative_to(ROOT / name).as_posix()}" for p in (ROOT / name).rglob("*.py")}
    for name in DATA:
        files = (p for p in (ROOT / name).rglob("*") if p.is_file() and "__pycache__" not in p.parts)
        paths |= {f"psi_ecs/{name}/{p.relative_to(ROOT / name).as_posix()}" for p in files if not p.name.startswith(".")}
    return paths | {"psi_ecs/py.typed"}


def test_every_package_is_listed() -> None:
    """The quick check, with the line to add."""
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    found = {str(Path(path).parent).replace("/", ".") for path in expected() if path.endswith(".py")}
    assert found - listed == set(), "add to [tool.setuptools] packages in pyproject.toml"
    assert listed - found == {f"psi_ecs.{data}" for data in DATA}, "listed, but not there"


def test_one_top_level_name_and_nothing_missing(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {"psi_ecs"}
    assert {name for name in names if name.startswith("psi_ecs/")} == expected()
    licences = {Path(name).name for name in names if ".dist-info/licenses/" in name}
    assert licences == {"LICENSE", "NOTICE"}


def test_works_where_it_is_installed(installed: Path, tmp_path: Path) -> None:
    """Imported from outside the checkout, beside a host's own `tools` and `components`."""
    for name in ("tools", "components"):
        (tmp_path / f"{name}.py").write_text("mine = True\n")
    script = f"""
import sys
sys.path[:0] = [{str(installed)!r}, {str(tmp_path)!r}]
import psi_ecs, tools, components
from importlib.resources import files
from pathlib import Path
import psi_ecs.systems.host, psi_ecs.systems.presets, psi_ecs.tools.cli
assert tools.mine and components.mine
loaded = [m for n, m in sys.modules.items() if n.split(".")[0] == "psi_ecs" and getattr(m, "__file__", None)]
assert len(loaded) > 20 and all(Path(m.__file__).is_relative_to({str(installed)!r}) for m in loaded)
for place in ("assets/personas", "assets/heads", "scenes"):
    assert any(files("psi_ecs").joinpath(place).iterdir()), place
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_command_is_declared(installed: Path) -> None:
    points = next(installed.glob("*.dist-info")) / "entry_points.txt"
    assert "psi = psi_ecs.tools.cli:main" in points.read_text()
