"""Reads a core asset: what oscillates in an avatar, what pulls what, and how feelings change it."""

from difflib import get_close_matches
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct
from msgspec import field as default
from numpy.typing import NDArray

from psi_ecs import AssetError
from psi_ecs.asset import package_folder
from psi_ecs.components.oscillator import BANDS, LOCKS, OUTSIDE, Core, Role
from psi_ecs.components.text import FEELINGS
from psi_ecs.systems.formats.toml import index

KNOBS = ("gain", "lag", "freq", "amp", "settle")
"""What a feeling may change: the first two of couplings, by who is pulled; the rest of roles."""


class OscillatorSpec(Struct, forbid_unknown_fields=True):
    """One role."""

    band: str
    freq: float
    spread: float = 0.0
    noise: float = 0.0
    amp: float = 1.0
    settle: float = 2.0
    phase: float | None = None


class CouplingSpec(Struct, forbid_unknown_fields=True):
    """Who pulls whom; n:m cycles of `by` and `pulled` go together."""

    pulled: str
    by: str
    gain: float
    lag: float = 0.0
    ratio: tuple[int, int] = (1, 1)


class LockSpec(Struct, forbid_unknown_fields=True):
    """A pair that is measured."""

    name: str
    pulled: str
    by: str
    ratio: tuple[int, int] = (1, 1)


class EmotionSpec(Struct, forbid_unknown_fields=True):
    """What a feeling does to knobs."""

    feel: str
    what: str
    of: list[str]
    by: float


class CoreSpec(Struct, forbid_unknown_fields=True):
    """The file."""

    oscillator: dict[str, OscillatorSpec]
    coupling: list[CouplingSpec]
    lock: list[LockSpec] = default(default_factory=list)
    emotion: list[EmotionSpec] = default(default_factory=list)
    window: float = 2.0
    name: str = ""


def role(name: str, where: str) -> Role:
    """The role of that name in small letters. AssetError with the nearest one if there is none."""
    return Role(index(name, [r.name.lower() for r in Role], where, "role"))


def load(name: str = "core", base: Path | None = None) -> Core:
    """A core asset by its name, or by the path of a TOML file (relative to `base`). AssetError if it cannot be used."""
    return _packaged(name) if not name.endswith(".toml") else build(read(find(name, base)), name)


@cache
def _packaged(name: str) -> Core:
    """Assets of the package are read once."""
    return build(read(find(name)), f"field/{name}.toml")


def find(name: str, base: Path | None = None) -> Path:
    """Where a core asset lies. AssetError with the nearest name if there is none."""
    folder = package_folder("assets") / "field"
    path = (base or Path()) / name if name.endswith(".toml") else folder / f"{name}.toml"
    if not path.is_file():
        known = sorted(p.stem for p in folder.glob("*.toml"))
        near = get_close_matches(path.stem, known, 1, 0.4)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
        raise AssetError(f"no core {name!r}; {hint} (or give the path of a TOML file)")
    return path


def read(path: Path) -> bytes:
    """Bytes of an asset. AssetError if they are not UTF-8 or cannot be read."""
    try:
        text = path.read_bytes()
        text.decode("utf-8")
    except UnicodeDecodeError as why:
        raise AssetError(f"{path}: not UTF-8 text (byte {why.start}); save it as UTF-8") from why
    except OSError as why:
        raise AssetError(f"{path}: {(why.strerror or str(why)).lower()}; check the path") from why
    return text


def build(text: bytes, where: str) -> Core:
    """Core from the text of an asset. AssetError that names the file, the entry and the remedy."""
    try:
        spec = msgspec.toml.decode(text, type=CoreSpec)
    except (msgspec.DecodeError, UnicodeDecodeError) as why:
        raise AssetError(f"{where}: {why}") from why
    _check(spec, where)
    found = {role(n, f"{where}: oscillator"): o for n, o in spec.oscillator.items()}
    missing = [r.name.lower() for r in Role if r not in found]
    if missing:
        raise AssetError(f"{where}: [oscillator] lacks {', '.join(missing)}; every avatar has one of each")
    rows = [found[r] for r in Role]
    pulled, by = (
        np.array([role(getattr(c, e), f"{where}: coupling {i}") for i, c in enumerate(spec.coupling, 1)], np.int64)
        for e in ("pulled", "by")
    )
    pairs = [(role(k.pulled, f"{where}: lock"), role(k.by, f"{where}: lock"), *k.ratio) for k in spec.lock]
    return Core(
        freq=np.array([o.freq for o in rows]), spread=np.array([o.spread for o in rows]),
        noise=np.array([o.noise for o in rows]),
        amp=np.array([o.amp for o in rows]), settle=np.array([o.settle for o in rows]),
        band=np.array([index(o.band, BANDS, where, "band") for o in rows], np.int32),
        pulled=pulled, by=by,
        gain=np.array([c.gain for c in spec.coupling], np.float64), lag=np.array([c.lag for c in spec.coupling], np.float64),
        n=np.array([c.ratio[0] for c in spec.coupling], np.int64), m=np.array([c.ratio[1] for c in spec.coupling], np.int64),
        lock=tuple(k.name for k in spec.lock), pairs=np.array(pairs, np.int64).reshape(-1, 4),
        phase=np.array([np.nan if o.phase is None else o.phase for o in rows]), window=spec.window,
        feel=_feel(spec, pulled, where),
    )  # fmt: skip


def _check(spec: CoreSpec, where: str) -> None:
    """What no number may be."""
    for name, o in spec.oscillator.items():
        for key, low, high in (("freq", 0.0, 12_000.0), ("spread", 0.0, 0.5), ("noise", 0.0, 10.0), ("amp", 0.0, 10.0),
                               ("settle", 0.0, 1000.0)):  # fmt: skip
            value = getattr(o, key)
            if not low <= value <= high:
                raise AssetError(f"{where}: oscillator.{name}: {key} is {value}; give a number from {low:g} to {high:g}")
        if o.phase is not None and not -1.0 <= o.phase <= 1.0:
            raise AssetError(f"{where}: oscillator.{name}: phase is {o.phase}; give cycles from 0 to 1, or leave it out")
    for i, c in enumerate(spec.coupling, 1):
        if not (abs(c.gain) <= 1e4 and abs(c.lag) <= 1.0):
            raise AssetError(f"{where}: coupling {i}: gain is {c.gain} and lag {c.lag}; give at most 10000 rad/s and 1 cycle")
        if c.pulled in [r.name.lower() for r in OUTSIDE]:
            raise AssetError(f"{where}: coupling {i}: {c.pulled} is set by the score and cannot be pulled; take the entry out")
    for kind, ratio in [("coupling", c.ratio) for c in spec.coupling] + [("lock", k.ratio) for k in spec.lock]:
        if not all(1 <= x <= 1000 for x in ratio):
            raise AssetError(f"{where}: {kind}: ratio is {list(ratio)}; give two whole numbers from 1 to 1000")
    if len(spec.lock) > LOCKS:
        raise AssetError(f"{where}: {len(spec.lock)} locks; there is room for {LOCKS}")
    if not 0.01 <= spec.window <= 60.0:
        raise AssetError(f"{where}: window is {spec.window}; give seconds from 0.01 to 60")


def _feel(spec: CoreSpec, pulled: NDArray[np.int64], where: str) -> NDArray[np.float64]:
    """`Core.feel`."""
    c, r = len(pulled), len(Role)
    gain, lag, freq, amp, settle = blocks = [np.zeros((n, len(FEELINGS))) for n in (c, c, r, r, r)]
    for i, e in enumerate(spec.emotion, 1):
        at = f"{where}: emotion {i}"
        column, knob = index(e.feel, FEELINGS, at, "feeling"), index(e.what, KNOBS, at, "knob")
        if not (np.isfinite(e.by) and (knob == 1 or e.by > 0.0)):
            raise AssetError(f"{at}: by is {e.by}; give a factor above 0, or cycles for a lag")
        for name in e.of:
            which = role(name, at)
            rows = pulled == which if knob < 2 else np.arange(r) == which
            if not rows.any():
                raise AssetError(f"{at}: nothing pulls {name}; name a role that a coupling pulls")
            blocks[knob][rows, column] += e.by if knob == 1 else np.log(e.by)
    return np.concatenate((gain, lag, freq, amp, settle))
