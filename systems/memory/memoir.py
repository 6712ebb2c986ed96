"""One avatar's memory as hosts and tools see it."""

import logging
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
from msgspec.structs import replace

from psi_ecs import PsiError, Reader, World, system
from psi_ecs.components.avatar import Avatar, Cast, Feeling, Habit
from psi_ecs.components.event import Cue, Drive, Go, Quote
from psi_ecs.components.memory import Bias, Biases, Entry, Found, Mood, Self, Step, Tone, Wish
from psi_ecs.components.moment import Kept
from psi_ecs.components.oscillator import Core, Lock, Role
from psi_ecs.components.text import EMOTIONS, FEELINGS, MOODS, Emotion
from psi_ecs.systems.formats.memory import Store

from . import feedback, tone
from .library import Library
from .wish import asked

HEEDED = ("travel", "praise", "blame", "undo", "name")
"""Kinds of cues that memories heed."""
_log = logging.getLogger("psi_ecs.memory")
DAY = 86_400.0
"""Seconds in which a mood fades to 37 %, while an avatar is away."""


class Memoir:
    """What an avatar remembers, and who it has become.

        memory = host.memory(mira, "mira.psimem")
        memory.find(Wish(tags=("greeting",)))
        memory.quote("greeting")
        memory.lean("between greeting and farewell 0.3")
    """

    def __init__(self, world: World, avatar: int, send: Callable[[Any], None]) -> None:
        """The memory that `avatar` has in this world; `send` takes events for it."""
        self.world, self.avatar, self._send = world, avatar, send
        self.index = int(world.peek(avatar, Avatar).index[0])
        self.persona = world.resource(Cast).personas[self.index].name

    @property
    def store(self) -> Store:
        """Where it lies."""
        return self.world.resource(Library).of(self.avatar, self.persona)

    @property
    def self(self) -> Self:
        """Who it has become."""
        found = self.world.get_sparse(self.avatar, Self)
        if found is None:
            found = Self()
            self.world.set_sparse(self.avatar, found)
        return found

    # ---- looking
    def find(self, wish: Wish) -> list[Found]:
        """Entries that a wish asks for, and why each."""
        return self.store.find(wish)

    def like(self, what: str) -> Bias:
        """The tone that a phrase such as "earlier" or "about home" stands for, and why. PsiError if nothing is remembered."""
        return self.world.resource(Library).bias(self.avatar, self.persona, what)

    @property
    def biases(self) -> Biases:
        """What draws what it says next, with reasons."""
        return self.world.get_sparse(self.avatar, Biases) or Biases()

    @property
    def mood(self) -> Mood:
        """How the conversation feels so far."""
        return self.world.get_sparse(self.avatar, Mood) or Mood()

    # ---- acting
    def quote(self, what: str, turn: int) -> None:
        """Show a moment again once the avatar is silent, bit for bit. PsiError if there is none, or it cannot be replayed."""
        self.world.resource(Library).replayed(self.avatar, self.persona, what)
        self._send(Quote(avatar=self.avatar, turn=turn, what=what))

    def lean(self, what: str | Tone | None, weight: float = 1.0) -> None:
        """Draw all that is said from now on to a tone, or to what a phrase stands for; None ends it."""
        drawn = self.biases
        drawn.standing.pop("recall", None)
        if what is not None:
            bias = self.like(what) if isinstance(what, str) else Bias(tone=what, weight=1.0, reason="as told")
            drawn.standing["recall"] = replace(bias, weight=bias.weight * weight)
        self.world.set_sparse(self.avatar, drawn)

    def travel(self, to: str | Emotion, seconds: float) -> None:
        """Move the mood to a feeling, or to what was felt at what a phrase stands for, in so many seconds."""
        if not 0.1 <= seconds <= 3600.0:
            raise PsiError(f"travel: seconds is {seconds}; give 0.1 to 3600")
        goal = self._felt(to) if isinstance(to, str) else tone.vector(to)
        self._send(Go(avatar=self.avatar, feeling=tuple(goal.tolist()), seconds=seconds))

    def _felt(self, what: str) -> np.ndarray:
        """A feeling by its name, or what was felt at what a phrase stands for."""
        if what in EMOTIONS:
            return np.array([*MOODS[what], *(float(name == what) for name in EMOTIONS)])
        library, phrases = self.world.resource(Library), asked(what)
        found = [library.first(self.avatar, self.persona, p) for p in phrases.phrases]
        feelings = [np.asarray(f.entry.feeling) for f in found if f is not None]
        if len(feelings) < len(phrases.phrases):
            raise PsiError(f"travel to {what}: {self.persona} remembers nothing of that; psi memory list shows what there is")
        first, last = feelings[0], feelings[-1]
        return np.asarray(first + (phrases.share if len(feelings) > 1 else 0.0) * (last - first))

    def name(self, name: str, kind: str = "intonation") -> int:
        """Keep what was said last as a trademark, by a name; returns the id of the new entry. PsiError if nothing was said."""
        last = self.store.find(Wish(kind="utterance", limit=1))
        if not last:
            raise PsiError(f"name {name}: {self.persona} has said nothing yet")
        return self.store.add(replace(last[0].entry, id=0, kind=kind, name=name))

    def note(self, text: str, kind: str = "event", tags: tuple[str, ...] = ()) -> int:
        """Keep something else that happened, as it feels now."""
        feeling = tuple(self.world.peek(self.avatar, Feeling).now[0].astype(np.float64).tolist())
        return self.store.add(Entry(kind=kind, text=text, tags=tags, feeling=feeling, speaker=self.persona))

    def forget(self, wish: Wish) -> int:
        """Remove for good what a wish asks for; returns how many entries."""
        return self.store.forget(wish)

    # ---- learning
    def feedback(self, good: bool) -> None:
        """Praise or blame for what was said last: its tone is sought or shunned a little from now on, and the couplings that
        held are made a little firmer or looser. PsiError if nothing was said yet."""
        last = self.store.find(Wish(kind="utterance", limit=1))
        if not last:
            raise PsiError(f"feedback: {self.persona} has said nothing yet")
        core = self.world.resource(Core)
        held = self.world.peek(self.avatar, Lock).held[0][: len(core.pairs)]
        locks = tuple(np.minimum(np.hypot(held[:, 0], held[:, 1]), 1.0).tolist())
        step = Step(sign=1 if good else -1, entry=last[0].entry.id, tone=last[0].entry.tone, locks=locks)
        self.self.steps.append(step)
        self._learn()

    def undo(self) -> Step | None:
        """Take the last praise or blame back, as if it had never been; returns it, or None if there is none."""
        step = self.self.steps.pop() if self.self.steps else None
        self._learn()
        return step

    def habit(self, habit: Habit) -> None:
        """Give it a gesture of its own, beside the persona's."""
        self.self.habits.append(habit)
        self._wear()

    def _learn(self) -> None:
        """Let what was praised and blamed act."""
        world, steps, drawn = self.world, self.self.steps, self.biases
        drawn.standing.pop("feedback", None)
        if (bias := feedback.leaning(steps)) is not None:
            drawn.standing["feedback"] = bias
        world.set_sparse(self.avatar, drawn)
        for (pulled, by), gain in feedback.gains(steps, world.resource(Core)).items():
            role, other = Role(pulled).name.lower(), Role(by).name.lower()
            self._send(Drive(avatar=self.avatar, role=role, by=other, gain=gain))
        self.keep()

    def _wear(self) -> None:
        cast = self.world.resource(Cast)
        persona = cast.personas[self.index]
        own = [h for h in self.self.habits if h not in persona.habit]
        cast.personas[self.index] = replace(persona, habit=[*persona.habit, *own])

    # ---- staying who it is
    def close(self) -> None:
        """Write what is left, and close the file; from then on it remembers nothing of before."""
        self.keep()
        self.world.resource(Library).close(self.avatar)

    def keep(self) -> None:
        """Put down who it has become."""
        now = self.self
        now.mood = self.mood
        if self.store.readonly:
            return
        self.store.put("self", msgspec.msgpack.encode(now))
        mind = self.world.resource(Library).mind
        if mind is not None and self.world.tick > 0:
            self.store.put("concepts", mind.remembered(self.world, self.avatar))

    def resume(self, now: float) -> None:
        """Be who it was when its memory was kept; a mood fades with the time since, `now` in seconds since 1970. PsiError if
        what was kept does not fit."""
        mind, kept = self.world.resource(Library).mind, self.store.take("concepts")
        if mind is not None and kept is not None:
            mind.restore(self.world, self.avatar, kept)
        kept = self.store.take("self")
        if kept is None:
            return
        try:
            was = msgspec.msgpack.decode(kept, type=Self)
        except msgspec.MsgspecError as why:
            raise PsiError(f"the memory of {self.persona} holds a self that does not fit: {why}; use another copy") from why
        if len(was.mood.feeling) == len(FEELINGS):
            fade = float(np.exp(-max(now - was.time, 0.0) / DAY))
            mood = Mood(feeling=tuple(fade * x for x in was.mood.feeling))
            self.world.set_sparse(self.avatar, mood)
        self.world.set_sparse(self.avatar, was)
        self._wear()
        self._learn()


@system("output", after=("collect", "note"))
def heed(world: World, cues: Reader[Cue], kept: Reader[Kept]) -> None:
    """Put down who an avatar has become after each turn, and do what a scene asks of memories: travel, praise, blame, undo,
    name. What cannot be done is said in the log."""
    for turn in kept:
        Memoir(world, turn.avatar, world.send).keep()
    for cue in cues:
        if cue.kind not in HEEDED:
            continue
        memoir = Memoir(world, cue.avatar, world.send)
        try:
            if cue.kind == "travel":
                memoir.travel(cue.name, cue.seconds)
            elif cue.kind == "name":
                memoir.name(cue.name)
            elif cue.kind == "undo":
                memoir.undo()
            else:
                memoir.feedback(cue.kind == "praise")
        except PsiError as why:  # what is remembered is not known when a scene is written: it goes on
            _log.warning("%s", why)
