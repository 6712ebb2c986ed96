"""Breath and speech: in through the pauses, out over the words.

Speakers breathe in where the sentence pauses, quickly, and let the breath go over the whole phrase (Winkworth et al. 1995 on
speech breathing); the oscillator is led there and goes free again when they fall silent.
"""

from bisect import bisect_right
from collections.abc import Sequence
from math import cos, pi

from psi_ecs import Clock
from psi_ecs.components.life import Life
from psi_ecs.components.oscillator import Role
from psi_ecs.systems.face.field import Field
from psi_ecs.systems.face.said import Pauses, Said

BREATH = int(Role.BREATH)
SHARE = 0.4
"""Share of a breath's cycle that is inspiration."""
QUICKEST = 0.35
"""Seconds in which the chest may fill."""
EARLY = 0.1
"""Seconds before the next word by which it is filled."""
EMPTY, LAST = 0.97, 0.99
"""Phase reached at the end of a phrase, and the last from which it does not come round within a tick."""


def chest(theta: float) -> float:
    """Expansion, 0 to 1, at a phase of the breath: in for SHARE of the cycle, out for the rest."""
    phase = theta / (2.0 * SHARE) if theta < SHARE else 0.5 + (theta - SHARE) / (2.0 - 2.0 * SHARE)
    return 0.5 - 0.5 * cos(2.0 * pi * phase)


def turned(theta: float) -> float:
    """The phase at which the chest is as full, on the other half of the breath."""
    if theta < SHARE:
        return SHARE + (1.0 - SHARE) * (1.0 - theta / SHARE)
    return SHARE * (1.0 - (theta - SHARE) / (1.0 - SHARE))


def lead(theta: float, place: int, found: Pauses, clock: Clock) -> tuple[float, float]:
    """Phase now and frequency from now on (Hz) of a speaker's breath, `place` samples into the score."""
    k = bisect_right(found.end, place)
    inside = k < len(found.start) and found.start[k] <= place
    if inside:
        if theta > SHARE + 0.02:
            theta = turned(theta)
        left = (found.end[k] - place) / clock.rate - EARLY
        way = max(SHARE - theta, 0.0)
        return theta, min(way / max(left, clock.dt), SHARE / QUICKEST) if left > 0.0 else 0.0
    theta = min(turned(theta) if theta < SHARE else theta, LAST)
    until = found.start[k] if k < len(found.start) else place + 2 * clock.rate
    left = max((until - place) / clock.rate, 0.3)
    return theta, max(EMPTY - theta, 0.0) / left


def breathe(said: Sequence[Said | None], life: Life, field: Field, clock: Clock) -> None:
    """Lead the breath of those who speak, and let it go when they have ended; `said` is None for those who do not."""
    for who, (found, easy, led) in enumerate(zip(said, life.easy.tolist(), life.led.tolist(), strict=True)):
        if found is None and easy == 0.0:
            continue
        row = field.row[BREATH, who]
        if found is None:
            field.source.freq[row] = field.freq[BREATH, who] = easy
            life.easy[who] = 0.0
            continue
        theta, hertz = field.theta.item(BREATH, who), field.freq.item(BREATH, who)
        if easy == 0.0 or hertz != led:  # begins to speak, or was given another
            life.easy[who] = hertz
        theta, hertz = lead(theta, clock.sample - found.begin, found.pauses, clock)
        field.source.theta[row] = field.theta[BREATH, who] = theta
        field.source.freq[row] = field.freq[BREATH, who] = life.led[who] = hertz
