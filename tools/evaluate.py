"""Measures how well face and voice belong together, on what the whole pipeline gives out tick by tick.

Every sentence is spoken by a fresh host. Millimetres are read off the head's own rig, whose rows were measured on its mesh.
"""

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import numpy as np
from msgspec import Struct, to_builtins
from msgspec.structs import replace
from numpy.typing import NDArray

from psi_ecs import PsiError
from psi_ecs.components.avatar import Persona
from psi_ecs.components.event import Spoken
from psi_ecs.components.face import FACE_ID
from psi_ecs.components.oscillator import Core
from psi_ecs.components.phone import BILABIAL_CLOSED, LABIODENTAL, PHONE
from psi_ecs.components.voice import Speech
from psi_ecs.systems.formats.persona import load_persona
from psi_ecs.systems.host import Host

from .synchrony import RATE, TICK, Take, lag, readiness, stressed_lags

F64 = NDArray[np.float64]

LEAD = 0.05
"""Seconds before and after a phone in which its mouth shape may be reached: the mouth is meant to lead the sound."""
NARROWER = 0.15
"""Share by which the mouth is narrower in rounded sounds than in IY."""
LAGS = -45.0, 60.0
"""Milliseconds by which a mouth may lead its sound: ITU-R BT.1359-1 finds sound 45 ms early unseen; 60 ms is our own bound."""
READY = 80.0, 120.0
"""Milliseconds by which lips get ready before lip-heavy sounds (JALI, Edwards et al. 2016: 120 ms)."""


class Report(Struct):
    """What was measured; mm and ms."""

    persona: str
    head: str
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
    """Mean mouth width in the middle half of UW, OW, W and IY."""
    vowels_shut: list[str]
    """Vowels during which the lips part by 1 mm nowhere."""
    lead: float
    """Milliseconds by which the mouth opening leads the sound's envelope, at the peak of their mean cross-correlation."""
    correlation: float
    """That peak."""
    stressed: int
    """Stressed vowels."""
    events: int
    """Those among them into which the mouth opens and the sound swells (`synchrony.Lag`)."""
    leads: list[float]
    """Least, lower quartile, median, upper quartile and most of the milliseconds by which the mouth opens before the sound
    swells at them (`synchrony.stressed_lags`)."""
    leads_out: list[str]
    """Those outside LAGS."""
    ready: dict[str, list[float]]
    """Quartiles of the milliseconds by which lips begin to move before lip-heavy sounds (`synchrony.readiness`)."""
    jump: float
    """Largest change of any blendshape in one tick."""
    blinks: float
    """Blinks a minute while talking."""
    deterministic: bool

    def passed(self) -> bool:
        """Whether every bar is met."""
        a, e, i = (self.jaw[p] for p in ("AA", "EH", "IY"))
        round_ = max(self.width[p] for p in ("UW", "OW", "W")) <= (1.0 - NARROWER) * self.width["IY"]
        held = (
            not (self.closures_open or self.tucks_open or self.vowels_shut or self.leads_out) and self.closure_deepest >= -1.0
        )
        early = all(READY[0] <= quartiles[1] <= READY[1] for quartiles in self.ready.values())
        in_time = LAGS[0] <= self.lead <= LAGS[1]
        return held and a > e > i and round_ and early and in_time and self.deterministic


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
    persona: str | Persona,
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
    weights, audio, phones, stressed = [], [], [], set[int]()
    while not host.idle:
        frame = host.step()
        look(host, avatar)
        weights.append(frame.weights[0])
        audio.append(frame.audio)
        reached = [event for event in frame.events if event.kind == "phone"]
        phones += reached
        said = host.app.world.get_sparse(avatar, Speech)
        if said is not None and said.score is not None:
            loud = said.start + said.score.start[said.score.stress == 1]
            stressed |= {event.start for event in reached if event.start in loud}
    track = np.stack(weights)
    return Take(name, track, np.concatenate(audio), phones, stressed, *_read(rig, track[:, :52].astype(np.float64)))


def _read(rig: dict[str, NDArray[np.float64]], w: F64) -> tuple[F64, F64, F64]:
    rows = {name: np.asarray(rig[name], np.float64) for name in ("lip_gap", "tooth_gap", "mouth_width")}
    lips = rows["lip_gap"][:, 0] + w @ rows["lip_gap"][:, 1:].T
    tooth = np.linalg.norm(rows["tooth_gap"][:, 0] + w @ rows["tooth_gap"][:, 1:].T, axis=1)
    return lips, tooth, rows["mouth_width"][0] + w @ rows["mouth_width"][1:]


def _where(take: Take, phone: Spoken) -> str:
    return f"{take.name}:{phone.text}@{phone.start / RATE:.2f}s"


def _means(takes: list[Take], names: tuple[str, ...], look: Callable[[Take, Spoken], float]) -> dict[str, float]:
    """What is seen in each of the phones `names`, on average."""
    found = {name: [look(t, p) for t in takes for p in t.phones if p.text == name] for name in names}
    return {name: round(float(np.mean(values)), 2) if values else float("nan") for name, values in found.items()}


def _most(track: Callable[[Take], F64]) -> Callable[[Take, Spoken], float]:
    """The most of a track f64[T] in the second half of a phone."""

    def look(take: Take, phone: Spoken) -> float:
        span, seen = take.span(phone), track(take)
        return float(seen[(span.start + span.stop) // 2 : span.stop].max(initial=float(seen[span.start])))

    return look


def _width(take: Take, phone: Spoken) -> float:
    """Mouth width in the middle half of a phone."""
    quarter = (phone.end - phone.start) / 4
    return float(
        np.interp(
            np.linspace(phone.start + quarter, phone.end - quarter, 9) / TICK, np.arange(len(take.width)), take.width
        ).mean()
    )


def _five(values: list[float], shares: tuple[float, ...] = (0.0, 25.0, 50.0, 75.0, 100.0)) -> list[float]:
    """Percentiles, in tenths."""
    return [round(float(x), 1) for x in np.percentile(values, shares)] if values else [float("nan")] * len(shares)


def measure(takes: list[Take], persona: str, deterministic: bool, head: str = "") -> Report:
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
    lags = [(t, phone, found) for t in takes for phone, found in stressed_lags(t).items()]
    early = [readiness(t) for t in takes]
    seconds = sum(len(t.weights) for t in takes) / 60
    blinks = sum(int((np.diff((t.weights[:, 0] > 0.6).astype(int)) > 0).sum()) for t in takes)
    return Report(
        persona=persona,
        head=Path(head).stem,
        sentences=len(takes),
        closures=len(closed),
        closure_worst=round(max(closed, default=0.0), 3),
        closure_deepest=round(min(float(t.lips.min()) for t in takes), 3),
        closures_open=closures_open,
        tucks=len(tucked),
        tuck_worst=round(max(tucked, default=0.0), 3),
        tucks_open=tucks_open,
        opening=_means(takes, ("AA", "EH", "IY"), _most(lambda t: t.lips[:, 0])),
        jaw=_means(takes, ("AA", "EH", "IY"), _most(lambda t: 100.0 * t.weights[:, FACE_ID["jawOpen"]].astype(np.float64))),
        width=_means(takes, ("UW", "OW", "W", "IY"), _width),
        vowels_shut=shut,
        lead=round(lead, 1),
        correlation=round(correlation, 3),
        stressed=len(lags),
        events=sum(found.opens and found.swells for _, _, found in lags),
        leads=_five([found.lead for _, _, found in lags]),
        leads_out=[f"{_where(t, phone)} {x.lead:+.0f} ms" for t, phone, x in lags if not LAGS[0] <= x.lead <= LAGS[1]],
        ready={kind: _five([ms for found in early for ms in found[kind]], (25.0, 50.0, 75.0)) for kind in early[0]},
        jump=round(max(float(np.abs(np.diff(t.weights[:, :52], axis=0)).max()) for t in takes), 3),
        blinks=round(60.0 * blinks / seconds, 1),
        deterministic=deterministic,
    )


def table(report: Report) -> str:
    """The report for people."""
    r = report
    rounded = ", ".join(f"{v:.1f}" for v in r.width.values())
    narrower = 100.0 * (1.0 - max(r.width[p] for p in ("UW", "OW", "W")) / r.width["IY"])
    rows = [
        ("sentences, persona, head", f"{r.sentences}, {r.persona}, {r.head}", ""),
        ("lip gap at /p b m/, worst", f"{r.closure_worst:.2f} mm of {r.closures}", "<= 1 mm"),
        ("deepest lip crossing", f"{r.closure_deepest:.2f} mm", ">= -1 mm"),
        ("lip to teeth at /f v/, worst", f"{r.tuck_worst:.2f} mm of {r.tucks}", "<= 2 mm"),
        ("jaw AA, EH, IY", ", ".join(f"{v:.0f} %" for v in r.jaw.values()), "falling"),
        ("lips AA, EH, IY", ", ".join(f"{v:.1f} mm" for v in r.opening.values()), ""),
        ("width UW, OW, W, IY", f"{rounded} mm, {narrower:.0f} %", f">= {100 * NARROWER:.0f} % narrower than IY"),
        ("vowels with lips shut", str(len(r.vowels_shut)), "0"),
        ("mouth leads sound", f"{r.lead:+.0f} ms at r = {r.correlation:.2f}", f"{LAGS[0]:.0f} to {LAGS[1]:.0f} ms"),
        (f"  at {r.stressed} stressed vowels ({r.events})", f"{_range(r.leads)} ms, {len(r.leads_out)} out", "all of them"),
    ]
    for kind, quartiles in r.ready.items():
        rows.append((f"lips ready, {kind}", f"{_range(quartiles)} ms", f"median {READY[0]:.0f} to {READY[1]:.0f} ms"))
    rows += [
        ("largest step of a weight", f"{r.jump:.2f} a tick", ""),
        ("blinks", f"{r.blinks:.0f} a minute", ""),
        ("same bytes twice", "yes" if r.deterministic else "NO", "yes"),
    ]
    lines = [f"{name:<30} {value:<34} {bar}".rstrip() for name, value, bar in rows]
    lines += [f"  out: {place}" for place in (*r.closures_open, *r.tucks_open, *r.vowels_shut, *r.leads_out)[:20]]
    return "\n".join(lines)


def _range(values: list[float]) -> str:
    return " ".join(f"{v:.0f}" for v in values)


def run(
    texts: Path | None = None,
    persona: str = "mira",
    out: Path | None = None,
    off: tuple[str, ...] = (),
    core: Core | None = None,
    head: str | None = None,
) -> Report:
    """Speak and measure every sentence of a TSV id<TAB>text (None: the project's own), without the parts named in `off`, in
    the field `core` and with another `head` than the persona's; print a table, write JSON to `out`."""
    rows, who = sentences(texts), load_persona(persona)
    if head is not None:
        who = replace(who, head=head)
    takes = [speak(name, text, who, off, core=core) for name, text in rows]
    again = speak(*rows[0], who, off, core=core)
    same = again.weights.tobytes() == takes[0].weights.tobytes() and again.audio.tobytes() == takes[0].audio.tobytes()
    report = measure(takes, persona, same, who.head)
    print(table(report))
    if out is not None:
        out.write_text(json.dumps(to_builtins(report), indent=1), encoding="utf-8")
    return report
