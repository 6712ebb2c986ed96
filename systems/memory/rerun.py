"""A moment of the past lived again, bit for bit, in a world of its own that holds nothing but this body."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from psi_ecs import App, Clock, Entities, PsiError, Query, Res, Sparse, Write, system
from psi_ecs.column import fields
from psi_ecs.components.avatar import Attention, Avatar, Cast, Feeling, Place, Trace
from psi_ecs.components.event import Spoken
from psi_ecs.components.expression import Repertoire
from psi_ecs.components.face import Articulation, Face, Rig
from psi_ecs.components.life import Life
from psi_ecs.components.moment import Moment
from psi_ecs.components.oscillator import Core, Oscillator, Part, Role, Tuning
from psi_ecs.components.score import ARTICULATOR_REST
from psi_ecs.components.switch import switched
from psi_ecs.components.voice import Sound, Speech, Voices

from .body import LAYOUT, SIZE, columns, put

EVENTS = ("cues", "heard", "stops", "drives", "recalls", "learns", "poses", "unposes", "goes")
"""Of `Inputs`; the rest is set directly."""
LONGEST, CROWD = 3600 * 60, 4096
"""Ticks of a moment, and avatars of a world, at most."""


class Shown(NamedTuple):
    """One tick of a rerun. Arrays belong to the caller."""

    sound: NDArray[np.float32]
    """f32[400]."""
    weights: NDArray[np.float32]
    """f32[61]."""
    tongue: NDArray[np.float32]
    """f32[2]."""
    breath: float
    events: list[Spoken]
    """As they were then, but for the avatar, which is 0."""


@system("sense")
def revive(
    bodies: Query[Entities, Avatar, Write[Articulation], Write[Attention], Write[Feeling], Write[Life], Write[Place]],
    oscillators: Query[Write[Oscillator], Part],
    speech: Sparse[Write[Speech]],
    moment: Res[Moment],
    clock: Res[Clock],
) -> None:
    """Put the body into its state in the moment's first tick, and set what was set directly in each."""
    then, tick = moment.value, clock.value.tick
    for ents, _, mouth, look, feeling, life, place in bodies:
        entity, views = int(ents.id[0]), (mouth, look, feeling, life, place)
        if tick == then.tick:
            put(next(filter(None, (columns(0, views, *o, entity) for o in oscillators))), then.body)
            x, v = (a[None] for a in then.begin)
            speech[entity] = Speech(turn=then.turn, start=0, score=None, x=x, v=v, queue=list(then.sentences))
        for turned in (t for at, t in then.inputs.turned if at == tick):
            look.target[0], look.strength[0], mouth.effort[0] = turned.target, turned.strength, turned.effort
        for stirred in (s for at, s in then.inputs.stirred if at == tick):
            if stirred.raised is not None:
                life.raised[0] = _column(stirred.raised, life.raised.shape[1])
            for osc, part in oscillators if stirred.pump is not None else ():
                osc.pump[:] = _column(stirred.pump or (), len(Role)).take(part.role)


def _column(some: tuple[tuple[int, float], ...], length: int) -> NDArray[np.float32]:
    """A column of which some values are not 0."""
    out = np.zeros(length, np.float32)
    for place, value in some:
        out[place] = value
    return out


def fitting(moment: Moment) -> Moment:
    """A moment that can be lived again. PsiError in one line if it was kept by another version, or is none."""
    if moment.layout != LAYOUT:
        raise PsiError("this moment was kept by another version and cannot be replayed; recall its tone instead")
    x, v = moment.begin
    sound = len(moment.body) == SIZE and 0 < moment.ticks <= LONGEST and bool(moment.sentences) and 0 <= moment.index < CROWD
    sound = sound and 0 <= moment.tick < 2**40 and x.dtype == v.dtype == np.float64 and x.shape == v.shape == (x.size,)
    if not sound or not (np.isfinite(x).all() and np.isfinite(v).all()):
        raise PsiError("this moment contradicts itself and cannot be replayed; recall its tone instead")
    return moment


class Rerun:
    """Steps through a moment."""

    def __init__(self, moment: Moment, rig: Rig, voices: Voices, core: Core, body: Callable[[App], None]) -> None:
        """Ready for its first tick. Args: rig: one row, of the avatar's head; core: the field's asset; body: the plugin of all
        that moves a body."""
        self.moment, self._tick = moment, moment.tick
        cast = Cast(personas=[moment.persona] * (moment.index + 1), names=[moment.persona.name] * (moment.index + 1))
        self.app = App(seed=moment.seed).add(body, core, cast, switched(moment.off), voices, revive, moment)
        world = self.app.world
        world.resource(Clock).tick = moment.tick
        world.resource(Repertoire).own.update(moment.own)
        tuning = world.resource(Tuning)
        tuning.changed, tuning.added = dict(moment.changed), dict(moment.added)
        self.entity = int(world.spawn(
            1, Avatar(index=moment.index), Place(position=0.0, yaw=0.0), Feeling(now=0.0, goal=0.0),
            Attention(target=0.0, strength=0.0),
            Articulation(now=ARTICULATOR_REST, loudness=0.0, pitch=0.0, phone=0.0), Face(weights=0.0, breath=0.0),
            Sound(block=0.0), Rig(**{name: getattr(rig, name)[0] for name in fields(Rig)}), Trace(seen=0.0, count=0),
        )[0])  # fmt: skip
        for part in (moment.larynx, moment.claims, moment.recalled, moment.plastic, moment.travel):
            if part is not None:
                world.set_sparse(self.entity, part)

    @property
    def made(self) -> int:
        """Ticks made so far."""
        return self._tick - self.moment.tick

    def step(self) -> Shown:
        """Make the next tick."""
        world, inputs, tick = self.app.world, self.moment.inputs, self._tick
        for name in EVENTS:
            for event in (e for at, e in getattr(inputs, name) if at == tick):
                self.app.send(replace(event, avatar=-1 if name == "heard" else self.entity))
        self.app.step()
        self._tick += 1
        face = world.peek(self.entity, Face)
        spoken = [e for t, _, e in world.channels[Spoken].items if t == tick and e.avatar == self.entity]
        sound = world.peek(self.entity, Sound).block[0]
        return Shown(sound, face.weights[0], face.tongue[0], float(face.breath[0]), spoken)
