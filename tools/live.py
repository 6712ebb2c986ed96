"""Playing a scene live: sound leads, the picture follows the sound that is heard."""

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.face import FACE, Head
from psi_ecs.components.frame import Frame
from psi_ecs.components.oscillator import Core
from psi_ecs.components.scene import Scene
from psi_ecs.systems.host import Host
from psi_ecs.systems.language import warm
from psi_ecs.systems.output.draw import DrawError, available
from psi_ecs.systems.output.openal import Player, Silent, SoundError, wait
from psi_ecs.systems.play import open_scene, placed
from psi_ecs.tools.master import calibrated
from psi_ecs.tools.take import stage

F32 = NDArray[np.float32]
TICK = 400
"""Samples of a tick."""
LEAD = 400
"""Samples by which a picture is ahead of the sound when it is drawn: it appears one refresh of the screen later."""


class Speakers(Protocol):
    """What plays sound and tells how much of it has been heard."""

    underruns: int

    def room(self) -> bool:
        """True while another tick can be queued."""
        ...

    def play(self, sounds: NDArray[np.float32]) -> None:
        """Queue one tick f32[mouths, 400]."""
        ...

    def finish(self) -> None:
        """Nothing more comes."""
        ...

    @property
    def heard(self) -> int:
        """Samples heard."""
        ...


class View(Protocol):
    """What shows faces."""

    def show(self, weights: F32, breath: F32, tongue: F32 | None = None) -> bool:
        """Draw one frame; False once it was closed."""
        ...


def perform(
    scene: Scene,
    base: Path,
    size: tuple[int, int],
    end: float | None,
    seed: int | None,
    window: bool,
    tell: Callable[[str], None],
    off: tuple[str, ...] = (),
    core: Core | None = None,
    lufs: float | None = None,
    memories: Path | None = None,
    began: float = 0.0,
    readonly: bool = False,
) -> str:
    """Play a scene to its end, or to second `end`. Returns a remark for the end; `tell` is told at once of what is missing;
    `off` names parts to do without, `core` replaces the scene's field, `lufs` is about how loud each avatar is; `memories`,
    `began` and `readonly` are as in `open_scene`."""
    host = open_scene(scene, base, seed, off, core, memories, began, readonly)
    warm()
    gain = np.array([[calibrated(persona, lufs)] for persona in host.personas], np.float32)
    screen = open_window(host, scene, size, tell) if window else None
    try:
        player: Player | Silent = Player(len(host.avatars))
    except SoundError as why:
        tell(str(why))
        player = Silent()
    try:
        seat(player, [mouth_of(place, head) for (place, _), head in zip(placed(scene), host.heads, strict=True)])
        ticks = follow(host, player, screen, end, gain=gain)
    finally:
        player.close()
        host.close()
    gaps = f", {player.underruns} gap{'s' * (player.underruns > 1)} in the sound" if player.underruns else ""
    return f"played {ticks / 60:.1f} s{gaps}"


def open_window(host: Host, scene: Scene, size: tuple[int, int], tell: Callable[[str], None]) -> View | None:
    """A window on the scene, or None after telling why there is none."""
    why = available(headless=False)
    if why is None:
        try:
            from psi_ecs.systems.output.draw.window import Screen

            screen = Screen(stage(host, scene, size, headless=False), scene.title or "psi")
            people = len(host.avatars)
            screen.show(np.zeros((people, len(FACE)), np.float32), np.zeros(people, np.float32))  # what loads late, loads now
            return screen
        except DrawError as refused:
            why = str(refused)
    tell(why)
    return None


def seat(player: Player | Silent, mouths: list[tuple[float, float, float]]) -> None:
    """Sound comes from each mouth; the listener sits a metre before them, at the height of the first."""
    for i, mouth in enumerate(mouths):
        player.place(i, mouth)
    player.listen((0.0, mouths[0][1], mouths[0][2] + 1.0))


def mouth_of(place: tuple[float, float, float], head: Head) -> tuple[float, float, float]:
    """World point of a mouth, metres."""
    x, y, z = head.landmarks["mouth"]
    return (place[0] + x, place[1] + y, place[2] + z)


def follow(
    host: Host,
    player: Speakers,
    screen: View | None,
    end: float | None,
    rest: Callable[[], None] = wait,
    gain: NDArray[np.float32] | float = 1.0,
) -> int:
    """Make ticks a little ahead of the sound and show the one that is heard; returns the number of ticks heard.

    Pictures that come too late are left out, so the mouth never trails the sound by more than one of them.
    """
    waiting: deque[Frame] = deque()
    made, over = 0, False
    while True:
        while not over and player.room():
            if host.idle or (end is not None and host.time >= end - 1e-9):
                over = True
                player.finish()
                break
            frame = host.step()
            player.play(np.asarray(frame.sounds * gain, np.float32))
            waiting.append(frame)
            made += 1
        heard = player.heard
        if over and heard >= made * TICK:
            return made
        due = min((heard + LEAD) // TICK, made - 1)
        late = due - (made - len(waiting))
        if screen is None or late < 0:
            rest()
            continue
        for _ in range(late):
            waiting.popleft()
        now = waiting.popleft()
        if not screen.show(now.weights, now.breath, now.tongue):
            return due
