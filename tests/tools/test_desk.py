"""The equaliser: keys in, lines and an asset out; how it looks; what terminals send; that the field hears of it."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from psi_ecs import PsiError
from psi_ecs.components.oscillator import OUTSIDE, Role
from psi_ecs.systems.dynamics.core import build, find, read
from psi_ecs.systems.dynamics.wiring import Wiring
from psi_ecs.systems.output.draw.cells import THICK, blocks, words
from psi_ecs.tools.core.desk import Desk, pages, value_of
from psi_ecs.tools.core.edit import spec_of
from psi_ecs.tools.core.live import Stage, tune
from psi_ecs.tools.core.record import Source
from psi_ecs.tools.core.terminal import Terminal, decode


def plain() -> str:
    return read(find("core")).decode()


def desk(*keys: str) -> Desk:
    made = Desk(plain(), "core")
    for key in keys:
        made.press(key)
    return made


def test_there_is_a_fader_for_every_coupling_role_and_feeling() -> None:
    spec = spec_of(plain(), "core")
    found = pages(spec)
    assert list(found) == ["gains", "lags", "frequencies", "amplitudes", "feelings"]
    assert len(found["gains"]) == len(found["lags"]) == len(spec.coupling) and len(found["feelings"]) == len(spec.emotion)
    assert {f.path for f in found["frequencies"]} == {f"{r.name.lower()}.freq" for r in Role if r not in OUTSIDE}
    for fader in (f for page in found.values() for f in page):
        value = value_of(spec, fader)
        assert fader.low <= value <= fader.high and 0.0 <= fader.share(value) <= 1.0
        assert fader.moved(value, 0.0) == pytest.approx(value, rel=0.01, abs=1e-3)


@pytest.mark.parametrize("way", [1, -1])
def test_a_fader_goes_all_the_way_and_stops_at_its_end(way: int) -> None:
    for fader in (f for page in pages(spec_of(plain(), "core")).values() for f in page):
        value = before = value_of(spec_of(plain(), "core"), fader)
        for _ in range(125):
            value = fader.moved(value, way / 120.0)
            assert (value - before) * way >= 0.0
            before = value
        assert value == pytest.approx(fader.high if way > 0 else fader.low, abs=1e-9)


def test_arrows_choose_and_change_one_number_of_the_asset() -> None:
    made = desk("right", "down", "down")
    before, after = tomllib.loads(plain()), tomllib.loads(made.text)
    where = [i for i, c in enumerate(before["coupling"]) if (c["pulled"], c["by"]) == ("jaw", "syllable")]
    assert after["coupling"][where[0]].pop("gain") < before["coupling"][where[0]].pop("gain")
    assert before == after and made.text.count("#") == plain().count("#")
    assert made.thing.gain.min() >= 0.0 and not np.array_equal(made.thing.gain, build(plain().encode(), "core").gain)


@pytest.mark.parametrize(
    ("keys", "path"),
    [
        (("tab",), "syllable.nucleus.lag"), (("3", "end"), "quiver.freq"), (("4", "right"), "jaw.amp"),
        (("backtab",), "emotion.anger.gain"), (("5", "right", "left"), "emotion.anger.gain"),
        (("3", "end", "home"), "syllable.freq"),
    ],
)  # fmt: skip
def test_pages_and_places(keys: tuple[str, ...], path: str) -> None:
    made = desk(*keys)
    assert made.fader is not None and made.fader.path == path
    if path.startswith("emotion"):
        changed = desk(*keys, "up")
        assert changed.thing.feel.shape == made.thing.feel.shape and not np.array_equal(changed.thing.feel, made.thing.feel)


def test_undo_redo_and_back_to_the_file() -> None:
    made = desk("up", "pageup")
    assert made.text != plain()
    last = made.text
    for key in ("u", "u"):
        made.press(key)
    assert made.text == plain()
    made.press("u")
    assert made.message == "nothing to undo or redo" and made.text == plain()
    for key in ("r", "r"):
        made.press(key)
    assert made.text == last
    made.press("0")
    assert tomllib.loads(made.text) == tomllib.loads(plain())
    made.press("u")
    assert made.text == last


def test_leaving_asks_once_if_something_is_not_saved() -> None:
    assert desk("q").done and desk("up", "u", "escape").done
    made = desk("up", "q")
    assert not made.done and "not saved" in made.message
    made.press("left")
    made.press("q")
    assert not made.done
    made.press("q")
    assert made.done


@pytest.mark.parametrize(("width", "height"), [(80, 6), (120, 12), (40, 4)])
def test_it_fits_and_shows_what_is_chosen(width: int, height: int) -> None:
    made = desk("end", "up")
    lines = made.lines(width, height)
    assert len(lines) == 2 + height + 4 + 2 and max(len(line) for line in lines) <= width
    assert any("▲" in line for line in lines) and "flutter.quaver.gain" in lines[-2]
    assert lines[0].startswith("core *   [1 gains]") and (width < 60 or "in the file 0.6" in lines[-2])


def test_an_asset_without_couplings_or_feelings_has_empty_pages() -> None:
    roles = "\n".join(f'{r.name.lower()} = {{ band = "body", freq = 1.0 }}' for r in Role)
    made = Desk(f"coupling = []\n[oscillator]\n{roles}\n", "x")
    for key in ("up", "right", "0", "pagedown"):
        made.press(key)
    assert made.fader is None and "nothing on this page" in made.lines(80, 6)


class Script:
    """A screen that presses keys, one list a picture, and keeps what it was shown."""

    size = (100, 32)

    def __init__(self, *keys: list[str]) -> None:
        self.left, self.shown = list(keys), list[list[str]]()

    def show(self, lines: list[str]) -> bool:
        self.shown.append(lines)
        return True

    def keys(self, seconds: float) -> list[str]:
        return self.left.pop(0) if self.left else ["q", "q"]


def ticking() -> float:
    ticking.now += 0.1  # type: ignore[attr-defined]
    return ticking.now  # type: ignore[attr-defined, no-any-return]


ticking.now = 0.0  # type: ignore[attr-defined]


def test_a_session_turns_the_running_field_and_writes_the_asset(tmp_path: Path) -> None:
    made = Desk(plain(), "core")
    before = tomllib.loads(plain())["oscillator"]["sway_yaw"]["freq"]  # it turns freely; breath waits for the words
    stage = Stage(Source(text="Good morning, everyone."), None, made.thing)
    out = tmp_path / "mine.toml"
    keys = [["right"], *[["pagedown"]] * 20, ["3", *["right"] * 6, "up"], [], ["s"], []]
    screen = Script(*keys)
    tune(made, stage, screen, out, ticking)
    written = tomllib.loads(out.read_text())
    assert [c["gain"] for c in written["coupling"] if c["pulled"] == "jaw"] == [0.0]
    assert written["oscillator"]["sway_yaw"]["freq"] > before and any(
        f"saved to {out}"[:100] in line for line in screen.shown[-1]
    )
    wires = stage.host.app.world.resource(Wiring)
    row = wires.row[0]
    pulls = (wires.net.target == row[Role.JAW]) & (wires.net.source == row[Role.SYLLABLE])
    assert np.hypot(wires.net.a, wires.net.b)[pulls].sum() == 0.0
    now = stage.host.pattern(stage.avatar, "now").state["sway_yaw"].shift
    assert abs(now) <= 0.1 * written["oscillator"]["sway_yaw"]["freq"] and stage.core is made.thing
    assert any("jaw-syllable" in line for line in screen.shown[0]) and all(len(s) < 32 for s in screen.shown)
    assert all(len(line) <= 100 for shown in screen.shown for line in shown)


def test_the_performance_begins_again_when_it_is_over() -> None:
    stage = Stage(Source(text="Hi."), None, build(plain().encode(), "core"))
    first = stage.host
    assert np.isfinite(stage.step(200).energy) and stage.host is not first


def test_a_file_that_cannot_be_written_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    made = Desk(plain(), "core")
    screen = Script(["up"], ["s"], [])
    tune(made, Stage(Source(text="Hi."), None, made.thing), screen, tmp_path, ticking)
    assert any("is a folder" in line for line in screen.shown[2]) and made.text != made.saved == plain()


def test_no_terminal_says_what_to_do_instead() -> None:
    with pytest.raises(PsiError, match=r"no terminal .* --set jaw\.syllable\.gain=40 -o mine\.toml"):
        Terminal()


@pytest.mark.parametrize(
    ("sent", "keys"),
    [
        ("\x1b[A\x1b[B", ["up", "down"]), ("\x1bOC\x1b[D", ["right", "left"]), ("\x1b[5~q", ["pageup", "q"]),
        ("\t\x1b[Z", ["tab", "backtab"]), ("\x1b", ["escape"]), ("\xe0H\x00P", ["up", "down"]),
        ("\x1b[99~\x01u", ["u"]), ("", []),
    ],
)  # fmt: skip
def test_keys_of_terminals(sent: str, keys: list[str]) -> None:
    assert decode(sent) == keys


def test_cells_are_rectangles_and_words() -> None:
    assert blocks("  ██▌ ▄▄") == [
        (2.0, 0.5 - THICK / 2, 2.0, THICK), (4.0, 0.5 - THICK / 2, 0.5, THICK), (6.0, 0.5 - THICK / 2, 2.0, THICK / 2),
    ]  # fmt: skip
    assert words("ab ██ c  de") == [(0, "ab"), (6, "c"), (9, "de")]
