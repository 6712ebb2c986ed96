"""A face that lives: blinks, gaze, gestures, breath, and never a frozen moment."""

import numpy as np
import pytest

from psi_ecs.components.avatar import Attention, Manner
from psi_ecs.components.face import Face
from psi_ecs.systems.kernels.face_eyes import BLINK


def blinks(track: np.ndarray) -> np.ndarray:
    """Ticks at which the left lid begins to be shut."""
    return np.flatnonzero(np.diff((track[:, 0] > 0.7).astype(int)) > 0)


def test_blink_statistics(stage) -> None:
    """Over eight minutes a resting face blinks near its persona's rate, irregularly, and always in full."""
    s = stage(n=4, manner=Manner(blink=17.0))
    ticks, n = 60 * 120, 4
    lids = np.empty((ticks, n))
    for t in range(ticks):
        s.app.step()
        for i, entity in enumerate(s.ids):
            lids[t, i] = s.app.world.get(int(entity), Face).weights[0, 0]
    starts = [np.flatnonzero(np.diff((lids[:, i] > 0.7).astype(int)) > 0) for i in range(n)]
    rate = sum(map(len, starts)) / (n * 2.0)
    assert 12.0 < rate < 23.0
    pause = np.concatenate([np.diff(b) / 60 for b in starts])
    assert 0.3 < np.log(pause).std() < 0.9, "log-normal, not a metronome"
    assert pause.min() > BLINK
    assert all(lids[b : b + 6, i].max() > 0.999 for i in range(n) for b in starts[i] if b + 6 < ticks)
    together = set(starts[0].tolist()) & set(starts[1].tolist())
    assert len(together) < 5, "each face has its own blinks"


def test_talking_blinks_more(stage) -> None:
    """Conversation raises the rate (Bentivoglio et al. 1997)."""
    counts = []
    for talking in (False, True):
        s = stage(seed=4)
        if talking:
            s.play.act = lambda t: (np.array([6.0, 6.0 + np.sin(20 * t), 0, 0, 0, 0, 0, 0]), "AA")
        counts.append(len(blinks(s.run(150.0))))
    assert counts[1] > 1.15 * counts[0]


def test_never_frozen(stage) -> None:
    """At rest no two seconds pass in which a face hardly moves: head, eyes or skin are always under way."""
    track = stage().run(40.0)
    for start in range(0, len(track) - 120, 30):
        part = track[start : start + 120]
        assert np.ptp(part[:, 52:55], axis=0).max() > 0.001
    assert (np.abs(np.diff(track, axis=0)).max(axis=1) > 0).all()


def test_breath(stage) -> None:
    """Breath stays in [0, 1], fills its range, and takes less time in than out."""
    s = stage()
    air = []
    for _ in range(60 * 8):
        s.app.step()
        air.append(float(s.app.world.get(int(s.ids[0]), Face).breath[0]))
    track = np.array(air)
    assert 0.0 <= track.min() < 0.05 and 0.95 < track.max() <= 1.0
    assert 0.3 < (np.diff(track) > 0).mean() < 0.5


def direction(pose: np.ndarray) -> np.ndarray:
    """Where both eyes together look, out of the head's turn: unit vector."""
    yaw, pitch = 0.5 * (pose[55] + pose[58]), 0.5 * (pose[56] + pose[59])
    v = np.array([np.sin(yaw) * np.cos(pitch), -np.sin(pitch), np.cos(yaw) * np.cos(pitch)])
    y, p, r = pose[52:55]
    c, s = np.cos, np.sin
    roll = np.array([[c(r), s(r), 0], [-s(r), c(r), 0], [0, 0, 1]])
    nod = np.array([[1, 0, 0], [0, c(p), -s(p)], [0, s(p), c(p)]])
    turn = np.array([[c(y), 0, s(y)], [0, 1, 0], [-s(y), 0, c(y)]])
    return turn @ nod @ roll @ v


@pytest.mark.parametrize("target", [(0.0, 0.0, 1.5), (0.6, 0.2, 1.2), (-0.5, -0.3, 1.0), (1.2, 0.0, 0.9)])
def test_the_gaze_reaches_its_target(stage, target) -> None:
    """Within half a second the eyes rest within 4 degrees of a cued point, and stay there while the head follows."""
    s = stage()
    s.run(1.0)
    s.cue("gaze", target=target, seconds=3.0)
    track = s.run(2.5)
    want = np.array(target) - (0.0, 0.0, 0.03)
    want /= np.linalg.norm(want)
    off = np.degrees([np.arccos(np.clip(direction(p) @ want, -1, 1)) for p in track[30:]])
    assert np.median(off) < 2.0 and off.max() < 5.5


def test_eyes_hold_while_the_head_shakes(stage) -> None:
    """The vestibulo-ocular reflex: the head swings by more than 8 degrees, the gaze by less than 4."""
    s = stage()
    s.cue("gaze", target=(0.0, 0.0, 1.5), seconds=9.0)
    s.run(1.0)
    s.cue("shake")
    track = s.run(1.2)
    assert np.degrees(np.ptp(track[:, 52])) > 8.0
    looked = np.array([direction(p) for p in track])
    assert np.degrees(np.ptp(np.arcsin(looked[:, 0]))) < 5.0


def test_without_a_target_the_eyes_wander(stage) -> None:
    """Attention of strength 0 leaves the gaze to itself; of strength 1 it keeps near the target in silence."""
    spread = []
    for strength in (0.0, 1.0):
        s = stage()
        s.app.world.insert(s.ids, Attention(target=(0.0, 0.0, 1.5), strength=strength))
        looked = np.array([direction(p)[:2] for p in s.run(20.0)])
        spread.append(looked.std(axis=0).max())
    assert spread[0] > 3.0 * spread[1]


def test_nod_shake_tilt_wink_blink(stage, channel) -> None:
    """Each cue does what it is called, and is over in the end."""

    def after(kind: str, seconds: float = 1.0) -> np.ndarray:
        s = stage()
        s.run(0.5)
        s.cue(kind, seconds=seconds)
        return s.run(4.0)

    still = stage().run(4.5)[30:]
    nod, shake, tilt, wink = after("nod"), after("shake"), after("tilt"), after("wink", 0.4)
    assert np.ptp(nod[:60, 53]) > 0.12 and np.ptp(nod[-30:, 53]) < 0.03
    assert np.ptp(shake[:60, 52]) > 0.15
    assert tilt[40, 54] - still[40, 54] > 0.1 and abs(tilt[-1, 54] - still[-1, 54]) < 0.02
    right, left = wink[:40, channel["eyeBlinkRight"]], wink[:40, channel["eyeBlinkLeft"]]
    assert right.max() > 0.9
    assert (right - left).max() > 0.7
    s = stage()
    s.run(0.6)
    before = blinks(s.run(0.5))
    s.cue("blink")
    assert before.size == 0 and blinks(s.run(0.4)).size == 1


def test_named_expressions_come_and_go(stage, channel) -> None:
    """A cue raises its expression smoothly and lets it go after its time; an unknown name changes nothing."""
    s = stage()
    s.run(0.5)
    s.cue("expression", name="smile", strength=1.0, seconds=1.5)
    s.cue("expression", name="no such face", seconds=1.5)
    track = s.run(4.0)[:, channel["mouthSmileLeft"]]
    assert track[75] > 0.5 and track[-1] < 0.06
    assert np.abs(np.diff(track)).max() < 0.06


def test_same_seed_same_face(stage) -> None:
    """Two worlds of one seed show the same bytes; another seed another life."""
    first, again, other = (stage(seed=seed).run(20.0).tobytes() for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_a_saved_world_goes_on_as_it_would_have(stage) -> None:
    """Snapshot in the middle of everything, continue in a new app: the same bytes."""
    s = stage(n=2)
    s.cue("expression", name="smile", seconds=5.0)
    s.cue("nod")
    s.run(2.3)
    blob = s.app.save()
    onward = s.run(5.0, avatar=1)
    other = stage(n=2, seed=99)
    other.app.load(blob)
    assert other.run(5.0, avatar=1).tobytes() == onward.tobytes()
