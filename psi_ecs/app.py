"""An app: a world, its systems in stages, and the tick."""

from collections.abc import Callable
from hashlib import blake2b
from time import perf_counter
from typing import Any

import numpy as np

from .asset import Assets
from .clock import Clock
from .error import PsiError
from .journal import Journal
from .query import Commands
from .schedule import System, arrange
from .snapshot import Types, dump, named, restore
from .state import States
from .world import World

Stage = tuple[list[tuple[System, list[Any]]], list[Commands]]
"""The systems of a stage with their arguments, in the order in which they run, and the commands to apply after them."""


class App:
    """Add resources, systems and plugins; then step."""

    def __init__(self, seed: int = 0, shuffle: int | None = None) -> None:
        """An app whose random streams come from `seed`. `shuffle` mixes systems whose order is open, to prove that it is."""
        self.world = World(seed)
        self.systems: list[System] = []
        self.journal: Journal | None = None
        self._shuffle = shuffle
        self._plan: list[Stage] | None = None
        self._saved: set[type] = set()
        self.add(Clock(), States(), Assets())

    def add(self, *items: Any) -> "App":
        """Add systems, plugins (functions of the app) and resources. A msgspec Struct resource is saved, anything else
        is not."""
        for item in items:
            if isinstance(item, System):
                if any(s.name == item.name for s in self.systems):
                    raise PsiError(f"a system called {item.name} is there already; names are unique in an app")
                self.systems.append(item)
                self._plan = None
            elif callable(item) and not isinstance(item, type):
                item(self)
            else:
                self.world.resources[type(item)] = item
        return self

    def saves(self, *classes: type) -> "App":
        """Tell which Struct classes may stand in snapshots beside those that systems name: sparse components and events."""
        self._saved.update(classes)
        return self

    def loader(self, extension: str, load: Callable[[bytes, str], Any]) -> None:
        """Register how files with `extension` become assets: load(bytes, name)."""
        self.world.resource(Assets).loader(extension, load)

    def send(self, event: Any) -> None:
        """An input from outside: happens at the start of the next tick, and stands in the journal."""
        self.world.inbox.append(event)

    @property
    def pending(self) -> bool:
        """Whether inputs wait for the next tick."""
        return bool(self.world.inbox)

    def build(self) -> list[Stage]:
        """Order and bind the systems; ScheduleError if the order is not certain.

        Events and commands take the order of the unmixed plan, so that mixing systems whose order is open changes nothing.
        """
        plain = arrange(self.systems)
        stages = plain
        if self._shuffle is not None:
            stages = arrange(self.systems, np.random.Generator(np.random.PCG64(self._shuffle)).shuffle)
        place = {s.name: i for i, s in enumerate((s for stage in plain for s in stage), 1)}
        commands = {s.name: Commands() for s in self.systems}
        self._plan = [
            ([(s, s.bind(self.world, commands[s.name], place[s.name])) for s in mixed], [commands[s.name] for s in stage])
            for mixed, stage in zip(stages, plain, strict=True)
        ]
        return self._plan

    def step(self, n: int = 1) -> None:
        """Run `n` ticks. The first tick of a world is tick 0."""
        for _ in range(n):
            self._tick(self._plan or self.build())

    def _tick(self, plan: list[Stage]) -> None:
        world = self.world
        clock = world.resource(Clock)
        world.tick = clock.tick
        for channel in world.channels.values():
            channel.forget(world.tick - 1)
        inputs, world.inbox = world.inbox, []
        if self.journal is not None:
            self.journal.note(world.tick, inputs)
        for event in inputs:
            world.send(event)
        for event in world.resource(Assets).changes():
            world.send(event)
        world.resource(States).turn()
        for stage, commands in plan:
            for system, arguments in stage:
                if (world.tick % system.every) or (system.run_if is not None and not system.run_if(world)):
                    continue
                begin = perf_counter()  # for people who look at reports only; never read by the simulation
                system.run(*arguments)
                system.last_ms = 1e3 * (perf_counter() - begin)
            for queue in commands:
                queue.apply(world)
        clock.tick += 1
        if self.journal is not None and clock.tick % self.journal.every == 0:
            self.journal.digests[clock.tick] = self.digest()

    # ---- saving
    def types(self) -> Types:
        """The classes that may stand in this app's snapshots."""
        known = set(self._saved)
        for s in self.systems:
            known |= s.events | s.sparse
        return Types(named(known), named(self.world.resources))

    def save(self) -> bytes:
        """The whole world, to continue from exactly here."""
        return dump(self.world)

    def load(self, blob: bytes) -> "App":
        """Replace the world's state with a saved one; systems, hooks and unsaved resources stay. SnapshotError if it
        cannot be read."""
        restore(self.world, blob, self.types())
        self._plan = None
        return self

    def digest(self) -> str:
        """16 hex digits that change with any bit of the world."""
        return blake2b(self.save(), digest_size=8).hexdigest()

    def record(self, every: int = 60) -> Journal:
        """Start a journal: a snapshot of now, then inputs, and a digest each `every` ticks."""
        self.journal = Journal(start=self.save(), every=every)
        return self.journal

    def replay(self, journal: Journal, ticks: int) -> "App":
        """Run a journal again for `ticks` ticks. PsiError at the first digest that differs."""
        self.journal = None
        self.load(journal.start)
        self.world.inbox = []  # what waited then stands in the journal too
        clock = self.world.resource(Clock)
        for _ in range(ticks):
            for event in journal.inputs.get(clock.tick, ()):
                self.send(event)
            self.step()
            want = journal.digests.get(clock.tick)
            if want is not None and want != self.digest():
                raise PsiError(f"the replay differs from the journal at tick {clock.tick}")
            clock = self.world.resource(Clock)
        return self
