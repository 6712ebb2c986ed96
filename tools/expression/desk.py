"""The faders of an expression: every action unit on both sides, turns of the head, and its course in time."""

from typing import Any

from msgspec.structs import replace

from psi_ecs.components.expression import Expression
from psi_ecs.systems.formats.expression import TURNS, parse_expression, units
from psi_ecs.tools.faders import Board, Fader

from .write import rewritten

UPPER = ("AU1", "AU2", "AU4", "AU5", "AU6", "AU7", "AU9", "AU43")
"""Action units of brows, lids and nose; the rest move the mouth."""
COURSE = {"onset": (0.04, 5.0), "offset": (0.04, 10.0), "apex": (0.0, 60.0), "hold": (0.0, 1.0)}


class ExpressionDesk(Board):
    """The state of the faders."""

    thing: Expression

    def read(self, text: str) -> Expression:
        """The expression."""
        return parse_expression(text, self.where)

    def paged(self) -> dict[str, list[Fader]]:
        """Upper face, lower face, head, and course."""
        upper = [f for name in units() if name in UPPER for f in _sides(name)]
        lower = [f for name in units() if name not in UPPER for f in _sides(name)]
        head = [Fader(f"channels.{name}", (name, ""), "rad", -0.6, 0.6, 10.0) for name in TURNS]
        course = [Fader(name, (name, ""), "" if name == "hold" else "s", a, b, 0.3) for name, (a, b) in COURSE.items()]
        return {"upper face": upper, "lower face": lower, "head": head, "course": course}

    def value(self, fader: Fader, text: str | None = None) -> float:
        """What the expression says of a fader."""
        e, (table, _, rest) = self.thing if text is None else self.read(text), fader.path.partition(".")
        if table == "channels":
            return e.channels.get(rest, 0.0)
        if table != "units":
            return float(getattr(e, table))
        name, _, side = rest.partition(".")
        left, right = _pair(e.units.get(name, 0.0))
        return right if side == "right" else left

    def edited(self, fader: Fader, value: float) -> tuple[str, str]:
        """The file with another value; what is 0 is left out."""
        e, (table, _, rest) = self.thing, fader.path.partition(".")
        value = round(value, 3)
        changes: dict[str, Any]
        if table == "channels":
            changes = {"channels": {n: v for n, v in (e.channels | {rest: value}).items() if v}}
        elif table == "units":
            name, _, side = rest.partition(".")
            left, right = _pair(e.units.get(name, 0.0))
            pair = {"left": (value, right), "right": (left, value)}.get(side, (value, value))
            both = {n: v for n, v in (e.units | {name: pair[0] if pair[0] == pair[1] else pair}).items() if any(_pair(v))}
            changes = {"units": {n: both[n] for n in units() if n in both}}
        else:
            changes = {table: value}
        text = rewritten(self.text, replace(e, **changes))
        self.read(text)
        return text, f"{fader.path} = {value:g}"


def _pair(value: Any) -> tuple[float, float]:
    return (float(value[0]), float(value[1])) if isinstance(value, list | tuple) else (float(value), float(value))


def _sides(name: str) -> list[Fader]:
    """One fader, or one a side."""
    unit = units()[name]
    short = unit.name.split(" (")[0][:10]
    if not (unit.left or unit.right):
        return [Fader(f"units.{name}", (name, short), "", 0.0, 1.0, 10.0)]
    sides = (("left", f"{name} L"), ("right", f"{name} R"))
    return [Fader(f"units.{name}.{side}", (label, short), "", 0.0, 1.0, 10.0) for side, label in sides]
