"""Breath and speech: in through the pauses, out over the words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psi_ecs import Clock
from psi_ecs.systems.face.breathing import EMPTY, LAST, SHARE, chest, lead, turned
from psi_ecs.systems.face.said import Pauses
from psi_ecs.systems.host import Host


@given(st.floats(0.0, 0.999))
def test_turning_keeps_the_chest_where_it_is(theta: float) -> None:
    """The other half of the breath, as full."""
    other = turned(theta)
    np.testing.assert_allclose(chest(other % 1.0), chest(theta), atol=1e-9)
    assert (theta < SHARE) == (other >= SHARE) or theta == SHARE


@given(st.floats(0.0, 0.999), st.lists(st.integers(2_000, 60_000), min_size=2, max_size=8))
def test_the_chest_fills_in_pauses_alone(theta: float, spans: list[int]) -> None:
    """Whatever phase speech finds it at, it fills in pauses, empties over words, and is never emptier than empty."""
    borders = np.cumsum(spans)
    found = Pauses(borders[:-1:2].tolist(), borders[1::2][: len(borders[:-1:2])].tolist())
    clock = Clock(tick=0, rate=24_000, block=400)
    for place in range(0, int(borders[-1]), 400):
        before = chest(theta)
        theta, hertz = lead(theta, place, found, clock)
        assert abs(chest(theta) - before) < 1e-3, "no jump"
        inside = any(a <= place < b for a, b in zip(found.start, found.end, strict=True))
        assert hertz >= 0.0 and (theta <= SHARE + 0.03 if inside else theta >= SHARE)
        theta = theta + hertz / 60.0
        assert theta <= max(EMPTY, LAST) or inside


def test_nobody_breathes_in_during_a_word() -> None:
    """Over a long sentence the chest rises before the words and between clauses, never while a word sounds; afterwards it is
    free again, at its own pace."""
    host = Host(seed=3)
    who = host.avatar("mira")
    host.step(30)
    pace = host.field(who).frequency["breath"]
    host.say(who, "When the long afternoon was over, the children walked home along the river, and nobody said a word.")
    air, words = [], []
    while not host.idle:
        frame = host.step()
        air.append(float(frame.breath[0]))
        words += [(e.start // 400, e.end // 400) for e in frame.events if e.kind == "word"]
    rise = np.diff(air) * 60
    origin = 30
    inside = np.zeros(len(rise), bool)
    for a, b in words:
        inside[a - origin + 3 : b - origin - 2] = True
    assert rise[inside].max() < 0.05 and rise[~inside].max() > 0.5
    host.step(30)
    assert host.field(who).frequency["breath"] == pytest.approx(pace, rel=1e-3)
    assert np.ptp([float(host.step().breath[0]) for _ in range(500)]) > 0.9
