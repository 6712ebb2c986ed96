"""One short sentence as it has sounded: coarse levels by phone, so that no change of the voice goes unnoticed.

When a change is meant: `python tests/systems/voice/test_voice_golden.py` prints the new table.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.avatar import Persona, VoiceStyle
from psi_ecs.components.phone import PHONES
from psi_ecs.systems.language import analyse
from psi_ecs.systems.voice import FormantVoice, speak

TEXT = "She caught my big yellow fish."
EDGES = (80, 400, 800, 1300, 2000, 3000, 4500, 7500)
FLOOR = -70.0
GOLDEN: tuple[tuple[str, int, tuple[int, ...]], ...] = (
    ("SIL", 120, (-70, -70, -70, -70, -70, -70, -70)),
    ("SH", 99, (-58, -59, -61, -53, -35, -33, -35)),
    ("IY", 106, (-29, -25, -59, -65, -46, -50, -58)),
    ("K", 88, (-47, -49, -43, -38, -44, -44, -45)),
    ("AA", 186, (-30, -25, -28, -42, -48, -53, -57)),
    ("T", 71, (-49, -42, -47, -48, -44, -40, -43)),
    ("M", 68, (-25, -45, -59, -70, -70, -70, -66)),
    ("AY", 186, (-31, -31, -42, -42, -52, -55, -59)),
    ("B", 85, (-34, -56, -69, -70, -66, -70, -70)),
    ("IH", 146, (-28, -26, -55, -53, -43, -52, -57)),
    ("G", 77, (-33, -54, -61, -56, -49, -51, -53)),
    ("Y", 80, (-26, -41, -65, -67, -48, -51, -60)),
    ("EH", 138, (-30, -26, -47, -43, -42, -48, -54)),
    ("L", 66, (-26, -22, -50, -56, -56, -59, -59)),
    ("OW", 151, (-28, -32, -45, -59, -66, -66, -63)),
    ("F", 100, (-58, -61, -61, -57, -58, -56, -55)),
    ("IH", 153, (-29, -21, -54, -52, -45, -52, -57)),
    ("SH", 107, (-57, -59, -59, -52, -35, -32, -34)),
    ("SIL", 423, (-70, -70, -70, -70, -70, -70, -70)),
)
"""Phone, milliseconds, and level between the edges in dB re full scale."""


def heard() -> list[tuple[str, int, NDArray[np.float64]]]:
    """The table as it is now."""
    persona = Persona(name="plain", voice=VoiceStyle(pitch=200.0))
    x, scores = speak(analyse(TEXT).sentences, persona, FormantVoice(), seed=7)
    out = []
    for phone, start, end in zip(scores[0].phone, scores[0].start, scores[0].end, strict=True):
        part = x[start:end].astype(np.float64)
        power = 2.0 * np.abs(np.fft.rfft(part * np.hanning(len(part)))) ** 2 / (0.375 * len(part) ** 2)
        hertz = np.fft.rfftfreq(len(part), 1.0 / 24_000.0)
        sums = [power[(hertz >= a) & (hertz < b)].sum() for a, b in pairwise(EDGES)]
        levels = np.maximum(10.0 * np.log10(np.array(sums) + 1e-12), FLOOR)
        out.append((PHONES[int(phone)].name, round((int(end) - int(start)) / 24.0), levels))
    return out


def test_it_sounds_as_it_did() -> None:
    """Durations to 3 ms, levels to 3 dB on average and 6 dB anywhere."""
    now = heard()
    assert [row[0] for row in now] == [row[0] for row in GOLDEN]
    apart = []
    for (name, ms, levels), (_, ms0, levels0) in zip(now, GOLDEN, strict=True):
        assert abs(ms - ms0) <= 3, name
        apart.append(np.abs(levels - np.array(levels0)))
    assert np.max(apart) < 6.0, np.round(apart, 1)
    assert np.mean(apart) < 1.0


if __name__ == "__main__":
    for name, ms, levels in heard():
        print(f'    ("{name}", {ms}, ({", ".join(str(round(v)) for v in levels)})),')
