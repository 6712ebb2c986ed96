"""Regimes: ways of using the whole voice and face (whisper, shout, laugh, cry, sigh), each a state of the field.

Language reads them from assets/field/regimes.toml and hands them on with the words; what they do is in that file alone.
"""

from msgspec import Struct
from msgspec import field as default


class Change(Struct, frozen=True, forbid_unknown_fields=True):
    """What a regime at full strength does to knobs of the field, as feelings do: see `Core.feel`."""

    what: str
    """gain, lag, freq, amp or settle."""
    of: tuple[str, ...]
    """Roles in small letters; for gain and lag, those that are pulled."""
    by: float
    """Factor; cycles for a lag."""


class Vocal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A regime as a sound of its own, without words."""

    caption: str
    """As captions show it: "(laughs)"."""
    seconds: float
    """How long, unless the text says."""
    pulse: float = 0.0
    """Hz of the oscillator whose every cycle is a burst, breath and then voice; 0 for one breath."""
    slow: float = 0.0
    """Share by which the pulse slows down until the end."""
    open: float = 0.5
    """Share of a cycle that is voiced."""
    shut: float = 2.0
    """Jaw between bursts, mm."""
    course: dict[str, list[tuple[float, float]]] = default(default_factory=dict)
    """Channel -> (share of the time, target): pitch in semitones from the persona's, others in the channel's unit."""


class Regime(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One regime, and how it is asked for in one place. Numbers are at strength 1; factors go as powers, the rest in
    proportion."""

    name: str = ""
    words: bool = True
    """Whether words can be spoken in it."""
    rate: float = 1.0
    pitch: float = 0.0
    span: float = 1.0
    volume: float = 0.0
    """As in `Prosody`."""
    voicing: float = 1.0
    """Share of the voice that is left."""
    breath: float = 0.0
    """Breath that a full voice gives besides."""
    rd: float = 0.0
    """Added to the shape of the glottal pulse: below 0 pressed and bright, above 0 lax."""
    f1: float = 1.0
    """Factor on the first formant."""
    dull: float = 0.0
    """dB lost toward high frequencies."""
    jaw: float = 1.0
    lips: float = 1.0
    """Factors on what jaw and lips do, 1 as ever."""
    pace: float = 1.0
    """Factor on how fast they do it."""
    tremolo: float = 0.0
    """dB by which loudness follows the tremor oscillator."""
    crack: float = 0.0
    """How far the voice breaks where tremor and quaver meet, 0 to 1."""
    feeling: dict[str, float] = default(default_factory=dict)
    """What is felt besides: names as in `Feeling`."""
    face: dict[str, float] = default(default_factory=dict)
    """Named expressions shown meanwhile, with their strength."""
    field: tuple[Change, ...] = ()
    sound: Vocal | None = None
    strength: float = 1.0
    """As asked for, 0 to 1.5."""
    seconds: float | None = None
    """A sound's length as asked for."""
    alone: bool = False
    """True where it is a sound of its own, not the manner of words."""


class Manners(dict[str, Regime]):
    """Resource, read from an asset and not saved: regimes that words can be spoken in, by name."""


class Stretch(Struct, frozen=True):
    """A regime in time, samples of its score."""

    start: int
    end: int
    regime: Regime
