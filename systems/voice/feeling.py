"""What a feeling does to a voice: pitch, range, speed, effort and quality, continuous in the emotion.

Rows are median differences from the same speaker's neutral voice over the 24 actors of RAVDESS, ordinary intensity
(Livingstone & Russo 2018; our measurement). The dimensions act where no category is named, scaled to the same data.
"""

from msgspec import Struct

from psi_ecs.components.text import Emotion


class Effect(Struct, frozen=True):
    """Changes relative to neutral."""

    pitch: float = 0.0
    """Register, semitones."""
    span: float = 1.0
    """Factor on pitch movement."""
    rate: float = 1.0
    """Factor on speed."""
    loudness: float = 0.0
    """dB."""
    tilt: float = 0.0
    """Energy above 1 kHz against below, dB; positive is tense and bright."""
    breath: float = 0.0
    rough: float = 0.0
    final: float = 0.0
    """Rise of the last pitch target, semitones."""
    agility: float = 1.0
    """Factor on the speed of pitch movement."""


EFFECTS: dict[str, Effect] = {
    "joy": Effect(2.8, 1.22, 1.01, 5.2, 1.8, 0.0, 0.0, -0.5, 1.19),
    "anger": Effect(3.2, 1.20, 0.95, 9.7, 3.3, -0.05, 0.15, 0.0, 1.24),
    "sadness": Effect(-0.5, 0.80, 0.90, -1.8, -1.8, 0.12, 0.15, 1.0, 0.94),
    "fear": Effect(3.7, 0.93, 1.03, 5.3, -0.1, 0.12, 0.15, 0.5, 1.28),
    "disgust": Effect(0.4, 1.25, 0.86, 2.0, 0.1, 0.0, 0.35, 0.5, 1.24),
    "surprise": Effect(5.3, 1.65, 1.07, 5.5, 0.7, 0.08, 0.1, 5.0, 1.5),
    "calm": Effect(-0.7, 0.95, 0.90, -2.7, -2.2, 0.05, 0.0, 0.3, 0.94),
}
_AROUSAL = Effect(2.5, 1.15, 1.06, 5.0, 1.8, 0.0, 0.0, 0.0, 1.15)
_VALENCE = Effect(0.4, 1.08, 1.0, 0.5, 0.3, 0.0, 0.0, 0.0, 1.0)
_DOMINANCE = Effect(-0.6, 1.0, 0.98, 1.0, 0.8, -0.03, 0.0, -0.4, 1.0)
_FACTORS = ("span", "rate", "agility")
_FIELDS = Effect.__struct_fields__


def effect(emotion: Emotion) -> Effect:
    """The voice's answer to an emotion. Factors combine as powers, the rest add; what is not named is left to the
    dimensions."""
    parts = [
        (EFFECTS[name], min(1.0, max(0.0, strength))) for name, strength in sorted(emotion.names.items()) if name in EFFECTS
    ]
    named = min(1.0, sum(strength for _, strength in parts))
    total = sum(strength for _, strength in parts)
    shrink = 1.0 / max(1.0, total)
    parts = [(row, strength * shrink) for row, strength in parts]
    for row, value in ((_AROUSAL, emotion.arousal), (_VALENCE, emotion.valence), (_DOMINANCE, emotion.dominance)):
        parts.append((row, (1.0 - named) * min(1.0, max(-1.0, value))))
    out = dict.fromkeys(_FIELDS, 0.0) | dict.fromkeys(_FACTORS, 1.0)
    for row, weight in parts:
        for name in _FIELDS:
            value = getattr(row, name)
            out[name] = out[name] * value**weight if name in _FACTORS else out[name] + weight * value
    return Effect(**out)
