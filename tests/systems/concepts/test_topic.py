"""A subject keeps the tone that it was spoken of with, and no other subject takes it."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from psi_ecs import SnapshotError
from psi_ecs.components.memory import Bias, Biases, Tone
from psi_ecs.components.text import FEELINGS
from psi_ecs.systems.concepts import remembered, restore
from psi_ecs.systems.concepts.feeling import MOST
from psi_ecs.systems.host import Host

SOLEMN = "[sad][slow][low] My grandmother died last winter.[/][/][/]"
SADNESS = FEELINGS.index("sadness")


def biases(host: Host, who: int, *texts: str) -> list[Bias]:
    """The topic's bias for each text that is said in its turn; one without weight for none."""
    found = []
    for text in texts:
        host.say(who, text)
        host.step(2)
        own = host.app.world.get_sparse(who, Biases) or Biases()
        found.append(own.standing.get("topic", Bias(tone=Tone(), weight=0.0)))
        while not host.idle:
            host.step()
    return found


def test_a_subject_said_solemnly_is_solemn_when_it_returns() -> None:
    """Its bias is sad, slow and low, as heavy as is allowed at most, and says why; what has nothing to do with it has none."""
    host = Host(seed=1)
    who = host.avatar("mira")
    first, pizza, back, sport = biases(
        host, who, SOLEMN, "Let us order a pizza.", "My grandmother baked bread.", "The football match begins soon."
    )
    assert first.weight == 0.0 and pizza.weight < 0.05 and sport.weight < 0.05
    assert 0.3 < back.weight <= MOST and back.tone.feeling[SADNESS] > 0.4 and back.tone.rate < 0.9 and back.tone.pitch < -1.0
    assert back.reason == "grandmother was spoken of with sadness, slowly, low"


def test_a_pronoun_carries_the_tone_on() -> None:
    """Not named, but "it" stands for it."""
    host = Host(seed=1)
    who = host.avatar("mira")
    _, again = biases(host, who, "[sad][slow] The old lighthouse burned down.[/][/]", "I often think of it.")
    assert again.weight > 0.25


def test_a_tag_wins_and_neutral_speech_wears_the_tone_off() -> None:
    """Where a sentence has a tone of its own, none is added; each plain mention leaves less."""
    host = Host(seed=1)
    who = host.avatar("mira")
    found = biases(host, who, SOLEMN, "[joy] My grandmother danced![/]", *["My grandmother called."] * 4)
    assert found[1].weight == 0.0
    assert all(a.weight > b.weight > 0.0 for a, b in pairwise(found[2:]))


def test_avatars_do_not_mix() -> None:
    """What one said solemnly is plain to another."""
    host = Host(seed=1)
    a, b = host.avatar("mira"), host.avatar("theo")
    biases(host, a, SOLEMN)
    assert biases(host, b, "My grandmother baked bread.")[0].weight == 0.0


def test_it_is_kept_into_another_process(tmp_path: Path) -> None:
    """Remembered bytes, restored elsewhere, bring tones and grown concepts; kept again they are the same."""
    host = Host(seed=1)
    who = host.avatar("mira")
    biases(host, who, "[sad][slow] The lighthouse keeper drowned.[/][/]")
    blob = remembered(host.app.world, who)
    (tmp_path / "c").write_bytes(blob)
    code = f"""
import sys
from pathlib import Path
from psi_ecs.systems.concepts import remembered, restore
from psi_ecs.components.memory import Biases
from psi_ecs.systems.host import Host
host = Host(seed=2); who = host.avatar("mira"); blob = Path({str(tmp_path / "c")!r}).read_bytes()
restore(host.app.world, who, blob)
assert remembered(host.app.world, who) == blob
for text in ("We saw the lighthouse.", "We saw the football match."):
    host.say(who, text); host.step(2)
    bias = host.app.world.get_sparse(who, Biases).standing.get("topic")
    print(bias.weight if bias else 0.0)
    while not host.idle: host.step()
"""
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    told, other = (float(x) for x in out.split())
    assert told > 0.25 and other < 0.05


def test_damaged_bytes_are_one_line_and_change_nothing() -> None:
    """Whatever is cut or flipped."""
    host = Host(seed=1)
    who = host.avatar("mira")
    biases(host, who, SOLEMN)
    blob = remembered(host.app.world, who)
    before = host.app.digest()
    rng = np.random.default_rng(1)
    for _ in range(200):
        bad = bytearray(blob[: rng.integers(1, len(blob))] if rng.random() < 0.3 else blob)
        bad[rng.integers(len(bad))] ^= int(rng.integers(1, 256))
        with pytest.raises(SnapshotError) as why:
            restore(host.app.world, who, bytes(bad))
        assert "\n" not in str(why.value)
    assert host.app.digest() == before


def test_ablation() -> None:
    """Without memory, or without emotion, no subject has a tone."""
    for part in ("memory", "emotion"):
        host = Host(seed=1, off=(part,))
        who = host.avatar("mira")
        assert all(b.weight == 0.0 for b in biases(host, who, SOLEMN, "My grandmother baked bread."))
