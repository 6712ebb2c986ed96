"""TOML files that people write, checked against a record type; errors name file, line, key and remedy."""

import math
import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from psi_ecs import AssetError

T = TypeVar("T")
LIMIT = 4_000_000
"""Largest file that is read, bytes."""


def load_toml(path: Path, cls: type[T]) -> T:
    """A TOML file as a record. AssetError in one line if it cannot be read or does not fit."""
    return parse_toml(read_text(path), cls, str(path))


def read_text(path: Path) -> str:
    """A UTF-8 text file. AssetError if it is missing, a folder, too large or not text."""
    try:
        if path.stat().st_size > LIMIT:
            raise AssetError(f"{path}: larger than {LIMIT // 1_000_000} MB; split it")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as why:
        raise AssetError(f"{path}: not UTF-8 text (byte {why.start}); save it as UTF-8") from why
    except OSError as why:
        raise AssetError(f"{path}: {(why.strerror or str(why)).lower()}") from why


def parse_toml(text: str, cls: type[T], where: str) -> T:
    """TOML text as a record; `where` names it in errors."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as why:
        line = re.search(r"line (\d+)", str(why))
        at = f"{where}:{line[1]}" if line else where
        raise AssetError(f"{at}: not valid TOML: {re.sub(r' ?.at line.*$', '', str(why))}") from why
    except RecursionError as why:
        raise AssetError(f"{where}: nested too deeply") from why
    _finite(data, "", text, where)
    try:
        return msgspec.convert(data, cls)
    except msgspec.ValidationError as why:
        raise AssetError(_explain(str(why), data, cls, text, where)) from why


def _finite(value: Any, path: str, text: str, where: str) -> None:
    """Refuse NaN and infinities, which no field may hold."""
    if isinstance(value, float) and not math.isfinite(value):
        raise AssetError(f"{_at(text, path, where)}: {path} is {value}; give a finite number")
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        _finite(inner, f"{path}[{key}]" if isinstance(value, list) else f"{path}.{key}".lstrip("."), text, where)


def _explain(message: str, data: Any, cls: type, text: str, where: str) -> str:
    """One line from msgspec's message, with the line of the key and the nearest known name."""
    reason, _, place = message.partition(" - at `$")
    path = place.rstrip("`").replace("[...]", "").lstrip(".")
    unknown = re.search(r"unknown field `([^`]+)`", reason)
    if unknown:
        key = unknown[1]
        full = f"{path}.{key}".lstrip(".")
        near = get_close_matches(key, _names(cls, path), 1, 0.5)
        hint = f"; did you mean {near[0]!r}?" if near else f"; known keys are {', '.join(_names(cls, path))}"
        return f"{_at(text, full, where)}: unknown key {full!r}{hint}"
    missing = re.search(r"missing required field `([^`]+)`", reason)
    if missing:
        inside = f"in {path}" if path else "at the top"
        return f"{_at(text, path, where)}: {missing[1]!r} is missing {inside}; add it"
    return f"{_at(text, path, where)}: {path or 'the file'}: {reason[:1].lower() + reason[1:]}"


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
    """`file:line` of a key path such as `line[2].emotion`, as near as can be told from the text."""
    number = _line_of(text, path)
    return f"{where}:{number}" if number else where


def _line_of(text: str, path: str) -> int:
    found, start = 0, 0
    lines = text.splitlines()
    parts = re.findall(r"([^.\[\]]+)(?:\[(\d+)\])?", path)
    for name, index in parts:
        header = re.compile(rf"^\s*\[\[?\s*(?:[\w.]+\.)?{re.escape(name)}\s*\]?\]")
        key = re.compile(rf"(?:^|[{{,.\s])\"?{re.escape(name)}\"?\s*[.=]")
        seen = -1
        for i in range(start, len(lines)):
            if header.match(lines[i]):
                seen += 1
                if not index or seen == int(index):
                    found, start = i + 1, i + 1
                    break
            elif key.search(lines[i].split("#")[0]):
                found, start = i + 1, i
                break
    return found
