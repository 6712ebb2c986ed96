"""The field and the score at a later moment, in closed form: what is known of an avatar's future without stepping there."""

import numpy as np
from numpy.typing import NDArray

from psi_ecs import Clock, PsiError, World
from psi_ecs.components.avatar import Avatar, Cast
from psi_ecs.components.face import Articulation
from psi_ecs.components.oscillator import Oscillator, Part
from psi_ecs.components.score import ARTICULATOR_REST, AT_REST, RATE, articulator_slice
from psi_ecs.components.voice import BLOCK, Speech
from psi_ecs.systems.kernels import relax

from .moment import LEAST, TRAVELLERS, exert, ride
from .score import LEAD, effort, phone_at
from .wiring import Wiring

F64 = NDArray[np.float64]


def phases(world: World, avatar: int) -> tuple[F64, F64, F64]:
    """Phases in cycles, frequencies in Hz with what couplings add, and amplitudes of an avatar's roles now: f64[R] each.

    Locked or free, an oscillator turns on at that frequency for as long as nothing new pulls it.
    """
    wires = world.resource(Wiring)
    if avatar not in wires.who:
        raise PsiError(f"avatar {avatar} has no field yet; make a tick first")
    row = wires.row[wires.who.index(avatar)]
    table = next(t for t in world.tables.values() if Oscillator in t.key and Part in t.key and t.n)
    osc = table.cols[Oscillator]
    theta, amp = osc["theta"][: table.n], osc["amp"][row].astype(np.float64)
    pulled = np.zeros(table.n)
    wires.net.pull(theta, pulled)
    return theta[row], (wires.turning + pulled)[row], amp


def mouth(world: World, avatar: int, seconds: float) -> tuple[Articulation, bool]:
    """Articulators of an avatar `seconds` after its last tick, and whether they are known: up to the end of the score under
    way, and after it if nothing waits to be said.
    """
    said, art = world.get_sparse(avatar, Speech), world.peek(avatar, Articulation)
    sample = world.resource(Clock).sample - BLOCK + seconds * RATE
    if said is None or said.score is None:
        art.now[0] = ARTICULATOR_REST + (art.now[0] - ARTICULATOR_REST) * np.exp(-AT_REST * seconds)
        return art, said is None
    score, at = said.score, LEAD + (sample - said.start) / RATE
    ahead = _along(world, avatar, said, art.ahead[0].astype(np.float64), seconds)
    when = at + np.array([0.0, ahead[0], ahead[1]])
    state, jaw, tune = relax.at(when, score.knot / RATE, score.target, score.rate, said.x, said.v)
    ride(state[articulator_slice(score)], float(jaw[articulator_slice(score)][0]))
    exert(state[articulator_slice(score)], art.effort[0])
    persona = world.resource(Cast).personas[int(world.peek(avatar, Avatar).index[0])]
    art.now[0] = state[articulator_slice(score)]
    art.loudness[0], base = effort(state), 12.0 * np.log2(persona.voice.pitch)
    art.pitch[0], art.tune[0] = state[0] - base, tune[0] - base
    art.phone[0] = score.phone[phone_at(score, round(at * RATE))]
    return art, not said.queue or sample < said.start + score.length


def _along(world: World, avatar: int, said: Speech, now: F64, seconds: float) -> F64:
    """How far along jaw and head will be, f64[2] seconds: what noise has done to them fades as their couplings have it."""
    wires = world.resource(Wiring)
    net, rows = wires.net, wires.row[wires.who.index(avatar)][list(TRAVELLERS)]
    pull = np.array([(net.a - 1j * net.b)[net.target == row].sum() for row in rows])
    hertz = np.array([h for _, h in said.clocks] if said.clocks else [np.nan, np.nan])
    rest = np.where(hertz > 0.0, np.angle(pull) / (2.0 * np.pi) / np.fmax(hertz, LEAST), 0.0)
    return np.asarray(rest + (now - rest) * np.exp(-np.abs(pull) * seconds))
