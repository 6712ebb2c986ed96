"""Training of the letter-to-sound model: alignment, joint n-gram, stress table. Deterministic; numpy only.

A *graphone* is one letter with the 0 to 2 phones it stands for. Words are aligned by expectation maximisation (Deligne,
Yvon & Bimbot 1995; Bisani & Ney 2008); the graphone sequence is modelled by an n-gram with interpolated modified
Kneser-Ney smoothing (Chen & Goodman 1999), stored in back-off form.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Entry = tuple[str, list[str]]
LETTERS = "abcdefghijklmnopqrstuvwxyz'"
ITERATIONS = 8


def _chunks(ids: Array, n: int) -> tuple[Array, Array]:
    """Ids of one-phone and two-phone chunks ending at each phone: i64[N, P], i64[N, P - 1]."""
    return 1 + ids, 1 + n + ids[:, :-1] * n + ids[:, 1:]


def _batches(entries: list[Entry], phone: dict[str, int]) -> Iterator[tuple[list[int], Array, Array]]:
    """Words of equal letter and phone count: their numbers, letters i64[N, L] and phones i64[N, P]."""
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for i, (word, symbols) in enumerate(entries):
        if len(symbols) <= 2 * len(word):
            groups[len(word), len(symbols)].append(i)
    for _, rows in sorted(groups.items()):
        yield (
            rows,
            np.array([[LETTERS.index(c) for c in entries[i][0]] for i in rows]),
            np.array([[phone[s.rstrip("012")] for s in entries[i][1]] for i in rows]),
        )


def _steps(table: Array, letters: Array, one: Array, two: Array, i: int) -> tuple[Array, Array, Array]:
    """Probabilities that letter i takes no phone [N, 1], phone j [N, P], or phones j, j + 1 [N, P - 1]."""
    row = letters[:, i : i + 1]
    return table[row, 0], table[row, one], table[row, two]


def _expect(table: Array, letters: Array, phones: Array, n: int) -> Array:
    """Expected counts of (letter, chunk) over a batch, by forward-backward."""
    count = np.zeros_like(table)
    one, two = _chunks(phones, n)
    (rows, length), width = letters.shape, phones.shape[1]
    ahead, back = np.zeros((length + 1, rows, width + 1)), np.zeros((length + 1, rows, width + 1))
    ahead[0, :, 0] = back[length, :, width] = 1.0
    for i in range(length):
        p0, p1, p2 = _steps(table, letters, one, two, i)
        ahead[i + 1] = ahead[i] * p0
        ahead[i + 1, :, 1:] += ahead[i, :, :-1] * p1
        ahead[i + 1, :, 2:] += ahead[i, :, :-2] * p2
    total = np.maximum(ahead[length, :, width], 1e-300)[:, None]
    for i in reversed(range(length)):
        p0, p1, p2 = _steps(table, letters, one, two, i)
        row, later = letters[:, i : i + 1], back[i + 1]
        np.add.at(count[:, 0], row[:, 0], (ahead[i] * p0 * later / total).sum(1))
        np.add.at(count, (row, one), ahead[i, :, :-1] * p1 * later[:, 1:] / total)
        np.add.at(count, (row, two), ahead[i, :, :-2] * p2 * later[:, 2:] / total)
        back[i] = later * p0
        back[i, :, :-1] += later[:, 1:] * p1
        back[i, :, :-2] += later[:, 2:] * p2
    return count


def _best(table: Array, letters: Array, phones: Array, n: int) -> Array:
    """Phones taken by each letter on the likeliest path, i64[N, L]."""
    one, two = _chunks(phones, n)
    (rows, length), width = letters.shape, phones.shape[1]
    score = np.full((rows, width + 1), -np.inf)
    score[:, 0] = 0.0
    taken = np.zeros((length, rows, width + 1), np.int64)
    for i in range(length):
        p0, p1, p2 = (np.log(np.maximum(p, 1e-30)) for p in _steps(table, letters, one, two, i))
        ways = np.full((3, rows, width + 1), -np.inf)
        ways[0] = score + p0
        ways[1, :, 1:] = score[:, :-1] + p1
        ways[2, :, 2:] = score[:, :-2] + p2
        taken[i], score = ways.argmax(0), ways.max(0)
    path, at = np.zeros((rows, length), np.int64), np.full(rows, width)
    for i in reversed(range(length)):
        path[:, i] = taken[i][np.arange(rows), at]
        at = at - path[:, i]
    return path


def align(entries: list[Entry]) -> list[list[str]]:
    """Graphones of each word, "letter:SYM SYM"; words with more than two phones a letter are left out."""
    names = sorted({s.rstrip("012") for _, symbols in entries for s in symbols})
    phone, n = {p: i for i, p in enumerate(names)}, len(names)
    batches = list(_batches(entries, phone))
    table = np.full((len(LETTERS), 1 + n + n * n), 1.0 / n)
    table[:, 1 + n :] = 0.01 / n
    for _ in range(ITERATIONS):
        count = sum((_expect(table, letters, phones, n) for _, letters, phones in batches), np.zeros_like(table))
        table = count / np.maximum(count.sum(1, keepdims=True), 1e-30)
    aligned: list[list[str]] = []
    for rows, letters, phones in batches:
        for i, path in zip(rows, _best(table, letters, phones, n).tolist(), strict=True):
            word, symbols = entries[i]
            ends = np.cumsum(path).tolist()
            aligned.append([f"{c}:{' '.join(symbols[e - k : e])}" for c, k, e in zip(word, path, ends, strict=True)])
    return aligned


def _discounts(counts: Array) -> Array:
    """Modified Kneser-Ney discounts for counts 0, 1, 2, 3 and more (Chen & Goodman 1999, eq. 26)."""
    n1, n2, n3, n4 = (max(int((counts == k).sum()), 1) for k in (1, 2, 3, 4))
    y = n1 / (n1 + 2 * n2)
    found: Array = np.clip(np.array([0.0, 1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3]), 0.0, None)
    return found


def _counts(sequences: list[list[int]], order: int, bits: int) -> list[tuple[Array, Array]]:
    """Packed n-grams and counts, raw at the top order and below it the number of distinct left neighbours."""
    stream = np.concatenate([np.array([0] * (order - 1) + s, np.uint64) for s in sequences])
    packed = np.zeros(len(stream) - order + 1, np.uint64)
    for k in range(order):
        packed = packed << np.uint64(bits) | stream[k : len(stream) - order + 1 + k]
    mask = np.uint64((1 << bits) - 1)
    packed = packed[packed & mask != 0]  # nothing predicts the padding
    keys, counts = np.unique(packed, return_counts=True)
    found = [(keys, counts)]
    for k in range(order - 1, 0, -1):
        low = np.uint64((1 << bits * k) - 1)
        short = keys & low
        keys_k, where = np.unique(short, return_inverse=True)
        distinct = np.bincount(where)
        if k > 1:
            raw = np.bincount(where, weights=counts).astype(np.int64)
            first = (keys_k >> np.uint64(bits * (k - 1))) == 0
            distinct = np.where(first, raw, distinct)  # a word's start has one left neighbour only
        keys, counts = keys_k, distinct
        found.append((keys, counts))
    return found[::-1]


def ngram(sequences: list[list[int]], order: int, bits: int, cut: tuple[int, ...]) -> dict[str, Array]:
    """Back-off model of symbol sequences (ids from 2; 1 is added as the end, 0 is padding before the start).

    `cut[k - 1]` is the highest count at which an order-k n-gram is dropped, its mass left to the lower order.
    Returns, for each order k from 1: keys_k u64 (k symbols packed, sorted), logp_k f32 (natural log), and contexts_k,
    backoff_k the same for the k - 1 symbols before.
    """
    model: dict[str, Array] = {}
    lower_keys, lower = np.zeros(1, np.uint64), np.zeros(0)
    for k, (keys, counts) in enumerate(_counts([[*s, 1] for s in sequences], order, bits), start=1):
        discount = _discounts(counts)[np.minimum(counts, 3)]
        discount[counts <= cut[k - 1]] = counts[counts <= cut[k - 1]]
        contexts, where = np.unique(keys >> np.uint64(bits), return_inverse=True)
        total = np.bincount(where, weights=counts)
        gamma = np.bincount(where, weights=discount) / total
        if k == 1:
            base = np.full(len(keys), 1.0 / len(keys))
        else:
            base = lower[np.searchsorted(lower_keys, keys & np.uint64((1 << bits * (k - 1)) - 1))]
        p = (counts - discount) / total[where] + gamma[where] * base
        kept, known = counts > cut[k - 1], gamma < 1.0 - 1e-9
        model |= {f"keys_{k}": keys[kept], f"logp_{k}": np.log(p[kept]).astype(np.float32)}
        model |= {f"contexts_{k}": contexts[known], f"backoff_{k}": np.log(gamma[known]).astype(np.float32)}
        lower_keys, lower = keys, p
    return model


def stress_table(entries: list[Entry], longest: int = 6, floor: int = 4) -> dict[str, list[float]]:
    """Log probability of the primary stress on the last, second, third and fourth syllable from the end, given how many
    syllables there are (up to 6) and the last letters; shorter endings smooth longer ones (Witten & Bell 1991).

    Keys are "syllables:ending". Endings seen less than `floor` times are left out.
    """
    counts: dict[str, Array] = defaultdict(lambda: np.zeros(4))
    for word, symbols in entries:
        stresses = [s[-1] for s in symbols if s[-1].isdigit()]
        if len(stresses) < 2 or stresses.count("1") != 1:
            continue
        place = min(len(stresses) - 1 - stresses.index("1"), 3)
        for k in range(min(longest, len(word)) + 1):
            counts[f"{min(len(stresses), 6)}:{word[len(word) - k :]}"][place] += 1
    table: dict[str, Array] = {}
    for key in sorted(counts, key=lambda key: (len(key), key)):
        seen = counts[key]
        if seen.sum() < floor:
            continue
        n, ending = key.split(":")
        base = table[f"{n}:{ending[1:]}"] if ending else np.full(4, 0.25)
        kinds = np.count_nonzero(seen)
        table[key] = (seen + kinds * base) / (seen.sum() + kinds)
    return {key: np.log(np.maximum(p, 1e-4)).tolist() for key, p in table.items()}
