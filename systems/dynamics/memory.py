"""Patterns that the field was in: kept, recalled at once or by a pull, and couplings that form between what turns together."""

import numpy as np
from numpy.typing import NDArray

from psi_ecs import Clock, PsiError, Query, Reader, Res, Sparse, World, Write, system
from psi_ecs.components.event import Cue, Learn, Recall
from psi_ecs.components.oscillator import DRAWN, OUTSIDE, Core, Oscillator, Part, Plastic, Role, Tuning
from psi_ecs.components.pattern import Pattern, Patterns, Recalled, State, Tie
from psi_ecs.components.switch import Switches
from psi_ecs.systems.kernels import attractor, hebb

from .core import role
from .field import advance, turn_knobs
from .wiring import Wiring

F64 = NDArray[np.float64]

PULL = 2.0
"""rad/s of the pull at strength 1: an error is a third after 0.5 s, and no motion of a head is hurried."""
TURNS = 5.0
"""Cycles of the slower one over which it is judged who turns together: of two that differ by 3 % less than KEEP remains."""
LARGEST = 3
"""Of the ratios that can form."""
KEEP = 0.75
"""Share of the strongest coupling below which none forms."""
EVERY = 6
"""Ticks between two looks at who turns together."""
FREE = np.array([r not in (*OUTSIDE, *DRAWN) for r in Role])
"""Roles that a pull may move."""


def observe(world: World, avatar: int, name: str) -> Pattern:
    """The field of an avatar as it is now, with what formed in it. PsiError if it has none yet."""
    rows, osc = _of(world, avatar)
    core, tuning = world.resource(Core), world.resource(Tuning)
    state = {
        r.name.lower(): State(phase=float(osc.theta[rows[r]]), amp=float(osc.amp[rows[r]]),
                              shift=float(osc.freq[rows[r]] - core.freq[r]))
        for r in Role if r not in OUTSIDE
    }  # fmt: skip
    ties = []
    for key, (gain, lag, n, m) in tuning.added.items():
        who, pulled, by = (int(x) for x in key.split("/"))
        if who == avatar and gain != 0.0:
            ties.append(Tie(pulled=Role(pulled).name.lower(), by=Role(by).name.lower(), gain=gain, lag=lag, ratio=(n, m)))
    return Pattern(name=name, state=state, coupling=ties)


def _of(world: World, avatar: int) -> tuple[NDArray[np.int64], Oscillator]:
    """Rows i64[R] of an avatar's oscillators in their table. PsiError if it has none yet."""
    for table in world.tables.values():
        if Oscillator in table.key and Part in table.key and table.n:
            part = table.cols[Part]
            rows = np.flatnonzero(part["avatar"][: table.n] == avatar)
            if len(rows):
                cols = table.cols[Oscillator]
                return rows[np.argsort(part["role"][rows])], Oscillator(**{k: v[: table.n] for k, v in cols.items()})
    raise PsiError(f"avatar {avatar} has no field yet; make a tick first")


@system("plan", after=(turn_knobs,))
def recall(
    oscillators: Query[Write[Oscillator], Part],
    asked: Reader[Recall],
    cues: Reader[Cue],
    patterns: Res[Patterns],
    drawn: Sparse[Write[Recalled]],
    tuning: Res[Write[Tuning]],
    wiring: Res[Write[Wiring]],
    core: Res[Core],
    switches: Res[Switches],
    clock: Res[Clock],
) -> None:
    """Begin what hosts and cues ask to recall: at once, or as a pull for some seconds."""
    known, wanted = patterns.value.known, list(asked)
    wanted += [
        Recall(avatar=cue.avatar, pattern=known[cue.name], strength=cue.strength, seconds=cue.seconds)
        for cue in cues if cue.kind == "recall" and cue.name in known
    ]  # fmt: skip
    for cue in wanted if "memory" not in switches.value.off else ():
        theta, amp, freq = goal(cue.pattern, core.value)
        if cue.seconds > 0.0:
            until = clock.value.sample + round(cue.seconds * clock.value.rate)
            for osc, part in oscillators:
                back = _settle(osc, part, cue.avatar, amp, cue.strength, drawn.get(cue.avatar))
                drawn[cue.avatar] = Recalled(theta=theta, freq=freq, goal=back, strength=cue.strength, until=until)
            wiring.value.forget()
            continue
        for osc, part in oscillators:
            _settle(osc, part, cue.avatar, np.full(len(Role), np.nan), 0.0, drawn.get(cue.avatar))
            del drawn[cue.avatar]
            for i in np.flatnonzero((part.avatar == cue.avatar) & ~np.isnan(theta)[part.role]):
                which = part.role[i]
                osc.theta[i], osc.freq[i] = theta[which] % 1.0, freq[which]
                osc.amp[i] = osc.goal[i] = amp[which]
        for tie in cue.pattern.coupling:
            pulled, by = role(tie.pulled, "pattern"), role(tie.by, "pattern")
            if not ((core.value.pulled == pulled) & (core.value.by == by)).any():  # the asset's own are left to it
                tuning.value.added[f"{cue.avatar}/{pulled.value}/{by.value}"] = (tie.gain, tie.lag, *tie.ratio)
        wiring.value.forget()


def _settle(osc: Oscillator, part: Part, avatar: int, amp: F64, strength: float, before: Recalled | None = None) -> F64:
    """Let an avatar's amplitudes settle that share of the way to others, f64[R]; returns where they settled, NaN where nothing
    changes. What a recall `before` this one changed is put right first."""
    back = np.full(len(Role), np.nan)
    for i in np.flatnonzero(part.avatar == avatar):
        which = part.role[i]
        if before is not None and not np.isnan(before.goal[which]):
            osc.goal[i] = before.goal[which]
        if FREE[which] and not np.isnan(amp[which]):
            back[which] = osc.goal[i]
            osc.goal[i] += strength * (amp[which] - osc.goal[i])
    return back


def goal(pattern: Pattern, core: Core) -> tuple[F64, F64, F64]:
    """Phases in cycles, amplitudes and own frequencies in Hz of a pattern, f64[R], NaN where it says nothing; clocks that the
    score sets are never in it."""
    theta, amp, freq = np.full((3, len(Role)), np.nan)
    for name, s in pattern.state.items():
        which = role(name, "pattern")
        if which not in OUTSIDE:
            theta[which], amp[which], freq[which] = s.phase % 1.0, s.amp, max(core.freq[which] + s.shift, 0.0)
    return theta, amp, freq


@system("plan", after=(recall,))
def study(
    oscillators: Query[Oscillator, Part],
    asked: Reader[Learn],
    plastic: Sparse[Write[Plastic]],
    tuning: Res[Tuning],
    core: Res[Core],
) -> None:
    """Begin or end to let couplings form, as hosts ask."""
    for wish in asked:
        del plastic[wish.avatar]
        known = set(zip(core.value.pulled.tolist(), core.value.by.tolist(), strict=True))
        added = [[int(x) for x in key.split("/")] for key in tuning.value.added]
        known |= {(pulled, by) for who, pulled, by in added if who == wish.avatar}
        for osc, part in oscillators:
            mine = part.avatar == wish.avatar
            if wish.most > 0.0 and mine.any():
                freq = np.zeros(len(Role))
                freq[part.role[mine]] = osc.freq[mine]
                plastic[wish.avatar] = _candidates(np.where(FREE, freq, 0.0), known, wish.most)


def _candidates(freq: F64, known: set[tuple[int, int]], most: float) -> Plastic:
    """Pairs that could lock at these frequencies and have no coupling yet, in either direction."""
    p, b, n, m = hebb.pairs(freq, LARGEST)
    new = np.array([not {(x, y), (y, x)} & known for x, y in zip(p.tolist(), b.tolist(), strict=True)], bool)
    pairs = np.stack((p, b, n, m))[:, new]
    slower = np.minimum(freq[pairs[0]], freq[pairs[1]])
    return Plastic(pairs=pairs, kappa=np.zeros((len(slower), 2)), rate=most * slower / TURNS, most=most)


@system("simulate", after=(advance,))
def draw(
    oscillators: Query[Write[Oscillator], Part],
    recalled: Sparse[Write[Recalled]],
    wiring: Res[Write[Wiring]],
    clock: Res[Clock],
) -> None:
    """Draw fields to the patterns recalled, each of which turns on as the field itself would."""
    now, wires = clock.value, wiring.value
    for entity, pattern in recalled.items():
        if now.sample >= pattern.until:
            del recalled[entity]
        for osc, part in oscillators:
            if entity not in recalled:
                _settle(osc, part, entity, np.full(len(Role), np.nan), 0.0, pattern)
                wires.forget()
                continue
            row = wires.rows(part).get(entity)
            if row is None:
                continue
            moved = FREE & ~np.isnan(pattern.theta) & ~wires.firm[row]
            where = osc.theta.copy()
            where[row[moved]] = pattern.theta[moved]
            pulled = np.empty(len(where))
            wires.net.pull(where, pulled)
            pattern.theta = np.where(
                moved, pattern.theta + (pattern.freq * wires.freq[row] + pulled[row]) * now.dt, pattern.theta
            )
            rows, gain = row[moved], PULL * pattern.strength
            osc.theta[rows] = attractor.drawn(osc.theta[rows], pattern.theta[moved], gain, now.dt) % 1.0
            recalled[entity] = pattern


@system("remember", every=EVERY)
def form(
    oscillators: Query[Oscillator, Part],
    plastic: Sparse[Write[Plastic]],
    tuning: Res[Write[Tuning]],
    wiring: Res[Write[Wiring]],
    switches: Res[Switches],
    clock: Res[Clock],
) -> None:
    """Let couplings form between what turns together (Hebbian learning); once a second the network has them."""
    if "memory" in switches.value.off:
        return
    for entity, mine in plastic.items():
        for osc, part in oscillators:
            row = wiring.value.rows(part).get(entity)
            if row is None or not mine.pairs.size:
                continue
            kappa = mine.kappa.view(np.complex128)[:, 0].copy()
            pulled, by, n, m = mine.pairs
            step = EVERY * clock.value.dt
            hebb.learn(kappa, osc.theta[row], np.ones(len(row)), pulled, by, n, m, mine.rate, 1.0 / mine.most, step)
            mine.kappa = kappa.view(np.float64).reshape(-1, 2)
            plastic[entity] = mine
            if clock.value.tick // EVERY % 10 == 0 and _grow(entity, mine, tuning.value):
                wiring.value.forget()


def _grow(entity: int, mine: Plastic, tuning: Tuning) -> bool:
    """Take over the couplings that have formed, in steps that a network is worth making for; tells whether any changed."""
    gain, lag = hebb.coupling(mine.kappa.view(np.complex128)[:, 0], mine.most)
    before = dict(tuning.added)
    for i, (pulled, by, n, m) in enumerate(mine.pairs.T.tolist()):
        key = f"{entity}/{pulled}/{by}"
        if gain[i] >= KEEP * mine.most:
            tuning.added[key] = (round(float(gain[i]), 1), round(float(lag[i]), 2), n, m)
        else:
            tuning.added.pop(key, None)
    return tuning.added != before
