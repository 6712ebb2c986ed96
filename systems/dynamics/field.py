"""The field in motion: every phase and amplitude moves by one tick under its couplings, as feelings have them.

Glottis and syllable nuclei are outside clocks that the score sets; all else turns at its own frequency and is pulled.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs import Clock, Commands, Entities, PsiError, Query, Reader, Res, Rng, Sparse, Write, system
from psi_ecs.components.avatar import Avatar, Feeling
from psi_ecs.components.event import Drive
from psi_ecs.components.oscillator import Core, Lock, Oscillator, Part, Role, Tuning
from psi_ecs.components.phone import PHONES
from psi_ecs.components.score import RATE, Score
from psi_ecs.components.switch import Switches
from psi_ecs.components.voice import Speech
from psi_ecs.systems.kernels import phase_measures, phase_network
from psi_ecs.systems.kernels.phase_network import Network, Plan

from .core import role
from .score import evaluate

F64 = NDArray[np.float64]

VOWEL = np.array([phone.vowel for phone in PHONES])
ERROR = 0.02
"""Cycles by which a phase may be wrong in the tick after an outside clock jumps; locked phases err far less and forget it."""
FINE = 64.0
"""Feelings reach the couplings in steps of 1/FINE of a natural logarithm (1.6 %), so that a plan lasts for many ticks."""


@system("input")
def awaken(avatars: Query[Entities, Avatar], parts: Query[Part], core: Res[Core], rng: Res[Rng], cmd: Commands) -> None:
    """Give every new avatar its oscillators, the slow ones at random phases."""
    known = {a for (part,) in parts for a in part.avatar.tolist()}
    born, n = core.value, len(Role)
    for ents, _ in avatars:
        for entity in ents.id.tolist():
            if entity in known:
                continue
            drawn = rng.value.stream("field").random((2, n))
            freq = born.freq * (1.0 + born.spread * (2.0 * drawn[1] - 1.0))
            wave = Oscillator(
                theta=np.where(freq < 2.0, drawn[0], 0.0), freq=freq, amp=born.amp, goal=born.amp, settle=born.settle
            )
            cmd.spawn(n, wave, Part(avatar=np.full(n, entity, np.uint64), role=np.arange(n)))
            cmd.insert(np.array([entity], np.uint64), Lock())


@system("plan")
def turn_knobs(oscillators: Query[Write[Oscillator], Part], tuning: Res[Write[Tuning]], drives: Reader[Drive]) -> None:
    """Do what hosts ask of the field."""
    for knob in list(drives):
        which = role(knob.role, "drive")
        if knob.by is not None:
            key = f"{knob.avatar}/{which.value}/{role(knob.by, 'drive').value}"
            gain, lag = tuning.value.changed.get(key, (None, None))
            tuning.value.changed[key] = (gain if knob.gain is None else knob.gain, lag if knob.lag is None else knob.lag)
        for osc, part in oscillators:
            for i in np.flatnonzero((part.avatar == knob.avatar) & (part.role == which)):
                osc.freq[i] = osc.freq[i] if knob.freq is None else knob.freq
                osc.goal[i] = osc.goal[i] if knob.amp is None else knob.amp
                osc.theta[i] = osc.theta[i] if knob.theta is None else knob.theta % 1.0
                osc.amp[i] *= knob.kick or 1.0


LIMITS = (
    ("freq", 0.0, 12_000.0), ("amp", 0.0, 100.0), ("theta", -1e6, 1e6), ("kick", 0.0, 100.0), ("gain", -1e4, 1e4),
    ("lag", -1.0, 1.0),
)  # fmt: skip
"""Bounds of the knobs of a drive."""


def checked(knob: Drive) -> Drive:
    """A drive whose role and numbers can be used; else AssetError or PsiError in one line."""
    role(knob.role, "drive")
    if knob.by is not None:
        role(knob.by, "drive")
    for name, low, high in LIMITS:
        value = getattr(knob, name)
        if value is not None and not low <= value <= high:
            raise PsiError(f"drive: {name} is {value}; give a number from {low:g} to {high:g}")
    return knob


class Wiring:
    """Resource, derived and not saved: where oscillators lie, and their network. Columns that moved are new arrays."""

    def __init__(self) -> None:
        """Nothing looked up yet."""
        self._avatar: NDArray[np.uint64] | None = None
        self._key: bytes | None = None
        self.who: list[int] = []
        """Avatars."""
        self.row: NDArray[np.int64] = np.zeros((0, len(Role)), np.int64)
        """i64[A, R]: rows in the table."""
        self.net: Network
        self.plan: Plan
        self.freq = self.amp = self.settle = np.zeros(0)
        """Factors on every row."""
        self._ids: NDArray[np.uint64] | None = None
        self._pairs: tuple[NDArray[Any], ...] = ()

    def look(self, part: Part) -> None:
        """Find the oscillators of a table by avatar and role."""
        if self._avatar is part.avatar:
            return
        self._avatar, self._key, self._ids = part.avatar, None, None
        self.who = sorted(set(part.avatar.tolist()))
        self.row = np.full((len(self.who), len(Role)), -1, np.int64)
        self.row[np.searchsorted(self.who, part.avatar), part.role] = np.arange(len(part.role))

    def tune(self, core: Core, feel: F64, tuning: Tuning, osc: Oscillator, coupled: bool, dt: float) -> None:
        """Couplings and factors for these feelings f64[A, 10]; made anew only when they have changed."""
        change = np.rint(FINE * (feel @ core.feel.T)) / FINE
        key = change.tobytes() + repr((coupled, sorted(tuning.changed.items()))).encode()
        if key == self._key:
            return
        self._key = key
        c, r = len(core.pulled), len(Role)
        gain, lag = core.gain * np.exp(change[:, :c]), core.lag + change[:, c : 2 * c]
        for name, (new_gain, new_lag) in tuning.changed.items():
            avatar, pulled, by = (int(x) for x in name.split("/"))
            edge = (core.pulled == pulled) & (core.by == by)
            if avatar in self.who:
                who = self.who.index(avatar)
                gain[who, edge] = gain[who, edge] if new_gain is None else new_gain
                lag[who, edge] = lag[who, edge] if new_lag is None else new_lag
        edges = (self.row[:, core.pulled].ravel(), self.row[:, core.by].ravel(), (gain * coupled).ravel(), lag.ravel())
        ratio = (np.tile(core.n, len(self.who)), np.tile(core.m, len(self.who)))
        factor = np.exp(change[:, 2 * c :]).reshape(-1, 3, r)
        self.freq, self.amp, self.settle = (np.ones(len(osc.freq)) for _ in range(3))
        self.freq[self.row], self.amp[self.row], self.settle[self.row] = factor[:, 0], factor[:, 1], factor[:, 2]
        self.net = phase_network.network(len(osc.freq), *edges, *ratio)
        self.plan = phase_network.plan(self.net, osc.freq * self.freq, dt, ERROR)

    def follow(self, lock: Lock, theta: F64, ids: NDArray[np.uint64], core: Core, dt: float) -> None:
        """Move the running means of the measured pairs of these avatars."""
        if self._ids is not ids:
            row, pairs = self.row[np.searchsorted(self.who, ids)], core.pairs
            n, m = (np.tile(pairs[:, i], len(row)).astype(np.int32) for i in (2, 3))
            self._ids, self._pairs = ids, (row[:, pairs[:, 0]].ravel(), row[:, pairs[:, 1]].ravel(), n, m)
        held = lock.held[:, : len(core.pairs)]
        z = held.view(np.complex128).ravel()
        phase_measures.follow(z, theta, *self._pairs, dt, core.window)
        held[:] = z.view(np.float64).reshape(held.shape)


@system("simulate", after=(evaluate,))
def advance(
    oscillators: Query[Write[Oscillator], Part],
    avatars: Query[Entities, Avatar, Feeling, Write[Lock]],
    speech: Sparse[Speech],
    core: Res[Core],
    tuning: Res[Tuning],
    switches: Res[Switches],
    wiring: Res[Write[Wiring]],
    clock: Res[Clock],
) -> None:
    """Move every phase and amplitude by one tick, and the running means of the measured pairs."""
    now, wires, field, off = clock.value, wiring.value, core.value, switches.value.off
    for osc, part in oscillators:
        wires.look(part)
        feel = np.zeros((len(wires.who), 10))
        for ents, _, feeling, _ in avatars:
            if "emotion" not in off:
                feel[np.searchsorted(wires.who, ents.id)] = feeling.now
            for entity in ents.id.tolist():
                _set_clocks(osc, wires, entity, speech.get(entity), now)
        wires.tune(field, feel, tuning.value, osc, "coupling" not in off, now.dt)
        osc.theta[:] = phase_network.advance(osc.theta, osc.freq * wires.freq, wires.plan, now.block, now.rate)
        goal = np.maximum(osc.goal * wires.amp, 1e-6)
        fade = np.exp(-2.0 * now.dt * osc.settle * wires.settle)
        osc.amp[:] = osc.amp / np.sqrt(fade + (osc.amp / goal) ** 2 * (1.0 - fade))
        for ents, _, _, lock in avatars:
            wires.follow(lock, osc.theta, ents.id, field, now.dt)


def _set_clocks(osc: Oscillator, wires: Wiring, entity: int, said: Speech | None, now: Clock) -> None:
    """Glottis and nuclei as the score of a speaker has them."""
    if said is None or said.states is None or said.score is None or entity not in wires.who:
        return
    row = wires.row[wires.who.index(entity)]
    pitch = np.exp2(said.states[:, 0] / 12.0)
    osc.freq[row[Role.GLOTTIS]] = 0.5 * (pitch[:-1] + pitch[1:]).mean()  # straight between borders, as in the sound
    nuclei = beat(said.score, now.sample - said.start, now.block)
    if nuclei is not None:
        osc.theta[row[Role.NUCLEUS]], osc.freq[row[Role.NUCLEUS]] = nuclei


def beat(score: Score, sample: int, block: int) -> tuple[float, float] | None:
    """Phase in cycles that the syllable nuclei of a score prescribe at a sample (whole at each nucleus) and its frequency in
    Hz; None with fewer than two."""
    nuclei = score.start[VOWEL[score.phone]]
    if len(nuclei) < 2:
        return None
    here, there = np.interp((sample, sample + block), nuclei, np.arange(float(len(nuclei)))).tolist()
    return here % 1.0, (there - here) * RATE / block
