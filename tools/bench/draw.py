"""Pictures of one speaking avatar: blending its shapes, drawing it live, and filming it."""

import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.face import SHAPES
from psi_ecs.components.scene import Camera, Light, Scene, SceneAvatar
from psi_ecs.components.scene import Line as SceneLine
from psi_ecs.systems.host import Host
from psi_ecs.tools.take import Plan, render

TEXT = "The birch canoe slid on the smooth planks. Glue the sheet to the dark blue background."  # Harvard sentences (IEEE 1969)
LIVE, FILM = (960, 720), (1280, 720)
FRAMES = 96
RUN = 12
"""Pictures in a run; the best run of several counts, since a desktop has other things to do now and then."""
LIVE_BAR, FILM_BAR = 24.0, 0.5
"""Pictures a second, and film seconds a second, that two cores without a graphics card must reach."""


def measure(part: str) -> dict[str, float | str]:
    """Figures of one avatar on all cores."""
    from psi_ecs.systems.output.draw import Stage, renderer

    host = Host(seed=7)
    host.say(host.avatar("mira"), TEXT)
    frames = [host.step() for _ in range(60 + FRAMES)][60:]
    weights = [frame.weights for frame in frames]

    def stage(size: tuple[int, int], on_card: bool | None = None) -> Stage:
        return Stage(host.heads, [host.personas[0].look], [(0.0, 0.0, 0.0)], [0.0], Camera(), Light(), size, on_card=on_card)

    breath = np.zeros(1, np.float32)
    live, on_card = stage(LIVE), stage(LIVE, True)
    shapes = [np.concatenate([w[0, :52], np.zeros(len(SHAPES) - 52, np.float32)]).astype(np.float32) for w in weights]
    morph = live.actors[0].morphing.morph
    film, film_cpu = filmed()
    pictures = rate(weights, lambda w: live.draw(w, breath))
    shown = 1.0 / (1.0 / pictures + 60.0 / LIVE_BAR * tick(host))
    told: dict[str, float | str] = {
        "renderer": renderer(),
        "shapes of a whole head by NumPy, ms": 1e3 * min(cpu(partial(morph, w)) for w in shapes),
        f"pictures a second at {LIVE[0]}x{LIVE[1]}": pictures,
        "... processor ms of one": 1e3 * min(cpu(partial(live.draw, w, breath)) for w in weights),
        f"... with the ticks of a live show at {LIVE_BAR:.0f} a second": shown,
        "... as a card draws (blending, shadows, 4x multisampling)": rate(weights, lambda w: on_card.draw(w, breath)),
        f"film seconds a second, {FILM[0]}x{FILM[1]} at 60": film,
        "... processor ms of a picture, performed, drawn and encoded": film_cpu,
        "other work on the machine at the end (load, processes)": os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0,
    }
    told[f"ratio to {LIVE_BAR:.0f} pictures a second, live"] = shown / LIVE_BAR
    told[f"ratio to {FILM_BAR} film seconds a second"] = film / FILM_BAR
    return told


def cpu(fn: Callable[[], object]) -> float:
    """Processor seconds of a call."""
    begin = process_time()
    fn()
    return process_time() - begin


def rate(weights: list[NDArray[np.float32]], draw: Callable[[NDArray[np.float32]], object]) -> float:
    """Pictures a second in the best run."""
    draw(weights[0])
    runs = []
    for first in range(0, len(weights), RUN):
        begin = perf_counter()
        for row in weights[first : first + RUN]:
            draw(row)
        runs.append((perf_counter() - begin) / len(weights[first : first + RUN]))
    return 1.0 / min(runs)


def tick(host: Host) -> float:
    """Seconds of a tick, the median of many."""
    times = []
    for _ in range(120):
        begin = perf_counter()
        host.step()
        times.append(perf_counter() - begin)
    return float(np.median(times))


def filmed(seconds: float = 6.0) -> tuple[float, float]:
    """Film seconds made a second, performing, drawing and encoding, in the best second of a film; processor ms a picture."""
    scene = Scene(avatar=[SceneAvatar(name="mira")], line=[SceneLine(who="mira", text=TEXT)])
    marks: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan(Path(folder) / "film", ("mp4",), FILM, 60, end=seconds)
        render(scene, Path(folder), plan, lambda _: marks.append((perf_counter(), process_time())))
    spans = [np.subtract(after, before) for before, after in zip(marks, marks[60:], strict=False)]
    return 1.0 / float(min(span[0] for span in spans)), 1e3 / 60.0 * float(min(span[1] for span in spans))
