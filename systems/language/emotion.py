"""Feeling from words: named feelings, emoji, punctuation, and the sentiment of a sentence (VADER, Hutto & Gilbert 2014)."""

from difflib import get_close_matches
from functools import cache, reduce
from typing import Protocol

from psi_ecs.components.text import EMOTIONS, Emotion

from .error import TextError
from .lexicon import table
from .pronounce import plain

QUIET = 0.25
"""Sentiment below this leaves a sentence neutral."""
STRENGTH = 0.7
"""How far the sentiment of the text itself moves the feeling, against 1 for a tag."""


class _Analyser(Protocol):
    def polarity_scores(self, text: str) -> dict[str, float]: ...


@cache
def _analyser() -> _Analyser:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    made: _Analyser = SentimentIntensityAnalyzer()
    return made


@cache
def feelings() -> dict[str, Emotion]:
    """Every known name of a feeling or speaking style."""
    found: dict[str, Emotion] = {}
    for name, valence, arousal, dominance, *rest in table("emotions.tsv"):
        names = {k: float(v) for k, v in (item.split("=") for item in (rest[0].split() if rest else ()))}
        found[name] = Emotion(float(valence), float(arousal), float(dominance), names)
    return found


@cache
def _shown() -> dict[str, Emotion]:
    """Emoji or emoticon -> feeling."""
    rows = ((row[0].split(), row[1].split()) for row in table("emoji.tsv"))
    return {sign: scaled(feelings()[name], float(share)) for (name, share), signs in rows for sign in signs}


@cache
def _category() -> dict[str, tuple[str, ...]]:
    """Word -> categories it suggests."""
    found: dict[str, tuple[str, ...]] = {}
    for name, words in table("feelings.tsv"):
        for word in words.split():
            found[word] = (*found.get(word, ()), name)
    return found


def scaled(e: Emotion, share: float) -> Emotion:
    """The feeling at a share (0 to 2) of its strength, held within its bounds."""

    def held(x: float) -> float:
        return round(max(-1.0, min(1.0, x * share)), 6)

    return Emotion(held(e.valence), held(e.arousal), held(e.dominance), {k: max(0.0, held(v)) for k, v in e.names.items()})


def blended(a: Emotion, b: Emotion) -> Emotion:
    """The stronger of two feelings in each dimension and category (signs kept)."""

    def strong(x: float, y: float) -> float:
        return x if abs(x) >= abs(y) else y

    names = {k: max(a.names.get(k, 0.0), b.names.get(k, 0.0)) for k in sorted(a.names.keys() | b.names.keys())}
    return Emotion(strong(a.valence, b.valence), strong(a.arousal, b.arousal), strong(a.dominance, b.dominance), names)


def named(name: str, intensity: float = 1.0) -> Emotion:
    """The feeling of this name. Raises TextError, with the nearest known name, when there is none."""
    key = name.strip().lower().replace("_", "-")
    found = feelings().get(key)
    if found is None:
        near = get_close_matches(key, feelings(), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(sorted(feelings()))}"
        raise TextError(f"unknown feeling {name!r}{hint}")
    return scaled(found, intensity)


def mixed(shares: dict[str, float]) -> Emotion:
    """Several named feelings with intensities ("joy" 0.6, "surprise" 0.3). Raises TextError for an unknown name."""
    return reduce(blended, (named(k, v) for k, v in shares.items()), Emotion())


def _signs(text: str) -> Emotion:
    """The feeling of the emoji and emoticons in a text."""
    singles = () if text.isascii() else (c for c in text if not c.isascii())
    found = [_shown()[c] for c in (*singles, *text.split()) if c in _shown()]
    return reduce(blended, found, Emotion())


def read(text: str) -> Emotion:
    """The feeling of a sentence as written: sentiment, feeling words, emoji, exclamation marks and capitals."""
    compound = _analyser().polarity_scores(text[:2000])["compound"]
    words = [plain(w) for w in text[:2000].split()]
    loud = min(text.count("!"), 3) / 3
    mood = Emotion()
    if abs(compound) >= QUIET:
        share = STRENGTH * abs(compound)
        counts = dict.fromkeys(EMOTIONS, 0)
        for word in words:
            for category in _category().get(word, ()):
                counts[category] += 1
        good, bad = ("joy", "surprise", "calm"), ("sadness", "anger", "fear", "disgust")
        side = good if compound > 0 else (*bad, "surprise")
        best = max(side, key=lambda c: counts[c])
        if counts[best] == 0 and compound < 0 and loud:
            best = "anger"
        mood = scaled(feelings()[best], share)
    elif any("surprise" in _category().get(w, ()) for w in words[:2]) and loud:
        mood = scaled(feelings()["surprise"], STRENGTH * 0.7)
    if loud:
        mood = blended(mood, Emotion(mood.valence, min(1.0, abs(mood.arousal) + 0.3 * loud), mood.dominance, {}))
    return blended(mood, _signs(text))


def warm() -> None:
    """Load VADER's lexicon and the tables now."""
    read("Warm.")
