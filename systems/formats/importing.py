"""Heads of any make become ours: upright, in metres, eyes on nodes, all shapes that can be had, and measured.

`psi face import` prints the `Report`; `read_head` does the same silently when a persona names such a file.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs import AssetError
from psi_ecs.components.face import BLENDSHAPES, Head, Mesh

from .calibrate import landmarks_of, measure
from .inside import eyes_apart, mouth_apart, own_coordinates
from .nodes import EYES
from .spelling import SIDES, style
from .surface import Surfaces
from .synthesise import complete
from .upright import Upright, ball, upright

F64 = NDArray[np.float64]
LOOKS = ("Up", "Down", "In", "Out")


@dataclass
class Report:
    """What was found in a file, what was made, and what was measured."""

    source: str
    found: Surfaces
    space: Upright
    made: dict[str, str]
    """Shapes that were lacking -> how they were made."""
    eyes: str
    """How the eyes turn."""
    notes: list[str] = field(default_factory=list)

    def lines(self, head: Head) -> list[str]:
        """For people, line by line."""
        out = [f"{self.source}: {len(head.meshes)} meshes"]
        for m in head.meshes:
            sizes = f"{len(m.position):6} vertices {len(m.triangle):6} triangles {len(m.delta):3} shapes"
            out.append(f"  {m.name[:24]:24} {m.material:8} {m.node:8} {sizes}")
        space = self.space
        out.append(f"space: {space.units}, {1000 * space.apart:.1f} mm between the pupils; {space.turned}")
        out += [f"  {note}" for note in self.notes]
        out += self._shapes(head)
        at = [" ".join(f"{1000 * v:.1f}" for v in head.pivot[node]) for node in EYES]
        out += [f"eyes: {self.eyes}; pivots at {at[0]} and {at[1]} mm", *calibration(head.rig)]
        return out

    def _shapes(self, head: Head) -> list[str]:
        have = {s for m in head.meshes for s in m.delta} | set(self.made)
        missing = [s for s in BLENDSHAPES if s not in have]
        given = [s for s in BLENDSHAPES if s in have and s not in self.made]
        out = [f"shapes: {len(given)} of {len(BLENDSHAPES)} in the file, {len(self.made)} made, {len(missing)} missing"]
        kinds: dict[str, list[str]] = {}
        for shape in given:
            kinds.setdefault(style(self.found.spelled.get(shape, shape), shape), []).append(shape)
        for kind, shapes in kinds.items():
            example = self.found.spelled.get(shapes[0], shapes[0])
            out.append(f"  {len(shapes):2} {kind}" + ("" if example == shapes[0] else f": {example} is {shapes[0]}"))
        out += [f"  {shape}: {how}" for shape, how in self.made.items()]
        if missing:
            out.append(f"  missing: {', '.join(missing)}")
        if self.found.unknown:
            rest = self.found.unknown
            out.append(f"  not used: {', '.join(rest[:12])}" + (f" and {len(rest) - 12} more" if len(rest) > 12 else ""))
        return out


def calibration(rig: dict[str, NDArray[Any]]) -> list[str]:
    """A rig's measures for people."""

    def row(**weights: float) -> F64:
        return np.array([1.0, *(weights.get(s, 0.0) for s in BLENDSHAPES)])

    gap, lid, width = rig["lip_gap"], rig["lid_gap"], rig["mouth_width"]
    rest, wide = float(gap[0] @ row()), float(gap[0] @ row(jawOpen=1.0))
    both = float(gap[0] @ row(jawOpen=1.0, mouthClose=1.0))
    ratio = seal(rig)
    shut = [lid[i] @ row(**{f"eyeBlink{side}": 1.0}) for i, side in enumerate(SIDES)]
    turn = "  ".join(f"{way} {np.degrees(a):.1f}" for way, a in zip(LOOKS, rig["eye_gain"], strict=True))
    bite = np.linalg.norm(rig["tooth_gap"] @ row())
    return [
        f"lips: {rest:.1f} mm apart at rest, {wide:.1f} at jawOpen; with mouthClose {both:.1f}"
        + (f", so {ratio:.2f} mouthClose seals 1 jawOpen" if ratio else ", and mouthClose does not seal them"),
        f"mouth: {float(width @ row()):.1f} mm wide, {float(width @ row(mouthSmileLeft=1.0, mouthSmileRight=1.0)):.1f} in a "
        f"smile, {float(width @ row(mouthPucker=1.0)):.1f} in a pucker; lower lip {bite:.1f} mm from the upper teeth",
        f"lids: {float(lid[0] @ row()):.1f} and {float(lid[1] @ row()):.1f} mm open, "
        f"{shut[0]:.1f} and {shut[1]:.1f} at eyeBlink",
        f"eye turn at eyeLook 1, degrees: {turn}",
    ]


def seal(rig: dict[str, NDArray[Any]]) -> float | None:
    """mouthClose that takes back what a jawOpen of 1 opens; None if it does not close the lips at all."""
    row = rig["lip_gap"][0]
    opened, closed = float(row[1 + BLENDSHAPES.index("jawOpen")]), float(row[1 + BLENDSHAPES.index("mouthClose")])
    return -opened / closed if closed < -0.5 else None


def import_head(found: Surfaces, name: str, scale: float | None = None) -> tuple[Head, Report]:
    """A head from the surfaces of a file, which are used up; `scale` is metres to a unit, if known. AssetError in one line."""
    if not found.meshes:
        raise AssetError("holds no mesh; export the head itself")
    if not found.targets:
        raise AssetError("has no morph targets; a face needs some with ARKit names (jawOpen, mouthClose, ...)")
    if not any(m.delta for m in found.meshes):
        seen = ", ".join(found.unknown[:5]) or "no names"
        raise AssetError(f"no morph target has an ARKit name (jawOpen, ...) or is a VRM expression; it has {seen}")
    space = upright(found, scale)
    found.meshes = _named_apart(eyes_apart(found.meshes))
    notes = [f"{space.cut} triangles below the shoulders left out"] if space.cut else []
    if space.swapped:
        notes.append("left and right were the viewer's; changed about")
    if found.shells:
        notes.append(f"left out, because only a texture gives them a look: {', '.join(found.shells)}")
    made = complete(found.meshes)
    pivot, gain, eyes = _eyes(found)
    for key in [s for s in BLENDSHAPES if "Look" in s and not any(s in m.delta for m in found.meshes)]:
        made[key] = "the eyes turn as nodes"
    landmarks = landmarks_of(found.meshes)
    landmarks |= {f"eye_{side.lower()}": pivot[f"{side.lower()}Eye"] for side in SIDES}
    pivot["head"] = landmarks["neck"]
    for mesh in found.meshes:
        if mesh.material == "cloth" and mesh.position[:, 1].max() < pivot["head"][1] + 0.03:
            mesh.node = "body"
    rig = measure(found.meshes, name)
    found.meshes = mouth_apart(found.meshes)
    own_coordinates(found.meshes)
    rig["eye_gain"] = gain.astype(np.float32)
    head = Head(name=name, meshes=found.meshes, pivot=pivot, rig=rig, landmarks=landmarks)
    return head, Report(name, found, space, made, eyes, notes)


def _named_apart(meshes: list[Mesh]) -> list[Mesh]:
    """Meshes with names of their own, so that nobody takes one for another."""
    seen: dict[str, int] = {}
    for mesh in meshes:
        seen[mesh.name] = seen.get(mesh.name, 0) + 1
        if seen[mesh.name] > 1:
            mesh.name = f"{mesh.name}.{seen[mesh.name]}"
    return meshes


def _eyes(found: Surfaces) -> tuple[dict[str, tuple[float, float, float]], F64, str]:
    """Put the eyeballs on their nodes: (pivots, turn at eyeLook Up Down In Out in radians f64[4], how, for people)."""
    gains, pivot = [], dict[str, tuple[float, float, float]]()
    for k, side in enumerate(SIDES):
        node, sign = EYES[k], 1.0 - 2.0 * k
        balls = [m for m in found.meshes if m.node == node or (m.material == "eye" and m.node == "head" and _on(m, sign))]
        for m in balls:
            m.node = node
        points = np.concatenate([m.position for m in balls]) if balls else np.zeros((0, 3), np.float32)
        where = found.eyes.get(node)
        at = where if where is not None else ball(points)[0] if len(points) >= 4 else _behind_lids(found.meshes, side)
        pivot[node] = (float(at[0]), float(at[1]), float(at[2]))
        gains += [gain for m in balls if (gain := _gain(m, side)) is not None]
        for m in balls:
            m.delta = {s: d for s, d in m.delta.items() if "Look" not in s}
    usual = np.radians([25.0, 30.0, 35.0, 35.0])
    measured = np.median(gains, axis=0) if gains else np.full(4, np.nan)
    gain = np.where(measured > np.radians(2.0), measured, usual)
    turning = [m for m in found.meshes if m.node in EYES]
    if not turning:
        return pivot, usual, "no eyeballs of their own; only lids follow the gaze"
    how = "by their bones" if found.eyes else "about the middle of their balls"
    return pivot, gain, f"turn as nodes {how}" + (f"; {len(gains)} balls moved with eyeLook" if gains else "")


def _on(mesh: Mesh, sign: float) -> bool:
    return float(mesh.position[:, 0].mean()) * sign > 0


def _behind_lids(meshes: list[Mesh], side: str) -> F64:
    """An eye's middle 12 mm behind its lids, for a head without eyeballs."""
    w = [(m.position, np.linalg.norm(m.delta[f"eyeBlink{side}"], axis=1)) for m in meshes if f"eyeBlink{side}" in m.delta]
    if not w:
        raise AssetError(f"has neither an eyeball nor lids that eyeBlink{side} closes")
    return np.asarray(sum(k @ p for p, k in w) / sum(k.sum() for _, k in w) - np.array((0.0, 0.0, 0.012)), np.float64)


def _gain(mesh: Mesh, side: str) -> F64 | None:
    """How far a ball turns at eyeLook Up, Down, In and Out of 1, radians f64[4]; None if it does not.

    The turn nearest to what the shape does (Kabsch 1976, "A solution for the best rotation to relate two sets of vectors").
    """
    out = []
    for look in LOOKS:
        delta = mesh.delta.get(f"eyeLook{look}{side}")
        if delta is None:
            return None
        a, b = mesh.position.astype(np.float64), (mesh.position + delta).astype(np.float64)
        u, _, v = np.linalg.svd((a - a.mean(0)).T @ (b - b.mean(0)))
        turn = v.T @ np.diag([1.0, 1.0, np.sign(np.linalg.det(v.T @ u.T))]) @ u.T
        out.append(float(np.arccos(np.clip(0.5 * (np.trace(turn) - 1.0), -1.0, 1.0))))
    return np.array(out) if max(out) > np.radians(2.0) else None
