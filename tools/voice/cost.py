"""What speaking costs: beside it, peers that are installed on this machine, in the same run."""

import shutil
import subprocess
import sys
import tempfile
import wave
from pathlib import Path
from statistics import median
from time import process_time

import numpy as np
from msgspec import Struct

from psi_ecs.components.avatar import Persona
from psi_ecs.components.score import RATE
from psi_ecs.components.voice import Voice
from psi_ecs.systems.host import Host
from psi_ecs.systems.language import analyse
from psi_ecs.systems.voice import speak

TWENTY = "When the evening bell began to ring above the harbor, everybody from the village moved slowly up to the path."
"""Twenty words."""
PEERS: dict[str, tuple[str, ...]] = {
    "espeak-ng": ("espeak-ng", "-w", "{out}", "{text}"),
    "flite": ("flite", "-t", "{text}", "-o", "{out}"),
    "RHVoice": ("RHVoice-test", "-o", "{out}"),
    "festival": ("text2wave", "-o", "{out}"),
    "pico": ("pico2wave", "-w", "{out}", "{text}"),
}
"""Command lines by name; a command without {text} reads it from its standard input."""
_RESIDENT = """
import resource, sys
from psi_ecs.systems.formats.persona import load_persona
from psi_ecs.systems.host import Host
persona = load_persona(sys.argv[1])
persona.voice.asset = sys.argv[2]
host = Host()
host.say(host.avatar(persona), "Good morning.")
while not host.idle:
    host.step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024))
"""


class Speed(Struct, frozen=True):
    """CPU time, for peers that of the whole process."""

    seconds: float
    """Of CPU."""
    audio: float
    """Seconds of sound."""

    @property
    def share(self) -> float:
        """Of real time, on one core."""
        return self.seconds / self.audio if self.audio > 0.0 else float("nan")


def voice_alone(texts: list[str], persona: Persona, voice: Voice) -> Speed:
    """From text to sound without a world: language, score, dynamics, oscillators."""
    speak(analyse(TWENTY).sentences, persona, voice)
    audio, start = 0, process_time()
    for text in texts:
        audio += len(speak(analyse(text).sentences, persona, voice)[0])
    return Speed(process_time() - start, audio / RATE)


def first_sound(persona: Persona, times: int = 5) -> float:
    """Milliseconds of CPU from a sentence of 20 words to the block in which it begins to sound, once all is loaded; median."""
    host = Host()
    avatar = host.avatar(persona)
    found = []
    for _ in range(times + 1):
        start = process_time()
        host.say(avatar, TWENTY)
        while not np.any(np.abs(host.step().audio) > 1e-4) and not host.idle:
            pass
        found.append(1e3 * (process_time() - start))
        while not host.idle:
            host.step()
    return median(found[1:])


def resident(persona: str, asset: str) -> float:
    """Most MB that a process of its own holds, engine and libraries included, to say one sentence; NaN where this system does
    not tell."""
    command = [sys.executable, "-c", _RESIDENT, persona, asset]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return float(done.stdout) / 1e6 if done.returncode == 0 else float("nan")


def installed() -> tuple[list[str], list[str]]:
    """Peers whose commands are found, and those whose are not."""
    there = [name for name, command in PEERS.items() if shutil.which(command[0])]
    return there, [name for name in PEERS if name not in there]


def peer(name: str, texts: list[str]) -> Speed | str:
    """A peer that says the texts, one process each; what it says of itself if it fails."""
    command, audio, before = PEERS[name], 0.0, _children()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "a.wav"
        for text in texts:
            given = None if "{text}" in command else text
            words = [word.format(out=out, text=text) for word in command]
            done = subprocess.run(words, input=given, capture_output=True, text=True, check=False)
            if done.returncode or not out.is_file():
                return (done.stderr.strip().splitlines() or ["it made no sound"])[-1][:80]
            try:
                with wave.open(str(out)) as file:
                    audio += file.getnframes() / file.getframerate()
            except (wave.Error, EOFError) as why:
                return f"its sound cannot be read: {why}"
            out.unlink()
    return Speed(_children() - before, audio)


def _children() -> float:
    """Seconds of CPU that finished child processes took."""
    try:
        import resource
    except ImportError:  # Windows, which tells nothing of them
        return 0.0
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
