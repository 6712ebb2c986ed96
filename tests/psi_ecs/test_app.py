"""An app: plugins, resources, the clock, and one whole run of everything."""

import pytest
from msgspec import Struct

from psi_ecs import App, Clock, Col, Commands, Entities, PsiError, Query, Res, Rng, World, Write, component, f64, system


@component
class AppDrop:
    height: Col[f64]


class AppCount(Struct):
    n: int = 0


class AppUnsaved:
    n = 0


@system("simulate")
def fall(drops: Query[Write[AppDrop]], clock: Res[Clock]) -> None:
    for (drop,) in drops:
        drop.height -= 9.81 * clock.value.dt


@system("output")
def gone(drops: Query[Entities, AppDrop], cmd: Commands, count: Res[Write[AppCount]]) -> None:
    for ids, drop in drops:
        cmd.despawn(ids.id[drop.height <= 0])
        count.value.n += int((drop.height <= 0).sum())


@system("input", every=2)
def rain(cmd: Commands, rng: Res[Rng]) -> None:
    cmd.spawn(3, AppDrop(rng.value.stream("rain").random(3)))


def weather(app: App) -> None:
    """A plugin."""
    app.add(AppCount(), AppUnsaved(), rain, fall, gone)


def test_the_clock_counts_samples() -> None:
    clock = Clock()
    assert (clock.rate, clock.block, clock.fps) == (24_000, 400, 60)
    app = App()
    seen: list[tuple[int, int]] = []

    @system("output")
    def look(clock: Res[Clock]) -> None:
        seen.append((clock.value.tick, clock.value.sample))

    app.add(look).step(3)
    app.step()
    assert seen == [(0, 0), (1, 400), (2, 800), (3, 1200)]
    clock = app.world.resource(Clock)
    assert clock.sample == 1600 and clock.time == 1600 / 24_000 and clock.dt == 1 / 60
    hour = Clock(tick=60 * 3600)
    assert hour.time == 3600.0  # no drift


def test_a_plugin_adds_what_it_likes_and_a_run_is_reproducible() -> None:
    runs = [App(seed=seed).add(weather) for seed in (1, 1, 2)]
    for app in runs:
        app.step(30)
    digests = [app.digest() for app in runs]
    assert digests[0] == digests[1] != digests[2]
    count = runs[0].world.resource(AppCount).n
    assert count > 10 and count + sum(t.n for t in runs[0].world.tables.values()) == 45
    assert len(digests[0]) == 16 and int(digests[0], 16) >= 0


def test_commands_happen_when_the_stage_ends() -> None:
    seen: list[tuple[str, int]] = []

    @system("plan")
    def make(cmd: Commands, drops: Query[Entities, AppDrop]) -> None:
        cmd.spawn(1, AppDrop())
        cmd.call(lambda world: seen.append(("end", count(world))))
        seen.append(("plan", sum(len(ids.id) for ids, _ in drops)))

    @system("simulate")
    def look(world: World) -> None:
        seen.append(("simulate", count(world)))

    def count(world: World) -> int:
        return sum(t.n for t in world.tables.values())

    App().add(make, look).step(2)
    assert seen == [("plan", 0), ("end", 1), ("simulate", 1), ("plan", 1), ("end", 2), ("simulate", 2)]


def test_resources_that_are_structs_are_saved_the_others_stay() -> None:
    app = App().add(weather)
    app.step(20)
    blob, n = app.save(), app.world.resource(AppCount).n
    app.step(20)
    unsaved = app.world.resource(AppUnsaved)
    app.load(blob)
    assert app.world.resource(AppCount).n == n and app.world.resource(AppUnsaved) is unsaved


def test_a_name_is_taken_once() -> None:
    with pytest.raises(PsiError, match="a system called fall is there already"):
        App().add(fall, fall)


def test_systems_added_between_ticks_take_part() -> None:
    app = App().add(AppCount(), gone)
    app.step()
    app.world.spawn(2, AppDrop(0.01))
    app.add(fall).step()
    assert app.world.resource(AppCount).n == 2


def test_last_ms_is_measured_and_stays_out_of_the_world() -> None:
    app = App().add(weather)
    app.step(5)
    assert all(s.last_ms >= 0 for s in app.systems) and any(s.last_ms > 0 for s in app.systems)
    before = app.digest()
    for s in app.systems:
        s.last_ms = 1e9
    assert app.digest() == before
