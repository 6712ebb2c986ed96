"""A small world of faces whose articulators are played by hand."""

from collections.abc import Callable

import numpy as np
import pytest
from msgspec import Struct
from numpy.typing import NDArray

from psi_ecs import App, Clock, Query, Res, Write, system
from psi_ecs.components.avatar import Attention, Avatar, Cast, Feeling, Manner, Persona, Place
from psi_ecs.components.event import Cue
from psi_ecs.components.face import BLENDSHAPES, FACE_ID, Articulation, Face, Rig
from psi_ecs.components.oscillator import Oscillator, Part, Role
from psi_ecs.components.phone import PHONE_ID
from psi_ecs.systems.face import face
from psi_ecs.systems.kernels.face_mouth import gaps

GAP = {
    "jawOpen": (33.7, 25.5, 25.5), "mouthClose": (-34.0, -25.5, -25.5), "mouthFunnel": (11.8, 1.7, 1.4),
    "mouthPucker": (-3.1, -1.6, -1.6), "mouthSmileLeft": (-1.4, -0.5, -0.9), "mouthSmileRight": (-1.4, -0.9, -0.5),
    "mouthRollLower": (-1.9, -1.0, -1.0), "mouthRollUpper": (-1.2, -0.5, -0.5), "mouthShrugLower": (-5.2, -2.9, -2.9),
    "mouthShrugUpper": (3.5, 2.4, 2.4), "mouthPressLeft": (-1.1, -0.7, 0.4), "mouthPressRight": (-1.1, 0.4, -0.7),
    "mouthLowerDownLeft": (2.0, 4.7, -0.2), "mouthLowerDownRight": (2.0, -0.2, 4.7), "mouthUpperUpLeft": (2.5, 5.1, 0.0),
    "mouthUpperUpRight": (2.5, 0.0, 5.1), "mouthLeft": (-1.4, -1.8, -0.7), "mouthRight": (-1.4, -0.7, -1.8),
}  # fmt: skip
"""Lip-gap columns of a head like the CC0 one, mm at weight 1: middle, left, right."""
TOOTH = {"mouthRollLower": (0.0, 1.9, -4.1), "jawOpen": (0.0, -32.9, -16.7), "mouthShrugLower": (0.0, 5.2, 1.0),
         "mouthClose": (0.0, 26.5, 14.8)}  # fmt: skip
FREQ = {Role.GLOTTIS: 200.0, Role.SYLLABLE: 4.5, Role.JAW: 4.5, Role.BREATH: 0.25, Role.BLINK: 0.28, Role.GAZE_YAW: 1.3,
        Role.GAZE_PITCH: 0.4, Role.SWAY_YAW: 0.11, Role.SWAY_PITCH: 0.17, Role.SWAY_ROLL: 0.13, Role.BROW: 0.21,
        Role.MOUTH: 0.16, Role.PHRASE: 0.3, Role.NUCLEUS: 4.5,
        Role.TREMOR: 4.7, Role.QUAVER: 7.1, Role.FLUTTER: 12.7, Role.FOLD: 220.0, Role.ACCENT: 2.0, Role.BEAT: 2.0,
        Role.CHEEK: 0.5, Role.QUIVER: 8.3}  # fmt: skip


class Play(Struct):
    """Resource: what the articulators do at a time in seconds, (values[8], phone), and whether somebody speaks."""

    act: Callable[[float], tuple[NDArray[np.float64], str]] | None = None


@system("simulate")
def perform(
    osc: Query[Write[Oscillator]], art: Query[Write[Articulation], Write[Avatar]], play: Res[Play], clock: Res[Clock]
) -> None:
    """Advance the oscillators and play the articulators."""
    for (o,) in osc:
        o.theta = (o.theta + o.freq * clock.value.dt) % 1.0
    act = play.value.act
    for a, avatar in art:
        if act is not None:
            values, phone = act(clock.value.time)
            a.now, a.phone, avatar.turn = values, PHONE_ID[phone], 0


class Stage:
    """Faces, what they showed at every tick, and their rig."""

    def __init__(
        self, n: int = 1, seed: int = 1, manner: Manner | None = None, feeling: dict[int, float] | None = None
    ) -> None:
        """`n` avatars in a row; `feeling` is index -> value of `Feeling`."""
        self.play = Play()
        cast = Cast(personas=[Persona(name="anna", manner=manner or Manner())])
        self.app = App(seed=seed).add(cast, self.play, perform, face)
        now = np.zeros((n, 10), np.float32)
        for index, value in (feeling or {}).items():
            now[:, index] = value
        self.lip_gap, tooth = rows(GAP, 0.15), rows(TOOTH, 0.0)
        tooth[:, 0] = 0.0, -1.6, 6.0
        rig = Rig(lip_gap=self.lip_gap, tooth_gap=tooth, eye_gain=(0.3, 0.3, 0.4, 0.4))
        place = Place(position=np.arange(n)[:, None] * np.array([1.0, 0.0, 0.0]))
        look = Attention(target=(0.0, 0.0, 1.5), strength=1.0)
        self.tooth = tooth
        self.ids = self.app.world.spawn(n, Avatar(), Feeling(now=now), look, place, Articulation(), rig, Face())
        phase = np.random.default_rng(5)
        for role, freq in FREQ.items():
            self.app.world.spawn(n, Oscillator(theta=phase.random(n), freq=freq), Part(avatar=self.ids, role=int(role)))

    def run(self, seconds: float, avatar: int = 0) -> NDArray[np.float32]:
        """The weights f32[T, 61] of one face over some time."""
        track = []
        for _ in range(round(seconds * 60)):
            self.app.step()
            track.append(self.app.world.get(int(self.ids[avatar]), Face).weights[0].copy())
        return np.array(track)

    def cue(self, kind: str, **more: object) -> None:
        """Direct the first face."""
        self.app.send(Cue(avatar=int(self.ids[0]), kind=kind, **more))  # type: ignore[arg-type]

    def lips(self, track: NDArray[np.float32]) -> NDArray[np.float64]:
        """Inner-lip gap f64[T, 3] in mm."""
        return gaps(track[:, :52].astype(np.float64), np.repeat(self.lip_gap[None].astype(np.float64), len(track), axis=0))


def rows(columns: dict[str, tuple[float, float, float]], rest: float) -> NDArray[np.float32]:
    """Three affine rows f32[3, 53]."""
    out = np.zeros((3, 53), np.float32)
    out[:, 0] = rest
    for name, values in columns.items():
        out[:, 1 + BLENDSHAPES.index(name)] = values
    return out


@pytest.fixture
def stage() -> type[Stage]:
    """The class that sets up faces."""
    return Stage


@pytest.fixture
def channel() -> dict[str, int]:
    """Channel name -> index."""
    return FACE_ID
