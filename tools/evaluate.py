"""Measures how well face and voice belong together, on what the whole pipeline gives out tick by tick.

Every sentence is spoken by a fresh host. Millimetres are read off the head's own rig, whose rows were measured on its mesh.
"""

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import numpy as np
from msgspec import Struct, to_builtins
from numpy.typing import NDArray

from psi_ecs import PsiError
from psi_ecs.components.event import Spoken
from psi_ecs.components.face import FACE_ID
from psi_ecs.components.oscillator import Core
from psi_ecs.components.phone import BILABIAL_CLOSED, LABIODENTAL, PHONE
from psi_ecs.systems.host import Host

F64 = NDArray[np.float64]

TICK = 400
RATE = 24_000
FINE = 4
"""Envelope points a tick for the lag between mouth and sound."""
LEAD = 0.05
"""Seconds before and after a phone in which its mouth shape may be reached: the mouth is meant to lead the sound."""


class Take(Struct):
    """One sentence as it was spoken."""

    name: str
    weights: NDArray[np.float32]
    """f32[T, 61]."""
    audio: NDArray[np.float32]
    """f32[T * 400]."""
    phones: list[Spoken]
    lips: NDArray[np.float64]
    """f64[T, 3], inner-lip gap in mm."""
    tooth: NDArray[np.float64]
    """f64[T], lower lip to upper incisors in mm."""
    width: NDArray[np.float64]
    """f64[T], mouth width in mm."""

    def span(self, phone: Spoken, margin: float = 0.0) -> slice:
        """The ticks of a phone, widened by `margin` seconds on both sides; at least one."""
        first = max(0, round((phone.start - margin * RATE) / TICK))
        last = round((phone.end + margin * RATE) / TICK)
        return slice(min(first, len(self.weights) - 1), max(last, first + 1))


class Report(Struct):
    """What was measured; mm and ms."""

    persona: str
    sentences: int
    closures: int
    closure_worst: float
    """Widest of the three lip gaps at the tightest moment of a /p b m/, worst over all of them."""
    closure_deepest: float
    """Deepest crossing of the lips anywhere, negative."""
    closures_open: list[str]
    """Closures above 1 mm, as sentence:phone@seconds."""
    tucks: int
    tuck_worst: float
    tucks_open: list[str]
    """/f v/ above 2 mm."""
    opening: dict[str, float]
    """Mean lip gap in the middle of AA, EH and IY."""
    jaw: dict[str, float]
    """Mean jawOpen there, in percent."""
    width: dict[str, float]
    """Mean mouth width in UW, OW, W and IY."""
    vowels_shut: list[str]
    """Vowels during which the lips part by 1 mm nowhere."""
    lead: float
    """Milliseconds by which the mouth opening leads the sound's envelope, at the peak of their mean cross-correlation."""
    correlation: float
    """That peak."""
    jump: float
    """Largest change of any blendshape in one tick."""
    blinks: float
    """Blinks a minute while talking."""
    deterministic: bool

    def passed(self) -> bool:
        """Whether every bar is met."""
        a, e, i = (self.jaw[p] for p in ("AA", "EH", "IY"))
        shape = a > e > i and max(self.width[p] for p in ("UW", "W")) < self.width["IY"]
        held = not (self.closures_open or self.tucks_open or self.vowels_shut)
        return held and shape and -45.0 <= self.lead <= 60.0 and self.deterministic


def sentences(path: Path | None) -> list[tuple[str, str]]:
    """(id, text) rows of a TSV; the project's own when `path` is None."""
    source = path or Path(str(files("psi_ecs.assets") / "texts" / "sentences.tsv"))
    try:
        lines = source.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise PsiError(f"{source}: {error.strerror}; give a file of lines id<TAB>text") from error
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        name, tab, text = line.partition("\t")
        if not tab or not text.strip():
            raise PsiError(f"{source}:{number}: expected id<TAB>text")
        rows.append((name, text))
    if not rows:
        raise PsiError(f"{source}: no sentences; give lines id<TAB>text")
    return rows


def speak(
    name: str,
    text: str,
    persona: str,
    off: tuple[str, ...] = (),
    look: Callable[[Host, int], None] = lambda *_: None,
    core: Core | None = None,
) -> Take:
    """Let a fresh host say one sentence, and read its head. `off` names parts to do without; `look` sees host and avatar after
    every tick; `core` is the field, the ordinary one when left out."""
    host = Host(seed=7, off=off, core=core)
    avatar = host.avatar(persona)
    rig = host.heads[0].rig
    host.say(avatar, text)
    weights, audio, phones = [], [], []
    while not host.idle:
        frame = host.step()
        look(host, avatar)
        weights.append(frame.weights[0].copy())
        audio.append(frame.audio)
        phones += [event for event in frame.events if event.kind == "phone"]
    track = np.stack(weights)
    return Take(name, track, np.concatenate(audio), phones, *_read(rig, track[:, :52].astype(np.float64)))


def _read(rig: dict[str, NDArray[np.float64]], w: F64) -> tuple[F64, F64, F64]:
    rows = {name: np.asarray(rig[name], np.float64) for name in ("lip_gap", "tooth_gap", "mouth_width")}
    lips = rows["lip_gap"][:, 0] + w @ rows["lip_gap"][:, 1:].T
    tooth = np.linalg.norm(rows["tooth_gap"][:, 0] + w @ rows["tooth_gap"][:, 1:].T, axis=1)
    return lips, tooth, rows["mouth_width"][0] + w @ rows["mouth_width"][1:]


def _where(take: Take, phone: Spoken) -> str:
    return f"{take.name}:{phone.text}@{phone.start / RATE:.2f}s"


def _means(takes: list[Take], names: tuple[str, ...], pick: str) -> dict[str, float]:
    found: dict[str, list[float]] = {name: [] for name in names}
    for take in takes:
        track = {"lips": take.lips[:, 0], "width": take.width, "jaw": 100.0 * take.weights[:, FACE_ID["jawOpen"]]}[pick]
        for phone in take.phones:
            if phone.text in found:
                span = take.span(phone)
                found[phone.text].append(float(track[(span.start + span.stop) // 2 : span.stop].max(initial=track[span.start])))
    return {name: round(float(np.mean(values)), 2) if values else float("nan") for name, values in found.items()}


def opening(take: Take) -> F64:
    """Lip gap, mm, f64[T]."""
    return np.maximum(take.lips[:, 0], 0.0)


def lag(takes: list[Take], shown: Callable[[Take], F64] = opening) -> tuple[float, float]:
    """(milliseconds by which what is shown, f64[T], leads loudness, correlation there): the peak of the mean normalised
    cross-correlation within +-250 ms, at 240 points a second."""
    reach = 60
    total = np.zeros(2 * reach + 1)
    for take in takes:
        level = np.sqrt((take.audio.astype(np.float64).reshape(-1, TICK // FINE) ** 2).mean(axis=1))
        level = np.convolve(level, np.hanning(15) / np.hanning(15).sum(), "same")  # 60 ms
        mouth = np.interp(np.arange(len(level)) / FINE, np.arange(len(take.lips)), shown(take))
        a, b = level - level.mean(), mouth - mouth.mean()
        scale = np.sqrt((a * a).sum() * (b * b).sum())
        full = np.correlate(np.pad(a, reach), b, "valid") / max(scale, 1e-12)  # index reach + k: sound k points after mouth
        total += full
    total /= len(takes)
    peak = int(total.argmax())
    return (peak - reach) * 1000.0 * TICK / FINE / RATE, float(total[peak])


def measure(takes: list[Take], persona: str, deterministic: bool) -> Report:
    """All figures of some takes."""
    closed, tucked, closures_open, tucks_open, shut = [], [], [], [], []
    for take in takes:
        for phone in take.phones:
            near = take.span(phone, LEAD)
            if phone.text in BILABIAL_CLOSED:
                closed.append(float(take.lips[near].max(axis=1).min()))
                closures_open += [_where(take, phone)] if closed[-1] > 1.0 else []
            elif phone.text in LABIODENTAL:
                tucked.append(float(take.tooth[near].min()))
                tucks_open += [_where(take, phone)] if tucked[-1] > 2.0 else []
            elif phone.text in PHONE and PHONE[phone.text].vowel and take.lips[near].max() < 1.0:
                shut.append(_where(take, phone))
    lead, correlation = lag(takes)
    seconds = sum(len(t.weights) for t in takes) / 60
    blinks = sum(int((np.diff((t.weights[:, 0] > 0.6).astype(int)) > 0).sum()) for t in takes)
    return Report(
        persona=persona,
        sentences=len(takes),
        closures=len(closed),
        closure_worst=round(max(closed, default=0.0), 3),
        closure_deepest=round(min(float(t.lips.min()) for t in takes), 3),
        closures_open=closures_open,
        tucks=len(tucked),
        tuck_worst=round(max(tucked, default=0.0), 3),
        tucks_open=tucks_open,
        opening=_means(takes, ("AA", "EH", "IY"), "lips"),
        jaw=_means(takes, ("AA", "EH", "IY"), "jaw"),
        width=_means(takes, ("UW", "OW", "W", "IY"), "width"),
        vowels_shut=shut,
        lead=round(lead, 1),
        correlation=round(correlation, 3),
        jump=round(max(float(np.abs(np.diff(t.weights[:, :52], axis=0)).max()) for t in takes), 3),
        blinks=round(60.0 * blinks / seconds, 1),
        deterministic=deterministic,
    )


def table(report: Report) -> str:
    """The report for people."""
    r = report
    rows = [
        ("sentences, persona", f"{r.sentences}, {r.persona}", ""),
        ("lip gap at /p b m/, worst", f"{r.closure_worst:.2f} mm of {r.closures}", "<= 1 mm"),
        ("deepest lip crossing", f"{r.closure_deepest:.2f} mm", ">= -1 mm"),
        ("lip to teeth at /f v/, worst", f"{r.tuck_worst:.2f} mm of {r.tucks}", "<= 2 mm"),
        ("jaw AA, EH, IY", ", ".join(f"{v:.0f} %" for v in r.jaw.values()), "falling"),
        ("lips AA, EH, IY", ", ".join(f"{v:.1f} mm" for v in r.opening.values()), ""),
        ("width UW, OW, W, IY", ", ".join(f"{v:.1f} mm" for v in r.width.values()), "IY widest"),
        ("vowels with lips shut", str(len(r.vowels_shut)), "0"),
        ("mouth leads sound", f"{r.lead:+.0f} ms at r = {r.correlation:.2f}", "0 to 60 ms"),
        ("largest step of a weight", f"{r.jump:.2f} a tick", ""),
        ("blinks", f"{r.blinks:.0f} a minute", ""),
        ("same bytes twice", "yes" if r.deterministic else "NO", "yes"),
    ]
    lines = [f"{name:<30} {value:<28} {bar}".rstrip() for name, value, bar in rows]
    lines += [f"  open: {place}" for place in (*r.closures_open, *r.tucks_open, *r.vowels_shut)[:20]]
    return "\n".join(lines)


def run(
    texts: Path | None = None,
    persona: str = "mira",
    out: Path | None = None,
    off: tuple[str, ...] = (),
    core: Core | None = None,
) -> Report:
    """Speak and measure every sentence of a TSV id<TAB>text (None: the project's own), without the parts named in `off` and in
    the field `core`; print a table, write JSON to `out`."""
    rows = sentences(texts)
    takes = [speak(name, text, persona, off, core=core) for name, text in rows]
    again = speak(*rows[0], persona, off, core=core)
    same = again.weights.tobytes() == takes[0].weights.tobytes() and again.audio.tobytes() == takes[0].audio.tobytes()
    report = measure(takes, persona, same)
    print(table(report))
    if out is not None:
        out.write_text(json.dumps(to_builtins(report), indent=1), encoding="utf-8")
    return report
