"""Speaking texts into files, with everything loaded once."""

import re
from pathlib import Path

import numpy as np

from psi_ecs import PsiError
from psi_ecs.components.text import EMOTIONS
from psi_ecs.systems.formats.persona import load_persona
from psi_ecs.systems.formats.safe import write_file
from psi_ecs.systems.formats.scene import check_text
from psi_ecs.systems.formats.timeline import Timeline
from psi_ecs.systems.formats.toml import read_text
from psi_ecs.systems.formats.wav import write_wav
from psi_ecs.systems.host import Host
from psi_ecs.systems.play import feeling

TAIL = 12
"""Ticks of silence kept after the last word."""


def read_batch(path: Path) -> list[tuple[str, str]]:
    """Lines `id<TAB>text` of a file. PsiError with file and line if one is wrong."""
    out: list[tuple[str, str]] = []
    for number, line in enumerate(read_text(path).splitlines(), 1):
        if not line.strip():
            continue
        name, tab, text = line.partition("\t")
        if not tab:
            raise PsiError(f"{path}:{number}: no tab; write id<TAB>text")
        if not re.fullmatch(r"[\w.-]{1,100}", name) or name.startswith("."):
            raise PsiError(f"{path}:{number}: {name!r} cannot name a file; use letters, digits, - and _")
        if any(name == other for other, _ in out):
            raise PsiError(f"{path}:{number}: the id {name!r} is used twice; rename one")
        check_text(text, f"{path}:{number}")
        out.append((name, text))
    if not out:
        raise PsiError(f"{path}: no lines; write id<TAB>text")
    return out


class Speaker:
    """A persona that speaks texts one by one, each from a fresh start, so that order does not matter."""

    def __init__(self, persona: str, emotion: str | None, voice: str | None, seed: int) -> None:
        """PsiError if the persona, emotion or voice is unknown."""
        if emotion is not None and emotion not in (*EMOTIONS, "neutral"):
            raise PsiError(f"no emotion {emotion!r}; use {', '.join(EMOTIONS)} or neutral")
        self.persona, self.name = load_persona(persona), persona
        if voice is not None:
            self.persona.voice.asset = voice
        self.emotion, self.seed = feeling(emotion), seed

    def speak(self, text: str, wav: Path, timeline: Path | None = None) -> None:
        """Speak one text into a WAV, and its timeline into a JSON if asked."""
        check_text(text, "the text")
        host = Host(seed=self.seed)
        avatar = host.avatar(self.persona)
        track = Timeline([self.persona.name], [self.name], [avatar])
        host.say(avatar, text, self.emotion)
        blocks, spoken = [], False
        tail = TAIL
        while not host.idle or tail:
            tail -= host.idle
            frame = host.step()
            blocks.append(frame.audio)
            track.add(frame.weights, frame.events)
            spoken = spoken or any(e.kind == "word" for e in frame.events)
        if not spoken:
            raise PsiError("nothing in the text can be spoken; write at least one English word")
        write_wav(wav, np.concatenate(blocks))
        if timeline is not None:
            write_file(timeline, track.json())
