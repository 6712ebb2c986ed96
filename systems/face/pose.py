"""From the drives of faces to their weights: speech, expression and life, mixed, and held to what phonetics demands.

Matrix products are done for all faces of a table at once; what has few numbers a face goes face by face in plain ones.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from psi_ecs import Clock
from psi_ecs.components.avatar import Attention, Feeling, Place
from psi_ecs.components.expression import Expressions
from psi_ecs.components.face import Articulation, Rig
from psi_ecs.components.life import Claims, Life
from psi_ecs.components.oscillator import Role
from psi_ecs.systems.face import state
from psi_ecs.systems.face.breathing import chest
from psi_ecs.systems.face.claim import mixed
from psi_ecs.systems.face.field import Field
from psi_ecs.systems.face.held import Limits, hold
from psi_ecs.systems.face.state import CHEST, DENTAL, EYE, OTHERS, ROWS, TALK
from psi_ecs.systems.kernels import face_eyes, face_mouth, relax
from psi_ecs.systems.kernels.face_mouth import clamp

F64 = NDArray[np.float64]
Numbers = list[list[float]]
"""Some of each face."""

EYE_MIDDLE = (0.0, 0.0, 0.03)
"""The middle between the eyes in head space, m: heads are authored around it."""
_BLINK, _BEAT, _BROW, _MOUTH, _BREATH = (int(r) for r in (Role.BLINK, Role.BEAT, Role.BROW, Role.MOUTH, Role.BREATH))
BLINK, LOOK, SPEECH = range(3)
"""What expressions may override."""
LIDS, HEAD_TURN, EYE_TURN, SHAPES_ALONE = slice(0, 14), slice(52, 55), slice(55, 61), slice(0, 52)
SACCADE, DRIFT = 0.008, 0.0025
"""Radians by which the eyes may be off before they leap, and by which they drift."""
FAINT = 1e-3
"""Strength below which what moves in an expression is not seen."""
BLINK_DIP = 0.03
"""Radians that eyes dip in a blink (Riggs, Kelly, Manning and Moore 1987: one to two degrees down and inward)."""
MOUTH, TONGUE = face_mouth.LIPS, face_mouth.TONGUE


class Seen(NamedTuple):
    """What `drive` finds and `weights` needs."""

    far: list[float]
    """Metres to what each face looks at."""
    left: Numbers
    """What expressions leave of blinks, gaze and speech of each face, 0 to 1."""


def drive(
    life: Life, feeling: Feeling, art: Articulation, look: Attention, place: Place, field: Field, wave: Numbers,
    shown: Expressions, turn: NDArray[np.int64], clock: Clock,
) -> Seen:  # fmt: skip
    """Advance every drive and swing by a tick."""
    goal, left = np.empty_like(life.drive), left_by(life, shown)
    rows = goal[:, ROWS]
    np.maximum(feeling.now @ state.FELT_BY, life.raised, out=rows)
    if life.until.max() > clock.sample:
        np.maximum(rows, life.want * (life.until > clock.sample), out=rows)
    aims, far = _aim(life, look, place, wave, left, clock)
    sounding = state.SOUNDING[art.phone.astype(np.intp)].tolist()
    others = zip(
        sounding, turn.tolist(), art.tune.tolist(), aims, field.theta[_BREATH].tolist(), life.swing[:, state.BROW, 1].tolist(),
        strict=True,
    )  # fmt: skip
    goal[:, OTHERS] = [  # an accent strikes the brow's mode; the skin follows
        (max(sound, 0.5 * (said >= 0)), dental, sound * min(max(tune, -5.0), 7.0), *aim, chest(breath), max(brow, 0.0))
        for (sound, dental), said, tune, aim, breath, brow in others
    ]
    up, down, wear, turned = state.paces(shown, clock.dt)
    pace = np.where(goal > life.drive, up, down)
    pace[:, EYE] = life.saccade[:, None]
    life.drive[:], life.speed[:] = relax.step(life.drive, life.speed, goal, pace, clock.dt)
    life.worn += (life.drive[:, ROWS] - life.worn) * wear
    swing = life.swing.view(np.complex128)
    swing *= turned
    return Seen(far, left)


def _aim(
    life: Life, look: Attention, place: Place, wave: Numbers, left: Numbers, clock: Clock
) -> tuple[list[tuple[float, ...]], list[float]]:
    """Yaw and pitch of each head and of its eyes to go to, and the distance of the fixated point."""
    aims, distances = [], []
    rows = zip(
        life.glance_until.tolist(), life.glance.tolist(), look.target.tolist(), place.position.tolist(), place.yaw.tolist(),
        life.wander.tolist(), life.scan.tolist(), left, wave, life.aim.tolist(), life.drive[:, EYE].tolist(), strict=True,
    )  # fmt: skip
    for row, (until, glance, target, position, facing, away, scan, kept, waves, old, now) in enumerate(rows):
        yaw, pitch, far = face_eyes.bearing(glance if until > clock.sample else target, position, facing, EYE_MIDDLE)
        yaw, pitch, (drift_yaw, drift_pitch) = yaw + away[0], pitch + away[1], waves[state.DRIFT]
        a, b = yaw + scan[0] * kept[LOOK] + DRIFT * drift_yaw, pitch + scan[1] * kept[LOOK] + DRIFT * drift_pitch
        if max(abs(a - old[0]), abs(b - old[1])) > SACCADE:
            life.aim[row] = a, b  # the speed of a saccade is set by its size as it begins
            life.saccade[row] = face_eyes.saccade_rate(max(abs(a - now[0]), abs(b - now[1])))
        distances.append(far)  # small shifts are made with the eyes alone
        aims.append((yaw * (0.2 + 0.8 * min(abs(yaw), 0.6)), pitch * (0.2 + 0.8 * min(abs(pitch), 0.6)), a, b))
    return aims, distances


def strength(life: Life, shown: Expressions, clock: Clock) -> F64:
    """How strong each expression is now, f64[A, E]: as driven, less what it has sunk by, and a burst on top."""
    driven = life.drive[:, ROWS]
    out: F64 = driven - shown.lost * np.minimum(life.worn, driven)
    for who, row in enumerate(life.burst.tolist()):
        if row < 0:
            continue
        begin, end = life.burst_span[who].tolist()
        if clock.sample >= end:
            life.burst[who] = -1
        else:
            out[who, row] += life.burst_size[who] * np.sin(np.pi * (clock.sample - begin) / (end - begin)) ** 2
    return out


def left_by(life: Life, shown: Expressions) -> Numbers:
    """What expressions leave of blinks, gaze and speech of each face: the override of VRM 1.0, 1 - saturate(sum)."""
    taken: Numbers = (life.drive[:, ROWS] @ shown.override).tolist()
    return [[1.0 - min(max(x, 0.0), 1.0) for x in row] for row in taken]


def waves(field: Field) -> Numbers:
    """The 13 waves of every face; in [-1, 1] at amplitude 1."""
    wave: F64 = np.sin(state.WAVE_TURN * field.theta[state.WAVE_ROLE] + state.WAVE_SHIFT)
    wave *= field.amp[state.WAVE_ROLE]
    found: Numbers = wave.T.tolist()
    return found


def weights(
    life: Life, art: Articulation, rig: Rig, field: Field, shown: Expressions, seen: Seen, wave: Numbers, held: Limits | None,
    clock: Clock, claims: list[tuple[int, Claims]],
) -> F64:  # fmt: skip
    """The 61 channels of every face, f64[A, 61]; `held` is None to leave everything to the mixture alone. `claims` are those of
    the rows that hosts drive."""
    closing = [min(max(-2.0 * lips, 0.0), 1.0) for lips in art.now[:, 1].tolist()]
    talk = [  # lips that press together claim the mouth at once
        max(min(max(much, 0.0), 1.0) * left[SPEECH], press)
        for much, left, press in zip(life.drive[:, TALK].tolist(), seen.left, closing, strict=True)
    ]
    wish = wished(strength(life, shown, clock), field, shown)
    wish += life.standing
    added = _movement(life, art, field, wave, talk) @ state.MOVEMENT
    w = wish * (1.0 - np.array(talk)[:, None] * state.GIVEN) + added
    for who, owned in claims:
        mixed(w[who], owned, HEAD_TURN)
    _mouth(w, wish, life, art, talk, held)
    w[:, face_mouth.CLOSE] = np.maximum(w[:, face_mouth.CLOSE], added[:, face_mouth.CLOSE])
    _see(w, life, rig, field, seen, wave, held)
    for who, owned in claims:
        mixed(w[who], owned, SHAPES_ALONE)
        mixed(w[who], owned, EYE_TURN)
        if held is not None and closing[who] > 0.0:
            _reseal(w, who, life, art, closing[who])
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


def _reseal(w: F64, who: int, life: Life, art: Articulation, closing: float) -> None:
    """Lips that must meet do, whoever drives them, in place."""
    one = slice(who, who + 1)
    x = clamp(w[one, :52], 0.0, 1.0)
    x[:, face_mouth.CLOSE] = 0.0
    x = face_mouth.hold(x, _asked(art)[one], [1.0 - closing], life.reach[one], life.lip_gap[one])
    w[one, MOUTH] += closing * (x[:, MOUTH] - w[one, MOUTH])


def _asked(art: Articulation) -> list[float]:
    """Lip gap of each face in mm that its articulators ask for: pressed lips cannot pass through each other."""
    return [max(lips, 0.15 * lips) for lips in art.now[:, 1].tolist()]


def _movement(life: Life, art: Articulation, field: Field, wave: Numbers, talk: list[float]) -> F64:
    """How strong each movement is, f64[A, M] in the order of `state.MOVEMENT`."""
    out = []
    own = zip(
        talk, wave, life.sway.tolist(), life.gesture.tolist(), field.amp[_BEAT].tolist(), life.swing[:, :, 1].tolist(),
        field.amp[_BROW].tolist(), field.amp[_MOUTH].tolist(), life.drive[:, OTHERS].tolist(), life.speed[:, CHEST].tolist(),
        art.now.tolist(), art.loudness.tolist(), life.lip_gap[:, 0, 1 + face_mouth.JAW_OPEN].tolist(), strict=True,
    )  # fmt: skip
    for speaking, waves, sway, gesture, beat, swing, upper, lower, driven, filling, now, effort, reach in own:
        _, dental, lift, yaw, pitch, _, _, _, brows = driven
        lean, rise = sway * (1.0 + 0.7 * speaking), lift * gesture * beat
        out.append((
            *[lean * x for x in waves[:6]], rise, brows + min(max(0.03 * rise, 0.0), 0.2),
            pitch + swing[state.NOD] + swing[state.BOW], yaw + swing[state.SHAKE],
            speaking * gesture * waves[state.PHRASE_WAVE], *waves[state.TONUS], max(upper, lower, 1.0),
            min(max(filling, 0.0), 3.0), *face_mouth.speech(now, dental, effort, speaking, reach),
        ))  # fmt: skip
    return np.array(out)


def _mouth(w: F64, wish: F64, life: Life, art: Articulation, talk: list[float], held: Limits | None) -> None:
    """Closure, teeth and opening of the mouth held in millimetres, in place."""
    smile = w[:, face_mouth.SMILE]
    np.maximum(smile, 0.0, out=smile)
    if held is not None:
        hold(w, *held.face)
    w[:, face_mouth.CLOSE] = 0.0
    x = clamp(w[:, :52], 0.0, 1.0)
    if held is not None:
        goal = _asked(art)
        if min(talk) < 0.999:
            free = face_mouth.gaps(clamp(wish[:, :52], 0.0, 1.0), life.lip_gap)[:, 0].tolist()
            goal = [t * lips + (1.0 - t) * max(gap, 0.0) for t, lips, gap in zip(talk, goal, free, strict=True)]
        x = face_mouth.hold(x, goal, [1.0 - t for t in talk], life.reach, life.lip_gap)
        tucked = art.now[:, 4]
        if max(tucked.tolist()) > face_mouth.SLACK:
            x = face_mouth.tuck(x, tucked.astype(np.float64), life.tuck)
    w[:, MOUTH], w[:, TONGUE] = x[:, MOUTH], x[:, TONGUE]


def _see(w: F64, life: Life, rig: Rig, field: Field, seen: Seen, wave: Numbers, held: Limits | None) -> None:
    """Eye turns that hold the gaze while the head moves, lids that follow them, and the blinks that expressions leave, over
    everything, in place."""
    turns, lids = [], []
    since = (field.theta[_BLINK] / np.maximum(field.freq[_BLINK], 1e-9)).tolist()
    eyes: Numbers = w[:, LIDS].tolist()
    rows = zip(
        since, seen.left, seen.far, wave, life.drive[:, EYE].tolist(), w[:, HEAD_TURN].tolist(), eyes, strict=True
    )
    for seconds, left, far, waves, (yaw, pitch), head, eye in rows:
        lid = face_eyes.blink_lid(seconds) * left[BLINK]
        turns.append(face_eyes.turns(yaw, pitch, head, far, BLINK_DIP * lid, DRIFT * waves[state.DRIFT.start]))
        lids.append((lid, *face_eyes.shut(eye, lid)))
    w[:, LIDS], w[:, EYE_TURN] = eyes, turns
    if held is not None:
        hold(w, *held.eyes)
        eyes = w[:, LIDS].tolist()
    for eye, turn, gain, lid in zip(eyes, w[:, EYE_TURN].tolist(), rig.eye_gain.tolist(), lids, strict=True):
        face_eyes.follow(eye, turn, gain, *lid)
    w[:, LIDS] = eyes


def tongue(life: Life, art: Articulation) -> list[tuple[float, float]]:
    """Tip and body of the tongue of every face in the order of `components.face.TONGUE`."""
    rows = zip(art.now.tolist(), life.drive[:, DENTAL].tolist(), strict=True)
    return [face_mouth.tongue(now, dental) for now, dental in rows]
