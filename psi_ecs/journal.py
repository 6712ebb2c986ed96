"""Journals: a run as a snapshot and the inputs that came after it, to be run again exactly."""

from typing import Any

from msgspec import Struct, field

from .codec import convert, seal, unseal
from .snapshot import Types, known

JOURNAL = b"psi-journal\x01"


class Journal(Struct):
    """A run: where it began, what came in from outside at which tick, and digests to prove a replay."""

    start: bytes
    every: int = 60
    inputs: dict[int, list[Any]] = field(default_factory=dict)
    digests: dict[int, str] = field(default_factory=dict)

    def note(self, tick: int, events: list[Any]) -> None:
        """Keep the inputs of a tick."""
        if events:
            self.inputs[tick] = list(events)

    def save(self) -> bytes:
        """Bytes of the journal."""
        inputs = {t: [(type(e).__name__, e) for e in events] for t, events in self.inputs.items()}
        return seal(JOURNAL, _Document(self.start, self.every, inputs, self.digests))

    @classmethod
    def load(cls, blob: bytes, types: Types) -> "Journal":
        """The inverse of `save`; `types` as from `App.types()`. SnapshotError if the bytes are damaged or do not fit."""
        saved: _Document = unseal(JOURNAL, "a journal", blob, _Document)
        inputs = {t: [convert(v, known(types.records, name)) for name, v in events] for t, events in saved.inputs.items()}
        return cls(saved.start, saved.every, inputs, saved.digests)


class _Document(Struct):
    """What a saved journal holds; events by the name of their class."""

    start: bytes
    every: int
    inputs: dict[int, list[tuple[str, Any]]]
    digests: dict[int, str]
