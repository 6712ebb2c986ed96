"""`psi core`: the picture, the bars, knobs turned in an asset's text, patterns learnt and recalled, scenes that use them."""

import tomllib
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from psi_ecs import AssetError, PsiError
from psi_ecs.components.oscillator import Role
from psi_ecs.systems.dynamics import load_core
from psi_ecs.systems.dynamics.core import find, read
from psi_ecs.systems.host import Host
from psi_ecs.tools.cli import psi
from psi_ecs.tools.core.edit import edit, parse
from psi_ecs.tools.core.learn import Pattern, asset, learn, recall
from psi_ecs.tools.core.plot import modes, picture
from psi_ecs.tools.core.record import Record, Source, record
from psi_ecs.tools.core.tune import locked
from psi_ecs.tools.core.watch import bar, watch
from psi_ecs.tools.proof import read_scene

SHORT = "Good morning, everyone, and welcome to the show tonight."


@cache
def run() -> Record:
    return record(Source(text=SHORT))


def plain() -> str:
    return read(find("core")).decode()


def test_a_record_has_every_tick_in_bounds() -> None:
    found = run()
    ticks = len(found.phase)
    assert ticks > 120 and found.mouth.shape == (ticks, 8) and found.order.shape == (ticks, 5)
    assert ((found.phase >= 0.0) & (found.phase < 1.0)).all() and np.isfinite(found.energy).all()
    assert locked(found, found.core.lock.index("jaw-syllable"))[0] > 0.9


def test_modes_hold_the_free_oscillators_with_small_residuals() -> None:
    """Tremor (4.7 Hz) and breath turn freely: an exact linear mode; most others are not."""
    mu, residual = modes(run())
    hertz = np.angle(mu) * 60.0 / (2.0 * np.pi)
    tremor = np.abs(np.abs(hertz) - 4.7) < 0.05
    assert residual[tremor].min() < 0.02 and np.allclose(np.abs(mu[tremor][residual[tremor].argmin()]), 1.0, atol=1e-3)
    assert residual.max() > 0.1 and (np.diff(residual) >= 0.0).all()


def test_the_picture_is_a_png_with_something_on_it() -> None:
    pytest.importorskip("matplotlib")
    made = picture(run(), "a $title$")
    assert made.startswith(b"\x89PNG") and len(made) > 50_000


def test_a_missing_plotting_library_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)
    with pytest.raises(PsiError, match=r"pip install 'psi-ecs\[plot\]'"):
        picture(run(), "x")


def test_bars_are_as_long_as_the_share() -> None:
    assert [bar(x, 4).count("█") for x in (-1.0, 0.0, 0.5, 1.0, 7.0)] == [0, 0, 2, 4, 4]
    assert {len(bar(x, 4)) for x in np.linspace(0.0, 1.0, 50).tolist()} == {4}


def test_watching_shows_ten_panels_a_second_and_waits_for_each() -> None:
    shown: list[list[str]] = []
    waited: list[float] = []
    count = watch(Source(text=SHORT), None, 1.0, shown.append, waited.append)
    assert count == len(shown) == 10 and waited == pytest.approx([0.1 * k for k in range(1, 11)])
    assert any("jaw-syllable" in line for line in shown[-1]) and len({len(p) for p in shown}) == 1


@pytest.mark.parametrize(
    ("knob", "old", "new"),
    [
        ("breath.freq=0.3", "breath = { band = \"body\", freq = 0.23, spread = 0.1 }", 'freq = 0.3,'),
        ("jaw.syllable.gain=40", "", "gain = 40.0"),
        ("jaw.syllable.lag=0.1", "", "lag = 0.1"),
        ("blink.phase=0.25", "", "phase = 0.25"),
        ("window=3", "window = 2.0", "window = 3.0 # seconds"),
    ],
)  # fmt: skip
def test_a_knob_changes_one_line_and_keeps_the_rest(knob: str, old: str, new: str) -> None:
    before = plain()
    after, told = edit(before, [parse(knob)], "core")
    gone, come = set(before.split("\n")) - set(after.split("\n")), set(after.split("\n")) - set(before.split("\n"))
    assert len(come) == 1 and new in come.pop() and len(gone) <= 1 and old in "".join(gone)
    assert before.count("#") == after.count("#") and told[0].startswith(knob.partition("=")[0])
    assert tomllib.loads(after) != tomllib.loads(before)


@pytest.mark.parametrize(
    ("knob", "why"),
    [
        ("jaw.syllabe.gain=4", "did you mean jaw.syllable"), ("breth.freq=1", "did you mean breath"),
        ("jaw.gain=4", "is no knob"), ("breath.freq=fast", "is no number"), ("breath.freq=-4", "give a number from 0"),
        ("breath.freq=nan", "is no knob"), ("jaw.syllable.gain=1e9", "at most 10000"), ("window=0", "seconds from"),
    ],
)  # fmt: skip
def test_a_wrong_knob_is_told_in_one_line(knob: str, why: str) -> None:
    with pytest.raises(AssetError, match=why):
        edit(plain(), [parse(knob)], "core")


def test_tuning_writes_an_asset_that_a_scene_uses(tmp_path: Path) -> None:
    out = tmp_path / "mine.toml"
    args = ["core", "tune", "--set", "jaw.syllable.gain=1", "-o", str(out), "--text", "Good morning, everyone."]
    done = CliRunner().invoke(psi, args)
    assert done.exit_code == 0, done.output
    assert "jaw.syllable.gain: 24 -> 1" in done.output and "coherence" in done.output
    scene = tmp_path / "s.toml"
    scene.write_text(f'core = "mine.toml"\n[[avatar]]\nname = "mira"\n[[line]]\nwho = "mira"\ntext = "{SHORT}"\n')
    loose = record(Source(scene=str(scene)))
    pair = loose.core.lock.index("jaw-syllable")
    assert locked(loose, pair)[0] < 0.7 < locked(run(), pair)[0]


def test_a_scene_with_no_such_core_says_where(tmp_path: Path) -> None:
    scene = tmp_path / "s.toml"
    scene.write_text('title = "x"\ncore = "gone.toml"\n[[avatar]]\nname = "mira"\n')
    with pytest.raises(AssetError, match=r"s\.toml:2: no core 'gone\.toml'"):
        read_scene(str(scene))
    (tmp_path / "gone.toml").write_text("window = 0.0\n[oscillator]\n")
    with pytest.raises(AssetError, match=r"s\.toml:2: gone\.toml"):
        read_scene(str(scene))


def test_what_is_learnt_becomes_an_asset_and_is_recalled(tmp_path: Path) -> None:
    found = learn(run())
    text = asset(found, plain(), "evening", "evening.toml")
    (tmp_path / "evening.toml").write_text(text)
    core = load_core("evening.toml", tmp_path)
    assert tomllib.loads(text)["name"] == "evening" and text.count("#") >= plain().count("#")
    assert len(core.gain) == len(load_core().gain) + len(found.couplings)
    host = Host(seed=5, core=core)
    host.avatar("mira")
    host.step()
    host.say(host.avatars[0], "Hello.")
    now = host.field(host.avatars[0]).phase["breath"]
    assert abs((now - found.phase["breath"] + 0.5) % 1.0 - 0.5) < 0.02


def test_a_pattern_is_recalled_while_running() -> None:
    host = Host(seed=5)
    who = host.avatar("mira")
    host.step(20)
    recall(host, who, Pattern({"breath": 0.4, "brow": 0.9}, []))
    host.step()
    phase = host.field(who).phase
    assert abs(phase["breath"] - 0.4) < 0.02 and abs(phase["brow"] - 0.9) < 0.02


def test_learning_finds_a_pair_that_turns_together_and_no_other() -> None:
    given = run()
    t = np.arange(1200)[:, None] / 60.0
    phase = np.zeros((1200, len(Role)))
    phase[:, [Role.BREATH, Role.BROW, Role.GAZE_YAW]] = (t * [0.3, 0.3, 0.317] + [0.0, 0.2, 0.0]) % 1.0
    made = Record(given.core, phase, np.ones_like(phase), *[given.energy] * 3, given.order, given.locks, given.mouth)
    kept = {(p, b): (gain, lag) for p, b, gain, lag, _, _ in learn(made).couplings}
    assert kept["breath", "brow"][1] == pytest.approx(0.2, abs=1e-3)
    assert kept["brow", "breath"][1] == pytest.approx(-0.2, abs=1e-3)


def test_names_that_cannot_be_are_refused() -> None:
    with pytest.raises(AssetError, match="cannot name a pattern"):
        asset(Pattern({}, []), plain(), 'a"b', "x")
    with pytest.raises(PsiError, match="nobody is called"):
        record(Source(text="Hello."), who="nobody")
    with pytest.raises(PsiError, match="no part 'gramar'"):
        record(Source(text="Hello.", off=("gramar",)))
