"""Blendshapes as Azure's speech service sends them (its `Animation` of viseme events): 55 numbers at 60 frames a second.

    {"FrameIndex": 0, "BlendShapes": [[52 in ARKit's order, head roll, left eye roll, right eye roll], ...]}

Source: Microsoft, "Get facial position with viseme", 3D blend shapes. Rolls are in radians.
"""

import msgspec
import numpy as np

from psi_ecs.components.face import FACE_ID

from .animation import Performance

COLUMNS = [*range(52), FACE_ID["headRoll"], FACE_ID["leftEyeRoll"], FACE_ID["rightEyeRoll"]]
FPS = 60.0


def write_azure(done: Performance) -> bytes:
    """A performance as one message of Azure's; frames between its own are linear."""
    at = np.arange(round((len(done.weights) - 1) * FPS / done.fps) + 1) * done.fps / FPS
    frame = np.arange(len(done.weights))
    rows = np.stack([np.interp(at, frame, done.weights[:, c]) for c in COLUMNS], axis=1)
    return msgspec.json.encode({"FrameIndex": 0, "BlendShapes": [[round(float(v), 4) for v in row] for row in rows]})
