"""`psi voice align`: phones found in recordings whose phones are known, because our own voice made them."""

import json
import shutil
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from psi_ecs import AssetError
from psi_ecs.components.phone import PHONES
from psi_ecs.components.text import Word
from psi_ecs.systems.formats.persona import load_persona
from psi_ecs.systems.formats.wav import write_wav
from psi_ecs.systems.language import analyse
from psi_ecs.systems.voice.formant import FormantVoice
from psi_ecs.systems.voice.speak import speak
from psi_ecs.tools.cli import psi
from psi_ecs.tools.voice import align as aligning
from psi_ecs.tools.voice.align import align, pronunciations, read
from psi_ecs.tools.voice.cepstra import HOP, cepstra
from psi_ecs.tools.voice.corpus import read_corpus
from psi_ecs.tools.voice.hmm import ALL, STATES, estimate, force, freely

pytest.importorskip("av")
TEXTS = (
    "The birch canoe slid on the smooth planks.", "Glue the sheet to the dark blue background.",
    "These days a chicken leg is a rare dish.", "Rice is often served in round bowls.",
    "The juice of lemons makes fine punch.", "Four hours of steady work faced us.",
    "A large size in stockings is hard to sell.", "The boy was there when the sun rose.",
)  # fmt: skip
Truth = dict[str, list[tuple[str, float, float]]]


def quietly(_: str, items: Iterable[Any]) -> Iterable[Any]:
    return items


@pytest.fixture(scope="module", autouse=True)
def few_seeds() -> Iterator[None]:
    """Those of the package alone, once: a voice so like its teachers needs no more."""
    seeds = cache(aligning.seeds)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aligning, "SEEDS", 16)
        patch.setattr(aligning, "seeds", lambda texts: seeds(tuple(texts)))
        yield


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    """A folder of recordings, not aligned yet, and their phones: a persona that is no teacher."""
    folder, persona, truth = tmp_path_factory.mktemp("spoken"), load_persona("otis"), Truth()
    rng = np.random.default_rng(0)
    for number, text in enumerate(TEXTS):
        sound, (score,) = speak(analyse(text).sentences, persona, FormantVoice())
        write_wav(folder / f"s{number}.wav", 0.5 * sound + 3e-4 * rng.normal(size=len(sound)))
        names = [PHONES[p].name for p in score.phone]
        truth[f"s{number}"] = list(zip(names, (score.start / 24_000.0).tolist(), (score.end / 24_000.0).tolist(), strict=True))
    (folder / "metadata.csv").write_text("".join(f"s{i}|{text}\n" for i, text in enumerate(TEXTS)))
    return folder, truth


@pytest.fixture(scope="module")
def aligned(spoken: tuple[Path, Truth]) -> tuple[Path, Truth, list[str]]:
    return (*spoken, align(spoken[0], False, quietly))


@pytest.fixture
def copy(aligned: tuple[Path, Truth, list[str]], tmp_path: Path) -> Path:
    return Path(shutil.copytree(aligned[0], tmp_path / "copy"))


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "alignments.jsonl").read_text().splitlines()]


def test_phones_are_where_they_were_put(aligned: tuple[Path, Truth, list[str]]) -> None:
    folder, truth, report = aligned
    apart = list[float]()
    for line in lines(folder):
        found = [(name.rstrip("012"), a, b) for name, a, b in line["phones"] if name != "SIL"]
        known = [x for x in truth[line["id"]] if x[0] != "SIL"]
        assert [x[0] for x in found] == [x[0] for x in known]
        apart += [abs(x - y) for one, other in zip(found, known, strict=True) for x, y in zip(one[1:], other[1:], strict=True)]
    assert np.median(apart) <= 0.010 and np.mean(np.array(apart) <= 0.0201) > 0.8
    assert report[-1].startswith(f"{len(TEXTS)} aligned, 0 not")


def test_lines_cover_the_recording_and_can_be_learned_from(aligned: tuple[Path, Truth, list[str]]) -> None:
    folder, truth, _ = aligned
    for line in lines(folder):
        phones = line["phones"]
        assert phones[0][1] == 0.0 and all(a[2] == b[1] for a, b in pairwise(phones))
        assert abs(phones[-1][2] - truth[line["id"]][-1][2]) < 0.05
        assert all(name[-1].isdigit() == (name[0] in "AEIOU") for name, _, _ in phones)
        assert [word for word, _, _ in line["words"]] == line["text"].lower().rstrip(".").split()
        assert len(line["fits"]) == len(line["words"]) and line["llr"] > -1.3
    takes, doubts = read_corpus(folder)
    assert len(takes) == len(TEXTS) and not doubts
    assert all((s.word < 0) == (s.name == "SIL") for t in takes for s in t.segments)


def test_what_is_aligned_is_kept_and_what_changed_is_done_again(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (copy / "alignments.jsonl").read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(aligning, "learn", lambda *_: pytest.fail("nothing is new"))
        align(copy, False, quietly)
        assert (copy / "alignments.jsonl").read_bytes() == before
        with pytest.raises(pytest.fail.Exception):
            align(copy, True, quietly)
    rows, fitted, fit = before.splitlines(keepends=True), list[str](), aligning.fit
    monkeypatch.setattr(aligning, "fit", lambda model, r: (fitted.append(r.id), fit(model, r))[1])
    (copy / "alignments.jsonl").write_bytes(b"".join(rows[:5]) + rows[5][:40])  # broken off while it wrote
    align(copy, False, quietly)
    assert fitted == ["s5", "s6", "s7"] and (copy / "alignments.jsonl").read_bytes() == before
    (copy / "metadata.csv").write_text((copy / "metadata.csv").read_text().replace("of lemons makes", "of lemon makes"))
    align(copy, False, quietly)
    after = (copy / "alignments.jsonl").read_bytes().splitlines(keepends=True)
    assert fitted[3:] == ["s4"] and after[:4] == rows[:4] and after[5:] == rows[5:] and after[4] != rows[4]


def test_a_wrong_text_is_told_and_not_learned_from(copy: Path) -> None:
    listing = (copy / "metadata.csv").read_text().splitlines()
    listing[2] = "s2|" + TEXTS[5]
    listing[3] = "s3|Rice is often telephoned in round bowls."
    listing[5] = "s5|Four hours of steady 你好 work faced us."
    (copy / "metadata.csv").write_text("\n".join(listing), encoding="utf-8")
    report = align(copy, True, quietly)
    assert report == (copy / "alignments.txt").read_text(encoding="utf-8").splitlines()
    assert report[0].startswith("s2: likelihood low") and report[0].endswith("it is not learned from")
    assert report[1].startswith("s3: ") and "telephoned at" in report[1]
    assert "'你好'" in report[2] and report[-1].endswith("0 not, 3 to look at")
    takes, doubts = read_corpus(copy)
    assert "s2" not in {t.id for t in takes} and any("s2.wav: aligned badly" in line for line in doubts)


def test_what_cannot_be_aligned_is_one_line_each(copy: Path) -> None:
    write_wav(copy / "dead.wav", np.zeros(12_000))
    (copy / "broken.wav").write_bytes(b"RIFFxxxx")
    write_wav(copy / "brief.wav", 0.1 * np.sin(np.arange(2400) * 0.1))
    with (copy / "metadata.csv").open("a") as file:
        file.write(
            "dead|Silence.\nbroken|Nothing.\nbrief|A long sentence in a tenth of a second.\nlost|Gone.\nmute|\ns1|Twice.\n"
        )
    (copy / "s0.wav").rename(copy / "s0.ogg")  # named anew: still the same samples
    (copy / "more.wav").write_bytes((copy / "s1.wav").read_bytes())
    done = CliRunner().invoke(psi, ["voice", "align", str(copy)], catch_exceptions=False)
    told = done.stdout.splitlines()
    for words in (
        "lost", "mute", "twice", "more.wav: no text", "dead.wav: is silent", "broken.wav: holds no", "brief.wav: too short",
    ):  # fmt: skip
        assert sum(words in line for line in told) == 1, (words, told)
    assert told[-1].startswith(f"{len(TEXTS)} aligned, 7 not")


def test_pairs_of_text_and_sound_need_no_listing(copy: Path) -> None:
    (copy / "metadata.csv").unlink()
    for i, text in enumerate(TEXTS[:-1]):
        (copy / f"s{i}.txt").write_text(text + "\n")
    before = lines(copy)
    report = align(copy, False, quietly)
    assert lines(copy) == before[:-1] and report[0].endswith("s7.wav: no text; add it to s7.txt")
    with pytest.raises(AssetError, match=r"no metadata\.csv"):
        align(copy.parent, False, quietly)
    with pytest.raises(AssetError, match="no such folder"):
        align(copy / "none", False, quietly)


def test_function_words_have_weak_and_strong_forms() -> None:
    def forms(text: str) -> set[str]:
        word: Word = analyse(text).sentences[0].words[1]
        return {" ".join(form) for form in pronunciations(word)}

    assert {"AH0 N D", "AE1 N D", "AH0 N"} <= forms("Bread and butter.")
    assert "IH0 Z" in forms("On his way.") and forms("The canoe.") == {"K AH0 N UW1"}
    with pytest.raises(AssetError, match="nothing in the text can be said"):
        read("...")


def test_the_way_through_a_chain_is_found_and_the_right_form_chosen() -> None:
    """Frames drawn from known Gaussians, one for each state, are led back to their states."""
    rng = np.random.default_rng(1)
    centre = 4.0 * rng.normal(size=(ALL, 12))
    drawn = np.repeat(np.arange(ALL), 30)
    train = (centre[drawn] + rng.normal(size=(len(drawn), 12))).astype(np.float32)
    model = estimate([train], [drawn], 2, 10)
    reading = read("Bread and butter.")
    index = {p.name: i for i, p in enumerate(PHONES)}
    said = ["SIL", "B", "R", "EH", "D", "AH", "N", "B", "AH", "T", "ER", "SIL"]  # without the D of "and"
    true = np.repeat([STATES * index[p] + k for p in said for k in range(STATES)], rng.integers(1, 6, STATES * len(said)))
    x = (centre[true] + rng.normal(size=(len(true), 12))).astype(np.float32)
    way = force(model, x, reading.chain)
    assert way is not None and (reading.chain.state[way.place] == true).all()
    assert abs(way.score.mean() - freely(model, x).mean()) < 0.05
    assert force(model, x[:20], reading.chain) is None
    wrong = force(model, x, read("Seven violins.").chain)
    assert wrong is not None and wrong.score.mean() < way.score.mean() - 5.0


def test_cepstra_know_neither_level_nor_place() -> None:
    rng = np.random.default_rng(2)
    sound = np.convolve(rng.normal(size=16_000), np.hanning(9), "same") * np.repeat([0.01, 1.0, 0.1, 1.0], 4000)
    first = cepstra(sound)
    assert first.shape == (200, 42) and np.isfinite(cepstra(np.pad(sound, 4000))).all()
    np.testing.assert_allclose(cepstra(0.02 * sound), first, atol=2e-3)
    later = cepstra(np.concatenate((sound, sound)))[200:]
    np.testing.assert_allclose(later[20:-20], cepstra(np.concatenate((sound, sound)))[20:180], atol=1e-3)
    assert HOP * len(first) == len(sound)
