"""Voices that were learned from nobody."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.components.phone import PHONE_ID, PHONES
from psi_ecs.systems.kernels import framecode
from psi_ecs.systems.voice.learned import LearnedVoice
from psi_ecs.systems.voice.learned.context import FEATURES, Context
from psi_ecs.systems.voice.learned.model import Document, Model
from psi_ecs.systems.voice.learned.net import KNOTS

COLUMNS = framecode.COLUMNS
WIDE, HIDDEN = 12, 6


def document(seed: int = 0) -> Document:
    """A voice with a network of random weights."""
    rng = np.random.default_rng(seed)
    mean, spread = np.zeros(COLUMNS, np.float32), np.full(COLUMNS, 0.3, np.float32)
    mean[framecode.PITCH], mean[framecode.VOICE], mean[framecode.ENVELOPE.start] = 92.0, 0.7, -8.0

    def normal(*shape: int) -> np.ndarray:
        return rng.normal(0.0, 0.3, shape).astype(np.float16)

    weights = {"phone.weight": normal(len(PHONES), 5), "stress.weight": normal(3, 2)}
    weights |= {"enter.weight": normal(WIDE, 7 + FEATURES), "enter.bias": normal(WIDE)}
    for i in range(3):
        weights |= {f"conv.{i}.weight": normal(WIDE, WIDE, 5), f"conv.{i}.bias": normal(WIDE)}
        weights |= {f"norm.{i}.weight": normal(WIDE), f"norm.{i}.bias": normal(WIDE)}
    for way in ("", "_reverse"):
        weights |= {f"gru.weight_ih_l0{way}": normal(3 * HIDDEN, WIDE), f"gru.weight_hh_l0{way}": normal(3 * HIDDEN, HIDDEN)}
        weights |= {f"gru.bias_ih_l0{way}": normal(3 * HIDDEN), f"gru.bias_hh_l0{way}": normal(3 * HIDDEN)}
    for name, wide, deep in (
        ("duration.0", 2 * HIDDEN, 8), ("duration.2", 8, 2), ("frames.enter", 2 * HIDDEN + 1, 8), ("frames.deep", 8, 8),
        ("frames.leave", 8, KNOTS * COLUMNS),
    ):  # fmt: skip
        weights |= {f"{name}.weight": normal(deep, wide), f"{name}.bias": normal(deep)}
    centre, gain = np.zeros((2, COLUMNS), np.float32), np.ones((2, COLUMNS), np.float32)
    return Document(
        name="toy", licence="CC0", weights=weights, mean=mean, spread=spread, duration=(-2.5, 0.4), pitch=92.0, centre=centre,
        gain=gain, level=np.zeros(len(PHONES), np.float32), ceiling=np.full(len(PHONES), 9.0, np.float32),
    )  # fmt: skip


@pytest.fixture(scope="session")
def toy() -> Callable[..., Document]:
    """Makes documents; the seed is that of the weights."""
    return document


class Steady(Model):
    """Every phone is the same voiced sound of 80 ms, bright about 400 and 2100 Hz, within which the pitch falls by 3 semitones;
    pauses are silent."""

    def __init__(self) -> None:
        self.name, self.pitch = "steady", 92.0

    def hidden(self, context: Context) -> NDArray[np.float32]:
        return (context.phone[:, None] != PHONE_ID["SIL"]).astype(np.float32)

    def seconds(self, hidden: NDArray[np.float32]) -> NDArray[np.float64]:
        return np.full(len(hidden), 0.08)

    def frames(
        self, phone: NDArray[np.int64], hidden: NDArray[np.float32], seconds: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        out = np.zeros((len(hidden), KNOTS, COLUMNS))
        out[..., framecode.PITCH] = 92.0 + np.linspace(1.5, -1.5, KNOTS)
        out[..., framecode.VOICE] = hidden
        out[..., framecode.ENVELOPE] = (-7.0, 1.6, 0.4, 0.5, 0.8, *np.zeros(framecode.ORDER - 5))
        out[..., framecode.ENVELOPE.start] -= 12.0 * (1.0 - hidden)
        out[..., framecode.TURN.start] = 1.0
        return out


@pytest.fixture(scope="session")
def steady() -> LearnedVoice:
    """A voice with a model that is `Steady`."""
    return LearnedVoice(model=Steady())
