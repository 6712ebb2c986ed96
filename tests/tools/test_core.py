"""`psi core`: the picture, the bars, knobs turned in an asset's text, patterns learnt and recalled, scenes that use them."""

import tomllib
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray

from psi_ecs import AssetError, PsiError
from psi_ecs.components.oscillator import OUTSIDE, Role
from psi_ecs.components.pattern import Pattern, State
from psi_ecs.components.switch import PARTS
from psi_ecs.systems.dynamics.core import find, read
from psi_ecs.systems.formats.pattern import pattern_text
from psi_ecs.systems.host import Host
from psi_ecs.tools.cli import psi
from psi_ecs.tools.commands import options
from psi_ecs.tools.core.edit import edit, parse
from psi_ecs.tools.core.gauge import bar, beside, column, spark
from psi_ecs.tools.core.learn import learn, stable
from psi_ecs.tools.core.plot import modes, picture
from psi_ecs.tools.core.record import Record, Source, record
from psi_ecs.tools.core.tune import locked
from psi_ecs.tools.core.watch import watch
from psi_ecs.tools.evaluate import speak
from psi_ecs.tools.proof import core_of, read_scene

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
    assert spark([0.0, 0.5, 1.0], 5) == "   ▄█" and spark([1.0] * 9, 3) == "███"
    assert column(0.5, 0.0, 4, 1) == [" ", " ", "█", "█"] and column(0.25, 0.5, 4, 1)[2:] == ["█", " "]
    assert beside(["a", "bb"], ["c"], 1) == ["a  c", "bb"]


def test_watching_shows_ten_panels_a_second_and_waits_for_each() -> None:
    shown: list[list[str]] = []
    waited: list[float] = []
    count = watch(Source(text=SHORT), None, 1.0, lambda lines: shown.append(lines) is None, waited.append)
    assert count == len(shown) == 10 and waited == pytest.approx([0.1 * k for k in range(1, 11)])
    assert any("jaw-syllable" in line for line in shown[-1]) and len({len(p) for p in shown}) == 1
    assert max(len(line) for line in shown[-1]) <= 80


def test_a_wide_panel_shows_phases_too_and_a_closed_window_ends_it() -> None:
    shown: list[list[str]] = []

    def show(lines: list[str]) -> bool:
        shown.append(lines)
        return len(shown) < 3

    assert watch(Source(text=SHORT), None, 2.0, show, lambda _: None, 120) == 2
    assert any("gaze_pitch" in line for line in shown[-1]) and max(len(line) for line in shown[-1]) <= 120


@pytest.mark.parametrize(
    ("knob", "old", "new"),
    [
        ("breath.freq=0.3", "breath = { band = \"body\", freq = 0.23, spread = 0.1 }", 'freq = 0.3,'),
        ("jaw.syllable.gain=40", "", "gain = 40.0"),
        ("jaw.syllable.lag=0.1", "", "lag = 0.1"),
        ("blink.phase=0.25", "", "phase = 0.25"),
        ("emotion.anger.gain=1.75", "", "by = 1.75"),
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
        ("emotion.angr.gain=2", "did you mean emotion.anger.gain"), ("emotion.anger.gian=2", "is no knob"),
        ("emotion.anger.gain.9=2", "nothing called"), ("emotion.anger.gain=0", "by is 0"),
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


def test_a_stable_stretch_is_found_where_the_field_kept_its_phases() -> None:
    """A sentence keeps syllable, jaw and nuclei together, and the tremors; what is free does not count."""
    found = stable(run(), 1.5, 0.9, 0.1)
    assert found is not None and found.end - found.start == pytest.approx(1.5)
    pairs = {frozenset((k.pulled, k.by)) for k in found.pairs}
    assert {frozenset(("jaw", "syllable")), frozenset(("quaver", "tremor"))} <= pairs
    assert all(k.value >= 0.9 for k in found.pairs) and not any("breath" in pair for pair in pairs)
    assert stable(faked(np.full((300, len(Role)), 0.3)), 1.5, 0.9, 0.1) is None  # at rest nothing keeps to anything


def test_a_stretch_that_drifts_is_passed_over() -> None:
    """Two keep together for the first half of a run only."""
    t = np.arange(1200) / 60.0
    phase = np.zeros((1200, len(Role)))
    phase[:, Role.GAZE_YAW] = t % 1.0
    phase[:, Role.PHRASE] = np.where(t < 10.0, t + 0.25, 1.09 * t - 0.65) % 1.0
    found = stable(faked(phase), 5.0, 0.9, 0.1)
    assert found is not None and found.end <= 11.5
    (pair,) = [k for k in found.pairs if {k.pulled, k.by} == {"gaze_yaw", "phrase"}]
    assert abs(pair.lag) == pytest.approx(0.25, abs=0.03)


def test_what_is_learnt_becomes_an_asset_that_a_host_recalls(tmp_path: Path) -> None:
    kept = learn(run(), "evening", 1.0, 2.5)
    text = pattern_text(kept)
    (tmp_path / "evening.toml").write_text(text)
    host = Host(seed=5)
    who = host.avatar("mira")
    host.recall(who, "evening.toml", base=tmp_path)
    host.step()
    found, then = host.field(who), run()
    for role in (Role.BREATH, Role.BROW, Role.SWAY_YAW):
        off = found.phase[role.name.lower()] - then.phase[149, role]
        assert abs((off + 0.5) % 1.0 - 0.5) < 0.01
    assert tomllib.loads(text)["name"] == "evening"


def faked(phase: NDArray[np.float64]) -> Record:
    given, n = run(), len(phase)
    pattern = (Pattern(name="now", state={"brow": State(phase=0.0)}),) * n
    return Record(given.core, phase, np.ones_like(phase), *[np.zeros(n)] * 3, given.order, given.locks, given.mouth, pattern)


def test_learning_finds_a_pair_that_turns_together_and_no_other() -> None:
    t = np.arange(1200)[:, None] / 60.0
    phase = np.zeros((1200, len(Role)))
    phase[:, [Role.BREATH, Role.BROW, Role.GAZE_YAW]] = (t * [0.3, 0.3, 0.335] + [0.0, 0.2, 0.0]) % 1.0
    kept = {(c.pulled, c.by): c for c in learn(faked(phase), "x", 0.0, 20.0).coupling}
    assert set(kept) == {("breath", "brow"), ("brow", "breath")}
    assert kept["breath", "brow"].lag == pytest.approx(0.2, abs=1e-3)
    assert kept["brow", "breath"].lag == pytest.approx(-0.2, abs=1e-3)
    assert 1.5 <= kept["brow", "breath"].gain <= 2.0


def test_learn_writes_and_patterns_lists(tmp_path: Path) -> None:
    out = tmp_path / "evening.toml"
    done = CliRunner().invoke(psi, ["core", "learn", "--text", SHORT, "--window", "1.5", "-o", str(out)])
    assert done.exit_code == 0 and "jaw and syllable, 1:1   locked" in done.output, done.output
    (tmp_path / "other.toml").write_text("window = 1\n")
    listed = CliRunner().invoke(psi, ["core", "patterns", str(tmp_path)]).output.splitlines()
    assert f"{len(Role) - len(OUTSIDE)} oscillators" in listed[0] and "no pattern" in listed[1] and len(listed) == 2
    assert "lively" in CliRunner().invoke(psi, ["core", "patterns"]).output


def test_every_command_teaches_with_an_example() -> None:
    for name in ("plot", "watch", "tune", "learn", "patterns"):
        text = CliRunner().invoke(psi, ["core", name, "--help"]).output
        assert f"  psi core {name}" in text, name
    assert options.PARTS.replace(" or ", ", ").split(", ") == list(PARTS)


@pytest.mark.parametrize("command", ["run", "render", "say", "eval"])
def test_every_way_to_perform_takes_a_core(command: str) -> None:
    assert "--core NAME" in CliRunner().invoke(psi, [command, "--help"]).output


def test_a_core_named_on_the_command_line_is_the_field(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tremors twice as strong are another voice, for `say` and for `render`; and for what `eval` measures."""
    monkeypatch.chdir(tmp_path)
    text, _ = edit(plain(), [parse(f"{name}.amp=5") for name in ("tremor", "quaver", "flutter")], "core")
    Path("mine.toml").write_text(text)
    sounds = []
    for args in (["say", "Mmm, well.", "-o"], ["render", "hello", "--to", "1.5", "--format", "wav", "-o"]):
        for core in ([], ["--core", "mine.toml"]):
            done = CliRunner().invoke(psi, [*args, "a.wav", *core])
            assert done.exit_code == 0, done.output
            sounds.append(Path("a.wav").read_bytes())
    assert sounds[0] != sounds[1] and sounds[2] != sounds[3]
    weak, strong = (speak("a", "Mmm, well.", "mira", core=core_of(name)).audio for name in (None, "mine.toml"))
    assert weak.tobytes() != strong.tobytes()


def test_names_that_cannot_be_are_refused() -> None:
    with pytest.raises(PsiError, match="nobody is called"):
        record(Source(text="Hello."), who="nobody")
    with pytest.raises(PsiError, match="no part 'gramar'"):
        record(Source(text="Hello.", off=("gramar",)))
    with pytest.raises(PsiError, match="the run has"):
        learn(run(), "x", 0.0, 99.0)
