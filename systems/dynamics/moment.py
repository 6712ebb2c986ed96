"""Where on its score each part of an avatar is: parts are travellers, each as far along as its own oscillator has turned.

The jaw turns once a syllable (the frame of MacNeilage 1998, that segments fill) and the head once a stressed one. Couplings
hold both to the clocks of the score, so that they read it at the moment of the sound; left alone, they read it early or late.
"""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.oscillator import Role
from psi_ecs.components.phone import PHONES
from psi_ecs.components.score import RATE, Score

F64 = NDArray[np.float64]

TRAVELLERS = (Role.JAW, Role.BEAT)
"""Each with its clock: nuclei, accents."""
LEAST = np.array([3.0, 1.0])
"""Hz below which a clock does not stretch time further."""
UPBEAT = round(0.4 * RATE)
"""Samples from the cycle before the first accent, and to the one after the last."""
RIDES = 2.0
"""mm of lip gap from which the lips go with the jaw."""
_VOWEL = np.array([phone.vowel for phone in PHONES])


def clocks(score: Score, sample: int, block: int) -> F64:
    """Phase in cycles that nuclei and stressed nuclei prescribe at a sample (whole at each), and their frequency in Hz,
    f64[2, 2]; NaN where there are too few."""
    vowel = _VOWEL[score.phone]
    accent = score.start[vowel & (score.stress == 1)]
    if len(accent):
        accent = np.concatenate(([accent[0] - UPBEAT], accent, [accent[-1] + UPBEAT]))
    return np.array([_clock(score.start[vowel], sample, block), _clock(accent, sample, block)])


def _clock(marks: NDArray[np.int64], sample: int, block: int) -> tuple[float, float]:
    if len(marks) < 2:
        return np.nan, np.nan
    here, there = np.interp((sample, sample + block), marks, np.arange(float(len(marks)))).tolist()
    return here % 1.0, (there - here) * RATE / block


def offsets(theta: F64, clock: F64) -> F64:
    """Seconds by which jaw and head, of phases theta f64[2], are further along than the sound; 0 while a clock stands still."""
    gap = theta - clock[:, 0]
    gap -= np.round(gap)
    turns = clock[:, 1] > 0.0
    return np.where(turns, gap / np.maximum(clock[:, 1], LEAST, where=turns, out=np.ones(2)), 0.0)


def ride(mouth: F64, jaw: float) -> None:
    """Put a jaw (mm) into articulators f64[8] in place: open lips ride on it, lips that close or nearly so make up for it, as
    they do when a jaw is held back (Folkins & Abbs 1975)."""
    share = min(max(mouth[1] / RIDES - 0.5, 0.0), 1.0)
    mouth[1] = max(mouth[1] + share * (jaw - mouth[0]), min(mouth[1], RIDES))
    mouth[0] = jaw
