"""What is measured of a living face: known tracks give known figures, and a face that is watched passes."""

import numpy as np
import pytest
from msgspec.structs import replace

from psi_ecs.components.face import FACE, FACE_ID
from psi_ecs.systems.kernels import face_eyes
from psi_ecs.tools import living
from psi_ecs.tools.living import Watched, figures, follows, leap, stillness

T = 3600


def watched(**more) -> Watched:
    """A minute of a face that always moves a little."""
    t = np.arange(T)[:, None] / 60.0
    w = 0.01 * np.sin(2.0 * np.pi * (0.3 * t + np.linspace(0, 1, len(FACE))))
    base = Watched(w, np.zeros(T), np.zeros(T, bool), np.full(T, np.nan), np.zeros((0, 2)))
    return replace(base, **more)


def test_blinks_are_counted() -> None:
    """Ten blinks a minute, log-normal pauses of known spread."""
    w = watched().weights.copy()
    pause = np.exp(np.random.default_rng(1).normal(np.log(5.0), 0.4, 9))
    for start in np.cumsum(np.concatenate(([2.0], pause))):
        w[int(start * 60) : int(start * 60) + 8, FACE_ID["eyeBlinkLeft"]] = 1.0
    found = figures(watched(weights=w))
    n = int((np.diff((w[:, FACE_ID["eyeBlinkLeft"]] > 0.6).astype(int)) > 0).sum())
    assert found.blinks == n and found.spread == pytest.approx(np.log(pause[: n - 1]).std(), abs=0.05)


def test_a_channel_that_stands_still_is_named() -> None:
    """Three seconds of it are found, and no other is longer."""
    w = watched().weights.astype(float).copy()
    w[600:780, FACE_ID["cheekPuff"]] = 0.3
    seconds, name = stillness(w)
    assert name == "cheekPuff" and 2.8 < seconds < 3.3
    assert "cheekPuff still" in " ".join(figures(watched(weights=w)).failed("resting"))


def test_a_jump_is_a_pop() -> None:
    """A brow that jumps by a half stands out."""
    w = watched().weights.copy()
    w[900:, FACE_ID["browInnerUp"]] += 0.5
    found = figures(watched(weights=w))
    assert found.jerk["brows"] > 0.45 and "a pop in brows" in " ".join(found.failed("resting"))


def test_saccades_lie_on_the_main_sequence() -> None:
    """Those of the model do at every size; one of half the speed does not."""
    size = np.radians([2.0, 5.0, 10.0, 20.0])
    leaps = np.array([leap(np.zeros(2), np.zeros(2), np.array([a, 0.0]), float(face_eyes.saccade_rate(a))) for a in size])
    found = figures(watched(leaps=leaps))
    assert found.main == pytest.approx(1.0, abs=0.05) and found.stray < 0.1
    slow = figures(watched(leaps=leaps * (1.0, 0.5)))
    assert "main sequence" in " ".join(slow.failed("resting"))


def test_breath_within_words_is_found() -> None:
    """A chest that rises while a word sounds."""
    air = np.zeros(T)
    air[100:130] = np.linspace(0, 1, 30)
    air[130:] = 1.0
    words = np.zeros(T, bool)
    words[120:200] = True
    assert figures(watched(breath=air, words=words)).inspired == pytest.approx(10 / 80, abs=0.02)


def test_head_and_pitch() -> None:
    """A head that rises with the pitch correlates with it, whatever the sizes."""
    pitch = np.sin(np.arange(1200) / 20.0)
    assert follows(-0.02 * pitch, 3.0 * pitch) == pytest.approx(1.0)


def test_a_short_watch(tmp_path) -> None:
    """Everything runs, and in a quarter of a minute nothing pops, nobody breathes in on a word, and every channel lives."""
    found = living.talk(0.25, "mira", lambda _: None)
    found["reading"] = living.alone(0.1, "mira", True)
    for name in ("talking", "listening"):
        assert found[name].still <= 2.0 and found[name].inspired == 0.0
        assert all(v <= living.BOUND[k] for k, v in found[name].jerk.items()), found[name].jerk
    assert found["reading"].saccades > 60 and "blinks a minute" in living.table(found)
