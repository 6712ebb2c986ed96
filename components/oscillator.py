"""The field: one row an oscillator, psi = amp * exp(2 pi i theta), and the couplings between them."""

from enum import IntEnum

from psi_ecs import Col, component, f32, f64, field, i16, u64


class Role(IntEnum):
    """What an oscillator does in its avatar. One of each belongs to every avatar."""

    GLOTTIS, SYLLABLE, JAW, BREATH, BLINK, GAZE_YAW, GAZE_PITCH, SWAY_YAW, SWAY_PITCH, SWAY_ROLL, BROW, MOUTH, PHRASE = range(
        13
    )


@component
class Oscillator:
    """A phase oscillator: d theta/dt = freq + (1/2 pi) sum_j K_ij sin 2 pi (theta_j - theta_i - alpha_ij) + drive
    (Kuramoto-Sakaguchi)."""

    theta: Col[f64] = field(unit="cycle", low=0.0, high=1.0, doc="phase, wrapped once a tick")
    freq: Col[f64] = field(unit="Hz", low=0.0, high=12_000.0, doc="intrinsic frequency")
    amp: Col[f32] = field(unit="1", low=0.0, default=1.0, doc="amplitude")


@component
class Part:
    """Which avatar an oscillator belongs to, and as what."""

    avatar: Col[u64] = field(doc="entity id of the avatar")
    role: Col[i16] = field(doc="a `Role`")
