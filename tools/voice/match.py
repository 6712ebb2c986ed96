"""Matching what a taught network expects with how the speaker really moves.

Squares teach the mean over all the ways to say something: it moves too little, and so its envelopes are too flat. It is spread
about its centre until it moves as widely as the speaker (global variance, Toda & Tokuda 2007), and a little more; then each
phone is brought nearer to the loudness that it has in the recordings, and
never gets louder than it is there.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.phone import PHONES
from psi_ecs.systems.kernels import framecode
from psi_ecs.systems.voice.learned.model import log_amplitude, widened

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]

EMPHASIS = 1.5
"""Power to which widths are matched: somewhat wider than the speaker moves is heard as clearer. Of our choice, by word errors
and predicted opinion on sentences kept out; 1.35 to 1.7 are about as good."""
BROAD = 24
"""Coefficients of the envelope that are emphasised; its finer detail and the phases are matched only."""
WIDEST = 6.0
LEVEL = 0.6
"""Share to which the loudness of phones is matched, in dB: sibilants stay up to 5 dB louder than the speaker's, which is heard
as clearer (of our choice, by the same measures)."""
FEWEST = 30
"""Knots of a phone from which its loudness is believed."""


class Match(NamedTuple):
    """What `systems.voice.learned.model.Document` keeps of it."""

    centre: F32
    """f32[2, D], normalised: mean of what is expected in voiceless frames, and in voiced ones."""
    gain: F32
    """f32[2, D]."""
    level: F32
    """f32[phones], ln amplitude."""
    ceiling: F32
    """f32[phones], ln amplitude: loudest that the speaker says each, but for one knot in a hundred."""


def match(phone: I64, expected: F32, real: F32, mean: F32, spread: F32) -> Match:
    """Args: phone i64[N] of each knot; expected and real f32[N, D], normalised by mean and spread f32[D]; pauses at the ends of
    recordings had better be left out."""
    voice = real[:, framecode.VOICE] * spread[framecode.VOICE] + mean[framecode.VOICE]
    centre, gain = np.empty((2, 2, expected.shape[1]), np.float32)
    for i, some in enumerate((voice < 0.1, voice > 0.9)):
        centre[i] = expected[some].mean(axis=0)
        ratio = np.clip(real[some].std(axis=0) / np.maximum(expected[some].std(axis=0), 1e-6), 1.0, WIDEST)
        gain[i] = ratio
        gain[i, : framecode.ENVELOPE.start + BROAD] **= EMPHASIS
    ours = log_amplitude(widened(expected, centre, gain, mean, spread))
    theirs = log_amplitude(real * spread + mean)
    level, ceiling = np.zeros(len(PHONES), np.float32), np.full(len(PHONES), theirs.max(), np.float32)
    for p in range(1, len(PHONES)):
        some = phone == p
        if np.count_nonzero(some) >= FEWEST:
            level[p] = LEVEL * (_mean(theirs[some]) - _mean(ours[some]))
            ceiling[p] = np.percentile(theirs[some], 99.0)
    return Match(centre, gain, level, ceiling)


def _mean(loud: NDArray[np.float64]) -> float:
    """Of the powers, as ln amplitude."""
    return float(0.5 * np.log(np.exp(2.0 * loud).mean()))
