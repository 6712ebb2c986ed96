"""From mood to mood: along a path in the space of feelings, in a given time, and never more wrought up than at its worse end.

The energy of a mood m is E(m) = |m - h|^2 / 2, its squared distance from h, the persona's mood at home: what relaxing there
gives off. The path is straight, and E is convex, so on it E is nowhere above the larger of its ends; progress along it is the
minimum-jerk s(u) = 10 u^3 - 15 u^4 + 6 u^5 (Flash and Hogan 1985), which stays within [0, 1] and begins and ends at rest, so
that nothing in voice or face jumps.
"""

import numpy as np
from numpy.typing import NDArray

from psi_ecs import Clock, Entities, Query, Reader, Res, Sparse, Write, system
from psi_ecs.components.avatar import Avatar, Feeling
from psi_ecs.components.event import Go
from psi_ecs.components.memory import Mood, Travel

F64 = NDArray[np.float64]


def progress(u: float) -> float:
    """How far along, 0 to 1, at a share `u` of the time."""
    u = min(max(u, 0.0), 1.0)
    return u * u * u * (10.0 - 15.0 * u + 6.0 * u * u)


def place(way: Travel, sample: int) -> F64:
    """The mood at an absolute sample, as FEELINGS."""
    share = progress((sample - way.start) / max(way.until - way.start, 1))
    begin, end = np.asarray(way.begin), np.asarray(way.end)
    return np.asarray(begin + share * (end - begin))


def energy(mood: F64, home: F64) -> float:
    """How wrought up a mood is; 0 at home, 1/2 a full feeling away from it."""
    return 0.5 * float(((mood - home) ** 2).sum())


@system("simulate", after=("evaluate",))
def travel(
    avatars: Query[Entities, Avatar, Write[Feeling]],
    asked: Reader[Go],
    travels: Sparse[Write[Travel]],
    moods: Sparse[Write[Mood]],
    clock: Res[Clock],
) -> None:
    """Move every mood that is on its way; one that has arrived is the conversation's."""
    wanted, now = list(asked), clock.value
    for ents, _, feeling in avatars if wanted or travels.items() else ():
        for row, entity in enumerate(ents.id.tolist()):
            for go in (g for g in wanted if g.avatar == entity):
                begin = tuple(feeling.now[row].astype(np.float64).tolist())
                until = now.sample + round(go.seconds * now.rate)
                travels[entity] = Travel(begin=begin, end=go.feeling, start=now.sample, until=until)
            way = travels.get(entity)
            if way is None:
                continue
            feeling.now[row] = feeling.goal[row] = place(way, now.sample + now.block)
            moods[entity] = Mood(feeling=tuple(feeling.now[row].astype(np.float64).tolist()))
            if now.sample + now.block >= way.until:
                del travels[entity]
