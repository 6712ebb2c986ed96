"""How hair is combed: a smooth sheet of strands, each a curve from its root to its tip.

A cut is a function of s, which runs once round the head, and t from root (0) to tip (1). All hair of a head follows this one
field, so neighbours never cross; what makes single strands differ is added by `hair`.
"""

from collections.abc import Callable

import numpy as np

from .parts import F
from .scalp import CENTRE, Skull, between, hairline, toward

Style = dict[str, float | str]
ROWS = 18
"""Points along a strand."""


def number(style: Style, key: str, default: float) -> float:
    """A number of a recipe's [hair] table."""
    return float(style.get(key, default))


def bob(skull: Skull, style: Style, s: F) -> F:
    """Side-parted hair that falls past the jaw and turns in: strands f64[n, ROWS, 3] for s f64[n] in 0 to 1.

    `style`: part (x of the parting, metres), end (height of the tips), front (angle of the foremost strands from the
    front, degrees), volume (metres off the skull).
    """
    front = np.radians(number(style, "front", 54.0))
    azimuth = front + s * (2 * np.pi - 2 * front)  # from the head's left, round the back, to its right
    away = np.abs((azimuth + np.pi) % (2 * np.pi) - np.pi)
    back = np.clip((away - front) / (np.radians(135) - front), 0, 1)
    root = _parting(skull, number(style, "part", 0.020), back)
    low = np.interp(away, np.radians([60, 90, 180]), np.radians([2.0, 4.0, 6.0]))
    goal = toward(azimuth, low)
    crown = np.linspace(0, 1, 11)
    over = between(root[:, None], goal[:, None], np.broadcast_to(crown, (len(s), 11)))
    edge = np.interp(away, [front, front + 0.55], [0.22, 1.0])[:, None]
    volume = number(style, "volume", 0.011)
    lift = volume * np.interp(crown, [0, 0.12, 0.35, 0.7, 1], [0.22, 0.55, 0.95, 1.0, 1.05])[None] * edge
    on_head = CENTRE + over * (skull(over) + lift + 0.0015)[..., None]
    return _resampled(np.concatenate([on_head, _falling(on_head[:, -1], away, style)], 1))


def _parting(skull: Skull, x: float, back: F) -> F:
    """Unit directions of roots along the parting, from the forehead (0) to behind the crown (1)."""
    at = np.array([0.0, 0.30, 0.62, 1.0])
    elevation = np.radians([26.0, 50.0, 75.0, 100.0])
    e = np.interp(back, at, elevation)
    d = np.stack([np.full(len(e), x / 0.098) * np.interp(back, [0, 0.5, 1], [1.0, 1.0, 0.4]), np.sin(e), np.cos(e)], -1)
    return np.asarray(d / np.linalg.norm(d, axis=-1, keepdims=True))


def _falling(top: F, away: F, style: Style) -> F:
    """Below the widest point strands hang, swing out a little and turn in at the tips."""
    end = number(style, "end", -0.128) + 0.012 * np.cos(away)  # a little longer in front
    drop = np.linspace(0, 1, 10)[1:]
    y = top[:, 1, None] + (end - top[:, 1])[:, None] * drop
    out = top[:, [0, 2]] - CENTRE[[0, 2]]
    length = np.linalg.norm(out, axis=1, keepdims=True)
    way = out / length
    swing = number(style, "flare", 0.004) * np.sin(np.pi * np.clip(drop * 1.15, 0, 1))
    flare = swing - 0.067 * np.clip(drop - 0.62, 0, 1) ** 1.5
    hug = -0.010 * np.clip(np.cos(away + np.pi), 0, 1)[:, None] * drop  # the back follows the nape
    radius = length + flare + hug
    xz = CENTRE[[0, 2]] + way[:, None] * radius[..., None]
    forward = 0.010 * np.exp(-(((away - 1.05) / 0.35) ** 2))[:, None] * np.sin(np.pi * np.clip(drop, 0, 1))
    return np.stack([xz[..., 0], y, xz[..., 1] + forward], -1)


def crop(skull: Skull, style: Style, s: F) -> F:
    """Short hair, longer on top: strands from the crown to just past the hairline, f64[n, ROWS, 3].

    `style`: top (metres off the skull on top), side (beside and behind), raise (hairline, radians), sweep (radians that
    the front turns aside).
    """
    azimuth = 2 * np.pi * s - np.pi
    whorl = toward(np.array(np.radians(168.0)), np.array(np.radians(66.0)))
    t = np.linspace(0.0, 1.0, 40)
    ahead = np.clip(np.cos(azimuth), 0, 1) ** 0.7
    bent = azimuth[:, None] + number(style, "sweep", 0.35) * (ahead[:, None] * (t - 1.0)[None] ** 2 * np.sin(np.pi * t)[None])
    end = hairline(bent, number(style, "raise", 0.0)) - 0.015
    over = between(np.broadcast_to(whorl, (len(s), 40, 3)), toward(bent, end), np.broadcast_to(t, (len(s), 40)))
    over /= np.linalg.norm(over, axis=-1, keepdims=True)
    top, side = number(style, "top", 0.013), number(style, "side", 0.0035)
    high = np.clip((over[..., 1] - 0.28) / 0.42, 0, 1)
    body = side + (top - side) * high * high * (3 - 2 * high)
    forehead = 0.30 * ahead[:, None] * np.clip(np.sin(np.pi * np.clip(t * 1.02, 0, 1)), 0, 1)[None] ** 2 * top
    edge = np.interp(t, [0, 0.62, 0.86, 0.95, 1], [1.0, 1.0, 0.62, 0.16, 0.0])[None]
    p = CENTRE + over * (skull(over) + (body + forehead) * edge + 0.0006)[..., None]
    return _resampled(p)


def _resampled(p: F) -> F:
    """Curves through control points f64[n, k, 3], smoothed and evenly spaced: f64[n, ROWS, 3]."""
    for _ in range(2):
        p[:, 1:-1] = 0.25 * p[:, :-2] + 0.5 * p[:, 1:-1] + 0.25 * p[:, 2:]
    step = np.linalg.norm(np.diff(p, axis=1), axis=2)
    length = np.concatenate([np.zeros((len(p), 1)), np.cumsum(step, 1)], 1)
    out = np.empty((len(p), ROWS, 3))
    for i in range(len(p)):
        at = np.linspace(0, length[i, -1], ROWS)
        for k in range(3):
            out[i, :, k] = np.interp(at, length[i], p[i, :, k])
    return out


CUTS: dict[str, Callable[[Skull, Style, F], F]] = {"bob": bob, "short": crop}
"""Cuts by the name that a recipe gives."""
