"""The course of an expression as an avatar shows it: a strip of pictures, an animated GIF or a film."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from psi_ecs import PsiError
from psi_ecs.components.expression import Expression
from psi_ecs.components.frame import Frame
from psi_ecs.systems.formats.persona import load_persona
from psi_ecs.systems.formats.png import write_png
from psi_ecs.systems.formats.safe import write_file
from psi_ecs.systems.host import CAMERA, Host
from psi_ecs.tools.face.picture import Picture, Studio, captioned, tiled

NAME = "preview"
BEFORE, AFTER = 1.0, 0.4
"""Seconds shown before and after."""
LONGEST = 12.0
KINDS = (".png", ".gif", ".mp4")


def course(e: Expression) -> tuple[float, float]:
    """(seconds for which it is asked for, seconds of the whole show)."""
    shown = min(e.onset * 1.5 + (1.5 * e.apex if e.apex else 1.2), LONGEST)
    return shown, BEFORE + shown + 1.3 * e.offset + AFTER


def frames(e: Expression, persona: str) -> list[Frame]:
    """Every tick of the show."""
    still = load_persona(persona)
    still.manner.blink = still.manner.sway = 0.0  # what is seen is the expression alone
    host = Host(seed=4)
    avatar = host.avatar(still)
    host.look_at(avatar, CAMERA)
    host.learn_expression(NAME, e)
    asked, whole = course(e)
    out = list[Frame]()
    for tick in range(round(60 * whole)):
        if tick == round(60 * BEFORE):
            host.cue(avatar, "expression", name=NAME, seconds=asked)
        out.append(host.step())
    return out


def moments(e: Expression) -> list[tuple[str, float]]:
    """Captions and seconds of a strip's pictures."""
    asked, _ = course(e)
    end = BEFORE + asked
    return [
        ("before", BEFORE),
        ("onset, a third", BEFORE + e.onset / 3.0),
        ("onset, two thirds", BEFORE + e.onset / 1.5),
        ("apex", BEFORE + 1.5 * e.onset),
        ("held", end - 1.0 / 60.0),
        ("offset, a third", end + e.offset / 3.0),
        ("offset, two thirds", end + e.offset / 1.5),
        ("after", end + 1.3 * e.offset),
    ]


def run(e: Expression, persona: str, out: Path, size: int, done: Callable[[float], None]) -> None:
    """Write the show as PNG, GIF or MP4, by the ending of `out`; `done` is told shares. PsiError in one line."""
    from psi_ecs.tools.face.picture import subject

    if out.suffix not in KINDS:
        raise PsiError(f"{out}: must end in {', '.join(KINDS)}")
    head, look, _ = subject(persona)
    studio = Studio(head, look, (size, size))
    played = frames(e, persona)

    def drawn(frame: Frame) -> Picture:
        return studio.shot(frame.weights[0], "front", "face", frame.tongue[0])

    if out.suffix == ".png":
        cells = list[Picture]()
        for i, (text, second) in enumerate(moments(e), 1):
            cells.append(captioned(drawn(played[min(round(60 * second), len(played) - 1)]), f"{text} {second - BEFORE:.2f} s"))
            done(i / 8)
        write_file(out, write_png(tiled(cells, 4)))
        return
    step = 2 if out.suffix == ".mp4" else 4
    pictures = list[Picture]()
    for i in range(0, len(played), step):
        pictures.append(drawn(played[i]))
        done(i / len(played))
    (_film if out.suffix == ".mp4" else _gif)(out, pictures, step)


def _gif(out: Path, pictures: list[Picture], step: int) -> None:
    import io

    from PIL import Image

    first, *rest = [Image.fromarray(p).quantize(128, dither=Image.Dither.NONE) for p in pictures]
    blob = io.BytesIO()
    first.save(blob, "GIF", save_all=True, append_images=rest, duration=round(1000 * step / 60), loop=0)
    write_file(out, blob.getvalue())


def _film(out: Path, pictures: list[Picture], step: int) -> None:
    from psi_ecs.systems.output.film import Film

    film = Film(out, (pictures[0].shape[1], pictures[0].shape[0]), 60 // step)
    try:
        for picture in pictures:
            film.frame(picture)
        film.sound(np.zeros(400 * step * len(pictures), np.float32))
        film.close()
    except BaseException:
        film.abandon()
        raise
