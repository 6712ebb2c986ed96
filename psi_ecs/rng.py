"""Random numbers: one named stream for each use, so adding a use does not shift another's numbers."""

import hashlib
from typing import Any

import numpy as np

from .error import SnapshotError


class Rng:
    """Resource: named generators seeded by (seed, name). Their states are saved with the world."""

    def __init__(self, seed: int = 0) -> None:
        """Streams of the world seed `seed`."""
        self.seed = seed
        self._streams: dict[str, np.random.Generator] = {}

    def stream(self, name: str) -> np.random.Generator:
        """The generator called `name`; the same object each time."""
        found = self._streams.get(name)
        if found is None:
            key = hashlib.blake2b(f"{self.seed}/{name}".encode(), digest_size=16).digest()
            found = self._streams[name] = np.random.Generator(np.random.PCG64(int.from_bytes(key, "little")))
        return found

    def save(self) -> dict[str, Any]:
        """Plain data: the seed and each stream's state (128-bit integers as text)."""
        streams = {}
        for name, generator in sorted(self._streams.items()):
            state: Any = generator.bit_generator.state
            inner = {k: str(v) for k, v in state["state"].items()}
            streams[name] = [inner["state"], inner["inc"], state["has_uint32"], state["uinteger"]]
        return {"seed": self.seed, "streams": streams}

    @classmethod
    def load(cls, data: dict[str, Any]) -> "Rng":
        """The inverse of `save`. SnapshotError if the data are not that."""
        try:
            rng = cls(data["seed"])
            for name, (state, inc, has, value) in data["streams"].items():
                rng.stream(name).bit_generator.state = {
                    "bit_generator": "PCG64",
                    "state": {"state": int(state), "inc": int(inc)},
                    "has_uint32": has,
                    "uinteger": value,
                }
        except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as why:
            raise SnapshotError(f"the saved random streams are damaged: {why!r}") from why
        return rng
