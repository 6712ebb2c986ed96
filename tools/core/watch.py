"""The field as it performs: bars and short histories, in a terminal or a window."""

from collections import deque
from collections.abc import Callable

from psi_ecs.components.oscillator import Role
from psi_ecs.systems.dynamics import Measures

from .gauge import bar, beside, spark
from .record import RATE, Source, follow, opened

EVERY = 6
"""Ticks between pictures: ten a second."""
PAST = 60
"""Pictures that a history goes back: 6 s."""
WIDE = 20
"""Characters of a full bar."""
ROOM = 110
"""Characters across from which there is room for the phases too."""


class Panel:
    """Lines that show a field and how it came there."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self.past: dict[str, deque[float]] = {}
        self.floor = -1e-9
        """Lowest energy so far, rad/s: a full bar."""

    def lines(self, seconds: float, found: Measures, width: int = 80) -> list[str]:
        """Locks, order of bands, coherence, energy and, where there is room, phases."""
        self.floor = min(self.floor, found.energy)
        past = width - 98 if width >= ROOM else width - 58

        def row(group: str, name: str, share: float, text: str) -> str:
            history = self.past.setdefault(f"{group}/{name}", deque(maxlen=PAST))
            history.append(share)
            return f"  {name:<17}{bar(share, WIDE)} {text:<17} {spark(list(history), min(max(past, 0), PAST))}"

        out = [f"{seconds:7.1f} s", "", "locks: value, lag in cycles"]
        out += [row("lock", name, value, f"{value:4.2f}  {lag:+.3f}") for name, (value, lag) in found.locks.items()]
        out += ["order of bands: length, angle in cycles"]
        out += [row("order", name, value, f"{value:4.2f}  {angle:+.3f}") for name, (value, angle) in found.order.items()]
        out += ["field", row("field", "coherence", found.coherence, f"{found.coherence:4.2f}")]
        out += [row("field", "energy V", found.energy / self.floor, f"{found.energy:+.1f} rad/s")]
        out += [f"  {'dV/dt':<17}{'':{WIDE}} {found.slope:+.1f} rad/s²"]
        return beside(out, ["", "", "phase, Hz, amplitude", *phases(found)]) if width >= ROOM else out


def phases(found: Measures) -> list[str]:
    """A line an oscillator: a dot that goes from left to right in a cycle, frequency in Hz and amplitude."""
    out = []
    for role in Role:
        name = role.name.lower()
        dot = "●".rjust(1 + int(12 * found.phase[name])).ljust(12, "·").replace(" ", "·")
        out.append(f"{name:<10} {dot} {found.frequency[name]:7.2f} {found.amplitude[name]:5.2f}")
    return out


def watch(
    source: Source, who: str | None, end: float | None, show: Callable[[list[str]], bool], rest: Callable[[float], None],
    width: int = 80,
) -> int:  # fmt: skip
    """Perform it, show a panel every tenth of a second, and `rest` until the moment (seconds) each belongs to; stops when
    `show` returns False. Returns how many were shown."""
    host, panel, shown = opened(source), Panel(), 0
    for tick, found in enumerate(follow(host, who, end), 1):
        if tick % EVERY == 0:
            rest(tick / RATE)
            if not show(panel.lines(tick / RATE, found, width)):
                break
            shown += 1
    return shown
