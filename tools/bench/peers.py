"""Peers, each used as its own documentation says."""

import pickle
from dataclasses import dataclass
from typing import Any

from .clock import best
from .ecs import DT


@dataclass(slots=True)
class Vector:
    """Three numbers."""

    x: float = 0.0
    y: float = 0.0
    z: float = 0.0


class Position(Vector):
    """m."""

    __slots__ = ()


class Velocity(Vector):
    """m/s."""

    __slots__ = ()


EXTRAS = [type(f"Extra{i}", (Vector,), {"__slots__": ()}) for i in range(26)]


def move(place: Any, speed: Any) -> None:
    """One entity, one frame."""
    place.x += speed.x * DT
    place.y += speed.y * DT
    place.z += speed.z * DT


def esper(n: int) -> dict[str, float | None]:
    """esper; it has no way to save a world."""
    import esper as lib

    def create() -> None:
        lib.clear_database()
        for _ in range(n):
            lib.create_entity(Position(), Velocity(1.0, 1.0, 1.0))

    def frame() -> None:
        for _, (place, speed) in lib.get_components(Position, Velocity):
            move(place, speed)

    figures: dict[str, float | None] = {"create": best(create, 3, clean=True)}
    frame()
    figures |= {"iterate": best(frame), "save+load": None}
    lib.clear_database()
    for i in range(n // 10):
        lib.create_entity(Position(), Velocity(1.0, 1.0, 1.0), EXTRAS[i % 26]())
    frame()
    return figures | {"fragmented": best(frame, 10)}


def snecs(n: int) -> dict[str, float | None]:
    """snecs, queries compiled, saved through its own serialiser and pickle."""
    import snecs as lib

    def declare(kind: type) -> Any:
        body = {
            "__slots__": (),
            "serialize": lambda self: [self.x, self.y, self.z],
            "deserialize": classmethod(lambda cls, data: cls(*data)),
        }
        return lib.register_component(type(f"S{kind.__name__}", (kind, lib.Component), body))

    place_type, speed_type = declare(Position), declare(Velocity)
    extras = [declare(kind) for kind in EXTRAS]
    worlds: list[Any] = []

    def create() -> None:
        worlds[:] = [lib.World()]
        for _ in range(n):
            lib.new_entity((place_type(), speed_type(1.0, 1.0, 1.0)), worlds[0])

    def frame(query: Any) -> None:
        for _, (place, speed) in query:
            move(place, speed)

    figures: dict[str, float | None] = {"create": best(create, 3, clean=True)}
    query = lib.Query([place_type, speed_type], worlds[0]).compile()
    figures["iterate"] = best(lambda: frame(query))
    saved = lambda: lib.deserialize_world(pickle.loads(pickle.dumps(lib.serialize_world(worlds[0]), 5)))  # noqa: E731
    figures["save+load"] = best(saved, 2, clean=True)
    small = lib.World()
    for i in range(n // 10):
        lib.new_entity((place_type(), speed_type(1.0, 1.0, 1.0), extras[i % 26]()), small)
    scattered = lib.Query([place_type, speed_type], small).compile()
    return figures | {"fragmented": best(lambda: frame(scattered), 10)}


def tcod(n: int) -> dict[str, float | None]:
    """tcod-ecs, saved by pickle as its documentation says."""
    from tcod.ecs import Registry

    worlds: list[Any] = []

    def create() -> None:
        worlds[:] = [Registry()]
        for _ in range(n):
            entity = worlds[0].new_entity()
            entity.components[Position] = Position()
            entity.components[Velocity] = Velocity(1.0, 1.0, 1.0)

    def frame(world: Any) -> None:
        for place, speed in world.Q[Position, Velocity]:
            move(place, speed)

    figures: dict[str, float | None] = {"create": best(create, 2, clean=True)}
    frame(worlds[0])
    figures["iterate"] = best(lambda: frame(worlds[0]), 3)
    figures["save+load"] = best(lambda: pickle.loads(pickle.dumps(worlds[0], 5)), 2, clean=True)
    small = Registry()
    for i in range(n // 10):
        entity = small.new_entity()
        entity.components.update_values([Position(), Velocity(1.0, 1.0, 1.0)])
        entity.components[EXTRAS[i % 26]] = EXTRAS[i % 26]()
    frame(small)
    return figures | {"fragmented": best(lambda: frame(small), 5)}
