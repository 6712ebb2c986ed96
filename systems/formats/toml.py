"""TOML files that people write, checked against a record type; errors name file, line, key and remedy."""

import json
import math
import re
import tomllib
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from psi_ecs import AssetError
from psi_ecs.asset import package_folder

T = TypeVar("T")
LIMIT = 4_000_000
"""Largest file that is read, bytes."""
TYPES = {
    "str": "text in quotes", "int": "a whole number", "float": "a number", "bool": "true or false", "array": "a list",
    "object": "a table", "null": "nothing",
}  # fmt: skip
BOUNDS = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than"}
EFFORT = 4_000_000
"""About how many characters may be parsed again to find a line; after that a line nearby will do."""


def load_toml(path: Path, cls: type[T]) -> T:
    """A TOML file as a record. AssetError in one line if it cannot be read or does not fit."""
    return parse_toml(read_text(path), cls, str(path))


def read_text(path: Path) -> str:
    """A UTF-8 text file. AssetError if it is missing, no file, too large or not text."""
    try:
        if path.exists() and not path.is_file():
            raise AssetError(f"{path}: is {'a folder' if path.is_dir() else 'no ordinary file'}; give the name of a text file")
        if path.stat().st_size > LIMIT:
            raise AssetError(f"{path}: larger than {LIMIT // 1_000_000} MB; split it")
        return utf8(path.read_bytes(), str(path))
    except (OSError, ValueError) as why:  # a ValueError for a path with a NUL
        raise AssetError(f"{path}: {(getattr(why, 'strerror', None) or str(why)).lower()}; check the path") from why


def utf8(data: bytes, where: str) -> str:
    """Bytes as text, with line ends of one kind. AssetError that begins with `where` if they are not UTF-8."""
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as why:
        raise AssetError(f"{where}: not UTF-8 text (byte {why.start}); save it as UTF-8") from why


def asset_file(folder: str, what: str, name: str, base: Path | None = None) -> Path:
    """Where an asset of this folder lies: one that comes along by its name, or a TOML file by its path (relative to `base`).
    AssetError with the nearest name if none is called so."""
    if name.endswith(".toml"):
        return (base or Path()) / name
    path = package_folder("assets") / folder / f"{name}.toml"
    if not path.is_file():
        known = sorted(p.stem for p in path.parent.glob("*.toml"))
        near = get_close_matches(name, known, 1, 0.4)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
        raise AssetError(f"no {what} {name[:60]!r}; {hint} (or give the path of a TOML file)")
    return path


def toml_text(data: dict[str, Any], path: tuple[str, ...] = (), item: bool = False) -> str:
    """Plain data as TOML: numbers, texts and lists first, then tables and lists of tables; None and empty tables are left out.
    `item`: it is one of a list of tables."""

    def name(key: str) -> str:
        return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)

    def tables(value: Any) -> list[dict[str, Any]]:
        return value if isinstance(value, list) and value and all(isinstance(v, dict) for v in value) else []

    plain = {k: v for k, v in data.items() if v is not None and not isinstance(v, dict) and not tables(v)}
    lines = [f"{name(k)} = {json.dumps(v, ensure_ascii=False)}" for k, v in plain.items()]
    place = ".".join(map(name, path))
    head = [f"[[{place}]]"] if item else [f"[{place}]"] if path and plain else []
    parts = ["\n".join(head + lines)] if head or plain else []
    for key, value in data.items():
        inner = [(value, False)] if isinstance(value, dict) else [(v, True) for v in tables(value)]
        parts += [text for table, one in inner if (text := toml_text(table, (*path, key), one).rstrip("\n"))]
    return "\n\n".join(parts) + "\n"


def parse_toml(text: str, cls: type[T], where: str) -> T:
    """TOML text as a record; `where` names it in errors."""
    try:
        data = tomllib.loads(text)
    except ValueError as why:  # a TOMLDecodeError, or a number with thousands of digits
        found = re.search(r"line (\d+)", str(why))
        number = f":{found[1]}" if found else f":{text.count(chr(10)) + 1}" if "end of document" in str(why) else ""
        reason = re.sub(r" ?\(at .*\)$|;.*$", "", str(why))
        raise AssetError(f"{where}{number}: not valid TOML: {reason}; mend this line or the one before") from why
    except RecursionError as why:
        raise AssetError(f"{where}: nested too deeply; a scene or persona needs no more than three levels") from why
    _finite(data, "", text, where)
    try:
        return msgspec.convert(data, cls)
    except msgspec.ValidationError as why:
        raise AssetError(_explain(str(why), data, cls, text, where)) from why


def parse_tables(text: str, cls: type[T], where: str) -> dict[str, T]:
    """TOML text of tables, each a record under its own name."""
    out: dict[str, T] = {}
    for name, table in parse_toml(text, dict[str, dict[str, Any]], where).items():
        try:
            out[name] = msgspec.convert(table, cls)
        except msgspec.ValidationError as why:
            raise AssetError(_explain(str(why), table, cls, text, where, name)) from why
    return out


def line_of(text: str, path: str) -> int:
    """The line, from 1, on which the value at a key path such as `line[2].emotion` begins; that of the innermost table that
    there is if the key itself is not; 0 if there is none of them.

    The value is complete in the shortest beginning of the text that parses and holds it, so the parser itself finds it.
    """
    lines = text.split("\n")
    steps = [int(n) if n else key for key, n in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path)]
    while steps:
        if _holds(lines, len(lines), steps):
            return _first(lines, steps)
        steps.pop()
    return 0


def _first(lines: list[str], steps: list[str | int]) -> int:
    """Bisect for the line after the last beginning that parses without the value; from there on it is under way."""
    before = low = 0
    high, budget = len(lines), EFFORT
    while high - low > 1 and budget > 0:
        middle = n = (low + high) // 2
        held = None
        while n > low and held is None and budget > 0:  # within some value: back to where it begins
            held = _holds(lines, n, steps)
            budget -= 40 * n
            n -= held is None
        if held is None:
            low = middle
        elif held:
            high = n
        else:
            before = low = n
    return before + 1


def _holds(lines: list[str], n: int, steps: list[str | int]) -> bool | None:
    """Whether the first `n` lines have a value at `steps`; None if they end within a value."""
    try:
        value: Any = tomllib.loads("\n".join(lines[:n]) + "\n")
    except (ValueError, RecursionError):
        return None
    for step in steps:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _finite(value: Any, path: str, text: str, where: str) -> None:
    """Refuse NaN and infinities, which no field may hold."""
    if isinstance(value, float) and not math.isfinite(value):
        raise AssetError(f"{_at(text, path, where)}: {spell(path)} is {value}; give a finite number")
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        _finite(inner, f"{path}[{key}]" if isinstance(value, list) else f"{path}.{key}".lstrip("."), text, where)


def spell(path: str) -> str:
    """A key path as people count: `line[0].emotion` is `emotion of line 1`."""
    found = re.fullmatch(r"(\w+)\[(\d+)\](?:\.(.+))?", path)
    if found is None:
        return path
    return (f"{found[3]} of " if found[3] else "") + f"{found[1]} {int(found[2]) + 1}"


def _explain(message: str, data: Any, cls: type, text: str, where: str, table: str = "") -> str:
    """One line from msgspec's message, with the line of the key and the nearest known name. `table`: where `data` stands."""

    def at(key: str) -> str:
        return _at(text, f"{table}.{key}".strip("."), where)

    reason, _, place = message.partition(" - at `$")
    path = place.rstrip("`").replace("[...]", "").lstrip(".")
    unknown = re.search(r"unknown field `([^`]+)`", reason)
    if unknown:
        full = f"{path}.{unknown[1]}".lstrip(".")
        known = _names(cls, path)
        near = get_close_matches(unknown[1], known, 1, 0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"known keys are {', '.join(known)}"
        return f"{at(full)}: unknown key {unknown[1]!r}{f' in {spell(path)}' if path else ''}; {hint}"
    missing = re.search(r"missing required field `([^`]+)`", reason)
    if missing:
        return f"{at(path)}: {missing[1]!r} is missing {f'in {spell(path)}' if path else 'at the top'}; add it"
    return f"{at(path)}: {_mend(reason, spell(path) or 'the file', _value(data, path))}"


def _mend(reason: str, what: str, value: Any) -> str:
    """What is wrong with a value, and what to write."""
    reason = reason[:1].lower() + reason[1:]
    short = repr(value) if len(repr(value)) <= 40 else repr(value)[:40] + "..."
    if choice := re.search(r"regex '\^\((.+)\)\$'", reason):
        names = choice[1].split("|")
        near = get_close_matches(str(value), names, 1, 0.5)
        return f"{what} is {short}; " + (f"did you mean {near[0]!r}?" if near else f"use one of {', '.join(names)}")
    if "regex '^#" in reason:
        return f'{what} is {short}; write a colour as "#rrggbb"' + ' or "transparent"' * ("transparent" in reason)
    if bound := re.search(r"expected `\w+` (>=|>|<=|<) ([-\d.e]+)", reason):
        return f"{what} is {short}; it must be {BOUNDS[bound[1]]} {float(bound[2]):g}"
    if length := re.search(r"of length (>= |<= |)(\d+)", reason):
        return f"{what} has {len(value)} entries; it needs {BOUNDS.get(length[1].strip(), 'exactly')} {length[2]}"
    if kind := re.search(r"expected `([^`]+)`, got `(\w+)`", reason):
        wanted = " or ".join(TYPES.get(t, t) for t in kind[1].split(" | ") if t != "null")
        table = f"; write [[{what}]]" if kind.groups() == ("array", "object") else ""
        return f"{what} is {TYPES.get(kind[2], kind[2])}; it must be {wanted}{table}"
    return f"{what}: {reason}"


def _value(data: Any, path: str) -> Any:
    """What stands at a key path; the innermost thing there is."""
    for key, n in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
        try:
            data = data[int(n) if n else key]
        except (KeyError, IndexError, TypeError):
            break
    return data


def _names(cls: Any, path: str) -> list[str]:
    """Field names of the record at `path` below `cls`."""
    for part in re.findall(r"[^.\[\]]+", path):
        if part.isdigit():
            continue
        hints = {f.name: f.type for f in msgspec.structs.fields(cls)} if _is_struct(cls) else {}
        cls = _record(hints.get(part))
    return [f.encode_name for f in msgspec.structs.fields(cls)] if _is_struct(cls) else []


def _record(hint: Any) -> Any:
    """The record type inside a type such as `list[Line]` or `Vec3 | None`."""
    if _is_struct(hint):
        return hint
    for inner in getattr(hint, "__args__", ()) or ():
        found = _record(inner)
        if found is not None:
            return found
    return None


def _is_struct(cls: Any) -> bool:
    return isinstance(cls, type) and issubclass(cls, msgspec.Struct)


def _at(text: str, path: str, where: str) -> str:
    """`file:line` of a key path."""
    number = line_of(text, path)
    return f"{where}:{number}" if number else where


def index(name: str, known: Sequence[str], where: str, what: str) -> int:
    """Place of a name among those known. AssetError with the nearest one if it is not."""
    if name not in known:
        near = get_close_matches(name, known, 1)
        remedy = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
        raise AssetError(f"{where}: no {what} {name!r}; {remedy}")
    return known.index(name)
