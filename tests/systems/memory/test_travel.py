import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psi_ecs import PsiError
from psi_ecs.components.avatar import Feeling
from psi_ecs.components.memory import Travel
from psi_ecs.components.text import EMOTIONS
from psi_ecs.systems.host import Host
from psi_ecs.systems.memory.travel import energy, place, progress

moods = st.lists(st.floats(-1.0, 1.0), min_size=10, max_size=10).map(tuple)


@given(moods, moods, moods, st.integers(0, 300))
def test_no_mood_on_the_way_is_more_wrought_up_than_the_worse_end(begin: tuple, end: tuple, home: tuple, tick: int) -> None:
    way, h = Travel(begin=begin, end=end, start=0, until=120_000), np.array(home)
    bound = max(energy(np.array(begin), h), energy(np.array(end), h))
    assert energy(place(way, 400 * tick), h) <= bound + 1e-12


def test_the_way_begins_and_ends_at_rest() -> None:
    u = np.linspace(0.0, 1.0, 1001)
    s = np.array([progress(x) for x in u])
    assert s[0] == 0.0 and s[-1] == 1.0 and (np.diff(s) >= 0.0).all()
    assert np.diff(s)[[0, -1]].max() < 1e-7
    assert progress(-1.0) == 0.0 and progress(2.0) == 1.0


def test_a_mood_arrives_in_the_time_given_and_stays() -> None:
    host = Host(seed=2)
    me = host.avatar("mira")
    memory = host.memory(me)
    memory.travel("joy", 1.0)
    felt = [(host.step(), host.app.world.peek(me, Feeling).now[0].copy())[1] for _ in range(80)]
    joy = np.array(felt)[:, 3 + EMOTIONS.index("joy")]
    assert joy[0] < 1e-3 and joy[28] == pytest.approx(0.5, abs=0.1) and joy[60] == pytest.approx(1.0, abs=1e-6)
    assert memory.mood.feeling[3] == pytest.approx(1.0, abs=1e-6)


def test_nonsense_is_refused() -> None:
    host = Host()
    memory = host.memory(host.avatar("mira"))
    with pytest.raises(PsiError, match="seconds is 0"):
        memory.travel("joy", 0.0)
    with pytest.raises(PsiError, match="remembers nothing of that"):
        memory.travel("the coronation", 2.0)
