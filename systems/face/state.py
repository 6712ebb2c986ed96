"""Where each drive and swing of `components.life.Life` lies, and how fast it moves."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.expression import AXES, FELT, ROOM, Expressions
from psi_ecs.components.face import BLENDSHAPES, FACE, FACE_ID
from psi_ecs.components.life import DRIVES
from psi_ecs.components.oscillator import Role
from psi_ecs.components.phone import PHONES
from psi_ecs.components.text import EMOTIONS
from psi_ecs.systems.kernels import face_mouth, koopman

F64 = NDArray[np.float64]

ROWS = slice(0, ROOM)
"""Expressions: those that feelings drive come first."""
TALK, DENTAL, LIFT = range(ROOM, ROOM + 3)
"""Speaking, 0 to 1; tongue between the teeth; pitch in semitones."""
HEAD, EYE, CHEST, BROWS = slice(ROOM + 3, ROOM + 5), slice(ROOM + 5, ROOM + 7), ROOM + 7, ROOM + 8
"""Yaw and pitch that the head follows; where the eyes look in the body's space; how far the chest is expanded; how far accents
raise the brows."""
OTHERS = slice(TALK, DRIVES)
"""All of these, in this order."""

RATE = np.full(DRIVES, 10.0)
"""Relaxation rates, 1/s: 91 % of the way in 4/rate seconds. Head 0.5 s; expressions have their own."""
ATTACK, RELEASE = 45.0, 9.0
"""Rates at which speech takes the mouth and gives it back."""
RATE[DENTAL], RATE[LIFT], RATE[HEAD], RATE[TALK], RATE[CHEST] = 70.0, 24.0, 8.0, RELEASE, 90.0
RATE[BROWS] = 40.0


def felt_by() -> F64:
    """What each feeling f[10] asks of each drive, f64[10, DRIVES]: of expressions, the dimensions of their two ends, categories
    of their own. A negative strength counts as none."""
    m = np.zeros((3 + len(EMOTIONS), DRIVES))
    for k in range(3):
        m[k, 2 * k], m[k, 2 * k + 1] = 1.0, -1.0
    m[range(3, 3 + len(EMOTIONS)), range(len(AXES), len(FELT))] = 1.0
    return m


FELT_BY = felt_by()
SOUNDING = [(float(p.name != "SIL"), float(p.name in ("TH", "DH"))) for p in PHONES]
"""Of each phone: whether it sounds, and whether the tongue is between the teeth."""

NOD, BROW, BOW, SHAKE = range(4)
"""Swings: the nod and the brow raise of an accent, and the nod and the shake of a cue."""
MODES = koopman.eigenvalue(np.array([1.25, 1.0, 1.55, 1.75]), np.array([4.5, 6.0, 2.0, 1.9]))
IMPULSE = koopman.unit(MODES)
"""A gesture adds to its mode; what is shown is the imaginary part, which starts from zero and dies away by itself."""


@lru_cache(maxsize=4)
def paces(shown: Expressions, dt: float) -> tuple[F64, F64, F64, NDArray[np.complex128]]:
    """Relaxation rates of drives that grow and that fade, f64[DRIVES], the share by which expressions wear off in a tick,
    f64[E], and what a tick makes of the swings, complex128[SWINGS, 1]."""
    up, down = RATE.copy(), RATE.copy()
    up[ROWS], down[ROWS], up[TALK] = shown.onset, shown.offset, ATTACK
    return up, down, 1.0 - np.exp(-shown.wear * dt), np.exp(MODES * dt)[:, None]


@lru_cache(maxsize=4)
def overriding(shown: Expressions) -> tuple[NDArray[np.intp], F64]:
    """The expressions that override anything, intp[K], and what they take from blinks, gaze and speech, f64[K, 3]."""
    rows = np.flatnonzero(shown.override.any(axis=1))
    return rows, shown.override[rows]


_SWAYS = [Role.SWAY_YAW, Role.SWAY_PITCH, Role.SWAY_ROLL]
WAVE_ROLE = np.array([*_SWAYS, *_SWAYS, Role.PHRASE, *[Role.BROW, Role.MOUTH] * 2, Role.GAZE_YAW, Role.GAZE_PITCH])
WAVE_TURN = 2.0 * np.pi * np.array([1, 1, 1, 3, 3, 3, 1, 1, 1, 1, 1, 1, 1])
WAVE_SHIFT = np.array([0.0, 0.0, 0.0, 1.3, 1.3, 1.3, 0.0, 0.0, 0.0, 0.5 * np.pi, 0.5 * np.pi, 0.0, 0.0])
"""Waves read off the oscillators: amp * sin(turn * theta + shift)."""
SWAYING, PHRASE_WAVE, TONUS, DRIFT = slice(0, 6), 6, slice(7, 11), slice(11, 13)

PITCH, RAISE, REST, FILL, SPEECH = 6, 7, 15, 16, slice(17, 17 + len(face_mouth.SPEECH))
TONGUE = slice(SPEECH.stop, SPEECH.stop + 2)
"""Movements: six of sway, voice pitch, brow raise, pitch and yaw of the head with nods and shakes, its gesture over a phrase;
the tone of the muscles: four waves of brow and mouth, and its mean; a chest that fills; what speech does; and the tongue, which
none of the 61 channels shows."""
FLARE = 0.025
"""Sneer of the nose for a chest that fills once a second: nostrils open as air is drawn in (Strohl et al. 1980)."""
LIVELY = {
    "browInnerUp": 0.015, "browOuterUpLeft": 0.010, "browOuterUpRight": 0.009, "mouthSmileLeft": 0.010,
    "mouthSmileRight": 0.009, "mouthPressLeft": 0.008, "mouthPressRight": 0.009,
}  # fmt: skip
TONE_SIZE = 0.004
"""How far the tone of a muscle wavers about its mean: no living muscle is quite still. Sizes are ours, meant to be unseen
one by one."""


def movement() -> F64:
    """What each movement does to the 61 channels, f64[M, 61]."""
    m = np.zeros((TONGUE.stop, len(FACE)))
    m[FILL, face_mouth.NOSE], m[SPEECH, : len(BLENDSHAPES)] = FLARE, face_mouth.SPEECH
    yaw, pitch, roll = FACE_ID["headYaw"], FACE_ID["headPitch"], FACE_ID["headRoll"]
    m[[0, 1, 2], [yaw, pitch, roll]] = 0.013, 0.009, 0.008
    m[[3, 4, 5], [yaw, pitch, roll]] = 0.004, 0.003, 0.0025
    m[PITCH, pitch] = -0.008  # head and voice rise together (Yehia, Kuratate and Vatikiotis-Bateson 2002)
    m[8, pitch], m[9, yaw], m[10, yaw] = 1.0, 1.0, 0.02
    m[RAISE, FACE_ID["browInnerUp"]] = 0.7
    m[RAISE, [FACE_ID["browOuterUpLeft"], FACE_ID["browOuterUpRight"]]] = 1.0, 0.92
    for i, name in enumerate(BLENDSHAPES):
        size = LIVELY.get(name, TONE_SIZE)
        turn = 2.0 * np.pi * 0.618034 * i  # each at a phase of its own
        wave = 11 if name.startswith(("eye", "brow", "cheekSquint")) else 12
        m[wave, i], m[wave + 2, i] = size * np.cos(turn), size * np.sin(turn)
        m[REST, i] = 1.1 * size  # keeps it from ending at 0
    return m


MOVEMENT = movement()

DAMP = {
    "jawOpen": 0.0, "mouthClose": 0.0, "tongueOut": 0.0, "cheekPuff": 0.0, "jawForward": 0.4, "jawLeft": 0.3, "jawRight": 0.3,
    "mouthFunnel": 0.15, "mouthPucker": 0.15, "mouthLeft": 0.4, "mouthRight": 0.4,
    "mouthSmileLeft": 0.6, "mouthSmileRight": 0.6,
    "mouthFrownLeft": 0.6, "mouthFrownRight": 0.6, "mouthDimpleLeft": 0.6, "mouthDimpleRight": 0.6, "mouthStretchLeft": 0.45,
    "mouthStretchRight": 0.45, "mouthRollLower": 0.2, "mouthRollUpper": 0.2, "mouthShrugLower": 0.25, "mouthShrugUpper": 0.2,
    "mouthPressLeft": 0.2, "mouthPressRight": 0.2, "mouthLowerDownLeft": 0.4, "mouthLowerDownRight": 0.4,
    "mouthUpperUpLeft": 0.5, "mouthUpperUpRight": 0.5,
}  # fmt: skip
"""The share of each mouth channel that is left to expression while speaking: speech owns the jaw, feeling keeps the corners."""
GIVEN = 1.0 - np.array([DAMP.get(name, 1.0) for name in FACE])
"""The share of every channel that speech takes from expression, f64[61]."""
