"""Plays a scene: gives each line to its speaker when its time has come, and each cue to its face.

A line waits for the end of the line before it, as planned, plus its pause; a negative pause overlaps. The planned end is
known once the speaker's last waiting sentence has become a score, so an overlap needs no guess.
"""

from psi_ecs import App, Clock, Entities, Query, Reader, Res, Sparse, Write, Writer, system
from psi_ecs.components.avatar import Attention
from psi_ecs.components.event import Cue, Quote, Say, Spoken
from psi_ecs.components.script import Script, ScriptLine
from psi_ecs.components.text import Waiting
from psi_ecs.components.voice import Speech


@system("input")
def direct(
    script: Res[Write[Script]],
    clock: Res[Clock],
    speech: Sparse[Speech],
    waiting: Sparse[Waiting],
    spoken: Reader[Spoken],
    say: Writer[Say],
    quote: Writer[Quote],
    cue: Writer[Cue],
) -> None:
    """Send the lines and cues whose moment this tick is, and notice the end of the scene."""
    play, now = script.value, clock.value
    if play.done:
        return
    for event in spoken:
        if event.kind == "turn-end" and event.turn < len(play.lines):
            play.ended[event.turn] = event.end
    for turn in range(len(play.started)):
        avatar = play.lines[turn].avatar
        if turn not in play.ended and avatar not in waiting:
            end = _planned_end(speech.get(avatar), turn)
            if end is not None:
                play.ended[turn] = end
    while len(play.started) < len(play.lines):
        turn = len(play.started)
        line = play.lines[turn]
        due = _due(play, line, now.rate)
        if due is None or now.sample < due:
            break
        play.started.append(now.sample)
        if line.quote:
            quote.send(Quote(avatar=line.avatar, turn=turn, what=line.quote))
        else:
            say.send(Say(avatar=line.avatar, turn=turn, text=line.text, emotion=line.emotion, tags=line.tags))
    _show(play, now, cue)
    play.done = _done(play, now)


def _planned_end(speech: Speech | None, turn: int) -> int | None:
    """Sample at which `turn` ends, or None while sentences of it still wait."""
    if speech is None or speech.turn != turn or speech.score is None or speech.queue:
        return None
    return speech.start + speech.score.length


def _due(play: Script, line: ScriptLine, rate: int) -> int | None:
    """Sample at which the next line is to begin, or None while that cannot be known."""
    if line.at is not None:
        return round(line.at * rate)
    turn = len(play.started)
    if turn == 0:
        return max(0, round(line.pause * rate))
    end = play.ended.get(turn - 1)
    return None if end is None else max(end + round(line.pause * rate), play.started[-1])


def _show(play: Script, now: Clock, cue: Writer[Cue]) -> None:
    """Send the cues that are due."""
    for i, item in enumerate(play.cues):
        if i in play.shown:
            continue
        if item.line is not None and item.line >= len(play.started):
            continue
        base = 0 if item.line is None else play.started[item.line]
        if now.sample >= base + round(item.at * now.rate):
            play.shown.append(i)
            cue.send(item.cue)


def _done(play: Script, now: Clock) -> bool:
    """True once the last line has ended, every cue was shown, and the tail has passed."""
    if len(play.ended) < len(play.lines) or len(play.shown) < len(play.cues):
        return False
    return now.sample >= max(play.ended.values(), default=0) + round(play.tail * now.rate)


@system("input", after=("direct",))
def attend(script: Res[Write[Script]], spoken: Reader[Spoken], people: Query[Entities, Write[Attention]]) -> None:
    """In company all look at who speaks, and who speaks at the one who spoke before."""
    play = script.value
    for event in spoken:
        if event.kind != "turn-start" or event.avatar not in play.spots:
            continue
        before, play.spoke = play.spoke, event.avatar
        for ents, look in people:
            for row, entity in enumerate(ents.id.tolist()):
                seen = before if entity == event.avatar else event.avatar
                if entity in play.spots and seen in play.spots and seen != entity:
                    look.target[row] = play.spots[seen]


def director(app: App) -> None:
    """Plugin: plays the `Script` resource."""
    app.add(direct, attend)
