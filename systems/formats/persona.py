"""Persona files: who speaks."""

import re
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from msgspec import to_builtins

from psi_ecs import AssetError, PsiError
from psi_ecs.asset import package_folder
from psi_ecs.components.avatar import MOVEMENTS, Persona
from psi_ecs.components.face import FACE_ID
from psi_ecs.components.text import EMOTIONS

from .concepts import concepts
from .expression import expressions
from .grammar import packaged, personal
from .pack import PERSONA, packed, read_packed
from .toml import line_of, parse_toml, read_text, toml_text, utf8

RANGES = {
    "voice.pitch": (50.0, 500.0),
    "voice.span": (0.0, 2.0),
    "voice.rate": (0.5, 2.0),
    "voice.tract": (0.7, 1.3),
    "voice.breathiness": (-1.0, 1.0),
    "voice.roughness": (0.0, 1.0),
    "voice.brightness": (-6.0, 6.0),
    "manner.blink": (0.0, 60.0),
    "manner.gesture": (0.0, 2.0),
    "manner.sway": (0.0, 2.0),
    "manner.articulation": (0.5, 1.5),
    "look.freckles": (0.0, 1.0),
    "look.stubble": (0.0, 1.0),
}


def personas() -> list[str]:
    """Names of the personas that the package carries."""
    return sorted(p.stem for p in (package_folder("assets") / "personas").glob("*.toml"))


def load_persona(name: str, base: Path | None = None) -> Persona:
    """A persona by the name of an asset, or by the path of a TOML file or of a pack (relative to `base`). AssetError if there
    is none. A voice that lies beside it is named by its whole path then."""
    if name.endswith((".toml", ".zip")):
        path = (base or Path()) / name
    else:
        if name not in personas():
            near = get_close_matches(name, personas(), 1, 0.4)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(personas())}"
            raise AssetError(f"no persona {name!r}; {hint} (or give the path of a TOML file)")
        path = package_folder("assets") / "personas" / f"{name}.toml"
    if path.suffix == ".zip":
        path /= PERSONA
    text = utf8(read_packed(path), str(path)) if packed(path) else read_text(path)
    persona = parse_toml(text, Persona, str(path))
    check(persona, lambda key, message: AssetError(f"{path}:{line_of(text, key) or 1}: {key} {message}"))
    beside = path.with_name(persona.voice.asset)
    if persona.voice.asset.endswith(".voice") and (packed(beside) or beside.is_file()):
        persona.voice.asset = str(beside)
    return persona


def persona_text(persona: Persona) -> str:
    """The file of a persona; what is as usual is left out."""
    usual: dict[str, Any] = to_builtins(Persona(name=""))
    tables = {name: value for name, value in to_builtins(persona).items() if name in ("name", "head") or value != usual[name]}
    tables.setdefault("voice", {})["asset"] = persona.voice.asset
    for name in ("voice", "manner", "look"):
        if name in tables:
            tables[name] = {k: v for k, v in tables[name].items() if k == "asset" or v != usual[name][k]}
    return toml_text(tables)


def check(persona: Persona, wrong: Callable[[str, str], PsiError]) -> None:
    """Raise wrong(key, message) if something of a persona cannot be."""
    for key, (low, high) in RANGES.items():
        group, field = key.split(".")
        value = getattr(getattr(persona, group), field)
        if not low <= value <= high:
            raise wrong(key, f"is {value:g}; it must lie in {low:g} to {high:g}")
    if not persona.name.strip() or not persona.name.isprintable() or len(persona.name) > 60:
        raise wrong("name", "must be 1 to 60 letters")
    _check_assets(persona, wrong)
    for name, share in persona.manner.expression.items():
        _known(name, list(FACE_ID), "manner.expression", "channel", wrong)
        if not -1.0 <= share <= 1.0:
            raise wrong(f"manner.expression.{name}", f"is {share:g}; it must lie in 0 to 1")
    _check_habits(persona, wrong)
    for name, share in persona.mood.items():
        _known(name, ["valence", "arousal", "dominance", *EMOTIONS], "mood", "feeling", wrong)
        if not -1.0 <= share <= 1.0:
            raise wrong(f"mood.{name}", f"is {share:g}; it must lie in -1 to 1")
    for name, limit in persona.grammar.items():
        try:
            personal(packaged(), {name: limit}, "grammar")
        except AssetError as why:
            raise wrong(f"grammar.{name}", f"cannot be: {str(why).removeprefix('grammar: ')}") from why
    for name, colour in ((f, getattr(persona.look, f)) for f in persona.look.__struct_fields__):
        if isinstance(colour, str) and not re.fullmatch("#[0-9a-fA-F]{6}", colour):
            raise wrong(f"look.{name}", f'is {colour!r}; write a colour as "#rrggbb"')


SENTENCES = ("question", "exclamation", "statement")


def _check_habits(persona: Persona, wrong: Callable[[str, str], PsiError]) -> None:
    for i, habit in enumerate(persona.habit):
        _known(habit.on, [*SENTENCES, *concepts().names], f"habit[{i}]", "kind of sentence or concept", wrong, "on")
        _known(habit.show, [*MOVEMENTS, *expressions()], f"habit[{i}]", "expression or movement", wrong, "show")
        for key, low, high in (("strength", 0.0, 1.0), ("seconds", 0.05, 60.0), ("chance", 0.0, 1.0)):
            if not low <= getattr(habit, key) <= high:
                raise wrong(f"habit[{i}].{key}", f"is {getattr(habit, key):g}; it must lie in {low:g} to {high:g}")
        if habit.at not in ("start", "end"):
            raise wrong(f"habit[{i}].at", f"is {habit.at!r}; write start or end")


def _check_assets(persona: Persona, wrong: Callable[[str, str], PsiError]) -> None:
    """Head and voice exist; a head given by its path is looked at when it is loaded."""
    assets = package_folder("assets")
    heads = sorted(p.stem for p in (assets / "heads").glob("*.glb"))
    if not persona.head.endswith(".glb") and persona.head not in heads:
        near = get_close_matches(persona.head, heads, 1, 0.4)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(heads)}"
        raise wrong("head", f"is {persona.head!r}, and there is no such head; {hint} (or give the path of a GLB file)")


def _known(
    name: str, names: list[str], table: str, what: str, wrong: Callable[[str, str], PsiError], key: str | None = None
) -> None:
    if name not in names:
        near = get_close_matches(name, names, 1, 0.4)
        hint = f"did you mean {near[0]!r}?" if near else f"use {', '.join(names[:10])}"
        raise wrong(f"{table}.{key or name}", f"is {name!r}, no known {what}; {hint}" if key else f"is no known {what}; {hint}")
