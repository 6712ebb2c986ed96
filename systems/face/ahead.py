"""A face at a later moment: drives, swings and phases fast-forwarded in closed form under what is known to come.

What is random is not guessed: a fixation that ends before then may go anywhere, so the gaze is not trusted beyond it.
"""

from collections.abc import Callable
from math import ceil

import numpy as np
from numpy.typing import NDArray

from psi_ecs import Clock, World
from psi_ecs.components.avatar import Attention, Avatar, Cast, Feeling, Place
from psi_ecs.components.expression import Expressions
from psi_ecs.components.face import FACE, FACE_ID, Articulation, Rig
from psi_ecs.components.grammar import Grammar
from psi_ecs.components.life import Claims, Life
from psi_ecs.components.oscillator import Oscillator, Role
from psi_ecs.components.switch import Switches
from psi_ecs.components.voice import Speech
from psi_ecs.systems.face import pose, react, state
from psi_ecs.systems.face.draws import Middle
from psi_ecs.systems.face.field import Field
from psi_ecs.systems.face.held import Bounds
from psi_ecs.systems.face.said import Kept

F64 = NDArray[np.float64]

MOST = 12
"""Stretches of a forecast within which what drives a face is held; one a tick for short ones."""
FEELING_SECONDS = 0.45
MOUTH = np.array([FACE_ID[name] for name in state.DAMP])
GAZE = np.array([i for i, name in enumerate(FACE) if name.startswith(("eyeLook", "leftEye", "rightEye"))])
HEAD = np.array([FACE_ID["headYaw"], FACE_ID["headPitch"]])


def weights(
    world: World,
    avatar: int,
    field: tuple[F64, F64, F64],
    mouth: Callable[[float], tuple[Articulation, bool]],
    seconds: float,
    partner: tuple[F64, float],
) -> tuple[F64, F64]:
    """The 61 channels of a face `seconds` after its last tick, f64[61], and trust in each, 0 to 1.

    Args: field: phases, frequencies and amplitudes f64[R] of its roles now; mouth: articulators so many seconds later and
    whether they are known; partner: the point f64[3] it will attend to then, and trust in that. The world is left alone.
    """
    life, feeling, look = world.peek(avatar, Life), world.peek(avatar, Feeling), world.peek(avatar, Attention)
    place, rig, who = world.peek(avatar, Place), world.peek(avatar, Rig), world.peek(avatar, Avatar)
    now, shown = world.resource(Clock), world.resource(Expressions)
    said = world.resource(Kept).of(avatar, world.get_sparse(avatar, Speech))
    owned, known, driven = world.get_sparse(avatar, Claims), True, pose.still(life)
    ruled, rules, cast = "grammar" not in world.resource(Switches).off, world.resource(Grammar), world.resource(Cast)
    parts, clock = min(ceil(seconds * now.fps), MOST), now
    step = seconds / max(parts, 1)
    block = max(round(step * now.rate), 1)
    begin, spot = feeling.now.copy(), look.target.astype(np.float64)
    for k in range(1, parts + 1):
        clock = Clock(tick=round((now.sample + (k - 1) * block) / block), rate=now.rate, block=block)
        art, known = mouth(k * step)
        feeling.now[:] = feeling.goal + (begin - feeling.goal) * np.exp(-k * step / FEELING_SECONDS)
        look.target[:] = spot + (partner[0] - spot) * (k / parts)
        if said is not None:
            react.accents(said, 0, life, float(art.ahead[0, 1]), float(field[2][Role.BEAT]), clock, Middle())
        moment = pose.moments(_later(field, k * step))
        driven = pose.drive(life, feeling, art, look, place, moment, shown, who.turn, clock)
    later = _later(field, seconds)
    art, known = mouth(seconds)
    held = world.resource(Bounds).limits(rules, cast.personas, who.index, feeling.now) if ruled else None
    claims = [] if owned is None else [(0, owned)]
    w = pose.weights(life, art, rig, later, shown, driven, pose.moments(later), held, clock, claims)[0][0]
    return w, _trust(field, seconds, known, partner[1])



def _later(field: tuple[F64, F64, F64], seconds: float) -> Field:
    """A field of one avatar, turned on."""
    theta, freq, amp = (part[:, None] for part in field)
    turned = (theta + freq * seconds) % 1.0
    return Field(turned, freq, amp.astype(np.float32), np.zeros((len(theta), 1), np.intp), Oscillator(theta=turned, freq=freq))


def _trust(field: tuple[F64, F64, F64], seconds: float, known: bool, partner: float) -> F64:
    """1 for what follows from what is known; 0 for the mouth in a sentence not planned yet, and for the gaze (and 1/2 for the
    head that follows it) once a fixation has ended; both as far as the partner is known."""
    trust = np.ones(len(FACE))
    if not known:
        trust[MOUTH] = 0.0
    ends = (field[0] + field[1] * seconds)[[Role.GAZE_YAW, Role.GAZE_PITCH]] >= 1.0
    if ends.any():
        trust[GAZE] = 0.0
        trust[HEAD] = 0.5
    trust[GAZE] *= partner
    trust[HEAD] *= partner
    return trust
