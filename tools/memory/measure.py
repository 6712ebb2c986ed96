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
SILENT = -45.0
"""dB below the loudest frame from which on nothing is said."""
VOICE = ("pitch", "range", "rate", "energy", "tilt", "hnr")
"""Median pitch (semitones), 10th to 90th percentile of it, syllables a second, dB, dB, dB."""
FACES = ("browInnerUp", "browDownLeft", "browOuterUpLeft", "eyeWideLeft", "eyeSquintLeft", "cheekSquintLeft", "mouthSmileLeft",
         "mouthFrownLeft", "mouthStretchLeft", "mouthPressLeft", "noseSneerLeft", "headPitch")  # fmt: skip
"""Mean weights, and radians."""
MEASURES = (*VOICE, *FACES)


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
    return Take(np.concatenate([f.audio for f in frames]), np.stack([f.weights[0] for f in frames]), frames)


def measure(taken: Take, syllables: int) -> F64:
    """MEASURES of one utterance; `syllables`: how many it has."""
    x = taken.sound.astype(np.float64)
    frames = x[: len(x) // HOP * HOP].reshape(-1, HOP)
    level = 10.0 * np.log10((frames**2).mean(axis=1) + 1e-12)
    said = np.flatnonzero(level > level.max() + SILENT)
    seconds = (said[-1] - said[0] + 1) * HOP / RATE
    period, on = voiced(x)
    pitch = 12.0 * np.log2(RATE / period[on]) if on.any() else np.zeros(1)
    low, high = np.percentile(pitch, (10, 90))
    power = np.abs(np.fft.rfft(x * np.hanning(len(x)))) ** 2
    split = round(EDGE * len(x) / RATE)
    tilt = 10.0 * np.log10(power[split:].sum() / max(power[:split].sum(), 1e-12) + 1e-12)
    hnr = perturbation(x).hnr
    first, last = said[0] * HOP * 60 // RATE, (said[-1] + 1) * HOP * 60 // RATE + 1
    face = taken.weights[first:last].mean(axis=0)
    voice = (float(np.median(pitch)), high - low, syllables / seconds, level[said].mean(), tilt, hnr if hnr == hnr else 0.0)
    return np.array([*voice, *(face[FACE_ID[name]] for name in FACES)], np.float64)


assert all(name in FACE for name in FACES)
