"""The field in a terminal, as bars, while it performs."""

from collections.abc import Callable

from psi_ecs.systems.dynamics import Measures

from .record import RATE, Source, follow, opened

EVERY = 6
"""Ticks between pictures: ten a second."""
WIDE = 40
"""Characters of a full bar."""
PARTS = " ▏▎▍▌▋▊▉█"
"""Eighths of a character."""


def bar(share: float, width: int = WIDE) -> str:
    """A bar for a share of 0 to 1, eighths of a character fine."""
    eighths = round(8 * width * min(max(share, 0.0), 1.0))
    full, rest = divmod(eighths, 8)
    return ("█" * full + (PARTS[rest] if rest else "")).ljust(width)


def panel(seconds: float, found: Measures, floor: float) -> list[str]:
    """Lines that show the field: locks, order of bands, energy and coherence.

    Args: floor, the lowest energy so far, rad/s: a full bar.
    """
    lines = [f"{seconds:7.1f} s", "", "locks"]
    lines += [f"  {name:<18}{bar(value)} {value:4.2f}  lag {lag:+.3f}" for name, (value, lag) in found.locks.items()]
    lines += ["order"]
    lines += [f"  {name:<18}{bar(value)} {value:4.2f}" for name, (value, _) in found.order.items()]
    lines += ["field"]
    lines += [f"  {'coherence':<18}{bar(found.coherence)} {found.coherence:4.2f}"]
    depth = found.energy / floor if floor < 0.0 else 0.0
    return [*lines, f"  {'energy':<18}{bar(depth)} {found.energy:+.1f} rad/s, {found.slope:+.0f} rad/s²"]


def watch(
    source: Source, who: str | None, end: float | None, show: Callable[[list[str]], None], rest: Callable[[float], None]
) -> int:
    """Perform it, show a panel every tenth of a second, and `rest` until the moment (seconds) each belongs to. Returns how
    many were shown."""
    host, shown, floor = opened(source), 0, -1e-9
    for tick, found in enumerate(follow(host, who, end), 1):
        floor = min(floor, found.energy)
        if tick % EVERY == 0:
            rest(tick / RATE)
            show(panel(tick / RATE, found, floor))
            shown += 1
    return shown
