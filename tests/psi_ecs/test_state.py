"""States change at the start of a tick, and one tick knows of the change."""

from enum import Enum

from psi_ecs import App, Res, States, World, Write, entered, in_state, left, system


class Mood(Enum):
    CALM = 1
    WILD = 2


class Light(Enum):
    ON = 1


def test_a_state_changes_at_the_next_tick_and_for_one_tick_it_shows() -> None:
    ran: list[tuple[int, str]] = []

    @system("output")
    def steer(states: Res[Write[States]], world: World) -> None:
        wanted = {0: Mood.CALM, 2: Mood.WILD, 3: Mood.WILD, 5: Mood.CALM}
        if world.tick in wanted:
            states.value.set(wanted[world.tick])

    def noting(name: str) -> None:
        def run(world: World) -> None:
            ran.append((world.tick, name))

        run.__name__ = name.replace(" ", "_")
        app.add(system("plan", after=tuple(before), run_if=conditions[name])(run))
        before.append(run.__name__)

    conditions = {
        "calm": in_state(Mood.CALM),
        "into wild": entered(Mood.WILD),
        "out of calm": left(Mood.CALM),
        "into calm": entered(Mood.CALM),
        "light": in_state(Light.ON),
    }
    before: list[str] = []
    app = App().add(steer)
    for name in conditions:
        noting(name)
    app.step(7)
    assert ran == [
        (1, "calm"),
        (1, "into calm"),
        (2, "calm"),
        (3, "into wild"),
        (3, "out of calm"),
        (6, "calm"),
        (6, "into calm"),
    ]


def test_states_are_saved() -> None:
    app = App()
    app.world.resource(States).set(Mood.WILD)
    again = App().load(app.save())
    again.step()
    assert in_state(Mood.WILD)(again.world) and entered(Mood.WILD)(again.world) and not left(Mood.CALM)(again.world)
    again.step()
    assert in_state(Mood.WILD)(again.world) and not entered(Mood.WILD)(again.world)
