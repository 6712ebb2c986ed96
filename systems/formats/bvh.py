"""Biovision hierarchy (BVH): turns of neck, head and eyes. There are no blendshapes in it."""

import numpy as np

from psi_ecs.components.face import Head

from .animation import TURNS, Performance
from .export import pivots
from .nodes import EYES

CM = 100.0
AXES = "Yrotation Xrotation Zrotation"
"""Yaw, pitch and minus roll (see `animation.quaternions`), degrees."""


def write_bvh(head: Head, done: Performance) -> str:
    """A performance as BVH, in centimetres and degrees: the neck stands, the head turns on it, the eyes turn in the head."""
    at = {name: CM * np.array(point) for name, point in pivots(head).items()}
    neck, eyes = at["head"], [at[name] - at["head"] for name in EYES]
    lines = ["HIERARCHY", "ROOT neck", "{", f"  OFFSET {_row(neck)}", f"  CHANNELS 6 Xposition Yposition Zposition {AXES}"]
    lines += ["  JOINT head", "  {", "    OFFSET 0 0 0", f"    CHANNELS 3 {AXES}"]
    for name, eye in zip(EYES, eyes, strict=True):
        lines += [f"    JOINT {name}", "    {", f"      OFFSET {_row(eye)}", f"      CHANNELS 3 {AXES}"]
        lines += ["      End Site", "      {", "        OFFSET 0 0 2", "      }", "    }"]
    lines += ["  }", "}", "MOTION", f"Frames: {len(done.weights)}", f"Frame Time: {1.0 / done.fps:.8f}"]
    turns = np.degrees(np.concatenate([done.weights[:, k : k + 3] * (1.0, 1.0, -1.0) for k in TURNS.values()], axis=1))
    still = f"{_row(neck)} 0 0 0 "
    lines += [still + " ".join(f"{v:.4f}" for v in row) for row in turns]
    return "\n".join(lines) + "\n"


def _row(v: np.ndarray) -> str:
    return " ".join(f"{x:.5f}" for x in v)
