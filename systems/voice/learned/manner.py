"""What regimes do to the frames of a learned voice: the counterpart of what they do to formants.

All else of a regime acts on the source and the mouth, which every voice has alike.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.regime import Stretch, Vocal
from psi_ecs.components.score import RATE
from psi_ecs.systems.kernels import envelope, framecode
from psi_ecs.systems.voice.gesture import Segment
from psi_ecs.systems.voice.regime import at

from .context import describe
from .model import Model

F64 = NDArray[np.float64]

VOWEL = (700.0, 1500.0)
"""First two formants of the vowel that sounds without words are made of, Hz: AH of an adult woman, whom courses of formants are
meant for."""
FIXED = 2600.0
"""Hz from which on nothing is moved."""
WIDE = 12.0
"""Cepstral coefficient from which on an envelope is smoothed."""
EDGE = 3.0
"""Nepers by which the tract is quieter where a sound begins and ends."""
_HERTZ = 0.5 * RATE


def tint(frames: F64, times: F64, stretches: Sequence[Stretch]) -> None:
    """Put the tract in the manner of words, in place: formants below FIXED go with the first one, and dull is lost of what
    sounds with a voice. Args: frames f64[T, COLUMNS] at `times`."""
    for stretch in stretches:
        r = stretch.regime
        inside = (stretch.start <= times * RATE) & (times * RATE < stretch.end)
        if r.alone or not inside.any():
            continue
        own = frames[inside]
        voice = np.clip(own[:, framecode.VOICE : framecode.VOICE + 1], 0.0, 1.0)
        if r.f1 != 1.0:
            own[:, framecode.ENVELOPE] = envelope.warped(own[:, framecode.ENVELOPE], _moved(VOWEL[0] * r.f1**r.strength))
        own[:, framecode.ENVELOPE] -= r.strength * r.dull * voice * _dull()
        frames[inside] = own


def through_pauses(stretches: Sequence[Stretch], segments: Sequence[Segment]) -> list[Stretch]:
    """Manners of words through half of the pauses beside them, and all of the first and the last one: knots lie there that lead
    to the words and away from them."""
    share = {s.index: 1.0 if s.index in (0, len(segments) - 1) else 0.5 for s in segments}
    before, after = (
        {round(getattr(s, edge) * RATE): round(share[s.index] * s.seconds * RATE) for s in segments if s.word < 0}
        for edge in ("end", "start")
    )
    return [
        s if s.regime.alone else Stretch(s.start - before.get(s.start, 0), s.end + after.get(s.end, 0), s.regime)
        for s in stretches
    ]


def _moved(first: float, second: float | None = None) -> F64:
    """Where to read an envelope so that the formants of VOWEL stand at `first` and `second` Hz, f64[POINTS] in units of
    Nyquist; a second formant that is not given stays."""
    to = (0.0, first, max(second or VOWEL[1], first + 200.0), FIXED, _HERTZ)
    return np.interp(envelope.places() * _HERTZ, to, (0.0, *VOWEL, FIXED, _HERTZ)) / _HERTZ


def _dull() -> F64:
    """Envelope of 1 dB lost above 2.4 kHz, none up to 300 Hz (as `kernels.tract.shelf`), f64[ORDER]."""
    ramp = np.clip(np.log2(np.maximum(envelope.places() * _HERTZ, 1.0) / 300.0) / 3.0, 0.0, 1.0)
    return np.asarray(envelope.cepstrum(np.log(10.0) / 20.0 * ramp[None], framecode.ORDER)[0], np.float64)


def vowel(model: Model) -> F64:
    """A frame f64[COLUMNS] in the middle of a stressed AH by itself: the tract of what has no words. Its formants are broad, as
    they are over a glottis that is half open."""
    names = ("SIL", "HH", "AH", "SIL")
    segments = [Segment(i, name, int(name == "AH"), -1 if name == "SIL" else 0, -1 if name == "SIL" else 0, 1.0)
                for i, name in enumerate(names)]  # fmt: skip
    context = describe(segments, "statement")
    knots = model.frames(context.phone, model.hidden(context), np.array((0.2, 0.08, 0.15, 0.2)))[2]
    frame = np.array(knots[len(knots) // 2], np.float64)
    frame[framecode.ENVELOPE] *= np.exp(-0.5 * (np.arange(framecode.ORDER) / WIDE) ** 2)
    frame[framecode.NOISE] = 0.0  # all noise is breath
    return frame


def voiceless(frames: F64, times: F64, start: float, end: float, made: Vocal, tract: F64) -> None:
    """Set the tract for a sound without words, in place: `tract` f64[COLUMNS] whose formants and dullness go their course.
    Source and mouth are written by `utter`."""
    inside = np.flatnonzero((start <= times) & (times < end))
    if not len(inside):
        return
    own = np.repeat(tract[None], len(inside), axis=0)
    own[:, framecode.PITCH] = frames[max(inside[0] - 1, 0), framecode.PITCH]  # no jump, from which it would swing on
    own[:, framecode.VOICE] = 1.0
    share = (times[inside] - start) / (end - start)
    if courses := {name: course for name, course in made.course.items() if name in ("f1", "f2")}:
        first, second = (
            np.array([at(courses[n], s) for s in share]) if n in courses else np.full(len(share), VOWEL[i])
            for i, n in enumerate(("f1", "f2"))
        )
        moved = np.stack([_moved(a, b) for a, b in zip(first.tolist(), second.tolist(), strict=True)])
        own[:, framecode.ENVELOPE] = envelope.warped(own[:, framecode.ENVELOPE], moved)
    if "dull" in made.course:
        own[:, framecode.ENVELOPE] -= np.array([at(made.course["dull"], s) for s in share])[:, None] * _dull()
    own[[0, -1], framecode.ENVELOPE.start] -= EDGE
    frames[inside] = own
