"""A performance as USD text (OpenUSD, `.usda`, UsdSkel): the head with its blendshapes, and a SkelAnimation that plays them.

Written by hand, because the format is text and documented: openusd.org, "UsdSkel Schemas In-Depth".
"""

import re
from collections.abc import Iterator
from itertools import chain, count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.face import FACE_ID, SHAPES, TONGUE, Head, Mesh

from .animation import TURNS, Performance, quaternions
from .export import COLOURS, JOINTS, PARENT, eye_colours, pivots, shapes_of, turning

SMALL = 2e-5
"""Metres below which a vertex does not move: less than can be seen."""
PATHS = {"body": "body", "head": "body/head", "leftEye": "body/head/leftEye", "rightEye": "body/head/rightEye"}


def write_usda(head: Head, done: Performance) -> str:
    """A performance as USDA: one time sample a frame, metres, y up."""
    pivot = pivots(head)
    last = max(len(done.weights) - 1, 0)
    lines = [
        "#usda 1.0",
        "(",
        '    defaultPrim = "Face"',
        f"    startTimeCode = 0\n    endTimeCode = {last}",
        f"    timeCodesPerSecond = {done.fps:g}\n    framesPerSecond = {done.fps:g}",
        '    metersPerUnit = 1\n    upAxis = "Y"',
        ")",
        'def SkelRoot "Face"',
        "{",
        *_skeleton(pivot),
        *_animation(head, done, pivot),
    ]
    names: set[str] = set()
    for mesh in head.meshes:
        lines += _mesh(mesh, _unique(mesh.name, names), pivot)
    return "\n".join([*lines, "}"]) + "\n"


def _unique(name: str, names: set[str]) -> str:
    """A USD identifier that is not taken yet."""
    plain = re.sub(r"\W", "_", name, flags=re.ASCII) or "mesh"
    plain = f"_{plain}" if plain[0].isdigit() else plain
    free = next(n for n in chain([plain], (f"{plain}_{k}" for k in count(2))) if n not in names)
    names.add(free)
    return free


def _tuples(rows: NDArray[Any]) -> str:
    one = "(" + ", ".join(["%.7g"] * rows.shape[1]) + ")"
    return "[" + ", ".join([one] * len(rows)) % tuple(rows.ravel().tolist()) + "]"


def _list(values: NDArray[Any]) -> str:
    return "[" + ", ".join(["%.6g"] * len(values)) % tuple(values.tolist()) + "]"


def _tokens(names: list[str]) -> str:
    return "[" + ", ".join(f'"{n}"' for n in names) + "]"


def _offset(pivot: dict[str, Any], joint: str) -> NDArray[np.float64]:
    """Where a joint stands in its parent."""
    above = pivot[PARENT[joint]] if joint in PARENT else (0.0, 0.0, 0.0)
    return np.array(pivot[joint], np.float64) - above


def _matrix(at: Any) -> str:
    x, y, z = (f"{float(v):.9g}" for v in at)
    return f"((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), ({x}, {y}, {z}, 1))"


def _skeleton(pivot: dict[str, Any]) -> Iterator[str]:
    yield '    def Skeleton "Rig" (prepend apiSchemas = ["SkelBindingAPI"])\n    {'
    yield f"        uniform token[] joints = {_tokens([PATHS[j] for j in JOINTS])}"
    yield f"        uniform matrix4d[] bindTransforms = [{', '.join(_matrix(pivot[j]) for j in JOINTS)}]"
    yield f"        uniform matrix4d[] restTransforms = [{', '.join(_matrix(_offset(pivot, j)) for j in JOINTS)}]"
    yield "        rel skel:animationSource = </Face/Performance>\n    }"


def _animation(head: Head, done: Performance, pivot: dict[str, Any]) -> Iterator[str]:
    shapes = [s for s in SHAPES if any(s in m.delta for m in head.meshes)]
    weights = np.stack([done.tongue[:, TONGUE.index(s)] if s in TONGUE else done.weights[:, FACE_ID[s]] for s in shapes], 1)
    turn = [quaternions(done.weights[:, k : k + 3]) for k in TURNS.values()]
    yield '    def SkelAnimation "Performance"\n    {'
    yield f"        uniform token[] joints = {_tokens([PATHS[j] for j in JOINTS])}"
    yield f"        float3[] translations = {_tuples(np.stack([_offset(pivot, j) for j in JOINTS]))}"
    yield f"        half3[] scales = {_tuples(np.ones((len(JOINTS), 3)))}"
    yield "        quatf[] rotations.timeSamples = {"
    still = np.array([[1.0, 0.0, 0.0, 0.0]])
    for k in range(len(done.weights)):
        rows = np.concatenate([still, np.stack([np.roll(q[k], 1) for q in turn])])  # USD has w first
        yield f"            {k}: {_tuples(rows)},"
    yield "        }"
    yield f"        uniform token[] blendShapes = {_tokens(shapes)}"
    yield "        float[] blendShapeWeights.timeSamples = {"
    yield from (f"            {k}: {_list(row)}," for k, row in enumerate(weights))
    yield "        }\n    }"


def _mesh(mesh: Mesh, name: str, pivot: dict[str, Any]) -> Iterator[str]:
    shapes = shapes_of(mesh)
    yield f'    def Mesh "{name}" (prepend apiSchemas = ["SkelBindingAPI"])\n    {{'
    yield '        uniform token subdivisionScheme = "none"'
    yield f"        int[] faceVertexCounts = [{', '.join(['3'] * len(mesh.triangle))}]"
    yield f"        int[] faceVertexIndices = [{', '.join(map(str, mesh.triangle.reshape(-1).tolist()))}]"
    yield f"        point3f[] points = {_tuples(mesh.position)}"
    yield f'        normal3f[] normals = {_tuples(mesh.normal)} (interpolation = "vertex")'
    colours = eye_colours(mesh, pivot[mesh.node]) if mesh.material == "eye" else np.array([COLOURS[mesh.material]])
    kind = "vertex" if mesh.material == "eye" else "constant"
    yield f'        color3f[] primvars:displayColor = {_tuples(colours)} (interpolation = "{kind}")'
    yield "        rel skel:skeleton = </Face/Rig>"
    joints, weights = np.zeros((len(mesh.position), 2), int), np.zeros((len(mesh.position), 2))
    share = turning(mesh.position, pivot["head"][1]) if mesh.node == "head" else np.ones(len(mesh.position))
    joints[:, 1], weights[:, 0], weights[:, 1] = JOINTS.index(mesh.node), 1.0 - share, share
    more = '(elementSize = 2\n            interpolation = "vertex")'
    yield f"        int[] primvars:skel:jointIndices = [{', '.join(map(str, joints.reshape(-1).tolist()))}] {more}"
    yield f"        float[] primvars:skel:jointWeights = {_list(weights.reshape(-1))} {more}"
    if shapes:
        yield f"        uniform token[] skel:blendShapes = {_tokens(shapes)}"
        yield "        rel skel:blendShapeTargets = [" + ", ".join(f"</Face/{name}/{s}>" for s in shapes) + "]"
    for shape in shapes:
        delta = mesh.delta[shape]
        rows = np.flatnonzero(np.abs(delta).max(axis=1) > SMALL)
        yield f'        def BlendShape "{shape}"\n        {{'
        yield f"            uniform vector3f[] offsets = {_tuples(delta[rows])}"
        yield f"            uniform int[] pointIndices = [{', '.join(map(str, rows.tolist()))}]\n        }}"
    yield "    }"
