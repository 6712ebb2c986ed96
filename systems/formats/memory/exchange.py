"""A memory as one file of JSON lines, which people and other programs can read: a head, states, entries, and an end with a
checksum of all before it."""

from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from msgspec import Struct

from psi_ecs.components.memory import Entry
from psi_ecs.systems.formats.safe import Part

from .rows import MemoryFileError, content

if TYPE_CHECKING:
    from .base import Base

FORMAT = 1
LONGEST = 128 << 20
"""Bytes of a line."""


class Head(Struct):
    """First line."""

    psi_memory: int
    persona: str


class State(Struct):
    """A named state."""

    state: str
    value: bytes


class End(Struct):
    """Last line."""

    end: int
    """How many entries."""
    digest: str
    """BLAKE2b of all lines before it."""


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return [float(x) for x in value]
    raise TypeError(type(value).__name__)


def _array(cls: Any, value: Any) -> Any:
    if isinstance(value, list) and all(isinstance(x, int | float) for x in value):
        return np.array(value, np.float32)
    raise TypeError("numbers are missing")


_encode = msgspec.json.Encoder(enc_hook=_plain).encode
_decode = msgspec.json.Decoder(Entry, dec_hook=_array).decode


def export(base: "Base", path: Path, watch: Callable[[Iterator[Entry]], Iterator[Entry]]) -> int:
    """Write a store; how many entries. OutputError in one line if it cannot be written."""
    part, hashed, count = Part(path), blake2b(digest_size=16), 0
    try:
        for line in _lines(base, watch):
            hashed.update(line)
            part.write(line)
            count += line.startswith(b'{"id"')
        part.write(_encode(End(count, hashed.hexdigest())) + b"\n")
    except BaseException:
        part.remove()
        raise
    part.done()
    path.chmod(0o600)
    return count


def _lines(base: "Base", watch: Callable[[Iterator[Entry]], Iterator[Entry]]) -> Iterator[bytes]:
    yield _encode(Head(FORMAT, base.persona)) + b"\n"
    for name in base.states():
        if (value := base.state(name)) is not None:
            yield _encode(State(name, value)) + b"\n"
    for entry in watch(base.iterate()):
        yield _encode(entry) + b"\n"


def load(base: "Base", path: Path) -> tuple[int, int]:
    """Take an exported file in; how many entries were new, and known. States come only where there is none of that name."""
    count = _checked(path, base.persona)
    added = known = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.startswith(b'{"id"'):
                entry = _read(path, number, line, _decode)
                if _held(base, entry):
                    known += 1
                else:
                    base.add(entry, None)
                    added += 1
            elif line.startswith(b'{"state"'):
                state = _read(path, number, line, lambda raw: msgspec.json.decode(raw, type=State))
                if base.state(state.state) is None:
                    base.writer.states[state.state] = state.value
    if added + known != count:
        raise MemoryFileError(f"{path}: holds {added + known} entries, not {count} as its end says; use another copy")
    return added, known


def _checked(path: Path, persona: str) -> int:
    """How many entries a whole file of this persona has: each line is tried before any is taken."""
    hashed, end, count = blake2b(digest_size=16), None, 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if end is not None or len(line) > LONGEST:
                    raise MemoryFileError(f"{path}: line {number} is too long or after the end; use another copy")
                if number == 1:
                    _head(path, _read(path, 1, line, lambda raw: msgspec.json.decode(raw, type=Head)), persona)
                elif line.startswith(b'{"end"'):
                    end = _read(path, number, line, lambda raw: msgspec.json.decode(raw, type=End))
                elif line.startswith(b'{"id"'):
                    content(_read(path, number, line, _decode))
                    count += 1
                else:
                    _read(path, number, line, lambda raw: msgspec.json.decode(raw, type=State))
                if end is None:
                    hashed.update(line)
    except OSError as why:
        raise MemoryFileError(f"{path}: cannot be read: {(why.strerror or str(why)).lower()}; check the path") from why
    if end is None or end.digest != hashed.hexdigest() or end.end != count:
        raise MemoryFileError(f"{path}: is cut short or was changed: its end does not fit; use another copy")
    return count


def _head(path: Path, head: Head, persona: str) -> None:
    if head.psi_memory != FORMAT:
        raise MemoryFileError(f"{path}: is of format {head.psi_memory}, this program reads {FORMAT}; update psi-ecs")
    if head.persona != persona:
        raise MemoryFileError(f"{path}: is the memory of {head.persona[:80]!r}, not of {persona!r}; give it to that persona")


def _read(path: Path, number: int, line: bytes, decode: Any) -> Any:
    try:
        return decode(line)
    except (msgspec.MsgspecError, ValueError, TypeError, RecursionError, OverflowError) as why:
        text = " ".join(str(why).split())[:200]
        remedy = "give what psi memory export wrote"
        raise MemoryFileError(f"{path}, line {number}: is no line of a memory: {text}; {remedy}") from why


def _held(base: "Base", entry: Entry) -> bool:
    """Whether a store has the same entry, whatever its number."""
    return any(content(other) == content(entry) for other in base.at(entry.time))
