"""PNG pictures, written (ISO/IEC 15948)."""

import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray


def write_png(picture: NDArray[Any]) -> bytes:
    """Bytes of a PNG from u8[h, w, 3] (RGB) or u8[h, w, 4] (RGBA), top row first."""
    h, w, channels = picture.shape
    rows = np.ascontiguousarray(picture, np.uint8).reshape(h, w * channels)
    raw = np.concatenate([np.zeros((h, 1), np.uint8), rows], 1).tobytes()  # filter 0 on every row

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", w, h, 8, {3: 2, 4: 6}[channels], 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(raw, 6)) + chunk(b"IEND", b"")
