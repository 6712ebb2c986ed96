"""Patterns kept, recalled at once and by a pull, from hosts and scenes; couplings that form; memory switched off."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from psi_ecs import AssetError, PsiError
from psi_ecs.components.oscillator import Plastic, Role, Tuning
from psi_ecs.components.pattern import Pattern, Recalled, State, Tie
from psi_ecs.components.scene import Line, Scene, SceneAvatar, SceneCue
from psi_ecs.systems.dynamics import load_core
from psi_ecs.systems.host import Host
from psi_ecs.systems.kernels.attractor import overlap
from psi_ecs.systems.play import open_scene

SLOW = ("breath", "sway_yaw", "sway_pitch", "sway_roll", "brow", "mouth")


def silent(seed: int, ticks: int = 1, off: tuple[str, ...] = ()) -> tuple[Host, int]:
    """A field without noise: what it does is its own law alone."""
    host = Host(seed=seed, off=off, core=replace(load_core(), noise=np.zeros(len(Role))))
    who = host.avatar("mira")
    host.step(ticks)
    return host, who


def near(a: Host, b: Host) -> float:
    """Overlap of two hosts' first avatars in what moves a silent face."""
    x, y = (h.field(h.avatars[0]).phase for h in (a, b))
    return overlap(np.array([x[r] for r in SLOW]), np.array([y[r] for r in SLOW]), False)


def test_a_field_put_into_a_pattern_goes_on_as_the_field_that_it_was_taken_from() -> None:
    kept, who = silent(3, 120)
    kept.drive(who, "brow", amp=1.7)
    kept.step(200)
    pattern = kept.pattern(who, "one")
    host, other = silent(11, 5)
    assert near(kept, host) < 0.5
    host.recall(other, pattern)
    kept.step(240)
    host.step(240)
    assert near(kept, host) > 0.9999
    assert host.field(other).amplitude["brow"] == pytest.approx(kept.field(who).amplitude["brow"], abs=1e-3)
    assert host.field(other).frequency["breath"] == pytest.approx(kept.field(who).frequency["breath"], abs=1e-4)


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_a_pull_leads_there_and_the_stronger_the_sooner(seed: int) -> None:
    def after(strength: float) -> float:
        kept, who = silent(3, 120)
        host, other = silent(seed, 5)
        host.recall(other, kept.pattern(who, "one"), strength, 10.0)
        kept.step(300)
        host.step(300)
        return near(kept, host)

    none, weak, strong = after(0.0), after(0.3), after(1.0)
    assert none < weak < strong and strong > 0.98


def test_a_pull_moves_amplitudes_and_ends() -> None:
    host, who = silent(1)
    host.recall(who, Pattern(name="big", state={"sway_yaw": State(phase=0.3, amp=2.0)}), 1.0, 2.0)
    host.step(110)
    assert host.field(who).amplitude["sway_yaw"] > 1.5
    host.step(300)
    assert host.field(who).amplitude["sway_yaw"] == pytest.approx(1.0, abs=0.02)
    assert not host.app.world.sparse[Recalled]


def test_a_field_already_there_is_not_disturbed() -> None:
    plain, _ = silent(3, 120)
    held, who = silent(3, 120)
    held.recall(who, held.pattern(who, "here"), 1.0, 10.0)
    a, b = plain.step(300), held.step(300)
    np.testing.assert_allclose(b.weights, a.weights, atol=0.01)
    assert near(plain, held) > 0.99999


def test_speech_keeps_its_clock_whatever_is_recalled() -> None:
    kept, who = silent(3, 120)
    pattern = kept.pattern(who, "one")
    host, other = silent(4)
    host.say(other, "The quick brown fox jumps over the lazy dog.")
    host.step(30)
    host.recall(other, pattern, 1.0, 5.0)
    host.step(120)
    assert host.field(other).locks["jaw-syllable"][0] > 0.6
    found = host.field(other).phase
    assert abs((found["jaw"] - found["nucleus"] + 0.5) % 1.0 - 0.5) < 0.05


def test_without_memory_nothing_is_recalled_and_nothing_forms() -> None:
    kept, who = silent(3, 120)
    pattern = kept.pattern(who, "one")
    plain, _ = silent(11, 5)
    host, other = silent(11, 5, off=("memory",))
    host.recall(other, pattern)
    host.recall(other, pattern, 1.0, 5.0)
    host.learn(other)
    a, b = plain.step(120), host.step(120)
    assert a.weights.tobytes() == b.weights.tobytes() and near(kept, host) < 0.5
    assert not host.app.world.resource(Tuning).added


def test_a_recall_under_way_is_saved_and_goes_on() -> None:
    kept, who = silent(3, 60)
    host, other = silent(11)
    host.learn(other)
    host.recall(other, kept.pattern(who, "one"), 0.8, 5.0)
    host.step(30)
    again = Host().load(host.save())
    host.step(90)
    again.step(90)
    assert host.step().weights.tobytes() == again.step().weights.tobytes()


def test_a_journal_of_recalls_and_learning_is_replayed() -> None:
    host, who = silent(11)
    journal = host.app.record(every=10)
    host.learn(who)
    host.recall(who, "lively", 0.8, 1.0)
    host.step(30)
    host.recall(who, "subdued")
    last = host.step(31)
    again, _ = silent(0)
    again.app.replay(journal, 61)
    assert len(journal.digests) == 6 and again.app.digest() == host.app.digest() and np.isfinite(last.weights).all()


def together(off: tuple[str, ...] = (), seconds: float = 40.0) -> tuple[Host, int]:
    """Brow and mouth are given one frequency for a while, and learn; then others again."""
    host, who = silent(2, 1, off)
    host.drive(who, "brow", freq=0.5, theta=0.0)
    host.drive(who, "breath", freq=0.5, theta=0.7)
    host.step()
    host.learn(who, 2.0)
    host.step(round(60 * seconds))
    return host, who


def slipped(host: Host, who: int) -> float:
    """Cycles by which breath falls behind brow in 20 s when it is made slower by 0.05 Hz, the first 5 s left out."""
    host.drive(who, "breath", freq=0.45)
    host.step(300)
    gap = []
    for _ in range(60):
        host.step(15)
        now = host.field(who).phase
        gap.append(now["brow"] - now["breath"])
    turned = np.unwrap(gap, period=1.0)
    return float(turned[-1] - turned[0])


def test_what_turns_together_comes_to_pull_each_other() -> None:
    host, who = together()
    added = host.app.world.resource(Tuning).added
    key = f"{who}/{Role.BROW.value}/{Role.BREATH.value}"
    assert added[key][0] == pytest.approx(2.0, abs=0.1) and added[key][2:] == (1, 1)
    assert (added[key][1] - 0.7 + 0.5) % 1.0 - 0.5 == pytest.approx(0.0, abs=0.03)
    assert all(gain <= 2.0 for gain, *_ in added.values())
    assert not any(key.split("/")[1] in (str(Role.BLINK.value), str(Role.GAZE_YAW.value)) for key in added)
    assert abs(slipped(host, who)) < 0.2  # 0.05 Hz are 0.3 rad/s: held by 2 + 2
    assert abs(slipped(*together(("memory",)))) > 0.5


def test_what_has_formed_is_kept_in_the_pattern_and_comes_back_with_it() -> None:
    host, who = together()
    pattern = host.pattern(who, "pair")
    assert any((t.pulled, t.by) == ("brow", "breath") for t in pattern.coupling)
    fresh, other = silent(9)
    fresh.recall(other, pattern)
    fresh.step(2)
    assert fresh.app.world.resource(Tuning).added == {
        key.replace(f"{who}/", f"{other}/", 1): value for key, value in host.app.world.resource(Tuning).added.items()
    }
    assert fresh.field(other).coherence > 0.9


def test_learning_ends_and_what_formed_stays() -> None:
    host, who = together()
    before = dict(host.app.world.resource(Tuning).added)
    host.learn(who, 0.0)
    host.drive(who, "breath", freq=0.2)
    host.step()
    host.step(300)
    assert host.app.world.resource(Tuning).added == before and not host.app.world.sparse[Plastic]


def test_the_asset_s_own_couplings_are_not_doubled() -> None:
    host, who = silent(1)
    tie = Tie(pulled="jaw", by="syllable", gain=1.0)
    host.recall(who, Pattern(name="x", state={"brow": State(phase=0.1)}, coupling=[tie]))
    host.step()
    assert not host.app.world.resource(Tuning).added


def scene(avatar: str = "", *cues: SceneCue) -> Scene:
    return Scene(
        avatar=[SceneAvatar(name="mira", pattern=avatar)], line=[Line(who="mira", text="Good morning.", at=0.5)], cue=list(cues)
    )


def test_a_scene_begins_in_a_pattern_that_comes_along() -> None:
    host = open_scene(scene("subdued"))
    host.step()
    found = host.field(host.avatars[0])
    assert found.amplitude["sway_yaw"] == pytest.approx(0.6065, abs=1e-2)
    assert abs(found.phase["breath"] - 0.8659) < 0.01


def test_a_cue_draws_a_scene_to_a_pattern_and_a_file_lies_beside_it(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('name = "mine"\n[state]\nbrow = { phase = 0.25 }\nmouth = { phase = 0.5, amp = 2.0 }\n')
    host = open_scene(scene("", SceneCue(who="mira", kind="recall", name="mine.toml", seconds=8.0, at=0.2)), tmp_path)
    host.step(300)
    phase, core = host.field(host.avatars[0]).phase, load_core()
    turned = core.freq[[Role.BROW, Role.MOUTH]] * (299 - 11) / 60.0
    off = np.array([phase["brow"], phase["mouth"]]) - [0.25, 0.5] - turned
    assert np.abs((off + 0.5) % 1.0 - 0.5).max() < 0.03
    assert host.field(host.avatars[0]).amplitude["mouth"] > 1.5


def test_mistakes_are_told() -> None:
    host, who = silent(1)
    with pytest.raises(AssetError, match="did you mean 'lively'"):
        host.recall(who, "livly")
    with pytest.raises(AssetError, match="did you mean 'brow'"):
        host.recall(who, Pattern(name="x", state={"bow": State(phase=0.1)}))
    with pytest.raises(PsiError, match="strength is 2"):
        host.recall(who, "lively", 2.0)
    with pytest.raises(PsiError, match="most is nan"):
        host.learn(who, float("nan"))
    fresh = Host()
    with pytest.raises(PsiError, match="make a tick first"):
        fresh.pattern(fresh.avatar("mira"), "x")
