"""Records and arrays to bytes and back, by msgpack. One encoding for snapshots, journals and asset products."""

from typing import Any, TypeVar

import msgspec
import numpy as np

from .error import SnapshotError

T = TypeVar("T")
_ARRAY = 78  # msgpack extension type of an array: length of the header (one byte), header (dtype, shape), raw bytes


def _encode(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        header = msgspec.msgpack.encode((value.dtype.str, value.shape))
        raw = np.ascontiguousarray(value).reshape(-1).view(np.uint8).data  # so that the bytes are copied once, not twice
        return msgspec.msgpack.Ext(_ARRAY, b"".join((bytes([len(header)]), header, raw)))
    if isinstance(value, np.generic):
        return value.item()
    raise NotImplementedError(f"{type(value).__name__} cannot be saved; keep it in a msgspec Struct of plain data and arrays")


def _extension(code: int, data: memoryview) -> Any:
    if code != _ARRAY:
        raise SnapshotError(f"the saved data hold an unknown extension {code}; it was made by a newer version")
    end = 1 + data[0]
    dtype, shape = msgspec.msgpack.decode(data[1:end], type=tuple[str, tuple[int, ...]])
    kind = np.dtype(dtype)
    if kind.hasobject:
        raise SnapshotError("the saved data hold an array of objects, which is refused")
    return np.frombuffer(data[end:], kind).reshape(shape).copy()


def _decode(cls: Any, value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value
    raise NotImplementedError(f"{cls} cannot be loaded")


_encoder = msgspec.msgpack.Encoder(enc_hook=_encode)


def encode(value: Any) -> bytes:
    """Bytes of plain data, msgspec Structs and NumPy arrays. The same value gives the same bytes."""
    return _encoder.encode(value)


def decode(blob: bytes | memoryview, cls: type[T] | Any = Any) -> Any:
    """The inverse of `encode`, checked against `cls`. SnapshotError in one line if the bytes are damaged."""
    try:
        return msgspec.msgpack.decode(blob, type=cls, ext_hook=_extension, dec_hook=_decode)
    except (msgspec.MsgspecError, TypeError, ValueError, LookupError, RecursionError, OverflowError, MemoryError) as why:
        raise SnapshotError(f"the saved data are damaged or do not fit: {why}") from why


def convert(value: Any, cls: Any) -> Any:
    """Plain decoded data as a Struct of type `cls`. SnapshotError if it does not fit."""
    try:
        return msgspec.convert(value, cls, dec_hook=_decode)
    except (msgspec.ValidationError, TypeError, ValueError) as why:
        raise SnapshotError(f"saved {cls.__name__} does not fit: {why}") from why
