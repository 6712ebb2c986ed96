"""Speaking texts into files, with everything loaded once."""

import re
import sys
from pathlib import Path

import numpy as np

from psi_ecs import AssetError, PsiError
from psi_ecs.components.oscillator import Core
from psi_ecs.components.text import EMOTIONS
from psi_ecs.systems.formats.persona import load_persona
from psi_ecs.systems.formats.safe import write_file
from psi_ecs.systems.formats.timeline import Timeline
from psi_ecs.systems.formats.toml import LIMIT, read_text
from psi_ecs.systems.formats.wav import write_wav
from psi_ecs.systems.host import Host
from psi_ecs.systems.play import feeling
from psi_ecs.tools.master import AS_IT_IS, Master
from psi_ecs.tools.proof import proof_text

TAIL = 12
"""Ticks of silence kept after the last word."""


def read_input() -> str:
    """The text on standard input. AssetError if it is not UTF-8."""
    try:
        return sys.stdin.buffer.read(LIMIT).decode("utf-8-sig")
    except UnicodeDecodeError as why:
        raise AssetError(f"standard input: not UTF-8 text (byte {why.start}); save it as UTF-8") from why


def read_batch(path: Path) -> list[tuple[str, str]]:
    """Lines `id<TAB>text` of a file. AssetError with file and line if one is wrong, before anything is spoken."""
    out: dict[str, str] = {}
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if not line.strip():
            continue
        name, tab, text = line.rstrip("\r").partition("\t")
        if not tab:
            raise AssetError(f"{path}:{number}: no tab; write id<TAB>text")
        if not re.fullmatch(r"[\w.-]{1,100}", name) or name.startswith("."):
            raise AssetError(f"{path}:{number}: {name[:100]!r} cannot name a file; use letters, digits, - and _")
        if name in out:
            raise AssetError(f"{path}:{number}: the id {name!r} is used twice; rename one")
        proof_text(text, f"{path}:{number}")
        out[name] = text
    if not out:
        raise AssetError(f"{path}: no lines; write id<TAB>text")
    return list(out.items())


class Speaker:
    """A persona that speaks texts one by one, each from a fresh start, so that order does not matter."""

    def __init__(
        self, persona: str, emotion: str | None, voice: str | None, seed: int, core: Core | None = None,
        master: Master = AS_IT_IS,
    ) -> None:
        """PsiError if the persona, emotion or voice is unknown; `core` is the field, the ordinary one when left out; `master`
        says how loud files are, and their rate."""
        if emotion is not None and emotion not in (*EMOTIONS, "neutral"):
            raise PsiError(f"no emotion {emotion!r}; use {', '.join(EMOTIONS)} or neutral")
        self.persona, self.name = load_persona(persona), persona
        if voice is not None:
            self.persona.voice.asset = voice
        self.emotion, self.seed, self.core, self.master = feeling(emotion), seed, core, master
        self.start()

    def start(self) -> tuple[Host, int]:
        """A fresh host with the persona in it. PsiError if its head or voice is missing."""
        host = Host(seed=self.seed, core=self.core)
        return host, host.avatar(self.persona)

    def speak(self, text: str, wav: Path, timeline: Path | None = None) -> None:
        """Speak one text into a WAV, and its timeline into a JSON if asked. Nothing is written until all is spoken."""
        proof_text(text, "the text")
        host, avatar = self.start()
        track = Timeline([self.persona.name], [self.name], [avatar])
        host.say(avatar, text, self.emotion)
        tail, sound = TAIL, []
        while not host.idle or tail:
            tail -= host.idle
            frame = host.step()
            sound.append(frame.audio)
            track.add(frame.weights, frame.events)
        audio = self.master.apply(np.concatenate(sound))
        if timeline is not None:
            write_file(timeline, track.json())
        write_wav(wav, audio, self.master.rate)
