"""A scene file (TOML): who is there, the camera, the light, what is said and shown. Unknown keys are errors."""

from typing import Annotated

from msgspec import Meta, Struct
from msgspec import field as default

Metres = Annotated[float, Meta(ge=-100.0, le=100.0)]
Vec3 = tuple[Metres, Metres, Metres]
Share = Annotated[float, Meta(ge=0.0, le=1.0)]
Seconds = Annotated[float, Meta(ge=0.0, le=3600.0)]
CLEAR = "transparent"
LARGEST_SEED = 2**53 - 1
"""Every JSON reader can hold it."""


class SceneAvatar(Struct, kw_only=True, forbid_unknown_fields=True):
    """Someone in the scene."""

    name: str
    """What lines and cues call this avatar."""
    persona: str = ""
    """Persona asset or path of a persona TOML; the avatar's name when left out."""
    place: Vec3 | None = None
    """Metres, x right, y up, z toward the camera; avatars are spread side by side when left out."""
    facing: Annotated[float, Meta(ge=-360.0, le=360.0)] | None = None
    """Degrees the body is turned, positive to its own left; toward its partner or the camera when left out."""
    pattern: str = ""
    """Pattern of the field to begin in: a pattern asset, or the path of a TOML that `psi core learn` wrote."""
    memory: str = ""
    """Path of the file that it remembers in from scene to scene, made if need be; nowhere but in the scene when left out."""
    concepts: str = ""
    """Path of a TOML file of concepts that adds to those that come along."""


class Camera(Struct, kw_only=True, forbid_unknown_fields=True):
    """Where we look from. Framing chooses position and target from the avatars unless they are given."""

    framing: Annotated[str, Meta(pattern="^(close|portrait|bust|group)$")] = "portrait"
    position: Vec3 | None = None
    """Metres, x right, y up, z toward the viewer; from the framing when left out."""
    target: Vec3 | None = None
    """The point looked at, metres; from the framing when left out."""
    fov: Annotated[float, Meta(gt=1.0, lt=120.0)] = 24.0
    """Vertical field of view, degrees."""
    angle: Annotated[float, Meta(ge=-180.0, le=180.0)] = 0.0
    """Degrees that the camera goes round the avatars from the front, toward their left if positive: 35 is a three-quarter view,
    90 a profile. Only for a camera that the framing places."""
    dof: Annotated[float, Meta(ge=0.0, le=64.0)] = 0.0
    """Depth of field: the lens's f-number for a picture 24 mm high, focused on the nearest face; 0 leaves everything sharp."""


class Light(Struct, kw_only=True, forbid_unknown_fields=True):
    """Three-point light on a plain backdrop."""

    preset: Annotated[str, Meta(pattern="^(studio|warm|cool|dramatic)$")] = "studio"
    strength: Annotated[float, Meta(gt=0.0, le=10.0)] = 1.0
    background: Annotated[str, Meta(pattern="^#[0-9a-fA-F]{6}$|^transparent$")] = "#2b3340"
    """Colour of the backdrop, or `transparent` for pictures that are laid over others."""


class Line(Struct, kw_only=True, forbid_unknown_fields=True):
    """One thing said, after the line before it has ended."""

    who: str
    """Name of the avatar that speaks."""
    text: str = ""
    """Plain text, inline tags such as [joy] ... [/], [whisper] ... [/], [laugh] and [like earlier] ... [/], or SSML."""
    quote: str = ""
    """Instead of a text, a moment to show again just as it was: what it is remembered as ("greeting"), "#12", or another phrase
    that may stand in [like ...]."""
    remember: str = ""
    """Name under which the line is remembered."""
    emotion: str | dict[str, float] | None = None
    """A name ("joy"), or names with intensities; from the text when left out."""
    pause: Annotated[float, Meta(ge=-30.0, le=600.0)] = 0.35
    """Seconds after the previous line's end; negative overlaps it."""
    at: Seconds | None = None
    """Scene time in seconds instead of `pause`."""


class SceneCue(Struct, kw_only=True, forbid_unknown_fields=True):
    """One direction for a face or its field, at a scene time or with a line."""

    who: str
    """Name of the avatar."""
    kind: Annotated[
        str,
        Meta(
            pattern="^(expression|micro|gaze|nod|shake|tilt|wink|blink|listen|read|think|recall"
            "|travel|name|praise|blame|undo)$"
        ),
    ]
    """What is asked of the face (from `expression` to `think`), of its field (`recall`), or of the memory: the mood travels to
    another, what was said last gets a name, is praised or blamed, or the last praise or blame is taken back."""
    name: str = ""
    """Expression asset or path of a TOML for `expression` and `micro`; avatar name or `camera` for `gaze`; pattern of the field
    for `recall`; an emotion, or what is remembered, for `travel`; the name for `name`."""
    strength: Share = 1.0
    """0 to 1; of a `recall`, how strongly the field is drawn to the pattern."""
    seconds: Annotated[float, Meta(gt=0.0, le=600.0)] = 1.0
    """How long it lasts; a `micro` at most 0.2."""
    at: Seconds | None = None
    """Scene seconds; or with `line`, seconds after that line begins."""
    line: Annotated[int, Meta(ge=1)] | None = None
    """Number of the line, from 1."""
    target: Vec3 | None = None
    """The point to look at, metres, for `gaze`."""


class Scene(Struct, kw_only=True, forbid_unknown_fields=True):
    """A whole scene."""

    title: str = ""
    """Caption of the window."""
    seed: Annotated[int, Meta(ge=0, le=LARGEST_SEED)] = 0
    """The same seed gives the same bytes."""
    tail: Annotated[float, Meta(ge=0.0, le=60.0)] = 1.0
    """Seconds after the last line."""
    core: str = ""
    """Field asset or path of a core TOML, as `psi core tune` writes it; the ordinary one when left out."""
    camera: Camera = default(default_factory=Camera)
    light: Light = default(default_factory=Light)
    avatar: Annotated[list[SceneAvatar], Meta(min_length=1, max_length=16)]
    line: list[Line] = default(default_factory=list)
    cue: list[SceneCue] = default(default_factory=list)
