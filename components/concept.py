"""What words stir: each avatar's concepts, how they go together, how awake they are, and the tone they are spoken of with."""

from enum import IntEnum
from typing import Annotated, Any

from msgspec import Meta, Struct
from msgspec import field as default
from numpy.typing import NDArray

from psi_ecs import Col, component, f32, f64, field, i8, i64, relation, u64

from .memory import MEANING
from .text import FEELINGS

MOST = 400
"""Concepts that an avatar may have; of those that conversation brought, the least used make room."""
RING, TOP = 64, 4
"""Centroids of the context that are kept, one every two seconds, and concepts named with each."""
TONE = len(FEELINGS) + 4
"""Numbers of a tone: FEELINGS, ln rate, pitch in semitones, ln span, volume in dB, as in `components.memory.Tone`."""


class Kind(IntEnum):
    """How one concept goes with another, as ConceptNet has it (Speer, Chin & Havasi 2017): RelatedTo, IsA, PartOf, Antonym,
    Causes, and what follows in time."""

    RELATED = 0
    IS_A = 1
    PART_OF = 2
    OPPOSITE = 3
    CAUSES = 4
    NEXT = 5


KINDS: dict[str, Kind] = {k.name.lower().replace("_", "-"): k for k in Kind}
"""Kinds by the names that files use."""
Share = Annotated[float, Meta(ge=0.0, le=1.0)]


class Seed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of `assets/concepts/everyday.toml`, or of a file of one's own."""

    words: list[str]
    """Words that wake it, in small letters; one that ends in * stands for all that begin so. A plural wakes what its singular
    does."""
    links: dict[str, list[str] | dict[str, float]] = default(default_factory=dict)
    """By kind, other concepts, 0.5 strong or as strong as is said, 0 to 1."""
    face: dict[str, Share] = default(default_factory=dict)
    """Expressions that it raises, with their strength when it is wide awake."""
    field: dict[str, Annotated[float, Meta(ge=0.1, le=10.0)]] = default(default_factory=dict)
    """Oscillators whose amplitude it raises, with the factor when it is wide awake."""
    seconds: Annotated[float, Meta(ge=0.1, le=600.0)] = 4.0
    """Time constant with which face and field fall asleep again."""
    topic: bool = True
    """Whether "it" can stand for it."""


class Concepts(Struct, frozen=True):
    """Resource, read from an asset: what new avatars begin with, unless they have a file of their own."""

    seeds: dict[str, Seed]
    links: list[tuple[str, str, int, float]]
    """Source, target, `Kind`, strength."""

    @property
    def names(self) -> list[str]:
        """Of all concepts."""
        return list(self.seeds)


@component
class Concept:
    """A node of one avatar's graph of concepts: an entity of its own."""

    avatar: Col[u64] = field(entity=True, doc="whose it is")
    stirred: Col[f64] = field(default=0, unit="1", low=0.0, high=1.0, doc="jumps at a word, less at one heard, then fades")
    level: Col[f64] = field(default=0, unit="1", low=0.0, high=1.0, doc="follows smoothly; is what acts on face and field")
    fade: Col[f64] = field(unit="1/s", default=0.25, doc="rate at which what is stirred fades")
    source: Col[f64] = field(default=0, unit="1", low=0.0, high=1.0, doc="1 when it is mentioned by anybody, then fades")
    active: Col[f64] = field(default=0, unit="1", low=0.0, high=1.0, doc="source, and what neighbours spread")
    slow: Col[f64] = field(default=0, unit="1", low=0.0, high=1.0, doc="active below 0.2 Hz: working memory")
    uses: Col[f64] = field(default=0, unit="1", low=0.0, doc="mentions, slowly forgotten")
    when: Col[i64] = field(unit="sample", default=-1, doc="of its last mention, -1 for never")
    many: Col[f32] = field(default=0, low=0.0, high=1.0, doc="share of its mentions in the plural, the later ones weigh more")
    tone: Col[f32] = field(default=0, shape=(TONE,), doc="mean of the tones it was spoken of with, the later ones weigh more")
    evidence: Col[f32] = field(default=0, unit="1", low=0.0, doc="speech the tone was learned from; plain mentions wear it off")


@relation()
class Link:
    """An edge from concept to concept of one avatar."""

    kind: Col[i8] = field(doc="Kind")
    weight: Col[f32] = field(unit="1", low=0.0, high=1.0, doc="as the file says, or from meaning")
    learned: Col[f32] = field(unit="1", low=0.0, high=1.0, doc="from being mentioned together; wears off")


class Meaning(Struct, kw_only=True):
    """Sparse component of a concept."""

    name: str
    words: tuple[str, ...]
    kind: str = ""
    """What kind of thing, as `systems.formats.embedding.KINDS`; "" for unknown."""
    topic: bool = True
    own: bool = False
    """True for one that conversation brought, which may go again."""
    face: dict[str, float] = default(default_factory=dict)
    field: dict[str, float] = default(default_factory=dict)
    vector: bytes = b""
    """i8[MEANING], the embedding in 127ths; empty for unknown."""
    manner: str = ""
    """Regime that it was last spoken of in."""


@component
class Context:
    """What an avatar's conversation is about. `systems.concepts` gives one to every avatar that lacks it."""

    said: Col[f64] = field(unit="s", default=-1.0, doc="up to where in its own sentence words have acted")
    count: Col[i64] = field(default=0, doc="centroids so far; number k lies at k mod RING")
    centroid: Col[f32] = field(default=0, shape=(RING, MEANING), doc="mean meaning of what was awake, unit length")
    weight: Col[f32] = field(default=0, shape=(RING,), unit="1", low=0.0, high=1.0, doc="1 for a minute, then fades")
    top: Col[u64] = field(default=0, shape=(RING, TOP), entity=True, doc="most awake concepts then")
    share: Col[f32] = field(default=0, shape=(RING, TOP), unit="1", low=0.0, high=1.0, doc="how awake they were")


class Discourse(Struct, kw_only=True):
    """Sparse component of an avatar: words that were said to or by it and are not yet thought over."""

    words: list[tuple[str, int, bool, float]] = default(default_factory=list)
    """As spoken, with the mark after it; number of its sentence; whether it begins that; how much in the foreground it is."""
    mentioned: list[tuple[str, int]] = default(default_factory=list)
    """Names of concepts mentioned lately, and in which sentence."""
    linked: int = 0
    """How many of these are linked already."""
    sentence: int = 0
    heard: dict[int, list[str]] = default(default_factory=dict)
    """The sentence so far of each speaker."""


class Due(Struct, kw_only=True):
    """Sparse component of an avatar with gestures to come: absolute sample, expression or movement, strength, seconds."""

    rows: list[tuple[int, str, float, float]] = default(default_factory=list)


Vectors = NDArray[Any]
"""f32[n, MEANING], unit length; rows of zeros for unknown meanings."""
