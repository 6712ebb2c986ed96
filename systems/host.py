"""The promise to embedders: a `Host` takes text and gives sound and a face, one tick at a time.

Pull only: no threads, no globals, no window, no device. A tick is 1/60 s and 400 samples.

    host = Host(seed=7)
    mira = host.avatar("mira")
    host.say(mira, "Hello there.")
    while not host.idle:
        frame = host.step()          # frame.audio f32[400], frame.weights f32[avatars, 61]
"""

from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from psi_ecs import App, AssetError, Clock, PsiError, Reader, Res, Write, system
from psi_ecs.components.avatar import Attention, Avatar, Cast, Feeling, Persona, Place, Trace
from psi_ecs.components.event import Cue, Drive, Learn, Pose, Recall, Say, Spoken, Stop, Unpose
from psi_ecs.components.expression import Expression, Repertoire
from psi_ecs.components.face import FACE_ID, Articulation, Face, Head, Rig
from psi_ecs.components.frame import Frame, Prediction
from psi_ecs.components.grammar import Grammar
from psi_ecs.components.life import Claims
from psi_ecs.components.memory import Remembered
from psi_ecs.components.moment import Quotes, Quoting
from psi_ecs.components.oscillator import Core
from psi_ecs.components.pattern import Pattern
from psi_ecs.components.score import ARTICULATOR_REST
from psi_ecs.components.script import Script
from psi_ecs.components.switch import Switches, switched
from psi_ecs.components.text import Emotion, Waiting
from psi_ecs.components.voice import Sound, Speech, Voices
from psi_ecs.table import Table

from .concepts import Awake, awake, resolve, sow
from .dynamics import Measures, attended, checked, measure, mouth, observe, phases
from .face import ahead, owners
from .face import checked as claimable
from .formats.concepts import load_concepts
from .formats.expression import fitting_expression, load_expression
from .formats.heads import load_head
from .formats.pattern import fitting, load_pattern
from .formats.persona import load_persona
from .grammar import accept, broken
from .memory import Library, Memoir
from .presets import speaker

CAMERA = (0.0, 0.0, 1.0)
"""Where an avatar looks when nothing else asks: a viewer one metre in front of the origin, metres."""


class Outbox(Struct):
    """Resource: what was reached in speech during the tick just made."""

    events: list[Spoken]


@system("output")
def collect(spoken: Reader[Spoken], outbox: Res[Write[Outbox]]) -> None:
    """Gather the tick's events for the frame."""
    outbox.value.events = list(spoken)


class Host:
    """A world with avatars that speak. See the module for the loop."""

    def __init__(self, seed: int = 0, off: tuple[str, ...] = (), core: Core | None = None) -> None:
        """Make an empty world; the same seed and the same calls give the same bytes. `off` names parts of
        `components.switch.PARTS` to do without; `core` is the field of every avatar, from `dynamics.load_core`."""
        self.app = (
            App(seed=seed)
            .add(Cast(), Outbox([]), Script(done=True), speaker, collect, switched(off))
            .saves(Say, Stop, Cue, Drive, Recall, Learn, Pose, Unpose, Remembered)
        )
        if core is not None:
            self.app.add(core)
        self.heads: list[Head] = []
        self._shape = -1
        self._tables: list[Table] = []
        self._order: NDArray[np.intp] = np.zeros(0, np.intp)
        self._turn = 1_000_000  # above any line of a scene, whose index is its turn

    @property
    def avatars(self) -> list[int]:
        """Entity ids in the order they joined."""
        tables = [(t.cols[Avatar]["index"][: t.n], t.ids[: t.n]) for t in self.app.world.tables.values() if Avatar in t.key]
        return [i for _, i in sorted((int(k), int(e)) for index, ids in tables for k, e in zip(index, ids, strict=True))]

    @property
    def personas(self) -> list[Persona]:
        """Who they are, in the same order."""
        return self.app.world.resource(Cast).personas

    @property
    def time(self) -> float:
        """Seconds made so far."""
        return self.app.world.resource(Clock).time

    @property
    def idle(self) -> bool:
        """True when nobody speaks, nothing waits to be spoken, and no scene is under way."""
        world = self.app.world
        busy = any(world.sparse[cls] for cls in (Speech, Waiting, Quotes, Quoting)) or self.app.pending
        return not busy and world.resource(Script).done

    def avatar(
        self,
        persona: str | Persona,
        name: str | None = None,
        place: tuple[float, float, float] = (0.0, 0.0, 0.0),
        facing: float = 0.0,
        base: Path | None = None,
        concepts: str = "",
    ) -> int:
        """Bring in an avatar; returns its id.

        Args: persona, the name of an asset, the path of a persona TOML (relative to `base`), or a Persona; place in
        metres; facing in radians, positive to its own left; concepts, the path of a TOML file (relative to `base`) that adds to
        the concepts that come along. Raises AssetError in one line if something is missing.
        """
        own = load_concepts(concepts, base) if concepts else None
        if isinstance(persona, str):
            persona = load_persona(persona, base)
        try:
            self.app.world.resource(Voices)[persona.voice.asset]
        except PsiError as why:
            raise AssetError(f"persona {persona.name!r}: {why}") from why
        accept(self.app.world.resource(Grammar), persona)
        self.heads.append(load_head(persona.head, base))
        cast = self.app.world.resource(Cast)
        cast.personas.append(persona)
        cast.names.append(name or persona.name)
        ids = self.app.world.spawn(
            1,
            Avatar(index=len(cast.personas) - 1),
            Place(position=place, yaw=facing),
            Feeling(now=0.0, goal=0.0),
            Attention(target=CAMERA, strength=0.6),
            Articulation(now=ARTICULATOR_REST, loudness=0.0, pitch=0.0, phone=0.0),
            Face(weights=0.0, breath=0.0),
            Sound(block=0.0),
            Rig(**self.heads[-1].rig),
            Trace(seen=0.0, count=0),
        )
        if own is not None:
            sow(self.app.world, int(ids[0]), own)
        return int(ids[0])

    def say(self, avatar: int, text: str, emotion: Emotion | None = None) -> int:
        """Say something after what the avatar is saying already; returns the turn that events will carry.

        `text` is plain, with inline tags, or SSML. PsiError if nothing in it can be spoken.
        """
        if not text.strip():
            raise PsiError("the text is empty; give at least one word")
        self._turn += 1
        self.app.send(Say(avatar=avatar, turn=self._turn, text=text, emotion=emotion))
        return self._turn

    def stop(self, avatar: int) -> None:
        """Fall silent at once and drop what waits."""
        self.app.send(Stop(avatar=avatar))

    def cue(self, avatar: int, kind: str, **what: Any) -> None:
        """Direct the face; `kind` and the rest as in `components.event.Cue`."""
        self.app.send(Cue(avatar=avatar, kind=kind, **what))

    def learn_expression(self, name: str, expression: Expression | None = None, base: Path | None = None) -> str:
        """Add an expression of your own, or change it: the path of its TOML file (relative to `base`), or an Expression under
        any name that no other has. Cues then call it by that name. AssetError in one line if it cannot be used."""
        found = load_expression(name, base) if expression is None else fitting_expression(expression, name)
        self.app.world.resource(Repertoire).own[name] = found
        return name

    def pose(
        self, avatar: int, channels: dict[str, float], owner: str = "host", priority: int = 0, seconds: float = 0.2
    ) -> None:
        """Drive channels of the face from now on, by their names in `components.face.FACE`; they are taken over in `seconds`,
        and of two owners the one of higher `priority` has them. What phonetics demands still holds. PsiError if there is no
        such channel.

            host.pose(mira, {"browInnerUp": 0.8, "headYaw": 0.2}, owner="tracker")
            host.release(mira, owner="tracker")
        """
        self.app.send(claimable(Pose(avatar=avatar, channels=channels, owner=owner, priority=priority, seconds=seconds)))

    def release(self, avatar: int, *channels: str, owner: str = "host", seconds: float = 0.4) -> None:
        """Hand channels back to the face's own life, all of the owner's if none is named, in `seconds`."""
        for name in channels:
            if name not in FACE_ID:
                raise PsiError(f"release: no channel {name!r}; use ARKit names such as mouthSmileLeft, or headYaw")
        self.app.send(Unpose(avatar=avatar, channels=channels, owner=owner, seconds=seconds))

    def owners(self, avatar: int) -> dict[str, str]:
        """Who drives which channel from outside; channels that are not named are the face's own."""
        return owners(self.app.world.get_sparse(avatar, Claims))

    def look_at(self, avatar: int, target: tuple[float, float, float], strength: float = 1.0) -> None:
        """What the avatar attends to from now on, a point in metres."""
        attention = self.app.world.get(avatar, Attention)
        attention.target, attention.strength = target, strength

    def articulate(self, avatar: int, jaw: float = 1.0, lips: float = 1.0) -> None:
        """How far jaw and lips go from now on, beside the persona's manner and what the text asks for (`[mumble]`, `[clear]`):
        0.5 mumbles, 1 is ordinary, 1.5 over-articulates. PsiError unless both are 0 to 2."""
        if not (0.0 <= jaw <= 2.0 and 0.0 <= lips <= 2.0):
            raise PsiError(f"articulate: jaw is {jaw} and lips {lips}; give numbers from 0 to 2")
        self.app.world.get(avatar, Articulation).effort = (jaw, lips)

    def drive(self, avatar: int, role: str, **knobs: Any) -> None:
        """Turn knobs of the field while it runs; `role` and the rest as in `components.event.Drive`.

        A frequency, amplitude or phase (`freq`, `amp`, `theta`), a transient (`kick`, `push`), or with `by` the `gain` and
        `lag` of a coupling, which is added if the asset has none. PsiError if there is no such role or number.

            host.drive(mira, "breath", freq=0.3, amp=1.2)
            host.drive(mira, "brow", kick=2.0)
            host.drive(mira, "sway_pitch", by="breath", gain=0.5, lag=0.25)
        """
        self.app.send(checked(Drive(avatar=avatar, role=role, **knobs)))

    def field(self, avatar: int) -> Measures:
        """How the avatar's field is doing now: phase, frequency and amplitude of each role, locks with value and lag, order
        parameters of bands, V, dV/dt and coherence. PsiError before its first tick."""
        return measure(self.app.world, avatar)

    def pattern(self, avatar: int, name: str) -> Pattern:
        """The avatar's field as it is now, under a name: to be recalled, or kept with `formats.pattern.pattern_text`."""
        return observe(self.app.world, avatar, name)

    def recall(
        self, avatar: int, pattern: str | Pattern, strength: float = 1.0, seconds: float = 0.0, base: Path | None = None
    ) -> None:
        """Put the avatar's field into a pattern, or for some `seconds` draw it there with a `strength` of 0 to 1.

        Args: pattern, the name of an asset, the path of a pattern TOML (relative to `base`), or a Pattern. AssetError or
        PsiError in one line if it cannot be.
        """
        if not (0.0 <= strength <= 1.0 and 0.0 <= seconds <= 3600.0):
            raise PsiError(f"recall: strength is {strength} and seconds {seconds}; give 0 to 1, and 0 to 3600")
        found = load_pattern(pattern, base) if isinstance(pattern, str) else fitting(pattern)
        self.app.send(Recall(avatar=avatar, pattern=found, strength=strength, seconds=seconds))

    def memory(
        self, avatar: int, path: Path | None = None, began: float = 0.0, scene: str = "", secret: bytes | None = None,
        readonly: bool = False,
    ) -> Memoir:  # fmt: skip
        """What an avatar remembers, to look into and to act on. Given the path of its file (made if need be), it is from now on
        who it was when that was written, and goes on writing; without one it remembers for as long as the host lives.

        Args: began, seconds since 1970 at the host's first tick, for nothing here reads a clock; scene, kept with what is said;
        secret, the key of an encrypted file; readonly, to recall and keep nothing. MemoryFileError in one line if the file
        cannot be used.

            memory = host.memory(mira, Path("mira.psimem"), began=time.time())
            host.say(mira, "[like earlier] Shall we go on? [/]")
        """
        memoir, library = Memoir(self.app.world, avatar, self.app.send), self.app.world.resource(Library)
        if path is not None:
            library.open(avatar, memoir.persona, path, secret, readonly)
            library.began, library.scene = began, scene
            memoir.resume(began + self.time)
        return memoir

    def close(self) -> None:
        """Write down what is remembered, and close the files. A host without files need not be closed."""
        for avatar in sorted(self.app.world.resource(Library).files):
            self.memory(avatar).close()

    def quote(self, avatar: int, what: str) -> int:
        """Show a moment of the past again, sound and face bit for bit, once the avatar is silent; returns the turn that its
        events will carry. `what` is a phrase such as "greeting" or "#12". PsiError if nothing like it is remembered."""
        self._turn += 1
        self.memory(avatar).quote(what, self._turn)
        return self._turn

    def learn(self, avatar: int, most: float = 2.0) -> None:
        """From now on let couplings form between what turns together in the avatar's field (Hebbian learning), none stronger
        than `most` rad/s; 0 ends it, and what has formed stays."""
        if not 0.0 <= most <= 100.0:
            raise PsiError(f"learn: most is {most}; give rad/s from 0 to 100")
        self.app.send(Learn(avatar=avatar, most=most))

    def concepts(self, avatar: int) -> list[Awake]:
        """What is on the avatar's mind: its concepts, the most awake first. PsiError before its first tick."""
        return awake(self.app.world, avatar)

    def resolve(self, avatar: int, phrase: str) -> tuple[str, str]:
        """The concept that "it", "they" or "that city" in a phrase stands for, and why. PsiError if nothing fits.

            host.resolve(mira, "that city")     # ("paris", "most awake (0.81), and goes with 'city' (0.74)")
        """
        return resolve(self.app.world, avatar, phrase)

    def predict(self, avatar: int, seconds: float) -> Prediction:
        """The avatar `seconds` after its last frame (to hide the delay of a display, say), if it is told nothing new by then.

        Closed form, so that any moment costs about the same; the world is left as it is. PsiError before its first tick.
        """
        if not 0.0 <= seconds <= 10.0:
            raise PsiError(f"predict: seconds is {seconds}; give 0 to 10")
        world = self.app.world
        if "koopman" in world.resource(Switches).off:
            seconds = 0.0  # without closed forms there is nothing better than that all stays
        field, partner = phases(world, avatar), attended(world, avatar, seconds)
        weights, trust = ahead.weights(world, avatar, field, lambda later: mouth(world, avatar, later), seconds, partner)
        return Prediction(weights=weights, articulators=mouth(world, avatar, seconds)[0].now[0].astype(np.float64), trust=trust)

    def broken(self, avatar: int) -> dict[str, float]:
        """How far the avatar breaks each constraint of the grammar now, in the constraint's unit; 0 where it holds."""
        return broken(self.app.world, avatar)

    def step(self, n: int = 1) -> Frame:
        """Make `n` ticks and return the last one's frame."""
        self.app.step(n)
        world = self.app.world
        if self._shape != world.shape:
            self._shape, self._tables = world.shape, [t for t in world.tables.values() if Avatar in t.key and t.n]
            index = [t.cols[Avatar]["index"][: t.n] for t in self._tables]
            self._order = np.argsort(np.concatenate([*index, np.zeros(0, np.int32)]), kind="stable")
        sounds = self._column(Sound, "block", (400,))
        return Frame(
            tick=world.tick,
            audio=np.minimum(np.maximum(sounds.sum(0), -1.0), 1.0),
            sounds=sounds,
            weights=self._column(Face, "weights", (61,)),
            tongue=self._column(Face, "tongue", (2,)),
            breath=self._column(Face, "breath", ()),
            events=world.resource(Outbox).events,
        )

    def _column(self, cls: type, name: str, shape: tuple[int, ...]) -> NDArray[Any]:
        """A copy of one column of all avatars, in the order they joined."""
        parts = [t.cols[cls][name][: t.n] for t in self._tables] or [np.zeros((0, *shape), np.float32)]
        return (parts[0] if len(parts) == 1 else np.concatenate(parts))[self._order]

    def save(self) -> bytes:
        """The whole state, to go on from exactly here, with all that is remembered in no file."""
        world = self.app.world
        for avatar, memories in world.resource(Library).taken().items():
            world.set_sparse(avatar, memories)
        blob = self.app.save()
        world.sparse[Remembered].clear()
        return blob

    def load(self, blob: bytes) -> "Host":
        """Take over a saved state; heads and voices are loaded again from their assets."""
        self.app.load(blob)
        self._shape = -1
        self.heads = [load_head(p.head) for p in self.personas]
        world = self.app.world
        for avatar, memories in world.sparse.pop(Remembered, {}).items():
            world.resource(Library).give(avatar, self.memory(avatar).persona, memories)
        return self
