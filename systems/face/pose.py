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
from psi_ecs.systems.face.state import CHEST, EYE, OTHERS, ROWS
from psi_ecs.systems.kernels import face_eyes, face_mouth, relax
from psi_ecs.systems.kernels.face_mouth import clamp
from psi_ecs.systems.kernels.rowwise import rowwise

F64 = NDArray[np.float64]
Numbers = list[list[float]]
"""Some of each face."""

EYE_MIDDLE = (0.0, 0.0, 0.03)
"""The middle between the eyes in head space, m: heads are authored around it."""
_BLINK, _BEAT, _BROW, _MOUTH, _BREATH = (int(r) for r in (Role.BLINK, Role.BEAT, Role.BROW, Role.MOUTH, Role.BREATH))
BLINK, LOOK, SPEECH = range(3)
"""What expressions may override."""
ALL = [1.0, 1.0, 1.0]
"""Nothing taken of them."""
LIDS, HEAD_TURN, EYE_TURN, SHAPES_ALONE = slice(0, 14), slice(52, 55), slice(55, 61), slice(0, 52)
SACCADE, DRIFT = 0.008, 0.0025
"""Radians by which the eyes may be off before they leap, and by which they drift."""
WHOLLY = 0.999
"""Share of the mouth from which on speech has all of it."""
FAINT = 1e-3
"""Strength below which what moves in an expression is not seen."""
BLINK_DIP = 0.03
"""Radians that eyes dip in a blink (Riggs, Kelly, Manning and Moore 1987: one to two degrees down and inward)."""
MOUTH, TONGUE = face_mouth.LIPS, face_mouth.TONGUE


class Moment(NamedTuple):
    """What the oscillators of one face ask of it at this tick."""

    wave: list[float]
    """As in `state.WAVES`; in [-1, 1] at amplitude 1."""
    breath: float
    """How far the chest is expanded, 0 to 1."""
    blinking: float
    """Seconds since a blink began."""
    beat: float
    """Amplitude of the beat."""
    tone: float
    """Mean tone of the muscles, 1 and up."""


class Driven(NamedTuple):
    """What `drive` makes of each face."""

    other: Numbers
    """Drives beyond expressions, in the order of `state.OTHERS`."""
    far: list[float]
    """Metres to what it looks at."""
    left: Numbers
    """What expressions leave of blinks, gaze and speech, 0 to 1."""


def still(life: Life) -> Driven:
    """As `drive`, of faces that are left as they are, whose expressions take nothing, and that look at what is a metre away."""
    other = life.drive[:, OTHERS].tolist()
    return Driven(other, [1.0] * len(other), [ALL] * len(other))


def moments(field: Field) -> list[Moment]:
    """What oscillators ask of every face."""
    wave = np.sin(state.WAVE_TURN * field.theta.T.take(state.WAVE_ROLE, axis=1) + state.WAVE_SHIFT)
    wave *= field.amp.T.take(state.WAVE_ROLE, axis=1)
    rows = zip(
        wave.tolist(), field.theta[_BREATH].tolist(), field.theta[_BLINK].tolist(), field.freq[_BLINK].tolist(),
        field.amp[_BEAT].tolist(), field.amp[_BROW].tolist(), field.amp[_MOUTH].tolist(), strict=True,
    )  # fmt: skip
    return [
        Moment(waves, chest(breath), blink / max(blinks, 1e-9), beat, max(brow, mouth, 1.0))
        for waves, breath, blink, blinks, beat, brow, mouth in rows
    ]


def drive(
    life: Life, feeling: Feeling, art: Articulation, look: Attention, place: Place, moment: list[Moment], shown: Expressions,
    turn: NDArray[np.int64], clock: Clock,
) -> Driven:  # fmt: skip
    """Advance every drive and swing by a tick."""
    left, asked = left_by(life, shown), life.until > clock.sample
    goal: F64 = rowwise(feeling.now, state.FELT_BY)
    rows = goal[:, ROWS]
    np.maximum(rows, life.raised, out=rows)
    if np.count_nonzero(asked):
        np.maximum(rows, life.want * asked, out=rows)
    aims, far = _aim(life, look, place, moment, left, clock)
    sounding = [state.SOUNDING[int(phone)] for phone in art.phone.tolist()]
    others = zip(sounding, turn.tolist(), art.tune.tolist(), aims, moment, life.swing[:, state.BROW, 1].tolist(), strict=True)
    goal[:, OTHERS] = [  # an accent strikes the brow's mode; the skin follows
        (max(sound, 0.5 * (said >= 0)), dental, sound * min(max(tune, -5.0), 7.0), *aim, m.breath, max(brow, 0.0))
        for (sound, dental), said, tune, aim, m, brow in others
    ]
    up, down, wear, turned = state.paces(shown, clock.dt)
    pace = np.where(goal > life.drive, up, down)
    pace[:, EYE] = life.saccade[:, None]
    life.drive[:], life.speed[:] = relax.step(life.drive, life.speed, goal, pace, clock.dt)
    life.worn += (life.drive[:, ROWS] - life.worn) * wear
    swing = life.swing.view(np.complex128)
    swing *= turned
    return Driven(life.drive[:, OTHERS].tolist(), far, left)


def _aim(
    life: Life, look: Attention, place: Place, moment: list[Moment], left: Numbers, clock: Clock
) -> tuple[list[tuple[float, ...]], list[float]]:
    """Yaw and pitch of each head and of its eyes to go to, and the distance of the fixated point."""
    aims, distances = list[tuple[float, ...]](), list[float]()
    rows = zip(
        life.glance_until.tolist(), life.glance.tolist(), look.target.tolist(), place.position.tolist(), place.yaw.tolist(),
        life.wander.tolist(), life.scan.tolist(), left, moment, life.aim.tolist(), life.drive[:, EYE].tolist(), strict=True,
    )  # fmt: skip
    for row, (until, glance, target, position, facing, away, scan, kept, m, old, now) in enumerate(rows):
        yaw, pitch, far = face_eyes.bearing(glance if until > clock.sample else target, position, facing, EYE_MIDDLE)
        yaw, pitch, (aside, down) = yaw + away[0], pitch + away[1], m.wave[state.DRIFT]
        a, b = yaw + scan[0] * kept[LOOK] + DRIFT * aside, pitch + scan[1] * kept[LOOK] + DRIFT * down
        if max(abs(a - old[0]), abs(b - old[1])) > SACCADE:
            life.aim[row] = a, b  # the speed of a saccade is set by its size as it begins
            life.saccade[row] = face_eyes.saccade_rate(max(abs(a - now[0]), abs(b - now[1])))
        distances.append(far)
        lean = 0.2 + 0.8 * min(abs(yaw), 0.6), 0.2 + 0.8 * min(abs(pitch), 0.6)  # small shifts are made with the eyes alone
        aims.append((yaw * lean[0], pitch * lean[1], a, b))
    return aims, distances


def strength(life: Life, shown: Expressions, clock: Clock) -> F64:
    """How strong each named expression is now, f64[A, N]: as driven, less what it has sunk by, and a burst on top."""
    named = slice(len(shown.names))
    driven = life.drive[:, named]
    out: F64 = driven - shown.lost[named] * np.minimum(life.worn[:, named], driven)
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
    rows, override = state.overriding(shown)
    driven = life.drive.take(rows, axis=1)
    if not np.count_nonzero(driven):
        return [ALL] * len(driven)
    left: Numbers = (1.0 - clamp(rowwise(driven, override), 0.0, 1.0)).tolist()
    return left


def weights(
    life: Life, art: Articulation, rig: Rig, field: Field, shown: Expressions, driven: Driven, moment: list[Moment],
    held: Limits | None, clock: Clock, claims: list[tuple[int, Claims]],
) -> tuple[F64, F64]:  # fmt: skip
    """The 61 channels of every face, f64[A, 61], and its tongue, f64[A, 2]; `held` is None to leave everything to the mixture
    alone. `claims` are those of the rows that hosts drive."""
    said: Numbers = art.now.tolist()
    talk = [
        max(min(max(other[0], 0.0), 1.0) * left[SPEECH], _pressing(now))
        for now, other, left in zip(said, driven.other, driven.left, strict=True)
    ]
    wish = wished(strength(life, shown, clock), field, shown)
    wish += life.standing
    moved = _movement(life, art, said, driven, moment, talk)
    added = rowwise(moved, state.MOVEMENT)
    w: F64 = wish * (1.0 - np.array(talk)[:, None] * state.GIVEN) + added
    for who, owned in claims:
        mixed(w[who], owned, HEAD_TURN)
    _mouth(w, wish, life, said, talk, held)
    w[:, face_mouth.CLOSE] = np.maximum(w[:, face_mouth.CLOSE], added[:, face_mouth.CLOSE])
    _see(w, rig, driven, moment, held)
    for who, owned in claims:
        mixed(w[who], owned, SHAPES_ALONE)
        mixed(w[who], owned, EYE_TURN)
        if held is not None and _pressing(said[who]) > 0.0:
            _reseal(w, who, life, said)
    shapes = w[:, SHAPES_ALONE]
    np.maximum(shapes, 0.0, out=shapes)
    np.minimum(shapes, 1.0, out=shapes)
    return w, moved[:, state.TONGUE]


def wished(strong: F64, field: Field, shown: Expressions) -> F64:
    """What expressions of these strengths f64[A, N] do to the 61 channels: their pose, and the waves in them."""
    out: F64 = rowwise(strong, shown.matrix[: strong.shape[1]])
    moving = strong.take(shown.wave_row, axis=1)
    moving *= moving > FAINT
    if np.count_nonzero(moving):
        wave = np.sin(shown.wave_turn * field.theta[shown.wave_role] + shown.wave_shift)
        wave *= field.amp[shown.wave_role]
        out += rowwise(wave.T * moving, shown.wave_matrix)
    return out


def _pressing(now: list[float]) -> float:
    """How firmly lips press together, which then claim the mouth at once, 0 to 1; `now` are the articulators of a face."""
    return min(max(-2.0 * now[1], 0.0), 1.0)


def _asked(now: list[float]) -> float:
    """Lip gap in mm that articulators ask for: pressed lips cannot pass through each other."""
    return max(now[1], 0.15 * now[1])


def _reseal(w: F64, who: int, life: Life, said: Numbers) -> None:
    """Lips that must meet do, whoever drives them, in place."""
    one, closing = slice(who, who + 1), _pressing(said[who])
    x = clamp(w[one, :52], 0.0, 1.0)
    x[:, face_mouth.CLOSE] = 0.0
    x = face_mouth.hold(x, [_asked(said[who])], [1.0 - closing], life.reach[one], life.lip_gap[one])
    w[one, MOUTH] += closing * (x[:, MOUTH] - w[one, MOUTH])


def _movement(life: Life, art: Articulation, said: Numbers, driven: Driven, moment: list[Moment], talk: list[float]) -> F64:
    """How strong each movement is, f64[A, M] in the order of `state.MOVEMENT`."""
    out = []
    rows = zip(
        said, art.loudness.tolist(), driven.other, moment, talk, life.sway.tolist(), life.gesture.tolist(),
        life.swing[:, :, 1].tolist(), life.speed[:, CHEST].tolist(), life.reach[:, 1, 0].tolist(),
        strict=True,
    )  # fmt: skip
    for now, effort, other, m, speaking, sway, gesture, swing, filling, reach in rows:
        _, dental, lift, yaw, pitch, _, _, _, brows = other
        lean, rise = sway * (1.0 + 0.7 * speaking), lift * gesture * m.beat
        out.append((
            *[lean * x for x in m.wave[state.SWAYING]], rise, brows + min(max(0.03 * rise, 0.0), 0.2),
            pitch + swing[state.NOD] + swing[state.BOW], yaw + swing[state.SHAKE],
            speaking * gesture * m.wave[state.PHRASE_WAVE], *m.wave[state.TONUS], m.tone, min(max(filling, 0.0), 3.0),
            *face_mouth.speech(now, dental, effort, speaking, reach), *face_mouth.tongue(now, dental),
        ))  # fmt: skip
    return np.array(out)


def _mouth(w: F64, wish: F64, life: Life, said: Numbers, talk: list[float], held: Limits | None) -> None:
    """Closure, teeth and opening of the mouth held in millimetres, in place."""
    smile = w[:, face_mouth.SMILE]
    np.maximum(smile, 0.0, out=smile)
    if held is not None:
        hold(w, held.face)
    w[:, face_mouth.CLOSE] = 0.0
    x = clamp(w[:, :52], 0.0, 1.0)
    if held is not None:
        goal = [_asked(now) for now in said]
        if min(talk) < WHOLLY:
            free = face_mouth.gaps(clamp(wish[:, :52], 0.0, 1.0), life.lip_gap)[:, 0].tolist()
            rows = zip(talk, goal, free, strict=True)
            goal = [t * lips + (1.0 - t) * max(gap, 0.0) if t < WHOLLY else lips for t, lips, gap in rows]
        x = face_mouth.hold(x, goal, [1.0 - t for t in talk], life.reach, life.lip_gap)
        tucked = [now[4] for now in said]
        if max(tucked) > face_mouth.SLACK:
            x = face_mouth.tuck(x, np.array(tucked), life.tuck)
    w[:, MOUTH], w[:, TONGUE] = x[:, MOUTH], x[:, TONGUE]


def _see(w: F64, rig: Rig, driven: Driven, moment: list[Moment], held: Limits | None) -> None:
    """Eye turns that hold the gaze while the head moves, lids that follow them, and the blinks that expressions leave, over
    everything, in place."""
    turns: list[tuple[float, ...]] = []
    lids = []
    eyes: Numbers = w[:, LIDS].tolist()
    for other, far, left, m, head, eye in zip(*driven, moment, w[:, HEAD_TURN].tolist(), eyes, strict=True):
        lid = face_eyes.blink_lid(m.blinking) * left[BLINK]
        turns.append(face_eyes.turns(other[5], other[6], head, far, BLINK_DIP * lid, DRIFT * m.wave[state.DRIFT.start]))
        lids.append((lid, *face_eyes.shut(eye, lid)))
    w[:, LIDS], w[:, EYE_TURN] = eyes, turns
    if held is not None and hold(w, held.eyes):
        eyes, turns = w[:, LIDS].tolist(), w[:, EYE_TURN].tolist()
    for eye, turn, gain, lid in zip(eyes, turns, rig.eye_gain.tolist(), lids, strict=True):
        face_eyes.follow(eye, turn, gain, *lid)
    w[:, LIDS] = eyes
