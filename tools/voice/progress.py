"""What a training run shows of itself as it goes: a curve of its losses, and how the voice sounds so far."""

import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from psi_ecs.components.avatar import Persona, VoiceStyle
from psi_ecs.components.score import RATE
from psi_ecs.systems.formats.safe import write_file
from psi_ecs.systems.formats.wav import write_wav
from psi_ecs.systems.language import analyse
from psi_ecs.systems.voice import speak
from psi_ecs.systems.voice.learned import LearnedVoice
from psi_ecs.systems.voice.learned.model import Document, Model, encode
from psi_ecs.tools.plotting import INK, figure, plain, png

SAMPLE = "The birch canoe slid on the smooth planks. Would you like to hear it again?"
"""The first of the Harvard sentences (IEEE 1969), and a question."""
EVERY = 5
"""Epochs between two voices that can be heard."""


def listener(
    work: Path, name: str, epochs: int, made: Callable[[Any], Document], tell: Callable[[str], None]
) -> Callable[[int, list[float], Any], None]:
    """What is to be called after each epoch: losses go to losses.jsonl and into a picture, and now and then a voice that is not
    finished yet is written, with a sample. `made` makes the asset of a network."""
    curve = work / "losses.jsonl"

    def after(epoch: int, losses: list[float], net: Any) -> None:
        lines = curve.read_text("utf-8").splitlines() if epoch and curve.is_file() else []
        rows = [row for row in map(json.loads, lines) if row[0] < epoch]
        rows.append([epoch, *(round(x, 5) for x in losses)])
        write_file(curve, "".join(json.dumps(row) + "\n" for row in rows).encode())
        tell(f"epoch {epoch + 1} of {epochs}: square {losses[1]:.3f}" + (f", kept out {losses[3]:.3f}" if losses[2:] else ""))
        if (epoch + 1) % EVERY == 0 and epoch + 1 < epochs:
            sample(made(net), work / f"{name}-{epoch + 1}.wav")
        if find_spec("matplotlib"):
            write_file(work / "losses.png", picture(rows))

    return after


def keep(document: Document, path: Path) -> None:
    """Write a voice, and a sample beside it."""
    write_file(path, encode(document))
    sample(document, path.with_suffix(".wav"))


def sample(document: Document, path: Path) -> None:
    """How a voice sounds, at the speaker's own pitch."""
    persona = Persona(name=document.name, voice=VoiceStyle(pitch=min(max(2.0 ** (document.pitch / 12.0), 50.0), 500.0)))
    audio, _ = speak(analyse(SAMPLE).sentences, persona, LearnedVoice(model=Model(document)))
    write_wav(path, audio, RATE)


def picture(rows: list[list[float]]) -> bytes:
    """PNG of the losses of frames and of durations over the epochs; dashed of what is kept out."""
    made = figure(9.0, 4.0, "Learning")
    for axes, column, title in zip(made.subplots(1, 2), (2, 1), ("square of frames", "durations"), strict=True):
        plain(axes, title)
        for shift, style, label in ((0, "-", "learned from"), (2, "--", "kept out")):
            if len(rows[0]) > column + shift:
                axes.plot([r[0] + 1 for r in rows], [r[column + shift] for r in rows], style, color=INK, label=label)
        axes.set_xlabel("epoch", color=INK)
        axes.legend(facecolor="none", labelcolor=INK, edgecolor="none")
    return png(made)
