"""What this machine can do: everything is tried, not only looked for."""

import os
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from psi_ecs import PsiError
from psi_ecs.asset import package_folder
from psi_ecs.backend import missing
from psi_ecs.systems.output.draw import available
from psi_ecs.systems.output.film import encoder
from psi_ecs.systems.output.openal import device_name

Check = tuple[str, str, str]
"""Name; `ok`, `miss`, or `opt` for something that few need; what was found or what to do."""
PATIENCE = 60.0
"""Seconds that a driver may take to start."""


def checks() -> list[Check]:
    """Everything that `psi` uses, in the order in which it matters."""
    return [_python(), _packages(), _assets(), _taichi(), _film(), _picture(), _window(), _sound(), _espeak()]


def _check(name: str, why_not: str | None, good: str) -> Check:
    return (name, "ok", good) if why_not is None else (name, "miss", why_not)


def _python() -> Check:
    text = f"{platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return _check("python", None if (3, 11) <= sys.version_info[:2] <= (3, 13) else f"{text}; use 3.11 to 3.13", text)


def _packages() -> Check:
    """What text, tables and commands need."""
    found, lacking = [], []
    for package, module in (
        ("numpy", "numpy"), ("msgspec", "msgspec"), ("click", "click"), ("wetext", "wetext"), ("defusedxml", "defusedxml"),
        ("vaderSentiment", "vaderSentiment"),
    ):  # fmt: skip
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            if find_spec(module) is None:
                lacking.append(package)
    return _check("packages", f"missing: pip install {' '.join(lacking)}" if lacking else None, ", ".join(found))


def _assets() -> Check:
    try:
        folder = package_folder("assets")
    except PsiError as why:
        return "assets", "miss", str(why)
    heads, people = len(list(folder.glob("heads/*.glb"))), len(list(folder.glob("personas/*.toml")))
    good = heads and people and (folder / "lexicon" / "words.gz").is_file()
    text = f"{heads} heads, {people} personas in {folder}"
    return _check("assets", None if good else f"{text}: some are missing; install psi-ecs again", text)


def _taichi() -> Check:
    why = missing()
    if why is not None:
        return "taichi", "opt", f"{why}; NumPy does its work"
    return "taichi", "ok", f"{version('taichi')}; psi --arch chooses where kernels run"


def _film() -> Check:
    try:
        return "film", "ok", encoder()
    except PsiError as why:
        return "film", "miss", str(why)


def _picture() -> Check:
    return _drawing("picture", True)


def _window() -> Check:
    return _drawing("window", False)


def _drawing(name: str, headless: bool) -> Check:
    """Open a context in a process of its own: a bad driver can end it."""
    why = available(headless)
    if why is not None:
        return name, "miss", why
    script = f"from psi_ecs.systems.output.draw import renderer; print(renderer({headless}))"
    try:
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=PATIENCE, errors="replace"
        )
    except subprocess.TimeoutExpired:
        return name, "miss", "no picture: the graphics driver does not answer; try LIBGL_ALWAYS_SOFTWARE=1"
    if done.returncode == 0:
        return name, "ok", done.stdout.strip()
    last = (done.stderr.strip().splitlines() or [f"the graphics driver ended the program ({done.returncode})"])[-1]
    return name, "miss", last.partition("DrawError: ")[2] or f"no picture: {last}; try LIBGL_ALWAYS_SOFTWARE=1"


def _sound() -> Check:
    name, text = device_name()
    return _check("sound", None if name is not None else text, f"{name}; {text}")


def _espeak() -> Check:
    if find_spec("espeakng_loader") is not None:
        return "espeak", "ok", "other languages"
    return "espeak", "opt", "other languages: pip install 'psi-ecs[espeak]' (GPL-3)"
