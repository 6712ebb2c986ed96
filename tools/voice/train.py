"""From a corpus to a voice asset: every recording is analysed, the network is taught, and both go into one file.

Everything is kept in a working folder as it is made, so an interrupted run goes on where it was.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs.systems.formats.media import read_sound
from psi_ecs.systems.kernels import framecode
from psi_ecs.systems.voice.learned.context import describe
from psi_ecs.systems.voice.learned.model import Document
from psi_ecs.systems.voice.learned.net import KNOTS, PLACES

from .analyse import analyse
from .analyse import code as encoded
from .corpus import Take
from .match import match
from .progress import keep, listener
from .teach import expected, lesson, scaled, teach, weights

F32 = NDArray[np.float32]

BORDERS = 240.0
"""Borders a second."""
FIRM = 0.05
"""How much a knot holds to the frame at its place, against the frames around it."""


def code(take: Take, work: Path) -> F32:
    """Frames f32[T, D] of a recording, from the working folder if it was analysed before."""
    kept = work / "codes" / f"{take.id}.npy"
    if kept.is_file():
        return np.asarray(np.load(kept), np.float32)
    found = encoded(analyse(read_sound(take.path).audio)).astype(np.float16)
    kept.parent.mkdir(parents=True, exist_ok=True)
    part = kept.with_suffix(".part.npy")
    np.save(part, found)
    part.replace(kept)
    return found.astype(np.float32)


def knots(frames: F32, take: Take) -> tuple[F32, F32]:
    """Seconds f32[P] of each phone, and KNOTS frames in it f32[P, KNOTS, D], such that straight lines from one to the next come
    nearest to the recording (least squares)."""
    start, end = (np.array([getattr(s, name) for s in take.segments]) for name in ("start", "end"))
    place = ((start[:, None] + (end - start)[:, None] * PLACES) * BORDERS).ravel()
    border = np.arange(len(frames))
    i = np.clip(np.searchsorted(place, border) - 1, 0, len(place) - 2)
    u = np.clip((border - place[i]) / np.maximum(place[i + 1] - place[i], 1e-6), 0.0, 1.0)
    lines = np.zeros((len(frames), len(place)))
    lines[border, i] = 1.0 - u
    lines[border, i + 1] += u
    at = np.clip(place, 0.0, len(frames) - 1.001)
    j = at.astype(np.int64)
    v = (at - j)[:, None]
    seen = frames[j] * (1.0 - v) + frames[j + 1] * v
    found = np.linalg.solve(lines.T @ lines + FIRM * np.eye(len(place)), lines.T @ frames + FIRM * seen)
    return (end - start).astype(np.float32), found.reshape(len(start), KNOTS, -1).astype(np.float32)


def train(
    takes: list[Take], kept: list[Take], name: str, licence: str, work: Path, seed: int, epochs: int,
    watch: Callable[[str, Iterable[Any]], Iterable[Any]], tell: Callable[[str], None],
) -> Path:  # fmt: skip
    """Learn a voice from `takes`, watched on those `kept` out; returns the path of the asset in the working folder.

    `watch` goes through an iterable and shows how far it is; `tell` says a line.
    """
    frames = {t.id: code(t, work) for t in watch("analysing", [*takes, *kept])}
    contexts = {t.id: describe(t.segments, t.kind) for t in [*takes, *kept]}
    parts = [knots(frames[t.id], t) for t in takes]
    lessons, scale = scaled([contexts[t.id] for t in takes], [s for s, _ in parts], [k for _, k in parts])
    held = [lesson(contexts[t.id], *knots(frames[t.id], t), scale) for t in kept]
    voiced = np.concatenate([frames[t.id][frames[t.id][:, framecode.VOICE] > 0.5, framecode.PITCH] for t in takes])

    def document(net: Any) -> Document:
        found = match(*expected(net, lessons), scale.mean, scale.spread)
        return Document(
            name=name, licence=licence, weights=weights(net), mean=scale.mean, spread=scale.spread, duration=scale.duration,
            pitch=float(np.median(voiced)), centre=found.centre, gain=found.gain, level=found.level,
            ceiling=found.ceiling,
        )  # fmt: skip

    after = listener(work, name, epochs, document, tell)
    net = teach(lessons, held, epochs, seed, work / "checkpoint.pt", after)
    path = work / f"{name}.voice"
    keep(document(net), path)
    tell(f"{path}: {path.stat().st_size / 2**20:.1f} MiB, {len(takes)} recordings; {path.with_suffix('.wav')} is a sample")
    return path
