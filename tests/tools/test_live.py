"""Playing live: the picture follows the sound that is heard, gaps are got over, closing the window ends it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psi_ecs.components.frame import Frame
from psi_ecs.components.scene import Line, Scene, SceneAvatar
from psi_ecs.systems.output.openal import Silent, SoundError
from psi_ecs.tools import live
from psi_ecs.tools.live import LEAD, TICK, follow, mouth_of, seat

ROOT = Path(__file__).parents[2]


class World:
    """A host whose tick k has the weights k, a player with a queue of `depth` ticks, and a screen that takes `draw` samples
    of time a picture: all on one clock that only waiting and drawing advance."""

    def __init__(self, ticks: int, depth: int = 6, draw: int = 300, close_at: int | None = None) -> None:
        self.ticks, self.depth, self.draw, self.close_at = ticks, depth, draw, close_at
        self.made = self.queued = self.heard = self.underruns = 0
        self.shown, self.late = list[tuple[int, int]](), list[int]()
        self.sounding = self.finished = False
        self.pauses = dict[int, int]()
        """Tick -> samples of time that making it takes."""

    @property
    def idle(self) -> bool:
        return self.made >= self.ticks

    @property
    def time(self) -> float:
        return self.made / 60

    def step(self) -> Frame:
        self.pass_time(self.pauses.get(self.made, 0))
        frame = Frame(
            tick=self.made, audio=np.zeros(400), sounds=np.full((1, 400), self.made), weights=np.full((1, 61), self.made),
            tongue=np.zeros((1, 2)), breath=np.zeros(1), events=[],
        )  # fmt: skip
        self.made += 1
        return frame

    def room(self) -> bool:
        return self.queued - self.heard < self.depth * TICK

    def play(self, sounds: np.ndarray) -> None:
        assert not self.finished and sounds[0, 0] * TICK == self.queued, "ticks are played once, in order"
        self.underruns += self.sounding and self.heard == self.queued
        self.queued += TICK
        self.sounding = True

    def finish(self) -> None:
        self.finished = True

    def pass_time(self, samples: int) -> None:
        if self.sounding:
            self.heard = min(self.heard + samples, self.queued)

    def rest(self) -> None:
        self.pass_time(72)

    def show(self, weights: np.ndarray, breath: np.ndarray, tongue: np.ndarray | None = None) -> bool:
        self.shown.append((int(weights[0, 0]), self.heard))
        if self.close_at is not None and len(self.shown) > self.close_at:
            return False
        self.pass_time(self.draw)
        return True

    def run(self, end: float | None = None, screen: bool = True) -> int:
        return follow(self, self, self if screen else None, end, self.rest)  # type: ignore[arg-type]


@given(st.integers(1, 200), st.integers(1, 24), st.integers(0, 6000))
def test_the_picture_is_that_of_the_sound_heard(ticks: int, depth: int, draw: int) -> None:
    """However slow drawing is, what is shown is the tick that is heard when it appears, never one twice or backwards."""
    world = World(ticks, depth, draw)
    assert world.run() == ticks
    numbers = [tick for tick, _ in world.shown]
    assert numbers == sorted(set(numbers)) and world.heard == ticks * TICK
    for tick, heard in world.shown:
        assert tick <= (heard + LEAD) // TICK, "a picture is at most one refresh of the screen ahead"
        assert tick == min((heard + LEAD) // TICK, world.made - 1) or tick == ticks - 1 or depth * TICK <= heard + LEAD


def test_each_avatar_is_played_with_its_gain() -> None:
    heard = list[np.ndarray]()

    class Two(World):
        def step(self) -> Frame:
            frame = super().step()
            frame.sounds = np.ones((2, 400), np.float32)
            return frame

        def play(self, sounds: np.ndarray) -> None:
            heard.append(sounds)
            super().play(np.full((1, 400), len(heard) - 1))

    world = Two(5)
    follow(world, world, None, None, world.rest, np.array([[0.5], [2.0]], np.float32))  # type: ignore[arg-type]
    assert len(heard) == 5 and all((s[0] == 0.5).all() and (s[1] == 2.0).all() and s.dtype == np.float32 for s in heard)


def test_a_quick_screen_shows_every_tick() -> None:
    world = World(120, draw=300)
    world.run()
    assert [tick for tick, _ in world.shown] == list(range(1, 120)) and world.underruns == 0


def test_a_slow_screen_leaves_pictures_out_but_keeps_up() -> None:
    world = World(240, draw=1500)
    world.run()
    assert len(world.shown) < 80 and world.underruns == 0
    assert all(heard // TICK - 1 <= tick <= heard // TICK + 1 for tick, heard in world.shown[2:-1])


def test_a_stall_is_a_gap_and_then_it_goes_on_in_step() -> None:
    world = World(180)
    world.pauses = {60: 12_000}
    assert world.run() == 180
    assert world.underruns >= 1 and world.shown[-1][0] == 179
    assert all(abs(heard // TICK - tick) <= 1 for tick, heard in world.shown[-60:-1])


def test_closing_the_window_ends_it() -> None:
    world = World(600, close_at=50)
    assert world.run() <= 60 and len(world.shown) == 51 and world.made < 70


@pytest.mark.parametrize("screen", [True, False])
def test_it_ends_where_it_is_told_to(screen: bool) -> None:
    world = World(600)
    assert world.run(end=1.5, screen=screen) == 90 and world.made == 90 and world.finished


def test_a_scene_without_ticks_ends_at_once() -> None:
    assert World(0).run() == 0


def test_sound_comes_from_the_mouths_and_the_listener_sits_before_them() -> None:
    class Seats(Silent):
        def __init__(self) -> None:
            super().__init__(lambda: 0.0)
            self.places: list[Any] = []

        def place(self, mouth: int, position: tuple[float, float, float]) -> None:
            self.places.append((mouth, position))

        def listen(self, position: tuple[float, float, float]) -> None:
            self.places.append(position)

    seats = Seats()
    seat(seats, [(-0.2, 0.1, 0.0), (0.2, 0.3, 0.0)])
    assert seats.places == [(0, (-0.2, 0.1, 0.0)), (1, (0.2, 0.3, 0.0)), (0.0, 0.1, 1.0)]


def scene() -> Scene:
    return Scene(avatar=[SceneAvatar(name="mira")], line=[Line(who="mira", text="Hi.", pause=0.0)], tail=0.0)


def test_without_screen_and_device_it_says_so_and_plays(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(mouths: int) -> None:
        raise SoundError("no sound: there is no audio device; the scene is played silently")

    now = [0.0]
    monkeypatch.setattr(live, "Player", refuse)
    monkeypatch.setattr(live, "Silent", lambda: Silent(lambda: now.__setitem__(0, now[0] + 0.001) or now[0]))
    monkeypatch.setattr(live, "available", lambda headless: "no window: there is no screen")
    told: list[str] = []
    text = live.perform(scene(), Path(), (320, 240), 0.5, None, True, told.append)
    assert text == "played 0.5 s" and len(told) == 2 and told[0].startswith("no window") and told[1].startswith("no sound")


def test_the_device_is_let_go_when_something_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = []

    class Broken(Silent):
        def play(self, sounds: np.ndarray) -> None:
            raise KeyboardInterrupt

        def close(self) -> None:
            closed.append(True)

    monkeypatch.setattr(live, "Player", lambda mouths: Broken())
    with pytest.raises(KeyboardInterrupt):
        live.perform(scene(), Path(), (320, 240), None, None, False, print)
    assert closed == [True]


def test_mouths_stand_where_avatars_are_placed() -> None:
    from psi_ecs.systems.formats.heads import load_head

    head = load_head("mira")
    x, y, z = mouth_of((1.0, 2.0, 3.0), head)
    assert np.allclose(np.subtract((x, y, z), (1.0, 2.0, 3.0)), head.landmarks["mouth"])


def run(*command: str, env: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    clean = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=clean | env)


PSI = (sys.executable, "-c", "from psi_ecs.tools.cli import main; main()")


def test_the_command_plays_on_the_null_driver() -> None:
    done = run(*PSI, "run", "scenes/hello.toml", "--to", "0.5", env={"ALSOFT_DRIVERS": "null"})
    assert done.returncode == 0 and done.stdout.startswith("played 0.5 s"), done.stderr
    assert done.stderr.startswith("no window: ") and done.stderr.count("\n") == 1


def test_without_any_device_no_library_writes_on_the_terminal() -> None:
    done = run(*PSI, "run", "scenes/hello.toml", "--to", "0.2", "--no-window", env={"ALSOFT_DRIVERS": "alsa"})
    assert done.returncode == 0
    assert done.stderr in ("", "no sound: there is no audio device; the scene is played silently\n")


@pytest.mark.skipif(shutil.which("xvfb-run") is None, reason="no xvfb-run here")
def test_a_window_on_a_screen_that_is_not_there() -> None:
    done = run("xvfb-run", "-a", *PSI, "run", "hello", "--to", "0.5", "--size", "160x120", env={"ALSOFT_DRIVERS": "null"})
    if "no picture" in done.stderr:
        pytest.skip(done.stderr)
    assert done.returncode == 0 and done.stdout.startswith("played 0.5 s") and done.stderr == "", done.stderr
