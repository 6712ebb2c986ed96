"""Numbers of a core asset changed in its text, so that comments and order stay."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from math import isfinite

import msgspec

from psi_ecs import AssetError
from psi_ecs.systems.dynamics.core import KNOBS, CoreSpec, build

KINDS = ((3, True, False), (2, False, True))
"""Of knobs: parts of the name, whether its last belongs to a coupling, and to a role."""
OF_ROLE, OF_PAIR, EMOTION = ("freq", "amp", "settle", "spread", "phase"), ("gain", "lag"), "emotion"


@dataclass(frozen=True)
class Change:
    """One knob: of a role, of the coupling by which a role is pulled `by` another, of the file (role empty), or what a feeling
    (`by`) does to a knob (role `emotion`; where several entries say so, the one of that `number`)."""

    role: str
    by: str | None
    knob: str
    value: float
    number: int = 1

    @property
    def name(self) -> str:
        """As it is written on the command line."""
        return ".".join(p for p in (self.role, self.by, self.knob, str(self.number) if self.number > 1 else "") if p)

    @property
    def key(self) -> str:
        """Of the file's entry."""
        return "by" if self.role == EMOTION else self.knob


def parse(text: str) -> Change:
    """A change from `jaw.syllable.gain=40`, `breath.freq=0.3`, `emotion.anger.gain=1.5` or `window=3`. AssetError that shows
    how."""
    path, equals, given = text.partition("=")
    parts = path.strip().split(".")
    how = (
        "write pulled.by.gain=40, pulled.by.lag=0.1, role.freq=0.3 (or amp, settle, spread, phase), emotion.anger.gain=2, "
        "or window=2"
    )
    number = 1
    if parts[0] == EMOTION and len(parts) == 4 and parts[3].isascii() and parts[3].isdigit() and 1 <= int(parts[3][:6]) < 1000:
        number = int(parts.pop())
    try:
        value = float(given)
    except ValueError:
        raise AssetError(f"{text!r}: {given.strip()!r} is no number; {how}") from None
    felt = parts[0] == EMOTION and len(parts) == 3 and parts[2] in KNOBS
    right = felt or parts == ["window"] or (len(parts), parts[-1] in OF_PAIR, parts[-1] in OF_ROLE) in KINDS
    if not equals or not right or not isfinite(value):
        near = get_close_matches(parts[-1], [*OF_PAIR, *OF_ROLE, "window"], 1)
        raise AssetError(
            f"{text!r} is no knob; " + (f"did you mean {near[0]}? " if near and near[0] != parts[-1] else "") + how
        )
    return Change("" if len(parts) == 1 else parts[0], parts[1] if len(parts) == 3 else None, parts[-1], value, number)


def edit(text: str, changes: list[Change], where: str) -> tuple[str, list[str]]:
    """The text with the changes made, and what changed, one line each. AssetError if the outcome is no core asset."""
    lines, told = text.replace("\r\n", "\n").split("\n"), []
    for change in changes:
        before = _value(spec_of("\n".join(lines), where), change, where)
        for first, last in reversed(_blocks(lines, change)):
            _put(lines, first, last, change)
        after = _value(spec_of("\n".join(lines), where), change, where)
        if after != change.value:
            raise AssetError(f"{where}: {change.name} is written in a way that cannot be edited; write each key on a line")
        told.append(f"{change.name}: {'none' if before is None else f'{before:g}'} -> {after:g}")
    out = "\n".join(lines)
    build(out.encode(), where)
    return out, told


def spec_of(text: str, where: str) -> CoreSpec:
    """The record of an asset's text, unchecked. AssetError if it is none."""
    try:
        return msgspec.toml.decode(text.encode(), type=CoreSpec)
    except msgspec.DecodeError as why:
        raise AssetError(f"{where}: {why}") from why


def _value(spec: CoreSpec, change: Change, where: str) -> float | None:
    """What the asset says of a knob. AssetError with the nearest name if it has no such role or coupling."""
    if not change.role:
        return spec.window
    if change.role == EMOTION:
        same = [e.by for e in spec.emotion if (e.feel, e.what) == (change.by, change.knob)]
        if len(same) >= change.number:
            return same[change.number - 1]
        names = list(dict.fromkeys(f"{EMOTION}.{e.feel}.{e.what}" for e in spec.emotion))
        raise AssetError(f"{where}: nothing called {change.name}; {_near(change.name, names)}")
    if change.by is None:
        if change.role not in spec.oscillator:
            raise AssetError(f"{where}: no role {change.role!r}; {_near(change.role, list(spec.oscillator))}")
        found: float | None = getattr(spec.oscillator[change.role], change.knob)
        return found
    for pair in spec.coupling:
        if (pair.pulled, pair.by) == (change.role, change.by):
            return float(getattr(pair, change.knob))
    names = [f"{c.pulled}.{c.by}" for c in spec.coupling]
    raise AssetError(f"{where}: no coupling {change.role}.{change.by}; {_near(f'{change.role}.{change.by}', names)}")


def _near(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, 1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"


def _blocks(lines: list[str], change: Change) -> list[tuple[int, int]]:
    """First and last line (one past) of the tables that hold a knob."""
    heads = [i for i, line in enumerate(lines) if re.match(r"\s*\[", line)]
    tables = list(zip([0, *heads], [*heads, len(lines)], strict=True))
    if not change.role:
        return tables[:1]
    if change.by is None:
        for first, last in tables:
            if re.match(rf"\s*\[\s*oscillator\s*\.\s*{change.role}\s*\]", lines[first]):
                return [(first, last)]
            for i in range(first, last):
                if re.match(r"\s*\[\s*oscillator\s*\]", lines[first]) and re.match(rf"\s*{change.role}\s*=\s*\{{", lines[i]):
                    return [(i, i + 1)]
        return []
    if change.role == EMOTION:
        same = [
            (first, last) for first, last in tables
            if re.match(r"\s*\[\[\s*emotion\s*\]\]", lines[first]) and _says(lines[first:last], "feel", str(change.by))
            and _says(lines[first:last], "what", change.knob)
        ]  # fmt: skip
        return same[change.number - 1 : change.number]
    return [
        (first, last) for first, last in tables
        if re.match(r"\s*\[\[\s*coupling\s*\]\]", lines[first]) and _says(lines[first:last], "pulled", change.role)
        and _says(lines[first:last], "by", change.by)
    ]  # fmt: skip


def _says(lines: list[str], key: str, value: str) -> bool:
    return any(re.match(rf"""\s*{key}\s*=\s*["']{value}["']""", line) for line in lines)


def _put(lines: list[str], first: int, last: int, change: Change) -> None:
    """Set a knob within lines first to last: its number where it stands, else a new key."""
    number, key = repr(change.value), change.key
    if last == first + 1 and "{" in lines[first]:
        code, mark, note = lines[first].partition("#")
        new, count = re.subn(rf"(\b{key}\s*=\s*)[-+.\w]+", rf"\g<1>{number}", code, count=1)
        if not count:
            new = re.sub(r"\s*\}", f", {key} = {number} }}", code, count=1)
        lines[first] = new + mark + note
        return
    for i in range(first, last):
        new, count = re.subn(rf"^(\s*{key}\s*=\s*)[-+.\w]+", rf"\g<1>{number}", lines[i], count=1)
        if count:
            lines[i] = new
            return
    end = max((i for i in range(first, last) if re.match(r"\s*\w+\s*=", lines[i])), default=first)
    lines.insert(end + 1, f"{key} = {number}")
