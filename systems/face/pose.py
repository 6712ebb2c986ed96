"""From the drives of faces to their weights: speech, expression and life, mixed, and held to what phonetics demands.

Matrix products are done for all faces of a table at once; what has few numbers a face goes face by face in plain ones.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs import Clock
from psi_ecs.components.avatar import Attention, Feeling, Place
from psi_ecs.components.expression import Expressions
from psi_ecs.components.face import Articulation, Rig
from psi_ecs.components.life import Claims, Life
from psi_ecs.components.oscillator import Role
from psi_ecs.systems.face import state
from psi_ecs.systems.face.claim import mixed
from psi_ecs.systems.face.field import Field
from psi_ecs.systems.face.held import Limits, hold
from psi_ecs.systems.face.state import BROWS, CHEST, DENTAL, EYE, HEAD, LIFT, ROWS, TALK
from psi_ecs.systems.kernels import face_eyes, face_mouth, relax
from psi_ecs.systems.kernels.face_mouth import clamp

F64 = NDArray[np.float64]

EYE_MIDDLE = np.array([0.0, 0.0, 0.03])
"""The middle between the eyes in head space, m: heads are authored around it."""
BLINKS, WIDES, SQUINTS, LOOK_UPS = slice(0, 8, 7), slice(6, 14, 7), slice(5, 13, 7), slice(4, 12, 7)
"""Left and right of each lid channel."""
LOOKS_LEFT, LOOKS_RIGHT = slice(1, 5), slice(8, 12)
_BLINK, _BEAT, _BROW, _MOUTH = int(Role.BLINK), int(Role.BEAT), int(Role.BROW), int(Role.MOUTH)
BLINK, LOOK, SPEECH = range(3)
"""What expressions may override."""
HEAD_TURN, EYE_TURN, SHAPES_ALONE = slice(52, 55), slice(55, 61), slice(0, 52)
SACCADE, DRIFT = 0.008, 0.0025
"""Radians by which the eyes may be off before they leap, and by which they drift."""
FAINT = 1e-3
"""Strength below which what moves in an expression is not seen."""
BLINK_DIP = 0.03
"""Radians that eyes dip in a blink (Riggs, Kelly, Manning and Moore 1987: one to two degrees down and inward)."""
FLARE = 0.025
"""Sneer of the nose for a chest that fills once a second: nostrils open as air is drawn in (Strohl et al. 1980)."""
JAW, MOUTH, TONGUE = face_mouth.JAW_OPEN, face_mouth.LIPS, face_mouth.TONGUE


def drive(
    life: Life, feeling: Feeling, art: Articulation, look: Attention, place: Place, waves: F64, air: F64, shown: Expressions,
    turn: NDArray[np.int64], clock: Clock,
) -> tuple[F64, F64]:  # fmt: skip
    """Advance every drive and swing by a tick; returns the distance to what is looked at, f64[A], metres, and what expressions
    leave of blinks, gaze and speech, f64[A, 3]. `air` f64[A] is how far chests are expanded."""
    goal, left = np.empty_like(life.drive), left_by(life, shown)
    rows = goal[:, ROWS]
    np.maximum(feeling.now @ state.FELT_BY, life.raised, out=rows)
    asked = life.until > clock.sample
    if asked.any():
        np.maximum(rows, life.want * asked, out=rows)
    sounding = state.SOUNDING[art.phone.astype(np.intp)]
    goal[:, TALK] = np.maximum(sounding[:, 0], 0.5 * (turn >= 0))
    goal[:, DENTAL] = sounding[:, 1]
    goal[:, LIFT] = sounding[:, 0] * clamp(art.tune, -5.0, 7.0)
    goal[:, CHEST] = air
    goal[:, BROWS] = np.maximum(life.swing[:, state.BROW, 1], 0.0)  # an accent strikes the brow's mode; the skin follows
    far = _aim(goal, life, look, place, waves, left, clock)
    up, down, wear, turned = state.paces(shown, clock.dt)
    pace = np.where(goal > life.drive, up, down)
    pace[:, EYE] = life.saccade[:, None]
    life.drive[:], life.speed[:] = relax.step(life.drive, life.speed, goal, pace, clock.dt)
    life.worn += (life.drive[:, ROWS] - life.worn) * wear
    swing = life.swing.view(np.complex128)
    swing *= turned
    return far, left


def _aim(goal: F64, life: Life, look: Attention, place: Place, waves: F64, left: F64, clock: Clock) -> F64:
    """Set the goals of eyes and head; returns the distance of the fixated point."""
    cued, target = life.glance_until > clock.sample, look.target
    if cued.any():
        target = np.where(cued[:, None], life.glance, target)
    aim, far = face_eyes.bearing(target, place.position, place.yaw, EYE_MIDDLE)
    heads, eyes = [], []
    drift, old, now = waves[state.DRIFT].T.tolist(), life.aim.tolist(), life.drive[:, EYE].tolist()
    rows = zip(aim.tolist(), life.wander.tolist(), life.scan.tolist(), left[:, LOOK].tolist(), strict=True)
    for row, (point, away, scan, kept) in enumerate(rows):
        yaw, pitch = point[0] + away[0], point[1] + away[1]
        heads.append((yaw * (0.2 + 0.8 * min(abs(yaw), 0.6)), pitch * (0.2 + 0.8 * min(abs(pitch), 0.6))))
        a, b = yaw + scan[0] * kept + DRIFT * drift[row][0], pitch + scan[1] * kept + DRIFT * drift[row][1]
        eyes.append((a, b))
        if max(abs(a - old[row][0]), abs(b - old[row][1])) > SACCADE:
            life.aim[row] = a, b  # the speed of a saccade is set by its size as it begins
            life.saccade[row] = face_eyes.saccade_rate(max(abs(a - now[row][0]), abs(b - now[row][1])))
    goal[:, HEAD], goal[:, EYE] = heads, eyes  # small shifts are made with the eyes alone
    return far


def strength(life: Life, shown: Expressions, clock: Clock) -> F64:
    """How strong each expression is now, f64[A, E]: as driven, less what it has sunk by, and a burst on top."""
    driven = life.drive[:, ROWS]
    out: F64 = driven - shown.lost * np.minimum(life.worn, driven)
    for who in np.flatnonzero(life.burst >= 0).tolist():
        begin, end = life.burst_span[who].tolist()
        if clock.sample >= end:
            life.burst[who] = -1
        else:
            out[who, life.burst[who]] += life.burst_size[who] * np.sin(np.pi * (clock.sample - begin) / (end - begin)) ** 2
    return out


def left_by(life: Life, shown: Expressions) -> F64:
    """What expressions leave of blinks, gaze and speech, f64[A, 3]: the override of VRM 1.0, 1 - saturate(sum)."""
    return 1.0 - clamp(life.drive[:, ROWS] @ shown.override, 0.0, 1.0)


def waves(field: Field) -> F64:
    """The waves of every face, f64[13, A]; in [-1, 1] at amplitude 1."""
    wave: F64 = np.sin(state.WAVE_TURN * field.theta[state.WAVE_ROLE] + state.WAVE_SHIFT)
    wave *= field.amp[state.WAVE_ROLE]
    return wave


def weights(
    life: Life, art: Articulation, rig: Rig, field: Field, shown: Expressions, seen: tuple[F64, F64], wave: F64,
    held: Limits | None, clock: Clock, claims: list[tuple[int, Claims]],
) -> F64:  # fmt: skip
    """The 61 channels of every face, f64[A, 61]; `held` is None to leave everything to the mixture alone. `seen` is
    what `drive` returns; `claims` are those of the rows that hosts drive."""
    closing = clamp(art.now[:, 1] * -2.0, 0.0, 1.0)  # lips that press together claim the mouth at once
    far, left = seen
    talk = np.maximum(clamp(life.drive[:, TALK], 0.0, 1.0) * left[:, SPEECH], closing)
    wish = wished(strength(life, shown, clock), field, shown)
    wish += life.standing
    w = wish * (1.0 - talk[:, None] * state.GIVEN)
    moved = _movement(life, field, wave, talk)
    w += moved @ state.MOVEMENT
    tone = moved[:, state.TONE.start :] @ state.MOVEMENT[state.TONE.start :, face_mouth.CLOSE]
    w[:, 52:54] += life.drive[:, HEAD]
    for who, owned in claims:
        mixed(w[who], owned, HEAD_TURN)
    _mouth(w, wish, life, art, talk, held)
    w[:, face_mouth.CLOSE] = np.maximum(w[:, face_mouth.CLOSE], tone)
    _see(w, life, rig, field, left[:, BLINK], far, wave, held)
    for who, owned in claims:
        mixed(w[who], owned, SHAPES_ALONE)
        mixed(w[who], owned, EYE_TURN)
        if held is not None and closing[who] > 0.0:
            _reseal(w, who, life, art, closing)
    w[:, :52] = clamp(w[:, :52], 0.0, 1.0)
    return np.asarray(w)


def wished(strong: F64, field: Field, shown: Expressions) -> F64:
    """What expressions of these strengths f64[A, E] do to the 61 channels: their pose, and the waves in them."""
    out: F64 = strong @ shown.matrix
    moving = strong[:, shown.wave_row]
    if moving.max(initial=0.0) > FAINT:
        wave = np.sin(shown.wave_turn * field.theta[shown.wave_role] + shown.wave_shift)
        wave *= field.amp[shown.wave_role]
        out += (wave.T * moving) @ shown.wave_matrix
    return out


def _reseal(w: F64, who: int, life: Life, art: Articulation, closing: F64) -> None:
    """Lips that must meet do, whoever drives them, in place."""
    one = slice(who, who + 1)
    x = clamp(w[one, :52], 0.0, 1.0)
    x[:, face_mouth.CLOSE] = 0.0
    x = face_mouth.hold(x, _asked(art.now[one]), 1.0 - closing[one], life.reach[one], life.lip_gap[one])
    w[one, MOUTH] += closing[who] * (x[:, MOUTH] - w[one, MOUTH])


def _asked(art: NDArray[Any]) -> F64:
    """Lip gap f64[A] in mm that articulators f[A, 8] ask for: pressed lips cannot pass through each other."""
    return np.array([max(lips, 0.15 * lips) for lips in art[:, 1].tolist()])


def _movement(life: Life, field: Field, wave: F64, talk: F64) -> F64:
    """How strong each movement is, f64[A, 16] in the order of `state.MOVEMENT`."""
    out = []
    rows = zip(
        wave.T.tolist(), talk.tolist(), life.sway.tolist(), life.gesture.tolist(), field.amp[_BEAT].tolist(),
        life.swing[:, :, 1].tolist(), life.drive[:, LIFT].tolist(), life.drive[:, BROWS].tolist(),
        field.amp[_BROW].tolist(), field.amp[_MOUTH].tolist(), strict=True,
    )  # fmt: skip
    for waves, speaking, sway, gesture, beat, swing, lift, brows, upper, lower in rows:
        lean, rise = sway * (1.0 + 0.7 * speaking), lift * gesture * beat
        out.append((
            *(lean * x for x in waves[:6]), rise, brows + min(max(0.03 * rise, 0.0), 0.2), swing[state.NOD] + swing[state.BOW],
            swing[state.SHAKE], speaking * gesture * waves[state.PHRASE_WAVE], *waves[state.TONUS], max(upper, lower, 1.0),
        ))  # fmt: skip
    return np.array(out).reshape(-1, len(state.MOVEMENT))


def _mouth(w: F64, wish: F64, life: Life, art: Articulation, talk: F64, held: Limits | None) -> None:
    """Speech and expression together in the mouth, with closure, teeth and opening held in millimetres, in place."""
    w[:, :52] += face_mouth.speech_shapes(art.now, life.drive[:, DENTAL], art.loudness, talk)
    for who, filling in enumerate(life.speed[:, CHEST].tolist()):
        if filling > 0.0:
            w[who, face_mouth.NOSE] += FLARE * min(filling, 3.0)
    smile = w[:, face_mouth.SMILE]
    np.maximum(smile, 0.0, out=smile)
    if held is not None:
        hold(w, *held.face)
    talks, reach = talk.tolist(), life.lip_gap[:, 0, 1 + JAW].tolist()
    for who, (much, jaw, lip) in enumerate(zip(talks, art.now[:, 0].tolist(), reach, strict=True)):
        w[who, JAW] += much * jaw / (face_mouth.INCISOR * lip)
    w[:, face_mouth.CLOSE] = 0.0
    x = clamp(w[:, :52], 0.0, 1.0)
    if held is not None:
        goal = _asked(art.now)
        if min(talks) < 0.999:
            free = face_mouth.gaps(clamp(wish[:, :52], 0.0, 1.0), life.lip_gap)[:, 0]
            goal = talk * goal + (1.0 - talk) * np.maximum(free, 0.0)
        x = face_mouth.hold(x, goal, 1.0 - talk, life.reach, life.lip_gap)
        tucked = art.now[:, 4]
        if max(tucked.tolist()) > face_mouth.SLACK:
            x = face_mouth.tuck(x, tucked.astype(np.float64), life.tuck)
    w[:, MOUTH], w[:, TONGUE] = x[:, MOUTH], x[:, TONGUE]


def _see(w: F64, life: Life, rig: Rig, field: Field, left: F64, far: F64, wave: F64, held: Limits | None) -> None:
    """Eye turns that hold the gaze while the head moves, lids that follow them, and the blinks that expressions leave, f64[A],
    over everything, in place."""
    lid = face_eyes.blink_lid(field.theta[_BLINK] / field.freq[_BLINK]) * left
    w[:, EYE_TURN] = face_eyes.turns(life.drive[:, EYE], w[:, HEAD_TURN], far, BLINK_DIP * lid, DRIFT * wave[state.DRIFT.start])
    shut = np.maximum(w[:, BLINKS], lid[:, None])
    w[:, BLINKS] = shut
    w[:, WIDES] = np.maximum(w[:, WIDES], 0.0)
    if held is not None:
        hold(w, *held.eyes)
    shapes = face_eyes.eye_shapes(w[:, EYE_TURN], rig.eye_gain)
    w[:, LOOKS_LEFT] += shapes[:, :4]
    w[:, LOOKS_RIGHT] += shapes[:, 4:]
    if lid.any():
        w[:, SQUINTS] *= 1.0 - 0.6 * lid[:, None]
    w[:, LOOK_UPS] *= 1.0 - shut


def tongue(life: Life, art: Articulation) -> F64:
    """Tip and body of the tongue of every face, f64[A, 2] in the order of `components.face.TONGUE`."""
    return face_mouth.tongue_shapes(art.now, life.drive[:, DENTAL])
