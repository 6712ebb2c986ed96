"""The field: one row an oscillator, psi = amp * exp(2 pi i theta), the couplings between them, and what is measured of it."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from msgspec import Struct
from msgspec import field as default
from numpy.typing import NDArray

from psi_ecs import Col, component, f32, f64, field, i16, u64


class Role(IntEnum):
    """What an oscillator does in its avatar. One of each belongs to every avatar."""

    GLOTTIS, SYLLABLE, JAW, BREATH, BLINK, GAZE_YAW, GAZE_PITCH, SWAY_YAW, SWAY_PITCH, SWAY_ROLL = range(10)
    BROW, MOUTH, PHRASE, NUCLEUS, TREMOR, QUAVER, FLUTTER = range(10, 17)
    FOLD, ACCENT, BEAT, CHEEK, QUIVER = range(17, 22)


BANDS = ("voice", "speech", "body", "eyes", "face")
"""Groups of roles whose order parameter is measured."""
OUTSIDE = (Role.GLOTTIS, Role.NUCLEUS, Role.ACCENT)
"""Clocks that the score sets, tick by tick: the pitch, the syllable nuclei, and the stressed ones among them."""
DRAWN = (Role.BLINK, Role.GAZE_YAW, Role.GAZE_PITCH)
"""Clocks whose every cycle lasts as long as the face draws for it: what they are next is not told by what they were."""


@component
class Oscillator:
    """A phase oscillator with an amplitude: d theta/dt = freq + (1/2 pi) sum_j K_ij sin 2 pi (n theta_j - m theta_i - lag_ij)
    (Kuramoto-Sakaguchi), and d amp/dt = settle (1 - (amp / goal)^2) amp (Stuart-Landau)."""

    theta: Col[f64] = field(unit="cycle", low=0.0, high=1.0, doc="phase, wrapped once a tick")
    freq: Col[f64] = field(unit="Hz", low=0.0, high=12_000.0, doc="intrinsic frequency")
    amp: Col[f32] = field(unit="1", low=0.0, default=1.0, doc="amplitude")
    goal: Col[f32] = field(unit="1", low=0.0, default=1.0, doc="amplitude that it settles to, before feelings")
    settle: Col[f32] = field(unit="1/s", low=0.0, default=2.0, doc="how fast it settles, before feelings")
    pump: Col[f32] = field(unit="1", low=-1.0, default=0, doc="gain from what concepts stir: settles at goal * sqrt(1 + pump)")


@component
class Part:
    """Which avatar an oscillator belongs to, and as what."""

    avatar: Col[u64] = field(doc="entity id of the avatar")
    role: Col[i16] = field(doc="a `Role`")


@component
class Lock:
    """Running means of e^(2 pi i (n theta_by - m theta_pulled)) of an avatar's measured pairs."""

    held: Col[f64] = field(shape=(8, 2), doc="real and imaginary part of each of `Core.lock`, the rest 0")


LOCKS = 8
"""Pairs that one avatar's field may measure."""


@dataclass(frozen=True)
class Core:
    """Resource, read from an asset and not saved: an avatar's field before feelings. R roles, C couplings, P measured pairs."""

    freq: NDArray[Any]
    """f64[R], Hz."""
    spread: NDArray[Any]
    """f64[R]: avatars differ in frequency by up to this share."""
    noise: NDArray[Any]
    """f64[R], cycles a root second: phases diffuse, and couplings hold them."""
    amp: NDArray[Any]
    """f64[R]."""
    settle: NDArray[Any]
    """f64[R], 1/s."""
    phase: NDArray[Any]
    """f64[R], cycles at birth; NaN where it is drawn."""
    band: NDArray[Any]
    """i32[R], index into BANDS."""
    pulled: NDArray[Any]
    """i64[C], role."""
    by: NDArray[Any]
    """i64[C], role."""
    gain: NDArray[Any]
    """f64[C], rad/s."""
    lag: NDArray[Any]
    """f64[C], cycles."""
    n: NDArray[Any]
    """i64[C], cycles of `by` that go with m cycles of `pulled`; m likewise."""
    m: NDArray[Any]
    lock: tuple[str, ...]
    """Names of the measured pairs."""
    pairs: NDArray[Any]
    """i64[P, 4]: pulled, by, n, m."""
    window: float
    """Seconds of the running means."""
    feel: NDArray[Any]
    """f64[2 C + 3 R, 10]: what one unit of each feeling adds to ln gain and lag of couplings, and to ln freq, ln amp and
    ln settle of roles; feelings as in `components.avatar.Feeling`."""


class Tuning(Struct):
    """Resource: couplings changed while it runs; (avatar, pulled, by) to (gain, lag), None as the asset says."""

    changed: dict[str, tuple[float | None, float | None]]
    """Keyed "avatar/pulled/by"."""
    added: dict[str, tuple[float, float, int, int]] = default(default_factory=dict)
    """Couplings that the asset has not, keyed likewise: gain in rad/s, lag in cycles, n and m."""


class Plastic(Struct, kw_only=True):
    """Sparse component of an avatar whose couplings change with what turns together. E pairs."""

    pairs: NDArray[Any]
    """i64[4, E]: pulled, by, n, m."""
    kappa: NDArray[Any]
    """f64[E, 2]: real and imaginary part of K e^(2 pi i lag), rad/s."""
    rate: NDArray[Any]
    """f64[E], rad/s^2: how fast a coupling forms between two that stay together."""
    most: float
    """rad/s of the strongest coupling that can form."""
