"""Timing."""

import gc
import time
from collections.abc import Callable


def best(fn: Callable[[], object], repeats: int = 5, clean: bool = False) -> float:
    """Least seconds of several calls; see `each`."""
    return min(each(fn, repeats, clean))


def each(fn: Callable[[], object], repeats: int, clean: bool = False) -> list[float]:
    """Seconds of each of several calls. Garbage is collected before the first, with `clean` before each, never inside one."""
    times: list[float] = []
    gc.disable()
    try:
        for _ in range(repeats):
            if clean or not times:
                gc.collect()
            start = time.perf_counter()
            fn()
            times.append(time.perf_counter() - start)
    finally:
        gc.enable()
    return times
