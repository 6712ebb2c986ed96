"""Letter-to-sound: how a word that no dictionary holds is probably said.

A joint n-gram over *graphones* (a letter with the phones it stands for; Bisani & Ney 2008) is searched with a beam, letter
by letter; the hypotheses left are scored again by where their primary stress falls, given the ending of the word.
The model (assets/lexicon/letters.npz) is trained from CMUdict by `tools/lexicon.py`.
"""

from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .lexicon import asset

Array = NDArray[Any]
BITS = 9
"""Bits of a packed graphone id."""
END = 1
"""Id of the end of a word; 0 pads its start."""
BEAM = 64
"""Hypotheses kept after each letter."""
WINDOW = 7.0
"""Nats by which a hypothesis may lag behind the best; with `BEAM` measured for speed against stress placement."""
LONGEST = 40
"""Letters decoded at once; longer strings are cut in pieces."""
STRESS_WEIGHT = 1.0
NO_STRESS_PENALTY = 6.0
"""Cost in nats of a word of several syllables that has not exactly one primary stress."""


class Model(NamedTuple):
    """Tables of the n-gram and of stress; see `tools/graphones.py` for what they hold."""

    order: int
    keys: list[Array]
    logp: list[Array]
    contexts: list[Array]
    backoff: list[Array]
    candidates: dict[str, Array]
    """Letter -> u64[G] ids of its graphones."""
    phones: list[tuple[str, ...]]
    """Graphone id -> its symbols."""
    stress: dict[str, list[float]]


@cache
def model() -> Model:
    """The trained tables, read on first use."""
    with asset("letters.npz").open("rb") as file, np.load(file) as data:
        raw = {name: data[name] for name in data.files}
    names = ["", "", *bytes(raw["graphones"]).decode("ascii").split("\n")]
    order = int(raw["order"])
    letters: dict[str, list[int]] = {}
    for i, name in enumerate(names[2:], start=2):
        letters.setdefault(name[0], []).append(i)
    endings = bytes(raw["stress_keys"]).decode("ascii").split("\n")
    ks = range(1, order + 1)
    return Model(
        order=order,
        keys=[np.cumsum(raw[f"keys_{k}"]) for k in ks],
        logp=[raw[f"logp_{k}"].astype(np.float32) / -16 for k in ks],
        contexts=[np.cumsum(raw[f"contexts_{k}"]) for k in ks],
        backoff=[raw[f"backoff_{k}"].astype(np.float32) / -16 for k in ks],
        candidates={c: np.array(ids, np.uint64) for c, ids in letters.items()},
        phones=[tuple(name[2:].split()) for name in names],
        stress=dict(zip(endings, (raw["stress_logp"] / -16).tolist(), strict=True)),
    )


def _find(table: Array, keys: Array) -> tuple[Array, Array]:
    """Places of keys in a sorted table, and whether they are there."""
    at = np.minimum(np.searchsorted(table, keys), len(table) - 1)
    return at, table[at] == keys


def _logp(m: Model, history: Array, ids: Array) -> Array:
    """Log probability of each id after each history: f32[B, C]."""
    packed = history[:, None] << np.uint64(BITS) | ids[None, :]
    at, _ = _find(m.keys[0], ids)
    score = np.broadcast_to(m.logp[0][at], packed.shape).copy()
    for k in range(2, m.order + 1):
        past, known = _find(m.contexts[k - 1], history & np.uint64((1 << BITS * (k - 1)) - 1))
        if not known.any():
            break
        score += np.where(known, m.backoff[k - 1][past], 0.0)[:, None]
        rows = np.flatnonzero(known)
        at, found = _find(m.keys[k - 1], packed[rows] & np.uint64((1 << BITS * k) - 1))
        score[rows] = np.where(found, m.logp[k - 1][at], score[rows])
    return score


def _beam(m: Model, word: str) -> list[tuple[float, tuple[int, ...]]]:
    """The likeliest graphone sequences of a word, best first, with their log probabilities."""
    keep = np.uint64((1 << BITS * (m.order - 1)) - 1)
    history, total = np.zeros(1, np.uint64), np.zeros(1)
    paths: list[tuple[int, ...]] = [()]
    for letter in word:
        ids = m.candidates[letter]
        score = total[:, None] + _logp(m, history, ids)
        flat = score.ravel()
        best = np.argsort(-flat, kind="stable")[:BEAM]
        best = best[flat[best] > flat[best[0]] - WINDOW]
        rows, columns = np.divmod(best, len(ids))
        history = (history[rows] << np.uint64(BITS) | ids[columns]) & keep
        total = flat[best]
        chosen = ids[columns].tolist()
        paths = [(*paths[r], g) for r, g in zip(rows.tolist(), chosen, strict=True)]
    total = total + _logp(m, history, np.array([END], np.uint64))[:, 0]
    return [(float(total[i]), paths[i]) for i in np.argsort(-total, kind="stable")]


def _stress_score(m: Model, word: str, symbols: list[str]) -> float:
    """Log probability of the stress pattern, given syllable count and ending."""
    digits = [s[-1] for s in symbols if s[-1].isdigit()]
    if len(digits) < 2:
        return 0.0 if digits == ["1"] else -NO_STRESS_PENALTY
    if digits.count("1") != 1:
        return -NO_STRESS_PENALTY
    place = min(len(digits) - 1 - digits.index("1"), 3)
    for k in range(min(6, len(word)), -1, -1):
        row = m.stress.get(f"{min(len(digits), 6)}:{word[len(word) - k :]}")
        if row is not None:
            return row[place]
    return -NO_STRESS_PENALTY


@lru_cache(maxsize=20_000)
def sound_out(word: str) -> tuple[str, ...]:
    """Symbols ("AH0") for a word of letters a-z and apostrophes; () when it has no such letter."""
    m = model()
    word = "".join(c for c in word.lower() if c in m.candidates)
    if len(word) > LONGEST:
        return sound_out(word[:LONGEST]) + sound_out(word[LONGEST:])
    if not word:
        return ()
    best = -np.inf
    chosen: tuple[str, ...] = ("AH0",)
    for score, path in _beam(m, word):
        symbols = [s for g in path for s in m.phones[g]]
        score += STRESS_WEIGHT * _stress_score(m, word, symbols)
        if symbols and score > best:
            best, chosen = score, tuple(symbols)
    return chosen
