"""Which of a kernel's two forms runs, and the checks before either does."""

import importlib
import importlib.util
import inspect
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from typing import Any, Generic, ParamSpec, TypeVar, get_args, get_origin, get_type_hints

import numpy as np

from psi_ecs.error import PsiError

P = ParamSpec("P")
R = TypeVar("R")

ARCHS = ("auto", "numpy", "cpu", "cuda", "vulkan", "metal")
"""auto: by size; numpy: reference only; the rest: the Taichi twin on that device, whatever the size."""

WHEELS = "Taichi has wheels for Python 3.9 to 3.13 on x86-64 Linux and Windows and on arm64 macOS"

_registry: dict[str, "Kernel[..., Any]"] = {}
_chosen = "auto"
_forked = False


class BackendError(PsiError):
    """A kernel cannot run as asked: wrong array, missing library or device."""


class Kernel(Generic[P, R]):
    """A NumPy reference and its Taichi twin; call it as the function it wraps."""

    def __init__(
        self,
        reference: Callable[P, R],
        size: Callable[..., int],
        above: int | None,
        writes: tuple[str, ...],
        sample: Callable[[int], tuple[Any, ...]],
    ) -> None:
        """See `kernel`."""
        self.reference, self.size, self.above, self.sample = reference, size, above, sample
        self.name = f"{reference.__module__}:{reference.__name__}"
        self.__doc__ = reference.__doc__
        self._names = tuple(inspect.signature(reference).parameters)
        self._arrays = _array_arguments(reference, self._names, writes)
        if unknown := set(writes) - {name for _, name, _, _ in self._arrays}:
            raise BackendError(f"{self.name}: writes names {sorted(unknown)}, which are not array arguments")

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run on the backend that the size or `set_arch` picks."""
        if _chosen == "numpy" or (_chosen == "auto" and not self._pays(*args, **kwargs)):
            self.check(*args, **kwargs)
            return self.reference(*args, **kwargs)
        return self.twin(*args, **kwargs)

    def twin(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the Taichi twin, whatever the size; starts Taichi if it is not running."""
        self.check(*args, **kwargs)
        result: R = _runtime().launch(self._load(), device(), args, kwargs)
        return result

    def check(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Raise `BackendError` for an array that a kernel cannot take: Taichi ignores `writeable`, so nobody else would."""
        for place, name, dtype, written in self._arrays:
            array = args[place] if place < len(args) else kwargs.get(name)
            if not isinstance(array, np.ndarray):
                raise BackendError(f"{self.name}: {name} must be a NumPy array, not {type(array).__name__}")
            flags = array.flags
            if dtype is not None and array.dtype != dtype:
                raise BackendError(f"{self.name}: {name} must be {dtype}, not {array.dtype}; convert it with astype")
            if not flags.c_contiguous or not flags.aligned:
                raise BackendError(f"{self.name}: {name} must be contiguous; pass np.ascontiguousarray({name})")
            if written and not flags.writeable:
                raise BackendError(f"{self.name} writes {name}, which is read-only; declare Write[...] on its component")

    def _pays(self, *args: Any, **kwargs: Any) -> bool:
        return self.above is not None and self.size(*args, **kwargs) >= self.above and missing() is None

    def _load(self) -> Callable[P, R]:
        module, _, name = self.name.partition(":")
        package, _, leaf = module.rpartition(".")
        try:
            twin: Callable[P, R] = getattr(importlib.import_module(f"{package}.twins.{leaf}"), name)
        except (ModuleNotFoundError, AttributeError) as error:
            raise BackendError(f"{self.name} has no Taichi twin at {package}.twins.{leaf}:{name}") from error
        return twin


def kernel(
    *,
    size: Callable[..., int],
    writes: tuple[str, ...],
    sample: Callable[[int], tuple[Any, ...]],
    above: int | None = None,
) -> Callable[[Callable[P, R]], Kernel[P, R]]:
    """Register a NumPy function as the reference of a kernel.

    Args: size: work in the arguments, in the unit of `above`; above: size from which the twin is faster, as measured;
    writes: array arguments that are written; sample: arguments of about a given size, the same ones for the same size.
    """

    def register(reference: Callable[P, R]) -> Kernel[P, R]:
        made = Kernel(reference, size, above, writes, sample)
        _registry[made.name] = made
        return made

    return register


def kernels() -> dict[str, Kernel[..., Any]]:
    """Every kernel registered so far, by "module:name"."""
    return dict(sorted(_registry.items()))


def arch() -> str:
    """The arch in force, one of `ARCHS`."""
    return _chosen


def device() -> str:
    """The Taichi arch that twins run on."""
    return "cpu" if _chosen in ("auto", "numpy") else _chosen


def set_arch(name: str) -> None:
    """Choose the backend for this process.

    Raises `BackendError` if the name is unknown, Taichi is missing, or this machine has no such device.
    """
    global _chosen
    if name not in ARCHS:
        raise BackendError(f"unknown arch {name!r}; choose one of {', '.join(ARCHS)}")
    if name not in ("auto", "numpy"):
        if (why := missing()) is not None:
            raise BackendError(f"arch {name!r} needs Taichi: {why}; use --arch numpy")
        if name != "cpu" and (why := _probe(name)):
            raise BackendError(f"arch {name!r} does not work on this machine: {why}; use --arch cpu or --arch numpy")
        if (running := _runtime().running()) not in (None, name):
            raise BackendError(f"Taichi already runs on {running} in this process; start a new process for --arch {name}")
    _chosen = name


def warm() -> list[str]:
    """Start Taichi and compile every registered twin, in this thread; returns their names.

    Call it before starting other threads: the first kernel must run in the thread that started Taichi. Does nothing
    for arch "numpy", nor where "auto" has no Taichi.
    """
    if _chosen == "numpy" or (_chosen == "auto" and missing() is not None):
        return []
    picked = [k for k in kernels().values() if _chosen != "auto" or k.above is not None]
    for each in picked:
        each.twin(*each.sample(8))
    return [each.name for each in picked]


def missing() -> str | None:
    """Why Taichi cannot be used in this process, or None."""
    if not _installed():
        return f"it is not installed ({WHEELS})"
    if _forked:
        return "this process was forked from one where it ran; start processes with multiprocessing's spawn"
    return None


def mark_forked() -> None:
    """Say that this process was forked from one where Taichi was live: its kernels would hang here."""
    global _forked
    _forked = True


@cache
def _installed() -> bool:
    return importlib.util.find_spec("taichi") is not None


def _runtime() -> Any:
    """The one module that imports Taichi."""
    if (why := missing()) is not None:
        raise BackendError(f"this kernel needs Taichi: {why}; use --arch numpy")
    return importlib.import_module("psi_ecs.backend.taichi")


@cache
def _probe(name: str) -> str:
    """Why a device does not work, empty if it does. Tried in a process of its own: a bad driver can end it."""
    command = [sys.executable, "-m", "psi_ecs.backend.probe", name]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        return "no answer in 120 s"
    if done.returncode < 0:
        return f"the driver ended the process (signal {-done.returncode})"
    return "" if done.returncode == 0 else (done.stdout.strip().splitlines() or ["it did not start"])[-1]


def _array_arguments(
    fn: Callable[..., Any], names: tuple[str, ...], writes: tuple[str, ...]
) -> tuple[tuple[int, str, np.dtype[Any] | None, bool], ...]:
    """(place, name, dtype or None for any, written) of each array argument, from the annotations."""
    hints = get_type_hints(fn)
    found = []
    for place, name in enumerate(names):
        hint = hints.get(name)
        if (alias := getattr(get_origin(hint), "__value__", None)) is not None:  # NDArray is a `type` alias from NumPy 2.5 on
            hint = alias[get_args(hint)]
        if get_origin(hint) is np.ndarray:
            scalar = get_args(get_args(hint)[1])[0]
            known = isinstance(scalar, type) and issubclass(scalar, np.generic)
            found.append((place, name, np.dtype(scalar) if known else None, name in writes))
    return tuple(found)
