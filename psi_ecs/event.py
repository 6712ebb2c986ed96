"""Events: plain records kept for two ticks, each reader with a cursor of its own, so none is missed or seen twice."""

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Channel(Generic[T]):
    """All events of one type."""

    def __init__(self) -> None:
        """No events yet."""
        self.items: list[tuple[int, int, T]] = []
        """(tick, place of the sender, event), in the order of ticks and places."""
        self.first = 0
        """Sequence number of items[0]."""

    def send(self, tick: int, event: T, place: int | None = None) -> None:
        """Add an event of this tick; without a place after all others.

        A system's place is where it stands in the plan. Where the order of two senders is open, their events still stand in
        one order; a reader of the same stage is never between them, for its order is certain.
        """
        items, at = self.items, len(self.items)
        if place is None:
            place = items[-1][1] if items and items[-1][0] == tick else 0
        while at and items[at - 1][:2] > (tick, place):
            at -= 1
        items.insert(at, (tick, place, event))

    def since(self, cursor: int) -> tuple[list[T], int]:
        """Events from the sequence number `cursor` on that are still kept, and the next cursor."""
        skip = max(0, cursor - self.first)
        return [event for _, _, event in self.items[skip:]], self.first + len(self.items)

    def forget(self, tick: int) -> None:
        """Drop events older than `tick`."""
        keep = 0
        while keep < len(self.items) and self.items[keep][0] < tick:
            keep += 1
        del self.items[:keep]
        self.first += keep


class Reader(Generic[T]):
    """A system's parameter: iterate to get the events since this system last did."""

    def __init__(self, channel: Channel[T], cursors: dict[str, int], key: str) -> None:
        """Reads `channel`, its cursor kept under `key` so that it is saved with the world."""
        self._channel, self._cursors, self._key = channel, cursors, key

    def __iter__(self) -> Iterator[T]:
        """The events not read yet."""
        events, self._cursors[self._key] = self._channel.since(self._cursors.get(self._key, 0))
        return iter(events)


class Writer(Generic[T]):
    """A system's parameter: sends events."""

    def __init__(self, channel: Channel[T], world: Any, place: int = 0) -> None:
        """Sends into `channel` at the world's tick, for the system at `place` of the plan."""
        self._channel, self._world, self._place = channel, world, place

    def send(self, event: T) -> None:
        """Send one event; systems that run later see it this tick, the others next tick."""
        self._channel.send(self._world.tick, event, self._place)
