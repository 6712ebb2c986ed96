"""Tables of figures, as text."""

from typing import Any

GOALS = {"create": 20.0, "iterate": 100.0, "save+load": 100.0, "fragmented": 10.0}
"""Least ratio to the best peer that the project holds itself to."""


def table(name: str, figures: dict[str, Any]) -> str:
    """The figures of one case."""
    failed = [f"{part}: {value['error']}" for part, value in figures.items() if "error" in value]
    shown = {"ecs": ecs, "field": field, "kernels": kernels, "memory": memory}.get(name, plain)
    rows = shown({k: v for k, v in figures.items() if "error" not in v})
    return "\n".join([*rows, *failed])


def ecs(figures: dict[str, Any]) -> list[str]:
    """Milliseconds a library, and how many times as fast as the best peer ours is."""
    rows = ["100 000 entities, ms" + " " * 4 + "".join(f"{part:>11}" for part in figures) + "   ratio  goal"]
    for case, goal in GOALS.items():
        times = {part: value[case] for part, value in figures.items()}
        cells = "".join(f"{'-':>11}" if t is None else f"{t * 1e3:11.3f}" for t in times.values())
        peers = [t for part, t in times.items() if part != "psi-ecs" and t is not None]
        ratio = f"{min(peers) / times['psi-ecs']:8.1f}" if peers and times.get("psi-ecs") else f"{'-':>8}"
        rows.append(f"{case:24}{cells}{ratio}{goal:6.0f}")
    return rows


def field(figures: dict[str, Any]) -> list[str]:
    """Milliseconds a tick of each library, the largest error of a phase at the end, and the ratios to the best peer that
    its users would write, and to the best that SciPy allows."""
    rows = [
        f"{'coupled phases, ms a tick (error, cycles)':44}" + "".join(f"{part:>21}" for part in figures) + "   ratio  sparse"
    ]
    for case in dict.fromkeys(case for value in figures.values() for case in value):
        found = {part: value.get(case) for part, value in figures.items()}
        cells = "".join(
            f"{'-':>21}" if at is None else f"{at['tick'] * 1e3:11.3f} ({at['error']:.0e})" for at in found.values()
        )
        ours = found.get("psi-ecs")
        for group in (("numpy", "scipy", "kuramoto"), ("sparse",)):
            peers = [at["tick"] for part in group if (at := found.get(part)) is not None]
            cells += f"{min(peers) / ours['tick']:8.1f}" if peers and ours else f"{'-':>8}"
        rows.append(f"{case:44}{cells}")
    return rows


def kernels(figures: dict[str, Any]) -> list[str]:
    """Milliseconds of each kernel on each backend."""
    rows = [f"{'kernel':32}{'work':>12}{'NumPy ms':>11}{'Taichi ms':>11}{'NumPy/Taichi':>14}"]
    for kernel, sizes in figures.get("kernels", {}).items():
        for at in sizes:
            twin = at["taichi"]
            cells = f"{'-':>11}{'-':>14}" if twin is None else f"{twin * 1e3:11.3f}{at['numpy'] / twin:14.2f}"
            rows.append(f"{kernel:32}{at['work']:12.0f}{at['numpy'] * 1e3:11.3f}{cells}")
    return rows


def memory(figures: dict[str, Any]) -> list[str]:
    """Each figure of each, and how many times as good as the best peer ours is."""
    rows = [f"{'a memory':38}" + "".join(f"{part:>12}" for part in figures) + "   ratio"]
    for case in dict.fromkeys(case for value in figures.values() for case in value):
        values = {part: value.get(case) for part, value in figures.items()}
        cells = "".join(f"{'-':>12}" if v is None else f"{v:12.3f}" if v < 1000.0 else f"{v:12.0f}" for v in values.values())
        peers = [v for part, v in values.items() if part != "psi-ecs" and v]
        ours = values.get("psi-ecs")
        more = case.endswith(("a second", "recall@10"))
        ratio = (ours / max(peers) if more else min(peers) / ours) if peers and ours else None
        rows.append(f"{case:38}{cells}" + (f"{'-':>8}" if ratio is None else f"{ratio:8.2f}"))
    return rows


def plain(figures: dict[str, Any]) -> list[str]:
    """One figure a line."""
    return [
        f"{name:64}{value:>10}" if isinstance(value, str) else f"{name:64}{value:10.3f}"
        for part in figures.values()
        for name, value in part.items()
    ]
