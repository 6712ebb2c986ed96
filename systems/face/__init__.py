"""The face: two axes of speech, a continuous feeling, and a life of its own, mixed into 61 channels each tick.

`equip` gives a `Life` to faces that lack one; `express` lets cues, accents and oscillators act on it and writes `Face`.
"""

import numpy as np
from numpy.typing import NDArray

from psi_ecs import App, AssetError, Clock, Commands, Entities, Query, Reader, Res, Rng, Sparse, Write, system
from psi_ecs.components.avatar import Attention, Avatar, Cast, Feeling, Place
from psi_ecs.components.event import Cue, Spoken
from psi_ecs.components.expression import Expressions, Repertoire
from psi_ecs.components.face import FACE_ID, Articulation, Face, Rig
from psi_ecs.components.grammar import Grammar
from psi_ecs.components.life import Claims, Life
from psi_ecs.components.oscillator import Oscillator, Part, Role
from psi_ecs.components.switch import Switches, switches
from psi_ecs.components.voice import Speech
from psi_ecs.systems.face import pose, react
from psi_ecs.systems.face.breathing import breathe
from psi_ecs.systems.face.claim import checked, claim, owners
from psi_ecs.systems.face.draws import Draws
from psi_ecs.systems.face.field import Field, Index
from psi_ecs.systems.face.held import Bounds
from psi_ecs.systems.face.said import Kept
from psi_ecs.systems.face.state import CHEST
from psi_ecs.systems.formats.expression import gather
from psi_ecs.systems.formats.grammar import ruled
from psi_ecs.systems.kernels import face_mouth

BEAT = int(Role.BEAT)

__all__ = ["checked", "equip", "express", "face", "owners"]


@system("input", without=(Life,))
def equip(faces: Query[Entities, Avatar, Rig, Face], cast: Res[Cast], cmd: Commands) -> None:
    """Give every new face its inner state: the persona's manner, and the pose that tucks its rig's lip."""
    for ents, avatar, rig, _ in faces:
        n = len(ents.id)
        manners = [cast.value.personas[i].manner for i in avatar.index]
        standing = np.zeros((n, len(FACE_ID)), np.float32)
        for row, manner in zip(standing, manners, strict=True):
            for name, value in manner.expression.items():
                if name not in FACE_ID:
                    raise AssetError(f"persona: manner.expression has no channel {name!r}; use ARKit names")
                row[FACE_ID[name]] = value
        lip_gap = rig.lip_gap.astype(np.float64)
        life = Life(
            lip_gap=lip_gap,
            reach=face_mouth.reach(lip_gap),
            tuck=face_mouth.tuck_pose(lip_gap, rig.tooth_gap.astype(np.float64)),
            standing=standing,
            blink=[m.blink for m in manners],
            gesture=[m.gesture for m in manners],
            sway=[m.sway for m in manners],
        )
        cmd.insert(ents.id, life)


@system("input")
def rehearse(repertoire: Res[Repertoire], shown: Res[Write[Expressions]]) -> None:
    """Have the arrays of all expressions ready, those of one's own among them."""
    if shown.value.own != repertoire.value.own:
        shown.value = gather(dict(repertoire.value.own))


@system("express")
def express(
    faces: Query[Entities, Avatar, Feeling, Attention, Place, Articulation, Rig, Write[Life], Write[Face]],
    oscillators: Query[Write[Oscillator], Part],
    index: Res[Write[Index]],
    kept: Res[Write[Kept]],
    bounds: Res[Write[Bounds]],
    shown: Res[Expressions],
    rules: Res[Grammar],
    cast: Res[Cast],
    switches: Res[Switches],
    clock: Res[Clock],
    rng: Res[Rng],
    cues: Reader[Cue],
    spoken: Reader[Spoken],
    speech: Sparse[Speech],
    claims: Sparse[Claims],
) -> None:
    """Pose every face for this tick."""
    now, table = clock.value, shown.value
    heard, told, ruling = list(cues), list(spoken), "grammar" not in switches.value.off
    owned, anyone = claims.items(), bool(speech.items())
    for ents, avatar, feeling, look, place, art, rig, life, out in faces:
        field = _field(ents.id, index.value, oscillators)
        if field is None:
            continue
        draw = Draws(rng.value.seed, avatar.index, life.drawn)
        ids, turns = ents.id.tolist(), avatar.turn.tolist()
        row = {e: i for i, e in enumerate(ids)}
        for event in heard:
            if event.avatar in row:
                react.cue(event, row[event.avatar], life, field, table, now, draw)
        speaking = [turn >= 0 for turn in turns]
        for spoke in told:
            if spoke.avatar in row:
                react.turn(spoke, row[spoke.avatar], life, field, draw)
            react.hear(spoke, life, speaking, now, draw)
        told_to = life.doing[:, 0].tolist()
        listening = [not talks and (anyone or until > now.sample) for talks, until in zip(speaking, told_to, strict=True)]
        react.reply(life, listening, now, draw)
        said = [kept.value.of(e, speech.get(e)) if talks else None for e, talks in zip(ids, speaking, strict=True)]
        for who, found in enumerate(said):
            if found is not None:
                react.accents(found, who, life, art.ahead.item(who, 1), field.amp.item(BEAT, who), now, draw)
        react.leak(feeling.goal, life, now, draw)
        react.cycles(life, field, look.strength, listening, draw, now)
        breathe(said, life, field, now)
        moment = pose.moments(field)
        held = bounds.value.limits(rules.value, cast.value.personas, avatar.index, feeling.now) if ruling else None
        driven = pose.drive(life, feeling, art, look, place, moment, table, avatar.turn, now)
        mine = [(row[e], c) for e, c in owned if e in row]
        out.weights[:], out.tongue[:] = pose.weights(life, art, rig, field, table, driven, moment, held, now, mine)
        out.breath[:] = life.drive[:, CHEST]


def _field(ids: NDArray[np.uint64], index: Index, oscillators: Query[Write[Oscillator], Part]) -> Field | None:
    """The oscillators of these avatars; None until they have all of theirs."""
    for source, part in oscillators:
        found = index.field(ids, source, part)
        if found is not None:
            return found
    return None


def face(app: App) -> None:
    """Plugin: gives every avatar a living face."""
    app.add(gather(), Repertoire(), Index(), Kept(), Bounds(), ruled, switches, rehearse, equip, claim, express)
