"""The plan-stage system: lines that avatars are given become sentences, a few ahead of the voice."""

import logging
from functools import lru_cache

import numpy as np

from psi_ecs import Clock, Reader, Res, Sparse, Write, Writer, system
from psi_ecs.components.event import Say, Spoken, Stop
from psi_ecs.components.text import Line, Sentence, Waiting
from psi_ecs.components.voice import Speech

from . import sentences
from .document import Document

AHEAD = 3
"""Sentences kept ready beyond the one that is spoken, so that the planner knows whether another follows."""
TRIES = 4
"""Sentences analysed in one tick at most, spoken or empty."""
_log = logging.getLogger("psi_ecs.language")


@lru_cache(maxsize=64)
def _document(text: str) -> Document:
    """A parsed line; only a cache, so that snapshots hold the plain line."""
    document = sentences.parse(text)
    for note in document.notes:
        _log.warning("%s", note)
    return document


def _advance(line: Line) -> Sentence | None:
    """Analyse the next sentence of a line; None when that stretch holds nothing to say."""
    document = _document(line.text)
    end = sentences.end_of(document, line.at) if line.at < len(document.text) else line.at
    made, notes = sentences.sentence(document, line.at, end, line.emotion)
    for note in notes:
        _log.warning("%s", note)
    line.at = end
    if made is not None and line.tags:
        made.tags += line.tags
    return made


def _over(line: Line) -> bool:
    return line.at >= len(_document(line.text).text)


@system("plan")
def language(
    say: Reader[Say],
    stop: Reader[Stop],
    clock: Res[Clock],
    waiting: Sparse[Write[Waiting]],
    speech: Sparse[Write[Speech]],
    spoken: Writer[Spoken],
) -> None:
    """Queue what avatars are given to say. A `Stop` drops what waited; a line of the same tick begins in the next one.

    A turn with nothing that can be spoken ends at once. Malformed SSML raises TextError.
    """
    stopped = {event.avatar for event in stop}
    for avatar in sorted(stopped):
        del waiting[avatar]
    for event in say:
        lines = waiting.get(event.avatar) or Waiting()
        lines.lines.append(Line(turn=event.turn, text=event.text, emotion=event.emotion, tags=event.tags))
        waiting[event.avatar] = lines
    now = clock.value.sample
    for avatar, todo in waiting.items():
        if avatar not in stopped:
            _feed(avatar, todo, now, speech, spoken)
        if not todo.lines:
            del waiting[avatar]


def _feed(avatar: int, todo: Waiting, now: int, speech: Sparse[Write[Speech]], spoken: Writer[Spoken]) -> None:
    """Move sentences of the first line to the avatar's queue, until that is long enough or the tick has done its share."""
    line = todo.lines[0]
    current = speech.get(avatar)
    for _ in range(TRIES):
        if _over(line):
            break
        if current is not None and len(current.queue) >= AHEAD:
            return
        made = _advance(line)
        if made is None:
            continue
        if current is None:
            current = Speech(turn=line.turn, start=now, score=None, x=np.zeros((0, 0)), v=np.zeros((0, 0)))
            speech[avatar] = current
        current.turns += [current.turn] * (len(current.queue) - len(current.turns)) + [line.turn]
        current.queue.append(made)
        line.spoken = True
    if _over(line):
        todo.lines.pop(0)
        if not line.spoken:
            spoken.send(Spoken(avatar=avatar, turn=line.turn, kind="turn-start", text="", start=now, end=now))
            spoken.send(Spoken(avatar=avatar, turn=line.turn, kind="turn-end", text="", start=now, end=now))
