"""Memories in words: a table of many, a page of one, a summary of all."""

import re
import time
from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from psi_ecs import PsiError
from psi_ecs.components.memory import FACE_STYLE, STYLE, VOICE_STYLE, Entry, Found
from psi_ecs.components.oscillator import BANDS
from psi_ecs.components.text import EMOTIONS, FEELINGS
from psi_ecs.systems.formats.memory import Store

WIDTH = 10
"""Cells of a half of a bar: two standard deviations."""
RECENT = 500
"""Entries that a style is compared with."""
AGO = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
NAMED = 0.15
"""Intensity from which a feeling is named."""


def moment(text: str, now: float) -> float:
    """Seconds since 1970 of a moment: a date, a date with a time (both local), or how long ago, such as 3d. PsiError else."""
    if (ago := re.fullmatch(r"(\d+(?:\.\d+)?)\s*(s|min|h|d|w)", text.strip())) is not None:
        return now - float(ago[1]) * AGO[ago[2]]
    for form in ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"):
        try:
            return time.mktime(time.strptime(text.strip(), form))
        except (ValueError, OverflowError):
            continue
    raise PsiError(f"{text[:40]!r} is no moment; write 2026-05-01, '2026-05-01 14:30', or how long ago: 30min, 5h, 3d, 2w")


def when(seconds: float) -> str:
    """Local date and time."""
    try:
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
    except (ValueError, OverflowError, OSError):
        return f"{seconds:.0f} s"


def mood(entry: Entry) -> str:
    """What was felt most: a name, else the sign of the valence."""
    named = dict(zip(FEELINGS, entry.feeling, strict=False))
    best = max(EMOTIONS, key=lambda name: named.get(name, 0.0))
    if named.get(best, 0.0) >= NAMED:
        return best
    return "pleasant" if entry.valence > NAMED else "unpleasant" if entry.valence < -NAMED else "neutral"


def plain(text: str, most: int = 10**6) -> str:
    """Text on one line, whatever stands in it, at most so long."""
    line = "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
    return line if len(line) <= most else line[: most - 1] + "…"


def table(found: list[Found], width: int) -> list[str]:
    """A line for each, cut to a width; ordered ones tell why."""
    rows = [
        (
            str(f.entry.id), when(f.entry.time)[:16], plain(f.entry.speaker, 10), mood(f.entry),
            plain(" ".join(f"#{t}" for t in f.entry.tags), 18), plain(", ".join(f.entry.concepts[:3]), 24),
        )
        for f in found
    ]  # fmt: skip
    head = ("", "when", "who", "mood", "tags", "about")
    size = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = ["  ".join(cell.ljust(n) for cell, n in zip(head, size, strict=True)) + "  text"]
    for row, f in zip(rows, found, strict=True):
        said = f.entry.text or f"({f.entry.kind}{' ' + f.entry.name if f.entry.name else ''})"
        why = f"[{f.reason.rpartition('; ')[2]}] " if f.reason.endswith(f"{f.nearness:.2f}") else ""
        number, *others = row
        cells = [number.rjust(size[0]), *(cell.ljust(n) for cell, n in zip(others, size[1:], strict=True))]
        lines.append("  ".join(cells) + "  " + why + plain(said))
    return [line if len(line) <= width else line[: width - 1] + "…" for line in (line.rstrip() for line in lines)]


def page(store: Store, entry: Entry) -> list[str]:
    """All of an entry, with bars that compare its style with the latest entries."""
    e = entry
    kind = e.kind + (f" {e.name!r}" if e.name else "")
    lines = [f"memory {e.id} of {plain(e.speaker) or 'nobody'}: {plain(kind)}, {when(e.time)}"]
    lines += [f'  "{plain(e.text)}"'] * bool(e.text)
    facts = {
        "scene": plain(e.scene) + (f", turn {e.turn}" if e.turn >= 0 else ""), "with": plain(", ".join(e.people)),
        "tags": plain(" ".join(f"#{t}" for t in e.tags)), "about": plain(", ".join(e.concepts)),
        "felt": ", ".join(f"{n} {x:+.2f}" for n, x in zip(FEELINGS, e.feeling, strict=False) if abs(x) >= 0.005) or "nothing",
        "mood": f"{mood(e)}; of the conversation {e.valence:+.2f}",
        "tone": f"rate x{e.tone.rate:.2f}, pitch {e.tone.pitch:+.1f} st, span x{e.tone.span:.2f}, {e.tone.volume:+.1f} dB"
        + (f", {e.tone.regime} {e.tone.strength:.2f}" if e.tone.regime else ""),
        "psi": ", ".join(
            f"{band} {abs(complex(*z)):.2f}" for band, z in zip(BANDS, e.bands.reshape(-1, 2).tolist(), strict=False)
        ),
        "replay": f"{len(e.moment)} bytes, digest {e.digest.hex() or 'none'}" if e.moment else "cannot be replayed",
    }  # fmt: skip
    lines += [f"  {name:<7}{text}" for name, text in facts.items() if text]
    styles = np.array([other.style for other in _recent(store)], np.float64)
    for title, names in (("voice", VOICE_STYLE), ("face", FACE_STYLE)):
        lines.append(f"  {title}, beside the latest {len(styles)}:")
        for name in names:
            k = STYLE.index(name)
            lines.append(f"    {name:<16}{e.style[k]:9.3f}  {bar(float(e.style[k]), styles[:, k])}")
    return lines


def _recent(store: Store) -> Iterable[Entry]:
    from psi_ecs.components.memory import Wish

    return (f.entry for f in store.find(Wish(limit=RECENT)))


def bar(value: float, others: NDArray[np.float64]) -> str:
    """How far from the mean of others, two standard deviations at the ends."""
    spread = float(others.std())
    share = 0.0 if spread < 1e-9 else float(np.clip((value - others.mean()) / (2.0 * spread), -1.0, 1.0))
    count = round(abs(share) * WIDTH)
    left, right = ("█" * count if share < 0.0 else "").rjust(WIDTH), ("█" * count if share > 0.0 else "").ljust(WIDTH)
    return f"{left}│{right}".rstrip()


def summary(store: Store, place: str) -> list[str]:
    """What a memory has, in all."""
    counts: dict[str, Counter[str]] = {"with": Counter(), "tags": Counter(), "about": Counter(), "moods": Counter()}
    kinds: Counter[str] = Counter()
    first, last, size = np.inf, -np.inf, 0
    for e in store.iterate():
        first, last, size = min(first, e.time), max(last, e.time), size + len(e.moment)
        kinds[e.kind] += 1
        counts["with"].update(e.people)
        counts["tags"].update(e.tags)
        counts["about"].update(e.concepts)
        counts["moods"][mood(e)] += 1
    what = ", ".join(f"{n} {kind}{'s' * (n != 1)}" for kind, n in kinds.most_common()) or "nothing yet"
    lines = [f"{place}: {plain(what)}"]
    if kinds:
        lines.append(f"  from {when(first)} to {when(last)}; {size} bytes to replay them")
    lines += [f"  {name:<7}{plain(', '.join(f'{t} ({n})' for t, n in c.most_common(8)))}" for name, c in counts.items() if c]
    if states := store.states():
        lines.append(f"  states {plain(', '.join(states))}")
    return lines
