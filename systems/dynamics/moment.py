"""Where on its score each part of an avatar is: parts are travellers, each as far along as its own oscillator has turned.

The jaw turns once a syllable (the frame of MacNeilage 1998, that segments fill) and the head once a stressed one. Couplings
hold both to the clocks of the score, so that they read it at the moment of the sound; left alone, they read it early or late.
"""

from bisect import bisect_right
from math import nan

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.oscillator import Role
from psi_ecs.components.phone import PHONES
from psi_ecs.components.score import RATE, Score
from psi_ecs.systems.kernels import jali

F64 = NDArray[np.float64]

TRAVELLERS = (Role.JAW, Role.BEAT)
"""Each with its clock: nuclei, accents."""
LEAST = (3.0, 1.0)
"""Hz below which a clock does not stretch time further."""
UPBEAT = round(0.4 * RATE)
"""Samples from the cycle before the first accent, and to the one after the last."""
RIDES = 2.0
"""mm of lip gap from which the lips go with the jaw."""
_VOWEL = np.array([phone.vowel for phone in PHONES])


def marks(score: Score) -> tuple[list[int], list[int]]:
    """Samples at which a cycle of the nuclei begins, and one of the stressed nuclei."""
    vowel = _VOWEL[score.phone]
    accent = score.start[vowel & (score.stress == 1)].tolist()
    return score.start[vowel].tolist(), [accent[0] - UPBEAT, *accent, accent[-1] + UPBEAT] if accent else []


def beat(marks: list[int], sample: int, block: int) -> tuple[float, float]:
    """Phase in cycles that marks prescribe at a sample (whole at each) and their frequency in Hz; NaN if there are too few."""
    if len(marks) < 2:
        return nan, nan
    here = _turned(marks, sample)
    return here % 1.0, (_turned(marks, sample + block) - here) * RATE / block


def _turned(marks: list[int], sample: int) -> float:
    """Cycles since the first mark, straight between them."""
    k = min(max(bisect_right(marks, sample) - 1, 0), len(marks) - 2)
    return k + min(max((sample - marks[k]) / (marks[k + 1] - marks[k]), 0.0), 1.0)


def offsets(theta: list[float], clocks: list[tuple[float, float]]) -> list[float]:
    """Seconds by which jaw and head, of these phases, are further along than the sound; 0 while a clock stands still."""
    out = []
    for mine, (phase, hertz), least in zip(theta, clocks, LEAST, strict=True):
        gap = mine - phase
        out.append((gap - round(gap)) / max(hertz, least) if hertz > 0.0 else 0.0)
    return out


def ride(mouth: F64, jaw: float) -> None:
    """Put a jaw (mm) into articulators f64[8] in place: open lips ride on it, lips that close or nearly so make up for it, as
    they do when a jaw is held back (Folkins & Abbs 1975)."""
    share = min(max(mouth[1] / RIDES - 0.5, 0.0), 1.0)
    mouth[1] = max(mouth[1] + share * (jaw - mouth[0]), min(mouth[1], RIDES))
    mouth[0] = jaw


def exert(mouth: F64, effort: NDArray[np.float32]) -> None:
    """Let jaw and lips do more or less, in articulators f64[8] in place; effort f32[2] of `Articulation`."""
    jaw, lips = effort.tolist()
    if jaw != 1.0 or lips != 1.0:
        jali.scale(mouth[:4], jaw, lips)
