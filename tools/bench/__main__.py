"""The process that measures: `python -m psi_ecs.tools.bench CASE PART`, JSON on the last line."""

import importlib
import json
import os
import sys


def main(name: str, part: str, *more: str) -> None:
    """Hold to one core, but for `draw`, `kernels` and `field`, and measure."""
    if name not in ("draw", "kernels", "field") and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    case = importlib.import_module(f"psi_ecs.tools.bench.{name}")
    if name == "memory":
        print(json.dumps(case.measure(part, *map(int, more), told=case.progress)))
    else:
        print(json.dumps(case.measure(part)))


if __name__ == "__main__":
    main(*sys.argv[1:])
