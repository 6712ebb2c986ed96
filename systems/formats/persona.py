"""Persona files: who speaks."""

from difflib import get_close_matches
from pathlib import Path

from psi_ecs import AssetError
from psi_ecs.asset import package_folder
from psi_ecs.components.avatar import Persona
from psi_ecs.components.face import FACE_ID
from psi_ecs.components.text import EMOTIONS

from .toml import load_toml

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
}


def personas() -> list[str]:
    """Names of the personas that the package carries."""
    return sorted(p.stem for p in (package_folder("assets") / "personas").glob("*.toml"))


def load_persona(name: str, base: Path | None = None) -> Persona:
    """A persona by the name of an asset, or by the path of a TOML file (relative to `base`). AssetError if there is none."""
    if name.endswith(".toml"):
        path = (base or Path()) / name
    else:
        path = package_folder("assets") / "personas" / f"{name}.toml"
        if not path.is_file():
            near = get_close_matches(name, personas(), 1, 0.4)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(personas())}"
            raise AssetError(f"no persona {name!r}; {hint} (or give the path of a TOML file)")
    persona = load_toml(path, Persona)
    _check(persona, path)
    return persona


def _check(persona: Persona, path: Path) -> None:
    for key, (low, high) in RANGES.items():
        group, field = key.split(".")
        value = getattr(getattr(persona, group), field)
        if not low <= value <= high:
            raise AssetError(f"{path}: {key} is {value:g}; it must lie in {low:g} to {high:g}")
    for name in persona.manner.expression:
        if name not in FACE_ID:
            near = get_close_matches(name, FACE_ID, 1, 0.4)
            raise AssetError(
                f"{path}: manner.expression has no channel {name!r}" + (f"; did you mean {near[0]!r}?" if near else "")
            )
    for name in persona.mood:
        if name not in (*EMOTIONS, "valence", "arousal", "dominance"):
            raise AssetError(f"{path}: mood has no {name!r}; use valence, arousal, dominance, {', '.join(EMOTIONS)}")
    for name, colour in ((f, getattr(persona.look, f)) for f in persona.look.__struct_fields__):
        if len(colour) != 7 or colour[0] != "#" or any(c not in "0123456789abcdefABCDEF" for c in colour[1:]):
            raise AssetError(f"{path}: look.{name} is {colour!r}; write a colour as #rrggbb")
