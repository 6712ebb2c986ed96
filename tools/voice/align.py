"""Forced alignment: where each phone of a text lies in the recording of it.

Hidden Markov models of phones are taught first by the formant voice, whose phones are known to the sample, and then by the
recordings themselves, in turns: align, estimate anew (Viterbi training). Pronunciations are those of our own reading, and for
function words their weak and strong forms, of which the recording chooses.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
from msgspec import json
from numpy.typing import NDArray

from psi_ecs import AssetError
from psi_ecs.components.phone import PHONE, PHONE_ID
from psi_ecs.components.score import RATE as SPOKEN
from psi_ecs.components.text import Word
from psi_ecs.systems.formats.media import decoded
from psi_ecs.systems.formats.persona import load_persona
from psi_ecs.systems.formats.safe import OutputError, write_file
from psi_ecs.systems.language import analyse
from psi_ecs.systems.language.lexicon import table
from psi_ecs.systems.language.pronounce import pronounce
from psi_ecs.systems.voice.formant import FormantVoice
from psi_ecs.systems.voice.speak import speak

from .cepstra import HOP, RATE, cepstra
from .corpus import ALIGNED, LONGEST, WORST_MEAN, WORST_WORD, Aligned, Recording, listing, read_aligned
from .hmm import STATES, Chain, Model, Way, estimate, force, freely

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]
T = TypeVar("T")
Watch = Callable[[str, Iterable[Any]], Iterable[Any]]

SEEDS = 40
"""Sentences that the formant voice speaks for a start: those of assets/texts, then of the recordings."""
TEACHERS = ("mira", "theo")
"""Personas that speak them in turns, a high and a low voice."""
ROUNDS = ((1, 100), (1, 100), (2, 200), (2, 200), (4, 400), (8, 2000))
"""Gaussians of a state and recordings that teach them at most, round by round: what a few are taught, many refine."""
EACH = 60
"""Frames that a Gaussian needs."""
HISS = 1e-3
"""Noise under the formant voice, of its peak: a recording has some too."""
DOUBT_MEAN, DOUBT_WORD = -0.9, -4.0
"""Log likelihoods (as in corpus.py) below which a person should look."""
OTHERS = {"a": "EY1", "and": "AE1 N D", "as": "EH1 Z", "to": "T IH0", "with": "W IH1 TH"}
"""Forms that readers use and the tables of our reading do not hold (CMUdict's variants)."""
SWALLOWED = 0.1
"""Seconds below which a word says nothing of the text: "a" and "or" are hardly there in fluent speech."""


class Reading(NamedTuple):
    """A text as the states that it may go through."""

    words: list[str]
    chain: Chain
    phone: I64
    """i64[S], the phone of each place, counted through the chain."""
    symbols: list[tuple[int, str]]
    """Of each phone: its word (-1 for a pause) and its name, with the stress digit on vowels."""
    notes: list[str]
    """What of the text could not be read."""


@cache
def _weak() -> dict[str, list[tuple[str, ...]]]:
    """Function word -> its reduced forms."""
    return {row[0]: [tuple(form.split()) for form in row[1:] if form.strip()] for row in table("weak.tsv")}


def pronunciations(word: Word) -> list[tuple[str, ...]]:
    """How a word may be said, our reading first: ARPAbet with stress digits. Forms that differ in stress alone are one."""
    low = word.text.lower()
    found = [tuple(p + str(s) if PHONE[p].vowel else p for p, s in zip(word.phones, word.stress, strict=True))]
    if low in _weak():
        found += [pronounce(low), *_weak()[low]]
        found += [tuple(OTHERS[low].split())] if low in OTHERS else []
        found += [form[1:] for form in found if form[0] == "HH"]  # "tell 'im"
        found += [form[:-1] for form in found if form[-2:] == ("N", "D")]  # "salt 'n' pepper"
    unlike = dict[tuple[str, ...], tuple[str, ...]]()
    for form in found:
        unlike.setdefault(tuple(symbol.rstrip("012") for symbol in form), form)
    return list(unlike.values())


def read(text: str) -> Reading:
    """The chain of a text: silence or none at its ends and between words. AssetError if nothing in it can be said."""
    found = analyse(text)
    said = [word for sentence in found.sentences for word in sentence.words if word.phones]
    if not said:
        raise AssetError("nothing in the text can be said; write what is said, in English")
    state, before, phone, symbols = list[int](), list[list[int]](), list[int](), list[tuple[int, str]]()

    def follow(symbol: str, word: int, entries: list[int]) -> list[int]:
        for k in range(STATES):
            before.append(entries if k == 0 else [len(state) - 1])
            state.append(STATES * PHONE_ID[symbol.rstrip("012")] + k)
            phone.append(len(symbols))
        symbols.append((word, symbol))
        return [len(state) - 1]

    ends = [-1, *follow("SIL", -1, [-1])]
    for number, word in enumerate(said):
        new = list[int]()
        for form in pronunciations(word):
            at = ends
            for symbol in form:
                at = follow(symbol, number, at)
            new += at
        ends = [*new, *follow("SIL", -1, new)]
    count, most = len(state), 1 + max(map(len, before))
    places = np.full((count, most), count, np.int64)
    for i, entries in enumerate(before):
        places[i, 0] = i
        places[i, 1 : 1 + len(entries)] = [count if e < 0 else e for e in entries]
    first = np.array([i for i, entries in enumerate(before) if -1 in entries])
    chain = Chain(np.array(state), places, first, np.array(ends))
    return Reading([word.text.lower() for word in said], chain, np.array(phone), symbols, found.notes)


def hear(recording: Recording) -> F32:
    """Cepstra of a recording. AssetError in one line if it cannot be read."""
    sound, _, _ = decoded(recording.path, RATE, LONGEST)
    if len(sound) < STATES * HOP or not np.abs(sound).max() > 0.0:
        raise AssetError(f"{recording.path}: is silent; record it again")
    return cepstra(sound)


def seeds(texts: Sequence[str]) -> Model:
    """Models of the formant voice speaking these texts."""
    voice, frames, states = FormantVoice(), list[F32](), list[I64]()
    personas = [load_persona(name) for name in TEACHERS]
    for number, text in enumerate(texts):
        sound, scores = speak(analyse(text).sentences, personas[number % len(personas)], voice)
        if not scores:
            continue
        offset = np.cumsum([0, *(s.length for s in scores)])
        border = np.concatenate([s.start + at for s, at in zip(scores, offset, strict=False)] + [offset[-1:]])
        phone = np.concatenate([s.phone for s in scores]).astype(np.int64)
        hiss = np.random.default_rng(number).normal(size=len(sound) * RATE // SPOKEN) * HISS * np.abs(sound).max()
        frames.append(cepstra(_slower(sound.astype(np.float64)) + hiss))
        moment = (np.arange(len(frames[-1])) + 0.5) * HOP * SPOKEN / RATE
        at = np.clip(np.searchsorted(border, moment, side="right") - 1, 0, len(phone) - 1)
        within = (moment - border[at]) / np.maximum(border[at + 1] - border[at], 1)
        states.append(STATES * phone[at] + np.clip((STATES * within).astype(np.int64), 0, STATES - 1))
    return estimate(frames, states, 1, EACH)


def _slower(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """A sound at SPOKEN resampled to RATE, by its spectrum."""
    count = len(x) * RATE // SPOKEN
    return np.asarray(np.fft.irfft(np.fft.rfft(x)[: count // 2 + 1], count) * (count / len(x)), np.float64)


def learn(recordings: list[Recording], watch: Watch) -> Model:
    """Models of the speaker of these recordings; what cannot be read is left out."""
    known = [line.split("\t")[1] for line in (files("psi_ecs.assets") / "texts/sentences.tsv").read_text("utf-8").splitlines()]
    model = seeds([*known, *(r.text for r in _some(recordings, SEEDS))][:SEEDS])
    heard = list[tuple[F32, Chain]]()
    for recording in watch("listening", _some(recordings, ROUNDS[-1][1])):
        with suppress(AssetError):  # told when it is to be aligned
            chain = read(recording.text).chain
            heard.append((hear(recording), chain))
    for number, (most, count) in enumerate(ROUNDS, 1):
        frames, states = list[F32](), list[I64]()
        for x, chain in watch(f"learning {number} of {len(ROUNDS)}", _some(heard, count)):
            if (way := force(model, x, chain)) is not None:
                frames.append(x)
                states.append(chain.state[way.place])
        if frames:
            model = estimate(frames, states, most, EACH, model)
    return model


def _some(items: list[T], most: int) -> list[T]:
    """So many at most, evenly apart."""
    return [items[i * len(items) // most] for i in range(most)] if len(items) > most else items


def fit(model: Model, recording: Recording) -> Aligned:
    """The alignment of a recording. AssetError in one line if it cannot be read or its text does not fit."""
    try:
        reading = read(recording.text)
    except AssetError as why:
        raise AssetError(f"{recording.path}: {why}") from why
    x = hear(recording)
    way = force(model, x, reading.chain)
    if way is None:
        raise AssetError(f"{recording.path}: too short for its text; is it the right one, and whole?")
    return _line(recording, reading, way, way.score - freely(model, x))


def _line(recording: Recording, reading: Reading, way: Way, ratio: NDArray[np.float64]) -> Aligned:
    """Phones and words with their times, and how well they fit."""
    serial = reading.phone[way.place]
    cut = np.flatnonzero(np.diff(serial, prepend=-1, append=-1))
    step = HOP / RATE
    phones, spans = list[tuple[str, float, float]](), dict[int, list[int]]()
    for a, b in zip(cut[:-1].tolist(), cut[1:].tolist(), strict=True):
        word, symbol = reading.symbols[serial[a]]
        phones.append((symbol, round(a * step, 3), round(b * step, 3)))
        if word >= 0:
            spans.setdefault(word, [a, b])[1] = b
    words = [(reading.words[w], round(a * step, 3), round(b * step, 3)) for w, (a, b) in spans.items()]
    fits = [round(float(ratio[a:b].mean()), 2) for a, b in spans.values()]
    long = [fit for fit, (_, a, b) in zip(fits, words, strict=True) if b - a >= SWALLOWED]
    return Aligned(
        id=recording.id, phones=phones, words=words, llr=round(float(ratio.mean()), 3), wmin=min(long or fits),
        text=recording.text, notes=reading.notes, bytes=recording.path.stat().st_size, fits=fits,
    )  # fmt: skip


def align(folder: Path, anew: bool, watch: Watch) -> list[str]:
    """Align the recordings of a folder into its alignments.jsonl; what is there and still true is kept, unless `anew`.

    Returns the report, worst first, which is written to alignments.txt too. `watch` goes through an iterable and shows how
    far it is. AssetError if there are no recordings, OutputError if nothing can be written.
    """
    recordings, doubts = listing(folder)
    if not recordings:
        raise AssetError(f"{folder}: nothing to align; {doubts[0] if doubts else 'it holds no recordings with their texts'}")
    path = folder / ALIGNED
    old = {} if anew or not path.is_file() else read_aligned(path, strict=False)
    done = {r.id: old[r.id] for r in recordings if r.id in old and _holds(old[r.id], r)}
    todo = [r for r in recordings if r.id not in done]
    if todo:
        model = learn(recordings, watch)
        write_file(path, _lines(done.values()))
        try:
            with path.open("ab") as file:
                for recording in watch("aligning", todo):
                    try:
                        done[recording.id] = fit(model, recording)
                    except AssetError as why:
                        doubts.append(str(why))
                        continue
                    file.write(_lines([done[recording.id]]))
                    file.flush()
        except OSError as why:
            raise OutputError(f"{path}: cannot be written: {why.strerror}; free some space or choose another folder") from why
    found = [done[r.id] for r in recordings if r.id in done]
    write_file(path, _lines(found))
    lines = report(found, doubts)
    write_file(path.with_suffix(".txt"), "\n".join(lines) + "\n")
    return lines


def _holds(line: Aligned, recording: Recording) -> bool:
    """Whether neither text nor file has changed."""
    return line.text == recording.text and line.bytes in (0, recording.path.stat().st_size)


def _lines(found: Iterable[Aligned]) -> bytes:
    return b"".join(json.encode(line) + b"\n" for line in found)


def report(found: list[Aligned], doubts: list[str]) -> list[str]:
    """What a person should look at, worst first: what failed, then what fits badly."""
    odd = [x for x in found if x.llr < DOUBT_MEAN or x.wmin < DOUBT_WORD or x.notes]
    odd.sort(key=lambda x: -max(x.llr / WORST_MEAN, x.wmin / WORST_WORD))
    return [*doubts, *map(_doubt, odd), f"{len(found)} aligned, {len(doubts)} not, {len(odd)} to look at"]


def _doubt(x: Aligned) -> str:
    """What is wrong with an alignment."""
    pairs = zip(x.fits, x.words, strict=False)
    worst = sorted((fit, word, a) for fit, (word, a, b) in pairs if fit < DOUBT_WORD and b - a >= SWALLOWED)
    why = [f"likelihood low ({x.llr:.1f} a frame)"] if x.llr < DOUBT_MEAN else []
    if worst:
        why.append("words that do not fit: " + ", ".join(f"{word} at {at:.2f} s ({fit:.1f})" for fit, word, at in worst[:5]))
    why += x.notes
    if x.llr < WORST_MEAN or x.wmin < WORST_WORD:
        why.append("it is not learned from")
    return f"{x.id}: {'; '.join(why)}"
