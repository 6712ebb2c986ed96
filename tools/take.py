"""One performance of a scene, written to whatever is asked for."""

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs import PsiError
from psi_ecs.components.face import Head
from psi_ecs.components.frame import Frame
from psi_ecs.components.oscillator import Core
from psi_ecs.components.scene import CLEAR, Scene
from psi_ecs.systems.formats.animation import Performance, write_animation
from psi_ecs.systems.formats.azure import write_azure
from psi_ecs.systems.formats.bvh import write_bvh
from psi_ecs.systems.formats.captions import captions, srt, vtt
from psi_ecs.systems.formats.safe import write_file
from psi_ecs.systems.formats.timeline import Timeline
from psi_ecs.systems.formats.usd import write_usda
from psi_ecs.systems.formats.wav import wav
from psi_ecs.systems.host import Host
from psi_ecs.systems.play import open_scene, placed
from psi_ecs.tools.master import AS_IT_IS, Master

MAIN = ("mp4", "wav", "vtt", "srt", "json", "csv")
"""What is made when nothing is asked for."""
FACES: dict[str, Callable[[Head, Performance], bytes | str]] = {
    "glb": write_animation,
    "usda": write_usda,
    "bvh": write_bvh,
    "azure.json": lambda _, done: write_azure(done),
}
"""Animation of one avatar's face, a file each."""
FORMATS = (*MAIN, "png", "pngs", "mov", *FACES)
DRAWN = ("mp4", "mov", "png", "pngs")
"""Formats that are pictures: a film, a film that can be transparent, the last picture, every picture."""
LONGEST = 3600.0
"""Seconds after which a scene is cut off."""


def named(out: Path | None) -> str:
    """The format that the name of a file asks for, or nothing."""
    return max((f for f in FORMATS if out is not None and out.name.endswith(f".{f}")), key=len, default="")


@dataclass
class Plan:
    """What to make of a scene."""

    out: Path
    """Path of the main file; the others stand beside it."""
    formats: tuple[str, ...]
    size: tuple[int, int] = (1280, 720)
    fps: int = 60
    start: float = 0.0
    end: float | None = None
    seed: int | None = None
    off: tuple[str, ...] = ()
    """Parts to do without, of `components.switch.PARTS`."""
    core: Core | None = None
    """Field of every avatar, instead of the scene's own."""
    memories: Path | None = None
    """Folder in which everyone remembers; nowhere but in their scene's files if None."""
    readonly: bool = False
    """They recall, and keep nothing."""
    began: float = 0.0
    """Seconds since 1970 at the first tick, kept with what is remembered."""
    master: Master = AS_IT_IS
    """How loud, and at what rate."""

    def path(self, format: str, name: str = "") -> Path:
        """Where a format goes; `name` tells avatars apart."""
        kind = named(self.out)
        stem = self.out.with_name(self.out.name.removesuffix(f".{kind}")) if kind else self.out
        return stem.with_name(stem.name + (f".{name}" if name else "") + f".{format}")


def frames(host: Host, end: float | None) -> Iterator[Frame]:
    """The ticks of a scene until it is done, or until `end` seconds."""
    limit = LONGEST if end is None else end
    while not host.idle and host.time < limit - 1e-9:
        yield host.step()
        if host.time < 0.02:
            gc.freeze()  # heads, words and voices are loaded now and stay: never search them for garbage


def stage(host: Host, scene: Scene, size: tuple[int, int], headless: bool = True) -> Any:
    """A stage for drawing this scene, off screen or in a window. DrawError in one line if there is nowhere to draw."""
    from psi_ecs.systems.output.draw import Stage

    spots = placed(scene)
    looks = [p.look for p in host.personas]
    at, turn = [s[0] for s in spots], [s[1] for s in spots]
    return Stage(host.heads, looks, at, turn, scene.camera, scene.light, size, headless=headless)


def render(scene: Scene, base: Path, plan: Plan, progress: Callable[[float], None]) -> tuple[list[Path], list[str]]:
    """Perform a scene, then write it. Returns the files and remarks about what could not be made.

    `progress` is told the seconds made so far. On an error or interrupt, unfinished files are removed.
    """
    host = open_scene(scene, base, plan.seed, plan.off, plan.core, plan.memories, plan.began, plan.readonly)
    formats, remarks, pictures = possible(host, scene, plan)
    writer = _Writer(host, scene, plan, formats, pictures)
    try:
        for frame in frames(host, plan.end):
            if host.time > plan.start + 1e-9:
                writer.add(frame)
            progress(host.time)
        return writer.finish(), remarks
    except BaseException:
        writer.abandon()
        raise
    finally:
        host.close()


def possible(host: Host, scene: Scene, plan: Plan) -> tuple[list[str], list[str], Any]:
    """(formats that can be made here, why the others cannot, the stage to draw on). PsiError if none of them can."""
    from psi_ecs.systems.output.draw import DrawError, available
    from psi_ecs.systems.output.film import missing

    formats, remarks, pictures = list(plan.formats), list[str](), None
    if {"mp4", "mov"} & {*formats} and (why := missing()):
        formats = [f for f in formats if f not in ("mp4", "mov")]
        remarks.append(why)
    if "mp4" in formats and scene.light.background == CLEAR:
        formats.remove("mp4")
        remarks.append(
            "no mp4: it carries no transparent background; --format mov makes a film that does, pngs single pictures"
        )
    if {*DRAWN} & {*formats}:
        why = available()
        if why is None:
            try:
                pictures = stage(host, scene, plan.size)
            except DrawError as refused:
                why = str(refused)
        if why is not None:
            formats = [f for f in formats if f not in DRAWN]
            remarks.append(why)
    if not formats:
        raise PsiError(remarks[0])
    return formats, remarks, pictures


class _Writer:
    """All files of one performance."""

    def __init__(self, host: Host, scene: Scene, plan: Plan, formats: list[str], pictures: Any) -> None:
        self.plan, self.formats = plan, formats
        self.heard: list[NDArray[np.float32]] = []
        self.names = [a.name for a in scene.avatar]
        entities = host.avatars
        origin = round(plan.start * 60) * 400
        self.heads, self.tongues = host.heads, list[NDArray[np.float32]]()
        self.timeline = Timeline(self.names, [a.persona or a.name for a in scene.avatar], entities, origin=origin)
        self.entity = dict(zip(entities, self.names, strict=True))
        self.said: list[tuple[str, Any]] = []
        self.origin = origin
        self.films: list[Any] = []
        self.pictures: list[Path] = []
        self.stage = pictures
        self.last: Frame | None = None
        self.ticks = self.shown = 0
        for kind in ("mp4", "mov"):
            if kind in formats:
                from psi_ecs.systems.output.film import Film

                self.films.append(Film(plan.path(kind), plan.size, plan.fps, plan.master.rate))

    def add(self, frame: Frame) -> None:
        self.timeline.add(frame.weights, frame.events)
        self.tongues.append(frame.tongue)
        self.said += [(self.entity[e.avatar], e) for e in frame.events if e.start >= self.origin]
        self.heard.append(frame.audio)
        due = (self.ticks + 1) * self.plan.fps // 60
        while self.shown < due and (self.films or "pngs" in self.formats):
            self.shown += 1
            if self.films:
                picture = self.stage.planes(frame.weights, frame.breath, frame.tongue)
                for film in self.films:
                    film.frame(picture)
            if "pngs" in self.formats:
                self.pictures.append(self._picture(self.plan.path("png", f"{self.shown:05d}"), frame))
        self.last = frame
        self.ticks += 1

    def finish(self) -> list[Path]:
        if self.last is None:
            raise PsiError("nothing to render: the scene is over before --from; choose an earlier moment")
        made: list[Path] = []
        sound = self.plan.master.apply(np.concatenate(self.heard))  # its loudness is known only now
        for film in self.films:
            for second in range(0, len(sound), self.plan.master.rate):
                film.sound(sound[second : second + self.plan.master.rate])
            film.close()
        words = captions(self.said)
        text: dict[str, Callable[[], bytes | str]] = {
            "wav": lambda: wav(sound, self.plan.master.rate),
            "vtt": lambda: vtt(words, self.origin),
            "srt": lambda: srt(words, self.origin),
            "json": self.timeline.json,
        }
        for format in self.formats:
            if format in text:
                write_file(self.plan.path(format), text[format]())
            elif format == "csv" or format in FACES:
                made += self._each(format)
                continue
            elif format == "png":
                self._picture(self.plan.path("png"), self.last)
            elif format == "pngs":
                made += self.pictures
                continue
            made.append(self.plan.path(format))
        return made

    def _each(self, format: str) -> list[Path]:
        """A file for each avatar."""
        made = []
        for i, name in enumerate(self.names):
            made.append(self.plan.path(format, name if len(self.names) > 1 else ""))
            if format == "csv":
                write_file(made[-1], self.timeline.csv(i))
            else:
                done = Performance(np.stack(self.timeline.tracks[i].weights), np.stack([t[i] for t in self.tongues]))
                write_file(made[-1], FACES[format](self.heads[i], done))
        return made

    def _picture(self, path: Path, frame: Frame) -> Path:
        from psi_ecs.systems.formats.png import write_png

        write_file(path, write_png(self.stage.draw(frame.weights, frame.breath, frame.tongue)))
        return path

    def abandon(self) -> None:
        for film in self.films:
            film.abandon()
        for path in self.pictures:
            path.unlink(missing_ok=True)
