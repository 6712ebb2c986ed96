"""Words that are said or heard wake their concepts, which raise expressions and pump oscillators; habits begin.

A word stirs its concepts; what is stirred fades exponentially, and a level follows it smoothly: two first-order modes, so that
nothing jumps. A level raises expressions, and pumps oscillators: d amp/dt = settle (1 - (amp / goal)^2 + pump) amp
(Stuart-Landau with gain) with pump = level (F^2 - 1) settles at F times the goal. Habits are gestures of a persona at kinds of
sentences and at concepts.
"""

from bisect import bisect_left
from functools import partial

import numpy as np
from numpy.typing import NDArray

from psi_ecs import Clock, Commands, Edges, Entities, Query, Reader, Res, Rng, Sparse, Write, Writer, system
from psi_ecs.components.avatar import MOVEMENTS, Avatar, Cast, Habit
from psi_ecs.components.concept import Concept, Concepts, Context, Discourse, Due, Link, Meaning
from psi_ecs.components.event import Cue, Spoken
from psi_ecs.components.expression import ROOM
from psi_ecs.components.life import Life
from psi_ecs.components.oscillator import Oscillator, Part, Role
from psi_ecs.components.score import RATE
from psi_ecs.components.voice import Speech

from .follow import HEARD, Mind, follow
from .graph import Graphs, joined, sow
from .graph import Part as Run

AHEAD = 0.25
"""Seconds by which a word acts before it sounds: faces show what is about to be said (Kendon 1980 on gesture and speech)."""
FOLLOW = 5.0
"""1/s: the level is 63 % of the way after 0.2 s."""
FINE = 32.0
"""What concepts do goes in steps of 1/FINE, too small to be seen, so that it changes a few times a second and is soon kept."""


@system("input", without=(Context,))
def attune(avatars: Query[Entities, Avatar], known: Res[Concepts], cmd: Commands) -> None:
    """Give every new avatar the concepts to begin with."""
    for ents, _ in avatars:
        for entity in ents.id.tolist():
            cmd.call(partial(sow, avatar=entity, known=known.value))


@system("simulate", after=("advance", "draw", "steady"))
def resonate(
    avatars: Query[Entities, Avatar, Write[Context], Write[Life]],
    concepts: Query[Entities, Write[Concept]],
    oscillators: Query[Write[Oscillator], Part],
    meanings: Sparse[Meaning],
    links: Edges[Link],
    speech: Sparse[Speech],
    discourse: Sparse[Write[Discourse]],
    spoken: Reader[Spoken],
    graphs: Res[Write[Graphs]],
    cast: Res[Cast],
    due: Sparse[Write[Due]],
    cues: Writer[Cue],
    rng: Res[Rng],
    clock: Res[Clock],
) -> None:
    """Stir concepts by what is about to be said and by what is heard, let them act, and begin habits."""
    now, heard = clock.value, [event for event in spoken if event.kind == "word"]
    parts = list(concepts)
    graphs.value.look(parts, meanings)
    for ents, avatar, context, _ in avatars:
        for row, entity in enumerate(ents.id.tolist()):
            persona, own = cast.value.personas[int(avatar.index[row])], speech.get(entity)
            said = _due(context, row, own, now) if own is not None else []
            others = [event for event in heard if event.avatar != entity]
            awake: list[str] = []
            if (others or said) and entity in graphs.value.of:
                mind = Mind(graphs.value.of[entity], graphs.value, parts, [(ents, context)], links, now.sample)
                talk = discourse.get(entity) or Discourse()
                for event in others:
                    follow(mind, talk, event.avatar, event.text, HEARD)
                for word in said:
                    awake += follow(mind, talk, entity, word, 1.0)
                discourse[entity] = talk
            if persona.habit:
                _habits(entity, persona.habit, own, awake, due, rng.value.stream("habit"), now)
    for _, c in parts:
        c.stirred *= np.exp(-now.dt * c.fade)
        c.level += (c.stirred - c.level) * (1.0 - np.exp(-FOLLOW * now.dt))
    _act(parts, graphs.value, [(ents.id, life) for ents, _, _, life in avatars], oscillators)
    _show(due, cues, now)


def _due(context: Context, row: int, said: Speech, now: Clock) -> list[str]:
    """Words of its own sentence that begin within AHEAD, and have not acted yet."""
    if said.score is None:
        return []
    if said.start == now.sample:
        context.said[row] = -1.0
    until = (now.sample + now.block - said.start) / RATE + AHEAD
    words = said.score.words
    first, last = (bisect_left(words, at, key=lambda word: word.start / RATE) for at in (float(context.said[row]), until))
    context.said[row] = until
    return [word.text for word in words[first:last]]


def _habits(
    entity: int, habits: list[Habit], said: Speech | None, awake: list[str], due: Sparse[Write[Due]], draw: np.random.Generator,
    now: Clock,
) -> None:  # fmt: skip
    """Put down the gestures that this tick calls for."""
    begins = said is not None and said.score is not None and said.start == now.sample
    for habit in habits:
        called = habit.on in awake or (begins and said is not None and habit.on == said.kind)
        if not called or draw.random() >= habit.chance:
            continue
        at = now.sample
        if begins and habit.at == "end" and said is not None and said.score is not None:
            at = max(at, said.start + said.score.length - round(0.6 * RATE))
        rows = (due.get(entity) or Due()).rows
        due[entity] = Due(rows=[*rows, (at, habit.show, habit.strength, habit.seconds)])


def _show(due: Sparse[Write[Due]], cues: Writer[Cue], now: Clock) -> None:
    """Send the cues whose time has come."""
    for entity, waiting in list(due.items()):
        for at, show, strength, seconds in waiting.rows:
            if at <= now.sample:
                kind = show if show in MOVEMENTS else "expression"
                cues.send(Cue(avatar=entity, kind=kind, name=show, strength=strength, seconds=seconds))
        waiting.rows = [r for r in waiting.rows if r[0] > now.sample]
        if not waiting.rows:
            del due[entity]


def _act(
    parts: list[Run], graphs: Graphs, lives: list[tuple[NDArray[np.uint64], Life]], oscillators: Query[Write[Oscillator], Part],
) -> None:  # fmt: skip
    """Raise the expressions and amplitudes that awake concepts are tied to."""
    level, n = joined([c.level for _, c in parts], np.float64), len(graphs.who)
    if not n:
        return
    concept, place, strength = graphs.shown
    raised = np.bincount(place, level[concept] * strength, minlength=n * ROOM).reshape(n, ROOM)
    for ids, life in lives:
        slot, there = graphs.slots(ids)
        life.raised[:] = np.rint(FINE * raised[slot] * there[:, None]) / FINE
    concept, place, strength = graphs.pumped
    gain = np.bincount(place, level[concept] * strength, minlength=n * len(Role)).reshape(n, len(Role))
    for osc, part in oscillators:
        slot, there = graphs.slots(part.avatar)
        osc.pump[:] = np.rint(FINE * gain[slot, part.role] * there) / FINE
