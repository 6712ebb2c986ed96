"""From a corpus to a voice asset: every recording is analysed, the network is taught, and both go into one file.

Everything is kept in a working folder as it is made, so an interrupted run goes on where it was.
"""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.phone import PHONE_ID
from psi_ecs.systems.formats.media import read_sound
from psi_ecs.systems.formats.safe import write_file
from psi_ecs.systems.kernels import framecode
from psi_ecs.systems.voice.learned.context import describe
from psi_ecs.systems.voice.learned.model import EVERY, Document, encode, pack
from psi_ecs.systems.voice.learned.net import KNOTS

from .analyse import analyse
from .analyse import code as encoded
from .corpus import Take
from .teach import Lesson, Scale, lesson, scaled, teach

F32 = NDArray[np.float32]

BORDERS = 240.0
"""Borders a second."""
EPOCHS = 14
STEPS = {"pitch": 0.05, "voice": 0.05, "noise": 0.15, "turn": 0.15, "level": 0.04, "envelope": 0.04}
"""Steps in which columns are kept: semitones, shares, natural logs of amplitude."""


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
    """Seconds f32[P] of each phone, and KNOTS frames in it f32[P, KNOTS, D], each the mean of three places."""
    start, end = (np.array([getattr(s, name) for s in take.segments]) for name in ("start", "end"))
    share = (np.arange(3 * KNOTS) + 0.5) / (3 * KNOTS)
    place = np.clip((start[:, None] + (end - start)[:, None] * share) * BORDERS, 0.0, len(frames) - 1.001)
    i = place.astype(np.int64)
    u = (place - i)[..., None].astype(np.float32)
    seen = frames[i] * (1.0 - u) + frames[i + 1] * u
    return (end - start).astype(np.float32), seen.reshape(len(start), KNOTS, 3, -1).mean(axis=2)


def train(
    takes: list[Take], kept: list[Take], name: str, licence: str, work: Path, seed: int, epochs: int,
    watch: Callable[[str, Iterable[Any]], Iterable[Any]], tell: Callable[[str], None],
) -> Path:  # fmt: skip
    """Learn a voice from `takes`, watched on those `kept` out; returns the path of the asset in the working folder.

    `watch` goes through an iterable and shows how far it is; `tell` says a line.
    """
    frames = {t.id: code(t, work) for t in watch("analysing", [*takes, *kept])}
    contexts = {t.id: describe(t.segments, t.kind) for t in [*takes, *kept]}
    found = [knots(frames[t.id], t) for t in takes]
    lessons, scale = scaled([contexts[t.id] for t in takes], [s for s, _ in found], [k for _, k in found])
    held = [lesson(contexts[t.id], *knots(frames[t.id], t), scale) for t in kept]
    weights = _taught(lessons, held, epochs, seed, work, tell)
    voiced = np.concatenate([frames[t.id][frames[t.id][:, framecode.VOICE] > 0.5, framecode.PITCH] for t in takes])
    document = _document(takes, frames, weights, scale, float(np.median(voiced)), name, licence)
    path = work / f"{name}.voice"
    write_file(path, encode(document))
    tell(f"{path}: {path.stat().st_size / 2**20:.1f} MiB, {len(takes)} recordings, {len(document.phone)} phones")
    return path


def _taught(
    lessons: list[Lesson], held: list[Lesson], epochs: int, seed: int, work: Path, tell: Callable[[str], None]
) -> dict[str, F32]:
    """Weights, with the losses of every epoch beside them."""
    curve = work / "losses.jsonl"

    def after(epoch: int, losses: list[float]) -> None:
        with curve.open("a", encoding="utf-8") as file:
            file.write(json.dumps([epoch, *(round(x, 5) for x in losses)]) + "\n")
        tell(f"epoch {epoch + 1} of {epochs}: square {losses[2]:.3f}" + (f", kept out {losses[5]:.3f}" if held else ""))

    return teach(lessons, held, epochs, seed, work / "checkpoint.pt", after)


def _document(
    takes: list[Take], frames: dict[str, F32], weights: dict[str, F32], scale: Scale, pitch: float, name: str, licence: str
) -> Document:
    """The asset."""
    rows, phone, begin, length, take, at = list[F32](), list[int](), list[float](), list[float](), list[int](), 0
    for number, t in enumerate(takes):
        kept = frames[t.id][::EVERY]
        for s in t.segments:
            first, last = (min(x * BORDERS / EVERY, len(kept) - 1.0) for x in (s.start, s.end))
            phone.append(PHONE_ID[s.name])
            begin.append((at + first) * 16.0)
            length.append((last - first) * 16.0)
            take.append(number)
        rows.append(kept)
        at += len(kept)
    whole = np.concatenate(rows)
    step = steps(whole - scale.mean)
    return Document(
        name=name, licence=licence, weights={k: w.astype(np.float16) for k, w in weights.items()}, mean=scale.mean,
        spread=scale.spread, duration=scale.duration, pitch=pitch, step=step, count=len(whole),
        packed=pack(whole, scale.mean, step), phone=np.array(phone, np.uint8), begin=np.rint(begin).astype(np.uint32),
        length=np.rint(length).astype(np.uint16), take=np.array(take, np.uint16),
    )  # fmt: skip


def steps(away: F32) -> F32:
    """Step of each column f32[D], so that all of `away` f32[T, D] can be written."""
    out = np.empty(framecode.COLUMNS, np.float32)
    out[framecode.PITCH], out[framecode.VOICE] = STEPS["pitch"], STEPS["voice"]
    out[framecode.ENVELOPE], out[framecode.NOISE], out[framecode.TURN] = STEPS["envelope"], STEPS["noise"], STEPS["turn"]
    out[framecode.ENVELOPE.start] = STEPS["level"]
    return np.asarray(np.maximum(out, np.abs(away).max(axis=0) / 127.0), np.float32)
