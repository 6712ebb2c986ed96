"""Corpora: what is read of them, and one line for everything that cannot be used."""

import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from psi_ecs import AssetError
from psi_ecs.systems.kernels import framecode
from psi_ecs.systems.voice.learned.net import KNOTS, PLACES
from psi_ecs.tools.cli import psi
from psi_ecs.tools.voice.corpus import read_corpus
from psi_ecs.tools.voice.train import knots

LINE = {
    "id": "a", "phones": [["SIL", 0, 0.1], ["DH", 0.1, 0.15], ["AH0", 0.15, 0.2], ["S", 0.2, 0.3], ["AH1", 0.3, 0.4],
                          ["N", 0.4, 0.5], ["SIL", 0.5, 0.6]],
    "words": [["the", 0.1, 0.2], ["sun", 0.2, 0.5]], "llr": -0.4, "wmin": -1.0,
}  # fmt: skip


def corpus(folder: Path, listing: str = "a|The sun.\n", *lines: object) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "metadata.csv").write_text(listing)
    (folder / "a.flac").write_bytes(b"fLaC")
    (folder / "alignments.jsonl").write_text("\n".join(json.dumps(x) for x in lines or (LINE,)))
    return folder


def test_phones_get_words_syllables_and_accents(tmp_path: Path) -> None:
    (take,), doubts = read_corpus(corpus(tmp_path / "c"))
    assert not doubts and take.kind == "statement"
    assert [s.name for s in take.segments] == ["SIL", "DH", "AH", "S", "AH", "N", "SIL"]
    assert [s.word for s in take.segments] == [-1, 0, 0, 1, 1, 1, -1]
    assert [s.syllable for s in take.segments] == [-1, 0, 0, 1, 1, 1, -1]
    assert [s.accent for s in take.segments] == [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0] and take.segments[4].stress == 1


def test_phones_may_be_written_in_ipa(tmp_path: Path) -> None:
    """The same take as in ARPAbet; a sound that we lack becomes the nearest ones, within its time."""
    names = {"DH": "ð", "AH0": "ə", "S": "s", "AH1": "ˈʌ", "N": "n"}
    phones = [[names.get(str(n), n), a, b] for n, a, b in LINE["phones"]]
    (plain,), _ = read_corpus(corpus(tmp_path / "a"))
    (ipa,), _ = read_corpus(corpus(tmp_path / "b", "a|The sun.\n", {**LINE, "phones": phones}))
    one, other = ([(s.name, s.stress, s.word, s.start) for s in take.segments] for take in (plain, ipa))
    assert one == other
    phones[3] = ["ts", 0.2, 0.3]
    (two,), _ = read_corpus(corpus(tmp_path / "c", "a|The sun.\n", {**LINE, "phones": phones}))
    assert [(s.name, round(s.start, 3), round(s.end, 3)) for s in two.segments[3:5]] == [("T", 0.2, 0.25), ("S", 0.25, 0.3)]


def test_what_cannot_be_learned_from_is_told_line_by_line(tmp_path: Path) -> None:
    folder = corpus(tmp_path / "c", "a|The sun.\nb|No file.\njust words\n", LINE)
    takes, doubts = read_corpus(folder)
    assert len(takes) == 1 and len(doubts) == 2 and "metadata.csv:2: no recording" in doubts[0] and ":3: no text" in doubts[1]
    for listing, lines, match in (
        ("a|The sun.\n", [{**LINE, "llr": -3.0}], "aligned badly"),
        ("a|The sun.\n", [{**LINE, "id": "z"}], "not aligned"),
        ("a|The sun.\n", [{"id": "a"}], "alignments.jsonl:1: .*phones"),
        ("a|The sun.\n", [{**LINE, "phones": [["QQ", 0, 1]]}], "QQ"),
        ("", [LINE], "nothing to learn from"),
    ):
        with pytest.raises(AssetError, match=match):
            read_corpus(corpus(tmp_path / "c", listing, *lines))
    with pytest.raises(AssetError, match=r"no metadata\.csv"):
        read_corpus(tmp_path)


def test_straight_lines_through_knots_come_back(tmp_path: Path) -> None:
    """Frames that go straight from knot to knot have these knots, and noise on them does not move them far."""
    (take,), _ = read_corpus(corpus(tmp_path / "c"))
    start, end = (np.array([getattr(s, name) for s in take.segments]) for name in ("start", "end"))
    place = (start[:, None] + (end - start)[:, None] * PLACES).ravel()
    rng = np.random.default_rng(0)
    bend = place[::4]  # knots lie between borders, so bends that the lines can follow are few
    true = np.interp(place, bend, rng.normal(0.0, 1.0, len(bend)))
    frames = np.interp(np.arange(0.6 * 240 + 1) / 240.0, place, true)[:, None] * np.ones(framecode.COLUMNS)
    seconds, found = knots(frames.astype(np.float32), take)
    np.testing.assert_allclose(seconds, [0.1, 0.05, 0.05, 0.1, 0.1, 0.1, 0.1], atol=1e-6)
    assert found.shape == (7, KNOTS, framecode.COLUMNS)
    np.testing.assert_allclose(found[:, :, 7].ravel(), true, atol=0.08)


@pytest.mark.skipif(find_spec("torch") is not None, reason="PyTorch is there")
def test_without_pytorch_training_says_what_to_install(tmp_path: Path) -> None:
    done = CliRunner().invoke(psi, ["voice", "train", str(corpus(tmp_path / "c")), "-o", str(tmp_path / "w")])
    assert done.exit_code != 0 and "psi-ecs[train]" in str(done.exception)
