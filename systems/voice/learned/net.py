"""The score network: once a phone, how long it lasts and where its attractors lie.

Embedded phones pass three convolutions and a gated recurrent network in both directions (Cho et al. 2014); a phone's duration,
then KNOTS frames at equal places within it, are read off by small feed-forward nets. It is trained by `psi voice train`; here
it is run, in single precision.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .context import Context

F32 = NDArray[np.float32]

KNOTS = 8
"""Frames of a phone."""
PLACES = (np.arange(KNOTS) + 0.5) / KNOTS
"""Where they lie in it, as a share of its length."""
LEAK = 0.1
"""Slope below zero of the units that frames are read off by."""


class ScoreNet:
    """A trained network."""

    def __init__(self, weights: dict[str, NDArray[Any]]) -> None:
        """`weights` by the names of their layers, as `psi voice train` exports them."""
        self._w = {name: np.ascontiguousarray(w, np.float32) for name, w in weights.items()}

    def _linear(self, name: str, x: F32) -> F32:
        return np.asarray(x @ self._w[f"{name}.weight"].T + self._w[f"{name}.bias"], np.float32)

    def encode(self, context: Context) -> F32:
        """f32[P, H]: each phone in its context."""
        w = self._w
        x = np.concatenate((w["phone.weight"][context.phone], w["stress.weight"][context.stress], context.features), axis=1)
        x = np.maximum(self._linear("enter", x), 0.0)
        for i in range(3):
            x = _normal(x + np.maximum(_convolve(x, w[f"conv.{i}.weight"], w[f"conv.{i}.bias"]), 0.0),
                        w[f"norm.{i}.weight"], w[f"norm.{i}.bias"])  # fmt: skip
        ahead = _gated(x, *(w[f"gru.{part}_l0"] for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")))
        behind = _gated(x[::-1], *(w[f"gru.{part}_l0_reverse"] for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")))
        return np.concatenate((ahead, behind[::-1]), axis=1)

    def durations(self, hidden: F32) -> F32:
        """Normalised log duration f32[P]."""
        return self._linear("duration.2", np.maximum(self._linear("duration.0", hidden), 0.0))[:, 0]

    def frames(self, hidden: F32, duration: F32) -> F32:
        """Normalised frames f32[P, KNOTS, D], given normalised log durations f32[P]."""
        x = _leaky(self._linear("frames.enter", np.concatenate((hidden, duration[:, None]), axis=1)))
        x = x + _leaky(self._linear("frames.deep", x))
        return np.asarray(self._linear("frames.leave", x).reshape(len(hidden), KNOTS, -1), np.float32)


def _leaky(x: F32) -> F32:
    return np.asarray(np.maximum(x, LEAK * x), np.float32)


def _normal(x: F32, gain: F32, bias: F32) -> F32:
    """Layer normalisation (Ba, Kiros & Hinton 2016)."""
    x = x - x.mean(axis=1, keepdims=True)
    return np.asarray(x / np.sqrt((x * x).mean(axis=1, keepdims=True) + 1e-5) * gain + bias, np.float32)


def _convolve(x: F32, weight: F32, bias: F32) -> F32:
    """Convolution over time, as wide as the input; weight f32[out, in, width]."""
    width = weight.shape[2]
    padded = np.pad(x, ((width // 2, width // 2), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, width, axis=0)  # [P, in, width]
    return np.asarray(windows.reshape(len(x), -1) @ weight.reshape(len(weight), -1).T + bias, np.float32)


def _gated(x: F32, into: F32, within: F32, bias_into: F32, bias_within: F32) -> F32:
    """Gated recurrent units (reset, update, new), f32[P, H]."""
    given = x @ into.T + bias_into
    size = within.shape[1]
    h, out, turned = np.zeros(size, np.float32), np.empty((len(x), size), np.float32), np.ascontiguousarray(within.T)
    for t in range(len(x)):
        held = h @ turned + bias_within
        gates = 1.0 / (1.0 + np.exp(-(given[t, : 2 * size] + held[: 2 * size])))
        new = np.tanh(given[t, 2 * size :] + gates[:size] * held[2 * size :])
        h = new + gates[size:] * (h - new)
        out[t] = h
    return out
