"""VRM files (VRM Consortium, 0.x and 1.0): GLB with a humanoid skeleton, expressions, and a way of looking.

What matters for a face: which bones are eyes and head, which morph targets an expression binds, which way the model faces.
"""

from typing import Any

from .spelling import channel

Binds = dict[tuple[int, int], list[tuple[str, float]]]
"""(mesh, target) -> channels that it takes part in, each with its weight."""


def version(document: dict[str, Any]) -> int | None:
    """0 or 1 of a VRM file, None of another."""
    extensions = document.get("extensions", {})
    return 1 if "VRMC_vrm" in extensions else 0 if "VRM" in extensions else None


def humanoid(document: dict[str, Any]) -> dict[str, int]:
    """Node of each humanoid bone that the file names."""
    kind, extensions = version(document), document.get("extensions", {})
    if kind == 1:
        bones = extensions["VRMC_vrm"].get("humanoid", {}).get("humanBones", {})
        return {str(name): int(bone["node"]) for name, bone in bones.items()}
    if kind == 0:
        listed = extensions["VRM"].get("humanoid", {}).get("humanBones", [])
        return {str(bone["bone"]): int(bone["node"]) for bone in listed}
    return {}


def expressions(document: dict[str, Any]) -> Binds:
    """The morph targets that expressions with a name we know bind."""
    kind = version(document)
    out: Binds = {}
    for name, mesh, target, weight in {None: _none, 0: _groups, 1: _presets}[kind](document):
        if (meant := channel(name)) is not None:
            out.setdefault((mesh, target), []).append((meant, weight))
    return out


def _none(_: dict[str, Any]) -> list[tuple[str, int, int, float]]:
    return []


def _groups(document: dict[str, Any]) -> list[tuple[str, int, int, float]]:
    """VRM 0: blend shape groups bind meshes, weights in percent."""
    found = []
    for group in document["extensions"]["VRM"].get("blendShapeMaster", {}).get("blendShapeGroups", []):
        preset = str(group.get("presetName", "unknown"))
        name = str(group.get("name", "")) if preset in ("unknown", "", "None") else preset
        for bind in group.get("binds", None) or []:
            found.append((name, int(bind["mesh"]), int(bind["index"]), float(bind.get("weight", 100.0)) / 100.0))
    return found


def _presets(document: dict[str, Any]) -> list[tuple[str, int, int, float]]:
    """VRM 1: expressions bind nodes, weights from 0 to 1."""
    found = []
    given = document["extensions"]["VRMC_vrm"].get("expressions", {})
    for group in (given.get("preset", None) or {}, given.get("custom", None) or {}):
        for name, expression in group.items():
            for bind in expression.get("morphTargetBinds", None) or []:
                mesh = document["nodes"][int(bind["node"])].get("mesh", -1)
                found.append((str(name), int(mesh), int(bind["index"]), float(bind.get("weight", 1.0))))
    return found
