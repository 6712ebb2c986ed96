"""Learning from praise and blame: each nudges the tone that neutral words are drawn to, and the couplings that held then.

Both follow from the list of what was said alone, within bounds, so that the last can be taken back exactly.
"""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.memory import Bias, Step, Tone
from psi_ecs.components.oscillator import Core

from . import tone

F64 = NDArray[np.float64]

PULL, MOST = 0.06, 0.3
"""Weight of the learned tone: so much more with each step in its favour, and at most."""
GRASP, REACH = 0.1, 0.5
"""By how much a step moves ln gain of a coupling that held wholly, and how far it can move."""


def leaning(steps: list[Step]) -> Bias | None:
    """What was praised, away from what was blamed, as a bias; None before there is any."""
    if not steps:
        return None
    points = np.array([step.sign * tone.coordinates(step.tone) for step in steps])
    mean = points.mean(axis=0)
    weight, praised = min(PULL * len(steps), MOST), sum(step.sign > 0 for step in steps)
    return Bias(tone=tone.at(mean), weight=weight, reason=f"praised {praised} times, blamed {len(steps) - praised} times")


def gains(steps: list[Step], core: Core) -> dict[tuple[int, int], float]:
    """Gain in rad/s, by (pulled, by), of the asset's couplings that feedback may change."""
    out: dict[tuple[int, int], float] = {}
    moved = sum((GRASP * step.sign * np.asarray(step.locks, np.float64) for step in steps), np.zeros(len(core.pairs)))
    factor = np.exp(np.clip(moved, -REACH, REACH))
    for (pulled, by, _, _), times in zip(core.pairs.tolist(), factor.tolist(), strict=True):
        for k in np.flatnonzero((core.pulled == pulled) & (core.by == by)).tolist():
            out[pulled, by] = float(core.gain[k]) * times
    return out


def settled(running: Tone, said: Tone, share: float) -> Tone:
    """A running mean of tones after another."""
    return tone.at(tone.coordinates(running) + share * (tone.coordinates(said) - tone.coordinates(running)))
