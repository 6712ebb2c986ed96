"""What recordings are worth, before a voice is learned from them: each is measured, and what is wrong with it is said.

A *fault* leaves a recording out of the learning, a *note* does not.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from psi_ecs import AssetError, PsiError
from psi_ecs.systems.formats.media import LONGEST as READ
from psi_ecs.systems.formats.media import decoded
from psi_ecs.systems.language import analyse

from .corpus import LONGEST, Recording, Take, listing, read_corpus

F64 = NDArray[np.float64]
Watch = Callable[[str, Iterable[Any]], Iterable[Any]]

SHORTEST = 0.5
"""Seconds of a recording, at least."""
POOREST, FULL = 16_000, 24_000
"""Samples a second: least that a voice can be learned from, and least that holds all of it."""
QUIETEST = -55.0
"""Least level of the speech in dB below full scale."""
NOISIEST, NOISY = 15.0, 25.0
"""Speech above noise in dB: least, and least that is good; a quiet room at home gives 35."""
FLAT, PLACES = 0.999, 5
"""Clipped is a run of three samples at this share of the peak, in so many places: a voice left alone is there once or twice."""
TELEPHONE, DULL = (4000.0, -45.0), (8000.0, -60.0)
"""Above so many Hz there is less than so many dB of the sound, where there was a telephone, or a narrow codec."""
PACE = (5.0, 25.0)
"""Phones a second between which people speak (ordinary reading: 11)."""
GRACE = 1.0
"""Seconds that a recording may last longer: a pause weighs much in a short one."""
LEAST, ENOUGH = 5.0, 20.0
"""Minutes of speech: least to learn from, and least for a voice that is more than a sketch."""
RUMBLE = 70.0
"""Hz below which sound counts neither as speech nor as noise."""
FRAME = 0.02
ACTIVE = 30.0
"""dB below the loudest twentieth of all frames within which a frame is speech."""
QUIET = 3.0
"""Percentile of the frames that is the noise."""
SHARED = ("stereo", "lossy", "low rate")
"""Notes that the whole folder has, as a rule: they are counted, not listed."""


class Finding(NamedTuple):
    """Something about a recording."""

    kind: str
    text: str
    fault: bool = True


class Checked(Struct):
    """A recording, measured."""

    recording: Recording
    seconds: float = 0.0
    spoken: float = 0.0
    """Seconds from the first sound of speech to the last."""
    level: float = -np.inf
    """Of the speech, dB re full scale."""
    peak: float = -np.inf
    snr: float = 0.0
    """dB of the speech above the noise."""
    pace: float = 0.0
    """Phones a second."""
    digest: bytes = b""
    """Of its samples."""
    found: list[Finding] = []

    @property
    def bad(self) -> bool:
        """True if it is left out."""
        return any(f.fault for f in self.found)

    def line(self) -> str:
        """What was found, faults first."""
        return "; ".join(f.text for f in sorted(self.found, key=lambda f: not f.fault))


def measure(recording: Recording) -> Checked:
    """Measure one recording; that it cannot be read is a fault too."""
    out, say = Checked(recording), list[Finding]()
    out.found = say
    try:
        x, rate, channels = decoded(recording.path, None, READ)
    except AssetError as why:
        say.append(Finding("unreadable", str(why).removeprefix(f"{recording.path}: ")))
        return out
    out.seconds, out.digest = len(x) / rate, hashlib.sha256(x.astype(np.float32).tobytes()).digest()
    top = float(np.abs(x).max(initial=0.0))
    if out.seconds < SHORTEST or out.seconds > LONGEST:
        say.append(Finding("length", f"{out.seconds:.1f} s is too {'short' if out.seconds < SHORTEST else 'long; cut it up'}"))
    if rate < POOREST:
        say.append(Finding("low rate", f"{rate} samples a second are too few; {POOREST} are needed, {FULL} are good"))
    elif rate < FULL:
        say.append(Finding("low rate", f"{rate} samples a second hold nothing above {rate // 2} Hz", False))
    if channels > 1:
        say.append(Finding("stereo", f"{channels} channels, mixed", False))
    if (kind := recording.path.suffix.lower()) in (".mp3", ".ogg"):
        say.append(Finding("lossy", f"{kind[1:]} has lost some detail", False))
    if not 1e-4 < top < np.inf:
        say.append(Finding("silent", "is silent"))
        return out
    _levels(out, x, rate)
    say += _sound(out, x, top, rate)
    phones = sum(len(w.phones) for s in analyse(recording.text).sentences for w in s.words)
    out.pace = phones / max(out.spoken, 0.1)
    if out.pace > PACE[1] or out.spoken > phones / PACE[0] + GRACE:
        say.append(Finding("text", f"{out.pace:.0f} phones a second; is it the right text, and whole?"))
    return out


def _levels(out: Checked, x: F64, rate: int) -> None:
    """Level of the speech and of the noise, without rumble, and how long is spoken."""
    lines = np.fft.rfft(x)
    lines[: int(np.ceil(RUMBLE * len(x) / rate))] = 0.0
    size = int(FRAME * rate)
    clean = np.fft.irfft(lines, len(x))
    power = (clean[: max(len(x) // size, 1) * size].reshape(-1, min(size, len(x))) ** 2).mean(axis=1)
    speech = power >= np.percentile(power, 95.0) * 10.0 ** (-0.1 * ACTIVE)
    edge = np.flatnonzero(speech)
    out.spoken = float(edge[-1] + 1 - edge[0]) * FRAME
    out.peak = 20.0 * float(np.log10(np.abs(x).max()))
    out.level = 10.0 * float(np.log10(power[speech].mean() + 1e-20))
    out.snr = out.level - 10.0 * float(np.log10(np.percentile(power, QUIET) + 1e-10))


def _sound(out: Checked, x: F64, top: float, rate: int) -> list[Finding]:
    """Level, noise, clipping and bandwidth."""
    found = list[Finding]()
    if out.level < QUIETEST:
        found.append(Finding("quiet", f"nearly silent ({out.level:.0f} dB)"))
    if out.snr < NOISY:
        found.append(Finding("noisy", f"noise is only {out.snr:.0f} dB below the speech", out.snr < NOISIEST))
    flat = np.abs(x) >= FLAT * top
    run = flat[:-2] & flat[1:-1] & flat[2:]
    places = int(np.count_nonzero(run[1:] & ~run[:-1])) + int(run[:1].any())
    if places >= PLACES or (places > 2 and top > FLAT):
        found.append(Finding("clipped", f"clipped in {places} places; record it again, less loud", places >= PLACES))
    power = np.abs(np.fft.rfft(x)) ** 2
    for (hertz, least), text, fault in (
        (TELEPHONE, "nothing above 4 kHz, as on a telephone", True), (DULL, "nothing above 8 kHz", False),
    ):  # fmt: skip
        above = power[int(hertz * len(x) / rate) :].sum() / power.sum()
        if rate > 2.0 * hertz and above < 10.0 ** (0.1 * least):
            found.append(Finding("dull", text, fault))
            break
    return found


class Checkup(NamedTuple):
    """A folder, measured."""

    takes: list[Checked]
    doubts: list[str]
    """One line for each recording without text, and text without recording."""

    @property
    def minutes(self) -> float:
        """Of speech that can be used."""
        return sum(t.spoken for t in self.takes if not t.bad) / 60.0

    def lines(self, whole: bool = False) -> list[str]:
        """For people: a table of what is to be told (of all recordings if `whole`), counts, and how much there is."""
        told = [t for t in self.takes if whole or any(f.fault or f.kind not in SHARED for f in t.found)]
        told.sort(key=lambda t: (not t.bad, t.snr))
        wide = max([9, *(len(t.recording.id) for t in told)])
        out = [f"{'recording':{wide}} seconds  level  peak   SNR phones/s"] if told else []
        for t in told:
            figures = f"{t.seconds:7.1f} {t.level:6.1f} {t.peak:5.1f} {t.snr:5.1f} {t.pace:8.1f}"
            out.append(f"{t.recording.id:{wide}} {figures}  {'LEFT OUT: ' if t.bad else ''}{t.line()}".rstrip())
        good = [t for t in self.takes if not t.bad]
        out += self.doubts
        out.append(f"{len(self.takes)} recordings, {len(good)} good: {self.minutes:.1f} minutes of speech")
        for name, fault in (("left out", True), ("noted", False)):
            kinds = Counter(f.kind for t in self.takes for f in t.found if f.fault == fault)
            if kinds:
                out.append(f"{name}: " + ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()))
        if good and (short := verdict(self.minutes)):
            out.append(short)
        if good:
            level, snr = (float(np.median([getattr(t, name) for t in good])) for name in ("level", "snr"))
            out.append(f"median level {level:.1f} dB re full scale, noise {snr:.1f} dB below it")
        return out


def check(folder: Path, watch: Watch) -> Checkup:
    """Measure the recordings of a folder. AssetError if it is none."""
    recordings, doubts = listing(folder)
    takes, seen = list[Checked](), dict[bytes, str]()
    for recording in watch("checking", recordings):
        take = measure(recording)
        if take.digest and (first := seen.setdefault(take.digest, recording.id)) != recording.id:
            take.found.append(Finding("double", f"the same sound as {first}"))
        takes.append(take)
    return Checkup(takes, doubts)


def usable(folder: Path, watch: Watch, tell: Callable[[str], None]) -> list[Take]:
    """The aligned recordings of a folder that a voice can be learned from; one line is told for each that is left out."""
    takes, doubts = read_corpus(folder)
    checked = check(folder, watch)
    for line in doubts:
        tell(line)
    bad = {t.recording.id: t for t in checked.takes if t.bad}
    for take in takes:
        if take.id in bad:
            tell(f"{take.path}: {bad[take.id].line()}; it is left out")
    return [take for take in takes if take.id not in bad]


def verdict(minutes: float) -> str:
    """What so much speech is good for, if it is little, else an empty text."""
    if minutes < LEAST:
        return f"too little to learn a voice from: record {LEAST:.0f} minutes of speech at least, better {ENOUGH:.0f} and more"
    return f"enough for a sketch of the voice; {ENOUGH:.0f} minutes and more are good" if minutes < ENOUGH else ""


def amount(takes: list[Take], anyway: bool) -> str:
    """One line: how much speech there is. PsiError if it is too little, unless `anyway`."""
    spoken = [[s for s in t.segments if s.name != "SIL"] for t in takes]
    minutes = sum(s[-1].end - s[0].start for s in spoken if s) / 60.0
    line = "; ".join(filter(None, (f"{len(takes)} recordings, {minutes:.1f} minutes of speech", verdict(minutes))))
    if minutes < LEAST and not anyway:
        raise PsiError(f"{line} (or add --anyway)")
    return line
