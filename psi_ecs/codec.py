"""Records and arrays to bytes and back: one form for snapshots, journals and asset products.

    magic | checksum and length of the document | the document, as msgpack | the arrays' bytes, one after another

Where the document has an array, it says dtype, shape, where its bytes lie among the arrays, and their checksum. So the bytes
of an array are copied once when they are written and once when they are read.
"""

from hashlib import blake2b
from re import fullmatch
from typing import Any, TypeVar

import msgspec
import numpy as np

from .error import SnapshotError

T = TypeVar("T")
_ARRAY = 78  # msgpack extension type of an array
_HEAD = 24  # bytes of checksum and length
_DAMAGED = (msgspec.MsgspecError, TypeError, ValueError, LookupError, RecursionError, OverflowError, MemoryError)


def seal(magic: bytes, value: object) -> bytes:
    """Bytes of plain data, msgspec Structs and NumPy arrays. The same value gives the same bytes.

    `magic` names what they are; its last byte is the number of the format.
    """
    arrays: list[memoryview] = []
    end = 0

    def extend(value: Any) -> Any:
        nonlocal end
        if isinstance(value, np.ndarray):
            raw = np.ascontiguousarray(value).reshape(-1).view(np.uint8).data
            header = (value.dtype.str, value.shape, end, checksum(raw))
            arrays.append(raw)
            end += len(raw)
            return msgspec.msgpack.Ext(_ARRAY, msgspec.msgpack.encode(header))
        if isinstance(value, np.generic):
            return value.item()
        raise SnapshotError(f"{type(value).__name__} cannot be saved; keep it in a msgspec Struct of plain data and arrays")

    body = msgspec.msgpack.Encoder(enc_hook=extend).encode(value)
    return b"".join((magic, checksum(body), len(body).to_bytes(8, "little"), body, *arrays))


def unseal(magic: bytes, what: str, blob: bytes, cls: type[T] | Any = Any) -> Any:
    """The inverse of `seal`, checked against `cls`; `what` names it to people. SnapshotError in one line if the bytes are
    something else, or damaged."""
    name, start = magic[:-1], len(magic) + _HEAD
    if blob[: len(name)] != name:
        raise SnapshotError(f"these bytes are not {what}")
    if blob[: len(magic)] != magic:
        found = blob[len(name)] if len(blob) > len(name) else "?"
        raise SnapshotError(f"these bytes are {what} of format {found}; this program reads format {magic[-1]}")
    head = blob[len(magic) : start]
    length = int.from_bytes(head[16:], "little")
    body, arrays = memoryview(blob)[start : start + length], memoryview(blob)[start + length :]
    if len(body) != length or checksum(body) != head[:16]:
        raise SnapshotError(f"these bytes are {what} that is damaged or cut short; use another copy")
    used = 0

    def extension(code: int, data: memoryview) -> Any:
        nonlocal used
        value, end = _array(code, data, arrays)
        used = max(used, end)
        return value

    try:
        value = msgspec.msgpack.decode(body, type=cls, ext_hook=extension, dec_hook=_convert)
    except _DAMAGED as why:
        raise SnapshotError(f"these bytes are {what} that is damaged or does not fit: {_line(why)}") from why
    if used != len(arrays):
        raise SnapshotError(f"these bytes are {what} with more after its end; use another copy")
    return value


def _array(code: int, data: memoryview, arrays: memoryview) -> tuple[Any, int]:
    """An array that the document speaks of, and where its bytes end. SnapshotError if they are not as it says."""
    if code != _ARRAY:
        raise SnapshotError(f"the saved data hold an unknown extension {code}; they were made by a newer version")
    dtype, shape, low, digest = msgspec.msgpack.decode(data, type=tuple[str, tuple[int, ...], int, bytes])
    if not fullmatch(r"[<>|][biufcSU][0-9]{1,6}", dtype):
        raise SnapshotError(f"the saved data hold an array of {dtype!r}, which is refused")
    kind = np.dtype(dtype)
    count = 1
    for length in shape:
        count *= length
    raw = arrays[low : low + count * kind.itemsize] if low >= 0 and count >= 0 else arrays[:0]
    if checksum(raw) != digest:
        raise SnapshotError("an array of the saved data is damaged or cut short; use another copy")
    return np.frombuffer(raw, kind, count).reshape(shape).copy(), low + len(raw)


def convert(value: Any, cls: type[T]) -> T:
    """Plain decoded data as a Struct of type `cls`. SnapshotError if it does not fit."""
    try:
        return msgspec.convert(value, cls, dec_hook=_convert)
    except (msgspec.ValidationError, TypeError, ValueError, OverflowError) as why:
        raise SnapshotError(f"saved {cls.__name__} does not fit: {_line(why)}") from why


def _convert(cls: Any, value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value
    raise TypeError(f"{cls} cannot be loaded from {type(value).__name__}")


def _line(why: BaseException) -> str:
    return " ".join(str(why).split())


def checksum(body: bytes | memoryview) -> bytes:
    """16 bytes that change when the body is damaged or cut short; several times as fast as a CRC.

    The bytes are laid out as a table of 64-bit words; any change shows in a row sum and in a column sum.
    """
    end = len(body) // 4096 * 4096
    words = np.frombuffer(body, "<u8", count=end // 8).reshape(-1, 512)
    sums = words.sum(axis=0).tobytes() + words.sum(axis=1).tobytes()
    return blake2b(sums + bytes(body[end:]), digest_size=16).digest()
