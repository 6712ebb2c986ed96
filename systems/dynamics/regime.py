"""What a regime does to the field of an avatar: knobs of oscillators and couplings, what is felt and shown, and a voice that
follows its tremor."""

import numpy as np
from numpy.typing import NDArray

from psi_ecs import Sparse, Writer
from psi_ecs.components.event import Cue
from psi_ecs.components.oscillator import Core, Role
from psi_ecs.components.regime import Regime
from psi_ecs.components.score import RATE, Score
from psi_ecs.components.text import FEELINGS
from psi_ecs.components.voice import BLOCK, Speech

from .core import KNOBS, role

F64 = NDArray[np.float64]

AHEAD = round(0.15 * RATE)
"""Samples by which a face shows a regime before it is heard: smiles begin before laughs."""
AFTER = 0.3
"""Seconds by which it outlasts it."""
BREAK = 0.6
"""Product of tremor and quaver, each from -1 to 1, above which a voice breaks."""


def held(who: list[int], speech: Sparse[Speech], sample: int) -> dict[int, Regime]:
    """The regime that each of these avatars is in, if any."""
    out = dict[int, Regime]()
    for entity in who:
        said = speech.get(entity)
        if said is None or said.score is None or not said.score.regimes:
            continue
        regime = said.score.regime(sample - said.start)
        if regime is not None:
            out[entity] = regime
    return out


def knobs(regime: Regime, core: Core) -> F64:
    """As a row of `Core.feel`: what the regime adds to ln gain and lag of couplings, and to ln freq, amp and settle of
    roles, f64[2 C + 3 R]."""
    c, r = len(core.pulled), len(Role)
    gain, lag, freq, amp, settle = blocks = [np.zeros(n) for n in (c, c, r, r, r)]
    for change in regime.field:
        knob = KNOBS.index(change.what)
        for name in change.of:
            which = role(name, f"field/regimes.toml: [{regime.name}]")
            rows = core.pulled == which if knob < 2 else np.arange(r) == which
            blocks[knob][rows] += regime.strength * (change.by if knob == 1 else np.log(change.by))
    return np.concatenate((gain, lag, freq, amp, settle))


def pace(regime: Regime | None, roles: tuple[Role, ...]) -> F64:
    """Factor on the frequencies of these roles."""
    out = np.ones(len(roles))
    for change in regime.field if regime is not None else ():
        if change.what == "freq":
            out *= [change.by**regime.strength if regime and r.name.lower() in change.of else 1.0 for r in roles]
    return out


def felt(score: Score, sample: int, goal: NDArray[np.float32]) -> F64 | float:
    """What a regime that is in force, or is about to be, adds to where feelings f32[10] are heading; each stays within -1
    and 1."""
    regime = (score.regime(sample) or score.regime(sample + AHEAD)) if score.regimes else None
    if regime is None:
        return 0.0
    own = np.array([regime.strength * regime.feeling.get(name, 0.0) for name in FEELINGS])
    return np.asarray(np.clip(goal + own, -1.0, 1.0) - goal, np.float64)


def show(entity: int, score: Score, sample: int, out: Writer[Cue]) -> None:
    """Cue the expressions of regimes that begin soon."""
    for s in score.regimes:
        if s.start - AHEAD < sample + BLOCK and sample <= max(s.start - AHEAD, 0):
            seconds = (s.end - sample) / RATE + AFTER
            for name, strength in s.regime.face.items():
                strength = min(strength * s.regime.strength, 1.0)
                out.send(Cue(avatar=entity, kind="expression", name=name, strength=strength, seconds=seconds, scored=True))


def quiver(regime: Regime, states: F64, tremor: F64, quaver: F64) -> None:
    """Let the voice follow its tremor, in place: loudness goes with it, and it breaks where tremor and quaver meet.

    Args: states f64[CONTROL + 1, C]; tremor and quaver f64[CONTROL + 1], waves from -1 to 1.
    """
    s = regime.strength
    states[:, 3] += s * regime.tremolo * 0.5 * (tremor - 1.0)
    broken = min(s, 1.0) * regime.crack * np.clip((tremor * quaver - BREAK) / (1.0 - BREAK), 0.0, 1.0)
    states[:, 2] = np.minimum(states[:, 2] + 0.4 * broken * states[:, 1], 1.0)
    states[:, 1] *= 1.0 - broken
