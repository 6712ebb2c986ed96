"""One block of sound from one tick's states: partials on the glottal phase, noise beside them."""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.avatar import Persona
from psi_ecs.components.score import RATE
from psi_ecs.components.voice import BLOCK, CONTROL, Larynx, Voice
from psi_ecs.systems.kernels.noise import noise, turns
from psi_ecs.systems.kernels.partials import partials, phase

F64 = NDArray[np.float64]
F32 = NDArray[np.float32]

SPAN = BLOCK // CONTROL
BANDS = SPAN + 1
"""Noise oscillators, 120 Hz apart from 0 Hz to Nyquist."""
MOST = 160
"""Partials at most: all below Nyquist for a pitch of 75 Hz and more."""
PULSE_PHASE = 0.85
"""Where in the period noise is strongest: just before closure."""
LEAK = 3.0
"""Breath of a voice whose folds are a cycle apart: folds that do not meet let air through."""
KNEE = 0.7
"""Sound above this is bent softly toward full scale."""
_TURNS = np.pi * np.arange(1, MOST + 1)
_AT = np.arange(BLOCK)
_BORDERS = np.arange(CONTROL + 1) * SPAN


def silent() -> Larynx:
    """A mouth that has said nothing yet."""
    return Larynx(re=np.zeros(MOST), im=np.zeros(MOST), noise_re=np.zeros(BANDS), noise_im=np.zeros(BANDS))


def block(
    carry: Larynx, states: F64 | None, voice: Voice, persona: Persona, sample: int, seed: int, folds: F64 | None = None
) -> F32:
    """Sound of one tick, f32[400]; `carry` moves on.

    Args: states f64[CONTROL + 1, C], None to fall silent within one border; sample: absolute number of the block's
    first sample, a multiple of 100; seed: of this mouth's noise; folds f64[CONTROL + 1]: cycles by which one vocal fold is
    ahead of the other. Each makes half of the flow, so that partial k is e^(2 pi i k (theta + folds / 2)) cos pi k folds.
    """
    border = sample // SPAN + 1
    folds = np.full(CONTROL + 1, carry.fold) if states is None or folds is None else folds
    gap = folds + round(carry.fold - folds[0])  # as many cycles as before
    carry.fold = float(gap[-1])
    if states is None:
        pitch = np.full(CONTROL + 1, max(carry.pitch, 1.0))
        tones, bands = np.zeros((CONTROL, MOST), np.complex128), np.zeros((CONTROL, BANDS))
        depth = np.zeros(CONTROL + 1)
    else:
        pitch = np.exp2(states[:, 0] / 12.0)
        count = int(min(MOST, np.ceil(0.5 * RATE / pitch.min())))
        apart = gap[1:]
        heard = states[1:].copy()
        heard[:, 2] += LEAK * np.abs(apart - np.round(apart)) * heard[:, 1]
        tones, bands = voice.spectrum(heard, persona, count)
        tones *= np.cos(np.multiply.outer(apart, _TURNS[:count]))
        depth = voice.pulse * np.minimum(1.0, 2.0 * states[:, 1])
    depth[0] = carry.depth
    theta = phase(carry.theta, pitch, SPAN, RATE)
    carry.theta = float(theta[-1])
    theta = (theta[:-1] + 0.5 * np.interp(_AT, _BORDERS, gap)) % 1.0
    out = _tones(carry, tones, theta)
    turning = 1.0 + np.interp(_AT, _BORDERS, depth) * np.cos(2.0 * np.pi * (theta - PULSE_PHASE))
    out += _hiss(carry, bands, border, seed) * turning.astype(np.float32)
    carry.pitch, carry.depth = float(pitch[-1]), float(depth[-1])
    return limit(out)


def _tones(carry: Larynx, tones: NDArray[np.complex128], theta: F64) -> F32:
    """The partials of one block."""
    count = tones.shape[1]
    re, im = np.empty((CONTROL + 1, count)), np.empty((CONTROL + 1, count))
    re[0], im[0] = carry.re[:count], carry.im[:count]
    re[1:], im[1:] = tones.real, tones.imag
    out = np.zeros(BLOCK, np.float32)
    if re.any() or im.any():
        partials(theta, re, im, out)
    carry.re, carry.im = np.zeros(MOST), np.zeros(MOST)
    carry.re[:count], carry.im[:count] = re[-1], im[-1]
    return out


def _hiss(carry: Larynx, bands: F64, border: int, seed: int) -> F32:
    """The noise of one block."""
    cosine, sine = turns(seed, border, CONTROL, BANDS)
    re, im = np.empty((CONTROL + 1, BANDS)), np.empty((CONTROL + 1, BANDS))
    re[0], im[0] = carry.noise_re, carry.noise_im
    np.multiply(bands, cosine, out=re[1:])
    np.multiply(bands, sine, out=im[1:])
    out = np.zeros(BLOCK, np.float32)
    if re.any():
        noise(re, im, out)
    carry.noise_re, carry.noise_im = re[-1].copy(), im[-1].copy()
    return out


def limit(x: F32) -> F32:
    """Leave what is below KNEE alone, bend the rest toward 1 (continuous slope)."""
    size = np.abs(x)
    if size.max() <= KNEE:
        return x
    over = np.maximum(size - KNEE, 0.0) / (1.0 - KNEE)
    return np.where(size > KNEE, np.sign(x) * (KNEE + (1.0 - KNEE) * np.tanh(over)), x).astype(np.float32)
