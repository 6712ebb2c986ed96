"""Measures whether a face lives: ten minutes of talking, listening, resting and reading, tick by tick.

Human figures. Blinks: 26 a minute in conversation, 17 at rest, 4.5 reading, intervals log-normal (Bentivoglio et al. 1997); in
situ 32 +- 12 in conversation, 11 +- 10 reading (Chidi-Egboka et al. 2022). Saccades: duration 21 ms + 2.2 ms a degree
(Carpenter 1988), peak velocity 1.65 times the mean (Harwood, Mezey & Harris 1999). Head and pitch: r up to 0.8 (Munhall et al.
2004).
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct, to_builtins
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from psi_ecs.components.face import FACE, FACE_ID, Articulation
from psi_ecs.components.life import Life
from psi_ecs.systems.face.state import EYE
from psi_ecs.systems.host import Host
from psi_ecs.systems.kernels import relax
from psi_ecs.tools.evaluate import sentences

F64 = NDArray[np.float64]
TICKS = 60
"""A second."""
STILL = 2e-4
"""Full scales or radians within which a channel counts as still."""
SHUT = 0.6
"""Lid closure that counts as a blink."""
GROUPS = {
    "lids": ("eyeBlink", "eyeWide", "eyeSquint"), "eyes": ("leftEye", "rightEye", "eyeLook"), "head": ("head",),
    "brows": ("brow",), "mouth": ("mouth", "jaw", "tongue"), "rest of the face": ("cheek", "nose"),
}  # fmt: skip
BOUND = {"lids": 0.30, "eyes": 0.30, "head": 0.02, "brows": 0.10, "mouth": 0.45, "rest of the face": 0.12}
"""Largest second difference, full scales or radians a tick squared: that of a blink that closes in 80 ms, of a saccade of 15
degrees, of lips that close within three ticks, and of movements of 0.2 s for the rest."""


class Watched(Struct):
    """What one face did."""

    weights: NDArray[Any]
    """f32[T, 61]."""
    breath: NDArray[Any]
    """f64[T]."""
    words: NDArray[Any]
    """bool[T], within a word of its own."""
    pitch: NDArray[Any]
    """f64[T], semitones, NaN without a voice."""
    leaps: NDArray[Any]
    """f64[N, 2], amplitude (degrees) and peak velocity (degrees a second) of its saccades."""


class Doing(Struct):
    """Figures of a face in one activity."""

    blinks: float
    """A minute."""
    interval: float
    """Median seconds between blinks."""
    spread: float
    """Standard deviation of their logarithm."""
    skew: float
    """Skewness of their logarithm: 0 for log-normal."""
    saccades: float
    """A minute."""
    main: float
    """Median ratio of peak velocity to the human main sequence."""
    stray: float
    """Standard deviation of the logarithm of that ratio."""
    still: float
    """Longest seconds that any channel was still."""
    stillest: str
    jerk: dict[str, float]
    """Largest second difference of each group of channels, a tick squared."""
    follow: float
    """Correlation of head pitch with the voice's, NaN where it did not speak."""
    inspired: float
    """Share of ticks within words in which the chest rose."""

    def failed(self, name: str) -> list[str]:
        """Bars that are missed, in words."""
        low, high = HUMAN[name]
        talks = name == "talking"
        checks = {
            f"{self.blinks:.1f} blinks a minute, human {low:g} to {high:g}": low <= self.blinks <= high,
            f"log-spread of intervals {self.spread:.2f}, human 0.3 to 0.9": 0.3 <= self.spread <= 0.9,
            f"saccades at {self.main:.2f} of the main sequence": 0.8 <= self.main <= 1.25 and self.stray < 0.25,
            f"{self.stillest} still for {self.still:.1f} s": self.still <= 2.0,
            "a pop in " + ", ".join(f"{k} ({v:.2f})" for k, v in self.jerk.items() if v > BOUND[k]): all(
                v <= BOUND[k] for k, v in self.jerk.items()
            ),
            f"head follows pitch at r = {self.follow:.2f}, human 0.3 to 0.9": not talks or 0.3 <= self.follow <= 0.9,
            f"breathes in during {100 * self.inspired:.1f} % of its words": self.inspired == 0.0,
        }
        return [text for text, kept in checks.items() if not kept]


HUMAN = {"talking": (15.0, 45.0), "listening": (15.0, 45.0), "resting": (10.0, 26.0), "reading": (2.0, 12.0)}
"""Blinks a minute."""


class Watcher:
    """Follows one avatar of a host from tick to tick."""

    def __init__(self, host: Host, who: int, row: int) -> None:
        """Nothing seen yet."""
        self.host, self.who, self.row = host, who, row
        self.weights: list[NDArray[Any]] = []
        self.breath: list[float] = []
        self.words: list[tuple[int, int]] = []
        self.pitch: list[float] = []
        self.leaps: list[tuple[float, float]] = []
        self.origin = host.app.world.tick
        self._aim: F64 = np.zeros(2)
        self._state: tuple[F64, F64] | None = None

    def look(self, frame: Any) -> None:
        """Take note of a tick."""
        life, mouth = self.host.app.world.peek(self.who, Life), self.host.app.world.peek(self.who, Articulation)
        self.weights.append(frame.weights[self.row].copy())
        self.breath.append(float(frame.breath[self.row]))
        self.words += [(e.start // 400, e.end // 400) for e in frame.events if e.kind == "word" and e.avatar == self.who]
        self.pitch.append(float(mouth.pitch[0]) if mouth.loudness[0] > 0.3 else np.nan)
        aim = life.aim[0].copy()
        if self._state is not None and (aim != self._aim).any():
            self.leaps.append(leap(*self._state, aim, float(life.saccade[0])))
        self._aim, self._state = aim, (life.drive[0, EYE].copy(), life.speed[0, EYE].copy())

    def seen(self) -> Watched:
        """All of it."""
        inside = np.zeros(len(self.weights), bool)
        for a, b in self.words:
            inside[max(a - self.origin + 1, 0) : max(b - self.origin - 1, 0)] = True
        return Watched(np.stack(self.weights), np.array(self.breath), inside, np.array(self.pitch), np.array(self.leaps))


def leap(x: F64, v: F64, aim: F64, rate: float) -> tuple[float, float]:
    """Amplitude (degrees) and peak velocity (degrees a second) of a saccade, from its closed form at 2 kHz."""
    at = np.arange(1, 400)[:, None] / 2000.0
    _, speed = relax.step(x, v, aim, np.full(2, rate), at)
    return float(np.degrees(np.linalg.norm(aim - x))), float(np.degrees(np.linalg.norm(speed, axis=1).max()))


def figures(seen: Watched) -> Doing:
    """What is measured of a face."""
    w = seen.weights.astype(np.float64)
    shut = np.flatnonzero(np.diff((w[:, FACE_ID["eyeBlinkLeft"]] > SHUT).astype(int)) > 0)
    pause = np.log(np.maximum(np.diff(shut) / TICKS, 1e-3))
    large = seen.leaps[seen.leaps[:, 0] > 1.0] if len(seen.leaps) else np.zeros((0, 2))
    mean = large[:, 0] / (0.021 + 0.0022 * large[:, 0])
    ratio = large[:, 1] / (1.65 * mean)
    still, stillest = stillness(w)
    bend = np.abs(np.diff(w, 2, axis=0)).max(axis=0)
    rise = np.diff(seen.breath, prepend=seen.breath[0]) * TICKS
    minutes = len(w) / TICKS / 60.0
    return Doing(
        blinks=len(shut) / minutes,
        interval=float(np.exp(np.median(pause))) if len(pause) else float("nan"),
        spread=float(pause.std()) if len(pause) else float("nan"),
        skew=float(((pause - pause.mean()) ** 3).mean() / pause.std() ** 3) if len(pause) > 2 else float("nan"),
        saccades=len(large) / minutes,
        main=float(np.median(ratio)) if len(ratio) else float("nan"),
        stray=float(np.log(ratio).std()) if len(ratio) else float("nan"),
        still=still,
        stillest=stillest,
        jerk={
            name: float(max(bend[i] for i, channel in enumerate(FACE) if channel.startswith(starts)))
            for name, starts in GROUPS.items()
        },
        follow=follows(w[:, FACE_ID["headPitch"]], seen.pitch),
        inspired=float((rise[seen.words] > 0.05).mean()) if seen.words.any() else 0.0,
    )


def stillness(w: F64) -> tuple[float, str]:
    """Longest seconds that some channel keeps within STILL, and which; f64[T, 61]."""
    worst, name = 0.0, ""
    for i, channel in enumerate(FACE):
        low, high = 0, len(w)
        while high - low > 1:  # the longest window in which it is still, by bisection
            span = (low + high) // 2
            windows = sliding_window_view(w[:, i], span)[:: max(span // 8, 1)]
            still = (windows.max(axis=1) - windows.min(axis=1) < STILL).any()
            low, high = (span, high) if still else (low, span)
        if low / TICKS > worst:
            worst, name = low / TICKS, channel
    return worst, name


def follows(head: F64, pitch: F64) -> float:
    """Correlation of rising head and rising pitch over stretches of ten seconds, their mean."""
    out = []
    for start in range(0, len(head) - 599, 600):
        at = np.flatnonzero(~np.isnan(pitch[start : start + 600])) + start
        if len(at) > 100:
            x, y = -head[at], pitch[at]
            out.append(float(np.corrcoef(x, y)[0, 1]))
    return float(np.mean(out)) if out else float("nan")


def talk(minutes: float, persona: str, watch: Callable[[float], None]) -> dict[str, Doing]:
    """One avatar speaks to another without end: figures of both."""
    host = Host(seed=7)
    ids = [host.avatar(persona, place=(x, 0.0, 0.0), facing=-x) for x in (-0.3, 0.3)]
    host.look_at(ids[0], (0.3, 0.0, 0.3), 0.75)
    host.look_at(ids[1], (-0.3, 0.0, 0.3), 0.75)
    texts, said = [text for _, text in sentences(None)], 0
    watchers = [Watcher(host, who, row) for row, who in enumerate(ids)]
    for t in range(round(minutes * 60 * TICKS)):
        if host.idle:
            host.say(ids[0], " ".join(texts[(said + k) % len(texts)] for k in range(3)))
            said += 3
        frame = host.step()
        for w in watchers:
            w.look(frame)
        if t % 600 == 0:
            watch(t / (minutes * 60 * TICKS))
    return {"talking": figures(watchers[0].seen()), "listening": figures(watchers[1].seen())}


def alone(minutes: float, persona: str, reading: bool) -> Doing:
    """An avatar by itself that rests, or reads."""
    host = Host(seed=7)
    who = host.avatar(persona)
    host.look_at(who, (0.0, -0.15, 0.5), 0.9)
    if reading:
        host.cue(who, "read", seconds=minutes * 60.0 + 1.0)
    watcher = Watcher(host, who, 0)
    for _ in range(round(minutes * 60 * TICKS)):
        watcher.look(host.step())
    return figures(watcher.seen())


def table(found: dict[str, Doing]) -> str:
    """The figures for people."""
    rows: list[tuple[str, Callable[[Doing], str], str]] = [
        ("blinks a minute", lambda d: f"{d.blinks:.1f}", "26, 26, 17, 4.5"),
        ("seconds between, median", lambda d: f"{d.interval:.1f}", ""),
        ("their log: spread, skew", lambda d: f"{d.spread:.2f} {d.skew:+.2f}", "log-normal"),
        ("saccades over 1 degree a minute", lambda d: f"{d.saccades:.0f}", ""),
        ("peak velocity over human", lambda d: f"{d.main:.2f} +-{d.stray:.2f}", "1"),
        ("longest stillness of a channel, s", lambda d: f"{d.still:.2f}", "<= 2"),
        *((f"pop in {k}, a tick squared", lambda d, k=k: f"{d.jerk[k]:.3f}", f"<= {BOUND[k]:g}") for k in GROUPS),
        ("head follows pitch, r", lambda d: f"{d.follow:.2f}", "0.3 to 0.9"),
        ("breath drawn within words", lambda d: f"{100 * d.inspired:.1f} %", "0 %"),
    ]  # fmt: skip
    lines = [f"{'':<34}" + "".join(f"{name:>13}" for name in found) + "   human or bar"]
    for name, show, bar in rows:
        lines.append(f"{name:<34}" + "".join(f"{show(d):>13}" for d in found.values()) + f"   {bar}".rstrip())
    lines += [f"missed, {name}: {what}" for name, d in found.items() for what in d.failed(name)]
    return "\n".join(lines)


def run(minutes: float, persona: str, out: Path | None, watch: Callable[[float], None] = lambda _: None) -> bool:
    """Watch a face talk, listen, rest and read for so many minutes each; print the figures, write JSON to `out`. Returns
    whether every bar is met."""
    found = talk(minutes, persona, watch)
    found |= {"resting": alone(minutes, persona, False), "reading": alone(minutes, persona, True)}
    print(table(found))
    if out is not None:
        out.write_text(json.dumps(to_builtins(found), indent=1), encoding="utf-8")
    return not any(d.failed(name) for name, d in found.items())
