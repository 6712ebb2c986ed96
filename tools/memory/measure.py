"""What an utterance is like, measured on the sound and the face that came out, by none of the code that made them."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.face import FACE, FACE_ID
from psi_ecs.components.frame import Frame
from psi_ecs.systems.host import Host
from psi_ecs.tools.perturbation import HOP, RATE, perturbation, voiced

F64 = NDArray[np.float64]

EDGE = 1000.0
"""Hz: tilt is the energy above it against that below."""
LACKING = 3.0
"""Standard deviations that a voice is from none."""
SILENT = -45.0
"""dB below the loudest frame from which on nothing is said."""
VOICE = ("pitch", "range", "rate", "energy", "tilt", "hnr")
"""Median pitch (semitones), 10th to 90th percentile of it, syllables a second, dB, dB, dB. What has no voice, as a whisper, has
none of pitch, range and hnr: NaN."""
PITCHED = 0.2
"""Share of what is said that must have a pitch for there to be one."""
FACES = ("browInnerUp", "browDownLeft", "browOuterUpLeft", "eyeWideLeft", "eyeSquintLeft", "cheekSquintLeft", "mouthSmileLeft",
         "mouthFrownLeft", "mouthStretchLeft", "mouthPressLeft", "noseSneerLeft", "headPitch")  # fmt: skip
"""Mean weights, and radians."""
MEASURES = (*VOICE, *FACES)
JUST = np.array([0.25, 0.5, 0.2, 1.0, 1.0, 1.0, *[0.02] * (len(FACES) - 1), 0.01])
"""What nobody notices: a quarter of a semitone and twice that of a range ('t Hart 1981: 1.5 semitones and more are noticed in
speech), 5 % of a rate (Quené 2007), 1 dB; of a face our own guess, 2 % of the way of a shape, and half a degree."""


class Take(NamedTuple):
    """What a host gave out from when it was told to speak until it was silent."""

    sound: NDArray[np.float32]
    weights: NDArray[np.float32]
    """f32[T, 61]."""
    frames: list[Frame]


def take(host: Host, limit: float = 60.0) -> Take:
    """Step until the host is idle, `limit` seconds at most."""
    frames = list[Frame]()
    end = host.time + limit
    while not host.idle and host.time < end:
        frames.append(host.step())
    return taken(frames)


def taken(frames: list[Frame]) -> Take:
    """What these frames hold."""
    return Take(np.concatenate([f.audio for f in frames]), np.stack([f.weights[0] for f in frames]), frames)


def measure(heard: Take, syllables: int) -> F64:
    """MEASURES of one utterance; `syllables`: how many it has."""
    x = heard.sound.astype(np.float64)
    frames = x[: len(x) // HOP * HOP].reshape(-1, HOP)
    level = 10.0 * np.log10((frames**2).mean(axis=1) + 1e-12)
    said = np.flatnonzero(level > level.max() + SILENT)
    seconds = (said[-1] - said[0] + 1) * HOP / RATE
    period, on = voiced(x)
    voice = np.full(3, np.nan)
    if on.sum() > PITCHED * len(said):
        low, mid, high = np.percentile(12.0 * np.log2(RATE / period[on]), (10, 50, 90))
        voice[:] = mid, high - low, perturbation(x).hnr
    power = np.abs(np.fft.rfft(x * np.hanning(len(x)))) ** 2
    split = round(EDGE * len(x) / RATE)
    tilt = 10.0 * np.log10(power[split:].sum() / max(power[:split].sum(), 1e-12) + 1e-12)
    first, last = said[0] * HOP * 60 // RATE, (said[-1] + 1) * HOP * 60 // RATE + 1
    face = heard.weights[first:last].mean(axis=0)
    sound = (voice[0], voice[1], syllables / seconds, level[said].mean(), tilt, voice[2])
    return np.array([*sound, *(face[FACE_ID[name]] for name in FACES)], np.float64)


def distance(a: F64, b: F64, scale: F64) -> float:
    """How unlike two utterances are: measures in units of `scale`; what one has and the other has not counts as LACKING."""
    gap = np.where(np.isnan(a) & np.isnan(b), 0.0, np.where(np.isnan(a) | np.isnan(b), LACKING, (a - b) / scale))
    return float((gap**2).sum())


assert all(name in FACE for name in FACES)
