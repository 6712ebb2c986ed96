"""Where one thing said is cut off and another begins."""

import numpy as np
import pytest

from psi_ecs.components.face import Articulation
from psi_ecs.systems.host import Host


def interrupted(at: int, pause: int) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """Jaw and lips in mm, tick by tick, of a mouth that is stopped and told something else `pause` ticks later."""
    host = Host(seed=3)
    avatar = host.avatar("mira")
    host.say(avatar, "Papa may move five vans, all of them are large.")
    track = []
    for tick in range(at + 10):
        if tick == at:
            host.stop(avatar)
        if tick == at + pause:
            host.say(avatar, "Our father saw it.")
        host.step()
        if tick >= at - 1:
            track.append(host.app.world.peek(avatar, Articulation).now[0, :2].astype(np.float64))
    return np.stack(track)


@pytest.mark.parametrize("pause", [0, 3])
def test_a_mouth_goes_on_from_where_it_was_cut_off(pause: int) -> None:
    steps = [np.abs(np.diff(interrupted(at, pause), axis=0)).max() for at in (44, 52, 60, 76)]
    assert max(steps) < 3.5  # mm a tick; as fast as in ordinary speech
