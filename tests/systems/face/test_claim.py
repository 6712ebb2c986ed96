"""Channels that hosts drive: who owns them, how they are taken and handed back, and what they cannot break."""

import numpy as np
import pytest

from psi_ecs import PsiError
from psi_ecs.components.event import Pose, Unpose
from psi_ecs.components.life import Claims
from psi_ecs.systems.face import checked, owners

STEP = 0.09
"""Largest change in a tick of what is taken over or handed back within 0.2 s."""


def pose(s, channels, **more) -> None:
    s.app.send(Pose(avatar=int(s.ids[0]), channels=channels, **more))


def back(s, *channels, **more) -> None:
    s.app.send(Unpose(avatar=int(s.ids[0]), channels=channels, **more))


def test_a_channel_is_taken_and_handed_back_without_a_pop(stage, channel) -> None:
    """It goes to the value asked for, stays there, and returns to where the face's own life would have it."""
    s, free = stage(feeling={3: 0.6}), stage(feeling={3: 0.6})
    before, own = s.run(2.0), free.run(8.0)
    pose(s, {"browInnerUp": 0.9, "mouthSmileLeft": 0.0, "headYaw": 0.4}, seconds=0.3)
    held = s.run(3.0)
    back(s, seconds=0.4)
    after = s.run(3.0)
    at = [channel[n] for n in ("browInnerUp", "mouthSmileLeft", "headYaw")]
    np.testing.assert_allclose(held[60:, at], np.tile([0.9, 0.0, 0.4], (120, 1)), atol=2e-3)
    whole = np.concatenate((before, held, after))[:, at]
    assert np.abs(np.diff(whole, axis=0)).max() < STEP
    np.testing.assert_allclose(after[-1], own[-1], atol=2e-3)
    assert not s.app.world.sparse[Claims]


def test_the_higher_priority_owns_and_the_lower_waits(stage, channel) -> None:
    """Of two owners the one of higher priority is seen; when it lets go, the other is."""
    s, at = stage(), channel["cheekPuff"]
    pose(s, {"cheekPuff": 0.8}, owner="tracker", priority=2)
    pose(s, {"cheekPuff": 0.2, "browInnerUp": 0.5}, owner="app", priority=1)
    assert s.run(1.5)[-1, at] == pytest.approx(0.8, abs=1e-3)
    assert owners(s.app.world.get_sparse(int(s.ids[0]), Claims)) == {"browInnerUp": "app", "cheekPuff": "tracker"}
    back(s, owner="tracker")
    track = s.run(1.5)
    assert track[-1, at] == pytest.approx(0.2, abs=1e-3) and np.abs(np.diff(track[:, at])).max() < STEP
    back(s, "cheekPuff", owner="app")
    s.run(1.5)
    assert owners(s.app.world.get_sparse(int(s.ids[0]), Claims)) == {"browInnerUp": "app"}


def test_lips_close_for_a_closure_whoever_holds_the_jaw(stage) -> None:
    """A host that opens the mouth of a speaker cannot keep /m/ from its closure."""
    s = stage()
    pose(s, {"jawOpen": 0.7, "mouthUpperUpLeft": 0.5, "mouthUpperUpRight": 0.5}, seconds=0.0)
    s.play.act = lambda t: (np.array([2.0, -1.5, 0, 0, 0, 0, 0, 0]), "M") if t > 0.5 else (np.zeros(8), "SIL")
    track = s.run(1.2)
    assert s.lips(track[20:25]).min() > 5.0
    assert s.lips(track[-20:]).max() < 1.0 and s.lips(track[-20:]).min() > -1.0


def test_the_eyes_hold_while_a_host_turns_the_head(stage) -> None:
    """The vestibulo-ocular reflex goes by the head as it is, whoever turns it."""
    s = stage()
    s.cue("gaze", target=(0.0, 0.0, 1.5), seconds=9.0)
    s.run(1.0)
    pose(s, {"headYaw": 0.3}, seconds=0.5)
    track = s.run(2.0)
    assert np.ptp(track[:, 52]) > 0.25
    looked = track[:, 52] + 0.5 * (track[:, 55] + track[:, 58])
    assert np.ptp(looked[10:]) < 0.09


@pytest.mark.parametrize(
    ("channels", "says"),
    [
        ({}, "no channel is named"), ({"browUp": 0.5}, "browUp"), ({"jawOpen": 1.5}, "0 to 1"),
        ({"headYaw": float("nan")}, "headYaw"),
    ],
)
def test_what_cannot_be_driven_is_refused(channels, says) -> None:
    """One line with the remedy."""
    with pytest.raises(PsiError, match=says):
        checked(Pose(avatar=1, channels=channels))


def test_claims_are_saved(stage) -> None:
    """In the middle of a hand-over a saved world goes on with the same bytes."""
    s = stage()
    pose(s, {"jawOpen": 0.5}, seconds=1.0)
    s.run(0.3)
    blob = s.app.save()
    onward = s.run(1.0)
    other = stage(seed=9)
    other.app.load(blob)
    assert other.run(1.0).tobytes() == onward.tobytes()
