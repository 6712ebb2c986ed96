"""How far a copy is from a recording, by plain measures."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from psi_ecs import PsiError
from psi_ecs.components.score import RATE
from psi_ecs.systems.kernels.pitch import pitch

F64 = NDArray[np.float64]

WINDOW, HOP = 600, 120
"""Samples: 25 ms every 5 ms."""
RANGE = 1e-6
"""Power below the loudest that still counts: -60 dB."""
SHIFT = 2400
"""Samples by which a copy may be late or early."""


class Difference(NamedTuple):
    """Measures of a copy."""

    delay: int
    """Samples by which the copy is late; the others are measured without it."""
    snr: float
    """dB of the recording above the difference of the waves."""
    spectrum: float
    """Log-spectral distance in dB: root mean square over frequency, mean over frames (Gray & Markel 1976); within 60 dB."""
    pitch: float
    """Root mean square of the difference where both have a voice, semitones; nan if nowhere."""
    voicing: float
    """Share of frames in which only one has a voice."""
    envelope: float
    """Mean correlation of the envelopes of 15 bands a third of an octave wide from 150 Hz (as in STOI: Taal et al. 2011)."""

    def lines(self) -> list[str]:
        """For people."""
        return [
            f"delay of the copy        {self.delay} samples",
            f"signal to difference     {self.snr:.1f} dB",
            f"log-spectral distance    {self.spectrum:.2f} dB",
            f"pitch                    {self.pitch:.3f} semitones",
            f"voiced in one only       {100.0 * self.voicing:.1f} %",
            f"envelopes correlate      {self.envelope:.4f}",
        ]


def power(x: F64) -> F64:
    """Power spectra f64[frames, WINDOW // 2 + 1] under a Hann window."""
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(x, (0, WINDOW)), WINDOW)[::HOP] * np.hanning(WINDOW)
    return np.asarray(np.abs(np.fft.rfft(frames, axis=1)) ** 2, np.float64)


def lateness(first: F64, second: F64) -> int:
    """Samples by which the second is late, by cross-correlation within SHIFT."""
    size = 1 << int(np.ceil(np.log2(len(first) + len(second))))
    cross = np.fft.irfft(np.conj(np.fft.rfft(first, size)) * np.fft.rfft(second, size), size)
    near = np.concatenate((cross[-SHIFT:], cross[: SHIFT + 1]))
    return int(near.argmax()) - SHIFT


def _bands() -> F64:
    """Weights f64[bins, 15] of bands a third of an octave wide."""
    hertz = np.fft.rfftfreq(WINDOW, 1.0 / RATE)
    low = 150.0 * 2.0 ** ((np.arange(15) - 0.5) / 3.0)
    return np.asarray((hertz[:, None] >= low) & (hertz[:, None] < low * 2.0 ** (1.0 / 3.0)), np.float64)


def measure(first: F64, second: F64) -> Difference:
    """A copy against its recording, f64[N] each at RATE. PsiError if they overlap too little."""
    delay = lateness(first, second)
    a, b = first[max(0, -delay) :], second[max(0, delay) :]
    count = min(len(a), len(b))
    if count < 4 * WINDOW:
        raise PsiError(f"the two overlap in {count / RATE:.2f} s; at least {4 * WINDOW / RATE:g} s are needed")
    a, b = a[:count], b[:count]
    seen, copied = power(a), power(b)
    floor = RANGE * seen.max()
    apart = 10.0 * np.log10((seen + floor) / (copied + floor))
    bands = _bands()
    x, y = (np.sqrt(p @ bands) for p in (seen, copied))
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    alike = (x * y).sum(axis=0) / np.sqrt((x**2).sum(axis=0) * (y**2).sum(axis=0) + 1e-20)
    (hertz, voice), (other, voiced) = pitch(a, RATE, HOP), pitch(b, RATE, HOP)
    both = voice & voiced
    steps = 12.0 * np.log2(hertz[both] / other[both])
    return Difference(
        delay=delay,
        snr=float(10.0 * np.log10((a**2).sum() / max(((a - b) ** 2).sum(), 1e-20))),
        spectrum=float(np.sqrt((apart**2).mean(axis=1)).mean()),
        pitch=float(np.sqrt((steps**2).mean())) if both.any() else float("nan"),
        voicing=float((voice != voiced).mean()),
        envelope=float(alike.mean()),
    )
