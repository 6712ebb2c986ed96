"""Scenes: lines in their time, overlaps, cues, places and feelings."""

import numpy as np
import pytest

from psi_ecs.components.avatar import Attention
from psi_ecs.components.scene import Line as SceneLine
from psi_ecs.components.scene import Scene, SceneAvatar, SceneCue
from psi_ecs.components.script import Script
from psi_ecs.systems.host import Host
from psi_ecs.systems.play import feeling, open_scene, placed


def scene(*lines: SceneLine, cues: list[SceneCue] | None = None, avatars: int = 2, tail: float = 0.2) -> Scene:
    names = ["mira", "theo", "june"][:avatars]
    return Scene(avatar=[SceneAvatar(name=n) for n in names], line=list(lines), cue=cues or [], tail=tail)


def perform(host: Host, most: int = 1500) -> dict[tuple[str, int], int]:
    """Sample of each turn's start and end."""
    out = {}
    for _ in range(most):
        if host.idle:
            break
        for e in host.step().events:
            if e.kind in ("turn-start", "turn-end"):
                out[e.kind, e.turn] = e.start if e.kind == "turn-start" else e.end
    assert host.idle
    return out


def test_a_line_waits_for_the_one_before_and_its_pause() -> None:
    at = perform(open_scene(scene(SceneLine(who="mira", text="Hi.", pause=0.5), SceneLine(who="theo", text="Ho.", pause=0.25))))
    assert at["turn-start", 0] == 12000
    assert 0 <= at["turn-start", 1] - (at["turn-end", 0] + 6000) < 800


def test_a_negative_pause_overlaps_by_just_that() -> None:
    lines = (SceneLine(who="mira", text="Hello there my friend."), SceneLine(who="theo", text="Ho.", pause=-0.4))
    at = perform(open_scene(scene(*lines)))
    assert abs(at["turn-start", 1] - (at["turn-end", 0] - 9600)) <= 400


def test_a_line_at_a_time_and_an_end_after_the_tail() -> None:
    host = open_scene(scene(SceneLine(who="mira", text="Hi.", at=1.0), avatars=1, tail=0.5))
    at = perform(host)
    assert at["turn-start", 0] == 24000
    assert abs(host.time - (at["turn-end", 0] / 24000 + 0.5)) < 0.05


def test_cues_with_a_line_begin_when_it_does() -> None:
    cue = SceneCue(who="mira", kind="wink", line=1, at=0.5)
    plain, cued = (open_scene(scene(SceneLine(who="mira", text="Hello.", pause=0.2), cues=c, avatars=1)) for c in ([], [cue]))
    differ = [not np.array_equal(plain.step().weights, cued.step().weights) for _ in range(70)]
    first = differ.index(True)
    assert 42 <= first <= 45


def test_a_scene_without_lines_lasts_until_its_cues_are_over() -> None:
    host = open_scene(scene(cues=[SceneCue(who="mira", kind="nod", at=0.5)], avatars=1, tail=0.0))
    perform(host)
    assert 0.5 <= host.time < 0.6


def test_avatars_stand_apart_and_turn_toward_each_other() -> None:
    (left, turn_left), (right, turn_right) = placed(scene())
    assert left[0] < 0 < right[0] and turn_left > 0 > turn_right
    assert placed(scene(avatars=1)) == [((0.0, 0.0, 0.0), 0.0)]


def test_feelings_by_name_and_by_number() -> None:
    joy, both = feeling("joy"), feeling({"joy": 0.5, "sadness": 0.5, "arousal": 0.9})
    assert joy is not None and joy.valence > 0.5 and joy.names == {"joy": 1.0}
    assert both is not None and abs(both.valence) < 0.2 and both.arousal == pytest.approx(0.9)
    assert feeling(None) is None


def test_the_seed_of_the_scene_can_be_replaced() -> None:
    one = scene(SceneLine(who="mira", text="Hi."), avatars=1)
    first, second, same = (open_scene(one, seed=s).step(40).weights.tobytes() for s in (1, 2, 1))
    assert first == same != second


def test_in_company_all_look_at_who_speaks() -> None:
    """Each turn moves the attention of the others to its speaker, and the speaker's to whom it answers."""
    host = open_scene(scene(SceneLine(who="mira", text="Hi."), SceneLine(who="june", text="Ho."), avatars=3))
    ids = host.avatars
    spots = host.app.world.resource(Script).spots

    def looks() -> list[tuple[float, ...]]:
        return [tuple(host.app.world.get(who, Attention).target[0].tolist()) for who in ids]

    seen = []
    while not host.idle:
        begun = any(e.kind == "turn-start" for e in host.step().events)
        if begun:
            host.step()  # it is heard of in the next tick
            seen.append(looks())
    assert len(seen) == 2
    np.testing.assert_allclose(seen[0][1:], [spots[ids[0]]] * 2, atol=1e-6)
    np.testing.assert_allclose(seen[1], [spots[ids[2]], spots[ids[2]], spots[ids[0]]], atol=1e-6)
