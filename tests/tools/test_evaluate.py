"""The measures of mouth and sound, on takes whose answers are known."""

import numpy as np
import pytest
from click.testing import CliRunner

from psi_ecs import AssetError
from psi_ecs.components.event import Spoken
from psi_ecs.tools import evaluate
from psi_ecs.tools.cli import psi
from psi_ecs.tools.synchrony import FINE, RATE, TICK, Take, crossing, lag, readiness, stressed_lags

TICKS = 60
MS = 1000.0 * TICK / RATE


def take(lead: float = 0.0, shut: float = 0.1, round_: float = 0.1) -> Take:
    """T AA T P UW: the mouth opens for AA with the sound, or `lead` seconds before; lips begin to close for P and to round for
    UW `shut` and `round_` seconds before."""
    edges = [0, 15, 30, 36, 42, 60]
    phones = [
        Spoken(avatar=0, turn=0, kind="phone", text=name, start=a * TICK, end=b * TICK)
        for name, a, b in zip(("T", "AA", "T", "P", "UW"), edges[:-1], edges[1:], strict=True)
    ]
    now = np.arange(TICKS) / 60.0

    def ramp(start: float, seconds: float) -> np.ndarray:
        return np.clip((now - start) / seconds, 0.0, 1.0)

    gap = 2.0 + 8.0 * ramp(0.25 - lead - 0.05, 0.1) - 10.0 * ramp(36 / 60 - shut, 0.15)
    width = 60.0 - 10.0 * ramp(42 / 60 - round_, 0.15)
    level = 10.0 ** np.interp(np.arange(TICKS * TICK) / RATE, [0.2, 0.3, 0.5, 0.6], [-2.5, -0.5, -0.5, -2.5])
    audio = (level * np.sin(2.0 * np.pi * 500.0 / RATE * np.arange(TICKS * TICK))).astype(np.float32)
    return Take(
        name="made", weights=np.zeros((TICKS, 61), np.float32), audio=audio, phones=phones, stressed={15 * TICK},
        lips=np.stack([gap] * 3, axis=1), tooth=np.full(TICKS, 5.0), width=width,
    )  # fmt: skip


def test_the_first_crossing_lies_between_points() -> None:
    assert crossing(np.array([0.0, 0.0, 4.0, 8.0, 2.0, 10.0]), 0, 5, 0.5) == pytest.approx(2.25)
    assert crossing(np.array([8.0, 6.0, 0.0]), 0, 2, 0.1) == pytest.approx(0.4)


def test_lag_of_a_stressed_vowel_goes_with_the_lead_of_the_mouth() -> None:
    still = next(iter(stressed_lags(take(0.0)).values())).lead
    assert still == pytest.approx(0.0, abs=8.0)
    for lead in (-0.05, 0.03, 0.06):
        found = stressed_lags(take(lead))
        assert [p.text for p in found] == ["AA"]
        assert next(iter(found.values())).lead == pytest.approx(still + 1000.0 * lead, abs=5.0)


@pytest.mark.parametrize("lead", [-0.03, 0.0, 0.05])
def test_a_vowel_into_which_the_mouth_does_not_open_goes_by_its_way(lead: float) -> None:
    """Lips that come forward instead are timed by that; a sound that goes on, by the boundary."""
    made = take()
    made.lips[:] = 5.0
    made.width = 60.0 - 10.0 * np.clip((np.arange(TICKS) / 60.0 - (0.25 - lead - 0.05)) / 0.1, 0.0, 1.0)
    found = next(iter(stressed_lags(made).values()))
    assert not found.opens and found.swells
    assert found.lead == pytest.approx(next(iter(stressed_lags(take(0.0)).values())).lead + 1000.0 * lead, abs=6.0)
    made.audio[:] = np.sin(2.0 * np.pi * 500.0 / RATE * np.arange(TICKS * TICK))
    found = next(iter(stressed_lags(made).values()))
    assert not found.swells and found.lead == pytest.approx(1000.0 * lead, abs=6.0)


@pytest.mark.parametrize("early", [0.05, 0.1, 0.12])
def test_readiness_is_a_tenth_of_the_way_before_the_sound(early: float) -> None:
    found = readiness(take(shut=early, round_=early))
    assert found["bilabial"] == [pytest.approx(1000.0 * early - 15.0, abs=MS / FINE)]
    assert found["rounded"][0] == pytest.approx(1000.0 * early - 15.0, abs=MS / FINE)
    assert not found["labiodental"]


def test_the_lead_of_a_whole_take_is_the_shift_of_its_mouth() -> None:
    made = take()
    before = lag([made])[0]
    made.lips = np.roll(made.lips, -3, axis=0)
    assert lag([made])[0] - before == pytest.approx(50.0, abs=10.0)


def test_a_short_evaluation_meets_its_bars_and_its_table_is_readable(tmp_path, capsys) -> None:
    texts = tmp_path / "few.tsv"
    texts.write_text(
        "a\tPapa may move five vans by the zoo.\nb\tEvery bed was wet at the spa, and we saw a show.\n", encoding="utf-8"
    )
    report = evaluate.run(texts, out=tmp_path / "few.json", head="theo")
    assert (report.persona, report.head, report.sentences) == ("mira", "theo", 2)
    assert report.closures >= 4 and report.closure_worst <= 1.0 and report.closure_deepest >= -1.0 and report.tuck_worst <= 2.0
    assert max(report.width["UW"], report.width["OW"], report.width["W"]) < 0.95 * report.width["IY"]
    assert report.deterministic and (tmp_path / "few.json").stat().st_size > 500
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 100 and any("stressed vowels" in line for line in lines)


def test_a_head_that_is_not_there_is_told_in_one_line() -> None:
    with pytest.raises(AssetError, match="no head 'nobody'"):
        evaluate.run(head="nobody")
    told = CliRunner().invoke(psi, ["eval", "--head", "mira", "--grammar"])
    assert told.exit_code == 2 and "--head goes with" in told.output
