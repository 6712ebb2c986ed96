"""The one module that imports Taichi; Quadrants, its live fork, has the same kernel language and can take its place here.

Loaded at the first use of a twin, never by a NumPy kernel. State never lives here: kernels take NumPy arrays, so a host
that restarts Taichi costs a recompilation and nothing else.
"""

import io
import os
import tempfile
import threading
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from .dispatch import BackendError, mark_forked

os.environ.setdefault("ENABLE_TAICHI_HEADER_PRINT", "False")  # read once, when Taichi is imported: no banner
import taichi as ti
from taichi.lang import impl

__all__ = ["launch", "pcos", "psin", "running", "start", "ti"]

_NAMES = {"x64": "cpu", "arm64": "cpu"}
_lock = threading.RLock()  # two threads that compile at once fail; a launch holds the GIL anyway


@ti.func
def psin(x: ti.f32) -> ti.f32:
    """sin(2 pi x), x in cycles, |error| < 5e-6: a polynomial, so that the loop around it vectorises (`ti.sin` does not)."""
    r = x - ti.floor(x + 0.5)
    y = 0.25 - ti.abs(ti.abs(r) - 0.25)
    y = ti.select(r < 0.0, -y, y)
    z = y * y
    return y * (6.28318516 - z * (41.3416550 - z * (81.5957 - z * (76.5496 - z * 39.5367))))


@ti.func
def pcos(x: ti.f32) -> ti.f32:
    """cos(2 pi x), x in cycles; see `psin`."""
    return psin(x + 0.25)


@ti.kernel
def _first():
    pass


def running() -> str | None:
    """The arch of the live runtime of this process, whoever started it, or None."""
    if impl.get_runtime().prog is None:
        return None
    name = str(impl.current_cfg().arch).rpartition(".")[2]
    return _NAMES.get(name, name)


def start(arch: str) -> None:
    """Start Taichi on `arch` unless it runs already, and run one kernel, so that other threads may launch too."""
    if running() is not None:
        return
    folder, kept = _cache_folder()
    try:
        with redirect_stdout(io.StringIO()):  # it prints the arch it chose
            ti.init(arch=getattr(ti, arch), enable_fallback=False, fast_math=False, default_fp=ti.f32,
                    log_level=ti.ERROR, offline_cache=kept, offline_cache_file_path=folder)  # fmt: skip
    except RuntimeError as error:
        raise BackendError(f"Taichi cannot start on {arch}: {str(error).splitlines()[0]}") from error
    _first()


def launch(fn: Callable[..., Any], arch: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call a twin, one at a time."""
    with _lock:
        start(arch)
        try:
            return fn(*args, **kwargs)
        except RuntimeError as error:
            if "main_thread_id" not in str(error):
                raise
            raise BackendError("Taichi was started in another thread; call psi_ecs.backend.warm() there first") from error


def _cache_folder() -> tuple[str, bool]:
    """Where compiled kernels are kept between processes, and whether they are.

    Where nothing can be kept, a scratch folder: Taichi fails at exit if its folder cannot be written, cache or no cache.
    """
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or "~/.cache"
    try:
        folder = Path(home).expanduser() / "psi-ecs" / "taichi"
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return str(folder), True
    except (OSError, RuntimeError):  # RuntimeError: no home folder
        return tempfile.mkdtemp(prefix="psi-ecs-"), False


def _after_fork() -> None:
    if running() is not None:
        mark_forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
