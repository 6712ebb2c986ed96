"""What changes a face's course: cues, accents, turns, feelings that turn, and oscillators that begin a new cycle (blinks and
fixations)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from psi_ecs import Clock
from psi_ecs.components.event import Cue, Spoken
from psi_ecs.components.expression import FELT, Expressions
from psi_ecs.components.life import Life
from psi_ecs.components.oscillator import Role
from psi_ecs.components.text import EMOTIONS
from psi_ecs.systems.face.draws import Draws, Middle
from psi_ecs.systems.face.field import Field
from psi_ecs.systems.face.said import Said
from psi_ecs.systems.face.state import BOW, BROW, IMPULSE, NOD, SHAKE, TALK
from psi_ecs.systems.kernels import face_eyes

Ids = NDArray[np.intp]

CYCLES = slice(int(Role.BLINK), int(Role.GAZE_PITCH) + 1)
"""Oscillators whose new cycle is a blink, a fixation, and a look away or back."""
BROW_LEAD = 2640
"""Samples by which a brow raise is struck before its accent: it leads by 60 ms (Flecha-Garcia 2010), and takes 50 to show."""
TALKING_BLINK, READING_BLINK = 26.0 / 17.0, 4.5 / 17.0
"""Blinks in conversation and while reading over blinks at rest (Bentivoglio et al. 1997)."""
BOW_ANGLE, SHAKE_ANGLE = 0.17, 0.20
"""First swing of a nod and of a shake at full strength, radians."""
REPLY, REPLY_ANGLE = 0.4, (0.03, 0.08)
"""How often a listener nods at the end of what it hears, and by how much, radians."""
BURST = (0.04, 0.2)
"""Seconds that a micro-expression lasts (Yan et al. 2013: up to 0.2 s; its shortest is ours)."""
LEAK = np.float32(0.3).item()
"""Strength of a feeling that begins with a burst of its expression, in the precision of feelings."""
LINE, STEP = 0.10, 0.035
"""Half the width of a line that is read, and a saccade along it, radians (about eight letters: Rayner 1998)."""


def cue(event: Cue, who: int, life: Life, field: Field, shown: Expressions, clock: Clock, draw: Draws) -> None:
    """Begin what a cue directs for the avatar in row `who`."""
    until, one = clock.sample + round(event.seconds * clock.rate), np.array([who])
    if event.kind == "nod":
        push(life, who, BOW, event.strength * BOW_ANGLE)
    elif event.kind == "shake":
        push(life, who, SHAKE, event.strength * SHAKE_ANGLE)
    elif event.kind == "blink":
        blink(one, field)
    elif event.kind == "gaze" and event.target is not None:
        life.glance[who] = event.target
        life.glance_until[who] = until
        life.wander[who] = 0.0
    elif event.kind in ("listen", "read"):
        life.doing[who, event.kind == "read"] = until
    elif event.kind == "micro" and event.name in shown.names:
        burst(life, who, shown.names.index(event.name), event.strength, event.seconds, clock)
    else:
        name = event.name if event.kind == "expression" else event.kind
        if name == "think":
            look_away(one, life, field, draw, event.seconds)
        if name in shown.names:
            n = shown.names.index(name)
            life.want[who, n] = min(max(event.strength, 0.0), 1.0)
            life.until[who, n] = until


def burst(life: Life, who: int, row: int, size: float, seconds: float, clock: Clock) -> None:
    """Let an expression flash up and vanish."""
    life.burst[who], life.burst_size[who] = row, min(max(size, 0.0), 1.0)
    life.burst_span[who] = clock.sample, clock.sample + round(min(max(seconds, BURST[0]), BURST[1]) * clock.rate)


def leak(goal: NDArray[np.float32], life: Life, clock: Clock, draw: Draws) -> None:
    """A feeling that turns shows at once, for the blink of an eye, before its expression has grown; `goal` f32[A, 10]."""
    for who, (feeling, before) in enumerate(zip(goal[:, 3:].tolist(), life.leading.tolist(), strict=True)):
        most = max(feeling)
        leading = feeling.index(most) if most > LEAK else -1
        if leading == before:
            continue
        life.leading[who] = leading
        if leading >= 0 and draw.random(who) < 0.6:
            row = FELT.index(EMOTIONS[leading])
            burst(life, who, row, draw.uniform(0.2, 0.4, who), draw.uniform(0.16, BURST[1], who), clock)


def turn(event: Spoken, who: int, life: Life, field: Field, draw: Draws) -> None:
    """Speakers look away as they begin, look back as they end, and blink at the ends of sentences."""
    one = np.array([who])
    if event.kind == "turn-start" and draw.random(who) < 0.5 and life.glance_until[who] < event.start:
        look_away(one, life, field, draw, 0.8)
    elif event.kind == "turn-end":
        life.wander[who] = 0.0
    elif event.kind == "sentence" and draw.random(who) < 0.35:
        blink(one, field)


def hear(event: Spoken, life: Life, speaking: Sequence[bool], clock: Clock, draw: Draws) -> None:
    """Listeners may nod as a sentence that they hear ends: continuers fall at phrase ends (Duncan 1972; Maynard 1987)."""
    if event.kind == "sentence":
        for who, talks in enumerate(speaking):
            if not talks and draw.random(who) < REPLY:
                life.reply[who] = event.end + round(draw.uniform(-0.25, 0.35, who) * clock.rate)


def reply(life: Life, listening: Sequence[bool], clock: Clock, draw: Draws) -> None:
    """Nod where a nod is due; those who are told to listen nod now and then."""
    due, now = life.reply.tolist(), clock.sample
    if not (any(listening) or any(due)):
        return
    for who, told in enumerate(life.doing[:, 0].tolist()):
        if listening[who] and due[who] == 0 and told > now:
            life.reply[who] = due[who] = now + round(float(draw.lognormal(7.0, 0.5, np.array([who]))[0]) * clock.rate)
    for who, at in enumerate(due):
        if 0 < at <= now:
            life.reply[who] = 0
            if listening[who]:
                push(life, who, BOW, draw.uniform(*REPLY_ANGLE, who) * float(life.gesture[who]))
                if draw.random(who) < 0.25:
                    push(life, who, BROW, draw.uniform(0.05, 0.2, who))


def push(life: Life, who: int, mode: int, amount: float) -> None:
    """Give a swing an impulse that peaks at `amount`."""
    life.swing[who, mode, 0] += amount * IMPULSE[mode]


def blink(who: Ids, field: Field) -> None:
    """Blink now, unless the last blink is still under way."""
    since = field.theta[Role.BLINK, who] / np.maximum(field.freq[Role.BLINK, who], 1e-9)
    ready = who[since > face_eyes.BLINK]
    field.restart(Role.BLINK, ready, 1.0 / np.maximum(field.freq[Role.BLINK, ready], 1e-9))


def look_away(who: Ids, life: Life, field: Field, draw: Draws, seconds: float) -> None:
    """Avert the gaze for about so long: to a side, more often up or level than down (thinking)."""
    side = np.where(draw.random(who) < 0.5, -1.0, 1.0)
    life.wander[who, 0] = side * draw.uniform(0.12, 0.34, who)
    life.wander[who, 1] = draw.uniform(-0.13, 0.12, who)
    field.restart(Role.GAZE_PITCH, who, draw.lognormal(seconds, 0.35, who))
    blink(who[draw.random(who) < 0.3], field)


def cycles(
    life: Life, field: Field, strength: NDArray[np.float32], listening: Sequence[bool], draw: Draws, clock: Clock,
) -> None:  # fmt: skip
    """Draw the next blink, fixation or glance of every oscillator that came round in this tick."""
    around = field.theta[CYCLES] < field.freq[CYCLES] * clock.dt
    if not np.count_nonzero(around):
        return
    talk, reading = life.drive[:, TALK], life.doing[:, 1] > clock.sample
    blinks, fixations, looks = (np.flatnonzero(came) for came in around)
    if blinks.size:
        social = (talk[blinks] > 0.5) | np.array(listening)[blinks]
        rate = life.blink[blinks] * np.where(reading[blinks], READING_BLINK, np.where(social, TALKING_BLINK, 1.0))
        pause = draw.lognormal(60.0 / np.maximum(rate, 0.5), 0.5, blinks)
        field.retime(Role.BLINK, blinks, np.maximum(pause, face_eyes.BLINK + 0.1))
    if fixations.size:
        fixate(fixations, reading[fixations], life, field, draw)
    if looks.size:
        free = (life.glance_until[looks] <= clock.sample) & ~reading[looks]
        away = np.where(free, 0.9 * (1.0 - strength[looks]) + 0.3 * talk[looks], 0.0)
        leave = (life.wander[looks] == 0.0).all(axis=1) & (draw.random(looks) < away)
        stay = looks[~leave]
        life.wander[stay] = 0.0
        field.retime(Role.GAZE_PITCH, stay, draw.lognormal(2.4, 0.45, stay))
        if leave.any():
            look_away(looks[leave], life, field, draw, 1.1)


def fixate(who: Ids, reading: NDArray[np.bool_], life: Life, field: Field, draw: Draws) -> None:
    """The next fixation: about what is attended to, or along a line from its left to its right and back (Rayner 1998)."""
    about = np.stack((0.020 * draw.normal(who), 0.013 * draw.normal(who)), axis=1)
    life.scan[who] = np.where(reading[:, None], life.scan[who], about)
    lines = who[reading]
    ahead = life.scan[lines, 0] - STEP * draw.uniform(0.6, 1.4, lines)
    over = ahead < -LINE
    life.scan[lines, 0] = np.where(over, LINE, ahead)
    below = np.where(life.scan[lines, 1] > 0.17, 0.08, life.scan[lines, 1] + 0.012)
    life.scan[lines, 1] = np.where(over, below, life.scan[lines, 1])
    mean = np.where(reading, 0.25, 0.75)
    field.retime(Role.GAZE_YAW, who, np.maximum(draw.lognormal(mean, 0.5, who), 0.15))


def accents(
    said: Said, who: int, life: Life, ahead: float, size: float, clock: Clock, draw: Draws | Middle
) -> None:
    """Toss the head, chin up and then down, on the accented vowel that the head's own beat comes to in this tick, and raise the
    brows on the one that it is about to; `ahead` tells by how many seconds it is further along than the sound, `size` and
    `draw` varies how much."""
    until = clock.sample + clock.block + round(ahead * clock.rate)
    since = max(life.beaten.item(who), until - 2 * clock.block, said.begin - BROW_LEAD)  # what it has come to already is done
    if since >= until:
        return
    life.beaten[who] = until
    place, length = since - said.begin, until - since
    now, soon = said.accents.within(place, length), said.accents.within(place + BROW_LEAD, length)
    if now > 0.0:
        push(life, who, NOD, -0.022 * now * (size * life.gesture.item(who)) * draw.uniform(0.6, 1.2, who))
    if soon > 0.45:
        push(life, who, BROW, 0.30 * soon * (size * life.gesture.item(who)) * draw.uniform(0.5, 1.1, who))
