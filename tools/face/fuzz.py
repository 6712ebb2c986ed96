"""Hostile heads: files changed at random are read, and whatever happens must be a head or one clear line.

    python -m psi_ecs.tools.face.fuzz -n 10000 [HEAD.glb ...]

Bits are flipped, files cut short, numbers of the document made huge, negative or none at all, keys deleted, trees made circles,
floats made NaN. Prints how many were read and refused, the slowest file, the most memory, and each failure with its number,
which makes the same file again.
"""

import contextlib
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import numpy as np

from psi_ecs import PsiError
from psi_ecs.asset import package_folder
from psi_ecs.systems.formats.animation import read_animation
from psi_ecs.systems.formats.glb import read_any
from psi_ecs.systems.formats.gltf import pack, unpack
from psi_ecs.tools.commands.options import watch

ODD: tuple[Any, ...] = (
    -1, 0, 1, 2, 7, 255, 65536, 10**6, 10**9, 2**31, 2**63, 10**40, -(10**9), 0.5, 1e-30, 1e30, 1e308, float("nan"),
    float("inf"), -float("inf"), None, True, "", "x", [], {}, [0], [[]], "jawOpen", "data:,", [1e38] * 16,
)  # fmt: skip
"""What stands in the place of something that a reader may trust."""


@dataclass
class Tally:
    """What came of it."""

    outcome: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    slowest: float = 0.0
    which: int = -1
    memory: float = 0.0
    """Most resident memory, MB; 0 where it cannot be told."""


def foreign(data: bytes) -> bytes:
    """One of our heads as a stranger's: without what we measured."""
    document, binary = unpack(data, "head")
    document["asset"].pop("extras", None)
    return pack(document, binary)


def expressions(data: bytes) -> bytes:
    """One of our heads as a VRM that has expressions only."""
    document, binary = unpack(foreign(data), "head")
    binds: dict[str, list[dict[str, Any]]] = {"aa": [], "blink": [], "happy": []}
    meaning = {"jawOpen": "aa", "eyeBlinkLeft": "blink", "eyeBlinkRight": "blink", "mouthSmileLeft": "happy"}
    for k, node in enumerate(document["nodes"]):
        names = document["meshes"][node["mesh"]]["extras"].get("targetNames", []) if "mesh" in node else []
        for i, name in enumerate(names):
            if name in meaning:
                binds.setdefault(meaning[name], []).append({"node": k, "index": i, "weight": 1.0})
    for mesh in document["meshes"]:
        mesh["extras"].pop("targetNames", None)
    preset = {name: {"morphTargetBinds": found} for name, found in binds.items()}
    document["extensions"] = {"VRMC_vrm": {"specVersion": "1.0", "expressions": {"preset": preset}}}
    return pack(document, binary)


def bases() -> list[bytes]:
    """What is changed when no files are given: a head of ours, the same as a stranger's, and as a VRM with expressions only."""
    data = (package_folder("assets") / "heads" / "theo.glb").read_bytes()
    return [data, foreign(data), foreign(data), expressions(data)]


def mutated(data: bytes, rng: np.random.Generator) -> bytes:
    """A file changed in one of many ways."""
    change = WAYS[rng.integers(len(WAYS))]
    return change(data, rng)


def flipped(data: bytes, rng: np.random.Generator) -> bytes:
    """Bits flipped anywhere, or in the header and the document."""
    out = bytearray(data)
    end = len(out) if rng.random() < 0.5 else min(len(out), 20 + struct.unpack_from("<I", data, 12)[0])
    for place in rng.integers(0, end, rng.integers(1, 30)):
        out[place] ^= 1 << int(rng.integers(8))
    return bytes(out)


def cut(data: bytes, rng: np.random.Generator) -> bytes:
    """Cut short, with and without an honest length in the header."""
    size = int(rng.integers(0, len(data)))
    out = bytearray(data[:size])
    if size >= 12 and rng.random() < 0.7:
        struct.pack_into("<I", out, 8, size)
    return bytes(out)


def odd_document(data: bytes, rng: np.random.Generator) -> bytes:
    """Values of the document replaced, deleted or exchanged."""
    document, binary = unpack(data, "head")
    for _ in range(int(rng.integers(1, 4))):
        place: Any = document
        for _ in range(12):
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = keys[rng.integers(len(keys))]
            if isinstance(place[key], dict | list) and place[key] and rng.random() < 0.93:
                place = place[key]
                continue
            if rng.random() < 0.2:
                del place[key]
            else:
                place[key] = ODD[rng.integers(len(ODD))]
            break
    return pack(document, binary)


def odd_reference(data: bytes, rng: np.random.Generator) -> bytes:
    """Counts, offsets and references made strange: where a reader might be made to reserve the world."""
    document, binary = unpack(data, "head")
    kind = ("accessors", "bufferViews", "nodes", "meshes")[rng.integers(4)]
    found = document[kind][rng.integers(len(document[kind]))]
    names = {
        "accessors": ("count", "byteOffset", "componentType", "type", "sparse", "bufferView", "normalized"),
        "bufferViews": ("byteOffset", "byteLength", "byteStride", "buffer"),
        "nodes": ("children", "mesh", "matrix", "rotation", "scale", "translation", "skin"),
        "meshes": ("primitives", "extras", "weights"),
    }[kind]
    name = names[rng.integers(len(names))]
    values: tuple[Any, ...] = (*ODD, list(range(len(document["nodes"]))), {"count": 10**9, "indices": {}, "values": {}})
    found[name] = values[rng.integers(len(values))]
    if kind == "accessors" and rng.random() < 0.5:  # many large accessors without a byte behind them
        for one in document["accessors"]:
            one.pop("bufferView", None)
            one["count"] = int(rng.integers(1, 4_000_000))
    return pack(document, binary)


def odd_numbers(data: bytes, rng: np.random.Generator) -> bytes:
    """Floats of the buffer made NaN, infinite, huge or tiny."""
    document, binary = unpack(data, "head")
    out = bytearray(binary)
    for place in rng.integers(0, max(len(out) // 4, 1), rng.integers(1, 200)):
        struct.pack_into("<f", out, 4 * int(place), (np.nan, np.inf, -np.inf, 3e38, -1e20, 1e-40, 0.0)[rng.integers(7)])
    return pack(document, bytes(out))


def scaled(data: bytes, rng: np.random.Generator) -> bytes:
    """Nodes squeezed, mirrored, blown up and hung from each other."""
    document, binary = unpack(data, "head")
    nodes = document["nodes"]
    for _ in range(int(rng.integers(1, 6))):
        node = nodes[rng.integers(len(nodes))]
        way = rng.integers(4)
        if way == 0:
            node["scale"] = (10.0 ** rng.uniform(-9, 9, 3) * rng.choice([-1.0, 1.0], 3)).tolist()
        elif way == 1:
            node["rotation"] = rng.normal(size=4).tolist()
        elif way == 2:
            node["matrix"] = (rng.normal(size=16) * 10.0 ** rng.uniform(-3, 3)).tolist()
        else:
            node["children"] = rng.integers(0, len(nodes), 2).tolist()
    return pack(document, binary)


def deep(data: bytes, rng: np.random.Generator) -> bytes:
    """A document nested deeper than any reader should follow."""
    times = int(rng.integers(100, 200_000))
    text = b'{"asset":' + b"[" * times + b"]" * (times if rng.random() < 0.5 else 0) + b"}"
    text += b" " * (-len(text) % 4)
    return struct.pack("<4sII", b"glTF", 2, 20 + len(text)) + struct.pack("<II", len(text), 0x4E4F534A) + text


WAYS: tuple[Callable[[bytes, np.random.Generator], bytes], ...] = (
    flipped, flipped, cut, odd_document, odd_document, odd_document, odd_reference, odd_reference, odd_numbers, scaled, deep,
)  # fmt: skip
"""Ways to change a file, the fruitful ones more than once."""


def fuzz(files: list[bytes], count: int, seed: int = 0, first: int = 0) -> Tally:
    """Read `count` changed files; number n of a seed is always the same file."""
    tally = Tally()
    for n in watch("reading", range(first, first + count)):
        rng = np.random.Generator(np.random.PCG64([seed, n]))
        try:
            data = mutated(files[n % len(files)], rng)
        except (ValueError, struct.error, OverflowError, RecursionError):  # what cannot even be written
            tally.outcome["could not be made"] += 1
            continue
        begun = time.process_time()
        tally.outcome[read(data, n, tally)] += 1
        spent = time.process_time() - begun
        if spent > tally.slowest:
            tally.slowest, tally.which = spent, n
    tally.memory = resident()
    return tally


def read(data: bytes, n: int, tally: Tally) -> str:
    """What becomes of one file."""
    try:
        head, _ = read_any(data, "head")
    except PsiError as why:
        if "\n" in str(why) or len(str(why)) > 400:
            tally.failures.append(f"{n}: not one line: {why!r}"[:300])
        return "refused"
    except Exception as why:  # whatever it is, it is what is looked for
        tally.failures.append(f"{n}: {type(why).__name__}: {why}"[:300])
        return "failed"
    whole = all(np.isfinite(m.position).all() and all(np.isfinite(d).all() for d in m.delta.values()) for m in head.meshes)
    if not whole or not all(np.isfinite(r).all() for r in head.rig.values()):
        tally.failures.append(f"{n}: a head with numbers that are not finite")
    with contextlib.suppress(PsiError):
        read_animation(data, "head")
    return "read"


def resident() -> float:
    """Most memory that this process has held, MB; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0.0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e6 if sys.platform == "darwin" else 1e3)


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("-n", "count", default=1000, show_default=True, help="How many files.")
@click.option("--seed", default=0, show_default=True)
@click.option("--first", default=0, help="Number of the first file: to make one again, with -n 1.")
def main(files: tuple[Path, ...], count: int, seed: int, first: int) -> None:
    """Read heads that were changed at random."""
    tally = fuzz([f.read_bytes() for f in files] or bases(), count, seed, first)
    click.echo(", ".join(f"{k}: {v}" for k, v in sorted(tally.outcome.items())))
    click.echo(f"slowest {tally.slowest:.2f} s (number {tally.which}); most memory {tally.memory:.0f} MB")
    for failure in tally.failures:
        click.echo(failure)
    raise SystemExit(bool(tally.failures))


if __name__ == "__main__":
    main()
