"""Harmonic grammar: named constraints with weights, whose violations are measured and whose energy the state goes down."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from numpy.typing import NDArray


class Observation(NamedTuple):
    """Something that constraints may speak of."""

    unit: str
    step: float
    """Changes are weighed in steps: what has a small one gives way to what has a large one."""
    group: str
    """Where it is held: face (as everything is mixed), eyes (once the head stands), score (as planned, and while it is read),
    mouth (the lips in millimetres, by `kernels.face_mouth`), or sound (measured alone)."""
    channels: tuple[str, ...] = ("",)
    """Of the face or of the score; two are left and right, and the constraint holds for each."""


OBSERVED: dict[str, Observation] = {
    "lip_gap": Observation("mm", 1.0, "mouth"),
    "lip_teeth": Observation("mm", 1.0, "mouth"),
    "smile": Observation("1", 0.2, "face", ("mouthSmileLeft", "mouthSmileRight")),
    "pucker": Observation("1", 0.02, "face", ("mouthPucker",)),
    "head_yaw": Observation("rad", 0.1, "face", ("headYaw",)),
    "head_pitch": Observation("rad", 0.1, "face", ("headPitch",)),
    "head_roll": Observation("rad", 0.1, "face", ("headRoll",)),
    "blink": Observation("1", 0.002, "eyes", ("eyeBlinkLeft", "eyeBlinkRight")),
    "wide": Observation("1", 0.2, "eyes", ("eyeWideLeft", "eyeWideRight")),
    "eye_yaw": Observation("rad", 0.1, "eyes", ("leftEyeYaw", "rightEyeYaw")),
    "eye_pitch": Observation("rad", 0.1, "eyes", ("leftEyePitch", "rightEyePitch")),
    "pitch": Observation("semitone", 1.0, "score", ("pitch",)),
    "loudness": Observation("dB", 1.0, "score", ("loudness",)),
    "voicing": Observation("1", 0.1, "score", ("voicing",)),
    "f1": Observation("Hz", 50.0, "score", ("f1",)),
    "f2": Observation("Hz", 50.0, "score", ("f2",)),
    "f3": Observation("Hz", 50.0, "score", ("f3",)),
    "f4": Observation("Hz", 50.0, "score", ("f4",)),
    "level": Observation("dB", 1.0, "sound"),
}
"""In mm: the gap of the inner lips at its middle, and lower lip to upper teeth. Weights of shapes; radians of head and eyes.
Pitch in semitones from the persona's own; loudness (effort) in dB re nominal; voicing, 1 for a full voice; formants. Level:
mean power of the tick's sound in dB re full scale."""
COLUMNS: tuple[tuple[str, str], ...] = tuple((name, c) for name, o in OBSERVED.items() for c in o.channels)
"""What is observed, one by one: (observation, channel)."""
CONTEXTS = ("always", "speaking", "closure", "labiodental", "vowel", "sealed")
"""When a constraint counts: see the asset."""


@dataclass(frozen=True, eq=False)
class Part:
    """The rows that are held together in one place, and the channels they speak of."""

    rows: NDArray[Any]
    """i64[R] of `Grammar`."""
    channels: tuple[str, ...]
    columns: NDArray[Any]
    """i64[k], their places in `components.face.FACE`; -1 for channels of the score."""
    a: NDArray[Any]
    """f64[R, k]."""
    shift: NDArray[Any]
    """f64[R, 10]."""
    felt: bool
    """Whether any feeling moves any of them."""
    weight: NDArray[Any]
    hard: NDArray[Any]
    step: NDArray[Any]
    """f64[k]."""


@dataclass(frozen=True, eq=False)
class Grammar:
    """Resource, read from an asset and not saved: constraints a . x <= b + shift . feeling, C rows."""

    name: tuple[str, ...]
    unit: tuple[str, ...]
    why: tuple[str, ...]
    a: NDArray[Any]
    """f64[C, len(COLUMNS)]."""
    b: NDArray[Any]
    """f64[C], in the constraint's unit."""
    sign: NDArray[Any]
    """f64[C]: 1 where the row is a `most`, -1 where it is a `least`."""
    shift: NDArray[Any]
    """f64[C, 10]: what one unit of each feeling adds to b; feelings as in `components.avatar.Feeling`."""
    weight: NDArray[Any]
    """f64[C], energy a squared unit."""
    hard: NDArray[Any]
    """bool[C]."""
    when: NDArray[Any]
    """i64[C], index into CONTEXTS."""
    parts: dict[str, Part]
    """By group: face, eyes, score; and `state`, the hard rows of the score."""
