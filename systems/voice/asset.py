"""The tables of a formant voice, an editable file: assets/voices/NAME.toml."""

from functools import cache
from importlib.resources import files

import msgspec
import numpy as np
from msgspec import Struct
from msgspec import field as default
from numpy.typing import NDArray

from psi_ecs import PsiError
from psi_ecs.components.phone import PHONES
from psi_ecs.components.score import Channel

F64 = NDArray[np.float64]

BANDS = 16
"""Noise bands."""
SILENT = -110.0
"""Level of a silent noise band, dB."""


class VoiceError(PsiError):
    """A voice asset is missing or wrong."""


class PhoneTable(Struct, kw_only=True, forbid_unknown_fields=True):
    """How one phone sounds."""

    ms: tuple[float, float]
    """Inherent and minimum duration (Klatt 1979); a stop's closure and release together."""
    formants: list[list[float]]
    """F1 to F4 in Hz: one row, or two for a vowel (its first and second target)."""
    pull: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Locus equation F2 = slope * F2 of the vowel + intercept, and how far F3 follows the vowel's; slope 0 uses `formants`."""
    release: float = 0.0
    """A stop's burst and aspiration, ms, before a stressed vowel."""
    fade: float = 260.0
    """Rate at which a stop's burst fades, 1/s."""
    level: float = 0.0
    """Voice source relative to a vowel, dB."""
    dull: float = 0.0
    """Loss toward high frequencies behind a closure or through the nose, dB above 2.4 kHz."""
    noise: list[float] = default(default_factory=list)
    """Frication, dB in each noise band."""
    burst: list[float] = default(default_factory=list)
    burst_front: list[float] = default(default_factory=list)
    """Burst before front vowels, where it differs; likewise `burst_back`."""
    burst_back: list[float] = default(default_factory=list)


class FormantTable(Struct, kw_only=True, forbid_unknown_fields=True):
    """A whole voice. See the file for units and sources."""

    name: str
    bands: list[float]
    open_bandwidths: list[float]
    shut_bandwidths: list[float]
    higher: list[tuple[float, float]]
    fifth: float
    timbre: list[tuple[float, float]]
    gain: float
    aspiration: float
    air: list[float]
    phone: dict[str, PhoneTable]


@cache
def load(name: str) -> FormantTable:
    """Read assets/voices/NAME.toml; `VoiceError` says what is wrong with it."""
    source = files("psi_ecs.assets") / "voices" / f"{name}.toml"
    if not source.is_file():
        raise VoiceError(f'no voice named {name!r}; put assets/voices/{name}.toml there or use voice.asset = "formant"')
    try:
        table = msgspec.toml.decode(source.read_bytes(), type=FormantTable)
    except msgspec.DecodeError as error:
        raise VoiceError(f"assets/voices/{name}.toml: {error}") from error
    if lacking := [p.name for p in PHONES if p.name not in table.phone and p.name != "SIL"]:
        raise VoiceError(f"assets/voices/{name}.toml: no table for {', '.join(lacking)}")
    if len(table.bands) != BANDS:
        raise VoiceError(f"assets/voices/{name}.toml: bands has {len(table.bands)} entries instead of {BANDS}")
    return table


TRACT: tuple[Channel, ...] = (
    Channel("f1", "tract", "Hz", 100.0, 1500.0, 500.0),
    Channel("f2", "tract", "Hz", 400.0, 4000.0, 1600.0),
    Channel("f3", "tract", "Hz", 1000.0, 5000.0, 2800.0),
    Channel("f4", "tract", "Hz", 2000.0, 6000.0, 4000.0),
    Channel("f5", "tract", "Hz", 3000.0, 7500.0, 4900.0),
    Channel("b1", "tract", "Hz", 30.0, 1000.0, 80.0),
    Channel("b2", "tract", "Hz", 40.0, 1000.0, 120.0),
    Channel("b3", "tract", "Hz", 60.0, 1500.0, 160.0),
    Channel("nasal_zero", "tract", "Hz, meets the nasal pole when the velum is shut", 150.0, 3000.0, 280.0),
    Channel("side_pole", "tract", "Hz, of the pole and zero of a side cavity (lateral, nasal)", 500.0, 6000.0, 2200.0),
    Channel("side_zero", "tract", "Hz, cancels the pole where they meet", 500.0, 6000.0, 2200.0),
    Channel("dull", "tract", "dB lost above 2.4 kHz", 0.0, 60.0, 0.0),
    *(
        Channel(f"n{i}", "tract", "dB re full scale per 120 Hz, level of a noise band", -130.0, 0.0, SILENT)
        for i in range(1, BANDS + 1)
    ),
)
"""The tract channels of a formant voice."""
NASAL_POLE = 280.0
"""Hz (Klatt 1980 has 270 for a man)."""
