"""The field in motion: every phase and amplitude moves by one tick under its couplings, as feelings have them.

Glottis and syllable nuclei are outside clocks that the score sets; all else turns at its own frequency and is pulled.
"""

from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray

from psi_ecs import Clock, Commands, Entities, PsiError, Query, Reader, Res, Rng, Sparse, Write, system
from psi_ecs.components.avatar import Avatar, Cast, Feeling
from psi_ecs.components.event import Drive
from psi_ecs.components.oscillator import OUTSIDE, Core, Lock, Oscillator, Part, Role, Tuning
from psi_ecs.components.switch import Switches
from psi_ecs.components.voice import CONTROL, Speech
from psi_ecs.systems.kernels import phase_network, waver
from psi_ecs.systems.kernels.noise import run

from .core import role
from .regime import held
from .score import evaluate
from .wiring import Wiring

F64 = NDArray[np.float64]

FOLLOWERS = ((Role.SYLLABLE, Role.JAW), (Role.BEAT,))
"""Roles meant to go one cycle a syllable, and one a stressed syllable."""
ROUGH = 1.0
"""Noise between the folds of a voice of roughness 1, cycles a root second, beside the field's."""


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
            theta = np.where(np.isnan(born.phase), np.where(freq < 2.0, drawn[0], 0.0), born.phase % 1.0)
            wave = Oscillator(theta=theta, freq=freq, amp=born.amp, goal=born.amp, settle=born.settle)
            cmd.spawn(n, wave, Part(avatar=np.full(n, entity, np.uint64), role=np.arange(n)))
            cmd.insert(np.array([entity], np.uint64), Lock(held=0.0))


@system("plan", after=("schedule", "open_moment"))
def turn_knobs(
    oscillators: Query[Write[Oscillator], Part],
    tuning: Res[Write[Tuning]],
    wiring: Res[Write[Wiring]],
    drives: Reader[Drive],
    core: Res[Core],
) -> None:
    """Do what hosts ask of the field."""
    for knob in list(drives):
        wiring.value.forget()
        which = role(knob.role, "drive")
        if knob.by is not None:
            couple(tuning.value, core.value, knob, which, role(knob.by, "drive"))
        for osc, part in oscillators:
            for i in np.flatnonzero((part.avatar == knob.avatar) & (part.role == which)):
                osc.freq[i] = osc.freq[i] if knob.freq is None else knob.freq
                osc.goal[i] = osc.goal[i] if knob.amp is None else knob.amp
                osc.theta[i] = (osc.theta[i] if knob.theta is None else knob.theta) + knob.push
                osc.theta[i] %= 1.0
                osc.amp[i] *= knob.kick or 1.0


def couple(tuning: Tuning, core: Core, knob: Drive, pulled: Role, by: Role) -> None:
    """Change a coupling of the asset, or one that was added; add it if there is none."""
    key = f"{knob.avatar}/{pulled.value}/{by.value}"
    if ((core.pulled == pulled) & (core.by == by)).any():
        gain, lag = tuning.changed.get(key, (None, None))
        tuning.changed[key] = (gain if knob.gain is None else knob.gain, lag if knob.lag is None else knob.lag)
        return
    before = tuning.added.get(key, (0.0, 0.0, *knob.ratio))
    tuning.added[key] = (
        before[0] if knob.gain is None else knob.gain, before[1] if knob.lag is None else knob.lag, *before[2:],
    )  # fmt: skip


LIMITS = (
    ("freq", 0.0, 12_000.0), ("amp", 0.0, 100.0), ("theta", -1e6, 1e6), ("kick", 0.0, 100.0), ("push", -1e6, 1e6),
    ("gain", -1e4, 1e4), ("lag", -1.0, 1.0),
)  # fmt: skip
"""Bounds of the knobs of a drive."""


def checked(knob: Drive) -> Drive:
    """A drive whose role and numbers can be used; else AssetError or PsiError in one line."""
    which = role(knob.role, "drive")
    if knob.by is not None and role(knob.by, "drive") == which:
        raise PsiError(f"drive: {knob.role} cannot pull itself; name another role as by")
    if knob.by is not None and which in OUTSIDE:
        raise PsiError(f"drive: {knob.role} is set by the score and cannot be pulled; name another role")
    if knob.by is None and (knob.gain is not None or knob.lag is not None):
        raise PsiError(f"drive: gain and lag are of a coupling; say by which role {knob.role} is pulled, as by='syllable'")
    if not all(1 <= x <= 1000 for x in knob.ratio):
        raise PsiError(f"drive: ratio is {list(knob.ratio)}; give two whole numbers from 1 to 1000")
    for name, low, high in LIMITS:
        value = getattr(knob, name)
        if value is not None and not low <= value <= high:
            raise PsiError(f"drive: {name} is {value}; give a number from {low:g} to {high:g}")
    return knob


@system("simulate", after=(evaluate, "travel"))
def advance(
    oscillators: Query[Write[Oscillator], Part],
    avatars: Query[Entities, Avatar, Feeling, Write[Lock]],
    speech: Sparse[Write[Speech]],
    core: Res[Core],
    tuning: Res[Tuning],
    switches: Res[Switches],
    wiring: Res[Write[Wiring]],
    clock: Res[Clock],
    cast: Res[Cast],
    rng: Res[Rng],
) -> None:
    """Move every phase and amplitude by one tick, and the running means of the measured pairs."""
    now, wires, field, off = clock.value, wiring.value, core.value, switches.value.off
    for osc, part in oscillators:
        rows = wires.rows(part)
        feel = np.zeros((len(wires.who), 10))
        numbers = list[tuple[int, int]]()
        for ents, avatar, feeling, _ in avatars:
            numbers += zip(ents.id.tolist(), avatar.index.tolist(), strict=True)
            if "emotion" not in off:
                feel[np.searchsorted(wires.who, ents.id)] = feeling.now
        wires.tune(field, feel, held(wires.who, speech, now.sample), tuning.value, osc, "coupling" not in off, now.dt)
        spoken = [(rows[e], said) for e in rows if (said := speech.get(e)) is not None]
        beats = [(row, [hertz for _, hertz in _set_clocks(osc, row, said)]) for row, said in spoken]
        wires.turning = osc.freq * wires.freq
        if "koopman" not in off:
            _steer(wires, beats)
        gaps = osc.theta[wires.row[:, Role.FOLD]] - osc.theta[wires.row[:, Role.GLOTTIS]]
        for ents, avatar, _, _ in avatars:
            _rub(gaps, wires, ents.id, avatar, speech, field, cast.value, rng.value.seed, now)
        osc.theta[:] = phase_network.advance(osc.theta, wires.turning, wires.plan, now.block, now.rate)
        _diffuse(osc, wires, now, rng.value.seed, [number for _, number in sorted(numbers)])
        osc.theta[wires.row[:, Role.FOLD]] = (osc.theta[wires.row[:, Role.GLOTTIS]] + gaps) % 1.0
        osc.amp[:] = osc.amp / np.sqrt(wires.fade + (osc.amp / wires.goal) ** 2 * (1.0 - wires.fade))
        if np.count_nonzero(osc.pump):
            osc.amp[:] *= np.exp(osc.settle * osc.pump * now.dt)
        for ents, _, _, lock in avatars:
            wires.follow(lock, osc.theta, ents.id, field, now.dt)


def _rub(
    gaps: F64, wires: Wiring, ids: NDArray[np.uint64], avatar: Avatar, speech: Sparse[Write[Speech]], core: Core, cast: Cast,
    seed: int, now: Clock,
) -> None:  # fmt: skip
    """Move the gaps f64[A] between the vocal folds of those who speak by a tick, in place, and tell the voice."""
    detune, noise = float(core.freq[Role.FOLD] - core.freq[Role.GLOTTIS]), float(core.noise[Role.FOLD])
    for index, entity in zip(avatar.index.tolist(), ids.tolist(), strict=True):
        said = speech.get(entity)
        if said is None or said.states is None:
            continue
        who, span = bisect_left(wires.who, entity), now.block // CONTROL
        noisy = noise + ROUGH * cast.personas[index].voice.roughness
        kick = waver.kicks(now.sample // span + 1, CONTROL, noisy, span / now.rate, seed * 1024 + index)
        gap, (gain, lag) = float(gaps[who]), wires.fold[who].tolist()
        path = waver.folds(gap - round(gap) + lag, detune, gain, kick, span / now.rate) - lag
        said.folds, gaps[who] = path, path[-1]


def _diffuse(osc: Oscillator, wires: Wiring, now: Clock, seed: int, numbers: list[int]) -> None:
    """Let noise move the phases that it moves; normal by the sum of four (Irwin-Hall). `numbers` are those of `wires.who`."""
    if not len(wires.noisy):
        return
    each = 4 * len(wires.noisy) // len(numbers)
    draws = np.concatenate([run(seed * 1024 + i ^ 0xD1FF, each * now.tick, each).reshape(4, -1) for i in numbers], axis=1)
    moved = osc.theta[wires.noisy] + wires.diffuse * (draws.sum(axis=0) - 2.0)
    osc.theta[wires.noisy] = moved - np.floor(moved)


def _set_clocks(osc: Oscillator, row: NDArray[np.int64], said: Speech) -> list[tuple[float, float]]:
    """Glottis, nuclei and accents of a speaker as the score has them; returns
    `Speech.clocks`."""
    if said.states is None or said.clocks is None:
        return []
    pitch = np.exp2(said.states[:, 0] / 12.0)
    osc.freq[row[Role.GLOTTIS]] = 0.5 * (pitch[:-1] + pitch[1:]).mean()  # straight between borders, as in the sound
    for clock, (phase, hertz) in zip((Role.NUCLEUS, Role.ACCENT), said.clocks, strict=True):
        if phase == phase:
            osc.theta[row[clock]], osc.freq[row[clock]] = phase, hertz
    return said.clocks


def _steer(wires: Wiring, beats: list[tuple[NDArray[np.int64], list[float]]]) -> None:
    """What is firmly pulled by a clock of the score turns at its frequency in this tick: the mode it is meant to be in has the
    clock's eigenvalue. The coupling then has phase alone to mend, and a steady clock is followed without the lag that an own
    frequency costs (asin(2 pi df / gain) / 2 pi cycles).
    """
    for row, clocks in beats:
        for roles, hertz in zip(FOLLOWERS, clocks, strict=False):
            for follower in roles if hertz == hertz else ():
                if wires.firm[row[follower]]:
                    wires.turning[row[follower]] = hertz
