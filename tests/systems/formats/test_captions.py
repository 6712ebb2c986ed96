"""Captions: every word once, in time, in lines that fit."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psi_ecs.components.event import Spoken
from psi_ecs.systems.formats.captions import LONGEST, WIDTH, captions, srt, vtt

RATE = 24_000


def said(text: str, start: float, end: float, kind: str = "word") -> Spoken:
    return Spoken(avatar=1, turn=0, kind=kind, text=text, start=round(start * RATE), end=round(end * RATE))


def speech(words: list[str], gaps: list[float], who: str = "Mira") -> list[tuple[str, Spoken]]:
    out, now = [], 0.0
    for word, gap in zip(words, gaps, strict=True):
        now += gap
        out.append((who, said(word, now, now + 0.3)))
        now += 0.3
    return out


def seconds(stamp: str) -> float:
    h, m, s = stamp.replace(",", ".").split(":")
    return 3600 * int(h) + 60 * int(m) + float(s)


WORDS = st.lists(st.tuples(st.text("abcdefgh&<>'é", min_size=1, max_size=14), st.floats(0, 2)), min_size=1, max_size=40)


@given(WORDS)
def test_every_word_once_in_order_and_in_captions_that_fit(words: list[tuple[str, float]]) -> None:
    given_ = speech([w for w, _ in words], [g for _, g in words])
    found = captions(given_)
    assert [w.text for c in found for w in c.words] == [w for w, _ in words]
    for caption in found:
        assert len(caption.text) <= 2 * WIDTH and caption.end - caption.start <= LONGEST * RATE
        assert all(b.start - a.end <= 0.8 * RATE for a, b in zip(caption.words, caption.words[1:], strict=False))


@given(WORDS)
def test_vtt_has_a_rising_time_for_every_word(words: list[tuple[str, float]]) -> None:
    given_ = speech([w for w, _ in words], [g for _, g in words])
    text = vtt(captions(given_))
    assert text.startswith("WEBVTT\n\n")
    blocks = [b for b in text.split("\n\n")[1:] if b.strip()]
    spoken = iter(given_)
    for block in blocks:
        times, body = block.split("\n", 1)
        start, end = (seconds(t) for t in times.split(" --> "))
        assert body.startswith("<v Mira>") and body.rstrip("\n").count("\n") <= 1
        parts = re.split(r"<(\d\d:\d\d:\d\d\.\d{3})>", body.removeprefix("<v Mira>").rstrip("\n").replace("\n", " "))
        stamps = [start, *map(seconds, parts[1::2]), end]
        assert stamps == sorted(stamps)
        for stamp, shown in zip(stamps, parts[::2], strict=False):
            word = next(spoken)[1]
            assert shown.strip().replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">") == word.text
            assert stamp == pytest.approx(word.start / RATE, abs=6e-4)
    assert next(spoken, None) is None


def test_srt_is_numbered_and_names_speakers_if_there_are_several() -> None:
    one = srt(captions([("Mira", said("Hello.", 1.0, 1.5))]))
    assert one == "1\n00:00:01,000 --> 00:00:01,500\nHello.\n"
    both = srt(captions([("Mira", said("Hi.", 3661.0, 3661.5)), ("Theo", said("Ho.", 3661.2, 3661.9))]))
    assert both == "1\n01:01:01,000 --> 01:01:01,500\nMira: Hi.\n\n2\n01:01:01,200 --> 01:01:01,900\nTheo: Ho.\n"


def test_a_new_sentence_starts_a_new_caption_and_speakers_do_not_mix() -> None:
    events = [
        ("Mira", said("One.", 0.0, 0.4)),
        ("Theo", said("Two", 0.3, 0.6)),
        ("Mira", said("", 0.5, 0.5, "sentence")),
        ("Mira", said("Three", 0.5, 0.9)),
        ("Theo", said("four.", 0.7, 1.0)),
    ]
    assert [(c.who, c.text) for c in captions(events)] == [("Mira", "One."), ("Theo", "Two four."), ("Mira", "Three")]


def test_long_captions_are_wrapped_into_two_even_lines() -> None:
    found = captions(speech(["abcdefghi"] * 8, [0.0] * 8))
    assert [len(line) for line in srt(found).split("\n")[2:4]] == [39, 39]


def test_times_count_from_the_origin() -> None:
    assert "00:00:00.500 --> 00:00:01.000" in vtt(captions([("M", said("a", 2.5, 3.0))]), origin=2 * RATE)


def test_nothing_said_is_still_a_file() -> None:
    assert vtt([]) == "WEBVTT\n" and srt([]) == ""
