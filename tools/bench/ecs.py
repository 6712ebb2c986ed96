"""Tables against peers, 100 000 entities, after the cases of rust-gamedev's ecs_bench_suite.

create      n entities with a position and a velocity
iterate     position += velocity * dt over all of them, one frame
save+load   the whole world to bytes and back
fragmented  the same frame over n / 10 entities in 26 tables
"""

from .clock import best

N = 100_000
DT = 1 / 60


def measure(part: str) -> dict[str, float | None]:
    """Seconds of each case for one library; None where it cannot do it."""
    from . import peers

    return {"psi-ecs": ours, "esper": peers.esper, "snecs": peers.snecs, "tcod-ecs": peers.tcod}[part](N)


def ours(n: int) -> dict[str, float | None]:
    """This project: figures include the tick around the one system."""
    import numpy as np

    from psi_ecs import App, Col, Query, Write, component, f32, field, system

    @component
    class Position:
        xyz: Col[f32] = field(shape=(3,), unit="m")

    @component
    class Velocity:
        xyz: Col[f32] = field(shape=(3,), unit="m/s")

    tags: list[type] = []
    for i in range(26):
        body = {"__annotations__": {"value": Col[f32]}, "__module__": __name__, "__doc__": "A component to fragment by."}
        tags.append(component(type(f"Extra{i}", (), body)))

    @system("simulate")
    def move(bodies: Query[Write[Position], Velocity]) -> None:
        for place, speed in bodies:
            place.xyz += speed.xyz * np.float32(DT)

    start, speed = np.random.default_rng(1).random((2, n, 3), np.float32)
    apps: list[App] = []

    def create() -> None:
        apps[:] = [App(seed=1).add(move)]
        apps[0].world.spawn(n, Position(start), Velocity(speed))

    create_time = best(create, clean=True)
    app = apps[0]
    app.step(1)
    scattered = App(seed=1).add(move)
    each = n // 260
    for tag in tags:
        scattered.world.spawn(each, Position(start[:each]), Velocity(speed[:each]), tag(np.zeros(each, np.float32)))
    scattered.step(1)
    return {
        "create": create_time,
        "iterate": best(lambda: app.step(1), 200),
        "save+load": best(lambda: app.load(app.save()), 10, clean=True),
        "fragmented": best(lambda: scattered.step(1), 200),
    }
