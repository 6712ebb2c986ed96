"""Who speaks: a persona asset, and the avatar entity that wears it."""

from msgspec import Struct
from msgspec import field as default

from psi_ecs import Col, component, f32, field, i32, i64

from .text import Emotion


class VoiceStyle(Struct, kw_only=True, forbid_unknown_fields=True):
    """How this persona uses its voice asset."""

    asset: str = "kathleen"
    pitch: float = 200.0
    """Median pitch in Hz, 50 to 500."""
    span: float = 1.0
    """Factor on pitch movement, 0 to 2."""
    rate: float = 1.0
    """Speed factor, 0.5 to 2."""
    tract: float = 1.0
    """Formant scale relative to the asset's adult woman: below 1 a longer vocal tract; 0.7 to 1.3."""
    breathiness: float = 0.0
    """0 modal to 1 breathy; negative is pressed."""
    roughness: float = 0.0
    """0 smooth to 1 rough: jitter and shimmer."""
    brightness: float = 0.0
    """Spectral tilt in dB an octave above 1 kHz, -6 to 6."""


class Manner(Struct, kw_only=True, forbid_unknown_fields=True):
    """How this persona moves."""

    blink: float = 17.0
    """Blinks a minute at rest (Bentivoglio 1997)."""
    gesture: float = 1.0
    """Factor on head and brow movement with speech, 0 to 2."""
    sway: float = 1.0
    """Factor on idle head movement, 0 to 2."""
    articulation: float = 1.0
    """What jaw and lips do, and with its root how fast: 0.5 mumbles, 1 ordinary, 1.5 over-articulates."""
    expression: dict[str, float] = default(default_factory=dict)
    """Standing blendshape weights, by ARKit name."""


class Look(Struct, kw_only=True, forbid_unknown_fields=True):
    """Colours as #rrggbb (sRGB), and how the skin is marked."""

    skin: str = "#d9a48a"
    lips: str = "#b5656a"
    iris: str = "#5b7a8c"
    hair: str = "#3a2a20"
    brow: str = "#35271f"
    cloth: str = "#3b5a73"
    freckles: float = 0.3
    """0 none to 1 many."""
    stubble: float = 0.0
    """0 none to 1 a day's beard."""


class Limit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Other bounds for a constraint of the grammar, in its unit; None leaves its own."""

    least: float | None = None
    most: float | None = None


MOVEMENTS = ("nod", "shake", "tilt", "wink", "blink", "think")
"""What a habit may show beside expressions: kinds of `components.event.Cue`."""


class Habit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A gesture that is this persona's own: what it shows at what it says."""

    on: str
    """A kind of sentence (question, exclamation, statement), or a concept of assets/concepts/everyday.toml (joke, thanks)."""
    show: str
    """An expression, or one of MOVEMENTS."""
    strength: float = 1.0
    """0 to 1."""
    seconds: float = 0.8
    chance: float = 1.0
    """How often it does so, 0 to 1."""
    at: str = "start"
    """start or end of a sentence of that kind; a concept is always shown at its word."""


class Persona(Struct, kw_only=True, forbid_unknown_fields=True):
    """A person: an asset file `assets/personas/NAME.toml`."""

    name: str
    head: str = "mira"
    """Head asset: assets/heads/NAME.glb, or the path of a GLB."""
    voice: VoiceStyle = default(default_factory=VoiceStyle)
    manner: Manner = default(default_factory=Manner)
    look: Look = default(default_factory=Look)
    habit: list[Habit] = default(default_factory=list)
    """Trademark gestures."""
    mood: dict[str, float] = default(default_factory=dict)
    """Standing emotion: valence, arousal, dominance, and category names."""
    grammar: dict[str, Limit] = default(default_factory=dict)
    """Bounds of this persona, by name of the constraint in assets/grammar/speech.toml."""


@component
class Avatar:
    """One row an avatar, in scene order."""

    index: Col[i32] = field(doc="order in the scene; persona is Cast.personas[index]")
    turn: Col[i64] = field(default=-1, doc="turn being spoken, -1 when silent")


@component
class Place:
    """Where an avatar stands."""

    position: Col[f32] = field(shape=(3,), unit="m", doc="x right, y up, z toward the camera")
    yaw: Col[f32] = field(unit="rad", doc="turn of the body, positive to its left")


@component
class Feeling:
    """The emotion that drives this avatar now, and where it is heading: valence, arousal, dominance, then EMOTIONS."""

    now: Col[f32] = field(shape=(10,), unit="1", low=-1.0, high=1.0)
    goal: Col[f32] = field(shape=(10,), unit="1", low=-1.0, high=1.0)


@component
class Attention:
    """What an avatar looks at."""

    target: Col[f32] = field(shape=(3,), unit="m", doc="world point")
    strength: Col[f32] = field(unit="1", low=0.0, high=1.0, default=1.0, doc="0 wanders, 1 fixes the target")


PAST = 72
"""Samples of a `Trace`: 4.8 s."""
TRACE_EVERY = 4
"""Ticks between two of them."""


@component
class Trace:
    """Where what an avatar attends to has been lately, from which is told where it will be: estimators are made of this, so a
    saved world foretells the same."""

    seen: Col[f32] = field(shape=(PAST, 3), unit="m", default=0.0, doc="ring of `Attention.target`; sample k at k mod PAST")
    count: Col[i64] = field(default=0, doc="samples so far")


class Cast(Struct):
    """Resource: the personas of this world, in avatar order."""

    personas: list[Persona] = default(default_factory=list)
    names: list[str] = default(default_factory=list)
    """Name of each avatar in the scene."""


NEUTRAL = Emotion()
