"""Expressions of one's own: written, moved by faders, seen in their course."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from psi_ecs.components.expression import Expression
from psi_ecs.components.face import FACE_ID
from psi_ecs.systems.formats.expression import load_expression, parse_expression, units
from psi_ecs.systems.output.draw import available
from psi_ecs.tools.core.live import tune
from psi_ecs.tools.expression.desk import ExpressionDesk
from psi_ecs.tools.expression.live import FaceShow, source
from psi_ecs.tools.expression.preview import BEFORE, course, frames, moments
from psi_ecs.tools.expression.write import head, new, rewritten

Psi = Callable[..., tuple[int, str, str]]


def test_a_new_one_is_like_its_model_and_explains_itself(tmp_path: Path) -> None:
    """Every action unit is named in the comments; the rest is the model's."""
    path = tmp_path / "wry.toml"
    new("wry", "smirk", path)
    assert load_expression(str(path)) == load_expression("smirk")
    text = path.read_text(encoding="utf-8")
    assert all(name in text for name in units()) and text.count("#") > 20


def test_edits_keep_the_comments_at_the_head() -> None:
    """And say what they should."""
    text = head("wry") + "onset = 0.2\n\n[units]\nAU12 = 0.5\n"
    after = rewritten(text, Expression(onset=0.7))
    assert after.startswith(head("wry").rstrip()) and parse_expression(after, "wry").onset == 0.7


def test_there_is_a_fader_for_every_unit_and_side() -> None:
    """Over two pages, with turns of the head and the course on their own."""
    desk = ExpressionDesk(source("doubt"), "doubt")
    paths = [f.path for page in desk.pages.values() for f in page]
    for name, unit in units().items():
        sides = (f"units.{name}.left", f"units.{name}.right") if unit.left or unit.right else (f"units.{name}",)
        assert all(side in paths for side in sides)
    assert {"channels.headYaw", "onset", "offset", "apex", "hold"} < set(paths)


def test_a_fader_moves_one_side_and_undo_brings_it_back() -> None:
    """The other side stays as it was; what is 0 again leaves the file."""
    desk = ExpressionDesk(source("smile"), "smile")
    fader = next(f for f in desk.pages["lower face"] if f.path == "units.AU12.left")
    desk.page, desk.at[1] = 1, desk.pages["lower face"].index(fader)
    left, right = load_expression("smile").units["AU12"]  # type: ignore[misc]
    desk.press("pageup")
    changed = desk.thing.units["AU12"]
    assert isinstance(changed, tuple) and changed[0] > left and changed[1] == right
    desk.press("u")
    assert desk.thing == load_expression("smile")
    for _ in range(40):
        desk.press("pagedown")
    assert desk.value(fader) == 0.0 and desk.thing.units["AU12"] == (0.0, right)


def test_the_course_is_seen_to_come_and_go() -> None:
    """Nothing before, full at the apex, gone after; blinks stay out of it."""
    e = load_expression("smirk")
    played = frames(e, "mira")
    at = [played[min(round(60 * s), len(played) - 1)].weights[0, FACE_ID["mouthSmileRight"]] for _, s in moments(e)]
    assert at[0] + 0.1 < at[1] < at[2] < at[3] and at[7] < at[6] < at[5] < at[4] and at[7] < at[0] + 0.08
    shown, whole = course(e)
    assert BEFORE + shown < whole == pytest.approx(len(played) / 60, abs=0.02)


class Fake:
    """A screen with keys that are pressed one after the other, and a view that counts."""

    size = (120, 30)

    def __init__(self, *presses: str) -> None:
        self.presses = list(presses)
        self.lines: list[str] = []
        self.seen: list[float] = []

    def show(self, *shown: object) -> bool:
        """Lines of the desk, or a face."""
        if len(shown) == 1:
            self.lines = shown[0]  # type: ignore[assignment]
        else:
            self.seen.append(float(np.asarray(shown[0])[0, FACE_ID["browInnerUp"]]))
        return True

    def keys(self, seconds: float) -> list[str]:
        """The next one."""
        return [self.presses.pop(0)] if self.presses else ["q", "q"]


def test_a_session_moves_the_face_and_writes_the_file(tmp_path: Path) -> None:
    """The first fader is the inner brow: the face follows, and what is saved can be read."""
    out, fake = tmp_path / "mine.toml", Fake(*["pageup"] * 12, *["x"] * 20, "s")
    desk = ExpressionDesk("[units]\nAU12 = 0.2\n", "mine")
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += 0.1
        return now

    tune(desk, FaceShow("mira", desk.thing, fake), fake, out, clock)
    assert load_expression(str(out)).units["AU1"] == pytest.approx(0.6, abs=0.02)
    assert max(fake.seen) > min(fake.seen[:4]) + 0.3
    assert any("browInnerUp" in line for line in fake.lines)


def test_commands(psi: Psi) -> None:
    """New, list, and the reasons why not."""
    assert psi("expression", "new", "wry", "--from", "smirk")[:2] == (0, "wry.toml\n")
    assert "smirk" in psi("expression", "list")[1]


def test_bad_words_are_one_line(refused: Callable[..., None], psi: Psi, monkeypatch: pytest.MonkeyPatch) -> None:
    """They say what there is instead."""
    refused("expression", "preview", "smurk", words=("did you mean 'smirk'",))
    refused("expression", "new", "a", "--from", "smurk", words=("did you mean 'smirk'",))
    refused("expression", "preview", "smirk", "-o", "x.bmp", words=(".png, .gif, .mp4",))
    psi("expression", "new", "wry")
    refused("expression", "new", "wry", words=("is there already",))
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    if available(headless=False) is not None:
        refused("expression", "edit", "smirk", words=("no window",))


@pytest.mark.skipif(available() is not None, reason="nothing to draw with")
def test_a_strip_and_a_gif(psi: Psi) -> None:
    """Eight pictures with captions; frames that move."""
    from PIL import Image

    assert psi("expression", "preview", "wink", "--size", "64")[:2] == (0, "wink.png\n")
    assert Image.open("wink.png").size[0] == 4 * 64
    assert psi("expression", "preview", "wink", "--size", "64", "-o", "wink.gif")[0] == 0
    assert getattr(Image.open("wink.gif"), "n_frames", 1) > 10
