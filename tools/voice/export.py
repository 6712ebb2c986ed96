"""`psi voice export`: what a voice is, and a pack that carries it to another machine."""

import copy
import json
import tomllib
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np

from psi_ecs import PsiError
from psi_ecs.asset import package_folder
from psi_ecs.codec import unseal
from psi_ecs.components.avatar import Persona, VoiceStyle
from psi_ecs.components.phone import PHONES
from psi_ecs.components.score import RATE
from psi_ecs.systems.formats.pack import PERSONA, pack, packed, read_packed
from psi_ecs.systems.formats.persona import load_persona, persona_text
from psi_ecs.systems.formats.safe import write_file
from psi_ecs.systems.voice.library import library

LEARNED = b"psi-voice"
"""How the file of a learned voice begins."""
UNKNOWN = "unknown; ask who made it"
OWN = "MIT, as the program"
"""Licence of the tables that come along."""


def persona_of(name: str) -> Persona:
    """A persona, or one that wears the voice of a .voice file. PsiError in one line if there is none."""
    if not name.endswith(".voice"):
        return load_persona(name)
    return Persona(name=Path(name).stem, voice=VoiceStyle(asset=name))


def data_of(asset: str) -> bytes:
    """The bytes of a voice's asset. PsiError in one line if it is missing."""
    if packed(asset):
        return read_packed(Path(asset))
    folder = package_folder("assets") / "voices"
    near = [folder / f"{asset}{end}" for end in (".voice", ".toml")]
    path = next((p for p in (Path(asset), *near) if p.is_file()), None)
    if path is None:
        raise PsiError(f"no voice {asset!r}; name one that comes along, or the path of a .voice file")
    return path.read_bytes()


def about(persona: Persona) -> dict[str, Any]:
    """What there is to say of a persona's voice; sizes in bytes. PsiError in one line if it cannot be used."""
    data = data_of(persona.voice.asset)
    tracemalloc.start()
    try:
        voices = library()
        voice = voices[persona.voice.asset]
        memory = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    facts = {"persona": persona.name, "voice": voice.name}
    if data.startswith(LEARNED):
        document = unseal(data[: len(LEARNED) + 1], "a voice", data)
        facts |= {"kind": "learned from recordings", "licence": document.get("licence") or UNKNOWN}
        count = numbers(document.get("weights"))
    else:
        facts |= {"kind": "rules and tables", "licence": OWN}
        count = numbers(tomllib.loads(data.decode()))
    sizes = {"bytes": len(data), "parameters": count, "phones": len(PHONES) - 1, "memory": memory, "rate": RATE}
    return facts | sizes


def numbers(value: Any) -> int:
    """How many numbers nested tables, lists and arrays hold."""
    if isinstance(value, np.ndarray):
        return value.size
    if isinstance(value, dict | list):
        return sum(numbers(inner) for inner in (value.values() if isinstance(value, dict) else value))
    return int(isinstance(value, int | float))


def lines(facts: dict[str, Any]) -> list[str]:
    """The facts for people."""
    shown = facts | {key: f"{facts[key] / 1e6:.2f} MB" for key in ("bytes", "memory")}
    shown |= {"parameters": f"{facts['parameters']:,}".replace(",", " "), "rate": f"{facts['rate']} Hz"}
    titles = {"bytes": "size", "memory": "memory once loaded", "rate": "sampling rate"}
    return [f"{titles.get(key, key):20}{value}" for key, value in shown.items()]


def write(persona: Persona, facts: dict[str, Any], out: Path, more: dict[str, bytes] | None = None) -> list[str]:
    """Write the pack, with `more` files in it; returns remarks about what stays behind. PsiError in one line if it cannot be
    written."""
    if out.suffix != ".zip":
        raise PsiError(f"{out}: must end in .zip")
    persona, remarks = copy.deepcopy(persona), list[str]()
    files = dict(more or {})
    if (asset := Path(persona.voice.asset)).suffix == ".voice" or facts["kind"].startswith("learned"):
        persona.voice.asset = f"{asset.stem}.voice"
        files[persona.voice.asset] = data_of(str(asset))
    if persona.head.endswith(".glb"):
        remarks.append(f"{persona.head}: a head of one's own is not packed; the pack wears {Persona(name='').head!r}")
        persona.head = Persona(name="").head
    says = f"{facts['voice']}: {facts['kind']}. Licence: {facts['licence']}.\n"
    text = {PERSONA: persona_text(persona), "LICENCE.txt": says, "about.json": json.dumps(facts, indent=1) + "\n"}
    write_file(out, pack({name: body.encode() for name, body in text.items()} | files))
    return remarks
