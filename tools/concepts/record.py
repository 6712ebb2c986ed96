"""A scene played without pictures or sound, and what was on an avatar's mind meanwhile."""

from collections.abc import Callable

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from psi_ecs import PsiError, World
from psi_ecs.components.concept import Context
from psi_ecs.systems.concepts import awake
from psi_ecs.systems.formats.scene import find_scene, load_scene
from psi_ecs.systems.play import open_scene

from .net import Net, of_world

EVERY = 12
"""Ticks a sample: five a second."""
LONGEST = 600.0
"""Seconds that are looked at, at most."""


class Record(Struct):
    """The course of an avatar's concepts. T samples."""

    title: str
    who: str
    names: list[str]
    active: NDArray[np.float32]
    """f32[n, T]."""
    times: NDArray[np.float64]
    """f64[T], s."""
    said: list[tuple[float, str, str]]
    """Second, speaker, text of each sentence begun."""
    net: Net
    """At the end."""


def record(scene: str, who: str | None, end: float | None, progress: Callable[[float], None] = lambda share: None) -> Record:
    """Play a scene and watch one avatar. PsiError if nobody is called so."""
    path = find_scene(scene)
    loaded = load_scene(path)
    host = open_scene(loaded, path.parent)
    names = [a.name for a in loaded.avatar]
    if who is not None and who not in names:
        raise PsiError(f"nobody in {path.name} is called {who!r}; there are {', '.join(names)}")
    place = names.index(who) if who else 0
    entity, last = host.avatars[place], min(end or LONGEST, LONGEST)
    rows: list[dict[str, float]] = []
    said: list[tuple[float, str, str]] = []
    words: dict[int, list[str]] = {}
    while not host.idle and host.time < last:
        frame = host.step()
        for event in frame.events:
            if event.kind == "word":
                sentence = words.setdefault(event.avatar, [])
                if not sentence:
                    said.append((event.start / 24_000, names[host.avatars.index(event.avatar)], ""))
                sentence.append(event.text)
                said[-1] = (*said[-1][:2], " ".join(sentence))
                if event.text[-1:] in ".!?…":
                    sentence.clear()
        if host.app.world.tick % EVERY == 0:
            rows.append(_active(host.app.world, entity))
            progress(min(host.time / last, 1.0))
    seen = list(dict.fromkeys(name for row in rows for name in row))
    active = np.array([[row.get(name, 0.0) for row in rows] for name in seen], np.float32).reshape(len(seen), len(rows))
    times = (1 + np.arange(len(rows))) * EVERY / 60.0
    return Record(loaded.title or path.stem, names[place], seen, active, times, said, of_world(host.app.world, entity))


def _active(world: World, entity: int) -> dict[str, float]:
    """Activation of every concept of an avatar that is awake at all."""
    if not world.has([entity], Context)[0]:
        return {}
    return {concept.name: concept.active for concept in awake(world, entity) if concept.active > 0.01}
