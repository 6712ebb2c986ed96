"""What each part is worth: every one switched off in turn, and the qualities that are published measured again."""

import json
from pathlib import Path
from time import perf_counter

import numpy as np
from msgspec import Struct, to_builtins
from numpy.typing import NDArray

from psi_ecs.components.oscillator import Role
from psi_ecs.components.switch import PARTS
from psi_ecs.components.voice import CONTROL, Speech
from psi_ecs.systems.dynamics import phases
from psi_ecs.systems.host import Host
from psi_ecs.systems.kernels.attractor import overlap

from .evaluate import RATE, TICK, Take, measure, sentences, speak

F64 = NDArray[np.float64]

FELT = "I walked along the river and met an old friend near the bridge."
"""Spoken with joy and with sadness."""
MOODS = [Role.BREATH, Role.SWAY_YAW, Role.SWAY_PITCH, Role.SWAY_ROLL, Role.BROW, Role.MOUTH]
"""What a recalled pattern is told by: all that moves a silent face and is not drawn by chance."""
MARGIN = 0.05
"""Share by which a figure must worsen to count, beside `Quality.least`."""
VOICED = 0.2
"""Voicing above which a pitch is heard."""


class Quality(Struct, frozen=True):
    """How to read a figure."""

    text: str
    unit: str
    sign: int
    """1 if more is better, -1 if less is, 0 if it is only told."""
    least: float
    """Smallest difference that counts, in its unit."""


QUALITIES = {
    "closure": Quality("lip gap at /p b m/, worst", "mm", -1, 0.05),
    "crossing": Quality("deepest lip crossing", "mm", -1, 0.05),
    "tuck": Quality("lip to teeth, /f v/ worst", "mm", -1, 0.05),
    "correlation": Quality("mouth follows sound, r", "", 1, 0.01),
    "lock": Quality("jaw locked to syllables", "", 1, 0.02),
    "waver": Quality("pitch waver 4-13 Hz", "cents", 0, 1.0),
    "span": Quality("pitch range, joy - sadness", "st", 1, 0.3),
    "smile": Quality("smile, joy - sadness", "", 1, 0.03),
    "rules": Quality("ticks that break a rule", "%", -1, 0.5),
    "joins": Quality("spectral jump at joins", "dB", -1, 0.1),
    "rough": Quality("steps within sounds", "dB", -1, 0.1),
    "recalled": Quality("field in recalled pattern", "", 1, 0.02),
    "clipped": Quality("clipped samples", "%", -1, 0.1),
    "cost": Quality("cost a second of speech", "ms", -1, 2.0),
}


class _Log:
    """What a take's ticks were like: pitch, voicing, phases of jaw and nuclei, seconds of work."""

    def __init__(self) -> None:
        self.pitch: list[F64] = []
        self.turn: list[complex] = []
        self.broken: list[bool] = []

    def __call__(self, host: Host, avatar: int) -> None:
        self.broken.append(max(host.broken(avatar).values()) > 1e-6)
        said = host.app.world.get_sparse(avatar, Speech)
        if said is not None and said.states is not None:
            states = np.asarray(said.states, np.float64)
            self.pitch.append(np.where(states[:CONTROL, 1] > VOICED, states[:CONTROL, 0], np.nan))
            theta, freq, _ = phases(host.app.world, avatar)
            if freq[Role.NUCLEUS] > 0.0 and said.score is not None:
                self.turn.append(complex(np.exp(2j * np.pi * (theta[Role.NUCLEUS] - theta[Role.JAW]))))


def figures(rows: list[tuple[str, str]], persona: str, off: tuple[str, ...]) -> dict[str, float]:
    """Every figure of `QUALITIES` but the cost, without the parts named in `off`."""
    logs = [_Log() for _ in rows]
    takes = [speak(name, text, persona, off, log) for (name, text), log in zip(rows, logs, strict=True)]
    report = measure(takes, persona, True)
    joins, rough = np.array([jumps(take) for take in takes]).mean(axis=0).tolist()
    joy, sad = (felt(f"[{name}] {FELT} [/]", persona, off) for name in ("joy", "sadness"))
    return {
        "closure": report.closure_worst,
        "crossing": -report.closure_deepest,
        "tuck": report.tuck_worst,
        "correlation": report.correlation,
        "lock": float(np.mean([abs(np.mean(log.turn)) for log in logs if log.turn])),
        "waver": float(np.mean([waver(np.concatenate(log.pitch)) for log in logs])),
        "span": joy[0] - sad[0],
        "smile": joy[1] - sad[1],
        "rules": 100.0 * float(np.mean(np.concatenate([log.broken for log in logs]))),
        "joins": joins,
        "rough": rough,
        "recalled": recalled(persona, off),
        "clipped": 100.0 * float(np.mean(np.concatenate([np.abs(take.audio) for take in takes]) > 0.999)),
        "cost": np.nan,
    }


def waver(pitch: F64) -> float:
    """Root mean square of what moves a voiced pitch at 4 to 13 Hz, in cents; pitch in semitones, NaN where unvoiced."""
    rate, total, count = 60 * CONTROL, 0.0, 0
    edge = np.flatnonzero(np.diff(np.concatenate(([True], np.isnan(pitch), [True])).astype(int)))
    for first, last in zip(edge[::2], edge[1::2], strict=True):
        piece = pitch[first:last]
        if len(piece) < 0.3 * rate:
            continue
        t = np.linspace(-1.0, 1.0, len(piece))
        flat = piece - np.polynomial.Polynomial.fit(t, piece, 3)(t)  # the tune goes, the waver stays
        wave = np.fft.rfft(flat)
        at = np.fft.rfftfreq(len(piece), 1.0 / rate)
        wave[(at < 4.0) | (at > 13.0)] = 0.0
        total += float((np.fft.irfft(wave, len(piece)) ** 2).sum())
        count += len(piece)
    return 100.0 * float(np.sqrt(total / count)) if count else 0.0


def jumps(take: Take) -> tuple[float, float]:
    """Mean change in dB of a spectrum in 15 bands over 5 ms, at phone borders within the voice, and elsewhere."""
    hop, size = TICK * 3 // 10, 480
    frames = np.lib.stride_tricks.sliding_window_view(take.audio.astype(np.float64), size)[::hop] * np.hanning(size)
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    edges = np.unique(np.geomspace(4, power.shape[1] * 0.66, 16).astype(int))  # 200 Hz to 8 kHz
    bands = np.add.reduceat(power, edges, axis=1)[:, :-1]
    level = 10.0 * np.log10(bands + 1e-6 * float(bands.max()))
    change = np.sqrt((np.diff(level, axis=0) ** 2).mean(axis=1))
    loud = bands.sum(axis=1)[:-1] > 1e-3 * bands.sum(axis=1).max()
    join = np.zeros(len(change), bool)
    for phone in take.phones[1:]:
        place = (phone.start - size // 2) // hop
        join[max(place - 1, 0) : place + 2] = True
    return float(change[join & loud].mean()), float(change[~join & loud].mean())


def felt(text: str, persona: str, off: tuple[str, ...]) -> tuple[float, float]:
    """(semitones from the 5th to the 95th percentile of a voiced pitch, mean smile) of a text."""
    from psi_ecs.components.face import FACE_ID

    log = _Log()
    take = speak("felt", text, persona, off, log)
    pitch = np.concatenate(log.pitch)
    low, high = np.nanpercentile(pitch, (5.0, 95.0))
    return float(high - low), float(take.weights[:, [FACE_ID["mouthSmileLeft"], FACE_ID["mouthSmileRight"]]].mean())


def recalled(persona: str, off: tuple[str, ...], seconds: float = 3.0) -> float:
    """Overlap, 0 to 1, of fields that were drawn to a pattern for some seconds with where the pattern is by then; mean over
    eight beginnings, in silence."""
    kept, found = Host(seed=7, off=off), list[float]()
    first = kept.avatar(persona)
    kept.step(120)
    pattern = kept.pattern(first, "kept")
    kept.step(round(60 * seconds))
    goal = phases(kept.app.world, first)[0][MOODS]
    for seed in range(8, 16):
        host = Host(seed=seed, off=off)
        avatar = host.avatar(persona)
        host.step(1)
        host.recall(avatar, pattern, seconds=seconds)
        host.step(round(60 * seconds))
        found.append(overlap(phases(host.app.world, avatar)[0][MOODS], goal, False))
    return float(np.mean(found))


def costs(text: str, persona: str, parts: tuple[str | None, ...], runs: int = 9) -> dict[str | None, float]:
    """Milliseconds of work a second of speech without each part (None: all on), the best of some runs of one sentence; the
    parts take turns, so that a busy machine is busy for all of them."""
    best = dict.fromkeys(parts, np.inf)
    for _ in range(runs):
        for part in parts:
            host = Host(seed=7, off=(part,) if part else ())
            host.say(host.avatar(persona), text)
            host.step()
            begun, ticks = perf_counter(), 0
            while not host.idle:
                host.step()
                ticks += 1
            best[part] = min(best[part], (perf_counter() - begun) * 1000.0 / (ticks * TICK / RATE))
    return best


def worse(on: dict[str, float], off: dict[str, float]) -> list[str]:
    """Figures that worsen by more than the margin when a part is off."""
    found = []
    for key, quality in QUALITIES.items():
        loss = quality.sign * (on[key] - off[key])
        if quality.sign and loss > max(quality.least, MARGIN * abs(on[key])):
            found.append(key)
    return found


def table(found: dict[str, dict[str, float]]) -> str:
    """For people: a column a part, a star where a figure is worse without it."""
    on = found["all on"]
    lines = [f"{'':<30}" + "".join(f"{name if name == 'all on' else '- ' + name:>12}" for name in found)]
    for key, quality in QUALITIES.items():
        cells = "".join(f"{values[key]:>11.2f}" + ("*" if key in worse(on, values) else " ") for values in found.values())
        lines.append(f"{quality.text + (f', {quality.unit}' if quality.unit else ''):<30}"[:40].ljust(30) + cells)
    for name, values in found.items():
        if name != "all on" and not worse(on, values):
            lines.append(f"without {name} nothing that is measured here gets worse")
    return "\n".join([*lines, "* worse without that part"])


def run(texts: Path | None, persona: str, out: Path | None) -> dict[str, dict[str, float]]:
    """Measure with everything on and with each part off; print a table, write JSON to `out`."""
    rows = sentences(texts)
    found = {"all on": figures(rows, persona, ())}
    with np.errstate(over="ignore", invalid="ignore"):  # without closed forms the state may run away: that is a finding
        found |= {part: figures(rows, persona, (part,)) for part in PARTS}
        taken = costs(rows[0][1], persona, (None, *PARTS))
    for part, value in taken.items():
        found[part or "all on"]["cost"] = value
    print(table(found))
    if out is not None:
        out.write_text(json.dumps(to_builtins(found), indent=1), encoding="utf-8")
    return found
