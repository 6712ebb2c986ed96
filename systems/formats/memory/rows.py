"""An entry as a row of the file, and back.

A record is msgpack of what people read, an array in the order of `Record`; the key lies beside it as f16. The checksum is over
every byte of the row, so a row that was changed by anybody else is known.
"""

from hashlib import blake2b
from math import isfinite, sqrt
from typing import Any, NamedTuple

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from psi_ecs import PsiError
from psi_ecs.components.memory import KEY, STYLE, Entry, Tone, Wish

F32 = NDArray[np.float32]

BANDS = 10
_FEELING = slice(54, 64)
"""Where the index has what was felt, at unit length: the key leaves these 0."""


class MemoryFileError(PsiError):
    """A memory cannot be opened, read or written, and why."""


class Record(Struct, array_like=True, frozen=True):
    """What a row holds of an entry, but for key, moment and digest."""

    kind: str
    name: str
    time: float
    scene: str
    turn: int
    speaker: str
    people: tuple[str, ...]
    text: str
    tags: tuple[str, ...]
    concepts: tuple[str, ...]
    feeling: tuple[float, ...]
    valence: float
    tone: Tone
    style: bytes
    bands: bytes


class Row(NamedTuple):
    """A row of the table `entry`."""

    id: int
    record: bytes
    key: bytes
    moment: bytes
    digest: bytes
    sum: bytes


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} is no plain data")


_encode = msgspec.msgpack.Encoder(enc_hook=_plain).encode
_decode = msgspec.msgpack.Decoder(Record).decode


_SHAPES = (("style", len(STYLE)), ("bands", BANDS), ("key", KEY))
_SAFE = 1e9
"""Sum of squares up to which no number is too large for f16, whose largest is 65504."""


def halves(entry: Entry) -> tuple[bytes, bytes, bytes]:
    """Style, bands and key as f16. MemoryFileError unless they are as many finite numbers as they have to be."""
    parts = (np.asarray(entry.style), np.asarray(entry.bands), np.asarray(entry.key))
    for part, (name, count) in zip(parts, _SHAPES, strict=True):
        if part.shape != (count,) or part.dtype.kind not in "fiu":
            raise MemoryFileError(f"a memory's {name} is {part.dtype}{list(part.shape)}; give {count} numbers")
    whole = np.concatenate(parts, dtype=np.float32, casting="unsafe")
    half = whole.astype("<f2") if float(whole @ whole) < _SAFE or np.abs(whole).max() <= 65504.0 else whole[:0]  # nor NaN
    if not len(half):
        raise MemoryFileError("a memory's style, bands or key has a number that is not finite or above 65504; mend it")
    raw = half.tobytes()
    return raw[: 2 * len(STYLE)], raw[2 * len(STYLE) : -2 * KEY], raw[-2 * KEY :]


def content(entry: Entry) -> tuple[bytes, bytes, bytes, bytes]:
    """Record, key, moment and digest: what makes an entry what it is, whatever its number; equal for copies. MemoryFileError
    if it cannot be kept."""
    e = entry
    if not (isfinite(e.time) and isfinite(e.valence)):
        raise MemoryFileError("a memory's time or valence is not finite; give plain numbers")
    style, bands, key = halves(e)
    made = Record(
        e.kind, e.name, float(e.time), e.scene, e.turn, e.speaker, tuple(e.people), e.text, tuple(e.tags), tuple(e.concepts),
        tuple(e.feeling), e.valence, e.tone, style, bands,
    )  # fmt: skip
    try:
        return _encode(made), key, e.moment, e.digest
    except (TypeError, ValueError, OverflowError) as why:  # a surrogate, an int above 64 bits, what is no text
        raise MemoryFileError(f"a memory cannot be kept: {' '.join(str(why).split())}; use plain text and numbers") from why


def seal(id: int, body: bytes, key: bytes, moment: bytes, digest: bytes) -> Row:
    """A row with its checksum."""
    return Row(id, body, key, moment, digest, _sum(id, body, key, moment, digest))


def _sum(id: int, *parts: bytes) -> bytes:
    """16 bytes over number, lengths and bytes."""
    head = b"".join(n.to_bytes(8, "little") for n in (id & (2**64 - 1), *map(len, parts)))
    return blake2b(b"".join((head, *parts)), digest_size=16).digest()


def unseal(row: Row | tuple[Any, ...]) -> Entry | None:
    """The entry of a row; None if the row is damaged."""
    id, body, key, moment, digest, total = row
    if not (isinstance(id, int) and all(isinstance(part, bytes) for part in row[1:])):
        return None
    if _sum(id, body, key, moment, digest) != total or len(key) != 2 * KEY:
        return None
    r = opened(body)
    if r is None or len(r.style) != 2 * len(STYLE) or len(r.bands) != 2 * BANDS or not isfinite(r.time):
        return None
    style, bands, found = (np.frombuffer(b, "<f2").astype(np.float32) for b in (r.style, r.bands, key))
    if not all(np.isfinite(a).all() for a in (style, bands, found)):  # a checksum can be made by anybody
        return None
    return Entry(
        id=id, kind=r.kind, name=r.name, time=r.time, scene=r.scene, turn=r.turn, speaker=r.speaker, people=r.people,
        text=r.text, tags=r.tags, concepts=r.concepts, feeling=r.feeling, valence=r.valence, tone=r.tone, style=style,
        bands=bands, key=found, moment=moment, digest=digest,
    )  # fmt: skip


def state_sum(name: str, value: bytes) -> bytes:
    """16 bytes over a named state."""
    head = name.encode("utf-8", "surrogatepass")
    return blake2b(len(head).to_bytes(8, "little") + head + value, digest_size=16).digest()


def mentions(entry: Entry | Record) -> set[str]:
    """What an entry is found by, each with an initial before it, so that one table finds all: t for a tag, c a concept, p a
    person, k a kind, n a name, s a scene."""
    found = {"k" + entry.kind}
    found.update("t" + tag for tag in entry.tags)
    found.update("c" + concept for concept in entry.concepts)
    found.update("p" + person for person in (entry.speaker, *entry.people) if person)
    found.update(initial + text for initial, text in (("n", entry.name), ("s", entry.scene)) if text)
    return found


def asked(wish: Wish) -> list[tuple[str, ...]]:
    """Groups of mentions that a wish asks for: of each group, any one."""
    groups: list[tuple[str, ...]] = [("t" + tag,) for tag in wish.tags]
    if wish.concepts:
        groups.append(tuple("c" + concept for concept in dict.fromkeys(wish.concepts)))
    single = (("p", wish.person), ("k", wish.kind), ("n", wish.name), ("s", wish.scene))
    return groups + [(initial + text,) for initial, text in single if text]


def fits(wish: Wish, entry: Entry | Record) -> bool:
    """Whether all that a wish asks for holds of an entry."""
    if wish.ids and isinstance(entry, Entry) and entry.id not in wish.ids:
        return False
    if (wish.since is not None and entry.time < wish.since) or (wish.until is not None and entry.time > wish.until):
        return False
    if wish.text and wish.text.casefold() not in entry.text.casefold():
        return False
    groups = asked(wish)
    if not groups:
        return True
    held = mentions(entry)
    return all(any(name in held for name in group) for group in groups)


def opened(body: Any) -> Record | None:
    """A record, unproven; None if it is damaged."""
    try:
        return _decode(body)
    except (msgspec.MsgspecError, ValueError, TypeError, RecursionError):
        return None


def position(key: Any, body: Any) -> F32 | None:
    """f32[KEY]: where the index has a row: its key, with what was felt at unit length where the key is 0; None if damaged."""
    found = opened(body)
    if found is None or not isinstance(key, bytes) or len(key) != 2 * KEY:
        return None
    place = joined(np.frombuffer(key, "<f2"), found.feeling)
    return place if np.isfinite(place).all() else None


def joined(key: NDArray[Any], feeling: tuple[float, ...] | None) -> F32:
    """A key with a feeling, at unit length, in its place."""
    place = key.astype(np.float32)
    parts = [float(x) for x in (feeling or ())][: _FEELING.stop - _FEELING.start]
    length = sqrt(sum(x * x for x in parts)) if all(abs(x) < 1e100 for x in parts) else 0.0  # nor NaN
    place[_FEELING] = 0.0
    if length > 0.0:
        place[_FEELING.start : _FEELING.start + len(parts)] = [x / length for x in parts]
    return place
