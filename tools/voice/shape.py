"""`psi voice shape`: a persona from another one, with changes to its voice."""

from pathlib import Path

import numpy as np

from psi_ecs import PsiError
from psi_ecs.systems.formats.persona import check, load_persona, persona_text
from psi_ecs.systems.formats.safe import write_file
from psi_ecs.systems.formats.wav import write_wav
from psi_ecs.tools.master import Master
from psi_ecs.tools.proof import proof_text

from .judge import say
from .measure import Prosody, prosody

TEXT = "When the sunlight strikes raindrops in the air, they act as a prism and form a rainbow."
"""The rainbow passage (Fairbanks 1960)."""
SAMPLE = Master(-23.0)


def run(base: str, changes: dict[str, float], voice: str | None, name: str | None, text: str | None, out: Path) -> list[str]:
    """Write the persona and a sample beside it; returns lines about how it differs from its base, in settings and as measured.
    PsiError in one line if a change is out of range or something is missing; then nothing is written."""
    persona, before = load_persona(base), load_persona(base)
    if out.suffix != ".toml":
        raise PsiError(f"{out}: must end in .toml")
    if out.exists():
        raise PsiError(f"{out}: is there already; choose another name with -o")
    persona.name = name or out.stem
    for knob, value in changes.items():
        setattr(persona.voice, knob, value)
    if voice is not None:
        persona.voice.asset = voice
    check(persona, lambda key, message: PsiError(f"--{key.removeprefix('voice.')} {message}"))
    proof_text(text or TEXT, "--text")
    old, new = (say(who, text or TEXT) for who in (before, persona))
    lines = [
        f"{knob:12} {_shown(was)} -> {_shown(now)}"
        for knob in persona.voice.__struct_fields__
        if (was := getattr(before.voice, knob)) != (now := getattr(persona.voice, knob))
    ]
    measured = prosody(old.audio, old.phones), prosody(new.audio, new.phones)
    if persona.voice.asset.endswith(".voice"):
        persona.voice.asset = str(Path(persona.voice.asset).resolve())
    write_file(out, persona_text(persona))
    write_wav(out.with_suffix(".wav"), SAMPLE.apply(np.pad(new.audio, (0, 4800))))
    return [*(lines or [f"as {before.name}"]), *_heard(*measured), str(out), str(out.with_suffix(".wav"))]


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _heard(old: Prosody, new: Prosody) -> list[str]:
    """What was measured of both samples."""
    hertz = [2.0 ** (p.pitch / 12.0) for p in (old, new)]
    return [
        f"measured: pitch {hertz[0]:.0f} -> {hertz[1]:.0f} Hz, range {old.span:.1f} -> {new.span:.1f} st, "
        f"{old.rate:.1f} -> {new.rate:.1f} phones/s, 1-5 kHz {old.alpha:.1f} -> {new.alpha:.1f} dB, "
        f"HNR {old.hnr:.1f} -> {new.hnr:.1f} dB"
    ]
