"""From a scene to a host that plays it."""

from math import radians
from pathlib import Path

from psi_ecs.components.event import Cue
from psi_ecs.components.oscillator import Core
from psi_ecs.components.pattern import Patterns
from psi_ecs.components.scene import Scene, SceneCue
from psi_ecs.components.script import Script, ScriptCue, ScriptLine
from psi_ecs.components.text import EMOTIONS, MOODS, Emotion

from .dynamics import load_core
from .formats.pattern import load_pattern
from .host import CAMERA, Host

APART = 0.42
"""Metres between avatars that are given no place."""
TURNED = 20.0
"""Degrees that two avatars without a facing turn toward each other."""
OPEN = 0.15
"""Share of the way to the viewer by which partners look past each other."""

Vec3 = tuple[float, float, float]

def feeling(given: str | dict[str, float] | None) -> Emotion | None:
    """An emotion from a scene's name or table; None leaves it to the text."""
    if given is None:
        return None
    shares = {given: 1.0} if isinstance(given, str) else given
    names = {n: v for n, v in shares.items() if n in EMOTIONS}
    axes = [sum(MOODS[n][k] * v for n, v in names.items()) for k in range(3)]
    axes = [
        max(-1.0, min(1.0, shares.get(axis, value)))
        for axis, value in zip(("valence", "arousal", "dominance"), axes, strict=True)
    ]
    return Emotion(valence=axes[0], arousal=axes[1], dominance=axes[2], names=names)


def placed(scene: Scene) -> list[tuple[Vec3, float]]:
    """Place (metres) and facing (radians) of every avatar."""
    n = len(scene.avatar)
    out = []
    for i, avatar in enumerate(scene.avatar):
        place = avatar.place or ((i - (n - 1) / 2) * APART, 0.0, 0.0)
        toward = TURNED * (1 if place[0] < 0 else -1) if n > 1 and abs(place[0]) > 1e-6 else 0.0
        out.append((place, radians(toward if avatar.facing is None else avatar.facing)))
    return out


def opened(spot: Vec3, viewer: Vec3) -> Vec3:
    """Where to look to face somebody at `spot` and still be seen: as on a stage, turned a little toward the viewer."""
    x, y, z = (s + OPEN * (v - s) for s, v in zip(spot, viewer, strict=True))
    return (x, y, z)


def open_scene(
    scene: Scene, base: Path | None = None, seed: int | None = None, off: tuple[str, ...] = (), core: Core | None = None,
    memories: Path | None = None, began: float = 0.0, readonly: bool = False,
) -> Host:  # fmt: skip
    """A host that plays `scene` from its first tick, to be closed when it has been played.

    Args: seed and core replace the scene's own; off is as in `Host`; memories: folder in which everyone remembers who has no
    file in the scene; began: seconds since 1970 at the first tick; readonly: they recall, and keep nothing. AssetError if
    an asset is missing, MemoryFileError if a file of memories cannot be used."""
    core = load_core(scene.core, base) if core is None and scene.core else core
    host = Host(scene.seed if seed is None else seed, off, core)
    ids: dict[str, int] = {}
    spots = placed(scene)
    for avatar, (place, facing) in zip(scene.avatar, spots, strict=True):
        persona = avatar.persona or avatar.name
        ids[avatar.name] = host.avatar(persona, avatar.name, place, facing, base, avatar.concepts)
        file = (base or Path()) / avatar.memory if avatar.memory else None
        if file is None and memories is not None:
            file = memories / f"{host.personas[-1].name.lower()}.psimem"
        if file is not None:
            host.memory(ids[avatar.name], file, began, scene.title, readonly=readonly)
        if avatar.pattern:
            host.recall(ids[avatar.name], avatar.pattern, base=base)
    for name in {c.name for c in scene.cue if c.kind == "recall"}:
        host.app.world.resource(Patterns).known[name] = load_pattern(name, base)
    for name in sorted({c.name for c in scene.cue if c.kind in ("expression", "micro") and c.name.endswith(".toml")}):
        host.learn_expression(name, base=base)
    where = {name: spot[0] for name, spot in zip(ids, spots, strict=True)}
    viewer = CAMERA if len(ids) == 1 else (0.0, 0.0, 1.6)
    where = {name: opened(spot, viewer) for name, spot in where.items()}
    for name, entity in ids.items():
        others = [p for n, p in where.items() if n != name]
        host.look_at(entity, others[0] if len(others) == 1 else viewer, 0.75)
    script = Script(
        lines=[
            ScriptLine(
                avatar=ids[line.who], text=line.text, quote=line.quote, tags=(line.remember.lower(),) if line.remember else (),
                emotion=feeling(line.emotion), pause=line.pause, at=line.at,
            )
            for line in scene.line
        ],
        cues=[_cue(c, ids, where, viewer) for c in scene.cue],
        spots={ids[name]: spot for name, spot in where.items()} if len(ids) > 2 else {},
        tail=scene.tail,
    )
    host.app.add(script)
    return host


def _cue(cue: SceneCue, ids: dict[str, int], where: dict[str, Vec3], viewer: Vec3) -> ScriptCue:
    target = cue.target
    if cue.kind == "gaze" and target is None:
        target = viewer if cue.name == "camera" else where[cue.name]
    what = Cue(avatar=ids[cue.who], kind=cue.kind, name=cue.name, strength=cue.strength, seconds=cue.seconds, target=target)
    return ScriptCue(cue=what, at=cue.at or 0.0, line=None if cue.line is None else cue.line - 1)
