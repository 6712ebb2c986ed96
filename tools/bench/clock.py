"""Timing."""

import gc
import time
from collections.abc import Callable


def best(fn: Callable[[], object], repeats: int = 5) -> float:
    """Least seconds of several calls, with the garbage collector held back."""
    return min(each(fn, repeats))


def each(fn: Callable[[], object], repeats: int) -> list[float]:
    """Seconds of each of several calls, with the garbage collector held back."""
    times = []
    for _ in range(repeats):
        gc.collect()
        gc.disable()
        start = time.perf_counter()
        fn()
        times.append(time.perf_counter() - start)
        gc.enable()
    return times
