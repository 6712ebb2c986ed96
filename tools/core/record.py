"""A performance whose field is read tick by tick."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from psi_ecs import PsiError
from psi_ecs.components.face import Articulation
from psi_ecs.components.oscillator import BANDS, Core, Role
from psi_ecs.components.pattern import Pattern
from psi_ecs.systems.dynamics import Measures, load_core
from psi_ecs.systems.host import Host
from psi_ecs.systems.play import open_scene
from psi_ecs.tools.proof import proof_text, read_scene

F64 = NDArray[np.float64]

RATE = 60
"""Ticks a second."""
TEXT = "The quick brown fox jumps over the lazy dog, and then it sleeps all day in the warm sun."
"""Spoken when nothing else is asked for."""
LONGEST = 600.0
"""Seconds of a recording."""


@dataclass(frozen=True)
class Source:
    """What is performed: a scene, or else a text."""

    scene: str | None = None
    text: str | None = None
    persona: str = "mira"
    core: str | None = None
    """Field asset or path of a core TOML, instead of the scene's own."""
    seed: int | None = None
    off: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """For headings."""
        return self.scene or self.text or TEXT


@dataclass(frozen=True)
class Record:
    """The field of one avatar over T ticks; R roles, B bands, P measured pairs."""

    core: Core
    phase: F64
    """f64[T, R], cycles."""
    amp: F64
    """f64[T, R]."""
    energy: F64
    """f64[T], rad/s."""
    slope: F64
    """f64[T], rad/s^2."""
    coherence: F64
    """f64[T]."""
    order: F64
    """f64[T, B], length of each band's order parameter."""
    locks: F64
    """f64[T, P, 2], locking value and lag in cycles."""
    mouth: F64
    """f64[T, 8], articulators."""
    pattern: tuple[Pattern, ...]
    """The field after each tick, to be recalled."""

    @property
    def seconds(self) -> F64:
        """Time of each tick, f64[T]."""
        return np.arange(1, len(self.phase) + 1) / RATE


def opened(source: Source, core: Core | None = None) -> Host:
    """A host that performs it. AssetError or PsiError in one line if it cannot."""
    field = core or (load_core(source.core) if source.core else None)
    if source.scene is not None and source.text is not None:
        raise PsiError("a scene and a text; give one of them")
    if source.scene is not None:
        scene, path = read_scene(source.scene)
        return open_scene(scene, path.parent, source.seed, source.off, field)
    text = source.text or TEXT
    proof_text(text, "the text")
    host = Host(source.seed or 0, source.off, field)
    host.say(host.avatar(source.persona), text)
    return host


def follow(host: Host, who: str | None = None, end: float | None = None) -> Iterator[Measures]:
    """Measures of the avatar of that name (None: the first) after every tick, until all is said or `end` seconds."""
    avatar = host.avatars[named(host, who)]
    while not host.idle and host.time < (LONGEST if end is None else end) - 1e-9:
        host.step()
        yield host.field(avatar)


def named(host: Host, who: str | None) -> int:
    """Index of an avatar by its name. PsiError with the names there are."""
    from psi_ecs.components.avatar import Cast

    names = host.app.world.resource(Cast).names
    if who is not None and who not in names:
        raise PsiError(f"nobody is called {who!r}; there are {', '.join(names)}")
    return 0 if who is None else names.index(who)


def record(source: Source, who: str | None = None, end: float | None = None, core: Core | None = None) -> Record:
    """Perform it and keep the field of one avatar. PsiError if there is nothing of it."""
    host = opened(source, core)
    avatar = host.avatars[named(host, who)]
    kept, mouth, pattern = [], [], []
    for found in follow(host, who, end):
        kept.append(found)
        pattern.append(host.pattern(avatar, "now"))
        mouth.append(host.app.world.peek(avatar, Articulation).now[0].astype(np.float64))
    if len(kept) < 2:
        raise PsiError("nothing was performed; give a text or a scene with lines")
    return Record(
        core=host.app.world.resource(Core), phase=_table(kept, "phase"), amp=_table(kept, "amplitude"),
        energy=np.array([m.energy for m in kept]), slope=np.array([m.slope for m in kept]),
        coherence=np.array([m.coherence for m in kept]), order=np.array([[m.order[b][0] for b in BANDS] for m in kept]),
        locks=np.array([list(m.locks.values()) for m in kept], np.float64).reshape(len(kept), -1, 2), mouth=np.stack(mouth),
        pattern=tuple(pattern),
    )  # fmt: skip


def _table(kept: list[Measures], what: str) -> F64:
    return np.array([[getattr(m, what)[r.name.lower()] for r in Role] for m in kept], np.float64)
