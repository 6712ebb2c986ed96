"""Ablation: how figures are judged, and that parts are worth what they are said to be."""

import pytest

from psi_ecs.tools.ablation import QUALITIES, felt, figures, table, worse


def test_only_what_is_worse_beyond_the_margin_counts() -> None:
    on = dict.fromkeys(QUALITIES, 1.0)
    assert worse(on, on) == []
    assert worse(on, {**on, "closure": 2.0, "span": 0.5, "lock": 1.5, "jitter": 0.9}) == ["closure", "span"]
    assert worse(on, {**on, "closure": 1.04}) == []


def test_the_table_says_so_when_a_part_makes_nothing_worse() -> None:
    on = dict.fromkeys(QUALITIES, 1.0)
    text = table({"all on": on, "grammar": {**on, "closure": 2.0}, "coupling": on})
    assert "2.00*" in text and "without coupling nothing" in text and "without grammar nothing" not in text


def test_without_feelings_joy_and_sadness_sound_the_same() -> None:
    on, off = ([felt(f"[{e}] Good morning. [/]", "mira", p) for e in ("joy", "sadness")] for p in ((), ("emotion",)))
    assert off[0] == pytest.approx(off[1], abs=0.05)
    assert on[0][1] - on[1][1] > 0.05


def test_without_couplings_what_is_seen_and_heard_falls_apart() -> None:
    """Not only their own locks: mouth, head and voice run on them (brows too, but one sentence has too few of their beats)."""
    rows = [("a", "The quick brown fox jumps over the lazy dog near the river bank.")]
    on, off = (figures(rows, "mira", part) for part in ((), ("coupling",)))
    assert {"jaw", "head", "shimmer", "rough", "foretold"} <= set(worse(on, off))


def test_without_closed_forms_the_path_is_missed_and_nothing_foretold() -> None:
    rows = [("a", "Tom saw Robert stop the hot car.")]
    on, off = (figures(rows, "mira", part) for part in ((), ("koopman",)))
    assert on["path"] < 1e-9 and {"path", "foretold"} <= set(worse(on, off))
