"""Expressions in time: they come, move, sink and go; bursts; what they take from blinks, gaze and speech."""

import numpy as np

from psi_ecs.components.avatar import Feeling
from psi_ecs.components.expression import Expression, Repertoire, Wave
from psi_ecs.components.face import FACE_ID
from psi_ecs.components.life import Life

CHEEK = FACE_ID["cheekSquintLeft"]
OPEN, SHUT = (np.array([8.0, 8.0, 0, 0, 0, 0, 0, 0]), "AA"), (np.array([2.0, -1.5, 0, 0, 0, 0, 0, 0]), "M")


def own(s, **more) -> None:
    """Give the stage an expression called mine."""
    s.app.world.resource(Repertoire).own["mine"] = Expression(**more)


def test_onset_apex_and_offset(stage) -> None:
    """It grows at its onset, sinks to what is left after the apex, and goes at its offset."""
    s = stage()
    own(s, units={"AU34": 0.8}, onset=0.2, apex=1.0, hold=0.5, offset=1.0)
    s.cue("expression", name="mine", seconds=6.0)
    track = s.run(9.0)[:, FACE_ID["cheekPuff"]]
    assert track[12] > 0.6 and abs(track[355] - 0.4) < 0.03
    peak = track[:60].max()
    assert 0.65 < peak <= 0.81
    fall = track[360:]
    assert fall[15] > 0.15 and fall[90] < 0.05, "its offset is slower than its onset"


def test_a_happy_cheek_bounces_at_half_a_hertz(stage) -> None:
    """Joy lifts the cheek, and the cheek's oscillator moves it."""
    s = stage(feeling={3: 1.0})
    cheek = s.run(34.0)[240:, CHEEK]
    power = np.abs(np.fft.rfft((cheek - cheek.mean()) * np.hanning(len(cheek))))
    hertz = np.fft.rfftfreq(len(cheek), 1 / 60)
    assert 0.42 < hertz[power[10:].argmax() + 10] < 0.58
    assert np.ptp(cheek[-600:]) > 0.1


def test_a_sad_lip_quivers(stage) -> None:
    """There is more movement above 5 Hz in the chin of the sad."""
    fast = []
    for feeling in ({}, {5: 1.0}):
        chin = stage(feeling=feeling).run(6.0)[120:, FACE_ID["mouthShrugLower"]]
        fast.append(np.abs(np.fft.rfft(chin * np.hanning(len(chin))))[20:70].max())
    assert fast[1] > 20.0 * fast[0]


def test_waves_follow_the_strength_and_the_oscillator(stage) -> None:
    """An expression at half strength moves half as much; without it nothing of the wave is there."""
    sizes = []
    for strength in (0.0, 0.5, 1.0):
        s = stage()
        own(s, channels={"cheekPuff": 0.5}, wave=[Wave(of="quiver", channels={"cheekPuff": 0.2})])
        s.cue("expression", name="mine", strength=strength, seconds=9.0)
        track = s.run(4.0)[120:, FACE_ID["cheekPuff"]]
        sizes.append(np.ptp(track - np.convolve(track, np.ones(15) / 15, "same"), axis=0) if strength else 0.0)
    assert sizes[2] > 0.3 and abs(sizes[1] / sizes[2] - 0.5) < 0.1


def test_a_micro_expression_lasts_no_longer_than_it_may(stage) -> None:
    """It flashes up within its 0.04 to 0.2 seconds and leaves nothing."""
    for seconds, longest in ((0.1, 7), (5.0, 13)):
        s, calm = stage(), stage()
        s.run(1.0), calm.run(1.0)
        s.cue("micro", name="disgust", strength=0.6, seconds=seconds)
        moved = np.abs(s.run(1.0) - calm.run(1.0))[:, FACE_ID["noseSneerLeft"]]
        assert 0.2 < moved.max() < 0.65 and (moved > 0.02).sum() <= longest and moved[20:].max() < 1e-3


def test_a_feeling_that_turns_may_flash_first(stage) -> None:
    """Over many turns of feeling, more than a third begin with a burst, and it is gone within 0.2 s."""
    bursts = 0
    for seed in range(12):
        s = stage(seed=seed)
        s.run(0.2)
        goal = np.zeros(10, np.float32)
        goal[4] = 0.8
        s.app.world.get(int(s.ids[0]), Feeling).goal[:] = goal
        s.run(0.05)
        bursts += int(s.app.world.get(int(s.ids[0]), Life).burst[0]) >= 0
        s.run(0.25)
        assert s.app.world.get(int(s.ids[0]), Life).burst[0] == -1
    assert 4 <= bursts <= 11


def test_what_blocks_and_blends(stage, channel) -> None:
    """VRM override: block leaves no blink, blend fades the mouth of speech, and lips that must meet still do."""
    s = stage()
    own(s, blink="block", units={"AU1": 0.2})
    s.cue("expression", name="mine", seconds=60.0)
    assert s.run(40.0)[60:, 0].max() < 0.1
    opened = []
    for mouth in ("none", "blend"):
        s = stage()
        own(s, mouth=mouth)
        s.play.act = lambda t: OPEN if t < 3.0 else SHUT
        s.cue("expression", name="mine", seconds=9.0)
        track = s.run(4.0)
        opened.append(s.lips(track[170:175])[:, 0].mean())
        assert s.lips(track[-10:]).max() < 1.0
    assert opened[0] > 6.0 and opened[1] < 1.0


def test_an_expression_that_is_changed_is_shown_anew(stage) -> None:
    """An editor changes it while it is on the face."""
    s = stage()
    own(s, units={"AU34": 0.2})
    s.cue("expression", name="mine", seconds=30.0)
    low = s.run(2.0)[-1, FACE_ID["cheekPuff"]]
    own(s, units={"AU34": 0.9})
    assert s.run(2.0)[-1, FACE_ID["cheekPuff"]] > low + 0.5
