"""Pictures of one head: from several sides, in any pose, with captions."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.avatar import Look, Persona
from psi_ecs.components.face import FACE_ID, TONGUE, Head
from psi_ecs.components.scene import Camera, Light
from psi_ecs.systems.formats.heads import load_head
from psi_ecs.systems.formats.persona import load_persona, personas

Picture = NDArray[np.uint8]
VIEWS = {"front": 0.0, "three-quarter": 35.0, "profile": 90.0}
"""Degrees that the camera goes round to the head's left."""
FOV = 20.0
INK, PAPER = (226, 232, 240), (24, 28, 34)


def subject(name: str) -> tuple[Head, Look, Persona | str]:
    """(head, colours, who speaks with it) for the name of a persona or head asset, a persona file or a GLB. AssetError if
    none."""
    if name.endswith((".toml", ".zip")) or name in personas():
        persona = load_persona(name)
        base = Path(name).parent if name.endswith(".toml") else None
        return load_head(persona.head, base), persona.look, name
    return load_head(name), Look(), Persona(name=Path(name).stem, head=name)


def weights(**channels: float) -> NDArray[np.float32]:
    """f32[61] from channels by name; a name without its side stands for both."""
    out = np.zeros(len(FACE_ID), np.float32)
    for name, value in channels.items():
        for one in (name,) if name in FACE_ID else (f"{name}Left", f"{name}Right"):
            out[FACE_ID[one]] = value
    return out


class Studio:
    """One head before a camera that goes round it."""

    def __init__(self, head: Head, look: Look, size: tuple[int, int] = (320, 320), light: Light | None = None) -> None:
        """DrawError in one line if this machine cannot draw."""
        from psi_ecs.systems.output.draw import Stage

        mark, own = head.landmarks, [m.position for m in head.meshes if m.node != "body"]
        top, chin = max(float(p[:, 1].max()) for p in own), mark["chin"][1]
        eyes, mouth = mark["eye_left"][1], mark["mouth"][1]
        self.focus = {
            "head": (0.5 * (top + chin - 0.035), 0.54 * (top - chin + 0.035)),
            "face": (0.5 * (eyes + mouth), 1.35 * (eyes - mouth)),
            "mouth": (mouth - 0.08 * (eyes - mouth), 0.6 * (eyes - mouth)),
        }
        """Height of the middle of a picture and half of what it shows, metres."""
        self.size = size
        self.stage = Stage([head], [look], [(0.0, 0.0, 0.0)], [0.0], self._camera("front", "head"), light or Light(), size)

    def _camera(self, view: str, focus: str) -> Camera:
        turn, (middle, half) = np.radians(VIEWS[view]), self.focus[focus]
        target = np.array((0.0, middle, -0.05))
        back = half / np.tan(np.radians(FOV) / 2) * max(1.0, self.size[1] / self.size[0]) + 0.05
        eye = target + back * np.array((np.sin(turn), 0.03, np.cos(turn)))
        return Camera(position=_point(eye), target=_point(target), fov=FOV)

    def shot(self, pose: NDArray[Any], view: str = "front", focus: str = "head", tongue: NDArray[Any] | None = None) -> Picture:
        """A picture u8[h, w, 3] of a pose f32[61] of the head, face or mouth, with a tongue f32[2]."""
        self.stage.camera = self._camera(view, focus)
        lifted = np.zeros(len(TONGUE), np.float32) if tongue is None else np.asarray(tongue, np.float32)
        return self.stage.draw(np.asarray(pose, np.float32)[None], np.zeros(1, np.float32), lifted[None])


def _point(p: NDArray[Any]) -> tuple[float, float, float]:
    return (float(p[0]), float(p[1]), float(p[2]))


def captioned(picture: Picture, text: str) -> Picture:
    """A picture with a line of text below it."""
    from PIL import Image, ImageDraw, ImageFont

    h, w, _ = picture.shape
    size = max(9.0, w / 15.0)
    out = Image.new("RGB", (w, h + round(1.6 * size)), PAPER)
    out.paste(Image.fromarray(picture), (0, 0))
    draw = ImageDraw.Draw(out)
    font = ImageFont.load_default(size)
    while size > 6.0 and draw.textlength(text, font) > w - 6:
        size *= 0.93
        font = ImageFont.load_default(size)
    draw.text((w / 2, h + 2), text, INK, font, "ma")
    return np.asarray(out, np.uint8)


def heading(text: str, width: int) -> Picture:
    """A line of text of this width, u8[h, width, 3]."""
    from PIL import Image, ImageDraw, ImageFont

    out = Image.new("RGB", (width, 40), PAPER)
    ImageDraw.Draw(out).text((12, 20), text, INK, ImageFont.load_default(20.0), "lm")
    return np.asarray(out, np.uint8)


def tiled(pictures: list[Picture], columns: int) -> Picture:
    """Pictures of one size in rows of so many."""
    blank = np.empty_like(pictures[0])
    blank[:] = PAPER
    padded = pictures + [blank] * (-len(pictures) % columns)
    return np.concatenate([np.concatenate(padded[i : i + columns], 1) for i in range(0, len(padded), columns)], 0)
