"""Tones: what words are said with, averaged, blended, and given to other words.

Its coordinates are those in which what a tone does is linear: logarithms of factors (rate, span), semitones, decibels, and the
feeling: logarithms of eigenvalues and amplitudes of the modes that speak. So a blend is a path of modes, not of sounds.
"""

from collections import Counter

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from psi_ecs.components.memory import Bias, Biases, Tone
from psi_ecs.components.regime import Regime
from psi_ecs.components.text import EMOTIONS, Emotion, Prosody, Sentence, Word

F64 = NDArray[np.float64]

MOST = 0.5
"""Share of the words that must be said in a manner for it to be the tone's."""
FAINT = 0.05
"""A manner weaker than this is none."""
SHOWN = 4
"""Expressions that a tone remembers at most."""


def vector(emotion: Emotion) -> F64:
    """A feeling as FEELINGS, f64[10]."""
    return np.array([emotion.valence, emotion.arousal, emotion.dominance, *(emotion.names.get(n, 0.0) for n in EMOTIONS)])


def emotion(feeling: F64) -> Emotion:
    """The inverse; intensities that are none are left out."""
    valence, arousal, dominance = (float(x) for x in np.clip(feeling[:3], -1.0, 1.0))
    names = {n: float(min(x, 1.0)) for n, x in zip(EMOTIONS, feeling[3:], strict=True) if x > 1e-3}
    return Emotion(valence, arousal, dominance, names)


def tone_of(words: list[Word], shown: tuple[tuple[str, float], ...] = ()) -> Tone:
    """What these words are said with on the whole; neutral for none."""
    if not words:
        return Tone()
    feeling = np.mean([vector(w.emotion) for w in words], axis=0)
    sizes = [(np.log(w.prosody.rate), w.prosody.pitch, np.log(max(w.prosody.span, 0.05)), w.prosody.volume) for w in words]
    rate, pitch, span, volume = np.mean(sizes, axis=0).tolist()
    manners = Counter(w.regime.name for w in words if w.regime is not None and not w.regime.alone)
    name, count = manners.most_common(1)[0] if manners else ("", 0)
    name = name if count > MOST * len(words) else ""
    strengths = [w.regime.strength for w in words if w.regime is not None and w.regime.name == name]
    return Tone(
        feeling=tuple(feeling.tolist()), rate=float(np.exp(rate)), pitch=pitch, span=float(np.exp(span)), volume=volume,
        regime=name, strength=float(np.mean(strengths)) if name else 1.0, shown=shown[:SHOWN],
    )  # fmt: skip


def blended(a: Tone, b: Tone, share: float) -> Tone:
    """Between two tones: `a` at 0, `b` at 1. Of two different manners each fades out by the middle."""
    if a.regime == b.regime:
        regime, strength = a.regime, a.strength + share * (b.strength - a.strength)
    elif not a.regime or not b.regime:
        regime, strength = (a.regime, (1.0 - share) * a.strength) if a.regime else (b.regime, share * b.strength)
    else:
        regime, strength = (a.regime, (1 - 2 * share) * a.strength) if share < 0.5 else (b.regime, (2 * share - 1) * b.strength)
    if strength < FAINT:
        regime, strength = "", 1.0
    mid = np.asarray(a.feeling) + share * (np.asarray(b.feeling) - np.asarray(a.feeling))
    shown = {name: (1.0 - share) * size for name, size in a.shown}
    for name, size in b.shown:
        shown[name] = shown.get(name, 0.0) + share * size
    return Tone(
        feeling=tuple(mid.tolist()), rate=a.rate ** (1.0 - share) * b.rate**share, pitch=a.pitch + share * (b.pitch - a.pitch),
        span=a.span ** (1.0 - share) * b.span**share, volume=a.volume + share * (b.volume - a.volume),
        regime=regime, strength=strength, shown=tuple(sorted(shown.items())),
    )  # fmt: skip


def coordinates(tone: Tone) -> F64:
    """A tone as a point, f64[14]: in octaves, half octaves, and parts that a listener would take for alike."""
    sizes = np.log2(tone.rate), tone.pitch / 6.0, np.log2(max(tone.span, 0.05)) / 2.0, tone.volume / 12.0
    return np.array([*tone.feeling, *sizes])


def at(point: F64) -> Tone:
    """The inverse of `coordinates`, without manner and expressions; what lies outside the bounds of speech is brought in."""
    feeling, (rate, pitch, span, volume) = np.clip(point[:10], -1.0, 1.0), point[10:].tolist()
    feeling[3:] = np.maximum(feeling[3:], 0.0)
    sizes = np.clip((2.0**rate, 6.0 * pitch, 4.0**span, 12.0 * volume), (0.25, -24.0, 0.05, -24.0), (4.0, 24.0, 3.0, 24.0))
    return Tone(tuple(feeling.tolist()), *sizes.tolist())


def salience(tone: Tone) -> float:
    """How far a tone is from a neutral one; 1 is a full emotion."""
    return float(np.linalg.norm(coordinates(tone)) + (tone.strength if tone.regime else 0.0))


def drawn(word: Word, bias: Bias, manners: dict[str, Regime], yields: bool = False) -> Word:
    """A word that follows a bias as far as its weight says; what `yields` does so the less, the more of a tone the word has of
    its own."""
    own, regime = tone_of([word]), word.regime
    weight = bias.weight * (max(0.0, 1.0 - salience(own)) if yields else 1.0)
    if regime is not None and regime.alone:
        return word
    to = blended(own, bias.tone, weight)
    if to.regime != own.regime or (to.regime and to.strength != own.strength):
        regime = replace(manners[to.regime], strength=to.strength) if to.regime in manners else None
    rate, span = float(np.clip(to.rate, 0.25, 4.0)), float(np.clip(to.span, 0.0, 3.0))
    prosody = Prosody(rate=rate, pitch=to.pitch, span=span, volume=to.volume)
    return replace(word, emotion=emotion(np.asarray(to.feeling)), prosody=prosody, regime=regime)


def biased(sentence: Sentence, biases: Biases, manners: dict[str, Regime]) -> Sentence:
    """A sentence as what stands, which yields to what is asked, and what it calls for draw it."""
    words = list(sentence.words)
    for _, bias in sorted(biases.standing.items()):
        words = [drawn(word, bias, manners, yields=True) if bias.weight > 0.0 else word for word in words]
    for k, word in enumerate(words):
        if word.like in biases.called:
            words[k] = drawn(word, biases.called[word.like], manners)
    return replace(sentence, words=words)

