"""Imports run one way, and each third-party edge has one door."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SIDES = ("components", "systems", "tools")
EDGES = {
    "av", "cyal", "defusedxml", "keyring", "matplotlib", "networkx", "openal", "pyalsoft", "pyglet", "sqlcipher3", "taichi",
    "vaderSentiment", "websockets", "wetext",
}  # fmt: skip
PLAIN = {"numpy", "msgspec"} | sys.stdlib_module_names
ASSEMBLERS = ("psi_ecs.systems.host", "psi_ecs.systems.play", "psi_ecs.systems.presets")


def dotted(path: Path) -> str:
    """Import name of a file: systems/voice/synth.py is psi_ecs.systems.voice.synth."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    parts = parts if parts[0] == "psi_ecs" else ("psi_ecs", *parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree() -> dict[str, Path]:
    """Every module of the project by import name."""
    paths = sorted(p for top in ("psi_ecs", *SIDES) for p in (ROOT / top).rglob("*.py"))
    return {dotted(path): path for path in paths}


def imports(name: str) -> Iterator[tuple[str, bool]]:
    """(imported module, whether at module level) of each import; relative ones made absolute, submodules followed."""
    path = tree()[name]
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    module = ast.parse(path.read_text(encoding="utf-8"))
    for node, top in walk(module, True):
        if isinstance(node, ast.Import):
            yield from ((alias.name, top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parent = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parent, base] if base else parent)
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield (full if full in tree() else base), top


def walk(node: ast.AST, top: bool) -> Iterator[tuple[ast.AST, bool]]:
    """Every node, with whether it runs when the module is imported. What only type checkers see is left out."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            continue
        yield child, top
        yield from walk(child, top and not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda))


def within(name: str, *packages: str) -> bool:
    """True if a module is one of these or lies below it."""
    return any(name == package or name.startswith(package + ".") for package in packages)


def unit(name: str) -> str:
    """The system a module belongs to: systems.voice.synth -> psi_ecs.systems.voice; each output is one of its own."""
    parts = name.split(".")
    return ".".join(parts[: 4 if len(parts) > 3 and parts[2] == "output" else 3])


def allowed(name: str, target: str) -> bool:
    """Whether a module may import another module of this project."""
    systems, kernels, formats = "psi_ecs.systems", "psi_ecs.systems.kernels", "psi_ecs.systems.formats"
    sides = tuple(f"psi_ecs.{side}" for side in SIDES)
    if within(name, "psi_ecs.tools") or name in ASSEMBLERS:
        return name not in ASSEMBLERS or not within(target, "psi_ecs.tools")
    if within(name, kernels):
        return within(target, "psi_ecs.backend", kernels)
    if not within(target, *sides):
        return True
    if within(name, formats):
        return within(target, formats, "psi_ecs.components")
    if within(name, systems):
        return within(target, "psi_ecs.components", kernels, formats, unit(name)) or target == systems
    return within(name, "psi_ecs.components") and within(target, "psi_ecs.components")


@pytest.mark.parametrize("name", tree())
def test_imports_run_one_way(name: str) -> None:
    wrong = [target for target, _ in imports(name) if within(target, "psi_ecs") and not allowed(name, target)]
    assert not wrong, f"{name} may not import {wrong}"


@pytest.mark.parametrize("name", [n for n in tree() if not within(n, "psi_ecs.systems", "psi_ecs.tools")])
def test_engine_and_components_need_numpy_and_msgspec_only(name: str) -> None:
    door = {"psi_ecs.backend.taichi": {"taichi"}}.get(name, set())
    others = {target.partition(".")[0] for target, _ in imports(name)} - PLAIN - {"psi_ecs"} - door
    assert not others, f"{name} imports {others}"


@pytest.mark.parametrize("name", [n for n in tree() if within(n, "psi_ecs.systems.kernels")])
def test_kernels_need_numpy_only(name: str) -> None:
    others = {target.partition(".")[0] for target, _ in imports(name)} - {"numpy", "psi_ecs"} - sys.stdlib_module_names
    assert not others, f"{name} imports {others}"


@pytest.mark.parametrize("edge", sorted(EDGES))
def test_each_edge_is_imported_in_one_module(edge: str) -> None:
    doors = {n for n in tree() if any(target.partition(".")[0] == edge for target, _ in imports(n))}
    doors = {"psi_ecs.systems.output.draw" if within(n, "psi_ecs.systems.output.draw") else n for n in doors}
    doors = {n for n in doors if not within(n, "psi_ecs.tools.bench", "psi_ecs.tools.bootstrap")}
    assert len(doors) <= 1, f"{edge} is imported in {sorted(doors)}"


@pytest.mark.parametrize("name", ["psi_ecs", "psi_ecs.tools.cli", "psi_ecs.systems.presets", "psi_ecs.systems.host"])
def test_edges_are_imported_late(name: str) -> None:
    """Importing the engine, the command line or every system loads no third-party edge."""
    script = f"import sys, {name}; print(sorted({EDGES!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


@pytest.mark.parametrize("name", tree())
def test_import_names_begin_with_psi_ecs(name: str) -> None:
    """`import tools` would find a host's own."""
    bare = [target for target, _ in imports(name) if target.partition(".")[0] in (*SIDES, "assets", "scenes", "tests")]
    assert not bare, f"{name} imports {bare}; begin with psi_ecs"


@pytest.mark.parametrize("name", tree())
def test_annotations_stay_values(name: str) -> None:
    """Taichi reads a kernel's annotations; strings would break it."""
    assert ("__future__", True) not in imports(name)
