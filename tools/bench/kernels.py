"""Every kernel on NumPy and on Taichi at several sizes: where the second becomes faster is that kernel's `above`."""

import importlib
import pkgutil
from typing import Any

import numpy as np

from psi_ecs.backend import Kernel, kernels, missing
from psi_ecs.systems import kernels as folder

from .clock import best

SIZES = (10, 100, 1_000, 10_000)
LARGEST = 2e8
"""Bytes of arguments: a size that would need more is left out."""


def measure(part: str) -> dict[str, list[dict[str, float | None]]]:
    """For each kernel, at each size: work, seconds on NumPy, seconds on Taichi (None where it is missing)."""
    for module in pkgutil.iter_modules(folder.__path__, f"{folder.__name__}."):
        if not module.ispkg:
            importlib.import_module(module.name)
    figures: dict[str, list[dict[str, float | None]]] = {}
    for name, kernel in kernels().items():
        rows = figures[name.removeprefix(f"{folder.__name__}.")] = []
        held = 0.0
        for size in SIZES:
            if held * 100.0 > LARGEST:  # ten times the size may be a hundred times the array
                break
            args = kernel.sample(size)
            held = sum(a.nbytes for a in args if isinstance(a, np.ndarray))
            rows.append({"work": kernel.size(*args), **both(kernel, args)})
    return figures


def both(kernel: Kernel[..., Any], args: tuple[Any, ...]) -> dict[str, float | None]:
    """Seconds of one call on each backend."""
    plain = best(lambda: kernel.reference(*args), 9)
    if missing() is not None:
        return {"numpy": plain, "taichi": None}
    kernel.twin(*args)
    return {"numpy": plain, "taichi": best(lambda: kernel.twin(*args), 9)}
