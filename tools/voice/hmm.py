"""Hidden Markov models of phones: mixtures of Gaussians, and the likeliest path through a chain of them.

Rabiner (1989), "A tutorial on hidden Markov models", in its Viterbi form: each frame belongs to one state. Each phone has
STATES states that follow each other, so it lasts STATES frames at least.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.phone import PHONES

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

STATES = 3
ALL = STATES * len(PHONES)
"""States of a model: state k of the phone with index p is STATES p + k."""
SCANT = 8
"""Frames below which a state has none of its own and keeps what it was."""
FLOOR = 0.1
"""Least variance, of that of all frames."""
SPLIT = 0.2
"""Standard deviations by which the halves of a Gaussian are set apart."""
ROUNDS = 4
"""Rounds of expectation and maximisation after each split."""


class Mixture(NamedTuple):
    """Gaussians of one state."""

    mean: F64
    """f64[G, D]"""
    var: F64
    """f64[G, D]"""
    weight: F64
    """f64[G], natural log; they sum to 1."""


class Model(NamedTuple):
    """All states."""

    mixture: list[Mixture]
    stay: F64
    """f64[ALL], natural log of the chance to remain in a state for another frame."""
    move: F64
    """f64[ALL], of the chance to leave it."""


class Chain(NamedTuple):
    """States that a recording goes through, with choices: pronunciations of a word, and pauses or none between words."""

    state: I64
    """i64[S] of the model."""
    before: I64
    """i64[S, K], places that may come before each, itself first; S where there are fewer than K."""
    first: I64
    last: I64
    """Places where a recording may begin and end."""


class Way(NamedTuple):
    """Where a recording is in its chain."""

    place: I64
    """i64[T]"""
    score: F64
    """f64[T], log likelihood of each frame in its state."""


def likelihood(model: Model, x: F32, states: I64) -> F64:
    """Log likelihood f64[T, S] of frames f32[T, D] in each of `states` i64[S]."""
    which, back = np.unique(states, return_inverse=True)
    mixtures = [model.mixture[i] for i in which]
    mean, var = np.concatenate([m.mean for m in mixtures]), np.concatenate([m.var for m in mixtures])
    weight = np.concatenate([m.weight for m in mixtures])
    each = _gaussians(x, Mixture(mean, var, weight))
    count = np.array([len(m.weight) for m in mixtures])
    begin = np.cumsum(count) - count
    top = np.maximum.reduceat(each, begin, axis=1)
    rest = np.add.reduceat(np.exp(each - np.repeat(top, count, axis=1)), begin, axis=1)
    return np.asarray((top + np.log(rest))[:, back], np.float64)


def _gaussians(x: NDArray[np.floating], m: Mixture) -> F64:
    """Log of weight times density f64[T, G] of each Gaussian at frames [T, D]."""
    constant = m.weight - 0.5 * (np.log(2.0 * np.pi * m.var) + m.mean**2 / m.var).sum(axis=1)
    return np.asarray((x * x) @ (-0.5 / m.var).T + x @ (m.mean / m.var).T + constant, np.float64)


def force(model: Model, x: F32, chain: Chain) -> Way | None:
    """The likeliest way of frames f32[T, D] through a chain; None if it has more states in a row than there are frames."""
    found = likelihood(model, x, chain.state)
    count, rows = len(chain.state), np.arange(len(chain.state))
    score, back = np.full(count + 1, -np.inf), np.zeros(found.shape, np.int8)
    score[chain.first] = found[0, chain.first]
    step = np.append(model.move[chain.state], 0.0)[chain.before]
    step[:, 0] = model.stay[chain.state]
    for t in range(1, len(x)):
        reached = score[chain.before] + step
        back[t] = reached.argmax(axis=1)
        score[:-1] = reached[rows, back[t]] + found[t]
    at = int(chain.last[np.argmax(score[chain.last])])
    if not np.isfinite(score[at]):
        return None
    place = np.empty(len(x), np.int64)
    for t in range(len(x) - 1, -1, -1):
        place[t] = at
        at = int(chain.before[at, back[t, at]])
    return Way(place, found[np.arange(len(x)), place])


def freely(model: Model, x: F32) -> F64:
    """Log likelihood f64[T] of each frame on the likeliest way through any phones in any order."""
    found = likelihood(model, x, np.arange(ALL))
    enter = -np.log(len(PHONES))
    score, back, entered = np.full(ALL, -np.inf), np.zeros(found.shape, bool), np.zeros(len(x), np.int64)
    score[::STATES] = found[0, ::STATES] + enter
    for t in range(1, len(x)):
        stay, left = score + model.stay, score + model.move
        out = int(np.argmax(left[STATES - 1 :: STATES])) * STATES + STATES - 1
        came = np.concatenate(([0.0], left[:-1]))
        came[::STATES] = left[out] + enter
        back[t], entered[t] = came > stay, out
        score = np.maximum(came, stay) + found[t]
    at, path = int(np.argmax(score[STATES - 1 :: STATES])) * STATES + STATES - 1, np.empty(len(x), np.int64)
    for t in range(len(x) - 1, -1, -1):
        path[t] = at
        at = at if not back[t, at] else int(entered[t]) if at % STATES == 0 else at - 1
    return np.asarray(found[np.arange(len(x)), path], np.float64)


def estimate(frames: Sequence[F32], states: Sequence[I64], most: int, each: int, old: Model | None = None) -> Model:
    """The model of frames f32[T, D] that lie in states i64[T], for each recording.

    Args: most: Gaussians of a state; each: frames that a Gaussian needs; old: keeps its place where there is too little.
    """
    x, state = np.concatenate(frames), np.concatenate(states)
    entry = np.concatenate([np.append(True, s[1:] != s[:-1]) for s in states])
    order, count = np.argsort(state, kind="stable"), np.bincount(state, minlength=ALL)
    floor, mixture = FLOOR * x.var(axis=0, dtype=np.float64), list[Mixture]()
    stay, move = np.full(ALL, np.log(0.8)), np.full(ALL, np.log(0.2))
    for i, mine in enumerate(np.split(order, np.cumsum(count)[:-1])):
        if len(mine) < SCANT:
            whole = Mixture(x.mean(axis=0, dtype=np.float64)[None], floor[None] / FLOOR, np.zeros(1))
            mixture.append(whole if old is None else old.mixture[i])
            continue
        mixture.append(_mixture(x[mine].astype(np.float64), max(1, min(most, len(mine) // each)), floor))
        chance = np.clip(entry[mine].mean(), 0.02, 0.9)
        stay[i], move[i] = np.log(1.0 - chance), np.log(chance)
    return Model(mixture, stay, move)


def _mixture(x: F64, most: int, floor: F64) -> Mixture:
    """Gaussians of frames f64[n, D]: one, whose heaviest parts are split and fitted again until there are `most`."""
    found = Mixture(x.mean(axis=0)[None], np.maximum(x.var(axis=0), floor)[None], np.zeros(1))
    while (count := len(found.weight)) < most:
        parts = np.argsort(-found.weight, kind="stable")[: most - count]
        away = np.zeros_like(found.mean)
        away[parts] = SPLIT * np.sqrt(found.var[parts])
        weight = found.weight.copy()
        weight[parts] -= np.log(2.0)
        found = Mixture(
            np.concatenate((found.mean + away, found.mean[parts] - away[parts])),
            np.concatenate((found.var, found.var[parts])), np.concatenate((weight, weight[parts])),
        )  # fmt: skip
        for _ in range(ROUNDS):
            each = _gaussians(x, found)
            share = np.exp(each - each.max(axis=1, keepdims=True))
            share /= share.sum(axis=1, keepdims=True)
            mass = share.sum(axis=0) + 1e-6
            mean = share.T @ x / mass[:, None]
            var = np.maximum(share.T @ (x * x) / mass[:, None] - mean**2, floor)
            found = Mixture(mean, var, np.log(mass / mass.sum()))
    return found
