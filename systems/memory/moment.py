"""Moments as bytes, and back."""

import zlib

from psi_ecs import SnapshotError
from psi_ecs.codec import seal, unseal
from psi_ecs.components.moment import Moment

MAGIC = b"psi-moment\x01"
LARGEST = 64 << 20
"""Bytes that a moment may unpack to."""


def sealed(moment: Moment) -> bytes:
    """A moment, compressed; the same moment gives the same bytes."""
    return zlib.compress(seal(MAGIC, moment), 9)


def opened(data: bytes) -> Moment:
    """The inverse. SnapshotError in one line if the bytes are damaged, or of something else."""
    unpack = zlib.decompressobj()
    try:
        raw = unpack.decompress(data, LARGEST)
    except zlib.error as why:
        raise SnapshotError(f"these bytes are a moment that is damaged ({why}); use another copy") from why
    if not unpack.eof or unpack.unused_data:
        raise SnapshotError("these bytes are a moment that is cut short, or larger than any; use another copy")
    found: Moment = unseal(MAGIC, "a moment", raw, Moment)
    return found
