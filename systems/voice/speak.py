"""Sentences straight to sound, without a world: for tests, tuning and measurement. Sample for sample what the systems make
when nothing in the field trembles."""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.avatar import Persona
from psi_ecs.components.score import RATE, Score
from psi_ecs.components.text import Sentence
from psi_ecs.components.voice import BLOCK, CONTROL, Voice
from psi_ecs.systems.kernels import relax

from .synth import SPAN, block, silent

F64 = NDArray[np.float64]


def rest(score: Score) -> F64:
    """The state before anything was said, f64[C]."""
    start = np.array([c.rest for c in score.channels])
    start[0] = score.target[0, 0]
    return start


def states(score: Score, x0: F64 | None = None, v0: F64 | None = None) -> tuple[F64, F64, F64]:
    """The score's state at every border, 100 samples apart, f64[4 ticks + 1, C], and state and velocity at its end.

    Args: x0, v0 f64[C]: state that the score before left; rest when None.
    """
    seconds, end = score.knot / RATE, score.length / RATE
    x0, v0 = (rest(score), np.zeros(len(score.channels))) if x0 is None or v0 is None else (x0, v0)
    x, v = relax.knot_states(seconds, score.target, score.rate, x0, v0)
    borders = np.arange(score.length // BLOCK * CONTROL + 1, dtype=np.float64) * (SPAN / RATE)
    path = relax.at(borders, seconds, score.target, score.rate, x, v)
    return path, *relax.step(x[-1], v[-1], score.target[-1], score.rate[-1], end - seconds[-1])


def speak(sentences: list[Sentence], persona: Persona, voice: Voice, seed: int = 0) -> tuple[NDArray[np.float32], list[Score]]:
    """Sound f32[N] at 24 kHz and the scores, one after the other."""
    carry, out, scores, sample = silent(), list[NDArray[np.float32]](), list[Score](), 0
    x: F64 | None = None
    v: F64 | None = None
    for i, sentence in enumerate(sentences):
        score = voice.plan(sentence, persona, i == len(sentences) - 1)
        path, x, v = states(score, x, v)
        for tick in range((len(path) - 1) // CONTROL):
            out.append(block(carry, path[tick * CONTROL : (tick + 1) * CONTROL + 1], voice, persona, sample, seed))
            sample += BLOCK
        scores.append(score)
    return np.concatenate(out) if out else np.zeros(0, np.float32), scores
