"""The grammar over whole scenes: how far every rule is broken at most, and for how much of the time, with it and without."""

import json
from pathlib import Path

from msgspec import Struct, to_builtins

from psi_ecs.asset import package_folder
from psi_ecs.components.grammar import Grammar
from psi_ecs.systems.formats.scene import load_scene
from psi_ecs.systems.host import Host
from psi_ecs.systems.play import open_scene

EXACT = 1e-6
"""What a hard rule may be off by: weights are float32."""


class Breach(Struct):
    """How a rule was broken over all scenes."""

    hard: bool
    unit: str
    worst: float = 0.0
    ticks: int = 0
    """Of avatars, where it was broken by more than `EXACT`."""


def watch(host: Host, found: dict[str, Breach], seconds: float) -> int:
    """Play a scene to its end, or for so long, and note what is broken; returns the ticks of its avatars."""
    seen = 0
    while not host.idle and host.time < seconds:
        host.step()
        for avatar in host.avatars:
            seen += 1
            for name, amount in host.broken(avatar).items():
                found[name].worst = max(found[name].worst, amount)
                found[name].ticks += amount > EXACT
    return seen


def judge(scenes: list[Path], off: tuple[str, ...], seconds: float = 600.0) -> tuple[dict[str, Breach], int]:
    """Every rule over some scenes, and the ticks of all their avatars."""
    found, seen = dict[str, Breach](), 0
    for path in scenes:
        host = open_scene(load_scene(path), path.parent, off=off)
        rules = host.app.world.resource(Grammar)
        for name, unit, hard in zip(rules.name, rules.unit, rules.hard.tolist(), strict=True):
            found.setdefault(name, Breach(hard, unit))
        seen += watch(host, found, seconds)
    return found, seen


def table(on: dict[str, Breach], off: dict[str, Breach], ticks: int) -> str:
    """For people: worst violation, and share of the time, with and without the grammar."""
    lines = [f"{'':<34}{'':<6}{'held: worst':>16}{'time':>8}{'free: worst':>16}{'time':>8}"]
    for name, rule in on.items():
        cells = "".join(f"{r.worst:>12.4g} {r.unit:<3.3}{100.0 * r.ticks / max(ticks, 1):>7.2f}%" for r in (rule, off[name]))
        lines.append(f"{name:<34}{'hard' if rule.hard else 'soft':<6}{cells}")
    kept = [sum(rule.hard and rule.worst > EXACT for rule in found.values()) for found in (on, off)]
    return "\n".join([*lines, f"hard rules broken: {kept[0]} with the grammar, {kept[1]} without"])


def run(out: Path | None, seconds: float = 600.0) -> dict[str, dict[str, Breach]]:
    """Play the scenes that come along, with the grammar and without; print a table, write JSON to `out`."""
    scenes = sorted(package_folder("scenes").glob("*.toml"))
    (on, ticks), (off, _) = (judge(scenes, parts, seconds) for parts in ((), ("grammar",)))
    print(table(on, off, ticks))
    if out is not None:
        out.write_text(json.dumps(to_builtins({"held": on, "free": off}), indent=1), encoding="utf-8")
    return {"held": on, "free": off}
