"""Memories that tests share."""

from collections.abc import Callable

import numpy as np
import pytest

from psi_ecs.components.memory import KEY, MEANING, STYLE, Entry
from psi_ecs.components.text import FEELINGS
from psi_ecs.systems.formats.memory import MemoryFileError

TOPICS = ("music", "rain", "cats", "tea")


def entry(n: int, **changes: object) -> Entry:
    """The n-th of a row of made memories, a second apart."""
    rng = np.random.default_rng([5, n])
    key = np.zeros(KEY, np.float32)
    for low, count in ((0, len(STYLE)), (KEY // 2, MEANING)):
        part = rng.normal(size=count)
        key[low : low + count] = part / np.linalg.norm(part)
    given = {
        "time": 1.7e9 + n, "scene": f"scene {n % 3}", "turn": n, "speaker": "Mira", "people": ("Ann",) if n % 3 == 0 else (),
        "text": f"This is number {n}, about {TOPICS[n % 4]}.", "tags": ("greeting",) if n % 5 == 0 else ("talk",),
        "concepts": (TOPICS[n % 4], "weather") if n % 2 else (TOPICS[n % 4],), "valence": 0.25,
        "feeling": tuple(rng.normal(size=len(FEELINGS)).tolist()), "style": rng.normal(size=len(STYLE)).astype(np.float32),
        "bands": rng.normal(size=10).astype(np.float32), "key": key, "moment": rng.bytes(60), "digest": rng.bytes(16),
    }  # fmt: skip
    return Entry(**(given | changes))  # type: ignore[arg-type]


def same(a: Entry, b: Entry) -> bool:
    """Whether two are the same but for their numbers, as far as f16 tells."""
    arrays = ("style", "bands", "key")
    plain = [name for name in Entry.__struct_fields__ if name not in ("id", *arrays)]
    return all(getattr(a, n) == getattr(b, n) for n in plain) and all(
        np.array_equal(getattr(a, n).astype(np.float16), getattr(b, n).astype(np.float16)) for n in arrays
    )


def refused(words: str, call: Callable[[], object]) -> None:
    """A call is refused in one line that has these words and a remedy."""
    with pytest.raises(MemoryFileError) as why:
        call()
    text = str(why.value)
    assert words in text and "\n" not in text and len(text) < 400 and ";" in text, text
