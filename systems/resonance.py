"""Semantic resonance: words that an avatar says or hears raise the amplitude of the modes that their concepts are tied to.

A word stirs its concepts; what is stirred fades exponentially, and a level follows it smoothly: two first-order modes, so that
nothing jumps. A level raises expressions, and pumps oscillators: d amp/dt = settle (1 - (amp / goal)^2 + level (F^2 - 1)) amp
(Stuart-Landau with gain) settles at F times the goal. Habits are gestures of a persona at kinds of sentences and at concepts.
"""

from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray

from psi_ecs import App, Clock, Commands, Entities, Query, Reader, Res, Rng, Sparse, Write, Writer, system
from psi_ecs.components.avatar import MOVEMENTS, Avatar, Cast, Habit
from psi_ecs.components.event import Cue, Spoken
from psi_ecs.components.life import Life
from psi_ecs.components.oscillator import Oscillator, Part
from psi_ecs.components.resonance import Concepts, Due, Resonance
from psi_ecs.components.score import RATE
from psi_ecs.components.voice import Speech
from psi_ecs.systems.formats.resonance import concepts, stirred

AHEAD = 0.25
"""Seconds by which a word acts before it sounds: faces show what is about to be said (Kendon 1980 on gesture and speech)."""
FOLLOW = 5.0
"""1/s: the level is 63 % of the way after 0.2 s."""
HEARD = 0.5
"""How far a word that is heard stirs its concepts, beside one that is said."""


@system("input", without=(Resonance,))
def attune(avatars: Query[Entities, Avatar], cmd: Commands) -> None:
    """Give every new avatar a resonance at rest."""
    for ents, _ in avatars:
        cmd.insert(ents.id, Resonance(stirred=0.0, level=0.0, heard=-1.0))


@system("simulate", after=("advance", "draw", "steady"))
def resonate(
    avatars: Query[Entities, Avatar, Write[Resonance], Write[Life]],
    oscillators: Query[Write[Oscillator], Part],
    speech: Sparse[Speech],
    spoken: Reader[Spoken],
    known: Res[Concepts],
    cast: Res[Cast],
    due: Sparse[Write[Due]],
    cues: Writer[Cue],
    rng: Res[Rng],
    clock: Res[Clock],
) -> None:
    """Stir concepts by what is about to be said and by what is heard, let them act, and begin habits."""
    now, said = clock.value, [event for event in spoken if event.kind == "word"]
    for ents, avatar, state, life in avatars:
        for row, entity in enumerate(ents.id.tolist()):
            persona, own = cast.value.personas[int(avatar.index[row])], speech.get(entity)
            for event in said:
                if event.avatar != entity:
                    _stir(state.stirred[row], event.text, known.value, HEARD)
            awake = _say(state, row, own, known.value, now) if own is not None else []
            if persona.habit:
                _habits(entity, persona.habit, own, awake, due, rng.value.stream("habit"), now)
        fade = np.exp(-known.value.fade * now.dt)
        state.stirred *= fade
        state.level += (state.stirred - state.level) * (1.0 - np.exp(-FOLLOW * now.dt))
        life.raised[:] = state.level @ known.value.face
        _pump(ents.id, state.level, oscillators, known.value, now.dt)
    _show(due, cues, now)


def _stir(stir: NDArray[np.float64], word: str, known: Concepts, amount: float) -> list[str]:
    """Wake the concepts of a word, in place; returns their names."""
    found = stirred(word, known)
    for c in found:
        stir[c] = max(float(stir[c]), amount)
    return [known.names[c] for c in found]


def _say(state: Resonance, row: int, said: Speech, known: Concepts, now: Clock) -> list[str]:
    """Stir by the words of its own sentence that begin within AHEAD; returns the concepts woken in this tick."""
    if said.score is None:
        return []
    if said.start == now.sample:
        state.heard[row] = -1.0
    until = (now.sample + now.block - said.start) / RATE + AHEAD
    awake = []
    words = said.score.words
    first, last = (bisect_left(words, at, key=lambda word: word.start / RATE) for at in (float(state.heard[row]), until))
    for word in words[first:last]:
        awake += _stir(state.stirred[row], word.text, known, 1.0)
    state.heard[row] = until
    return awake


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


def _pump(
    ids: NDArray[np.uint64], level: NDArray[np.float64], oscillators: Query[Write[Oscillator], Part], known: Concepts, dt: float
) -> None:
    """Raise the amplitudes that awake concepts are tied to."""
    if level.max(initial=0.0) < 1e-3:
        return
    gain = level @ known.pump
    order = np.argsort(ids)
    for osc, part in oscillators:
        place = np.minimum(np.searchsorted(ids, part.avatar, sorter=order), len(ids) - 1)
        mine = ids[order[place]] == part.avatar
        osc.amp[:] *= np.where(mine, np.exp(osc.settle * gain[order[place], part.role] * dt), 1.0)


def resonance(app: App) -> None:
    """Plugin: words resonate."""
    app.add(concepts(), attune, resonate)
