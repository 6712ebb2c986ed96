"""What is found once and kept: it is found anew when what it was found from is another."""

import dataclasses

import numpy as np
import pytest

from psi_ecs.components.avatar import Limit, Persona
from psi_ecs.components.face import FACE_ID
from psi_ecs.components.oscillator import Oscillator, Part
from psi_ecs.components.voice import Speech
from psi_ecs.systems.face.field import ROLES, Index
from psi_ecs.systems.face.held import Bounds, hold
from psi_ecs.systems.face.said import Accents, Kept
from psi_ecs.systems.formats.grammar import packaged
from psi_ecs.systems.host import Host

YAW, NAME = FACE_ID["headYaw"], "head turns so far"
CALM = np.zeros((1, 10), np.float32)


def speech(text: str) -> Speech:
    """What an avatar says as it begins."""
    host = Host(seed=1)
    host.say(host.avatar("mira"), text)
    host.step(3)
    (found,) = host.app.world.sparse[Speech].values()
    return found


def test_another_score_is_read_anew() -> None:
    """A score is read once; another one, or the same at another time, is read again, and silence has nothing to read."""
    kept, one, two = Kept(), speech("Hello there, said the old man."), speech("Glue the sheet.")
    first = kept.of(1, one)
    assert first is not None and kept.of(1, one) is first
    second = kept.of(1, two)
    assert second is not None and second.score is two.score and second.accents != first.accents
    two.start += 400
    later = kept.of(1, two)
    assert later is not None and later.begin == second.begin + 400
    two.score = None
    assert kept.of(1, two) is None and kept.of(1, None) is None


def test_accents_are_on_stressed_vowels() -> None:
    """Only they have a strength, and it is found in the stretch where the phone begins first."""
    said = Kept().of(1, speech("A window and a garden."))
    assert said is not None
    strong = [p for p, strength in enumerate(said.accents.strength) if strength > 0.0]
    assert 2 <= len(strong) <= 4 and (said.score.stress[strong] == 1).all()
    beat = Accents([0, 100, 900], [0.0, 0.7, 0.4])
    assert [beat.within(at, 100) for at in (0, 1, 100, 101, 801, 901)] == [0.0, 0.7, 0.7, 0.0, 0.4, 0.0]


@pytest.mark.parametrize("change", ["in place", "another persona", "another grammar"])
def test_other_bounds_hold_at_once(change: str) -> None:
    """A head that may turn less is held to less from the next tick on, whatever brought that about."""
    bounds, rules, people, who = Bounds(), packaged(), [Persona(name="anna")], np.zeros(1, np.int32)
    before = bounds.limits(rules, people, who, CALM)
    assert bounds.limits(rules, people, who, CALM) is before
    if change == "in place":
        people[0].grammar[NAME] = Limit(least=-0.1, most=0.1)
    elif change == "another persona":
        people = [Persona(name="ben", grammar={NAME: Limit(least=-0.1, most=0.1)})]
    else:
        rules = dataclasses.replace(rules, b=np.where(np.array(rules.name) == NAME, 0.1, rules.b))
    w = np.zeros((1, 61))
    w[0, YAW] = 0.3
    assert not hold(w.copy(), before.face)
    assert hold(w, bounds.limits(rules, people, who, CALM).face) and w[0, YAW] == pytest.approx(0.1)


def table(avatars: list[int]) -> tuple[Oscillator, Part]:
    """Oscillators of some avatars, one after the other, with phases that tell them apart."""
    ids, roles = np.repeat(np.array(avatars, np.uint64), ROLES), np.tile(np.arange(ROLES, dtype=np.int16), len(avatars))
    theta = ids * 0.01 + roles * 0.0001
    return Oscillator(theta=theta, freq=theta + 1.0, amp=np.ones(len(ids), np.float32)), Part(avatar=ids, role=roles)


def test_a_field_is_the_same_by_view_and_by_copy() -> None:
    """In a run the columns themselves are seen, in another order copies of them; another table is looked up anew."""
    index, ids = Index(), np.array([3, 5], np.uint64)
    source, part = table([3, 5])
    seen = index.field(ids, source, part)
    assert seen is not None and index.field(ids, source, part) is seen
    source.theta[0] = 0.5
    assert seen.theta[0, 0] == 0.5
    mixed, owner = table([5, 3])
    copied = index.field(ids, mixed, owner)
    assert copied is not None and copied.theta is not seen.theta
    np.testing.assert_array_equal(copied.theta[1:], seen.theta[1:])
    np.testing.assert_array_equal(mixed.theta[copied.row], copied.theta)
    more, owner = table([2, 3, 5])
    found = index.field(ids, more, owner)
    assert found is not None
    np.testing.assert_array_equal(more.theta[found.row], found.theta)
    assert index.field(np.array([9], np.uint64), more, owner) is None
