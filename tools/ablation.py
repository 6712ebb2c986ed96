"""What each part is worth: every one switched off in turn, and the qualities that are published measured again."""

import json
from collections.abc import Callable
from pathlib import Path
from time import process_time

import numpy as np
from msgspec import Struct, to_builtins
from numpy.typing import NDArray

from psi_ecs import Clock
from psi_ecs.components.face import FACE_ID, Articulation
from psi_ecs.components.oscillator import Role
from psi_ecs.components.switch import PARTS
from psi_ecs.components.voice import CONTROL, Speech
from psi_ecs.systems.dynamics import phases
from psi_ecs.systems.host import Host
from psi_ecs.systems.kernels import relax
from psi_ecs.systems.kernels.attractor import overlap

from .evaluate import measure, sentences, speak
from .perturbation import perturbation, strangeness
from .synchrony import RATE, TICK, Take, lag

F64 = NDArray[np.float64]

FELT = "I walked along the river and met an old friend near the bridge."
"""Spoken with joy and with sadness."""
MOODS = [Role.BREATH, Role.SWAY_YAW, Role.SWAY_PITCH, Role.SWAY_ROLL, Role.BROW, Role.MOUTH]
"""What a recalled pattern is told by: all that moves a silent face and is not drawn by chance."""
MARGIN = 0.05
"""Share by which a figure must worsen to count, beside `Quality.least`."""
VOICED = 0.2
"""Voicing above which a pitch is heard."""
AHEAD = 6
"""Ticks by which the mouth is foretold."""
LATE = 9
"""Ticks by which head and brows may be behind the voice: a neck is slower than a larynx."""


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
    "jaw": Quality("jaw follows sound, r", "", 1, 0.01),
    "spread": Quality("jaw-sound lag, spread", "ms", -1, 2.0),
    "lock": Quality("jaw locked to syllables", "", 1, 0.02),
    "head": Quality("head follows pitch, r", "", 1, 0.05),
    "brow": Quality("brows follow pitch, r", "", 1, 0.05),
    "jitter": Quality("jitter, from human", "SD", -1, 0.5),
    "shimmer": Quality("shimmer, from human", "SD", -1, 0.5),
    "hnr": Quality("harmonics/noise, from human", "SD", -1, 0.5),
    "tremor": Quality("tremor, from human", "SD", -1, 0.5),
    "span": Quality("pitch range, joy - sadness", "st", 1, 0.3),
    "smile": Quality("smile, joy - sadness", "", 1, 0.03),
    "rules": Quality("ticks that break a rule", "%", -1, 0.5),
    "joins": Quality("spectral jump at joins", "dB", -1, 0.1),
    "rough": Quality("steps within sounds", "dB", -1, 0.1),
    "path": Quality("tract off its path", "% of its range", -1, 0.005),
    "foretold": Quality("mouth foretold 100 ms, error", "mm", -1, 0.1),
    "recalled": Quality("field in recalled pattern", "", 1, 0.02),
    "clipped": Quality("clipped samples", "%", -1, 0.1),
    "cost": Quality("cost a second of speech", "ms", -1, 2.0),
}


class _Log:
    """What a take's ticks were like: pitch, phases of jaw and nuclei, the tract's path, and what was foretold."""

    def __init__(self) -> None:
        self.pitch: list[F64] = []
        self.turn: list[complex] = []
        self.off: list[float] = []
        self.told: list[F64] = []
        self.mouth: list[F64] = []
        self.broken: list[bool] = []

    def __call__(self, host: Host, avatar: int) -> None:
        world = host.app.world
        self.broken.append(max(host.broken(avatar).values()) > 1e-6)
        said = world.get_sparse(avatar, Speech)
        if len(self.mouth) % AHEAD == 0:
            self.told.append(host.predict(avatar, AHEAD / 60.0).articulators[:2])
        self.mouth.append(world.peek(avatar, Articulation).now[0, :2].astype(np.float64))
        if said is None or said.score is None or said.states is None:
            self.pitch.append(np.full(CONTROL, np.nan))
            return
        states = np.asarray(said.states, np.float64)
        self.pitch.append(np.where(states[:CONTROL, 1] > VOICED, states[:CONTROL, 0], np.nan))
        theta, freq, _ = phases(world, avatar)
        if freq[Role.NUCLEUS] > 0.0:
            self.turn.append(complex(np.exp(2j * np.pi * (theta[Role.NUCLEUS] - theta[Role.JAW]))))
        place = (world.resource(Clock).sample - TICK - said.start + TICK // CONTROL * np.arange(CONTROL + 1)) / RATE
        exact = relax.at(place, said.score.knot / RATE, said.score.target, said.score.rate, said.x, said.v)
        tract = [i for i, c in enumerate(said.score.channels) if c.group == "tract"]
        wide = np.array([said.score.channels[i].high - said.score.channels[i].low for i in tract])
        self.off.append(float(100.0 * (np.abs(exact - states)[:, tract] / wide).mean()))

    def missed(self) -> float:
        """Root mean square error in mm of what was foretold of jaw and lips."""
        came = np.array(self.mouth[AHEAD::AHEAD])
        return float(np.sqrt(((np.array(self.told[: len(came)]) - came) ** 2).mean()))


def figures(rows: list[tuple[str, str]], persona: str, off: tuple[str, ...]) -> dict[str, float]:
    """Every figure of `QUALITIES` but the cost, without the parts named in `off`."""
    logs = [_Log() for _ in rows]
    takes = [speak(name, text, persona, off, log) for (name, text), log in zip(rows, logs, strict=True)]
    report = measure(takes, persona, True)
    joins, rough = np.array([jumps(take) for take in takes]).mean(axis=0).tolist()
    joy, sad = (felt(f"[{name}] {FELT} [/]", persona, off) for name in ("joy", "sadness"))
    strange = strangeness([perturbation(take.audio.astype(np.float64)) for take in takes])
    tune = [np.concatenate(log.pitch)[CONTROL // 2 :: CONTROL] for log in logs]
    return {
        "closure": report.closure_worst,
        "crossing": -report.closure_deepest,
        "tuck": report.tuck_worst,
        "correlation": report.correlation,
        "jaw": lag(takes, _shown("jawOpen"))[1],
        "spread": float(np.std([lag([take], _shown("jawOpen"))[0] for take in takes])),
        "lock": float(np.mean([abs(np.mean(log.turn)) for log in logs if log.turn])),
        "head": -follows(takes, tune, "headPitch"),
        "brow": follows(takes, tune, "browOuterUpLeft"),
        **strange,
        "span": joy[0] - sad[0],
        "smile": joy[1] - sad[1],
        "rules": 100.0 * float(np.mean(np.concatenate([log.broken for log in logs]))),
        "joins": joins,
        "rough": rough,
        "path": float(np.mean(np.concatenate([log.off for log in logs]))),
        "foretold": float(np.mean([log.missed() for log in logs])),
        "recalled": recalled(persona, off),
        "clipped": 100.0 * float(np.mean(np.concatenate([np.abs(take.audio) for take in takes]) > 0.999)),
        "cost": np.nan,
    }


def _shown(name: str) -> Callable[[Take], F64]:
    """A channel of the face, f64[T]."""
    return lambda take: take.weights[:, FACE_ID[name]].astype(np.float64)


def follows(takes: list[Take], tune: list[F64], channel: str) -> float:
    """Correlation of a channel of the face with the pitch, where it is voiced, without the straight trends of both, and up to
    LATE ticks later: the mean over takes at the delay where that is strongest."""
    found = np.zeros((len(takes), LATE + 1))
    for take, pitch, row in zip(takes, tune, found, strict=True):
        track = _shown(channel)(take)
        for late in range(LATE + 1):
            at = np.flatnonzero(~np.isnan(pitch[: len(pitch) - late]))
            x, y = (z - np.polynomial.Polynomial.fit(at, z, 1)(at) for z in (pitch[at], track[at + late]))
            row[late] = (x @ y) / np.sqrt(max(float((x @ x) * (y @ y)), 1e-18))
    mean = found.mean(axis=0)
    return float(mean[np.abs(mean).argmax()])


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
    """Milliseconds of processor a second of speech without each part (None: all on), the best of some runs of one sentence;
    the parts take turns, so that a busy machine is busy for all of them."""
    best = dict.fromkeys(parts, np.inf)
    for _ in range(runs):
        for part in parts:
            host = Host(seed=7, off=(part,) if part else ())
            host.say(host.avatar(persona), text)
            host.step()
            begun, ticks = process_time(), 0
            while not host.idle:
                host.step()
                ticks += 1
            best[part] = min(best[part], (process_time() - begun) * 1000.0 / (ticks * TICK / RATE))
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
