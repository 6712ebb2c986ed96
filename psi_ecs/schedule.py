"""Systems and their order: reads and writes come from the signature; what conflicts must be ordered, or the app is refused."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any, get_args, get_origin

from .column import Tag
from .edge import Edges
from .error import ScheduleError
from .event import Reader, Writer
from .query import Commands, Query, Res, Sparse
from .table import Entities
from .world import World

STAGES = ("input", "sense", "plan", "simulate", "express", "remember", "output")
Condition = Callable[[World], bool]


class System:
    """A function that runs each tick, with what its signature declares."""

    def __init__(
        self,
        run: Callable[..., None],
        stage: str,
        after: tuple["System | str", ...],
        require: tuple[type, ...],
        without: tuple[type, ...],
        every: int,
        run_if: Condition | None,
    ) -> None:
        """Read the signature of `run`."""
        if stage not in STAGES:
            raise ScheduleError(f"{run.__name__}: there is no stage {stage!r}; stages are {', '.join(STAGES)}")
        self.run, self.stage, self.name, self.module = run, stage, run.__name__, run.__module__
        self.after = {a if isinstance(a, str) else a.name for a in after}
        self.require, self.without, self.every, self.run_if = require, without, every, run_if
        self.reads: set[Any] = {c for c in (*require, *without) if not issubclass(c, Tag)}
        self.writes: set[Any] = set()
        self.events: set[type] = set()
        self.sparse: set[type] = set()
        self.last_ms = 0.0
        self.parameters = [(name, p.annotation) for name, p in inspect.signature(run).parameters.items()]
        for name, hint in self.parameters:
            self._declare(name, hint)

    def _declare(self, name: str, hint: Any) -> None:
        kind, args = get_origin(hint), get_args(hint)
        if hint is World:
            self.writes.add(World)
        elif hint is Commands:
            pass
        elif kind in (Query, Res, Sparse, Edges):
            for arg in args:
                cls, written = _write(arg)
                if kind in (Query, Edges) and cls is not Entities and not hasattr(cls, "__psi_fields__"):
                    raise ScheduleError(f"{self.name}: {name!r} asks for {cls.__name__}, which is not a component")
                if cls is not Entities:
                    (self.writes if written else self.reads).add((kind.__name__, cls) if kind is not Query else cls)
                if kind is Sparse:
                    self.sparse.add(cls)
        elif kind is Reader:
            self.reads.add(("Event", args[0]))
            self.events.add(args[0])
        elif kind is Writer:
            self.writes.add(("Event", args[0]))
            self.events.add(args[0])
        else:
            raise ScheduleError(
                f"{self.name}: the parameter {name!r} must be a Query, Res, Sparse, Edges, Reader, Writer, Commands or World"
            )

    def bind(self, world: World, commands: Commands, place: int = 0) -> list[Any]:
        """The arguments to call it with, in an app where it stands at `place` of the plan."""
        return [self._argument(name, hint, world, commands, place) for name, hint in self.parameters]

    def _argument(self, name: str, hint: Any, world: World, commands: Commands, place: int) -> Any:
        kind, args = get_origin(hint), get_args(hint)
        if kind is Query:
            return Query(world, [_write(a) for a in args], self.require, self.without)
        if kind is Res:
            return Res(world, *_write(args[0]))
        if kind is Sparse:
            return Sparse(world, *_write(args[0]))
        if kind is Edges:
            cls, written = _write(args[0])
            return world.relation(cls) if written else world.relation(cls).locked()
        if kind is Reader:
            return Reader(world.channels[args[0]], world.cursors, f"{self.module}.{self.name}.{name}")
        if kind is Writer:
            return Writer(world.channels[args[0]], world, place)
        return commands if hint is Commands else world

    def clash(self, other: "System") -> set[Any]:
        """What both touch and at least one writes. Two writers of one kind of event do not clash: each event is whole."""
        both = (self.writes & (other.writes | other.reads)) | (self.reads & other.writes)
        if World in self.writes or World in other.writes:
            both = both | {World}
        sent_by_both = {k for k in self.writes & other.writes if isinstance(k, tuple) and k[0] == "Event"}
        return both - (sent_by_both - (self.reads | other.reads))


def _write(hint: Any) -> tuple[type, bool]:
    return (get_args(hint)[0], True) if get_origin(hint) is Annotated else (hint, False)


def system(
    stage: str,
    *,
    after: tuple[System | str, ...] = (),
    with_: tuple[type, ...] = (),
    without: tuple[type, ...] = (),
    every: int = 1,
    run_if: Condition | None = None,
) -> Callable[[Callable[..., None]], System]:
    """Make a function a system of `stage`. `after` names systems of the same stage that must have run; absent ones do
    not matter."""
    return lambda run: System(run, stage, after, with_, without, every, run_if)


def arrange(systems: list[System], shuffle: Callable[[list[System]], None] | None = None) -> list[list[System]]:
    """The systems of each stage in order: as added, moved only by `after`.

    `shuffle` mixes each stage first; as conflicts must be ordered, the result of a run may not depend on it.
    Raises ScheduleError on a cycle, on a conflict without an order, and on `after` naming a system of a later stage.
    """
    stages = {s.name: STAGES.index(s.stage) for s in systems}
    for s in systems:
        for name in sorted(s.after):
            if stages.get(name, 0) > stages[s.name]:
                raise ScheduleError(f"{s.name} of stage {s.stage} cannot run after {name} of stage {STAGES[stages[name]]}")
    return [_arrange_stage(stage, [s for s in systems if s.stage == stage], shuffle) for stage in STAGES]


def _arrange_stage(stage: str, todo: list[System], shuffle: Callable[[list[System]], None] | None) -> list[System]:
    if shuffle is not None:
        shuffle(todo)
    done: list[System] = []
    before: dict[str, set[str]] = {}
    while todo:
        waiting = {s.name for s in todo}
        ready = next((s for s in todo if not (s.after & waiting - {s.name})), None)
        if ready is None:
            raise ScheduleError(f"stage {stage}: {', '.join(sorted(waiting))} wait for each other; break the cycle in after=")
        todo.remove(ready)
        before[ready.name] = ready.after | {x for a in ready.after for x in before.get(a, set())}
        for other in done:
            clash = ready.clash(other)
            if clash and other.name not in before[ready.name]:
                touched = ", ".join(sorted(_label(c) for c in clash))
                raise ScheduleError(
                    f"stage {stage}: {other.name} and {ready.name} both touch {touched} and their order is open; "
                    f'say after=("{other.name}",) on {ready.name}, or the other way round'
                )
        done.append(ready)
    return done


def _label(touched: Any) -> str:
    return f"{touched[0]}[{touched[1].__name__}]" if isinstance(touched, tuple) else str(touched.__name__)
