"""All that is promised of ψ-memory, measured at once: each line with its bar."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec import to_builtins

from psi_ecs.tools.memory import survive
from psi_ecs.tools.memory.tones import STYLES, blends, same_tone
from psi_ecs.tools.memory.topics import topics
from psi_ecs.tools.memory.ways import quotes, ways

Watch = Callable[[str], Callable[[], None]]
"""Begins to show how far a part is; returns what is called at each step."""
F32 = 1e-6
"""Feelings are kept in single precision."""


def run(persona: str, texts: int, others: int, kills: int, out: Path | None, watch: Watch, tell: Callable[[str], None]) -> bool:
    """Measure, tell, and write the figures as JSON; whether every bar is met."""
    figures: dict[str, Any] = {}
    met = True

    def say(name: str, found: Any, good: bool, text: str) -> None:
        nonlocal met
        figures[name], met = to_builtins(found), met and good
        tell(f"{'ok    ' if good else 'MISSED'} {text}")

    here, there = same_tone(persona, texts, watch("tones"))
    for name, found in (("tones", here), ("tones_reopened", there)):
        where = "in this process" if name == "tones" else "after reopening in another"
        say(name, found, found.share >= 0.95,
            f"like earlier: {100 * found.share:.1f} % of {found.of} nearest to the right one of {len(STYLES)} styles "
            f"{where} (95)")  # fmt: skip
    between = blends(persona, watch("blends"))
    say("blends", between, between.monotone >= 0.95 and between.broken < 1e-3,
        f"blends: {100 * between.monotone:.1f} % of {between.of} measures go one way (95), {100 * between.strict:.1f} % if "
        f"every step above noise counts; rules broken by {between.broken:.1e} more than at the ends")  # fmt: skip
    quoted = quotes(persona, others, watch("quotes"))
    say("quotes", quoted, quoted.same == quoted.there == quoted.of,
        f"quotes: {quoted.same} of {quoted.of} the same bytes, {quoted.there} in another process after {others} "
        "entries")  # fmt: skip
    way = ways(persona, watch("ways"))
    say("ways", way, way.over < F32 and way.missed < F32 and way.clicks == 0 and way.step < 1e-3,
        f"travel: {way.of} ways, energy {way.over:.1e} over the bound at most, {way.missed:.1e} from the goal, "
        f"{way.clicks} clicks")  # fmt: skip
    again = topics(persona, watch("topics"))
    say("topics", again, again.solemn == again.of and again.other == 0,
        f"topics: {again.solemn} of {again.of} solemn again in another process ({100 * again.slower:.0f} % slower, "
        f"{again.lower:.1f} semitones lower, face {again.down:.2f} down), {again.other} of {again.of} other ones")  # fmt: skip
    if kills:
        tick = watch("kills")
        survived = survive.survive(kills, watch=lambda items: ((tick(), item)[1] for item in items))
        say("kills", survived, survived.passed(),
            f"killed {survived.kills} times: {survived.lost} of {survived.acknowledged} acknowledged entries lost, "
            f"{survived.bad} damaged")  # fmt: skip
    if out is not None:
        out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return met
