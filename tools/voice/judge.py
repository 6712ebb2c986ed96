"""`psi eval voice`: voices that say a list of texts, and what is measured of them."""

import copy
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
from msgspec import Struct, to_builtins
from numpy.typing import NDArray

from psi_ecs.components.avatar import Persona
from psi_ecs.components.score import RATE
from psi_ecs.components.voice import Voices
from psi_ecs.systems.formats.persona import load_persona
from psi_ecs.systems.formats.safe import write_file
from psi_ecs.systems.formats.wav import write_wav
from psi_ecs.systems.host import Host
from psi_ecs.systems.kernels.loudness import loudness
from psi_ecs.systems.play import feeling
from psi_ecs.tools.evaluate import sentences

from . import cost, emotions, scorer
from .measure import Phones, clicks, jumps, prosody
from .scorer import Scorer

Watch = Callable[[str, Iterable[Any]], Iterator[Any]]
"""Goes through items under a label, and shows how far it is."""
WHISPERED = "whispered"


class Said(Struct):
    """One text as it was said."""

    audio: NDArray[np.float32]
    """f32[N] at 24 kHz."""
    phones: Phones
    seconds: float
    """CPU, from the text to the last sample, face and field included."""


class Subject(Struct):
    """A persona, and the name by which its rows go."""

    name: str
    label: str
    """As the command named the persona."""
    persona: Persona


class Figures(Struct):
    """What was measured of one subject; NaN where nothing could be."""

    name: str
    whole: float
    """CPU over real time: voice, face and field."""
    alone: float
    """The same without face and field."""
    first: float
    """ms of CPU from a sentence of twenty words to the first sounding block, warm."""
    resident: float
    """MB."""
    pitch: float
    """Hz."""
    spread: float
    """Semitones."""
    rate: float
    """Phones a second."""
    lufs: float
    """Of all texts together, as the voice makes them."""
    joins: float
    """dB that the spectrum moves within 20 ms where phones join."""
    within: float
    """The same away from joins."""
    clicks: int
    worst: float
    """The largest second difference in units of what is usual nearby."""


ROWS = (
    ("CPU / real time: voice, face, field", "whole", ".4f"),
    ("CPU / real time: voice alone", "alone", ".4f"),
    ("first sound of 20 words, warm, ms CPU", "first", ".1f"),
    ("resident at most, MB", "resident", ".0f"),
    ("mean pitch, Hz", "pitch", ".0f"),
    ("standard deviation of pitch, st", "spread", ".2f"),
    ("phones a second", "rate", ".1f"),
    ("loudness before the gain, LUFS", "lufs", ".1f"),
    ("spectral movement at joins, dB / 20 ms", "joins", ".2f"),
    ("spectral movement within phones", "within", ".2f"),
    ("clicks", "clicks", "d"),
    ("worst second difference", "worst", ".1f"),
)


def subjects(personas: list[str], voices: list[str]) -> list[Subject]:
    """Every persona with its own voice, or with each of the voices. PsiError if one is missing."""
    out = []
    for label in personas:
        persona = load_persona(label)
        for voice in voices or [persona.voice.asset]:
            who = copy.deepcopy(persona)
            who.voice.asset = voice
            name = Path(label).stem + (f" with {Path(voice).stem}" if voices else "")
            Host().avatar(who)
            out.append(Subject(name, label, who))
    return out


def say(persona: Persona, text: str, emotion: str | None = None) -> Said:
    """A fresh avatar says one text."""
    host = Host()
    avatar = host.avatar(persona)
    start = process_time()
    host.say(avatar, text, feeling(emotion))
    sound, phones = [], list[tuple[str, int, int]]()
    while not host.idle:
        frame = host.step()
        sound.append(frame.audio)
        phones += [(e.text, e.start, e.end) for e in frame.events if e.kind == "phone"]
    return Said(np.concatenate(sound), phones, process_time() - start)


def measure(subject: Subject, texts: list[tuple[str, str]], watch: Watch, wavs: Path | None) -> Figures:
    """Let a subject say all texts, into WAVs if asked, and measure it."""
    said = []
    say(subject.persona, cost.TWENTY)  # what loads late, loads now
    for name, text in watch(f"{subject.name} speaks", texts):
        said.append(say(subject.persona, text))
        if wavs is not None:
            write_wav(wavs / f"{name}.wav", said[-1].audio)
    how = [prosody(s.audio, s.phones) for s in watch("measuring", said)]
    moved = np.array([jumps(s.audio, s.phones) for s in said])
    out = [clicks(s.audio) for s in said]
    audio = np.concatenate([s.audio for s in said])
    host = Host()
    host.avatar(subject.persona)
    voice = host.app.world.resource(Voices)[subject.persona.voice.asset]
    return Figures(
        subject.name, sum(s.seconds for s in said) / (len(audio) / RATE),
        cost.voice_alone([text for _, text in texts], subject.persona, voice).share, cost.first_sound(subject.persona),
        cost.resident(subject.label, subject.persona.voice.asset), float(2.0 ** (np.nanmean([h.pitch for h in how]) / 12.0)),
        float(np.nanmean([h.spread for h in how])), float(np.nanmean([h.rate for h in how])), loudness(audio, RATE),
        float(np.nanmean(moved[:, 0])), float(np.nanmean(moved[:, 1])), sum(n for n, _ in out), max(w for _, w in out),
    )  # fmt: skip


def table(found: list[Figures]) -> list[str]:
    """Lines for people."""
    width = max(14, *(len(f.name) + 2 for f in found))
    lines = [f"{'':40}" + "".join(f"{f.name:>{width}}" for f in found)]
    for title, key, spec in ROWS:
        lines.append(f"{title:40}" + "".join(f"{format(getattr(f, key), spec):>{width}}" for f in found))
    return lines


def timed(texts: list[str], ours: Figures, watch: Watch) -> tuple[list[str], dict[str, float]]:
    """Lines about peers that are installed here, timed now, and about those that are not; their CPU over real time."""
    there, missing = cost.installed()
    lines, found = list[str](), dict[str, float]()
    for name in watch("peers speak", there):
        speed = cost.peer(name, texts)
        if isinstance(speed, str):
            lines.append(f"{name}: failed ({speed})")
            continue
        found[name] = speed.share
        times = f"{ours.alone / speed.share:.1f}" if speed.share > 0.0 else "-"
        lines.append(f"{name}: {speed.share:.4f} of real time, whole processes; {ours.name}, voice alone: {times} x that")
    if missing:
        lines.append(f"not installed here, so not timed: {', '.join(missing)}")
    return lines, found


def feel(
    subject: Subject, texts: list[tuple[str, str]], watch: Watch, tool: Scorer | None
) -> tuple[list[str], dict[str, Any]]:
    """Lines and figures about how feelings change a subject; with a scorer also how many words are misheard, and whispered."""
    takes = dict[str, list[Said]]()
    for name in (*emotions.FEELINGS, *([] if tool is None else [WHISPERED])):
        spell, emotion = ("[whisper] {} [/]", "neutral") if name == WHISPERED else ("{}", name)
        takes[name] = [say(subject.persona, spell.format(t), emotion) for _, t in watch(f"{subject.name}: {name}", texts)]
    how = {name: [prosody(s.audio, s.phones) for s in takes[name]] for name in watch("measuring", emotions.FEELINGS)}
    shifts = {name: emotions.shift(how["neutral"], how[name]) for name in emotions.ACTORS}
    lines, figures = emotions.table(shifts), dict[str, Any](shifts=to_builtins(shifts))
    if tool is not None:
        heard = [understood(tool, name, takes[name], texts) for name in watch("scoring", list(takes))]
        lines += ["", *(f"{r.name:12}{'-' if r.wer is None else f'{100.0 * r.wer:.1f} %':>8} of words misheard" for r in heard)]
        figures["wer"] = {r.name: r.wer for r in heard}
    return lines, figures


def understood(tool: Scorer, name: str, said: list[Said], texts: list[tuple[str, str]]) -> scorer.Row:
    """What a scorer understands of takes."""
    with tempfile.TemporaryDirectory() as folder:
        for (key, _), take in zip(texts, said, strict=True):
            write_wav(Path(folder) / f"{key}.wav", take.audio)
        return tool.score(name, Path(folder), listed(Path(folder), texts), scorer.TRANSCRIPTS)


def listed(folder: Path, texts: list[tuple[str, str]]) -> Path:
    """The texts as a file in a folder."""
    path = folder / "texts.tsv"
    write_file(path, "".join(f"{name}\t{text}\n" for name, text in texts))
    return path


def compare(
    who: list[Subject], rows: list[tuple[str, str]], tool: Scorer | None, keep: Path, watch: Watch, tell: Callable[[str], None]
) -> dict[str, Any]:
    """Measure subjects and time installed peers; with a scorer, score the WAVs in `keep` beside what it knows of others."""
    folders = {s.name: keep / s.name.replace(" ", "_") for s in who}
    found = [measure(s, rows, watch, folders[s.name]) for s in who]
    tell("\n".join(["", *table(found)]))
    lines, peers = timed([text for _, text in rows], found[0], watch)
    tell("\n".join(["", *lines]))
    result = {f.name: to_builtins(f) for f in found} | {"peers": peers}
    if tool is None:
        return result
    known, ours, path = tool.peers(), list[scorer.Row](), listed(keep, rows)
    for figures in watch("scoring", found):
        ours.append(tool.score(figures.name, folders[figures.name], path))
        ours[-1].cpu = figures.alone
    remark = "others: as the scorer's own files say, timed as whole processes, at another time"
    tell("\n".join(["", *scorer.table([*known, *ours]), remark if known else f"{tool.folder}: no peers/*.json, so ours alone"]))
    return result | {"scores": to_builtins([*known, *ours])}


def run(
    texts: Path | None,
    personas: list[str],
    voices: list[str],
    tool: Scorer | None,
    feelings: bool,
    keep: Path | None,
    out: Path | None,
    watch: Watch,
    tell: Callable[[str], None],
) -> None:
    """Measure and print tables; WAVs go to `keep`, figures as JSON to `out`. PsiError in one line if something is missing."""
    if texts is None and tool is not None:
        texts = tool.texts
    rows, who = sentences(texts), subjects(personas, voices)
    tell(f"{len(rows)} texts of {texts or 'the project'}")
    result: dict[str, Any] = {"texts": len(rows)}
    if feelings:
        for subject in who:
            lines, result[subject.name] = feel(subject, rows, watch, tool)
            tell("\n".join(["", subject.name, *lines]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            result |= compare(who, rows, tool, keep or Path(temporary), watch, tell)
    if out is not None:
        write_file(out, json.dumps(result, indent=1) + "\n")
