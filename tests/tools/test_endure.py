"""A day of speech: what is simulated in full, and what is checked at its two ends."""

from pathlib import Path

import numpy as np
import pytest

from psi_ecs import Clock, PsiError
from psi_ecs.systems.dynamics import phases
from psi_ecs.systems.host import Host
from psi_ecs.systems.kernels import phase_network
from psi_ecs.tools import endure as module
from psi_ecs.tools.endure import FREE, Exact, endure, table

DAY = 24 * 3600 * 60
"""Ticks."""


def test_phases_of_a_whole_day_are_those_of_the_closed_form() -> None:
    """All 5.2 million ticks, of two oscillators: by `advance` itself for a minute, then by the same float64 arithmetic, which
    the minute shows to be the same bit by bit. Closed form: whole cycles are dropped from tick * freq / 60 in integers."""
    freq, theta = np.array([0.23, 4.7, 12.7]), np.array([0.1, 0.35, 0.9])
    net = phase_network.network(3, np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    how = phase_network.plan(net, freq, 1.0 / 60.0)
    walked, step = theta.copy(), phase_network.cycles(freq, 400, 24_000)
    for _ in range(3600):
        walked = phase_network.advance(walked, freq, how, 400, 24_000)
    for place, (begin, add, hundredths) in enumerate(zip(theta.tolist(), step.tolist(), (23, 470, 1270), strict=True)):
        x = begin
        for tick in range(DAY):
            if tick == 3600:
                assert x == walked[place]
            x += add
            if x >= 1.0:
                x -= 1.0
        exact = begin + (DAY * hundredths % 6000) / 6000.0
        gap = x - exact
        assert abs(gap - round(gap)) < 1e-9


def late(day: bool) -> tuple[Host, int]:
    """A host at the start of its time, or after 24 hours of silence: its clock and phases are moved on in closed form."""
    host = Host(seed=5)
    avatar = host.avatar("mira")
    host.step()
    if day:
        host.app.world.resource(Clock).tick = DAY
    return host, avatar


def test_a_world_that_is_a_day_old_speaks_as_a_young_one() -> None:
    levels = []
    for day in (False, True):
        host, avatar = late(day)
        exact = Exact(phases(host.app.world, avatar)[0][FREE])
        host.say(avatar, "Papa may move five vans.")
        power, worst = 0.0, 0.0
        while not host.idle:
            frame = host.step()
            theta, freq, amp = phases(host.app.world, avatar)
            exact.add(freq[FREE] * 400.0 / 24_000.0)
            worst = max(worst, exact.distance(theta[FREE]))
            assert np.isfinite(frame.audio).all() and np.isfinite(frame.weights).all() and np.isfinite(amp).all()
            power += float((frame.audio.astype(np.float64) ** 2).sum())
        assert worst < 1e-12
        levels.append(power)
    assert levels[1] == pytest.approx(levels[0], rel=0.1)


def test_speech_of_half_a_minute_does_not_drift() -> None:
    found = endure(20.0 / 3600.0)
    assert found.ticks == 1200 and found.sentences >= 3 and found.bad == 0
    assert found.passed() and found.phase < 1e-12
    assert -found.bound <= found.energy[0] < found.energy[1] <= found.bound
    assert "cycles" in table(found)


def test_a_run_that_was_broken_off_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped after its first line of progress, then begun again: the same figures as in one go."""
    monkeypatch.setattr(module, "MINUTE", 40)
    kept, whole = tmp_path / "run.part", endure(600.0 / 216_000.0)
    looked = module.look

    def breaking(host: Host, seen: module.Tally, exact: Exact, rows: list[tuple[str, str]]) -> None:
        if seen.ticks == 450:
            raise KeyboardInterrupt
        looked(host, seen, exact, rows)

    monkeypatch.setattr(module, "look", breaking)
    with pytest.raises(KeyboardInterrupt):
        endure(600.0 / 216_000.0, kept=kept)
    assert kept.exists()
    monkeypatch.setattr(module, "look", looked)
    again = endure(600.0 / 216_000.0, kept=kept)
    assert not kept.exists()
    for name in ("ticks", "sentences", "bad", "peak", "energy", "amplitude", "phase"):
        assert getattr(again, name) == getattr(whole, name), name


def test_a_file_that_holds_no_run_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.part").write_bytes(b"nothing")
    with pytest.raises(PsiError, match="holds no run"):
        endure(1.0, kept=tmp_path / "a.part")


def test_exact_counts_what_float64_loses() -> None:
    exact = Exact(np.zeros(1))
    for _ in range(3000):
        exact.add(np.array([1.0 / 3.0]))
    assert exact.distance(np.zeros(1)) < 1e-13
    assert exact.distance(np.array([0.25])) == pytest.approx(0.25)
    assert exact.distance(np.array([1.0])) < 1e-13


@pytest.mark.parametrize("hours", [0.0, -1.0, float("nan"), float("inf")])
def test_hours_that_are_none(hours: float) -> None:
    with pytest.raises(PsiError, match="hours"):
        endure(hours)
