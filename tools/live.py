"""Playing a scene live: sound leads, the picture follows the sound that is heard."""

from collections import deque
from collections.abc import Callable
from pathlib import Path

from psi_ecs.components.face import Head
from psi_ecs.components.scene import Scene
from psi_ecs.systems.host import Frame, Host
from psi_ecs.systems.output.draw import DrawError, available
from psi_ecs.systems.output.openal import Player, Silent, SoundError, wait
from psi_ecs.systems.play import open_scene, placed

TICK = 400


def perform(
    scene: Scene,
    base: Path,
    size: tuple[int, int],
    end: float | None,
    seed: int | None,
    window: bool,
    tell: Callable[[str], None],
) -> list[str]:
    """Play a scene to its end, or to second `end`. Returns remarks for the end; `tell` is told of what is missing at once."""
    host = open_scene(scene, base, seed)
    try:
        player: Player | Silent = Player(len(host.avatars))
    except SoundError as why:
        tell(str(why))
        player = Silent()
    for i, (place, head) in enumerate(zip((p for p, _ in placed(scene)), host.heads, strict=True)):
        player.place(i, mouth_of(place, head))
    screen = None
    if window:
        why_not = available(headless=False)
        if why_not:
            tell(why_not)
        else:
            try:
                from psi_ecs.systems.output.draw.window import Screen

                screen = Screen(host, scene, size)
            except DrawError as why:
                tell(str(why))
    ticks = _loop(host, player, screen, end)
    player.close()
    return [f"played {ticks / 60:.1f} s" + (f", {player.underruns} gaps in the sound" if player.underruns else "")]


def mouth_of(place: tuple[float, float, float], head: Head) -> tuple[float, float, float]:
    """World point of a mouth, metres."""
    x, y, z = head.landmarks["mouth"]
    return (place[0] + x, place[1] + y, place[2] + z)


def _loop(host: Host, player: Player | Silent, screen: object, end: float | None) -> int:
    """Make ticks a little ahead of the sound, show the one that is heard."""
    from psi_ecs.systems.output.draw.window import Screen

    waiting: deque[Frame] = deque()
    made = 0
    while (not host.idle and (end is None or host.time < end - 1e-9)) or waiting:
        while player.room() and not host.idle and (end is None or host.time < end - 1e-9):
            frame = host.step()
            player.play(frame.sounds)
            waiting.append(frame)
            made += 1
        first = made - len(waiting)
        due = player.heard // TICK
        while len(waiting) > 1 and first < due:
            waiting.popleft()
            first += 1
        if waiting and isinstance(screen, Screen):
            if not screen.show(waiting[0]):
                return made
        elif waiting and (host.idle or (end is not None and host.time >= end - 1e-9)) and first >= due - 1:
            waiting.popleft() if first < due else wait()
        else:
            wait()
        if host.idle and player.heard >= made * TICK - TICK:
            break
    return made
