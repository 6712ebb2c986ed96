"""The face: 61 channels in Live Link order, the rig they move, and the head that is drawn."""

from typing import Any

import numpy as np
from msgspec import Struct
from msgspec import field as default
from numpy.typing import NDArray

from psi_ecs import Col, component, f32, field

BLENDSHAPES: tuple[str, ...] = (
    "eyeBlinkLeft",
    "eyeLookDownLeft",
    "eyeLookInLeft",
    "eyeLookOutLeft",
    "eyeLookUpLeft",
    "eyeSquintLeft",
    "eyeWideLeft",
    "eyeBlinkRight",
    "eyeLookDownRight",
    "eyeLookInRight",
    "eyeLookOutRight",
    "eyeLookUpRight",
    "eyeSquintRight",
    "eyeWideRight",
    "jawForward",
    "jawLeft",
    "jawRight",
    "jawOpen",
    "mouthClose",
    "mouthFunnel",
    "mouthPucker",
    "mouthLeft",
    "mouthRight",
    "mouthSmileLeft",
    "mouthSmileRight",
    "mouthFrownLeft",
    "mouthFrownRight",
    "mouthDimpleLeft",
    "mouthDimpleRight",
    "mouthStretchLeft",
    "mouthStretchRight",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthShrugLower",
    "mouthShrugUpper",
    "mouthPressLeft",
    "mouthPressRight",
    "mouthLowerDownLeft",
    "mouthLowerDownRight",
    "mouthUpperUpLeft",
    "mouthUpperUpRight",
    "browDownLeft",
    "browDownRight",
    "browInnerUp",
    "browOuterUpLeft",
    "browOuterUpRight",
    "cheekPuff",
    "cheekSquintLeft",
    "cheekSquintRight",
    "noseSneerLeft",
    "noseSneerRight",
    "tongueOut",
)
"""Apple's 52 ARKit blendshapes in Live Link order; weights in [0, 1]."""
ROTATIONS: tuple[str, ...] = (
    "headYaw",
    "headPitch",
    "headRoll",
    "leftEyeYaw",
    "leftEyePitch",
    "leftEyeRoll",
    "rightEyeYaw",
    "rightEyePitch",
    "rightEyeRoll",
)
"""Rotations in radians: yaw positive to the avatar's left, pitch positive down, roll positive to its left shoulder."""
TONGUE: tuple[str, ...] = ("tongueTipUp", "tongueBodyUp")
"""What ARKit has no shape for: the tip at the ridge (/l n t d/), the back at the palate (/i k g/); weights in [0, 1]."""
SHAPES: tuple[str, ...] = BLENDSHAPES + TONGUE
"""Every shape that a mesh may carry."""
FACE: tuple[str, ...] = BLENDSHAPES + ROTATIONS
FACE_ID: dict[str, int] = {name: i for i, name in enumerate(FACE)}


@component
class Face:
    """The pose of one face for this tick."""

    weights: Col[f32] = field(shape=(61,), unit="1 | rad", doc="channels in the order of FACE")
    breath: Col[f32] = field(unit="1", low=0.0, high=1.0, doc="chest expansion")
    tongue: Col[f32] = field(shape=(2,), unit="1", low=0.0, high=1.0, default=0.0, doc="in the order of TONGUE")


@component
class Articulation:
    """The articulators of one avatar at this tick, read off its score (order of `components.score.ARTICULATORS`)."""

    now: Col[f32] = field(shape=(8,), doc="value in each channel's unit, at the face's moment (the audio's plus `lead`)")
    loudness: Col[f32] = field(unit="1", low=0.0, high=1.0, doc="relative vocal effort now, 0 silent")
    pitch: Col[f32] = field(unit="semitone", doc="pitch relative to the persona's base")
    phone: Col[f32] = field(doc="index into PHONES of the phone sounding at the face's moment")
    ahead: Col[f32] = field(shape=(2,), unit="s", default=0, doc="how much further along the score jaw and head are")
    effort: Col[f32] = field(
        shape=(2,), unit="1", low=0.0, high=2.0, default=1.0, doc="factors on what jaw and lips do, as the host has set them"
    )
    tune: Col[f32] = field(unit="semitone", default=0, doc="pitch relative to the persona's base, at the head's moment")


@component
class Rig:
    """How a head answers its weights, measured from its mesh in millimetres. All four rows are affine in the 52 weights:
    value = row[0] + row[1:] . weights."""

    lip_gap: Col[f32] = field(shape=(3, 53), unit="mm", doc="inner-lip gap at the middle and left and right of it; < 0 crossed")
    tooth_gap: Col[f32] = field(shape=(3, 53), unit="mm", doc="upper-incisor edge to lower lip, as a vector (x, y, z)")
    mouth_width: Col[f32] = field(shape=(53,), unit="mm", doc="corner to corner")
    lid_gap: Col[f32] = field(shape=(2, 53), unit="mm", doc="lid opening, left and right")
    eye_gain: Col[f32] = field(shape=(4,), unit="rad", doc="eye turn that eyeLook Up, Down, In, Out = 1 stand for")


class Mesh(Struct, kw_only=True):
    """One drawn part of a head, in metres, y up, facing +z, its own left at +x."""

    name: str
    material: str
    """skin, eye, teeth, gum, tongue, lash, brow, hair (see-through), cap (hair drawn solid) or cloth."""
    position: NDArray[Any]
    """f32[V, 3]."""
    normal: NDArray[Any]
    """f32[V, 3], unit length."""
    uv: NDArray[Any]
    """f32[V, 2]."""
    triangle: NDArray[Any]
    """u32[T, 3], counter-clockwise from outside."""
    delta: dict[str, NDArray[Any]] = default(default_factory=dict)
    """Blendshape name -> f32[V, 3] offset at weight 1; absent shapes do not move this part."""
    node: str = "head"
    """head, leftEye or rightEye turn with their rotation about `Head.pivot`; body stays."""


class Head(Struct, kw_only=True):
    """A head ready to be posed and drawn."""

    name: str
    meshes: list[Mesh]
    pivot: dict[str, tuple[float, float, float]]
    """Rotation centre of each node, metres."""
    rig: dict[str, NDArray[Any]]
    """The fields of `Rig` for this head."""
    landmarks: dict[str, tuple[float, float, float]] = default(default_factory=dict)
    """Named rest-space points that shading uses (mouth, nose tip, left and right brow, chin, hairline ...), metres."""


REST_WEIGHTS: NDArray[np.float32] = np.zeros(len(FACE), np.float32)
