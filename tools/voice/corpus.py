"""Corpora to learn a voice from: recordings, what is said in them, and where each phone lies.

A folder holds `metadata.csv` (lines `id|text`) and `id.flac` (or .wav, .mp3, .ogg), or pairs of `id.txt` and `id.flac`.
`alignments.jsonl`, in the folder or in the one above, has a line for each recording: its `id`, `phones` [[name, start, end], …]
with ARPAbet names and stress digits, or IPA (of any language; ˈ before a stressed vowel), and SIL, and `words`
[[word, start, end], …], times in seconds. `psi voice align` writes it.
"""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct

from psi_ecs import AssetError
from psi_ecs.components.phone import PHONE
from psi_ecs.components.text import Word
from psi_ecs.systems.formats.toml import read_text
from psi_ecs.systems.language import analyse
from psi_ecs.systems.language.ipa import sounds_of
from psi_ecs.systems.language.syllable import syllables
from psi_ecs.systems.voice.gesture import Segment

KINDS = (".flac", ".wav", ".mp3", ".ogg", ".FLAC", ".WAV", ".MP3", ".OGG")
LISTING, ALIGNED, REPORT = "metadata.csv", "alignments.jsonl", "alignments.txt"
LONGEST = 30.0
"""Seconds of a recording, at most."""
WORST_MEAN, WORST_WORD = -1.3, -7.0
"""Log likelihoods against a free phone loop (mean a frame, worst word) below which an alignment is not believed."""


class Aligned(Struct):
    """A line of `alignments.jsonl`; what else it holds is not looked at."""

    id: str
    phones: list[tuple[str, float, float]]
    words: list[tuple[str, float, float]]
    llr: float = 0.0
    """Mean a frame of the log likelihood, less that of any phones in any order."""
    wmin: float = 0.0
    """The same of the worst word."""
    fits: list[float] = []
    """The same of each word."""
    text: str = ""
    """What was aligned."""
    notes: list[str] = []
    """What of it could not be read."""
    bytes: int = 0
    """Size of the recording; 0 if it is not known."""


class Recording(NamedTuple):
    """A recording and what is said in it."""

    id: str
    path: Path
    text: str


class Take(Struct):
    """One recording, with its phones in their places."""

    id: str
    path: Path
    text: str
    kind: str
    """Of its sentence, as in `components.text.Sentence`."""
    segments: list[Segment]


def listing(folder: Path) -> tuple[list[Recording], list[str]]:
    """The recordings of a folder that have a text, and one line for each that lacks one or the other. AssetError if there is
    no folder, or neither metadata.csv nor an id.txt in it."""
    if not folder.is_dir():
        raise AssetError(f"{folder}: no such folder; give one with recordings and metadata.csv")
    path, lines = folder / LISTING, list[tuple[str, str, str]]()
    if path.is_file():
        for number, line in enumerate(read_text(path).splitlines(), 1):
            name, _, text = line.partition("|")
            if line.strip():
                lines.append((f"{path}:{number}", name.strip(), text.partition("|")[0].strip()))
    else:
        lines = [(str(p), p.stem, " ".join(read_text(p).split())) for p in sorted(folder.glob("*.txt")) if p.name != REPORT]
        if not lines:
            raise AssetError(f"{folder}: no metadata.csv; write one with a line id|text for each recording")
    found, doubts = dict[str, Recording](), list[str]()
    for place, name, text in lines:
        sound = next((p for kind in KINDS if (p := folder / f"{name}{kind}").is_file()), None)
        if not text:
            doubts.append(f"{place}: no text for {name[:60]!r}; write {'id|text' if path.is_file() else 'what is said'}")
        elif sound is None:
            doubts.append(f"{place}: no recording {name[:60]!r}; put it there or take the text out")
        elif name in found:
            doubts.append(f"{place}: {name[:60]!r} is there twice; the first counts")
        else:
            found[name] = Recording(name, sound, text)
    named = {name for _, name, _ in lines}
    doubts += [
        f"{p}: no text; add it to {LISTING if path.is_file() else p.with_suffix('.txt').name}"
        for p in sorted(folder.iterdir()) if p.suffix in KINDS and p.stem not in named
    ]  # fmt: skip
    return list(found.values()), doubts


def read_corpus(folder: Path) -> tuple[list[Take], list[str]]:
    """The takes of a folder that can be learned from, and one line for each that cannot. AssetError if there is no corpus."""
    recordings, doubts = listing(folder)
    lines, found = _alignments(folder), list[Take]()
    for recording in recordings:
        if (row := lines.get(recording.id)) is None:
            doubts.append(f"{recording.path}: not aligned; it is left out")
        elif row.llr < WORST_MEAN or row.wmin < WORST_WORD:
            doubts.append(f"{recording.path}: aligned badly ({row.llr:.1f} a frame, worst word {row.wmin:.1f}); it is left out")
        else:
            found.append(_take(recording, row))
    if not found:
        raise AssetError(f"{folder}: nothing to learn from; {doubts[0] if doubts else 'metadata.csv is empty'}")
    return found, doubts


def _alignments(folder: Path) -> dict[str, Aligned]:
    path = next((p for p in (folder / ALIGNED, folder.parent / ALIGNED) if p.is_file()), None)
    if path is None:
        raise AssetError(f"{folder}: its recordings are not aligned; run psi voice align {folder} first")
    return read_aligned(path)


def read_aligned(path: Path, strict: bool = True) -> dict[str, Aligned]:
    """The lines of an alignments.jsonl by id. AssetError for one that cannot be; if not `strict`, it is passed over, as after a
    run that was broken off."""
    decoder, out = msgspec.json.Decoder(Aligned), dict[str, Aligned]()
    try:
        lines = path.read_bytes().splitlines()
    except OSError as why:
        raise AssetError(f"{path}: cannot be read: {(why.strerror or str(why)).lower()}; check the path") from why
    for number, line in enumerate(lines, 1):
        try:
            row = decoder.decode(line)
            unknown = _spell(row)
            if unknown or not row.phones or any(not 0.0 <= a <= b for _, a, b in row.phones):
                raise ValueError(f"phones must be ARPAbet or IPA names with rising times; {unknown or 'times'} cannot be")
        except ValueError as why:  # a MsgspecError is one
            if strict:
                raise AssetError(f"{path}:{number}: {why}; run psi voice align again") from why
            continue
        out[row.id] = row
    return out


def _spell(row: Aligned) -> list[str]:
    """Write the phones of a line in ARPAbet: those in IPA become the nearest phones of ours, in equal parts of their time, as
    they do when another language is spoken. Returns the names that are neither."""
    spelt, unknown = list[tuple[str, float, float]](), list[str]()
    for name, start, end in row.phones:
        symbols = [name] if name.rstrip("012") in PHONE else sounds_of(name)
        if not symbols:
            unknown.append(name)
            continue
        edges = [start + (end - start) * k / len(symbols) for k in range(len(symbols) + 1)]
        spelt += [(symbol, a, b) for symbol, a, b in zip(symbols, edges, edges[1:], strict=False)]
    row.phones = spelt
    return unknown


def _plain(word: str) -> str:
    return re.sub(r"[^a-z']", "", word.lower())


def _take(recording: Recording, row: Aligned) -> Take:
    """Phones with the syllables, words and accents that our own reading of the text gives them."""
    sentences = analyse(recording.text).sentences
    said = dict(_match(row, [word for s in sentences for word in s.words]))
    segments, syllable = list[Segment](), 0
    for w, names in _words(row):
        phones = [name.rstrip("012") for name, _, _ in names]
        units = syllables(phones) if w >= 0 else [0]
        accent = said[w].accent if w in said else 1.0
        for phone, unit, (name, start, end) in zip(phones, units, names, strict=True):
            stress = int(name[-1]) if name[-1].isdigit() else 0
            segment = Segment(len(segments), phone, stress, syllable + unit if w >= 0 else -1, w, accent if w >= 0 else 0.0)
            segment.start, segment.end = start, end
            segments.append(segment)
        syllable += units[-1] + 1 if w >= 0 else 0
    return Take(*recording, sentences[-1].kind if sentences else "statement", segments)


def _words(row: Aligned) -> Iterator[tuple[int, list[tuple[str, float, float]]]]:
    """(word, its phones) one after the other; a pause is word -1, alone."""
    group, current = list[tuple[str, float, float]](), -1
    for phone in row.phones:
        middle = 0.5 * (phone[1] + phone[2])
        word = -1 if phone[0] == "SIL" else next((i for i, (_, a, b) in enumerate(row.words) if a <= middle < b), -1)
        if group and (word != current or word < 0):
            yield current, group
            group = []
        group.append(phone)
        current = word
    if group:
        yield current, group


def _match(row: Aligned, words: list[Word]) -> Iterator[tuple[int, Word]]:
    """Words of an alignment beside those of our reading."""
    ours, theirs = [_plain(w.text) for w in words], [_plain(w) for w, _, _ in row.words]
    for a, b, size in SequenceMatcher(a=theirs, b=ours, autojunk=False).get_matching_blocks():
        yield from ((a + k, words[b + k]) for k in range(size))
