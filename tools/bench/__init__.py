"""`psi bench`: how fast this is on this machine, beside peers in the same run.

Every case runs in a process of its own, so that one library's heap does not slow the next; held to one core where the system
allows it, so that ratios are of equals. Only `draw`, `kernels` and `field` have all cores: what uses another core is part
of what is measured there. Figures are the best of several repeats unless they say median.
"""

import json
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import click

from psi_ecs import PsiError
from psi_ecs.tools.commands.options import terminal

from . import report

CASES = ("draw", "ecs", "face", "field", "kernels", "memory", "speak")
"""What can be measured: pictures; tables, and coupled phases, against peers; faces alone; kernel pairs and where they cross; a
memory, against peers; a speaking avatar."""

PARTS = {
    "ecs": ("psi-ecs", "esper", "snecs", "tcod-ecs"),
    "field": ("psi-ecs", "numpy", "scipy", "kuramoto", "sparse"),
    "memory": ("psi-ecs", "lmdb", "faiss flat", "sqlite-vec", "usearch"),
}
"""Who is measured, where there are peers."""

ONE_CORE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1")


def run(names: list[str], out: Path | None, entries: int | None = None) -> None:
    """Measure the named cases (all if none), print tables, and write the figures as JSON to `out`.

    `entries` is how many a memory has. Raises `PsiError` for an unknown name.
    """
    if unknown := sorted(set(names) - set(CASES)):
        raise PsiError(f"unknown benchmark {', '.join(unknown)}; there are {', '.join(CASES)}")
    result: dict[str, object] = {"machine": machine()}
    print(result["machine"])
    for name in names or CASES:
        more = [str(entries)] if entries and name == "memory" else []
        figures = {part: measure(name, part, *more) for part in parts(name)}
        result[name] = figures
        print("\n" + report.table(name, figures), flush=True)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def machine() -> str:
    """One line: processor, cores, system, Python and NumPy."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = (line.partition(":") for line in info.read_text().splitlines())
        model = next((value.strip() for key, _, value in lines if key.strip() == "model name"), model)
    system = f"{platform.system()} {platform.machine()}"
    return f"{model}, {os.cpu_count()} cores, {system}, Python {platform.python_version()}, NumPy {version('numpy')}"


def parts(name: str) -> tuple[str, ...]:
    """What of a case is measured in a process of its own."""
    return PARTS.get(name, (name,))


def measure(name: str, part: str, *more: str) -> dict[str, object]:
    """Figures of one part, from a new process; {"error": why} if it failed."""
    command = [sys.executable, "-m", "psi_ecs.tools.bench", name, part, *more]
    env = dict(os.environ) if name == "kernels" else {**os.environ, **ONE_CORE}
    code, said, errors = follow(command, env, f"{name}: {part}")
    if code != 0:
        why = (errors or ["no figures"])[-1]
        return {"error": why + "; pip install 'psi-ecs[bench]' has the peers" * why.startswith("ModuleNotFoundError")}
    figures: dict[str, object] = json.loads(said.splitlines()[-1])
    return figures


def follow(command: list[str], env: dict[str, str], label: str) -> tuple[int, str, list[str]]:
    """Run a command, with a bar where somebody looks: exit code, what it printed, lines of errors. Lines of errors that are
    `~` and a number say how far it is."""
    errors: list[str] = []
    with (
        subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child,
        click.progressbar(length=1000, label=label, file=terminal()) as bar,
    ):
        assert child.stdout is not None and child.stderr is not None
        for line in child.stderr:
            if line.startswith("~"):
                bar.update(int(1000 * float(line[1:])) - bar.pos)
            elif line.strip():
                errors.append(line.strip())
        said = child.stdout.read()
    return child.returncode, said, errors
