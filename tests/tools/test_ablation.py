"""Ablation: how figures are judged, and that two parts are worth what they are said to be."""

import numpy as np
import pytest

from psi_ecs.tools import ablation
from psi_ecs.tools.ablation import QUALITIES, felt, table, waver, worse


def test_only_what_is_worse_beyond_the_margin_counts() -> None:
    on = dict.fromkeys(QUALITIES, 1.0)
    assert worse(on, on) == []
    assert worse(on, {**on, "closure": 2.0, "span": 0.5, "lock": 1.5, "waver": 0.1}) == ["closure", "span"]
    assert worse(on, {**on, "closure": 1.04}) == []


def test_the_table_says_so_when_a_part_makes_nothing_worse() -> None:
    on = dict.fromkeys(QUALITIES, 1.0)
    text = table({"all on": on, "grammar": {**on, "closure": 2.0}, "coupling": on})
    assert "2.00*" in text and "without coupling nothing" in text and "without grammar nothing" not in text


@pytest.mark.parametrize(("hertz", "cents"), [(6.0, 7.07), (2.0, 0.0), (25.0, 0.0)])
def test_waver_is_the_band_from_4_to_13_hertz(hertz: float, cents: float) -> None:
    rate = 60 * ablation.CONTROL
    t = np.arange(2 * rate) / rate
    assert waver(0.1 * np.sin(2.0 * np.pi * hertz * t)) == pytest.approx(cents, abs=1.1)  # a short piece leaks a little


def test_without_feelings_joy_and_sadness_sound_the_same() -> None:
    on, off = ([felt(f"[{e}] Good morning. [/]", "mira", p) for e in ("joy", "sadness")] for p in ((), ("emotion",)))
    assert off[0] == pytest.approx(off[1], abs=0.05)
    assert on[0][1] - on[1][1] > 0.05
