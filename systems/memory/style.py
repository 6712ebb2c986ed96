"""What an utterance was like: a row of measures every tick, and their summary over the turn (`components.memory.STYLE`)."""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.face import FACE, FACE_ID
from psi_ecs.components.memory import FACE_STYLE, STYLE

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

VOICE = 8
"""Measures of the voice in a row: pitch, voicing, breath, loudness, rd, gap of the folds, energy below and above EDGE."""
TAPE = VOICE + len(FACE)
"""Length of a row."""
EDGE = 1000.0
"""Hz: tilt is the energy above it against the energy below, as in `systems.voice.feeling`."""
FLOOR = 1e-10
"""Energy of silence, full scale 1."""
SYLLABLE = 0.18
"""Seconds of a syllable where none was counted (Klatt 1976: median)."""
_WINDOW = np.hanning(400).astype(np.float32)
_SPLIT = round(EDGE * 400 / 24_000)


def row(sound: F32, states: F64 | None, folds: F64 | None, weights: F32) -> F32:
    """One tick, f32[TAPE]. Args: sound f32[400] at 24 kHz; states f64[B, C] of the score and folds f64[B], as in
    `components.voice.Speech`; weights f32[61]."""
    out = np.zeros(TAPE, np.float32)
    if states is not None:
        out[:5] = states[-1, :5]
        out[5] = 0.0 if folds is None else abs(folds[-1] - round(folds[-1]))
    power = np.abs(np.fft.rfft(sound * _WINDOW)) ** 2
    low = power[:_SPLIT].sum()
    out[6:VOICE] = low, power.sum() - low
    out[VOICE:] = weights
    return out


def style(tape: F32, base: float, syllables: int, dt: float) -> F32:
    """Summary f32[STYLE] of rows f32[T, TAPE], dt seconds apart; base: the persona's pitch, semitones re 1 Hz; syllables: how
    many were said."""
    x = np.asarray(tape, np.float64)
    voiced, loud = x[:, 1] > 0.5, x[:, 6] + x[:, 7]
    spoken = (x[:, 1] > 0.1) | (x[:, 2] > 0.1)
    if not spoken.any():
        spoken = np.ones(len(x), np.bool_)
    if not voiced.any():
        voiced = spoken
    pitch, talk = x[voiced, 0] - base, max(spoken.sum() * dt, 1e-3)
    first, last = np.flatnonzero(spoken)[[0, -1]]
    within = spoken[first : last + 1]
    low, high = np.log10(x[voiced, 6:VOICE] + FLOOR).mean(axis=0)
    low_pitch, high_pitch = np.percentile(pitch, (10, 90))
    voice = (
        pitch.mean(), pitch.std(), high_pitch - low_pitch, (syllables or talk / SYLLABLE) / talk, 1.0 - within.mean(),
        x[spoken, 3].mean(), x[spoken, 3].std(), 10.0 * np.log10(loud[spoken].mean() + FLOOR), 10.0 * (high - low),
        x[spoken, 2].mean(), x[spoken, 4].mean(), x[spoken, 1].mean(), x[voiced, 5].mean(),
    )  # fmt: skip
    return np.concatenate((voice, _face(x[:, VOICE:], dt))).astype(np.float32)


def _columns(name: str) -> list[int]:
    return [FACE_ID[n] for n in (name, f"{name}Left", f"{name}Right", f"{name}_L", f"{name}_R") if n in FACE_ID]


_FACE = np.zeros((len(FACE), len(FACE_STYLE) - 1))
for _k, _name in enumerate(FACE_STYLE[:-1]):
    _FACE[_columns(_name), _k] = 1.0 / len(_columns(_name))
_HEAD = [FACE_ID[n] for n in ("headYaw", "headPitch", "headRoll")]


def _face(weights: F64, dt: float) -> F64:
    """Mean of each group of channels, and how fast the head turned."""
    turns = np.diff(weights[:, _HEAD], axis=0) / dt
    motion = np.linalg.norm(turns, axis=1).mean() if len(turns) else 0.0
    return np.append(weights.mean(axis=0) @ _FACE, motion)


SCALE = np.array([
    1.5, 0.8, 2.0, 0.5, 0.08, 2.0, 1.5, 3.0, 2.0, 0.08, 0.15, 0.1, 0.02,
    *[0.08] * (len(FACE_STYLE) - 4), 0.03, 0.02, 0.02, 0.05,
])  # fmt: skip
"""About how much each measure differs between utterances that people would call unlike, so that none drowns another."""
MIDDLE = np.zeros(len(STYLE))
MIDDLE[[1, 2, 3, 6, 7, 8, 10, 11]] = 2.0, 5.0, 4.5, 2.5, 18.0, -12.0, 1.0, 0.7
"""About where they lie."""


def unlike(style: F32) -> F64:
    """A style as a vector f64[STYLE] whose length tells how unusual it is, in units of SCALE."""
    return np.asarray((style - MIDDLE) / SCALE, np.float64)
