"""What changes a face's course: cues, accents, turns, and the oscillators that begin a new cycle (blinks and fixations)."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from psi_ecs import Clock
from psi_ecs.components.event import Cue, Spoken
from psi_ecs.components.life import Expressions, Life
from psi_ecs.components.oscillator import Role
from psi_ecs.components.phone import PHONES
from psi_ecs.components.voice import Speech
from psi_ecs.systems.face.field import Field
from psi_ecs.systems.face.state import BOW, BROW, IMPULSE, NOD, SHAKE, TALK
from psi_ecs.systems.kernels import face_eyes

Ids = NDArray[np.intp]

CYCLES = slice(Role.BLINK, Role.GAZE_PITCH + 1)
"""Oscillators whose new cycle is a blink, a fixation, and a look away or back."""
VOWEL = np.array([p.vowel for p in PHONES])
BROW_LEAD = 1440
"""Samples by which a brow raise leads its accent: 60 ms (Flecha-Garcia 2010)."""
TALKING_BLINK = 26.0 / 17.0
"""Blinks in conversation over blinks at rest (Bentivoglio et al. 1997)."""
BOW_ANGLE, SHAKE_ANGLE = 0.17, 0.20
"""First swing of a nod and of a shake at full strength, radians."""


def lognormal(rng: np.random.Generator, mean: NDArray[np.float64] | float, spread: float, n: int) -> NDArray[np.float64]:
    """Draw n log-normal times with this mean and log-spread."""
    return np.asarray(mean * np.exp(spread * rng.standard_normal(n) - 0.5 * spread * spread), np.float64)


def cue(event: Cue, who: int, life: Life, field: Field, shown: Expressions, clock: Clock) -> None:
    """Begin what a cue directs for the avatar in row `who`."""
    until = clock.sample + round(event.seconds * clock.rate)
    if event.kind == "nod":
        push(life, who, BOW, event.strength * BOW_ANGLE)
    elif event.kind == "shake":
        push(life, who, SHAKE, event.strength * SHAKE_ANGLE)
    elif event.kind == "blink":
        blink(np.array([who]), field)
    elif event.kind == "gaze" and event.target is not None:
        life.glance[who] = event.target
        life.glance_until[who] = until
        life.wander[who] = 0.0
    else:
        name = event.name if event.kind == "expression" else event.kind
        if name in shown.names:
            n = shown.names.index(name)
            life.want[who, n] = min(max(event.strength, 0.0), 1.0)
            life.until[who, n] = until


def turn(event: Spoken, who: int, life: Life, field: Field, rng: np.random.Generator) -> None:
    """Speakers look away as they begin, look back as they end, and blink at the ends of sentences."""
    one = np.array([who])
    if event.kind == "turn-start" and rng.random() < 0.5 and life.glance_until[who] < event.start:
        look_away(one, life, field, rng, 0.8)
    elif event.kind == "turn-end":
        life.wander[who] = 0.0
    elif event.kind == "sentence" and rng.random() < 0.35:
        blink(one, field)


def push(life: Life, who: int, mode: int, amount: float) -> None:
    """Give a swing an impulse that peaks at `amount`."""
    life.swing[who, mode, 0] += amount * IMPULSE[mode]


def blink(who: Ids, field: Field) -> None:
    """Blink now, unless the last blink is still under way."""
    since = field.theta[Role.BLINK, who] / np.maximum(field.freq[Role.BLINK, who], 1e-9)
    ready = who[since > face_eyes.BLINK]
    field.restart(Role.BLINK, ready, 1.0 / np.maximum(field.freq[Role.BLINK, ready], 1e-9))


def look_away(who: Ids, life: Life, field: Field, rng: np.random.Generator, seconds: float) -> None:
    """Avert the gaze for about so long: to a side, more often up or level than down (thinking)."""
    n = len(who)
    side = np.where(rng.random(n) < 0.5, -1.0, 1.0)
    life.wander[who, 0] = side * rng.uniform(0.12, 0.34, n)
    life.wander[who, 1] = rng.uniform(-0.13, 0.12, n)
    field.restart(Role.GAZE_PITCH, who, lognormal(rng, seconds, 0.35, n))
    blink(who[rng.random(n) < 0.3], field)


def cycles(life: Life, field: Field, strength: NDArray[np.float32], rng: np.random.Generator, clock: Clock) -> None:
    """Draw the next blink, fixation or glance of every oscillator that came round in this tick."""
    wrapped = field.theta[CYCLES] < field.freq[CYCLES] * clock.dt
    if not wrapped.any():
        return
    talk = life.drive[:, TALK]
    who = np.flatnonzero(wrapped[0])
    if who.size:
        rate = life.blink[who] * np.where(talk[who] > 0.5, TALKING_BLINK, 1.0)
        pause = lognormal(rng, 60.0 / np.maximum(rate, 0.5), 0.5, len(who))
        field.retime(Role.BLINK, who, np.maximum(pause, face_eyes.BLINK + 0.1))
    who = np.flatnonzero(wrapped[1])
    if who.size:
        life.scan[who] = rng.standard_normal((len(who), 2)) * (0.020, 0.013)
        field.retime(Role.GAZE_YAW, who, np.maximum(lognormal(rng, 0.75, 0.5, len(who)), 0.15))
    who = np.flatnonzero(wrapped[2])
    if who.size:
        free = life.glance_until[who] <= clock.sample
        away = np.where(free, 0.9 * (1.0 - strength[who]) + 0.3 * talk[who], 0.0)
        leave = (life.wander[who] == 0.0).all(axis=1) & (rng.random(len(who)) < away)
        stay = who[~leave]
        life.wander[stay] = 0.0
        field.retime(Role.GAZE_PITCH, stay, lognormal(rng, 2.4, 0.45, len(stay)))
        if leave.any():
            look_away(who[leave], life, field, rng, 1.1)


def accents(
    speech: Speech, who: int, life: Life, ahead: float, size: float, clock: Clock, draw: Callable[[float, float], float]
) -> None:
    """Toss the head, chin up and then down, on the accented vowel that the head's own beat comes to in this tick, and raise the
    brows on the one that it is about to; `ahead` tells by how many seconds it is further along than the sound, `size` and
    `draw(low, high)` how much."""
    if speech.score is None:
        return
    until = clock.sample + clock.block + round(ahead * clock.rate)
    since = max(int(life.beaten[who]), until - 2 * clock.block, speech.start - BROW_LEAD)  # what it has come to already is done
    if since >= until:
        return
    life.beaten[who] = until
    size *= float(life.gesture[who])
    strength = accent(speech, since - speech.start, until - since)
    if strength > 0.0:
        push(life, who, NOD, -0.022 * strength * size * draw(0.6, 1.2))
    strength = accent(speech, since - speech.start + BROW_LEAD, until - since)
    if strength > 0.45:
        push(life, who, BROW, 0.30 * strength * size * draw(0.5, 1.1))


def accent(speech: Speech, start: int, length: int) -> float:
    """Strength of the accent on a stressed vowel that begins within samples [start, start + length) of the score, 0 if none:
    how far its highest pitch target stands above the sentence's middle, 1 at three semitones."""
    score = speech.score
    assert score is not None
    p = int(score.start.searchsorted(start))
    if p >= len(score.start) or score.start[p] >= start + length or score.stress[p] != 1 or not VOWEL[score.phone[p]]:
        return 0.0
    mine = score.knot_phone == p
    if not mine.any():
        return 0.0
    rise = float(score.target[mine, 0].max() - np.median(score.target[:, 0]))
    return min(max(rise / 3.0, 0.15), 1.6)
