"""What a network expects is brought to the width and loudness of the speaker, and what training shows of itself."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from psi_ecs.components.phone import PHONE_ID, PHONES
from psi_ecs.systems.kernels import framecode
from psi_ecs.systems.voice.learned.context import FEATURES, Context
from psi_ecs.tools.voice.match import BROAD, EMPHASIS, LEVEL, match
from psi_ecs.tools.voice.progress import listener, picture
from psi_ecs.tools.voice.teach import Lesson, teach, weights

COLUMNS = framecode.COLUMNS
MEAN, SPREAD = np.zeros(COLUMNS, np.float32), np.ones(COLUMNS, np.float32)


def speech(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Phones S and AA in turn, and normalised frames of the one without, of the other with a voice."""
    rng = np.random.default_rng(seed)
    voiced = np.arange(count) % 2
    frames = rng.normal(0.0, 0.2, (count, COLUMNS)).astype(np.float32)
    frames[:, framecode.VOICE] = voiced
    return np.where(voiced, PHONE_ID["AA"], PHONE_ID["S"]), frames


def test_half_the_width_is_doubled_and_a_little_more() -> None:
    phone, real = speech(4000, 0)
    found = match(phone, real * 0.5, real, MEAN, SPREAD)
    first = framecode.ENVELOPE.start
    np.testing.assert_allclose(found.gain[:, first : first + BROAD], 2.0**EMPHASIS, rtol=1e-4)
    np.testing.assert_allclose(found.gain[:, first + BROAD :], 2.0, rtol=1e-4)
    np.testing.assert_allclose(found.centre[:, 5], [0.5 * real[i::2, 5].mean() for i in (0, 1)], atol=1e-5)


def test_what_moves_too_widely_is_not_narrowed() -> None:
    phone, real = speech(1000, 1)
    assert (match(phone, real * 3.0, real, MEAN, SPREAD).gain >= 1.0).all()


def test_phones_come_nearer_to_their_loudness() -> None:
    phone, real = speech(1000, 2)
    expected = real.copy()
    expected[phone == PHONE_ID["S"], framecode.ENVELOPE.start] += 0.8
    found = match(phone, expected, real, MEAN, SPREAD)
    assert found.level[PHONE_ID["S"]] == pytest.approx(-0.8 * LEVEL, abs=1e-3)
    assert found.level[PHONE_ID["AA"]] == pytest.approx(0.0, abs=1e-3)
    assert not np.delete(found.level, [PHONE_ID["S"], PHONE_ID["AA"]]).any(), "phones that were not heard stay as they are"


def test_losses_are_kept_and_told_and_an_epoch_that_is_done_again_counts_once(tmp_path: Path) -> None:
    lines = list[str]()

    def never(_: Any) -> Any:
        raise AssertionError("no voice yet")

    after = listener(tmp_path, "anna", 9, never, lines.append)
    for epoch, loss in ((0, 3.0), (1, 2.0), (1, 1.5)):
        after(epoch, [0.1, loss, 0.2, loss + 1.0], None)
    rows = [json.loads(line) for line in (tmp_path / "losses.jsonl").read_text().splitlines()]
    assert rows == [[0, 0.1, 3.0, 0.2, 4.0], [1, 0.1, 1.5, 0.2, 2.5]]
    assert lines[-1] == "epoch 2 of 9: square 1.500, kept out 2.500"


@pytest.mark.skipif(find_spec("matplotlib") is None, reason="needs the extra [plot]")
def test_curves_are_drawn() -> None:
    alone, beside = picture([[0, 0.1, 3.0], [1, 0.1, 2.0]]), picture([[0, 0.1, 3.0, 0.2, 4.0], [1, 0.1, 1.5, 0.2, 2.5]])
    assert alone[:8] == beside[:8] == b"\x89PNG\r\n\x1a\n" and alone != beside


@pytest.mark.skipif(find_spec("torch") is None, reason="needs the extra [train]")
def test_an_interrupted_run_ends_as_one_that_was_not(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    lessons = []
    for size in (5, 8, 6):
        context = Context(rng.integers(0, len(PHONES), size), rng.integers(0, 3, size),
                          rng.random((size, FEATURES), np.float32))  # fmt: skip
        lessons.append(Lesson(context, rng.random(size, np.float32), rng.random((size, 8, COLUMNS), np.float32)))

    class Stop(Exception):
        pass

    def stop(epoch: int, *_: Any) -> None:
        if epoch == 1:
            raise Stop

    whole = weights(teach(lessons, [], 3, 0, tmp_path / "a.pt", lambda *_: None))
    with pytest.raises(Stop):
        teach(lessons, [], 3, 0, tmp_path / "b.pt", stop)
    again = weights(teach(lessons, [], 3, 0, tmp_path / "b.pt", lambda *_: None))
    assert all(np.array_equal(whole[name], again[name]) for name in whole)
