"""Quoting: a moment of the past is shown again, bit for bit; before and after it the face goes over within LEAD ticks."""

import logging
from collections.abc import Callable

import numpy as np
from msgspec.structs import replace

from psi_ecs import App, Clock, Entities, PsiError, Query, Reader, Res, Sparse, Write, Writer, system
from psi_ecs.column import fields
from psi_ecs.components.avatar import Avatar, Cast
from psi_ecs.components.event import Quote, Spoken, Stop
from psi_ecs.components.face import Face, Rig
from psi_ecs.components.moment import Quotes, Quoting
from psi_ecs.components.oscillator import Core
from psi_ecs.components.text import Waiting
from psi_ecs.components.voice import BLOCK, Sound, Speech, Voices

from .keep import chained
from .library import Library
from .moment import opened
from .rerun import Rerun, Shown, fitting

LEAD = 15
"""Ticks in which a face goes to a moment, and comes back from it."""
_log = logging.getLogger("psi_ecs.memory")


class Reruns:
    """Resource, derived and not saved: the worlds in which quotes are lived again."""

    def __init__(self, body: Callable[[App], None]) -> None:
        """`body` is the plugin of all that moves a body."""
        self.body = body
        self._of = dict[int, tuple[Quoting, Rerun, list[Shown]]]()

    def forget(self, entity: int) -> None:
        """A quote is over."""
        self._of.pop(entity, None)

    def at(self, entity: int, quoting: Quoting, tick: int, rig: Rig, voices: Voices, core: Core) -> Shown:
        """What an avatar shows at a tick from LEAD before the quote's start to LEAD after its end."""
        held = self._of.get(entity)
        if held is None or held[0] is not quoting:
            held = self._of[entity] = quoting, Rerun(quoting.moment, rig, voices, core, self.body), []
        _, rerun, made = held
        want = min(max(tick - quoting.start, 0), quoting.moment.ticks - 1)
        while rerun.made <= want:
            made[:] = [rerun.step()]
        return made[0]


@system("plan", after=("language", "lean", "schedule", "restrain", "open_moment"))
def begin_quotes(
    avatars: Query[Entities, Avatar],
    asked: Reader[Quote],
    stops: Reader[Stop],
    quotes: Sparse[Write[Quotes]],
    quoting: Sparse[Write[Quoting]],
    speech: Sparse[Speech],
    waiting: Sparse[Waiting],
    cast: Res[Cast],
    library: Res[Library],
    clock: Res[Clock],
    out: Writer[Spoken],
) -> None:
    """Let quotes that were asked for begin once their avatars are silent, and end those that are stopped."""
    for event in asked:
        quotes[event.avatar] = Quotes(asked=[*(quotes.get(event.avatar) or Quotes()).asked, event])
    now = clock.value
    for stop in stops:
        del quotes[stop.avatar]
        if (under_way := quoting.get(stop.avatar)) is not None:
            out.send(_event(under_way, stop.avatar, "turn-end", now.sample))
            del quoting[stop.avatar]
    for ents, avatar in avatars if quotes.items() else ():
        for row, entity in enumerate(ents.id.tolist()):
            wanted = quotes.get(entity)
            if wanted is None or entity in quoting or entity in speech or entity in waiting:
                continue
            first, *rest = wanted.asked
            persona = cast.value.personas[int(avatar.index[row])].name
            try:
                entry = library.value.replayed(entity, persona, first.what)
                moment = fitting(opened(entry.moment))
            except PsiError as why:  # what is remembered is not known when a text is written: the scene goes on
                _log.warning("%s", why)
                out.send(Spoken(avatar=entity, turn=first.turn, kind="turn-end", text="", start=now.sample, end=now.sample))
            else:
                start = now.tick + LEAD
                quoting[entity] = Quoting(moment=moment, turn=first.turn, start=start, entry=entry.id, digest=entry.digest)
            if rest:
                quotes[entity] = Quotes(asked=rest)
            else:
                del quotes[entity]


def _event(quoting: Quoting, entity: int, kind: str, sample: int) -> Spoken:
    return Spoken(avatar=entity, turn=quoting.turn, kind=kind, text="", start=sample, end=sample)


@system("express", after=("sing", "express"))
def quote(
    bodies: Query[Entities, Rig, Write[Sound], Write[Face]],
    quoting: Sparse[Write[Quoting]],
    reruns: Res[Reruns],
    voices: Res[Voices],
    core: Res[Core],
    clock: Res[Clock],
    out: Writer[Spoken],
) -> None:
    """Show the quotes under way instead of what their avatars do now."""
    tick, under_way = clock.value.tick, dict(quoting.items())
    for ents, rig, sound, face in bodies if under_way else ():
        for row in np.flatnonzero(np.isin(ents.id, list(under_way))).tolist():
            entity = int(ents.id[row])
            now = under_way[entity]
            end = now.start + now.moment.ticks
            one = Rig(**{name: getattr(rig, name)[row : row + 1] for name in fields(Rig)})
            shown = reruns.value.at(entity, now, tick, one, voices.value, core.value)
            share = np.float32(min(1.0, (tick - now.start + LEAD + 1) / (LEAD + 1), (end + LEAD - tick) / (LEAD + 1)))
            if share == 1.0:
                sound.block[row], face.weights[row], face.tongue[row] = shown.sound, shown.weights, shown.tongue
                face.breath[row] = shown.breath
            else:
                for column, to in ((face.weights, shown.weights), (face.tongue, shown.tongue), (face.breath, shown.breath)):
                    column[row] += _eased(share) * (to - column[row])
            shift = (now.start - now.moment.tick) * BLOCK
            if now.start <= tick < end:
                for e in shown.events:
                    out.send(replace(e, avatar=entity, turn=now.turn, start=e.start + shift, end=e.end + shift))
                now.chain = chained(now.chain, *shown[:4])
            if tick == end and now.digest and now.chain != now.digest:
                _log.warning("entry %d: this is not just what it was: voice, field or rules have changed since", now.entry)
            if tick == end:
                out.send(_event(now, entity, "turn-end", clock.value.sample))
            if tick >= end + LEAD:
                del quoting[entity]
                reruns.value.forget(entity)


def _eased(share: np.float32) -> np.float32:
    """Smooth at both ends: 3 s^2 - 2 s^3."""
    return np.float32(share * share * (3.0 - 2.0 * share))
