"""From the drives of faces to their weights: speech, expression and life, mixed, and held to what phonetics demands."""

import numpy as np
from numpy.typing import NDArray

from psi_ecs import Clock
from psi_ecs.components.avatar import Attention, Feeling, Place
from psi_ecs.components.face import FACE_ID, Articulation, Rig
from psi_ecs.components.life import Expressions, Life
from psi_ecs.components.oscillator import Role
from psi_ecs.components.phone import PHONE_ID
from psi_ecs.systems.face.field import Field
from psi_ecs.systems.face.state import (
    ATTACK,
    BOW,
    BROW,
    DENTAL,
    EYE,
    FEATURES,
    FEELING,
    HEAD,
    LIFT,
    MODES,
    NOD,
    RELEASE,
    SHAKE,
    SHOWN,
    TALK,
)
from psi_ecs.systems.kernels import face_eyes, face_mouth, face_swing, relax

F64 = NDArray[np.float64]

EYE_MIDDLE = np.array([0.0, 0.0, 0.03])
"""The middle between the eyes in head space, m: heads are authored around it."""
SWAY = np.array([0.013, 0.009, 0.008])
"""Idle turns of the head, yaw, pitch, roll, radians."""
PITCH_NOD, PITCH_BROW = -0.006, 0.03
"""Head pitch (rad) and brow raise for each semitone of voice pitch: both rise with it (Yehia et al. 2002)."""
BLINKS, WIDES, SQUINTS = np.array([0, 7]), np.array([6, 13]), np.array([5, 12])
LOOKS = np.array([1, 2, 3, 4, 8, 9, 10, 11])
LOOK_UPS = np.array([4, 11])
BROW_INNER, BROW_OUTER = FACE_ID["browInnerUp"], slice(FACE_ID["browOuterUpLeft"], FACE_ID["browOuterUpRight"] + 1)
SILENCE, _TH, _DH = PHONE_ID["SIL"], PHONE_ID["TH"], PHONE_ID["DH"]
MOUTH = face_mouth.MOUTH


def drive(
    life: Life, feeling: Feeling, art: Articulation, look: Attention, place: Place, field: Field, shown: Expressions,
    rate: F64, turn: NDArray[np.int64], clock: Clock,
) -> F64:  # fmt: skip
    """Advance every drive and swing by a tick; returns the distance to what is looked at, f64[A], metres."""
    goal = np.zeros_like(life.drive)
    now = feeling.now.astype(np.float64)
    goal[:, 0:6:2], goal[:, 1:6:2] = now[:, :3], -now[:, :3]
    goal[:, 6:13] = now[:, 3:]
    np.maximum(goal[:, FEELING], 0.0, out=goal[:, FEELING])
    goal[:, SHOWN] = life.want * (life.until > clock.sample)
    phone = np.rint(art.phone).astype(np.int64)
    voiced = phone != SILENCE
    goal[:, TALK] = np.where(voiced, 1.0, np.where(turn >= 0, 0.5, 0.0))
    goal[:, DENTAL] = (phone == _TH) | (phone == _DH)
    goal[:, LIFT] = np.where(voiced, np.clip(art.pitch, -5.0, 7.0), 0.0)
    far = _aim(goal, life, look, place, field, clock)
    speed = np.broadcast_to(rate, goal.shape).copy()
    speed[:, TALK] = np.where(goal[:, TALK] > life.drive[:, TALK], ATTACK, RELEASE)
    speed[:, EYE] = face_eyes.saccade_rate(np.abs(goal[:, EYE] - life.drive[:, EYE]).max(axis=1))[:, None]
    life.drive[:], life.speed[:] = relax.step(life.drive, life.speed, goal, speed, clock.dt)
    psi = face_swing.advance(life.swing[:, :, 0] + 1j * life.swing[:, :, 1], MODES, clock.dt)
    life.swing[:, :, 0], life.swing[:, :, 1] = psi.real, psi.imag
    return far


def _aim(goal: F64, life: Life, look: Attention, place: Place, field: Field, clock: Clock) -> F64:
    """Set the goals of eyes and head; returns the distance of the fixated point."""
    cued = (life.glance_until > clock.sample)[:, None]
    target = np.where(cued, life.glance, look.target).astype(np.float64)
    yaw, pitch, far = face_eyes.bearing(target, place.position.astype(np.float64), place.yaw.astype(np.float64), EYE_MIDDLE)
    aim = np.stack([yaw, pitch], axis=1)
    away = aim + life.wander
    share = 0.2 + 0.5 * np.minimum(np.abs(away) / 0.6, 1.0)  # small shifts are made with the eyes alone
    goal[:, HEAD] = np.clip(away * share, (-0.95, -0.4), (0.95, 0.45))
    drift = 0.0025 * np.sin(2.0 * np.pi * field.theta[[Role.GAZE_YAW, Role.GAZE_PITCH]].T)
    goal[:, EYE] = away + life.scan * np.where(life.wander == 0.0, 1.0, 1.5) + drift
    return far


def weights(
    life: Life, art: Articulation, rig: Rig, field: Field, shown: Expressions, far: F64,
) -> F64:  # fmt: skip
    """The 61 channels of every face, f64[A, 61]."""
    talk = np.clip(life.drive[:, TALK], 0.0, 1.0)
    wish = life.drive[:, FEATURES] @ shown.matrix + life.standing
    w = wish * (1.0 - talk[:, None] * (1.0 - shown.damp))
    np.clip(w[:, :52], 0.0, 1.0, out=w[:, :52])
    _live(w, life, field)
    w[:, MOUTH] = _mouth(w[:, :52], wish[:, :52], life, art, rig, talk)[:, MOUTH]
    _turn(w, life, field, talk)
    _see(w, life, rig, field, far)
    return w


def _live(w: F64, life: Life, field: Field) -> None:
    """Brows that follow the voice, and the small unrest that keeps a face from freezing."""
    wave = 0.5 + 0.5 * np.sin(2.0 * np.pi * field.theta[[Role.BROW, Role.MOUTH]])
    raise_ = np.maximum(life.swing[:, BROW, 1], 0.0) + np.clip(PITCH_BROW * life.drive[:, LIFT] * life.gesture, 0.0, 0.2)
    w[:, BROW_INNER] += 0.7 * raise_ + 0.03 * wave[0]
    w[:, BROW_OUTER] += (raise_ + 0.02 * wave[0])[:, None] * (1.0, 0.92)
    w[:, face_mouth.SMILE] += (0.02 * wave[1])[:, None] * (1.0, 0.8)
    w[:, face_mouth.PRESS] += (0.02 * (1.0 - wave[1]))[:, None] * (0.8, 1.0)


def _mouth(w: F64, wish: F64, life: Life, art: Articulation, rig: Rig, talk: F64) -> F64:
    """Speech and expression together in the mouth, with closure, teeth and opening held in millimetres."""
    lip_gap, tooth_gap = rig.lip_gap.astype(np.float64), rig.tooth_gap.astype(np.float64)
    now, strength = art.now.astype(np.float64), life.articulation.astype(np.float64)
    closing = np.clip(-now[:, 1] / 0.5, 0.0, 1.0)
    talk = np.maximum(talk, closing)
    x = face_mouth.speech_shapes(now, np.clip(life.drive[:, DENTAL], 0.0, 1.0), strength) * talk[:, None]
    w = w.copy()
    w[:, face_mouth.SMILE] *= (1.0 - 0.6 * x[:, face_mouth.PUCKER])[:, None]  # no smile in a pucker
    x += w
    jaw = talk * now[:, 0] / (face_mouth.INCISOR * lip_gap[:, 0, 1 + face_mouth.JAW_OPEN]) + w[:, face_mouth.JAW_OPEN]
    free_gap = np.maximum(face_mouth.gaps(np.clip(wish, 0.0, 1.0), lip_gap)[:, 0], 0.0)
    asked = np.where(now[:, 1] < 0.0, 0.15 * now[:, 1], now[:, 1] * (0.5 + 0.5 * strength))
    goal = talk * asked + (1.0 - talk) * free_gap
    raisers = np.zeros_like(x)
    raisers[:, face_mouth.LOWER_DOWN], raisers[:, face_mouth.UPPER_UP] = 0.7, 0.4
    x = face_mouth.fit(x, jaw, goal, raisers, lip_gap)
    x = face_mouth.seal(x, goal, 1.0 - talk, raisers, lip_gap)
    touch = np.where(closing > 0.0, 0.0, now[:, 4])
    return np.clip(face_mouth.tuck(x, touch, life.tuck.astype(np.float64), tooth_gap), 0.0, 1.0)


def _turn(w: F64, life: Life, field: Field, talk: F64) -> None:
    """Head yaw, pitch and roll: following the gaze, swaying, moving with the voice, and gesturing."""
    angle = 2.0 * np.pi * field.theta[[Role.SWAY_YAW, Role.SWAY_PITCH, Role.SWAY_ROLL]].T
    sway = SWAY * (np.sin(angle) + 0.3 * np.sin(3.0 * angle + 1.3))
    w[:, 52:55] += sway * (life.sway * (1.0 + 0.7 * talk))[:, None]
    w[:, 52:54] += life.drive[:, HEAD]
    w[:, 52] += 0.02 * talk * life.gesture * np.sin(2.0 * np.pi * field.theta[Role.PHRASE]) + life.swing[:, SHAKE, 1]
    w[:, 53] += PITCH_NOD * life.drive[:, LIFT] * life.gesture + life.swing[:, NOD, 1] + life.swing[:, BOW, 1]


def _see(w: F64, life: Life, rig: Rig, field: Field, far: F64) -> None:
    """Eye turns that hold the gaze while the head moves, lids that follow them, and blinks over everything."""
    yaw, pitch = face_eyes.in_head(life.drive[:, EYE.start], life.drive[:, EYE.start + 1], w[:, 52:55])
    cross = np.arctan2(face_eyes.HALF_SPACING, far)
    both = np.clip(np.stack([yaw - cross, yaw + cross], axis=1), -face_eyes.YAW_REACH, face_eyes.YAW_REACH)
    pitch = np.clip(pitch, -face_eyes.UP_REACH, face_eyes.DOWN_REACH)
    w[:, [55, 58]], w[:, [56, 59]], w[:, [57, 60]] = both, pitch[:, None], 0.0
    since = field.theta[Role.BLINK] / np.maximum(field.freq[Role.BLINK], 1e-9)
    lid = face_eyes.blink_lid(since)[:, None]
    w[:, LOOKS] = np.clip(w[:, LOOKS] + face_eyes.eye_shapes(both, pitch, rig.eye_gain.astype(np.float64)), 0.0, 1.0)
    shut = np.maximum(w[:, BLINKS], lid)
    w[:, BLINKS] = shut
    w[:, WIDES] *= 1.0 - shut  # an override, as in VRM: a closing lid takes the others' share
    w[:, SQUINTS] *= 1.0 - 0.6 * lid
    w[:, LOOK_UPS] *= 1.0 - shut


def breath(field: Field) -> F64:
    """Chest expansion of every avatar, f64[A]: in for 40 % of the cycle, out for the rest."""
    theta = field.theta[Role.BREATH]
    phase = np.where(theta < 0.4, theta / 0.8, 0.5 + (theta - 0.4) / 1.2)
    return 0.5 - 0.5 * np.cos(2.0 * np.pi * phase)
