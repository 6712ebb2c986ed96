"""A sheet of everything that a head can do: sides, shapes, visemes and expressions, each in a cell with its name."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.avatar import Persona
from psi_ecs.components.face import BLENDSHAPES, FACE_ID, TONGUE, Head
from psi_ecs.components.frame import Frame
from psi_ecs.systems.formats.expression import gather
from psi_ecs.systems.host import Host

from .picture import VIEWS, Picture, Studio, captioned, heading, tiled, weights

PARTS = ("views", "shapes", "visemes", "expressions")
WITH = {"mouthClose": {"jawOpen": 1.0}} | {name: {"jawOpen": 0.4} for name in ("tongueOut", *TONGUE)}
"""Shapes that are made for a jaw that is open."""
SPOKEN = (
    ("PP", "puppy", "P"), ("FF", "off it", "F"), ("TH", "thinking", "TH"), ("DD", "daddy", "D"), ("kk", "a cookie", "K"),
    ("CH", "a church", "CH"), ("SS", "a sister", "S"), ("nn", "a nanny", "N"), ("RR", "a rarer", "R"), ("aa", "father", "AA"),
    ("E", "a pet", "EH"), ("ih", "a bee", "IY"), ("oh", "a law", "AO"), ("ou", "a shoe", "UW"),
)  # fmt: skip
"""Oculus viseme, words that hold it, and the phone of the words at whose middle the mouth is taken."""
MOUTH = slice(14, 41)
STILL = np.zeros(len(TONGUE), np.float32)


class Cell(NamedTuple):
    """What one picture shows."""

    caption: str
    pose: NDArray[np.float32]
    """f32[61]."""
    view: str = "front"
    focus: str = "face"
    tongue: NDArray[np.float32] = STILL
    """f32[2]."""


def views() -> list[Cell]:
    """The neutral face from each side."""
    return [Cell(f"neutral, {view}", weights(), view, "head") for view in VIEWS]


def shapes(head: Head) -> list[Cell]:
    """Every blendshape alone at 1, those of the tongue too; eyes turn with the shapes of their lids."""
    out: list[Cell] = []
    up, down, inward, outward = head.rig["eye_gain"]
    for name in BLENDSHAPES:
        also = WITH.get(name, {})
        pose = weights(**{name: 1.0}, **also)
        if name.startswith("eyeLook"):
            side = "left" if name.endswith("Left") else "right"
            to_left = 1.0 if side == "left" else -1.0
            way = {"Up": (0, -up), "Down": (0, down), "In": (-to_left * inward, 0), "Out": (to_left * outward, 0)}
            yaw, pitch = way[name.removeprefix("eyeLook").removesuffix("Left").removesuffix("Right")]
            pose[FACE_ID[f"{side}EyeYaw"]], pose[FACE_ID[f"{side}EyePitch"]] = yaw, pitch
        out.append(Cell(_named(name), pose))
    for i, name in enumerate(TONGUE):
        out.append(Cell(_named(name), weights(**WITH[name]), "front", "mouth", np.eye(len(TONGUE), dtype=np.float32)[i]))
    return out


def _named(shape: str) -> str:
    return " ".join([shape, *(f"+ {n} {v:g}" for n, v in WITH.get(shape, {}).items())])


def visemes(persona: Persona | str) -> list[Cell]:
    """The 15 visemes of Oculus, as the persona's mouth makes them in words: the middle of the phone."""
    out: list[Cell] = [Cell("sil", weights(), "front", "mouth")]
    for name, words, phone in SPOKEN:
        pose = weights()
        frame = _middle(persona, words, phone)
        pose[MOUTH], pose[FACE_ID["tongueOut"]] = frame.weights[0, MOUTH], frame.weights[0, FACE_ID["tongueOut"]]
        out.append(Cell(f"{name} ({words})", pose, "front", "mouth", np.asarray(frame.tongue[0], np.float32)))
    return out


def _middle(persona: Persona | str, words: str, phone: str) -> Frame:
    """The frame at the middle of the first such phone of the words."""
    host = Host(seed=1)
    host.say(host.avatar(persona), words)
    frames, spans = list[Frame](), list[tuple[int, int]]()
    while not host.idle:
        frame = host.step()
        frames.append(frame)
        spans += [(e.start, e.end) for e in frame.events if e.kind == "phone" and e.text.rstrip("012") == phone]
    start, end = spans[0]
    return frames[min((start + end) // 2 // 400, len(frames) - 1)]


def expressions() -> list[Cell]:
    """Every expression at full strength: those of feelings first."""
    found = gather()
    return [Cell(name, row.astype(np.float32)) for name, row in zip(found.names, found.matrix, strict=False)]


def cells(head: Head, persona: Persona | str, parts: Iterable[str]) -> dict[str, list[Cell]]:
    """What is to be drawn, by part."""
    make: dict[str, Callable[[], list[Cell]]] = {
        "views": views,
        "shapes": lambda: shapes(head),
        "visemes": lambda: visemes(persona),
        "expressions": expressions,
    }
    return {part: make[part]() for part in PARTS if part in parts}


def drawn(studio: Studio, asked: dict[str, list[Cell]], name: str, done: Callable[[], None]) -> Picture:
    """The whole sheet u8[h, w, 3]; `done` is called after every cell."""
    columns = min(9, max(map(len, asked.values())))
    out: list[Picture] = []
    for part, group in asked.items():
        row: list[Picture] = []
        for cell in group:
            row.append(captioned(studio.shot(cell.pose, cell.view, cell.focus, cell.tongue), cell.caption))
            done()
        out += [heading(f"{name}: {part}", studio.size[0] * columns), tiled(row, columns)]
    return np.concatenate(out, 0)
