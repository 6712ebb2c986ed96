"""Lids, saccades and the gaze that stays while the head moves."""

import numpy as np
import pytest

from psi_ecs.systems.kernels import face_eyes as fe


def test_a_blink_closes_faster_than_it_opens() -> None:
    """It starts open, is shut for at least two ticks whatever the sampling, and ends open, without a jump."""
    t = np.arange(0.0, fe.BLINK + 0.05, 0.001)
    lid = np.array([fe.blink_lid(at) for at in t.tolist()])
    assert lid[0] == 0.0 and lid[-1] == 0.0 and lid.max() == 1.0
    assert np.abs(np.diff(lid)).max() < 0.03
    peak = t[lid > 0.999]
    assert peak[0] < fe.BLINK - peak[-1]
    assert peak[-1] - peak[0] > 1 / 60


def test_saccades_follow_the_main_sequence() -> None:
    """A 10-degree saccade covers 94 % of its way in 43 ms, and larger ones take longer."""
    assert 4.5 / fe.saccade_rate(np.radians(10.0)) == pytest.approx(0.043)
    assert fe.saccade_rate(np.radians(20.0)) < fe.saccade_rate(np.radians(5.0))


def test_bearings() -> None:
    """Left is positive yaw, down is positive pitch, and the body's own turn is taken out."""
    here, eye = (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)
    assert fe.bearing((1.0, 0.0, 1.0), here, 0.0, eye) == pytest.approx((np.pi / 4, 0.0, np.sqrt(2.0)))
    assert fe.bearing((0.0, -1.0, 1.0), here, 0.3, eye)[:2] == pytest.approx((-0.3, np.pi / 4))


def rotation(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """Head turn as a matrix: yaw about y, then pitch down about x, then roll toward +x about z."""
    c, s = np.cos, np.sin
    about_y = np.array([[c(yaw), 0, s(yaw)], [0, 1, 0], [-s(yaw), 0, c(yaw)]])
    about_x = np.array([[1, 0, 0], [0, c(pitch), -s(pitch)], [0, s(pitch), c(pitch)]])
    about_z = np.array([[c(roll), s(roll), 0], [-s(roll), c(roll), 0], [0, 0, 1]])
    return about_y @ about_x @ about_z


def test_eyes_counter_the_head() -> None:
    """Eye-in-head direction, turned by the head, is the direction that was fixed, for any head turn."""
    rng = np.random.default_rng(1)
    yaw, pitch, head = rng.uniform(-0.5, 0.5, 50), rng.uniform(-0.4, 0.4, 50), rng.uniform(-0.5, 0.5, (50, 3))
    eye_yaw, eye_pitch = np.array([fe.in_head(y, p, h) for y, p, h in zip(yaw, pitch, head, strict=True)]).T

    def direction(y: float, p: float) -> np.ndarray:
        return np.array([np.sin(y) * np.cos(p), -np.sin(p), np.cos(y) * np.cos(p)])

    for i in range(50):
        seen = rotation(*head[i]) @ direction(eye_yaw[i], eye_pitch[i])
        np.testing.assert_allclose(seen, direction(yaw[i], pitch[i]), atol=1e-12)


def test_eyes_meet_on_what_is_looked_at() -> None:
    """From half a metre they turn in by about 3.5 degrees each, and they counter a head that leans by a tenth of it."""
    turn = fe.turns(0.0, 0.0, (0.0, 0.0, 0.3), 0.5, 0.0, 0.0)
    assert (turn[0], turn[3]) == pytest.approx((-0.062, 0.062))
    assert (turn[2], turn[5]) == pytest.approx((-0.03, -0.03))
    turn = fe.turns(0.0, 0.0, (0.0, 0.0, 0.0), 1.0, 0.03, 0.01)
    assert turn[1:3] == pytest.approx((0.03, 0.01))


def test_lids_follow_the_eyes() -> None:
    """Looking left turns the left eye out and the right eye in; looking down is down in both."""
    eye = [0.0] * 14
    fe.follow(eye, (0.13, 0.1, 0.0, 0.13, 0.1, 0.0), (0.2, 0.2, 0.26, 0.26), 0.0, 0.0, 0.0)
    np.testing.assert_allclose(eye, [0, 0.5, 0, 0.5, 0, 0, 0, 0, 0.5, 0.5, 0, 0, 0, 0])


def test_a_blink_shuts_both_eyes_and_calms_what_it_covers() -> None:
    """Lids are as far shut as the blink or their expression has them; shut eyes neither look up nor squint as much."""
    eye = [0.2, 0, 0, 0, 0, 0.5, -0.1, 0.9, 0, 0, 0, 0, 0.5, 0.3]
    left, right = fe.shut(eye, 0.6)
    assert (left, right) == (eye[0], eye[7]) == (0.6, 0.9) and (eye[6], eye[13]) == (0.0, 0.3)
    fe.follow(eye, (0.0, -0.1, 0.0, 0.0, -0.1, 0.0), (0.2, 0.2, 0.26, 0.26), 0.6, left, right)
    assert (eye[4], eye[11]) == pytest.approx((0.5 * 0.4, 0.5 * 0.1)) and eye[5] == pytest.approx(0.5 * 0.64)
