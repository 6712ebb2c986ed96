"""What is to be said: words with phones and stress, phrase breaks, prosody and feeling. Language writes it, the score
reads it."""

from msgspec import Struct, field

from .regime import Regime


class Emotion(Struct, frozen=True):
    """A continuous feeling: three dimensions in [-1, 1] and named categories with intensities in [0, 1].

    Dimensions follow Russell and Mehrabian (pleasure, arousal, dominance). Names are joy, anger, sadness, fear, disgust,
    surprise and calm; an absent name is 0.
    """

    valence: float = 0.0
    arousal: float = 0.0
    dominance: float = 0.0
    names: dict[str, float] = field(default_factory=dict)


EMOTIONS: tuple[str, ...] = ("joy", "anger", "sadness", "fear", "disgust", "surprise", "calm")
MOODS: dict[str, tuple[float, float, float]] = {
    "joy": (0.8, 0.5, 0.4), "anger": (-0.6, 0.7, 0.5), "sadness": (-0.7, -0.4, -0.4), "fear": (-0.65, 0.65, -0.55),
    "disgust": (-0.6, 0.3, 0.25), "surprise": (0.2, 0.75, -0.1), "calm": (0.35, -0.5, 0.2),
}  # fmt: skip
"""Valence, arousal and dominance of each named emotion (Russell and Mehrabian 1977, rounded)."""
FEELINGS: tuple[str, ...] = ("valence", "arousal", "dominance", *EMOTIONS)
"""Columns of `components.avatar.Feeling`."""


class Prosody(Struct, frozen=True):
    """What markup asks of a stretch of words, relative to the persona."""

    rate: float = 1.0
    """Speed factor, 0.25 to 4."""
    pitch: float = 0.0
    """Shift of the register in semitones."""
    span: float = 1.0
    """Factor on the pitch range, 0 to 3."""
    volume: float = 0.0
    """Loudness shift in dB."""


class Word(Struct, kw_only=True):
    """One spoken word, with its phones."""

    text: str
    """As spoken (normalised)."""
    start: int
    """First character in the utterance's source text."""
    end: int
    """One past the last character in the source text."""
    phones: list[str]
    """ARPAbet names without stress digits; see `components.phone`."""
    stress: list[int]
    """Per phone: 0 none, 1 primary, 2 secondary; 0 on consonants."""
    syllable: list[int]
    """Per phone: the index of its syllable within the word, rising from 0."""
    mark: str = ""
    """Punctuation that follows it, for captions."""
    accent: float = 0.0
    """Pitch accent: 0 deaccented function word, 1 ordinary content word, up to 2 for emphasis or focus."""
    break_after: int = 0
    """Break index as in ToBI: 0 none, 1 word, 3 minor phrase (comma), 4 end of sentence."""
    pause: float | None = None
    """Seconds of silence asked for after this word; None lets the rules choose from the break index."""
    prosody: Prosody = Prosody()
    emotion: Emotion = Emotion()
    regime: Regime | None = None
    """Whispered, shouted and the like; with `alone`, the word is no word but that sound."""
    like: str = ""
    """What memory it is to be said like ("earlier", "the greeting"); see `systems.memory.wish`."""


class Mark(Struct, frozen=True):
    """A named place in the text: reached when the word with this index of its sentence begins (len(words) is its end)."""

    name: str
    word: int


class Sentence(Struct, kw_only=True):
    """A sentence: the unit of planning."""

    words: list[Word]
    kind: str = "statement"
    """statement, wh-question, yes-no-question, exclamation, or continuation."""
    marks: list[Mark] = field(default_factory=list)
    tags: tuple[str, ...] = ()
    """Under which its utterance is remembered."""


class Utterance(Struct, kw_only=True):
    """A whole line of text, analysed."""

    text: str
    """The source text with markup removed; word offsets index it."""
    sentences: list[Sentence]
    notes: list[str] = field(default_factory=list)
    """What could not be spoken and was dropped, one clear line each."""


class Line(Struct, kw_only=True):
    """A line that was given to an avatar, and how far it has been analysed."""

    turn: int
    text: str
    """As given: plain, with inline tags, or SSML."""
    emotion: Emotion | None = None
    tags: tuple[str, ...] = ()
    at: int = 0
    """Next character to analyse, in the text with its markup removed."""
    spoken: bool = False
    """True once a sentence of it was passed on."""


class Waiting(Struct, kw_only=True):
    """Sparse component of an avatar with lines that are not wholly analysed, in the order given."""

    lines: list[Line] = field(default_factory=list)
