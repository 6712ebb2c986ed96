"""Reads assets/field/regimes.toml, and gives words the prosody that a regime asks for."""

from difflib import get_close_matches
from functools import cache
from importlib.resources import files

import msgspec
from msgspec.structs import replace

from psi_ecs import AssetError
from psi_ecs.components.oscillator import Role
from psi_ecs.components.regime import Regime
from psi_ecs.components.score import ARTICULATORS, SOURCE
from psi_ecs.components.text import FEELINGS, Prosody

STRONGEST = 1.5
LONGEST = 10.0
"""Seconds of one sound at most."""
_KNOBS = ("gain", "lag", "freq", "amp", "settle")
_ROLES = tuple(r.name.lower() for r in Role)
_CHANNELS = (*(c.name for c in SOURCE), "f1", "f2", "f3", "f4", "f5", "dull", *(c.name for c in ARTICULATORS))
_BOUNDS = (
    ("rate", 0.25, 4.0), ("pitch", -24.0, 24.0), ("span", 0.0, 3.0), ("volume", -60.0, 20.0), ("voicing", 0.0, 1.0),
    ("breath", 0.0, 1.0), ("rd", -2.0, 2.0), ("f1", 0.5, 2.0), ("dull", 0.0, 30.0), ("jaw", 0.1, 3.0),
    ("lips", 0.1, 3.0), ("pace", 0.3, 2.0),
    ("tremolo", 0.0, 24.0), ("crack", 0.0, 1.0),
)  # fmt: skip
_SOUND_BOUNDS = (("seconds", 0.1, LONGEST), ("pulse", 0.0, 12.0), ("slow", 0.0, 0.8), ("open", 0.1, 0.9), ("shut", 0.0, 20.0))


@cache
def regimes() -> dict[str, Regime]:
    """The package's regimes by name."""
    return build((files("psi_ecs.assets") / "field" / "regimes.toml").read_bytes(), "field/regimes.toml")


def build(text: bytes, where: str) -> dict[str, Regime]:
    """Regimes from the text of an asset. AssetError names the file, the entry and the remedy."""
    try:
        found = msgspec.toml.decode(text, type=dict[str, Regime])
    except msgspec.DecodeError as why:
        raise AssetError(f"{where}: {why}") from why
    for name, regime in found.items():
        _check(regime, f"{where}: [{name}]")
    return {name: replace(regime, name=name) for name, regime in found.items()}


def _check(r: Regime, at: str) -> None:
    """What no number may be, and names that nothing answers to."""
    sound = r.sound
    pairs = [(r, _BOUNDS)] + ([(sound, _SOUND_BOUNDS)] if sound else [])
    for owner, bounds in pairs:
        for key, low, high in bounds:
            if not low <= getattr(owner, key) <= high:
                raise AssetError(f"{at}: {key} is {getattr(owner, key)}; give a number from {low:g} to {high:g}")
    for what, names, known in (
        ("feeling", list(r.feeling), FEELINGS),
        ("knob", [c.what for c in r.field], _KNOBS),
        ("role", [name for c in r.field for name in c.of], _ROLES),
        ("channel", list(sound.course) if sound else [], _CHANNELS),
    ):
        for name in names:
            if name not in known:
                near = get_close_matches(name, known, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
                raise AssetError(f"{at}: no {what} {name!r}; {hint}")
    for c in r.field:
        if not (abs(c.by) <= 1.0 if c.what == "lag" else 0.0 < c.by <= 1000.0):
            raise AssetError(f"{at}: by is {c.by}; give a factor above 0 up to 1000, or at most 1 cycle for a lag")
    if not r.words and sound is None:
        raise AssetError(f"{at}: has neither words nor [.sound]; give it one of them")


def prosody(regime: Regime) -> Prosody:
    """What a regime of that strength asks of the prosody of its words."""
    s = regime.strength
    return Prosody(rate=regime.rate**s, pitch=regime.pitch * s, span=regime.span**s, volume=regime.volume * s)


def over_words(name: str, strength: float = 1.0) -> Regime:
    """A regime as the manner of words."""
    return replace(regimes()[name], strength=max(0.0, min(strength, STRONGEST)))


def alone(name: str, strength: float = 1.0, seconds: float | None = None) -> Regime:
    """A regime as a sound of its own."""
    length = None if seconds is None else max(0.1, min(seconds, LONGEST))
    return replace(over_words(name, strength), alone=True, seconds=length)


def manners() -> frozenset[str]:
    """Names that words can be spoken in."""
    return frozenset(name for name, r in regimes().items() if r.words)


def sounds() -> frozenset[str]:
    """Names that are sounds of their own."""
    return frozenset(name for name, r in regimes().items() if r.sound is not None)
